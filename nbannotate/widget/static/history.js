/** The latest answers in lines, to be searched and opened again. */

import { h, setText } from "./elements.js";

/** @import { Exchange, Given } from "./exchange.js" */
/** @import { Parts } from "./skeleton.js" */
/** @import { HistoryRow, Restored } from "./types.js" */

/** The field that the history is searched by. */
export function searchBox() {
  const words = { placeholder: "Search answers", "aria-label": "Search answers" };
  return h("input", { type: "search", class: "nba-search", spellcheck: "false", autocomplete: "off", ...words });
}

export class HistoryView {
  /** @param {Parts} part */
  constructor({ change, history }) {
    this.change = change;
    this.box = history;
    this.field = /** @type {HTMLInputElement} */ (history.querySelector("input"));
    this.list = /** @type {HTMLElement} */ (history.querySelector("ol"));
    this.shown = "";
  }

  /** Give the keys to the search where it is open. */
  enter() {
    if (!this.box.hidden) this.field.focus();
  }

  /** Say above the text that an earlier answer is being changed. @param {Restored|null} former */
  describe(former) {
    const was = former ? `: it was ${former.answer === "ignore" ? "ignored" : `${former.answer}ed`}` : "";
    setText(/** @type {HTMLElement} */ (this.change.firstElementChild), `Changing an earlier answer${was}`);
  }

  /** @param {Exchange} exchange @param {(label: string) => string} colorOf */
  refresh({ changing, found, kept, words }, colorOf) {
    const shown = JSON.stringify([changing, found, kept.map(({ message }) => message.answer_id)]);
    if (shown === this.shown) return;
    this.shown = shown;
    const coming = words ? [] : kept.map(comingLine).reverse();
    const lines = (found ?? []).map((row) => answerLine(row, row.answer_id === changing, colorOf));
    const nothing = found === null ? "Waiting for the kernel…" : words ? "No answer has these words." : "No answers yet.";
    this.list.replaceChildren(...coming, ...lines);
    if (coming.length + lines.length === 0) this.list.replaceChildren(h("li", { class: "nba-nothing" }, nothing));
  }
}

/** An answer that is on its way. @param {Given} given */
function comingLine({ message, summary, task }) {
  const said = summary === message.answer ? [] : [summary];
  return h("li", {}, h("div", { class: "nba-row" }, verdict(message.answer),
    h("span", { class: "nba-excerpt", dir: "auto" }, task.text.slice(0, 160)), h("span", { class: "nba-said" }, [...said, "sending…"].join(" · "))));
}

/** @param {HistoryRow} row @param {boolean} isOpen @param {(label: string) => string} colorOf */
function answerLine(row, isOpen, colorOf) {
  const line = h("button", { type: "button", class: "nba-row", "data-open": row.answer_id }, verdict(row.answer),
    h("span", { class: "nba-excerpt", dir: "auto" }, row.excerpt), saidOf(row, colorOf));
  if (isOpen) line.setAttribute("aria-current", "true");
  if (row.note) line.append(h("span", { class: "nba-remark", dir: "auto" }, row.note));
  return h("li", {}, line);
}

/** @param {string} answer */
const verdict = (answer) => h("span", { class: "nba-verdict", "data-answer": answer }, answer);

/** What was said of the text: its labels, each in its colour. @param {HistoryRow} row @param {(label: string) => string} colorOf */
function saidOf({ accept, answer, flagged, inputs, label, more_spans: more, spans }, colorOf) {
  const said = h("span", { class: "nba-said", dir: "auto" });
  if (flagged) said.append(h("span", { class: "nba-flagged" }, "flagged"));
  const names = accept.length > 0 ? accept : label && spans.length === 0 ? [label] : [];
  if (answer !== "ignore") {
    for (const name of names) said.append(h("b", { class: colorOf(name) }, name));
    for (const span of spans) said.append(h("span", {}, h("b", { class: colorOf(span.label) }, span.label), ` ${span.text}`));
    if (more > 0) said.append(h("span", {}, `+ ${more} more`));
  }
  if (inputs) said.append(h("span", {}, inputs));
  return said;
}
