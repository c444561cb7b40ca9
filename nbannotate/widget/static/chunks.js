/**
 * A long text in chunks of a few paragraphs, so that a change to one leaves the layout of the others.
 *
 * All offsets are code points. A text of one chunk is drawn as it always was.
 */

const LONG_FROM = 4000;
const CHUNK_LENGTH = 600;

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
 * Cut a text at beginnings of lines that lie in no token and in none of the spans.
 * @param {number} length @param {readonly number[]} starts  of lines @param {number[][]} tokens  in text order
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
