/** The page's empty parts, in reading order, before anything is shown in them. */

import { button, h } from "./elements.js";
import { searchBox } from "./history.js";
import { noteBox } from "./remarks.js";

/** @import { Config } from "./types.js" */
/** @typedef {Record<string, HTMLElement>} Parts  by name; each has the class `nba-` and its name */

/**
 * Put the parts into the widget's root, in the place of what was there.
 * @param {HTMLElement} root @param {Config} config @returns {Parts}
 */
export function buildSkeleton(root, config) {
  /** @type {Parts} */
  const part = {};
  const make = (/** @type {string} */ name, attributes = {}, tag = "div") => (part[name] = h(tag, { class: `nba-${name}`, ...attributes }));
  root.setAttribute("aria-label", `Annotate ${config.dataset}`);
  const bar = make("bar", { role: "progressbar", "aria-label": "Progress" });
  bar.append(h("i"));
  const names = [h("strong", {}, config.dataset), h("span", {}, config.view), h("span", { class: "nba-session" }, config.session_id)];
  const head = h("header", { class: "nba-head" }, h("div", { class: "nba-names" }, ...names), make("progress"));
  make("stage").append(make("ask", { role: "group", "aria-label": "Asked", hidden: "" }), make("text", { role: "group", "aria-label": "Text" }), make("panel", { hidden: "" }));
  for (const name of ["why", "history", "help", "details"]) make(name, { hidden: "" });
  const foot = make("status", {}, "footer");
  const model = make("model", { type: "button", "data-action": "details", "aria-expanded": "false" }, "button");
  foot.append(make("save", { role: "status" }, "span"), model, make("pause", {}, "span"), make("accuracy", {}, "span"), make("counts", {}, "span"));
  part.history.append(searchBox(), h("ol"));
  make("change", { hidden: "" }).append(h("span", {}), button("leave", "Back", "esc", "nba-small"));
  Object.assign(part, { instructions: instructionsBox(config), filter: filterBox(), note: noteBox(), reading: readingBox(), actions: actionsRow() });
  root.replaceChildren(bar, head, part.instructions, part.filter, make("labels", { role: "group", "aria-label": "Labels" }), part.change, part.stage,
    make("options", { role: "group", "aria-label": "Options" }), part.why, part.note, part.reading, part.actions, part.help, part.history, part.details,
    make("alert", { role: "alert", hidden: "" }), make("notices"), foot, make("announce", { "aria-live": "polite", class: "nba-unseen" }));
  return part;
}

/** @param {Config} config */
function instructionsBox({ instructions }) {
  const box = h("div", { class: "nba-instructions" });
  if (!instructions) box.hidden = true;
  else box.append(button("instructions", "Instructions"), h("div", { dir: "auto" }, instructions));
  return box;
}

function filterBox() {
  const input = h("input", { type: "search", placeholder: "Filter labels", "aria-label": "Filter labels", spellcheck: "false", autocomplete: "off" });
  return h("div", { class: "nba-filter", hidden: "" }, input, h("kbd", { "aria-hidden": "true" }, "/"));
}

/** The two answers on the model's whole reading. */
function readingBox() {
  const choices = h("div", { class: "nba-choices" }, button("all", "", "⇧a", "nba-small"), button("correct", "Correct", "e", "nba-small"));
  return h("div", { class: "nba-reading", role: "group", "aria-label": "The whole reading", hidden: "" }, h("span", {}, "The whole reading"), choices);
}

function actionsRow() {
  const answers = [button("accept", "Accept", "a", "nba-accept"), button("reject", "Reject", "x", "nba-reject"),
    button("ignore", "Ignore", "space", "nba-plain"), button("escape", "Back", "esc")];
  const names = { why: ["Why", "?"], history: ["History", "l"], help: ["Keys", "h"] };
  const panels = Object.entries(names).map(([name, [text, key]]) => button(name, text, key));
  for (const panel of panels) panel.setAttribute("aria-expanded", "false");
  return h("div", { class: "nba-actions" }, h("div", { class: "nba-answers" }, ...answers),
    button("undo", "Undo", "⌫"), button("flag", "Flag", "f"), button("note", "Note", "n"), h("div", { class: "nba-panels" }, ...panels));
}
