/** The mouse, the pen and the finger: buttons pressed, words dragged over, ends of spans pulled. */

import { changeMark, markAtToken, settled, stretchMark } from "./drafts.js";
import { spanId } from "./mark_elements.js";
import { tokensOf } from "./marks.js";

/** @import { Page } from "./page.js" */
/** @import { WireTask } from "./types.js" */

const AGAIN_WITHIN_MS = 400;

export class Pointer {
  /** @param {Page} page */
  constructor(page) {
    this.page = page;
    /** @type {{anchor: number, exact: boolean, moved: boolean, grip: "start"|"end"|null}|null} */
    this.drag = null;
    /** @type {{token: number, time: number, task: WireTask|null}} */
    this.lastPlaced = { token: -1, time: 0, task: null };
  }

  /** A click must leave the focus where the keys are heard. @param {MouseEvent} event */
  onMouseDown(event) {
    const target = /** @type {Element} */ (event.composedPath()[0]);
    if (!target.closest?.("button")) return;
    event.preventDefault();
    this.page.focus();
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    const { config, hands } = this.page;
    const target = /** @type {Element} */ (event.composedPath()[0]);
    const pressed = /** @type {HTMLElement|null} */ (target.closest?.("button"));
    const span = /** @type {HTMLElement|null} */ (target.closest?.(".nba-span"));
    if (span && !pressed?.dataset.action) return this.clickSpan(span);
    const card = /** @type {HTMLElement|null|undefined} */ (target.closest?.(".nba-version")?.querySelector("button"));
    if (!pressed && !card) return;
    const { action, option, label, open, pick, relation, relationId } = (pressed ?? /** @type {HTMLElement} */ (card)).dataset;
    if (pick !== undefined) hands.pickVersion(Number(pick));
    else if (open !== undefined) this.page.exchange.open(open);
    else if (relationId !== undefined) this.page.relating.pickById(relationId);
    else if (relation !== undefined) this.page.relating.pickLabel((config.relations ?? []).findIndex(({ name }) => name === relation));
    else if (option !== undefined) hands.choose(option);
    else if (label !== undefined) hands.pickLabel(config.labels.findIndex(({ name }) => name === label));
    else if (action === "dismiss" && pressed) this.page.dismiss(pressed);
    else if (action) hands.act(action);
  }

  /** @param {HTMLElement} element */
  clickSpan(element) {
    const { exchange, work } = this.page;
    if (!this.page.shows("spans") || exchange.waiting || !work) return;
    const mark = work.marks.find((each) => spanId(each) === element.dataset.span);
    if (mark && !this.page.shows("relations")) this.page.hands.touch(mark);
  }

  /** @param {PointerEvent} event */
  onPointerDown(event) {
    const { exchange, part, text } = this.page;
    const target = /** @type {Element} */ (event.composedPath()[0]);
    if (!this.page.shows("spans") || exchange.waiting || event.button !== 0) return;
    if (!target.closest?.(".nba-text") || this.page.relating.onPointerDown(event, target) || target.closest("button")) return;
    const grip = /** @type {HTMLElement|null} */ (target.closest("[data-grip]"))?.dataset.grip;
    if (!grip && target.closest(".nba-span")) return;
    part.text.setPointerCapture(event.pointerId);
    if (grip) {
      this.drag = { anchor: -1, exact: true, moved: false, grip: grip === "start" ? "start" : "end" };
      return;
    }
    const { token, exact } = text.tokenAt(event.clientX, event.clientY);
    if (token < 0) return;
    const onTag = target.closest(".nba-mark") !== null;
    this.drag = { anchor: token, exact: exact || onTag, moved: false, grip: null };
  }

  /** @param {PointerEvent} event */
  onPointerMove(event) {
    const { drag, page } = this;
    if (page.relating.onPointerMove(event)) return;
    if (!drag || !page.work) return;
    const box = page.part.text;
    const outer = box.getBoundingClientRect();
    if (event.clientY < outer.top) box.scrollTop -= 16;
    else if (event.clientY > outer.bottom) box.scrollTop += 16;
    const { token } = page.text.tokenAt(event.clientX, event.clientY);
    if (token < 0 || (token === drag.anchor && !drag.moved)) return;
    if (drag.grip) return this.dragGrip(drag.grip, token);
    drag.moved = true;
    page.hold({ ...settled(page.work), anchor: drag.anchor, cursor: token });
  }

  /** @param {"start"|"end"} edge @param {number} token */
  dragGrip(edge, token) {
    const { exchange: { task }, work } = this.page;
    const mark = work?.selected;
    const held = task && mark && tokensOf(task.tokens, mark);
    if (!task || !work || !mark || !held) return;
    const step = token - (edge === "start" ? held.first : held.last);
    if (step !== 0) this.page.edit(stretchMark(work, task.tokens, mark, edge, step));
  }

  onPointerUp() {
    if (this.page.relating.onPointerUp()) return;
    const { drag, page } = this;
    const { config, exchange: { task }, hands, work } = page;
    this.drag = null;
    if (!drag || !work || !task) return;
    const { anchor, exact, moved, grip } = drag;
    if (grip) return;
    if (moved && work.cursor !== anchor) return hands.place(anchor, work.cursor ?? anchor);
    const mark = config.overlaps ? null : markAtToken(work, task.tokens, anchor);
    const now = performance.now();
    const again = this.lastPlaced.token === anchor && this.lastPlaced.task === task && now - this.lastPlaced.time < AGAIN_WITHIN_MS;
    if (!exact) return page.edit({ ...settled(work), cursor: null });
    if (again && (mark || config.overlaps)) return;
    if (mark) return page.edit({ ...changeMark(work, mark, {}), cursor: anchor });
    this.lastPlaced = { token: anchor, time: now, task };
    hands.place(anchor, anchor);
  }

  endDrag() {
    const { drag, page } = this;
    if (!drag || !page.work) return;
    this.drag = null;
    if (!drag.grip) page.edit(settled(page.work));
  }
}
