/** The text with its marks and tokens: painting, highlighting, and which token is where. */

import { beginnings, bisect, chunksOf, lineStarts, touched } from "./chunks.js";
import { h, scrollWithin, textOf, treeOf } from "./elements.js";
import { runsRightToLeft } from "./lanes.js";
import { LaneView } from "./lane_view.js";
import { deleteButton, markAttributes, spanId } from "./mark_elements.js";
import { overlaps, pieces, tokenSpan } from "./marks.js";
import { codePoints } from "./offsets.js";
import { scoreText, tagText } from "./words.js";

/** @import { Chunk } from "./chunks.js" */
/** @import { Drawing } from "./mark_elements.js" */
/** @import { Draft, Mark, WireTask } from "./types.js" */

/**
 * A chunk as it is drawn: its element, every token and gap in it, and what each covers.
 * @typedef {{key: string, element: HTMLElement, runs: HTMLElement[], bounds: {start: number, end: number}[]}} DrawnChunk
 */

/** How far a box is from a point; another line is far. @param {DOMRect} box @param {number} x @param {number} y */
export const awayFrom = (box, x, y) => Math.max(box.left - x, 0, x - box.right) + 20 * Math.max(box.top - y, 0, y - box.bottom);

export class TextView {
  /** @param {HTMLElement} box  the element that scrolls @param {(label: string) => string} colorOf */
  constructor(box, colorOf) {
    this.box = box;
    this.colorOf = colorOf;
    this.lanes = new LaneView(colorOf);
    /** @type {WireTask|null} */
    this.task = null;
    this.text = codePoints("");
    /** Where lines begin. @type {number[]} */
    this.starts = [];
    /** Where chunks may begin. @type {number[]} */
    this.beginnings = [];
    /** @type {Chunk[]} */
    this.chunks = [];
    /** @type {DrawnChunk[]} */
    this.drawn = [];
    /** @type {HTMLElement[]} every token and gap, in text order */
    this.runs = [];
    /** @type {{start: number, end: number}[]} what each run covers */
    this.bounds = [];
    /** @type {HTMLElement[]} */
    this.lit = [];
  }

  /** @param {WireTask} task @param {Drawing} drawing */
  paint(task, drawing) {
    const { stacked, marks } = drawing;
    const withRuns = drawing.editable || stacked;
    const tokens = withRuns ? task.tokens ?? [] : [];
    if (task !== this.task) {
      [this.text, this.starts] = [codePoints(task.text), lineStarts(task.text)];
      this.beginnings = beginnings(this.text, this.starts, task.tokens ?? []);
    }
    const chunks = chunksOf(this.text.length, drawing.editable ? this.beginnings : this.starts, tokens, stacked ? [] : marks);
    const isSame = task === this.task && chunks.length > 1 && this.box.dataset.stacked === String(stacked)
      && JSON.stringify(chunks) === JSON.stringify(this.chunks) && this.drawn[0].element.isConnected;
    for (const element of this.lit) element.className = "";
    this.lit = [];
    [this.task, this.chunks] = [task, chunks];
    const drawn = chunks.map((chunk, i) => {
      const own = marks.filter((mark) => overlaps(mark, chunk));
      const key = this.chunkKey(own, drawing, withRuns);
      return isSame && this.drawn[i].key === key ? this.drawn[i] : this.drawChunk(chunk, key, tokens, own, drawing);
    });
    if (isSame) drawn.forEach((each, i) => each !== this.drawn[i] && this.drawn[i].element.replaceWith(each.element));
    else if (!this.takeWords(drawn)) this.replaceLines(drawn, stacked, drawing.related !== null);
    this.drawn = drawn;
    this.collect();
    if (stacked) this.lanes.paint(this.text, this.starts, drawing, (mark) => this.runsOf(mark));
    else if (drawing.selected) this.addDelete(drawing.selected);
  }

  /** Words alone take the place of words alone in their node: the browser has little to do. @param {DrawnChunk[]} drawn @returns {boolean} whether they do */
  takeWords(drawn) {
    const [words, shown] = [drawn, this.drawn].map((chunks) => (chunks.length === 1 ? textOf(chunks[0].element) : null));
    if (!words || !shown?.isConnected) return false;
    shown.data = words.data;
    drawn[0].element = this.drawn[0].element;
    return true;
  }

