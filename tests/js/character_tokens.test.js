/** Laws of characters as tokens: what the kernel leaves out is worked out as it would have said it. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { characterTokens, unpacked, withTokens } from "../../nbannotate/widget/static/character_tokens.js";

const SCIENTIST = "\u{1f469}\u200d\u{1f52c}";

test("every code point that is no line break is a token, wide ones are one", () => {
  const text = `a${SCIENTIST}\r\ne\u0301 b`;
  assert.deepEqual(characterTokens(text, [[1, 4], [6, 8]]), [[0, 1], [1, 4], [6, 8], [8, 9], [9, 10]]);
  assert.deepEqual(characterTokens("\n\r", []), []);
});

test("tasks are given their tokens in whatever message they come, and others are left as they are", () => {
  const task = /** @type {any} */ ({ text: "ab", tokens: null, wide: [] });
  const said = { type: "state", task, ahead: null, status: 1 };
  assert.deepEqual(unpacked(said), { ...said, task: { ...task, tokens: [[0, 1], [1, 2]] } });
  assert.deepEqual(unpacked({ type: "status" }), { type: "status" });
  const whole = /** @type {any} */ ({ text: "ab", tokens: [[0, 2]] });
  assert.equal(withTokens(whole), whole);
});
