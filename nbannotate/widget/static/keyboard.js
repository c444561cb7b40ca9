/**
 * Key presses, heard before the notebook hears them, and given back where they mean nothing.
 */

import { moveCursor, stretchMark } from "./drafts.js";
import { actionsByKey, keyNames, labelOfKey } from "./keys.js";

/** @import { FieldElement } from "./inputs.js" */
/** @import { Page } from "./page.js" */

/** What browsers call a key that an input method took. */
const COMPOSING = 229;
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
    const path = event.composedPath();
    const [target] = path;
    if (!path.includes(this.page.root)) return;
    if (target instanceof Element && target.closest("input, textarea, select, [contenteditable]")) return this.onFieldKey(event, target);
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    event.stopImmediatePropagation();
    const pressable = target instanceof Element && target.closest("button");
    if (pressable && (event.key === " " || event.key === "Enter")) {
      if (event.repeat) event.preventDefault();
      return;
    }
    const means = /^Arrow|^Home$|^End$|^Page/.test(event.key) ? this.move(event.key, event.shiftKey, event.repeat) : this.press(keyNames(event), event.repeat);
    if (means) event.preventDefault();
  }

  /**
   * What is typed stays in its field, whatever it takes to write it: other alphabets are composed
   * of several keys, and Alt writes signs. Only commands such as copy and save go further.
   * @param {KeyboardEvent} event @param {Element} target
   */
  onFieldKey(event, target) {
    const { history, inputs, labels, remarks } = this.page;
    const isCommand = (event.ctrlKey || event.metaKey) && !event.altKey && event.key !== "Enter";
    if (!isCommand) event.stopImmediatePropagation();
    if (isCommand || event.altKey || event.isComposing || event.keyCode === COMPOSING) return;
    const field = inputs.fieldOf(target);
    if (field) this.onInputKey(event, field);
    else if (target === labels.input) this.onFilterKey(event);
    else if (target === remarks.field) this.onNoteKey(event);
    else if (target === history.field) this.onSearchKey(event);
  }

  /** Control and Enter accept; Enter goes to the next field, or accepts after the last, and begins a line where there may be several. @param {KeyboardEvent} event @param {FieldElement} field */
  onInputKey(event, field) {
    const { page } = this;
    const isForced = event.ctrlKey || event.metaKey;
    if (event.key !== "Escape" && (event.key !== "Enter" || event.shiftKey || (field.tagName === "TEXTAREA" && !isForced))) return;
    event.preventDefault();
    if (event.repeat) return;
    const next = page.inputs.after(field);
    if (event.key === "Escape") page.focus();
    else if (next && !isForced) next.focus();
    else page.hands.answer("accept");
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
    this.useLabel(best);
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
    const { hands, history, labels } = this.page;
    for (const name of names) {
      const action = this.actions.get(name);
      const label = labelOfKey(labels.labels, name);
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
      if (!repeated) this.useLabel(label);
      return true;
    }
    return false;
  }

  /** @param {number} i */
  useLabel(i) {
    const { page } = this;
    const { block, name } = page.config.labels[i];
    if (page.shows("spans") && block !== "choice") page.hands.pickLabel(i);
    else if (page.shows("choice")) page.hands.choose(name);
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
      case "write": return page.shows("input");
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
    const { html, text } = this.page.part;
    const box = text.hidden ? html : text;
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
