/** Laws of relations and of the arcs that show them. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { anchorsOn, arcLevels, roundedPath } from "../../nbannotate/widget/static/arcs.js";
import { amongSpans, changeRelation, followSpan, nextChild, nextRelation, placeRelation, relationOf, removeRelation } from "../../nbannotate/widget/static/relations.js";
import { forMany } from "./random.js";

const mark = (/** @type {number} */ start, /** @type {number} */ end, label = "A") => ({ start, end, label, score: null, suggested: false });
const [a, b, c] = [mark(0, 1), mark(2, 3), mark(4, 5)];
const draftOf = (/** @type {object} */ more = {}) => /** @type {any} */ ({ marks: [a, b, c], relations: [], linking: null, related: null, selected: null, ...more });

test("no steps lead to a loop, a double, or an end that does not stand", () => {
  forMany(200, ({ below, happens }) => {
    let draft = draftOf();
    for (let step = 0; step < 20; step++) {
      const pick = () => draft.marks[below(draft.marks.length)];
      const kind = below(4);
      if (kind === 0) draft = placeRelation(draft, relationOf(pick(), pick(), happens(0.5) ? "x" : "y"));
      else if (kind === 1 && draft.relations[0]) draft = changeRelation(draft, draft.relations[0], { label: "y", head: relationOf(pick(), pick(), "").head });
      else if (kind === 2) {
        const [from, to] = [pick(), mark(below(3), 4 + below(3))];
        const marks = [...draft.marks.filter((/** @type {any} */ each) => each !== from && !(each.start === to.start && each.end === to.end)), to];
        draft = draftOf({ marks, relations: amongSpans(followSpan(draft.relations, from, to), marks) });
      } else if (draft.relations.length > 2) draft = removeRelation(draft, draft.relations[1]);
      const seen = new Set(draft.relations.map((/** @type {any} */ each) => JSON.stringify(each)));
      assert.equal(seen.size, draft.relations.length);
      for (const { head, child } of draft.relations) {
        assert.notDeepEqual(head, child);
        for (const end of [head, child]) assert.ok(draft.marks.some((/** @type {any} */ each) => each.start === end.start && each.end === end.end && each.label === end.label));
      }
    }
  });
});

test("a relation that is placed twice is one, and in hand", () => {
  const once = placeRelation(draftOf(), relationOf(a, b, "x"));
  const twice = placeRelation(once, relationOf(a, b, "x"));
  assert.equal(twice.relations.length, 1);
  assert.equal(twice.related, twice.relations[0]);
});

test("a new relation goes round all other spans, either way", () => {
  const aimed = (/** @type {any} */ child, /** @type {number} */ step) => nextChild(draftOf({ linking: { head: b, child } }), step);
  assert.equal(aimed(null, 1), c);
  assert.equal(aimed(c, 1), a);
  assert.equal(aimed(a, 1), c);
  assert.equal(aimed(a, -1), c);
  assert.equal(nextChild(draftOf({ marks: [b], linking: { head: b, child: null } }), 1), null);
});

test("relations are gone through in text order", () => {
  const [one, two] = [relationOf(c, b, "x"), relationOf(a, c, "x")];
  assert.equal(nextRelation(draftOf({ relations: [one, two] }), 1), two);
  assert.equal(nextRelation(draftOf({ relations: [one, two], related: two }), 1), one);
  assert.equal(nextRelation(draftOf(), 1), null);
});

test("no two arcs of a level meet, and a longer one passes over those below it", () => {
  forMany(100, ({ below }) => {
    const arcs = Array.from({ length: 12 }, () => {
      const start = below(50);
      return [{ row: below(2), start, end: start + 1 + below(30) }];
    });
    const levels = arcLevels(arcs);
    for (let i = 0; i < arcs.length; i++) {
      for (let j = 0; j < arcs.length; j++) {
        const [[one], [other]] = [arcs[i], arcs[j]];
        if (i === j || one.row !== other.row || one.end <= other.start || other.end <= one.start) continue;
        assert.notEqual(levels[i], levels[j]);
        if (one.end - one.start > other.end - other.start) assert.ok(levels[i] > levels[j]);
      }
    }
  });
});

test("arcs of one span begin apart, and cross none that begins there", () => {
  const places = anchorsOn({ left: 0, right: 50 }, [{ side: 1, length: 9 }, { side: -1, length: 5 }, { side: 1, length: 30 }, { side: -1, length: 20 }]);
  assert.deepEqual(places.map((place, i) => [place, i]).sort((p, q) => p[0] - q[0]).map(([, i]) => i), [1, 3, 2, 0]);
  assert.ok(places.every((place) => place > 0 && place < 50));
});

test("a path goes through its first and last points, with no corner wider than its legs", () => {
  assert.equal(roundedPath([[0, 10], [0, 0], [4, 0], [4, 10]], 7), "M0 10L0 2Q0 0 2 0L2 0Q4 0 4 2L4 10");
});
