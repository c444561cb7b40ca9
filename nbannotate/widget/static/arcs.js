/** Where arcs over a text go: at which end of a span each begins, and how high. */

/** A stretch of one row of the text. @typedef {{row: number, start: number, end: number}} Stretch */

/** @param {Stretch} a @param {Stretch} b */
const meet = (a, b) => a.row === b.row && a.start < b.end && b.start < a.end;

/**
 * Give each arc a level, from 0, above every shorter one that it passes over.
 * @param {readonly Stretch[][]} arcs  the stretches of each @returns {number[]}
 */
export function arcLevels(arcs) {
  const length = (/** @type {Stretch[]} */ arc) => arc.reduce((sum, { start, end }) => sum + end - start, 0);
  const order = arcs.map((_, i) => i).sort((a, b) => length(arcs[a]) - length(arcs[b]) || a - b);
  /** @type {number[]} */
  const levels = new Array(arcs.length);
  order.forEach((i, nth) => {
    const under = order.slice(0, nth).filter((j) => arcs[i].some((one) => arcs[j].some((other) => meet(one, other))));
    levels[i] = 1 + Math.max(-1, ...under.map((j) => levels[j]));
  });
  return levels;
}

/**
 * Where on a span its arcs begin, such that none crosses another there: those to the left first,
 * the shortest leftmost, then those to the right, the longest leftmost.
 * @param {{left: number, right: number}} box @param {readonly {side: number, length: number}[]} ends @returns {number[]}
 */
export function anchorsOn({ left, right }, ends) {
  const order = ends.map((_, i) => i).sort((a, b) => ends[a].side - ends[b].side || ends[a].side * (ends[b].length - ends[a].length));
  /** @type {number[]} */
  const places = new Array(ends.length);
  order.forEach((i, nth) => { places[i] = left + ((nth + 1) / (ends.length + 1)) * (right - left); });
  return places;
}

/**
 * A path through points with rounded corners, by horizontal and vertical lines.
 * @param {readonly number[][]} points @param {number} most  the largest radius
 */
export function roundedPath(points, most) {
  const between = (/** @type {number[]} */ [x, y], /** @type {number[]} */ [toX, toY], /** @type {number} */ far) => {
    const whole = Math.hypot(toX - x, toY - y) || 1;
    return [x + ((toX - x) * far) / whole, y + ((toY - y) * far) / whole];
  };
  const distance = (/** @type {number[]} */ a, /** @type {number[]} */ b) => Math.hypot(a[0] - b[0], a[1] - b[1]);
  const parts = [`M${points[0].join(" ")}`];
  for (let i = 1; i + 1 < points.length; i++) {
    const [before, here, after] = [points[i - 1], points[i], points[i + 1]];
    const radius = Math.min(most, distance(before, here) / 2, distance(here, after) / 2);
    parts.push(`L${between(here, before, radius).join(" ")}`, `Q${here.join(" ")} ${between(here, after, radius).join(" ")}`);
  }
  parts.push(`L${points[points.length - 1].join(" ")}`);
  return parts.join("");
}
