/** What the elements of a mark say of it, however it is drawn. */

import { h } from "./elements.js";
import { scoreText } from "./words.js";

/** @import { Mark, Relation } from "./types.js" */

/**
 * What is drawn on a text.
 * @typedef {object} Drawing
 * @property {Mark[]} marks         in text order
 * @property {Mark|null} selected
 * @property {readonly Mark[]} asked  those a binary question is about; the others are drawn quietly
 * @property {boolean} editable     whether there are tokens to pick
 * @property {boolean} stacked      whether marks are drawn in lanes, as they may overlap
 * @property {Related|null} related  the relations between them, null where none are drawn
 */
/**
 * @typedef {{relations: Relation[], selected: Relation|null, pending: Relation|null, colorOf: (label: string) => string}} Related
 */

/** @param {{start: number, end: number, label: string}} mark */
export const spanId = (mark) => `${mark.start}-${mark.end}-${mark.label}`;

/** @param {Mark} mark @param {Drawing} drawing @returns {Record<string, string>} */
export function markAttributes(mark, { asked }) {
  const said = mark.suggested ? `, suggested ${scoreText(mark.score)}` : "";
  const role = asked.length === 0 ? "" : asked.includes(mark) ? "asked" : "quiet";
  return { "aria-label": `${mark.label}${said}`, "data-span": spanId(mark), "data-suggested": String(mark.suggested), "data-role": role };
}

/** @param {Mark} mark */
export const deleteButton = (mark) =>
  h("button", { type: "button", class: "nba-delete", "data-action": "delete", "aria-label": `Delete ${mark.label}` });

/** @param {Mark} mark */
export const relateButton = (mark) =>
  h("button", { type: "button", class: "nba-relate", "data-action": "relate", tabindex: "-1", "aria-label": `Relate ${mark.label} to another span` });
