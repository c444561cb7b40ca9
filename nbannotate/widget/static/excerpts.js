/** Which stretches of a long text are worth showing, so that several versions of it fit beside one another. */

const WHOLE_UP_TO = 420;
const AROUND = 80;
const MERGED_WITHIN = 30;
const LONGEST = 400;
const MOST = 5;

/** @typedef {{start: number, end: number}} Stretch  in code points */

/**
 * The stretches around some places, the same for all versions, so that they can be compared.
 * @param {{length: number, slice: (start: number, end: number) => string}} text  in code points
 * @param {readonly Stretch[]} places @returns {{stretches: Stretch[], more: number}} in text order, and how many there are besides
 */
export function stretchesOf(text, places) {
  if (text.length <= WHOLE_UP_TO) return { stretches: [{ start: 0, end: text.length }], more: 0 };
  const sorted = [...places].sort((a, b) => a.start - b.start);
  if (sorted.length === 0) return { stretches: [{ start: 0, end: toGap(text, 3 * AROUND, 1) }], more: 0 };
  /** @type {Stretch[]} */
  const merged = [];
  for (const place of sorted) {
    const shown = Math.min(place.end, place.start + LONGEST);
    const start = toGap(text, inLine(text, place.start, -1), -1);
    const end = toGap(text, inLine(text, shown, 1), 1);
    const last = merged.at(-1);
    if (last && start <= last.end + MERGED_WITHIN) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return { stretches: merged.slice(0, MOST), more: Math.max(0, merged.length - MOST) };
}

/** So far around a place as its line goes. @param {{length: number, slice: (start: number, end: number) => string}} text @param {number} at @param {number} step  1 or -1 */
function inLine(text, at, step) {
  if (step > 0) {
    const line = text.slice(at, at + AROUND).indexOf("\n");
    return line < 0 ? at + AROUND : at + [...text.slice(at, at + AROUND).slice(0, line)].length;
  }
  const before = text.slice(Math.max(0, at - AROUND), at);
  return before.includes("\n") ? at - [...before.slice(before.lastIndexOf("\n") + 1)].length : at - AROUND;
}

/** The nearest space outwards, or the line's end, so that no word is cut in two. @param {{length: number, slice: (start: number, end: number) => string}} text @param {number} at @param {number} step  1 or -1 */
function toGap(text, at, step) {
  for (let i = 0, here = at; i < 24; i++, here += step) {
    if (here <= 0) return 0;
    if (here >= text.length) return text.length;
    if (/\s/.test(text.slice(here, here + 1)) || text.slice(here - 1, here) === "\n") return here;
  }
  return Math.max(0, Math.min(text.length, at));
}
