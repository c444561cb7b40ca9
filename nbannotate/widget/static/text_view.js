/** The text with its marks and tokens: painting, highlighting, and which token is where. */

import { h, treeOf } from "./elements.js";
import { LaneView } from "./lane_view.js";
import { deleteButton, markAttributes, spanId } from "./mark_elements.js";
import { overlaps, pieces } from "./marks.js";
import { codePoints } from "./offsets.js";
import { scoreText } from "./words.js";

/** @import { Drawing } from "./mark_elements.js" */
/** @import { Draft, Mark, WireTask } from "./types.js" */

/** The text with its marks and tokens: painting, highlighting, and which token is where. */
export class TextView {
  /** @param {HTMLElement} box  the element that scrolls @param {(label: string) => string} colorOf */
  constructor(box, colorOf) {
    this.box = box;
    this.colorOf = colorOf;
    this.lanes = new LaneView(colorOf);
    /** @type {HTMLElement[]} every token and gap, in text order */
    this.runs = [];
    /** @type {{start: number, end: number}[]} what each run covers */
    this.bounds = [];
    /** @type {number[]} */
    this.firstRun = [];
    /** @type {number[]} */
    this.lastRun = [];
    /** @type {HTMLElement[]} */
    this.lit = [];
  }

  /** @param {WireTask} task @param {Drawing} drawing */
  paint(task, drawing) {
    const text = codePoints(task.text);
    const { stacked, marks } = drawing;
    const withRuns = drawing.editable || stacked;
    const tokens = withRuns ? task.tokens ?? [] : [];
    [this.runs, this.bounds, this.firstRun, this.lastRun, this.lit] = [[], [], [], [], []];
    const lines = h("div", { class: "nba-lines" });
    /** @type {HTMLElement|null} */
    let open = null;
    let openSpan = -1;
    for (const piece of pieces(text.length, tokens, stacked ? [] : marks, stacked ? marks : [])) {
      if (piece.span !== openSpan) {
        openSpan = piece.span;
        open = openSpan < 0 ? null : this.markElement(marks[openSpan], drawing);
        if (open) lines.append(open);
      }
      const node = this.pieceNode(text.slice(piece.start, piece.end), piece, withRuns);
      if (open) open.insertBefore(node, open.lastChild);
      else lines.append(node);
    }
    // Set last: while it is there, each child appended makes the browser read all of them again.
    lines.dir = "auto";
    this.box.dataset.stacked = String(stacked);
    this.box.replaceChildren(stacked ? this.lanes.around(lines) : lines);
    if (stacked) this.lanes.paint(text, drawing, this.runs, this.bounds);
    else if (drawing.selected) this.addDelete(drawing.selected);
  }

  /** @param {string} text @param {{start: number, end: number, token: number}} piece @param {boolean} withRuns */
  pieceNode(text, { start, end, token }, withRuns) {
    if (!withRuns) return document.createTextNode(text);
    const element = document.createElement("span");
    element.textContent = text;
    if (token >= 0) {
      element.dataset.token = String(token);
      this.firstRun[token] ??= this.runs.length;
      this.lastRun[token] = this.runs.length;
    }
    this.runs.push(element);
    this.bounds.push({ start, end });
    return element;
  }

  /** The tag is painted by CSS, so that the text stays the text when it is read or copied. @param {Mark} mark @param {Drawing} drawing */
  markElement(mark, drawing) {
    const attributes = { class: `nba-mark ${this.colorOf(mark.label)}`, role: "group", ...markAttributes(mark, drawing) };
    const score = mark.suggested ? scoreText(mark.score) : "";
    return h("mark", attributes, h("span", { class: "nba-tag", "data-tag": mark.label, "data-score": score }));
  }

  /** @param {Mark} mark */
  addDelete(mark) {
    const element = this.find(mark);
    element?.setAttribute("data-selected", "true");
    element?.append(deleteButton(mark));
  }

  /** @param {Mark} mark @returns {HTMLElement|null} */
  find(mark) {
    return this.box.querySelector(`[data-span="${CSS.escape(spanId(mark))}"]`);
  }

  /** Show the picked range and the cursor; in lanes, the words of the selected mark. @param {Draft} draft @param {string} color */
  highlight(draft, color) {
    for (const element of this.lit) element.className = "";
    this.lit = [];
    const { anchor, cursor, selected } = draft;
    if (selected && this.box.dataset.stacked === "true") {
      this.lit = this.runs.filter((_, i) => overlaps(this.bounds[i], selected));
      for (const element of this.lit) element.className = `nba-held ${this.colorOf(selected.label)}`;
    }
    if (selected || anchor === null || cursor === null || !this.runs.length) return;
    const [from, to] = [this.firstRun[Math.min(anchor, cursor)], this.lastRun[Math.max(anchor, cursor)]];
    this.lit = this.runs.slice(from, to + 1);
    for (const element of this.lit) element.className = `nba-picked ${color}`;
  }

  /** The token at a point, or the nearest; `exact` when the point is on it. @param {number} x @param {number} y */
  tokenAt(x, y) {
    const hit = treeOf(this.box).elementFromPoint(x, y)?.closest?.("[data-token]");
    if (hit instanceof HTMLElement && this.box.contains(hit)) return { token: Number(hit.dataset.token), exact: true };
    let best = -1;
    let least = Infinity;
    this.firstRun.forEach((run, token) => {
      for (const rect of this.runs[run].getClientRects()) {
        const dx = Math.max(rect.left - x, 0, x - rect.right);
        const dy = Math.max(rect.top - y, 0, y - rect.bottom);
        const distance = dx + 20 * dy;
        if (distance < least) [least, best] = [distance, token];
      }
    });
    return { token: best, exact: false };
  }

  /** The token one line up (-1) or down (1), nearest in the line. @param {number} token @param {number} direction */
  beside(token, direction) {
    const from = this.runs[this.firstRun[token]].getBoundingClientRect();
    const centre = from.left + from.width / 2;
    let best = token;
    let line = Infinity;
    let least = Infinity;
    this.firstRun.forEach((run, other) => {
      const rect = this.runs[run].getBoundingClientRect();
      const away = direction * (rect.top - from.top);
      if (away < from.height / 2 || away > line + 4) return;
      if (away < line - 4) least = Infinity;
      line = Math.min(line, away);
      const dx = Math.abs(rect.left + rect.width / 2 - centre);
      if (dx < least) [least, best] = [dx, other];
    });
    return best;
  }

  /** Scroll the text, never the notebook. @param {Element|null|undefined} element */
  reveal(element) {
    if (!element || this.box.scrollHeight <= this.box.clientHeight) return;
    const [inner, outer] = [element.getBoundingClientRect(), this.box.getBoundingClientRect()];
    if (inner.top < outer.top + 24) this.box.scrollTop -= outer.top + 24 - inner.top;
    else if (inner.bottom > outer.bottom - 24) this.box.scrollTop += inner.bottom - outer.bottom + 24;
  }

  get readsRightToLeft() {
    try {
      return this.box.querySelector(".nba-lines")?.matches(":dir(rtl)") ?? false;
    } catch {
      return false;
    }
  }
}
