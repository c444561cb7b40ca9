/** The fields of free text, and what is written in them before it is an answer. */

import { h, treeOf } from "./elements.js";
import { hintOf } from "./keys.js";
import { storageKey, tabStorage } from "./unsent.js";

/** @import { Parts } from "./skeleton.js" */
/** @import { Config, Draft, Field } from "./types.js" */

/** @typedef {HTMLInputElement|HTMLTextAreaElement} FieldElement */

/** The fields, each with its name. @param {Config} config */
export function inputsBox({ inputs = [], keys }) {
  return h("div", { class: "nba-inputs", role: "group", "aria-label": "Inputs", hidden: "" }, ...inputs.map((field, i) => fieldBox(field, i === 0 ? hintOf(keys, "write") : "")));
}

/** @param {Field} field @param {string} key */
function fieldBox({ multiline, name, placeholder, required }, key) {
  const attributes = { class: "nba-field", "data-input": name, dir: "auto", placeholder, autocomplete: "off" };
  const field = multiline ? h("textarea", { ...attributes, rows: "3" }) : h("input", { ...attributes, type: "text" });
  if (required) field.setAttribute("aria-required", "true");
  const names = [h("span", { dir: "auto" }, name)];
  if (required) names.push(h("span", { class: "nba-required", "aria-hidden": "true" }, "required"));
  if (key) names.push(h("kbd", { "aria-hidden": "true" }, key));
  return h("label", {}, h("span", { class: "nba-field-name" }, ...names), field);
}

export class InputView {
  /** @param {Parts} part @param {Config} config */
  constructor({ inputs }, config) {
    this.asked = config.inputs ?? [];
    this.box = inputs;
    this.fields = /** @type {FieldElement[]} */ ([...inputs.querySelectorAll(".nba-field")]);
  }

  /** @param {EventTarget} target @returns {FieldElement|undefined} */
  fieldOf(target) {
    return this.fields.find((field) => field === target);
  }

  /** Whether one of the fields has the focus. */
  get isWrittenIn() {
    return this.fields.some((field) => field === /** @type {DocumentOrShadowRoot} */ (treeOf(field)).activeElement);
  }

  /** Show what a draft has in the fields. @param {Draft|null} draft */
  show(draft) {
    for (const field of this.fields) field.value = draft?.inputs[field.dataset.input ?? ""] ?? "";
  }

  /** @param {boolean} isHeld  whether the draft may be touched */
  refresh(isHeld) {
    for (const field of this.fields) field.readOnly = !isHeld;
  }

  /** The first required field with nothing in it. @param {Draft} draft */
  missing({ inputs }) {
    return this.fields.find((_, i) => this.asked[i].required && !(inputs[this.asked[i].name] ?? "").trim());
  }

  /** The field after another, undefined after the last. @param {FieldElement} field @returns {FieldElement|undefined} */
  after(field) {
    return this.fields[this.fields.indexOf(field) + 1];
  }

  /** What an answer says of the fields. @param {Draft} draft @returns {Record<string, string>} */
  written({ inputs }) {
    return Object.fromEntries(this.asked.map(({ name }) => [name, inputs[name] ?? ""]));
  }
}

/** What was written beside texts that are not answered yet, kept where a reload does not reach. */
export class Unfinished {
  /** @param {Pick<Storage, "getItem"|"setItem"|"removeItem">|null} storage @param {string} key */
  constructor(storage, key) {
    this.storage = storage;
    this.key = key;
    /** @type {Record<string, Record<string, string>>} */
    this.byTask = this.read();
  }

  /** @param {string} task @param {Record<string, string>} inputs */
  keep(task, inputs) {
    this.byTask[task] = inputs;
    this.write();
  }

  /** @param {string} task */
  drop(task) {
    if (!(task in this.byTask)) return;
    delete this.byTask[task];
    this.write();
  }

  /** @returns {Record<string, Record<string, string>>} */
  read() {
    try {
      return JSON.parse(this.storage?.getItem(this.key) ?? "{}");
    } catch {
      return {};
    }
  }

  /** A browser without room or leave to store has it in this page only. */
  write() {
    try {
      if (Object.keys(this.byTask).length === 0) this.storage?.removeItem(this.key);
      else this.storage?.setItem(this.key, JSON.stringify(this.byTask));
    } catch {}
  }
}

/** @param {Config} config */
export const unfinishedOf = (config) => new Unfinished(tabStorage(), storageKey("unfinished", config));
