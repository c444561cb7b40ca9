/** Laws of tokens joined to whole characters. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { wholeTokens, withWholeTokens } from "../../nbannotate/widget/static/characters.js";
import { codePoints } from "../../nbannotate/widget/static/offsets.js";
import { forMany, randomText } from "./random.js";

const PARTS = ["👩‍👩‍👧‍👦", "👨🏽‍🔬", "🇫🇷🇩🇪", "e\u0301", "क्षि", "각", "\u1100\u1161\u11a8", "日本", "word", " ", "-", "\u200d"];

/** Tokens cut anywhere, some of them touching. @param {any} random @param {number} length */
function randomTokens(random, length) {
  const tokens = [];
  for (let at = random.below(3); at < length;) {
    const end = Math.min(length, at + 1 + random.below(3));
    tokens.push([at, end]);
    at = end + random.below(2);
  }
  return tokens;
}

test("joined tokens hold the same tokens, and share no character with each other", () => {
  forMany(400, (random) => {
    const text = random.happens(0.5) ? randomText(random) : Array.from({ length: 1 + random.below(6) }, () => random.oneOf(PARTS)).join("");
    const tokens = randomTokens(random, codePoints(text).length);
    const whole = wholeTokens(text, tokens);
    const edges = new Set(tokens.flat());
    assert.ok(whole.flat().every((edge) => edges.has(edge)));
    for (const [start, end] of tokens) assert.equal(whole.filter(([from, to]) => from <= start && end <= to).length, 1);
    let at = 0;
    for (const { segment } of new Intl.Segmenter().segment(text)) {
      const [start, end] = [at, (at += [...segment].length)];
      assert.ok(whole.filter(([from, to]) => from < end && start < to).length <= 1, JSON.stringify([text, whole]));
    }
    assert.deepEqual(wholeTokens(text, whole), whole);
  });
});

test("messages without a task stay as they are", () => {
  const message = { type: "status", status: null };
  assert.equal(withWholeTokens(message), message);
});
