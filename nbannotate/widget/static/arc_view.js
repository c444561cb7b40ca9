/** Relations drawn as arcs over the words, in the room above each line. */

import { anchorsOn, arcLevels, roundedPath } from "./arcs.js";
import { h, setBox, setHidden } from "./elements.js";
import { lanes } from "./lanes.js";
import { spanId } from "./mark_elements.js";
import { relationId, sameRelation } from "./relations.js";

/** @import { Stretch } from "./arcs.js" */
/** @import { Box } from "./lanes.js" */
/** @import { Related } from "./mark_elements.js" */
/** @import { codePoints } from "./offsets.js" */
/** @import { Relation } from "./types.js" */
/**
 * An arc as it is drawn: where on the rows it begins and ends, and by which way.
 * @typedef {{relation: Relation, color: string, name: HTMLElement, state: string, ends: {box: Box, row: number, x: number}[], around: boolean, half: number, middle: number, stretches: Stretch[]}} Arc
 */

const SVG = "http://www.w3.org/2000/svg";
const LEVEL_PIXELS = 19;
const ROOM_PIXELS = 8;
const RADIUS = 7;
const TIGHT_DROP_PIXELS = 8;
const GUTTER_LINES = 4;
const GUTTER_STEP = 6;

export class ArcView {
  constructor() {
    this.lines = document.createElementNS(SVG, "svg");
    this.lines.setAttribute("aria-hidden", "true");
    this.names = h("div", { role: "group", "aria-label": "Relations" });
    this.layer = h("div", { class: "nba-arcs" }, this.names);
    this.layer.prepend(this.lines);
    /** @type {Pick<Arc, "relation"|"color"|"name"|"state">[]} */
    this.drawn = [];
    /** @type {Arc[]} */
    this.arcs = [];
    /** @type {number[]} */
    this.levels = [];
    this.width = 0;
    this.mirrored = false;
    this.left = 0;
  }

  /** @param {Related} related @param {ReturnType<typeof codePoints>} text */
  paint({ relations, selected, pending, colorOf }, text) {
    const words = (/** @type {{start: number, end: number}} */ { start, end }) => text.slice(start, end).replace(/\s+/g, " ");
    this.drawn = [...relations, ...(pending ? [pending] : [])].map((relation) => {
      const state = relation === pending ? "pending" : selected && sameRelation(relation, selected) ? "selected" : "";
      const said = `${relation.label}: ${words(relation.head)} to ${words(relation.child)}`;
      const attributes = { type: "button", tabindex: "-1", class: `nba-relation ${colorOf(relation.label)}`, "data-relation-id": relationId(relation),
        "data-state": state, "data-tag": relation.label, "aria-label": said, "aria-pressed": String(state === "selected"), title: relation.label };
      const name = h("button", attributes);
      return { relation, color: colorOf(relation.label), name, state };
    });
    setHidden(this.names, this.drawn.length === 0);
    this.names.replaceChildren(...this.drawn.map(({ name }) => name));
  }

  /**
   * Find where each arc goes; the room that all of them need above each line.
   * @param {Map<string, Box>} boxes  of each span's first line @param {(box: Box) => number} rowOf
   * @param {number} width  where the words end @param {boolean} mirrored  whether lines run to the left @param {number} left  where they end then
   */
  stack(boxes, rowOf, width, mirrored, left) {
    [this.width, this.mirrored, this.left] = [width, mirrored, left];
    const known = this.drawn.filter(({ relation }) => boxes.has(spanId(relation.head)) && boxes.has(spanId(relation.child)));
    this.arcs = known.map((arc) => {
      const ends = [arc.relation.head, arc.relation.child].map((span) => {
        const box = /** @type {Box} */ (boxes.get(spanId(span)));
        return { box, row: rowOf(box), x: (box.left + box.right) / 2 };
      });
      return { ...arc, ends, around: ends[0].row !== ends[1].row, half: arc.name.offsetWidth / 2, middle: 0, stretches: [] };
    });
    this.anchor();
    for (const arc of this.arcs) arc.stretches = this.stretchesOf(arc);
    this.levels = arcLevels(this.arcs.map(({ stretches }) => stretches));
    return this.levels.length === 0 ? 0 : (Math.max(...this.levels) + 1) * LEVEL_PIXELS + ROOM_PIXELS;
  }

  get edge() {
    return this.mirrored ? this.left : this.width;
  }

