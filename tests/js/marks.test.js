/** Laws of offsets, spans and drafts. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { changeMark, correctionDraft, markAtToken, markTokens, moveCursor, newDraft, nextMark, removeMark, restOfReading, restoredDraft, stretchMark } from "../../nbannotate/widget/static/drafts.js";
import { joinBoxes, lanes, runsRightToLeft } from "../../nbannotate/widget/static/lanes.js";
import { overlaps, pieces, placeMark, sameSpan, tokenSpan, tokensOf, withoutClashes } from "../../nbannotate/widget/static/marks.js";
import { codePoints, unitIndex } from "../../nbannotate/widget/static/offsets.js";
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
    /** @type {import("../../nbannotate/widget/static/types.js").Mark[]} */
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
  assert.deepEqual(newDraft(task, { ...MANY, blocks: ["spans"] }).marks.map((mark) => mark.suggested), [true, false]);
  assert.deepEqual(newDraft(task, { ...MANY, blocks: ["binary"] }).marks.map((mark) => mark.suggested), [true, true]);
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

test("no two spans in one lane overlap, and there are as many lanes as spans lie over one another at most", () => {
  forMany(500, (random) => {
    const spans = randomMarks(random, 30).concat(randomMarks(random, 30)).filter((mark) => mark.end > mark.start);
    const given = lanes(spans);
    spans.forEach((a, i) => spans.forEach((b, j) => assert.ok(i === j || given[i] !== given[j] || !overlaps(a, b))));
    const depth = (/** @type {number} */ at) => spans.filter((span) => span.start <= at && at < span.end).length;
    assert.equal(Math.max(0, ...given.map((lane) => lane + 1)), Math.max(0, ...spans.map((span) => depth(span.start))));
  });
});

test("where spans may overlap, all but doubles stand together, whatever is placed or changed", () => {
  forMany(300, (random) => {
    const task = makeTask("one two three, four five six seven");
    let draft = newDraft(task, { ...MANY, overlaps: true });
    for (let i = 0; i < 30; i++) {
      const [a, b] = [random.below(task.tokens.length), random.below(task.tokens.length)];
      const before = draft.marks;
      const mark = nextMark(draft, task.tokens, random.oneOf([1, -1]));
      const edit = random.below(5);
      if (edit === 0) draft = markTokens(draft, task.tokens, a, b, random.oneOf(["A", "B"]), true);
      else if (edit === 1 && mark) draft = changeMark(draft, mark, { label: random.oneOf(["A", "B"]) });
      else if (edit === 2 && mark) draft = stretchMark(draft, task.tokens, mark, random.oneOf(["start", "end"]), random.below(7) - 3);
      else if (edit === 3 && mark) draft = removeMark(draft, mark);
      else draft = moveCursor(draft, task.tokens, a - 3, random.happens(0.5), true);
      draft.marks.forEach((one, j) => draft.marks.forEach((other, k) => assert.ok(j === k || !sameSpan(one, other))));
      const gone = before.filter((one) => !draft.marks.some((other) => sameSpan(one, other)));
      assert.ok(gone.length <= 1, "one edit takes one span at most");
      for (const each of draft.marks) assert.ok(each.end > each.start && tokensOf(task.tokens, each));
      assert.deepEqual([...draft.marks].sort((x, y) => x.start - y.start || y.end - x.end).map(({ start }) => start), draft.marks.map(({ start }) => start));
      for (const held of [draft.selected, draft.fresh]) assert.ok(held === null || draft.marks.includes(held));
    }
  });
});

test("going round the spans at a word meets each of them once and no other", () => {
  forMany(200, (random) => {
    const { tokens } = makeTask("one two three four five six seven");
    let draft = newDraft(makeTask(""), { ...MANY, overlaps: true });
    for (let i = 0; i < 6; i++) draft = markTokens(draft, tokens, random.below(7), random.below(7), random.oneOf(["A", "B"]), true);
    const cursor = random.below(7);
    const [start, end] = tokens[cursor];
    const here = draft.marks.filter((mark) => overlaps(mark, { start, end }));
    const round = here.length > 0 ? here : draft.marks;
    const met = [];
    draft = { ...draft, cursor, selected: null };
    for (let i = 0; i < round.length; i++) {
      draft = { ...draft, selected: nextMark(draft, tokens, 1) };
      met.push(draft.selected);
    }
    assert.deepEqual(met, round);
  });
});

test("a correction starts from the reading, without the span that was rejected", () => {
  const prediction = [{ start: 0, end: 3, label: "A", score: 0.9 }, { start: 4, end: 7, label: "B", score: 0.8 }];
  const task = makeTask("one two", { prediction, spans: [prediction[1]] });
  const config = { ...MANY, blocks: ["binary"] };
  assert.deepEqual(correctionDraft(task, config, "asked").marks.map(({ label, suggested }) => [label, suggested]), [["A", true], ["B", true]]);
  assert.deepEqual(correctionDraft(task, config, "rejected").marks.map(({ label }) => label), ["A"]);
});

test("the rest of a reading is what was not asked, and whether the asked is part of it is known", () => {
  const prediction = [{ start: 0, end: 3, label: "A" }, { start: 4, end: 7, label: "B" }];
  const config = { ...MANY, blocks: ["binary"] };
  const within = newDraft(makeTask("one two", { spans: [prediction[0]] }), config).marks;
  const beside = newDraft(makeTask("one two", { spans: [{ start: 0, end: 7, label: "A" }] }), config).marks;
  const task = makeTask("one two", { prediction });
  assert.deepEqual([restOfReading(task, within).rest.length, restOfReading(task, within).holdsAsked], [1, true]);
  assert.deepEqual([restOfReading(task, beside).rest.length, restOfReading(task, beside).holdsAsked], [2, false]);
});

test("a whole reading taken back is opened with its spans, an answer on one span is asked again", () => {
  const asked = { start: 0, end: 3, label: "A" };
  const task = makeTask("one two", { spans: [asked], prediction: [asked] });
  const config = { ...MANY, blocks: ["binary"] };
  const whole = restoredDraft(task, config, { answer: "accept", spans: [{ start: 4, end: 7, label: "B" }] });
  assert.deepEqual([whole.correcting, whole.marks.map(({ label }) => label)], ["asked", ["B"]]);
  for (const answer of /** @type {const} */ (["accept", "reject", "ignore"])) {
    assert.equal(restoredDraft(task, config, { answer, spans: [asked] }).correcting, null);
  }
});

test("a paragraph runs the way of its first letter", () => {
  const ways = { "one ب": false, "ب one": true, "12 (שלום": true, "💊 日本": false, "1 2 !": false, "": false };
  for (const [text, way] of Object.entries(ways)) assert.equal(runsRightToLeft(text), way, text);
});

test("boxes that touch on a line become one, those apart or on other lines stay", () => {
  const box = (/** @type {number} */ left, /** @type {number} */ right, /** @type {number} */ top) => ({ left, right, top, bottom: top + 10 });
  const joined = joinBoxes([box(30, 40, 0), box(0, 10, 20), box(0, 10, 0), box(10.5, 20, 1), box(41, 50, 0)]);
  assert.deepEqual(joined.map(({ left, right, top }) => [left, right, top]), [[0, 20, 0], [30, 50, 0], [0, 10, 20]]);
});
