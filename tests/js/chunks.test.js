/** Laws of long texts in chunks: nothing lost, nothing cut that belongs together. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { beginnings, chunksOf, lineStarts, touched } from "../../nbannotate/widget/static/chunks.js";
import { overlaps } from "../../nbannotate/widget/static/marks.js";
import { codePoints } from "../../nbannotate/widget/static/offsets.js";
import { makeTask } from "./fake_kernel.js";
import { forMany } from "./random.js";

const PARTS = ["one two\n", "\n", "💊 three, ", "a\n\nb ", "word ".repeat(60), `${"x".repeat(300)}\n`];

/** @param {ReturnType<typeof import("./random.js").chance>} random */
const longText = (random) => Array.from({ length: 20 + random.below(120) }, () => random.oneOf(PARTS)).join("");

test("chunks hold the whole text and every token once, in order", () => {
  forMany(150, (random) => {
    const { text, tokens } = makeTask(longText(random));
    const length = [...text].length;
    const chunks = chunksOf(length, lineStarts(text), tokens, []);
    assert.equal(chunks[0].start, 0);
    assert.equal(chunks.at(-1)?.end, length);
    assert.equal(chunks.at(-1)?.to, tokens.length);
    chunks.forEach(({ start, end, from, to }, i) => {
      if (i > 0) assert.deepEqual([start, from], [chunks[i - 1].end, chunks[i - 1].to]);
      for (const [first, last] of tokens.slice(from, to)) assert.ok(first >= start && last <= end);
    });
  });
});

test("no cut lies in a span, and every cut is at the beginning of a line", () => {
  forMany(150, (random) => {
    const { text, tokens } = makeTask(longText(random));
    const spans = [];
    for (let i = random.below(40); i + 20 < tokens.length; i += 1 + random.below(120)) {
      const last = i + random.below(20);
      spans.push({ start: tokens[i][0], end: tokens[last][1] });
      i = last;
    }
    const starts = new Set(lineStarts(text));
    for (const { start } of chunksOf([...text].length, [...starts], tokens, spans).slice(1)) {
      assert.ok(starts.has(start));
      assert.ok(!spans.some((span) => span.start < start && start < span.end));
    }
  });
});

test("a line of any length is in chunks that begin at a word, or at a token where there are no words", () => {
  forMany(100, (random) => {
    const words = Array.from({ length: 2000 + random.below(2000) }, () => random.oneOf(["word", "💊", "ab,", "שלום", "x"]));
    const hasWords = random.happens(0.5);
    const line = codePoints(words.join(hasWords ? " " : ""));
    const text = `short\n${line.slice(0, line.length)}\nshort again`;
    const characters = codePoints(text);
    const tokens = hasWords ? makeTask(text).tokens : Array.from({ length: characters.length }, (_, i) => [i, i + 1]).filter(([i]) => characters.slice(i, i + 1) !== "\n");
    const starts = lineStarts(text);
    const chunks = chunksOf(characters.length, beginnings(characters, starts, tokens), tokens, []);
    for (const { start, end } of chunks) assert.ok(end - start <= 3000);
    const begin = new Set(tokens.map(([at]) => at));
    for (const { start } of chunks.slice(1)) {
      assert.ok(starts.includes(start) || (begin.has(start) && (!hasWords || characters.slice(start - 1, start) === " ")));
    }
    assert.equal(chunks.map(({ start, end }) => characters.slice(start, end)).join(""), text);
    for (const { start, end } of chunks) assert.ok(starts.includes(start) || start === 0 || !starts.some((at) => start < at && at < end), "what goes on in a line ends with it");
  });
});

test("a text of a few pages is one chunk", () => {
  const text = "One line.\n".repeat(300);
  assert.equal(chunksOf(text.length, lineStarts(text), [], []).length, 1);
});

test("what a span touches is found as if each interval were looked at", () => {
  forMany(200, (random) => {
    const cuts = [...new Set(Array.from({ length: 12 }, () => random.below(60)))].sort((a, b) => a - b);
    const bounds = cuts.slice(1).map((end, i) => ({ start: cuts[i], end }));
    const start = random.below(60);
    const span = { start, end: start + 1 + random.below(20) };
    assert.deepEqual(bounds.slice(...touched(bounds, span)), bounds.filter((each) => overlaps(each, span)));
  });
});
