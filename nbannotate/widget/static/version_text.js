/** A version's text, read-only: its marks, what differs from the others, and where it has nothing. */

import { h } from "./elements.js";
import { inTextOrder } from "./marks.js";
import { tagText } from "./words.js";

/** @import { Stretch } from "./excerpts.js" */
/** @import { WireVersion } from "./types.js" */

/**
 * A mark, or a place that others have marked.
 * @typedef {{start: number, end: number, label: string, kind: "shared"|"differs"|"lacks", isEnd: boolean}} Shown
 */

/** @param {WireVersion} version @returns {Shown[]} */
export const shownOf = ({ spans, lacks }) => [
  ...spans.map(({ start, end, label, differs }) => ({ start, end, label, kind: /** @type {Shown["kind"]} */ (differs ? "differs" : "shared"), isEnd: true })),
  ...lacks.map(({ start, end, label }) => ({ start, end, label, kind: /** @type {Shown["kind"]} */ ("lacks"), isEnd: true })),
];

/**
 * The stretches of a text with what is shown in them.
 * @param {{length: number, slice: (start: number, end: number) => string}} text @param {readonly Stretch[]} stretches
 * @param {readonly Shown[]} shown @param {(label: string) => string} colorOf
 */
export function versionText(text, stretches, shown, colorOf) {
  const box = h("div", { class: "nba-version-text" });
  for (const { start, end } of stretches) {
    if (start > 0) box.append(gap());
    const here = shown.filter((each) => each.start < end && each.end > start);
    const clipped = here.map((each) => ({ ...each, start: Math.max(each.start, start), end: Math.min(each.end, end) }));
    box.append(...nested(text, start, end, clipped, colorOf).nodes);
  }
  if ((stretches.at(-1)?.end ?? 0) < text.length) box.append(gap());
  // Set last: while it is there, each child appended makes the browser read all of them again.
  box.dir = "auto";
  return box;
}

const gap = () => h("span", { class: "nba-gap" }, " ⋯ ");

/**
 * Marks inside one another; one that crosses the end of another goes on after it.
 * @param {{slice: (start: number, end: number) => string}} text @param {number} start @param {number} end
 * @param {readonly Shown[]} shown @param {(label: string) => string} colorOf @returns {{nodes: (Node|string)[], depth: number}}
 */
function nested(text, start, end, shown, colorOf) {
  let rest = [...shown].sort(inTextOrder);
  /** @type {(Node|string)[]} */
  const nodes = [];
  let at = start;
  let depth = 0;
  while (rest.length > 0) {
    const [first, ...others] = rest;
    if (first.start > at) nodes.push(text.slice(at, first.start));
    const inner = others.filter((each) => each.start < first.end);
    const cut = inner.map((each) => ({ ...each, end: Math.min(each.end, first.end), isEnd: each.isEnd && each.end <= first.end }));
    const left = inner.filter((each) => each.end > first.end).map((each) => ({ ...each, start: first.end }));
    const within = nested(text, first.start, first.end, cut, colorOf);
    nodes.push(markOf(first, within, colorOf));
    depth = Math.max(depth, within.depth + 1);
    at = first.end;
    rest = [...left, ...others.filter((each) => each.start >= first.end)].sort(inTextOrder);
  }
  if (at < end) nodes.push(text.slice(at, end));
  return { nodes, depth };
}

/** @param {Shown} shown @param {{nodes: (Node|string)[], depth: number}} within @param {(label: string) => string} colorOf */
function markOf({ label, kind, isEnd }, within, colorOf) {
  const element = h(kind === "lacks" ? "span" : "mark", { class: `nba-seen ${colorOf(label)}`, "data-kind": kind }, ...within.nodes);
  element.style.setProperty("--nba-depth", String(within.depth));
  if (isEnd) element.append(h("span", { class: "nba-seen-tag" }, { shared: "", differs: "≠ ", lacks: "no " }[kind] + tagText(label)));
  return element;
}
