/** Marks that may overlap, drawn as rules under their words. */

import { ArcView } from "./arc_view.js";
import { bisect } from "./chunks.js";
import { h, replaceChanged, setBox } from "./elements.js";
import { joinBoxes, lanes, runsRightToLeft } from "./lanes.js";
import { deleteButton, markAttributes, relateButton, spanId } from "./mark_elements.js";
import { scoreText } from "./words.js";

/** @import { Box } from "./lanes.js" */
/** @import { Drawing } from "./mark_elements.js" */
/** @import { codePoints } from "./offsets.js" */
/** @import { Mark } from "./types.js" */

/**
 * A mark as it is drawn: all that its look depends on, and where it was laid last.
 * @typedef {{mark: Mark, look: string, element: HTMLElement, name: HTMLElement, leftward: boolean, laid: string}} PlacedSpan
 */

const LANE_PIXELS = 17;
const LABEL_GAP_PIXELS = 5;
const BUTTON_PIXELS = 19;

/** The tops of all rows that have boxes. @param {Box[][]} measured */
const rowTops = (measured) => joinBoxes(measured.flat().map((box) => ({ ...box, left: 0, right: 0 }))).map(({ top }) => top);

/** Which of them a box is on. @param {number[]} tops @param {Box} box */
const rowAt = (tops, box) => tops.findIndex((top) => Math.abs(top - box.top) <= 4);

/** The stretch where a span begins. @param {Box[]} boxes @param {boolean} leftward */
function firstOf(boxes, leftward) {
  const line = boxes.filter((box) => Math.abs(box.top - boxes[0].top) <= 4);
  return line[leftward ? line.length - 1 : 0];
}

/**
 * Marks that may overlap: rules under their words, each in a lane of its own, with the label at
 * its start. They lie over the text and are placed by where the browser has put the words, which
 * holds for every script, for wrapped words and for spans over several lines.
 */
export class LaneView {
  /** @param {(label: string) => string} colorOf */
  constructor(colorOf) {
    this.colorOf = colorOf;
    this.flow = h("div", { class: "nba-flow" });
    this.lines = this.flow;
    this.arcs = new ArcView();
    this.layer = this.flow;
    /** @type {PlacedSpan[]} */
    this.placed = [];
    /** @type {(mark: Mark) => HTMLElement[]} */
    this.runsOf = () => [];
    this.width = 0;
    this.size = "";
    this.sizes = new ResizeObserver(() => {
      if (this.sizeNow !== this.size) this.place();
    });
  }

  /** @param {HTMLElement} lines @returns {HTMLElement} */
  around(lines) {
    this.lines = lines;
    this.layer = h("div", { class: "nba-layer" });
    this.placed = [];
    this.size = "";
    this.flow = h("div", { class: "nba-flow", style: `--nba-lanes: ${LANE_PIXELS}px` }, lines, this.layer, this.arcs.layer);
    this.sizes.disconnect();
    this.sizes.observe(this.flow);
    return this.flow;
  }

  /**
   * @param {ReturnType<typeof codePoints>} text @param {readonly number[]} starts  of its lines
   * @param {Drawing} drawing @param {(mark: Mark) => HTMLElement[]} runsOf  the elements of a mark's words
   */
  paint(text, starts, drawing, runsOf) {
    this.runsOf = runsOf;
    const known = new Map(this.placed.map((span) => [span.look, span]));
    this.placed = drawing.marks.map((mark) => {
      const line = bisect(starts.length, (i) => starts[i] > mark.start);
      const leftward = runsRightToLeft(text.slice(starts[line - 1] ?? 0, starts[line] ?? text.length));
      const look = this.lookOf(mark, drawing);
      const same = known.get(look);
      if (same) return { ...same, mark, leftward };
      return { mark, look, leftward, laid: "", ...this.spanElement(mark, drawing, text.slice(mark.start, mark.end)) };
    });
    this.arcs.paint(drawing.related ?? { relations: [], selected: null, pending: null, colorOf: this.colorOf }, text);
    replaceChanged(this.layer, this.placed.map(({ element }) => element));
    this.place();
  }

  /** All that the look of a mark depends on, but for its place. @param {Mark} mark @param {Drawing} drawing */
  lookOf(mark, drawing) {
    const { editable, related, selected } = drawing;
    return JSON.stringify([markAttributes(mark, drawing), mark.label, mark.suggested && mark.score, this.colorOf(mark.label), editable, related !== null, mark === selected]);
  }

