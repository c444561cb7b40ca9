/** Where overlapping marks go: lanes of their own, and boxes on lines that the browser has laid out. */

/**
 * Give each interval a lane such that no two in one lane overlap, in as few lanes as can be:
 * in order of their starts, each takes the first lane that is free again (interval partitioning;
 * Kleinberg and Tardos, Algorithm Design, 4.1).
 * @param {readonly {start: number, end: number}[]} intervals @returns {number[]} a lane each, from 0
 */
export function lanes(intervals) {
  const order = intervals.map((_, i) => i);
  order.sort((a, b) => intervals[a].start - intervals[b].start || intervals[b].end - intervals[a].end);
  /** @type {number[]} */
  const freeFrom = [];
  /** @type {number[]} */
  const result = new Array(intervals.length);
  for (const i of order) {
    const free = freeFrom.findIndex((end) => end <= intervals[i].start);
    result[i] = free < 0 ? freeFrom.length : free;
    freeFrom[result[i]] = intervals[i].end;
  }
  return result;
}

/** @typedef {{left: number, right: number, top: number, bottom: number}} Box */

/**
 * Join boxes that touch into one a line, in line order.
 * @param {readonly Box[]} boxes @returns {Box[]}
 */
export function joinBoxes(boxes) {
  const sorted = [...boxes].sort((a, b) => (Math.abs(a.top - b.top) > 4 ? a.top - b.top : a.left - b.left));
  /** @type {Box[]} */
  const joined = [];
  for (const box of sorted) {
    const last = joined.at(-1);
    if (last && Math.abs(last.top - box.top) <= 4 && box.left - last.right <= 1.5) last.right = Math.max(last.right, box.right);
    else joined.push({ ...box });
  }
  return joined;
}

/**
 * The way a paragraph runs, by its first letter that has one, as the browser decides it.
 * @param {string} text
 */
export function runsRightToLeft(text) {
  const first = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]|\p{L}/u.exec(text)?.[0];
  return first !== undefined && /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u.test(first);
}
