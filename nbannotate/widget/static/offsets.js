/** Code points, in which the kernel counts, and UTF-16 units, in which a browser does. */

/**
 * Where each code point of a text begins in UTF-16 units, with the text's length at the end.
 * @param {string} text
 * @returns {Uint32Array|null} null when every code point is one unit
 */
export function unitIndex(text) {
  if (!/[\ud800-\udbff][\udc00-\udfff]/.test(text)) return null;
  const starts = new Uint32Array(text.length + 1);
  let count = 0;
  let unit = 0;
  for (const character of text) {
    starts[count++] = unit;
    unit += character.length;
  }
  starts[count++] = unit;
  return starts.subarray(0, count);
}

/**
 * The only place where code points become UTF-16 units.
 * @param {string} text
 * @returns {{length: number, slice: (start: number, end: number) => string}} in code points
 */
export function codePoints(text) {
  const index = unitIndex(text);
  if (index === null) return { length: text.length, slice: (start, end) => text.slice(start, end) };
  const last = index.length - 1;
  const unit = (/** @type {number} */ at) => index[Math.min(at, last)];
  return { length: last, slice: (start, end) => text.slice(unit(start), unit(end)) };
}
