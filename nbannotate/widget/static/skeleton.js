/** The page's empty parts, in reading order, before anything is shown in them. */

import { button, h } from "./elements.js";
import { searchBox } from "./history.js";
import { inputsBox } from "./inputs.js";
import { hintOf } from "./keys.js";
import { noteBox } from "./remarks.js";
import { agreedBox } from "./versions.js";

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
  const named = (/** @type {string} */ tag, /** @type {string} */ name, attributes = {}) => h(tag, { title: name, ...attributes }, name);
  const names = [named("strong", config.dataset), named("span", config.view), named("span", config.session_id, { class: "nba-session" })];
  const head = h("header", { class: "nba-head" }, h("div", { class: "nba-names" }, ...names), make("progress"));
  make("stage").append(make("ask", { role: "group", "aria-label": "Asked", hidden: "" }), make("html", { role: "group", "aria-label": "Shown", hidden: "" }), make("text", { role: "group", "aria-label": "Text" }), make("panel", { hidden: "" }));
  for (const name of ["why", "history", "help", "details"]) make(name, { hidden: "" });
  const foot = make("status", {}, "footer");
  const model = make("model", { type: "button", "data-action": "details", "aria-expanded": "false" }, "button");
  foot.append(make("save", { role: "status" }, "span"), model, make("pause", {}, "span"), make("accuracy", {}, "span"), make("counts", {}, "span"));
  part.history.append(searchBox(), h("ol"));
  make("change", { hidden: "" }).append(h("span", {}), button("leave", "Back", hintOf(config.keys, "escape"), "nba-small"));
  make("versions", { role: "group", "aria-label": "Versions", hidden: "" });
  const [chosenFrom, referredTo] = config.versions === "compare" ? [[part.versions], []] : [[], [part.versions]];
  Object.assign(part, { agreed: agreedBox(config), instructions: instructionsBox(config), filter: filterBox(config), note: noteBox(), inputs: inputsBox(config), reading: readingBox(config), actions: actionsRow(config) });
  root.replaceChildren(bar, head, part.instructions, part.filter, make("labels", { role: "group", "aria-label": "Labels" }), relationsBox(config, make), part.change, part.stage, ...chosenFrom,
    make("options", { role: "group", "aria-label": "Options" }), part.inputs, part.why, part.note, part.reading, part.agreed, part.actions, ...referredTo, part.help, part.history, part.details,
    make("alert", { role: "alert", hidden: "" }), make("notices"), foot, make("announce", { "aria-live": "polite", class: "nba-unseen" }));
  return part;
}

/** @param {Config} config @param {(name: string, attributes: Record<string, string>) => HTMLElement} make */
function relationsBox({ keys }, make) {
  const box = make("relations", { role: "group", "aria-label": "Relations' labels", hidden: "" });
  box.append(h("span", {}, "Relations ", ...(keys.relate?.length ? [h("kbd", { "aria-hidden": "true" }, hintOf(keys, "relate"))] : [])));
  return box;
}

/** @param {Config} config */
function instructionsBox({ instructions }) {
  const box = h("div", { class: "nba-instructions" });
  if (!instructions) box.hidden = true;
  else box.append(button("instructions", "Instructions"), h("div", { dir: "auto" }, instructions));
  box.querySelector("button")?.setAttribute("aria-expanded", "true");
  return box;
}

/** @param {Config} config */
function filterBox({ keys }) {
  const input = h("input", { type: "search", placeholder: "Filter labels", "aria-label": "Filter labels", spellcheck: "false", autocomplete: "off" });
  return h("div", { class: "nba-filter", hidden: "" }, input, h("kbd", { "aria-hidden": "true" }, hintOf(keys, "filter")));
}

/** The two answers on the model's whole reading. @param {Config} config */
function readingBox({ keys }) {
  const choices = h("div", { class: "nba-choices" }, button("all", "", hintOf(keys, "all"), "nba-small"), button("correct", "Correct", hintOf(keys, "correct"), "nba-small"));
  return h("div", { class: "nba-reading", role: "group", "aria-label": "The whole reading", hidden: "" }, h("span", {}, "The whole reading"), choices);
}

/** @param {Config} config */
function actionsRow({ keys }) {
  const make = (/** @type {string} */ action, /** @type {string} */ text, style = "nba-quiet") => button(action, text, hintOf(keys, action), style);
  const answers = [make("accept", "Accept", "nba-accept"), make("reject", "Reject", "nba-reject"), make("ignore", "Ignore", "nba-plain"), make("escape", "Back")];
  const panels = [make("why", "Why"), make("history", "History"), make("help", "Keys")];
  for (const panel of panels) panel.setAttribute("aria-expanded", "false");
  const undo = button("undo", "Undo", hintOf(keys, "back") || hintOf(keys, "undo"));
  return h("div", { class: "nba-actions" }, h("div", { class: "nba-answers" }, ...answers),
    undo, make("flag", "Flag"), make("note", "Note"), h("div", { class: "nba-panels" }, ...panels));
}
