/**
 * A long text in chunks of a few paragraphs, so that a change to one leaves the layout of the others.
 *
 * A line that is longer than many chunks is cut too, where a sentence begins if it has any, and wraps
 * there before its end. A text of one chunk is drawn as it always was. All offsets are code points.
 */

/** @import { codePoints } from "./offsets.js" */

const LONG_FROM = 4000;
const CHUNK_LENGTH = 600;
const LINE_LENGTH = 1500;

/**
 * What a chunk covers: a stretch of the text, and the tokens from `from` up to `to`.
 * @typedef {{start: number, end: number, from: number, to: number}} Chunk
 */

/**
 * Where lines begin after the first, in code points.
 * @param {string} text
 */
export function lineStarts(text) {
  const starts = [];
  let at = 0;
  for (const character of text) {
    at += 1;
    if (character === "\n") starts.push(at);
  }
  return starts;
}

/**
 * Where chunks may begin: at lines, and within very long ones at sentences, words or at least tokens.
 * @param {ReturnType<typeof codePoints>} text @param {readonly number[]} starts  of lines @param {number[][]} tokens
 */
export function beginnings(text, starts, tokens) {
  const all = [];
  let line = 0;
  for (const next of [...starts, text.length]) {
    let at = line;
    while (next - at > LINE_LENGTH + CHUNK_LENGTH) {
      const cut = cutWithin(text, tokens, at + CHUNK_LENGTH, at + LINE_LENGTH);
      if (cut >= 0) all.push(cut);
      at = cut < 0 ? at + LINE_LENGTH : cut;
    }
    all.push(next);
    line = next;
  }
  return all.slice(0, -1);
}

/**
 * Where the last sentence begins in a stretch, else the last word, else the last token; -1 without one.
 * @param {ReturnType<typeof codePoints>} text @param {number[][]} tokens @param {number} from @param {number} to
 */
function cutWithin(text, tokens, from, to) {
  const last = bisect(tokens.length, (i) => tokens[i][0] > to) - 1;
  let word = -1;
  for (let i = last; i > 0 && tokens[i][0] > from; i--) {
    const [start, end] = tokens[i];
    const before = text.slice(start - 2, start);
    if (!/\s$/u.test(before) || !text.slice(start, end).trim()) continue;
    if (/[.!?…。؟।]\s$/u.test(before)) return start;
    if (word < 0) word = start;
  }
  return word < 0 && last > 0 && tokens[last][0] > from ? tokens[last][0] : word;
}

/**
 * Cut a text at such places that lie in no token and in none of the spans.
 * @param {number} length @param {readonly number[]} starts  of chunks @param {number[][]} tokens  in text order
 * @param {readonly {start: number, end: number}[]} spans  not overlapping, in text order @returns {Chunk[]}
 */
export function chunksOf(length, starts, tokens, spans) {
  const cuts = [0];
  let token = 0;
  let span = 0;
  for (const at of length < LONG_FROM ? [] : starts) {
    if (at - cuts[cuts.length - 1] < CHUNK_LENGTH || at >= length) continue;
    while (token < tokens.length && tokens[token][1] <= at) token++;
    while (span < spans.length && spans[span].end <= at) span++;
    if (!(tokens[token]?.[0] < at) && !(spans[span]?.start < at)) cuts.push(at);
  }
  let to = 0;
  return cuts.map((start, i) => {
    const end = cuts[i + 1] ?? length;
    const from = to;
    while (to < tokens.length && tokens[to][0] < end) to++;
    return { start, end, from, to };
  });
}

/**
 * Which intervals, in text order and apart from each other, a span touches: from the first up to the last.
 * @param {readonly {start: number, end: number}[]} bounds @param {{start: number, end: number}} span @returns {[number, number]}
 */
export function touched(bounds, span) {
  const first = bisect(bounds.length, (i) => bounds[i].end > span.start);
  return [first, Math.max(first, bisect(bounds.length, (i) => bounds[i].start >= span.end))];
}

/** The first index that holds, given that all after it do. @param {number} length @param {(i: number) => boolean} holds */
export function bisect(length, holds) {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
