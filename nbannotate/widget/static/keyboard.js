/**
 * Key presses, heard before the notebook hears them, and given back where they mean nothing.
 */

import { moveCursor, stretchMark } from "./drafts.js";
import { actionsByKey, keyNames } from "./keys.js";

/** @import { Page } from "./page.js" */

const MOVES = /** @type {Record<string, number>} */ ({ ArrowLeft: -1, ArrowRight: 1 });

const SIDE_ARROWS = /** @type {Record<string, string>} */ ({ ArrowLeft: "left", ArrowRight: "right", ArrowDown: "tie" });

export class Keyboard {
  /** @param {Page} page */
  constructor(page) {
    this.page = page;
    this.actions = actionsByKey(page.config.keys);
  }

  /** Take the keys that the recipe gives. */
  bind() {
    this.actions = actionsByKey(this.page.config.keys);
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const { root, history, labels, remarks } = this.page;
    const path = event.composedPath();
    if (!path.includes(root)) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    event.stopImmediatePropagation();
    const target = path[0];
    if (target === labels.input) return this.onFilterKey(event);
    if (target === remarks.field) return this.onNoteKey(event);
    if (target === history.field) return this.onSearchKey(event);
    if (target instanceof Element && target.closest("input, textarea, select, [contenteditable]")) return;
    const pressable = target instanceof Element && target.closest("button");
    if (pressable && (event.key === " " || event.key === "Enter")) {
      if (event.repeat) event.preventDefault();
      return;
    }
    const means = /^Arrow|^Home$|^End$|^Page/.test(event.key) ? this.move(event.key, event.shiftKey, event.repeat) : this.press(keyNames(event), event.repeat);
    if (means) event.preventDefault();
  }

  /** Enter takes the best match, Escape lets go; both give the keys back to the text. @param {KeyboardEvent} event */
  onFilterKey(event) {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    if (event.repeat) return;
    const { page } = this;
    const best = event.key === "Enter" ? page.labels.bestMatch : undefined;
    page.focus();
    page.labels.endFilter();
    if (best === undefined) return;
    if (page.shows("spans")) page.hands.pickLabel(best);
    else page.hands.choose(page.config.labels[best].name);
  }

  /** Enter and Escape give the keys back to the text; Shift and Enter begin a line. @param {KeyboardEvent} event */
  onNoteKey(event) {
    if (event.key !== "Escape" && (event.key !== "Enter" || event.shiftKey)) return;
    event.preventDefault();
    this.page.remarks.leave();
    this.page.focus();
    this.page.refresh();
  }

  /** Enter opens the newest answer found, Escape closes the history. @param {KeyboardEvent} event */
  onSearchKey(event) {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    if (event.repeat) return;
    const { page } = this;
    const first = page.exchange.found?.[0];
    page.focus();
    if (event.key === "Escape") page.toggle("history", false);
    else if (first) page.exchange.open(first.answer_id);
  }

  /** @param {string[]} names @param {boolean} repeated @returns {boolean} whether the key means something here */
  press(names, repeated) {
    const { config, hands, history, labels } = this.page;
    for (const name of names) {
      const action = this.actions.get(name);
      const label = labels.keys.indexOf(name);
      if (action !== undefined && this.knows(action)) {
        if (!repeated) hands.act(action);
        if (action === "history") history.enter();
        return true;
      }
      const relation = this.page.relating.isInHand ? this.page.relationLabels.indexOfKey(name) : -1;
      if (relation >= 0) {
        if (!repeated) this.page.relating.pickLabel(relation);
        return true;
      }
      if (label < 0) continue;
      if (!repeated && this.page.shows("spans")) hands.pickLabel(label);
      else if (!repeated && this.page.shows("choice")) hands.choose(config.labels[label].name);
      return true;
    }
    return false;
  }

  /** Whether an action means something for what is shown. @param {string} action */
  knows(action) {
    const { page } = this;
    const { config, labels, reading } = page;
    switch (action) {
      case "all": case "correct": return reading && page.shows("binary");
      case "next": case "previous": return (Boolean(config.overlaps) || page.shows("relations")) && page.shows("spans");
      case "relate": case "turn": return page.shows("relations");
      case "agreed": return (page.exchange.status?.n_agreed ?? 0) > 0;
      case "filter": return labels.isFiltered && (page.shows("spans") || page.shows("choice"));
      default: return true;
    }
  }

  /** Move the token cursor, or scroll a long text. @param {string} key @param {boolean} extend @param {boolean} repeated */
  move(key, extend, repeated = false) {
    const { page } = this;
    const { task, waiting } = page.exchange;
    if (page.config.versions === "compare" && key in SIDE_ARROWS) {
      if (!repeated) page.hands.choose(SIDE_ARROWS[key]);
      return true;
    }
    if (key.startsWith("Page") || !page.shows("spans")) return this.scroll(key);
    if (!task?.tokens.length || !page.work || waiting) return true;
    const last = task.tokens.length - 1;
    const from = page.work.cursor;
    const step = (MOVES[key] ?? 0) * (page.text.readsRightToLeft ? -1 : 1);
    if (page.work.linking) {
      page.relating.aim((step || { ArrowUp: -1, ArrowDown: 1 }[key]) ?? 0);
      return true;
    }
    if (extend && page.config.overlaps && page.work.selected) return this.stretch(step, { ArrowUp: -1, ArrowDown: 1 }[key] ?? 0);
    let to = from === null ? (step < 0 || key === "ArrowUp" ? last : 0) : from + step;
    if (key === "Home") to = 0;
    else if (key === "End") to = last;
    else if (step === 0 && from !== null) to = page.text.beside(from, key === "ArrowUp" ? -1 : 1);
    page.hold(moveCursor(page.work, task.tokens, to, extend, page.config.overlaps));
    page.text.reveal(page.text.elementOf(page.work.cursor ?? 0));
    return true;
  }

  /** @param {string} key */
  scroll(key) {
    const box = this.page.part.text;
    const share = { PageUp: -0.85, PageDown: 0.85, ArrowUp: -0.12, ArrowDown: 0.12 }[key];
    box.scrollTop += (share ?? 0) * box.clientHeight;
    return box.scrollHeight > box.clientHeight;
  }

  /** Move the end or the start of the selected span. @param {number} end @param {number} start  tokens */
  stretch(end, start) {
    const { exchange: { task }, work } = this.page;
    const mark = work?.selected;
    if (!task || !work || !mark || (end === 0 && start === 0)) return true;
    this.page.edit(stretchMark(work, task.tokens, mark, end ? "end" : "start", end || start));
    return true;
  }
}
