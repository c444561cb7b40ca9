/** Relations between the spans of a draft; every step returns new ones. Their ends are spans that stand. */

import { sameSpan } from "./marks.js";

/** @import { Draft, Mark, Relation, WireSpan } from "./types.js" */

/** @param {WireSpan|Mark} span @returns {WireSpan} */
const asEnd = ({ start, end, label }) => ({ start, end, label });

/** @param {Relation} relation */
export const relationId = ({ head, child, label }) => JSON.stringify([head.start, head.end, head.label, child.start, child.end, child.label, label]);

/** @param {Relation} a @param {Relation} b */
export const sameRelation = (a, b) => relationId(a) === relationId(b);

/** @param {WireSpan|Mark} head @param {WireSpan|Mark} child @param {string} label @returns {Relation} */
export const relationOf = (head, child, label) => ({ head: asEnd(head), child: asEnd(child), label });

/** @param {WireSpan|Mark} span @param {Relation} relation */
const isEndOf = (span, { head, child }) => sameSpan(head, span) || sameSpan(child, span);

/** Without loops and doubles. @param {readonly Relation[]} relations @returns {Relation[]} */
const sound = (relations) => relations.filter((relation, i) => !sameSpan(relation.head, relation.child)
  && relations.findIndex((other) => sameRelation(other, relation)) === i);

/** What becomes of relations when a span becomes another: they follow. @param {readonly Relation[]} relations @param {Mark} from @param {Mark} to */
export function followSpan(relations, from, to) {
  const moved = (/** @type {WireSpan} */ end) => (sameSpan(end, from) ? asEnd(to) : end);
  return sound(relations.map(({ head, child, label }) => ({ head: moved(head), child: moved(child), label })));
}

/** Those that stand among some spans. @param {readonly Relation[]} relations @param {readonly Mark[]} marks */
export const amongSpans = (relations, marks) => relations.filter(({ head, child }) => marks.some((mark) => sameSpan(mark, head)) && marks.some((mark) => sameSpan(mark, child)));

/** Put a relation in, in hand; where it stands already, it is the one in hand. @param {Draft} draft @param {Relation} relation @returns {Draft} */
export function placeRelation(draft, relation) {
  const relations = sound([...draft.relations, relation]);
  return { ...draft, relations, selected: null, linking: null, related: relations.find((each) => sameRelation(each, relation)) ?? null };
}

/** @param {Draft} draft @param {Relation} relation @param {Partial<Relation>} change @returns {Draft} */
export function changeRelation(draft, relation, change) {
  const rest = draft.relations.filter((each) => each !== relation);
  return placeRelation({ ...draft, relations: rest }, { ...relation, ...change });
}

/** @param {Draft} draft @param {Relation} relation @returns {Draft} */
export const removeRelation = (draft, relation) => ({ ...draft, relations: draft.relations.filter((each) => each !== relation), related: null });

/** The relation after the one in hand. @param {Draft} draft @param {number} step @returns {Relation|null} */
export function nextRelation({ relations, related }, step) {
  const order = [...relations].sort((a, b) => Math.min(a.head.start, a.child.start) - Math.min(b.head.start, b.child.start));
  const at = related ? order.indexOf(related) : -1;
  return order.length === 0 ? null : at < 0 ? order[step > 0 ? 0 : order.length - 1] : order[(at + step + order.length) % order.length];
}

/** The span that a new relation would lead to after the one shown. @param {Draft} draft @param {number} step @returns {Mark|null} */
export function nextChild({ marks, linking }, step) {
  if (!linking) return null;
  const from = marks.findIndex((mark) => sameSpan(mark, linking.child ?? linking.head));
  for (let i = 1; i <= marks.length; i++) {
    const mark = marks[(from + step * i + marks.length * i) % marks.length];
    if (!sameSpan(mark, linking.head)) return mark;
  }
  return null;
}

/** How many relations a span is an end of. @param {readonly Relation[]} relations @param {Mark} mark */
export const countOfEnds = (relations, mark) => relations.filter((relation) => isEndOf(mark, relation)).length;