  /** @param {DrawnChunk[]} drawn @param {boolean} stacked @param {boolean} isRelated */
  replaceLines(drawn, stacked, isRelated) {
    const only = drawn.length === 1 ? drawn[0].element : null;
    const lines = only ?? h("div", { class: "nba-lines" }, ...drawn.map(({ element }) => element));
    // Set last: while it is there, each child appended makes the browser read all of them again.
    lines.dir = "auto";
    this.box.dataset.stacked = String(stacked);
    this.box.dataset.related = String(isRelated);
    this.box.replaceChildren(stacked ? this.lanes.around(lines) : lines);
  }

  /** All that the look of a chunk depends on. @param {Mark[]} marks @param {Drawing} drawing @param {boolean} withRuns */
  chunkKey(marks, drawing, withRuns) {
    const { asked, selected, stacked } = drawing;
    const looks = (/** @type {Mark} */ mark) => [mark.suggested, mark.score, mark === selected, asked.includes(mark), this.colorOf(mark.label)];
    return JSON.stringify([withRuns, asked.length > 0, marks.map((mark) => [spanId(mark), ...(stacked ? [] : looks(mark))])]);
  }

  /** @param {Chunk} chunk @param {string} key @param {number[][]} tokens @param {Mark[]} marks  that touch it @param {Drawing} drawing @returns {DrawnChunk} */
  drawChunk(chunk, key, tokens, marks, drawing) {
    const { start, end, from, to } = chunk;
    const element = h("div", { class: this.chunks.length > 1 ? "nba-chunk" : "nba-lines", ...this.direction(chunk) });
    /** @type {DrawnChunk} */
    const drawn = { key, element, runs: [], bounds: [] };
    const here = (/** @type {Mark} */ mark) => ({ start: Math.max(mark.start, start) - start, end: Math.min(mark.end, end) - start });
    const own = this.stretchesOf(tokens.slice(from, to)).map(([first, last]) => [first - start, last - start]);
    const within = marks.map(here);
    /** @type {HTMLElement|null} */
    let open = null;
    let openSpan = -1;
    for (const piece of pieces(end - start, own, drawing.stacked ? [] : within, drawing.stacked ? within : [])) {
      if (piece.span !== openSpan) {
        openSpan = piece.span;
        open = openSpan < 0 ? null : this.markElement(marks[openSpan], drawing);
        if (open) element.append(open);
      }
      const node = this.pieceNode(drawn, chunk, piece, drawing.editable || drawing.stacked);
      if (open) open.insertBefore(node, open.lastChild);
      else element.append(node);
    }
    return drawn;
  }

  /** What lies within one line runs as that line does. @param {Chunk} chunk @returns {Record<string, string>} */
  direction({ start, end }) {
    const { starts, text } = this;
    const line = bisect(starts.length, (i) => starts[i] > start);
    const begins = starts[line - 1] ?? 0;
    if (begins === start || end > (starts[line] ?? text.length)) return {};
    return { dir: runsRightToLeft(text.slice(begins, end)) ? "rtl" : "ltr" };
  }

  /** @param {DrawnChunk} drawn @param {Chunk} chunk @param {{start: number, end: number, token: number}} piece  counted from the chunk's start @param {boolean} withRuns */
  pieceNode(drawn, chunk, piece, withRuns) {
    const bounds = { start: chunk.start + piece.start, end: chunk.start + piece.end };
    const words = this.text.slice(bounds.start, bounds.end);
    if (!withRuns) return document.createTextNode(words);
    const element = document.createElement("span");
    element.textContent = words;
    if (piece.token >= 0) this.name(element, chunk.from + piece.token);
    drawn.runs.push(element);
    drawn.bounds.push(bounds);
    return element;
  }

  /** Count the runs of all chunks through. */
  collect() {
    [this.runs, this.bounds] = [[], []];
    for (const { runs, bounds } of this.drawn) {
      for (const run of runs) this.runs.push(run);
      for (const each of bounds) this.bounds.push(each);
    }
  }

  /** The stretches that get an element each: the tokens. @param {number[][]} tokens */
  stretchesOf(tokens) {
    return tokens;
  }

  /** Say which token an element is. @param {HTMLElement} element @param {number} token */
  name(element, token) {
    element.dataset.token = String(token);
  }

  /** The elements of all words of a span. @param {{start: number, end: number}} span */
  runsOf(span) {
    return this.runs.slice(...touched(this.bounds, span));
  }

