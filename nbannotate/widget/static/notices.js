/** What went wrong, until it is dismissed, and what was noticed while texts were read. */

import { h, setHidden } from "./elements.js";

/** @import { Parts } from "./skeleton.js" */

export class NoticeView {
  /** @param {Parts} part @param {Set<string>} dismissed */
  constructor({ alert, notices }, dismissed = new Set()) {
    this.alert = alert;
    this.notices = notices;
    this.dismissed = dismissed;
  }

  /** @param {string} error @param {readonly string[]} notices */
  refresh(error, notices) {
    const { alert } = this;
    setHidden(alert, !error);
    if (error && alert.dataset.text !== error) alert.replaceChildren(h("span", {}, error), dismissButton());
    alert.dataset.text = error;
    const lines = notices.filter((line) => !this.dismissed.has(line));
    if (lines.join("\n") === this.notices.dataset.text) return;
    this.notices.dataset.text = lines.join("\n");
    this.notices.replaceChildren(...lines.map((line) => h("div", { "data-notice": line }, h("span", {}, line), dismissButton())));
  }

  /** Take away the notice whose button was pressed. @param {HTMLElement} pressed @returns {boolean} false where it was the error's */
  dismiss(pressed) {
    const notice = /** @type {HTMLElement|null} */ (pressed.closest("[data-notice]"));
    if (notice) this.dismissed.add(notice.dataset.notice ?? "");
    return notice !== null;
  }
}

const dismissButton = () => h("button", { type: "button", "data-action": "dismiss", "aria-label": "Dismiss" });