  /** @param {Mark} mark @param {Drawing} drawing @param {string} words */
  spanElement(mark, drawing, words) {
    const { editable, related, selected } = drawing;
    const element = h("div", { class: `nba-span ${this.colorOf(mark.label)}`, role: "group", ...markAttributes(mark, drawing) });
    const score = mark.suggested ? scoreText(mark.score) : "";
    const name = h(editable ? "button" : "span", { class: "nba-name", "data-tag": mark.label, "data-score": score, title: mark.label });
    if (editable) {
      const said = { type: "button", tabindex: "-1", "aria-pressed": String(mark === selected), "aria-label": `${mark.label}: ${words}` };
      for (const [key, value] of Object.entries(said)) name.setAttribute(key, value);
    }
    element.append(name);
    if (mark === selected) {
      element.dataset.selected = "true";
      element.append(deleteButton(mark), ...(related ? [relateButton(mark)] : []), h("i", { class: "nba-grip", "data-grip": "start" }), h("i", { class: "nba-grip", "data-grip": "end" }));
    }
    return { element, name };
  }

  get sizeNow() {
    return `${this.flow.clientWidth} ${this.flow.clientHeight}`;
  }

  /** Lay the rules where the words are now. */
  place() {
    const { flow, placed } = this;
    this.width = flow.clientWidth;
    if (!flow.isConnected || this.width === 0) {
      this.size = ""; // laid once it is to be seen
      return;
    }
    const widths = placed.map(({ name }) => name.offsetWidth);
    const before = this.measure();
    const lane = lanes(this.intervals(before, widths));
    const count = Math.max(1, ...lane.map((i) => i + 1));
    const anchor = this.anchor(before);
    const isMoved = this.setRoom(count * LANE_PIXELS, this.stackArcs(before));
    const measured = isMoved ? this.measure() : before;
    if (isMoved) anchor(measured);
    // Spans lie over the words and move none: read now, it costs no layout of its own.
    this.size = this.sizeNow;
    measured.forEach((boxes, i) => this.placeSpan(placed[i], boxes, lane[i], widths[i]));
    this.arcs.draw(this.firstBoxes(measured));
  }

  /**
   * Keep what is being worked on where it is in sight: lines that grow move all that follows.
   * @param {Box[][]} before @returns {(measured: Box[][]) => void}  scrolls back what has moved
   */
  anchor(before) {
    const box = this.flow.parentElement;
    if (!box || box.scrollHeight <= box.clientHeight) return () => {};
    const seen = box.getBoundingClientRect();
    const origin = this.flow.getBoundingClientRect().top;
    const [top, bottom] = [seen.top - origin, seen.bottom - origin];
    const inSight = before.flatMap((boxes, i) => (boxes.length > 0 && boxes[0].top >= top && boxes[0].bottom <= bottom ? [i] : []));
    const { placed } = this;
    const at = inSight.find((i) => placed[i].element.dataset.selected) ?? inSight.find((i) => !placed[i].laid) ?? inSight[inSight.length >> 1];
    if (at !== undefined) return (measured) => { box.scrollTop += measured[at][0].top - before[at][0].top; };
    const line = [...this.lines.children].find((each) => each.getBoundingClientRect().bottom > seen.top);
    const was = line?.getBoundingClientRect().top ?? 0;
    return () => { box.scrollTop += (line?.getBoundingClientRect().top ?? 0) - was; };
  }

  /** Make room under each line for lanes, and above it for arcs. @param {number} lanes @param {number} arcs @returns {boolean} whether it changed */
  setRoom(lanes, arcs) {
    let isChanged = false;
    for (const [name, pixels] of /** @type {const} */ ([["--nba-lanes", lanes], ["--nba-arcs", arcs]])) {
      if (this.flow.style.getPropertyValue(name) === `${pixels}px`) continue;
      this.flow.style.setProperty(name, `${pixels}px`);
      isChanged = true;
    }
    return isChanged;
  }

  /** The first stretch of each span, where its label and its arcs are. @param {Box[][]} measured @returns {Map<string, Box>} */
  firstBoxes(measured) {
    return new Map(measured.flatMap((boxes, i) => (boxes.length > 0 ? [[spanId(this.placed[i].mark), firstOf(boxes, this.placed[i].leftward)]] : [])));
  }

  /** The room that relations need above each line. @param {Box[][]} measured */
  stackArcs(measured) {
    if (this.arcs.drawn.length === 0) return this.arcs.stack(new Map(), () => 0, this.width, false, 0);
    const tops = rowTops(measured);
    const right = parseFloat(getComputedStyle(this.lines).paddingRight) || 0;
    const left = parseFloat(getComputedStyle(this.lines).paddingLeft) || 0;
    const mirrored = this.lines.matches(":dir(rtl)");
    return this.arcs.stack(this.firstBoxes(measured), (box) => rowAt(tops, box), mirrored ? this.width : this.width - right, mirrored, left);
  }

