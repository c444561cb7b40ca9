/**
 * Words that never cut a visible character: tokens of one emoji, which a tokenizer takes apart at
 * its joiners, are picked and marked together. A span still begins and ends where tokens do.
 */

/** @import { WireTask } from "./types.js" */

/** Without any of these no two code points of a word are one character: most texts need no closer look. */
const JOINING = /[\p{Mark}\p{Format}\p{Regional_Indicator}\p{Emoji_Modifier}\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]/u;

/** @type {Intl.Segmenter|null} */
let segmenter = null;

/**
 * Where visible characters of several code points begin and end, in code points.
 * @param {string} text @returns {number[][]}
 */
export function joinedCharacters(text) {
  if (!JOINING.test(text) || !("Segmenter" in Intl)) return [];
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  const found = [];
  let at = 0;
  for (const { segment } of segmenter.segment(text)) {
    const length = segment.length === 1 ? 1 : [...segment].length;
    if (length > 1) found.push([at, at + length]);
    at += length;
  }
  return found;
}

/**
 * Join the tokens that share a visible character.
 * @param {string} text @param {number[][]} tokens  in text order @returns {number[][]}
 */
export function wholeTokens(text, tokens) {
  const characters = joinedCharacters(text);
  if (characters.length === 0) return tokens;
  /** @type {number[][]} */
  const whole = [];
  let i = 0;
  for (const [start, end] of tokens) {
    const last = whole[whole.length - 1];
    while (i < characters.length && characters[i][1] <= start) i++;
    if (last && i < characters.length && characters[i][0] < Math.min(start, last[1])) last[1] = end;
    else whole.push([start, end]);
  }
  return whole;
}

/**
 * A message of the kernel's, its tasks with such tokens.
 * @param {any} message
 */
export function withWholeTokens(message) {
  const whole = (/** @type {WireTask|null|undefined} */ task) => task && { ...task, tokens: wholeTokens(task.text, task.tokens ?? []) };
  const { task, ahead } = message;
  return task || ahead ? { ...message, task: whole(task), ahead: whole(ahead) } : message;
}
