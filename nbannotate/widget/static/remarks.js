/** A flag and a note that an annotator leaves beside an answer. */

import { h, setHidden } from "./elements.js";

/** @import { Parts } from "./skeleton.js" */
/** @import { AnswerMessage, Draft } from "./types.js" */

/** The field, empty. */
export function noteBox() {
  const field = h("textarea", { rows: "1", "aria-label": "Note", placeholder: "kept with the answer", dir: "auto" });
  return h("div", { class: "nba-note", hidden: "" }, h("span", { "aria-hidden": "true" }, "Note"), field);
}

export class RemarkView {
  /** @param {Parts} part */
  constructor({ actions, note }) {
    const find = (/** @type {string} */ action) => /** @type {HTMLElement} */ (actions.querySelector(`[data-action="${action}"]`));
    this.flag = find("flag");
    this.button = find("note");
    this.box = note;
    this.field = /** @type {HTMLTextAreaElement} */ (note.querySelector("textarea"));
    this.isOpen = false;
  }

  /** Show what is left beside a text that has just come. @param {Draft|null} draft */
  show(draft) {
    this.field.value = draft?.note ?? "";
    this.isOpen = this.field.value !== "";
  }

  /** @param {Draft|null} draft @param {boolean} isHeld  whether the draft may be touched */
  refresh(draft, isHeld) {
    this.flag.setAttribute("aria-pressed", String(draft?.flagged ?? false));
    this.button.setAttribute("aria-expanded", String(this.isOpen));
    setHidden(this.box, !this.isOpen || draft === null);
    this.field.readOnly = !isHeld;
  }

  /** Open the field to be written in. */
  open() {
    this.isOpen = true;
    setHidden(this.box, false);
    this.field.focus();
  }

  /** Close the field unless something is written in it. */
  leave() {
    this.isOpen = this.field.value.trim() !== "";
  }
}

/**
 * What a message says of them: nothing where there is nothing, unless there may have been something.
 * @param {Draft} draft @param {boolean} isChange @returns {Pick<AnswerMessage, "flagged"|"note">}
 */
export function remarksOf({ flagged, note }, isChange) {
  const written = (note ?? "").trim();
  if (isChange) return { flagged: Boolean(flagged), note: written };
  return { ...(flagged ? { flagged } : {}), ...(written ? { note: written } : {}) };
}