  /** Where each span's words are, one box for each stretch on a line. @returns {Box[][]} */
  measure() {
    const origin = this.flow.getBoundingClientRect();
    return this.placed.map(({ mark }) => {
      const boxes = this.runsOf(mark).flatMap((run) => [...run.getClientRects()]).map(({ left, right, top, bottom }) => ({
        left: left - origin.left, right: Math.min(right - origin.left, this.width), top: top - origin.top, bottom: bottom - origin.top,
      }));
      const visible = boxes.filter((box) => box.right - box.left > 0.5);
      if (visible.length > 0) return joinBoxes(visible);
      return boxes.slice(0, 1).map((box) => ({ ...box, right: box.left + 6 }));
    });
  }

  /** Each span as a stretch of one long line, its label's width included. @param {Box[][]} measured @param {number[]} widths */
  intervals(measured, widths) {
    const tops = rowTops(measured);
    const lineOf = (/** @type {Box} */ box) => rowAt(tops, box);
    const mirrored = this.lines.matches(":dir(rtl)");
    return measured.map((boxes, i) => {
      const all = boxes.length > 0 ? [...boxes, this.labelBox(boxes, widths[i] + LABEL_GAP_PIXELS, this.placed[i].leftward)] : [];
      const ends = all.map((box) => {
        const from = lineOf(box) * (this.width + 1);
        return mirrored ? [from + this.width - box.right, from + this.width - box.left] : [from + box.left, from + box.right];
      });
      return { start: Math.min(...ends.map(([start]) => start)), end: Math.max(...ends.map(([, end]) => end)) };
    });
  }

  /** The label stands at the start of the first stretch, and never outside. @param {Box[]} boxes @param {number} width @param {boolean} leftward @returns {Box} */
  labelBox(boxes, width, leftward) {
    const first = firstOf(boxes, leftward);
    const wanted = leftward ? first.right - width : first.left;
    const left = Math.max(0, Math.min(wanted, this.width - width));
    return { ...first, left, right: Math.min(left + width, this.width) };
  }

  /** Where a label begins that has buttons at its end, all of them within the text. @param {number} left @param {number} width @param {number} count @param {boolean} leftward */
  besideButtons(left, width, count, leftward) {
    const room = count * BUTTON_PIXELS + 2;
    return leftward ? Math.min(Math.max(left, room), this.width - width) : Math.max(0, Math.min(left, this.width - width - room));
  }

  /** @param {PlacedSpan} span @param {Box[]} boxes @param {number} lane @param {number} width */
  placeSpan(span, boxes, lane, width) {
    const { element, name, leftward } = span;
    const laid = JSON.stringify([boxes, lane, width, this.width, leftward]);
    if (span.laid === laid) return;
    span.laid = laid;
    for (const rule of element.querySelectorAll(".nba-rule")) rule.remove();
    if (boxes.length === 0) return;
    const down = lane * LANE_PIXELS;
    for (const box of boxes) {
      const rule = h("i", { class: "nba-rule" });
      setBox(rule, { left: box.left, top: box.bottom + down, width: box.right - box.left });
      element.prepend(rule);
    }
    const label = this.labelBox(boxes, width, leftward);
    const cross = /** @type {HTMLElement|null} */ (element.querySelector(".nba-delete"));
    const arrow = /** @type {HTMLElement|null} */ (element.querySelector(".nba-relate"));
    const left = cross ? this.besideButtons(label.left, width, arrow ? 2 : 1, leftward) : label.left;
    setBox(name, { left, top: label.bottom + down + 3 });
    if (!cross) return;
    [cross, arrow].forEach((button, i) => {
      const beside = leftward ? left - (i + 1) * BUTTON_PIXELS : left + width + LABEL_GAP_PIXELS + i * BUTTON_PIXELS;
      if (button) setBox(button, { left: beside, top: label.bottom + down + 2 });
    });
    const last = boxes[boxes.length - 1];
    const [atStart, atEnd] = leftward ? [boxes[0].right, last.left] : [boxes[0].left, last.right];
    for (const [grip, x, box] of /** @type {const} */ ([["start", atStart, boxes[0]], ["end", atEnd, last]])) {
      const handle = /** @type {HTMLElement} */ (element.querySelector(`[data-grip="${grip}"]`));
      setBox(handle, { left: x - 7, top: box.top, height: box.bottom - box.top + down + 4 });
    }
  }
}
