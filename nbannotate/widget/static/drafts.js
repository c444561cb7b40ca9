/** An annotator's work on one task, and each step of it; every step returns a new draft. */

import { inTextOrder, overlaps, placeMark, sameSpan, tokenSpan, tokensOf, withoutClashes } from "./marks.js";
import { amongSpans, followSpan } from "./relations.js";

/** @import { Draft, Mark, Piece, Restored, WireSpan, WireTask, WireVersion } from "./types.js" */

/** @param {WireSpan} span @param {boolean} suggested @returns {Mark} */
const toMark = ({ start, end, label, score }, suggested) => ({ start, end, label, score: score ?? null, suggested });

/** @param {{start: number, end: number, label: string}} span @returns {WireSpan} */
export const bareSpan = ({ start, end, label }) => ({ start, end, label });

/** @typedef {{exclusive: boolean, blocks?: readonly string[], overlaps?: boolean}} Asking */

/**
 * What an annotator starts from: given spans solid, suggestions dashed, likely options on.
 * A span with a probability is a suggestion wherever it stands, as is the one that is asked about.
 * @param {WireTask} task @param {Asking} config @returns {Draft}
 */
export function newDraft(task, { exclusive, blocks = [], overlaps: mayOverlap = false }) {
  const given = (task.spans ?? []).map((span) => toMark(span, blocks.includes("binary") || typeof span.score === "number"));
  const suggested = (task.suggestions ?? []).map((span) => toMark(span, true));
  const likely = (task.options ?? []).filter((option) => (option.score ?? 0) >= 0.5);
  likely.sort((a, b) => (b.score ?? 0) - (a.score ?? 0));
  const lead = task.versions?.find(({ leads, answer }) => leads && answer === "accept");
  const marks = withoutClashes([...given, ...suggested], mayOverlap);
  return {
    marks,
    relations: amongSpans(task.relations ?? [], marks),
    inputs: { ...task.inputs },
    chosen: lead ? lead.labels.map(({ label }) => label) : (exclusive ? likely.slice(0, 1) : likely).map((option) => option.label),
    picked: lead !== undefined,
    linking: null, related: null, touched: false, selected: null, fresh: null, anchor: null, cursor: null, correcting: null, seconds: 0, flagged: false, note: "",
  };
}

/**
 * Whether a draft says anything that a new one on its task would not.
 * @param {Draft} draft @param {WireTask} task @param {Asking} config
 */
export function isBegun(draft, task, config) {
  const said = (/** @type {Draft} */ { marks, relations, chosen, inputs, correcting, flagged, note }) =>
    JSON.stringify([marks, relations, chosen, inputs, correcting, flagged, note]);
  return said(draft) !== said(newDraft(task, config));
}

/**
 * A binary question opened for correction: the model's whole reading, as suggestions; without
 * the span asked about where that one was rejected.
 * @param {WireTask} task @param {Asking} config @param {"asked"|"rejected"} correcting @returns {Draft}
 */
export function correctionDraft(task, config, correcting) {
  const asked = newDraft(task, config);
  const gone = (/** @type {Mark} */ mark) => correcting === "rejected" && asked.marks.some((other) => sameSpan(other, mark));
  const reading = (task.prediction ?? []).map((span) => toMark(span, true));
  return { ...asked, marks: withoutClashes(reading.filter((mark) => !gone(mark)), config.overlaps), correcting };
}

/**
 * The reading around the span that a binary question is about.
 * @param {WireTask} task @param {readonly Mark[]} asked
 */
export function restOfReading(task, asked) {
  const reading = withoutClashes((task.prediction ?? []).map((span) => toMark(span, true)), true);
  const rest = reading.filter((mark) => !asked.some((other) => sameSpan(other, mark)));
  return { rest, holdsAsked: rest.length < reading.length };
}

/**
 * An answer taken back, to be mended. One on a whole text, given in a binary view, is mended
 * where its spans can be seen.
 * @param {WireTask} task @param {Asking} config @param {Restored} restored @returns {Draft}
 */
export function restoredDraft(task, config, restored) {
  const marks = withoutClashes((restored.spans ?? []).map((span) => toMark(span, false)), config.overlaps);
  const draft = { ...withRemarks(newDraft(task, config), restored), inputs: { ...restored.inputs } };
  if (config.blocks?.includes("binary")) {
    const onlyAsked = draft.marks.length > 0 && marks.length === draft.marks.length && marks.every((mark, i) => sameSpan(mark, draft.marks[i]));
    if (!task.prediction || !restored.spans || restored.answer !== "accept" || onlyAsked) return draft;
    return { ...draft, marks, correcting: "asked" };
  }
  if (restored.spans) draft.marks = marks;
  draft.relations = amongSpans(restored.relations ?? [], draft.marks);
  if (restored.accept) Object.assign(draft, { chosen: [...restored.accept], touched: true });
  return draft;
}

/**
 * What one of several versions says, in the place of what was there.
 * @param {Draft} draft @param {WireVersion} version @param {Asking} config @returns {Draft}
 */
