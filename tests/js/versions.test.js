/** Laws of what is shown of a long text, so that several versions of it can be compared. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { stretchesOf } from "../../nbannotate/widget/static/excerpts.js";
import { codePoints } from "../../nbannotate/widget/static/offsets.js";
import { forMany } from "./random.js";

const WORDS = ["one ", "💊💊 ", "a\n", "\n", "długie ", "x".repeat(40), "word ".repeat(12)];

/** @param {ReturnType<typeof import("./random.js").chance>} random */
function longText(random) {
  const text = codePoints(Array.from({ length: random.below(160) }, () => random.oneOf(WORDS)).join(""));
  const places = Array.from({ length: random.below(9) }, () => {
    const start = random.below(Math.max(1, text.length));
    return { start, end: Math.min(text.length, start + 1 + random.below(30)) };
  });
  return { text, places };
}

test("stretches lie in the text, in order and apart", () => {
  forMany(300, (random) => {
    const { text, places } = longText(random);
    const { stretches } = stretchesOf(text, places);
    stretches.forEach(({ start, end }, i) => {
      assert.ok(start >= 0 && start <= end && end <= text.length);
      if (i > 0) assert.ok(stretches[i - 1].end < start);
    });
  });
});

test("every place is shown whole, but for those that are counted as more", () => {
  forMany(300, (random) => {
    const { text, places } = longText(random);
    const { stretches, more } = stretchesOf(text, places);
    const hidden = places.filter((place) => !stretches.some(({ start, end }) => start <= place.start && place.end <= end));
    if (more === 0) assert.deepEqual(hidden, []);
    else assert.ok(hidden.length >= more && hidden.every(({ start }) => start >= (stretches.at(-1)?.end ?? 0)));
  });
});

test("a short text is shown whole, of a long one no more than a card holds", () => {
  forMany(300, (random) => {
    const { text, places } = longText(random);
    const { stretches } = stretchesOf(text, places);
    const shown = stretches.reduce((sum, { start, end }) => sum + end - start, 0);
    if (text.length <= 420) assert.equal(shown, text.length);
    else assert.ok(shown <= 2600);
  });
});
