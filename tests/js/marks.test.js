/** Laws of offsets, spans and drafts. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  changeMark, codePoints, markAtToken, markTokens, moveCursor, newDraft, overlaps, pieces, placeMark, removeMark,
  restoredDraft, tokenSpan, unitIndex, withoutClashes,
} from "../../nbannotate/widget/static/widget.js";
import { makeTask } from "./fake_kernel.js";
import { forMany, randomText } from "./random.js";

/** @typedef {import("./random.js").chance} Chance */
const MANY = { exclusive: false };

/** @param {ReturnType<Chance>} random @param {number} length */
function randomMarks(random, length) {
  return Array.from({ length: random.below(6) }, () => {
    const start = random.below(length + 1);
    const end = start + random.below(6);
    return { start, end, label: random.oneOf(["A", "B"]), score: null, suggested: random.happens(0.5) };
  });
}

/** @param {{start: number, end: number}[]} marks */
function assertApart(marks) {
  marks.forEach((mark, i) => {
    assert.ok(mark.end > mark.start);
    if (i > 0) assert.ok(marks[i - 1].end <= mark.start);
  });
}

test("a slice by code points is what slicing a list of characters gives", () => {
  forMany(500, (random) => {
    const text = randomText(random);
    const characters = [...text];
    const view = codePoints(text);
    const start = random.below(characters.length + 1);
    const end = start + random.below(characters.length - start + 1);
    assert.equal(view.length, characters.length);
    assert.equal(view.slice(start, end), characters.slice(start, end).join(""));
  });
});

test("a text without surrogate pairs needs no index", () => {
  assert.equal(unitIndex("naïve 日本 e\u0301"), null);
  assert.deepEqual([...(unitIndex("a💊b") ?? [])], [0, 1, 3, 4]);
});

test("the pieces of a text, joined, are the text, and each lies in one token and one span at most", () => {
  forMany(500, (random) => {
    const { text, tokens } = makeTask(randomText(random));
    const view = codePoints(text);
    const spans = withoutClashes(randomMarks(random, view.length)).filter((span) => span.end <= view.length);
    const cut = pieces(view.length, tokens, spans);
    assert.equal(cut.map((piece) => view.slice(piece.start, piece.end)).join(""), text);
    for (const piece of cut) {
      tokens.forEach(([start, end], i) => assert.equal(overlaps(piece, { start, end }), piece.token === i));
      spans.forEach((span, i) => assert.equal(overlaps(piece, span), piece.span === i));
    }
  });
});

test("marks never overlap, whatever is placed", () => {
  forMany(300, (random) => {
    /** @type {import("../../nbannotate/widget/static/widget.js").Mark[]} */
    let marks = [];
    for (const mark of [...randomMarks(random, 20), ...randomMarks(random, 20)]) {
      if (mark.end === mark.start) continue;
      marks = placeMark(marks, mark);
      assert.ok(marks.includes(mark));
      assertApart(marks);
    }
  });
});

test("a span of tokens is the same from either end and ends on token bounds", () => {
  forMany(300, (random) => {
    const { tokens } = makeTask(`x${randomText(random)}`);
    const [a, b] = [random.below(tokens.length), random.below(tokens.length)];
    const span = tokenSpan(tokens, a, b);
    assert.deepEqual(span, tokenSpan(tokens, b, a));
    assert.ok(tokens.some(([start]) => start === span.start) && tokens.some(([, end]) => end === span.end));
  });
});

test("suggestions stand as suggested until touched, and a touched one is the annotator's", () => {
  const task = makeTask("one two three", { suggestions: [{ start: 4, end: 7, label: "A", score: 0.6 }] });
  const draft = newDraft(task, MANY);
  assert.equal(draft.marks[0].suggested, true);
  const renamed = changeMark(draft, draft.marks[0], { label: "B" });
  assert.deepEqual(renamed.marks, [{ start: 4, end: 7, label: "B", score: null, suggested: false }]);
  assert.equal(renamed.selected, renamed.marks[0]);
  assert.deepEqual(removeMark(renamed, renamed.marks[0]).marks, []);
});

test("a span with a probability, and the one a yes-or-no question is about, stand as suggested", () => {
  const spans = [{ start: 0, end: 3, label: "A", score: 0.6 }, { start: 4, end: 7, label: "A" }];
  const task = makeTask("one two", { spans });
  assert.deepEqual(newDraft(task, { ...MANY, layout: "spans" }).marks.map((mark) => mark.suggested), [true, false]);
  assert.deepEqual(newDraft(task, { ...MANY, layout: "binary" }).marks.map((mark) => mark.suggested), [true, true]);
});

test("given spans win over suggestions that overlap them", () => {
  const task = makeTask("one two", { spans: [{ start: 0, end: 3, label: "A" }], suggestions: [{ start: 0, end: 7, label: "B" }] });
  assert.deepEqual(newDraft(task, MANY).marks.map((mark) => mark.label), ["A"]);
});

test("no sequence of edits makes marks overlap or leaves a selected mark that does not stand", () => {
  forMany(300, (random) => {
    const task = makeTask("one two three, four five six seven");
    let draft = newDraft(task, MANY);
    for (let i = 0; i < 30; i++) {
      const [a, b] = [random.below(task.tokens.length), random.below(task.tokens.length)];
      const mark = markAtToken(draft, task.tokens, a);
      const edit = random.below(4);
      if (edit === 0) draft = markTokens(draft, task.tokens, a, b, random.oneOf(["A", "B"]));
      else if (edit === 1 && mark) draft = changeMark(draft, mark, { label: "C" });
      else if (edit === 2 && mark) draft = removeMark(draft, mark);
      else draft = moveCursor(draft, task.tokens, a - 3, random.happens(0.5));
      assertApart(draft.marks);
      for (const held of [draft.selected, draft.fresh]) assert.ok(held === null || draft.marks.includes(held));
      assert.ok(draft.cursor === null || (draft.cursor >= 0 && draft.cursor < task.tokens.length));
    }
  });
});

test("likely options start on: the likeliest alone where options exclude each other", () => {
  const options = [{ label: "A", score: 0.6 }, { label: "B", score: 0.8 }, { label: "C", score: 0.2 }, { label: "D", score: null }];
  const task = makeTask("text", { options });
  assert.deepEqual(newDraft(task, { exclusive: true }).chosen, ["B"]);
  assert.deepEqual(newDraft(task, MANY).chosen.sort(), ["A", "B"]);
});

test("an answer taken back is shown as it was given", () => {
  const task = makeTask("one two", { suggestions: [{ start: 0, end: 3, label: "A", score: 0.9 }], options: [{ label: "A", score: 0.9 }] });
  const draft = restoredDraft(task, MANY, { answer: "accept", spans: [{ start: 4, end: 7, label: "B" }], accept: [] });
  assert.deepEqual(draft.marks.map(({ start, label, suggested }) => [start, label, suggested]), [[4, "B", false]]);
  assert.deepEqual(draft.chosen, []);
});
