/**
 * Marks on a text: which may stand together, and what pieces they cut it into.
 *
 * All offsets are code points, end exclusive; no function here knows the DOM.
 */

/** @import { Mark } from "./types.js" */

/**
 * Cut a text at every token and span boundary.
 * @param {number} length  of the text, in code points
 * @param {number[][]} tokens
 * @param {{start: number, end: number}[]} spans  not overlapping, in text order
 * @param {readonly {start: number, end: number}[]} cutAt  spans whose bounds are cut at too, overlapping or not
 * @returns {{start: number, end: number, token: number, span: number}[]}  -1 where none covers the piece
 */
export function pieces(length, tokens, spans, cutAt = []) {
  const cuts = new Set([0, length]);
  for (const [start, end] of tokens) cuts.add(start).add(end);
  for (const { start, end } of [...spans, ...cutAt]) cuts.add(start).add(end);
  const at = [...cuts].filter((cut) => cut >= 0 && cut <= length).sort((a, b) => a - b);
  const result = [];
  let token = 0;
  let span = 0;
  for (let i = 0; i + 1 < at.length; i++) {
    const [start, end] = [at[i], at[i + 1]];
    while (token < tokens.length && tokens[token][1] <= start) token++;
    while (span < spans.length && spans[span].end <= start) span++;
    const inToken = token < tokens.length && tokens[token][0] <= start;
    const inSpan = span < spans.length && spans[span].start <= start;
    result.push({ start, end, token: inToken ? token : -1, span: inSpan ? span : -1 });
  }
  return result;
}

/** @param {{start: number, end: number}} a @param {{start: number, end: number}} b */
export const overlaps = (a, b) => a.start < b.end && b.start < a.end;

/** @param {{start: number, end: number, label: string}} a @param {{start: number, end: number, label: string}} b */
export const sameSpan = (a, b) => a.start === b.start && a.end === b.end && a.label === b.label;

/** @typedef {{start: number, end: number, label: string}} Labelled */

/** Text order; of those that begin together the longest first. @param {Labelled} a @param {Labelled} b */
export const inTextOrder = (a, b) => a.start - b.start || b.end - a.end || (a.label < b.label ? -1 : Number(a.label > b.label));

/**
 * Put a mark in; whatever may not stand beside it gives way: what it overlaps, or, where spans
 * may overlap, only its own double.
 * @param {readonly Mark[]} marks @param {Mark} mark @param {boolean} mayOverlap @returns {Mark[]}
 */
export function placeMark(marks, mark, mayOverlap = false) {
  const clashes = mayOverlap ? sameSpan : overlaps;
  return [...marks.filter((other) => !clashes(other, mark)), mark].sort(inTextOrder);
}

/**
 * The span from one token to another, whichever comes first.
 * @param {number[][]} tokens @param {number} a @param {number} b
 */
export function tokenSpan(tokens, a, b) {
  return { start: tokens[Math.min(a, b)][0], end: tokens[Math.max(a, b)][1] };
}

/**
 * Keep the first of any that may not stand together, drop empty ones.
 * @param {readonly Mark[]} marks @param {boolean} mayOverlap @returns {Mark[]}
 */
export function withoutClashes(marks, mayOverlap = false) {
  const clashes = mayOverlap ? sameSpan : overlaps;
  /** @type {Mark[]} */
  const kept = [];
  for (const mark of marks) {
    if (mark.end > mark.start && !kept.some((other) => clashes(other, mark))) kept.push(mark);
  }
  return kept.sort(inTextOrder);
}

/**
 * The first and the last token that a span touches.
 * @param {number[][]} tokens @param {{start: number, end: number}} span
 */
export function tokensOf(tokens, span) {
  const first = tokens.findIndex(([, end]) => end > span.start);
  const last = tokens.findLastIndex(([start]) => start < span.end);
  return first < 0 || last < first ? null : { first, last };
}
