/**
 * Key presses, heard before the notebook hears them, and given back where they mean nothing.
 */

import { moveCursor, stretchMark } from "./drafts.js";
import { keyName } from "./keys.js";

/** @import { Page } from "./page.js" */

const ACTION_KEYS = /** @type {Record<string, string>} */ ({
  a: "accept", x: "reject", " ": "ignore", Backspace: "back", Delete: "back", u: "undo", h: "help", "?": "why", "shift+?": "why",
  Escape: "escape", Enter: "enter", "shift+a": "all", e: "correct", s: "next", "shift+s": "previous", "/": "filter",
  f: "flag", n: "note", l: "history",
});
const MOVES = /** @type {Record<string, number>} */ ({ ArrowLeft: -1, ArrowRight: 1 });

export class Keyboard {
  /** @param {Page} page */
  constructor(page) {
    this.page = page;
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
    if (this.press(keyName(event), event.repeat)) event.preventDefault();
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
    if (page.layout === "spans") page.hands.pickLabel(best);
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

  /** @param {string} name @param {boolean} repeated @returns {boolean} whether the key means something here */
  press(name, repeated) {
    const { config, hands, labels, layout } = this.page;
    const bare = name.replace("shift+", "");
    if (/^Arrow|^Home$|^End$|^Page/.test(bare)) return this.move(bare, name !== bare);
    const action = this.knows(ACTION_KEYS[name]) ? ACTION_KEYS[name] : null;
    const label = labels.keys.indexOf(name);
    if (action) {
      if (!repeated) hands.act(action);
      if (action === "history") this.page.history.enter();
      return true;
    }
    if (label < 0) return false;
    if (!repeated && layout === "spans") hands.pickLabel(label);
    else if (!repeated && layout === "choice") hands.choose(config.labels[label].name);
    return true;
  }

  /** Whether an action means something for what is shown. @param {string|undefined} action */
  knows(action) {
    const { config, labels, layout, reading } = this.page;
    switch (action) {
      case undefined: return false;
      case "all": case "correct": return reading && layout === "binary";
      case "next": case "previous": return Boolean(config.overlaps) && layout === "spans";
      case "filter": return labels.isFiltered && layout !== "binary";
      default: return true;
    }
  }

  /** Move the token cursor, or scroll a long text. @param {string} key @param {boolean} extend */
  move(key, extend) {
    const { page } = this;
    const { task, waiting } = page.exchange;
    if (key.startsWith("Page") || page.layout !== "spans") return this.scroll(key);
    if (!task?.tokens.length || !page.work || waiting) return true;
    const last = task.tokens.length - 1;
    const from = page.work.cursor;
    const step = (MOVES[key] ?? 0) * (page.text.readsRightToLeft ? -1 : 1);
    if (extend && page.config.overlaps && page.work.selected) return this.stretch(step, { ArrowUp: -1, ArrowDown: 1 }[key] ?? 0);
    let to = from === null ? (step < 0 || key === "ArrowUp" ? last : 0) : from + step;
    if (key === "Home") to = 0;
    else if (key === "End") to = last;
    else if (step === 0 && from !== null) to = page.text.beside(from, key === "ArrowUp" ? -1 : 1);
    page.hold(moveCursor(page.work, task.tokens, to, extend, page.config.overlaps));
    page.text.reveal(page.text.runs[page.text.firstRun[page.work.cursor ?? 0]]);
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