  /** Part the arcs that meet at a span. */
  anchor() {
    /** @type {Map<string, {arc: Arc, at: number}[]>} */
    const meeting = new Map();
    for (const arc of this.arcs) {
      [arc.relation.head, arc.relation.child].forEach((span, at) => {
        const id = spanId(span);
        meeting.set(id, [...(meeting.get(id) ?? []), { arc, at }]);
      });
    }
    for (const ends of meeting.values()) {
      const ways = ends.map(({ arc, at }) => {
        const far = (arc.around ? this.edge : arc.ends[1 - at].x) - arc.ends[at].x;
        return { side: far < 0 ? -1 : 1, length: Math.abs(far) + (arc.around ? this.width : 0) };
      });
      anchorsOn(ends[0].arc.ends[ends[0].at].box, ways).forEach((x, i) => { ends[i].arc.ends[ends[i].at].x = x; });
    }
  }

  /** What an arc covers of its rows, the one with its label first. @param {Arc} arc @returns {Stretch[]} */
  stretchesOf(arc) {
    const { ends: [head, child], around, half } = arc;
    const spread = (/** @type {number} */ row, /** @type {number} */ a, /** @type {number} */ b) => ({ row, start: Math.min(a, b), end: Math.max(a, b) });
    const parts = around ? [spread(head.row, head.x, this.edge), spread(child.row, child.x, this.edge)] : [spread(head.row, head.x, child.x)];
    parts.sort((a, b) => b.end - b.start - (a.end - a.start));
    const middle = this.labelMiddle(arc, parts[0]);
    arc.middle = middle;
    const [{ row, start, end }] = parts;
    parts[0] = { row, start: Math.min(start, middle - half), end: Math.max(end, middle + half) };
    return parts.map((part) => ({ ...part, start: part.start - 3, end: part.end + 3 }));
  }

  /** Where on a stretch the label hides the fewest other arcs, near its middle. @param {Arc} arc @param {Stretch} stretch */
  labelMiddle(arc, { row, start, end }) {
    const { half } = arc;
    const others = this.arcs.filter((other) => other !== arc).flatMap(({ ends }) => ends).filter((each) => each.row === row);
    const hidden = (/** @type {number} */ middle) => others.filter(({ x }) => Math.abs(x - middle) < half + 2).length;
    const room = Math.max(0, (end - start) / 2 - half - RADIUS);
    const places = [0, -0.3, 0.3, -0.6, 0.6, -1, 1].map((share) => (start + end) / 2 + share * room);
    const inside = places.map((place) => Math.max(half, Math.min(place, this.width - half)));
    return inside.reduce((best, place) => (hidden(place) < hidden(best) ? place : best));
  }

  /** Draw the arcs where the words are now. @param {Map<string, Box>} boxes */
  draw(boxes) {
    const gutter = this.gutterLanes(boxes);
    this.lines.replaceChildren(...this.arcs.flatMap((arc, i) => {
      const tops = [arc.relation.head, arc.relation.child].map((span) => (boxes.get(spanId(span)) ?? arc.ends[0].box).top - 1);
      const [high, low] = tops.map((top) => top - 5 - (this.levels[i] + 0.5) * LEVEL_PIXELS);
      const [from, to] = arc.ends.map(({ x }) => x);
      const tight = !arc.around && Math.abs(from - to) < 2 * arc.half + 2 * RADIUS;
      const flat = Math.min(high, low) + (tight ? TIGHT_DROP_PIXELS : 0);
      const outside = this.edge + (this.mirrored ? -1 : 1) * (4 + (gutter[i] % GUTTER_LINES) * GUTTER_STEP);
      const points = arc.around ? [[from, tops[0]], [from, high], [outside, high], [outside, low], [to, low], [to, tops[1] - 4]]
        : [[from, tops[0]], [from, flat], [to, flat], [to, tops[1] - 4]];
      const onHead = !arc.around || arc.stretches[0].row === arc.ends[0].row;
      setBox(arc.name, { left: arc.middle - arc.half, top: (arc.around ? (onHead ? high : low) : flat) - (tight ? 16 : 8) });
      return [this.stroke(arc, roundedPath(points, RADIUS), "nba-arc-line"), this.stroke(arc, `M${to - 4} ${tops[1] - 7}L${to} ${tops[1]}L${to + 4} ${tops[1] - 7}Z`, "nba-arc-tip")];
    }));
  }

  /** Beside the text, a line of its own for each arc that passes another there. @param {Map<string, Box>} boxes */
  gutterLanes(boxes) {
    const spread = this.arcs.map(({ relation, around }) => {
      const tops = [relation.head, relation.child].map((span) => boxes.get(spanId(span))?.top ?? 0);
      return around ? { start: Math.min(...tops), end: Math.max(...tops) + 1 } : { start: -1, end: -1 };
    });
    return lanes(spread);
  }

  /** @param {Arc} arc @param {string} path @param {string} kind */
  stroke({ color, state, relation }, path, kind) {
    const element = document.createElementNS(SVG, "path");
    for (const [name, value] of Object.entries({ d: path, class: `${kind} ${color}`, "data-state": state, "data-relation-id": relationId(relation) })) element.setAttribute(name, value);
    return element;
  }
}