export function versionDraft(draft, version, config) {
  const marks = withoutClashes(version.spans.map((span) => toMark(span, false)), config.overlaps);
  return { ...settled(draft), marks, ...besideMarks(version), chosen: version.labels.map(({ label }) => label), touched: true, picked: true, cursor: null };
}

/** The relations and the texts of a version. @param {WireVersion} version @returns {Pick<Draft, "relations"|"inputs">} */
const besideMarks = ({ relations, fields }) => ({
  relations: relations.map(({ head, child, label }) => ({ head, child, label })),
  inputs: Object.fromEntries(fields.map(({ name, pieces }) => [name, writtenOf(pieces)])),
});

/** A text that comes in pieces. @param {readonly Piece[]} pieces */
export const writtenOf = (pieces) => pieces.map(({ text }) => text).join("");

/** With the flag and the note of another. @param {Draft} draft @param {{flagged?: boolean, note?: string|null}} from @returns {Draft} */
export const withRemarks = (draft, { flagged, note }) => ({ ...draft, flagged: flagged ?? false, note: note ?? "" });

/** Nothing picked, nothing selected. @param {Draft} draft @returns {Draft} */
export const settled = (draft) => ({ ...draft, selected: null, fresh: null, anchor: null, linking: null, related: null });

/**
 * Make a span of the tokens a to b.
 * @param {Draft} draft @param {number[][]} tokens @param {number} a @param {number} b @param {string} label
 * @param {boolean} mayOverlap @returns {Draft}
 */
export function markTokens(draft, tokens, a, b, label, mayOverlap = false) {
  const mark = { ...tokenSpan(tokens, a, b), label, score: null, suggested: false };
  const marks = placeMark(draft.marks, mark, mayOverlap);
  return { ...settled(draft), marks, relations: amongSpans(draft.relations, marks), fresh: mark, cursor: Math.max(a, b) };
}

/**
 * Replace one mark; the annotator has touched it, so it is a suggestion no more. Its double,
 * where the change makes one, goes.
 * @param {Draft} draft @param {Mark} mark @param {Partial<Mark>} change @returns {Draft}
 */
export function changeMark(draft, mark, change) {
  const next = { ...mark, suggested: false, ...change };
  if (!sameSpan(next, mark)) next.score = null;
  const others = draft.marks.filter((other) => other !== mark && !sameSpan(other, next));
  return { ...settled(draft), marks: [...others, next].sort(inTextOrder), relations: followSpan(draft.relations, mark, next), selected: next };
}

/**
 * Move the start or the end of a mark by so many tokens; it keeps one token at least.
 * @param {Draft} draft @param {number[][]} tokens @param {Mark} mark @param {"start"|"end"} edge @param {number} step @returns {Draft}
 */
export function stretchMark(draft, tokens, mark, edge, step) {
  const held = tokensOf(tokens, mark);
  if (!held) return draft;
  const { first, last } = held;
  const moved = Math.max(0, Math.min(tokens.length - 1, (edge === "start" ? first : last) + step));
  const span = edge === "start" ? tokenSpan(tokens, Math.min(moved, last), last) : tokenSpan(tokens, first, Math.max(moved, first));
  return changeMark(draft, mark, span);
}

/**
 * The mark after the one selected, among those at the cursor or, without one there, among all.
 * @param {Draft} draft @param {number[][]} tokens @param {number} step  1 or -1 @returns {Mark|null}
 */
export function nextMark({ marks, selected, cursor }, tokens, step) {
  const here = cursor === null ? [] : marks.filter((mark) => overlaps(mark, { start: tokens[cursor][0], end: tokens[cursor][1] }));
  const round = here.length > 0 ? here : marks;
  if (round.length === 0) return null;
  const at = selected ? round.indexOf(selected) : -1;
  return at < 0 ? round.at(step > 0 ? 0 : -1) ?? null : round[(at + step + round.length) % round.length];
}

/** @param {Draft} draft @param {Mark} mark @returns {Draft} */
export function removeMark(draft, mark) {
  const marks = draft.marks.filter((other) => other !== mark);
  return { ...settled(draft), marks, relations: amongSpans(draft.relations, marks) };
}

/** @param {Draft} draft @param {number[][]} tokens @param {number} token @returns {Mark|null} */
export function markAtToken(draft, tokens, token) {
  const [start, end] = tokens[token];
  return draft.marks.find((mark) => overlaps(mark, { start, end })) ?? null;
}

/**
 * Move the token cursor; a single token inside a span selects that span, unless several may be there.
 * @param {Draft} draft @param {number[][]} tokens @param {number} to @param {boolean} extend @param {boolean} mayOverlap @returns {Draft}
 */
export function moveCursor(draft, tokens, to, extend, mayOverlap = false) {
  const cursor = Math.max(0, Math.min(tokens.length - 1, to));
  if (extend) return { ...settled(draft), anchor: draft.anchor ?? draft.cursor ?? cursor, cursor };
  return { ...settled(draft), anchor: cursor, cursor, selected: mayOverlap ? null : markAtToken(draft, tokens, cursor) };
}