  /** @param {number} token */
  elementOf(token) {
    const [start, end] = this.task?.tokens[token] ?? [0, 0];
    return this.runsOf({ start, end })[0];
  }

  /** The tag is painted by CSS, so that the text stays the text when it is read or copied. @param {Mark} mark @param {Drawing} drawing */
  markElement(mark, drawing) {
    const attributes = { class: `nba-mark ${this.colorOf(mark.label)}`, role: "group", ...markAttributes(mark, drawing) };
    const score = mark.suggested ? scoreText(mark.score) : "";
    return h("mark", attributes, h("span", { class: "nba-tag", "data-tag": tagText(mark.label), "data-score": score, title: mark.label }));
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
    const { anchor, cursor, linking, related, selected } = draft;
    if (this.box.dataset.stacked === "true") {
      const held = related ? [related.head, related.child] : [selected, linking?.child];
      for (const span of held) {
        if (!span) continue;
        const runs = this.runsOf(span);
        this.lit.push(...runs);
        for (const element of runs) element.className = `nba-held ${this.colorOf(span.label)}`;
      }
    }
    if (selected || anchor === null || cursor === null || !this.task || !this.runs.length) return;
    this.lit = this.runsOf(tokenSpan(this.task.tokens, anchor, cursor));
    for (const element of this.lit) element.className = `nba-picked ${color}`;
  }

  /** @param {number} x @param {number} y */
  hit(x, y) {
    return treeOf(this.box).elementFromPoint(x, y);
  }

  /** The token at a point, or the nearest; `exact` when the point is on it. @param {number} x @param {number} y */
  tokenAt(x, y) {
    const hit = this.hit(x, y)?.closest?.("[data-token]");
    if (hit instanceof HTMLElement && this.box.contains(hit)) return { token: Number(hit.dataset.token), exact: true };
    let best = -1;
    let least = Infinity;
    const { from, to } = this.chunkAt(y);
    for (let token = from; token < to; token++) {
      for (const rect of this.elementOf(token).getClientRects()) {
        const distance = awayFrom(rect, x, y);
        if (distance < least) [least, best] = [distance, token];
      }
    }
    return { token: best, exact: false };
  }

  /** The chunk with tokens that is nearest to a height. @param {number} y */
  chunkAt(y) {
    const away = (/** @type {number} */ i) => {
      const { top, bottom } = this.drawn[i].element.getBoundingClientRect();
      return Math.max(top - y, 0, y - bottom);
    };
    const filled = this.chunks.map((chunk, i) => ({ chunk, i })).filter(({ chunk }) => chunk.to > chunk.from);
    const nearest = filled.map(({ chunk, i }) => ({ chunk, far: filled.length > 1 ? away(i) : 0 })).sort((a, b) => a.far - b.far)[0];
    return nearest?.chunk ?? { from: 0, to: 0 };
  }

  /** The token one line up (-1) or down (1), nearest in the line. @param {number} token @param {number} direction */
  beside(token, direction) {
    const from = this.elementOf(token).getBoundingClientRect();
    const centre = from.left + from.width / 2;
    let best = token;
    let line = Infinity;
    let least = Infinity;
    const [first, end] = this.tokensBeside(token, direction);
    for (let other = first; other < end; other++) {
      const rect = this.elementOf(other).getBoundingClientRect();
      const away = direction * (rect.top - from.top);
      if (away < from.height / 2 || away > line + 4) continue;
      if (away < line - 4) least = Infinity;
      line = Math.min(line, away);
      const dx = Math.abs(rect.left + rect.width / 2 - centre);
      if (dx < least) [least, best] = [dx, other];
    }
    return best;
  }

  /** Those of a token's chunk and of the next one that has any. @param {number} token @param {number} direction @returns {[number, number]} */
  tokensBeside(token, direction) {
    const filled = this.chunks.filter(({ from, to }) => to > from);
    const at = filled.findIndex(({ to }) => to > token);
    const other = filled[at + direction] ?? filled[at];
    return [Math.min(filled[at].from, other.from), Math.max(filled[at].to, other.to)];
  }

  /** Scroll the text, never the notebook. @param {Element|null|undefined} element */
  reveal(element) {
    if (!element || this.box.scrollHeight <= this.box.clientHeight) return;
    scrollWithin(this.box, element, 24);
  }

  get readsRightToLeft() {
    try {
      return this.box.querySelector(".nba-lines")?.matches(":dir(rtl)") ?? false;
    } catch {
      return false;
    }
  }
}
