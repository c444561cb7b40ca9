/** The labels' chips, the options of a choice, and the field that filters both. */

import { h, scrollWithin, setHidden, setText } from "./elements.js";
import { matchLabels, shownKey } from "./keys.js";
import { scoreText } from "./words.js";

/** @import { Parts } from "./skeleton.js" */
/** @import { Config, Draft, Label, Layout, WireOption, WireTask } from "./types.js" */

const FILTER_FROM_LABELS = 31;

export class LabelView {
  /** @param {Parts} part @param {Config} config */
  constructor(part, config) {
    this.chips = part.labels;
    this.options = part.options;
    this.input = /** @type {HTMLInputElement} */ (part.filter.querySelector("input"));
    /** @type {Label[]} */
    this.labels = [];
    /** @type {(string|null)[]} the key of each label */
    this.keys = [];
    this.build(config.labels);
  }

  /** @param {Label[]} labels */
  build(labels) {
    this.labels = labels;
    this.keys = labels.map(({ key }) => key);
    this.chips.replaceChildren(...this.of("spans").map(({ name }) => {
      const chip = h("button", { type: "button", class: `nba-label ${this.colorOf(name)}`, "data-label": name }, h("span", {}, name));
      return this.withKey(chip, this.indexOf(name));
    }));
    this.options.replaceChildren();
    this.applyFilter();
  }

  /** The labels of a block; where there is one block, all. @param {Layout} block */
  of(block) {
    return this.labels.filter((label) => (label.block ?? block) === block);
  }

  /** @param {HTMLElement} element @param {number} i */
  withKey(element, i) {
    const key = this.keys[i];
    if (key) element.append(h("kbd", { "aria-hidden": "true" }, shownKey(key)));
    return element;
  }

  /** @param {string} label */
  indexOf(label) {
    return this.labels.findIndex(({ name }) => name === label);
  }

  /** @param {string} label */
  colorOf(label) {
    const found = this.labels[this.indexOf(label)];
    return found ? `nba-c${found.color % 10}` : "nba-c9";
  }

  /** Show which label is in use. @param {string} label */
  press(label) {
    for (const chip of /** @type {HTMLCollectionOf<HTMLElement>} */ (this.chips.children)) {
      const isInUse = chip.dataset.label === label;
      if (isInUse && this.isFiltered && chip.getAttribute("aria-pressed") !== "true") scrollWithin(this.chips, chip, 8);
      chip.setAttribute("aria-pressed", String(isInUse));
    }
  }

  /** Whether there are so many labels that they are filtered. */
  get isFiltered() {
    return this.labels.length >= FILTER_FROM_LABELS;
  }

  /** Show the labels and options that the typed letters mean. */
  applyFilter() {
    for (const [box, key] of /** @type {const} */ ([[this.chips, "label"], [this.options, "option"]])) {
      const chips = /** @type {HTMLElement[]} */ ([...box.children]);
      const found = new Set(matchLabels(chips.map((chip) => chip.dataset[key] ?? ""), this.input.value));
      chips.forEach((chip, i) => setHidden(chip, !found.has(i)));
    }
  }

  endFilter() {
    if (this.input.value) this.input.value = "";
    this.applyFilter();
  }

  /** The label that the typed letters mean most likely, undefined without any. */
  get bestMatch() {
    const { value } = this.input;
    return value.trim() ? matchLabels(this.labels.map(({ name }) => name), value)[0] : undefined;
  }

  /** A task's options in the labels' order, with those that were added since it was asked. @param {WireTask} task */
  optionsOf(task) {
    const order = new Map(this.labels.map(({ name }, i) => [name, i]));
    const place = (/** @type {WireOption} */ option) => order.get(option.label) ?? order.size;
    const asked = task.options ?? [];
    const added = this.of("choice").filter(({ name }) => !asked.some(({ label }) => label === name));
    return [...asked, ...added.map(({ name }) => ({ label: name, score: null }))].sort((a, b) => place(a) - place(b));
  }

  /** @param {WireTask} task @param {Draft} draft */
  paintOptions(task, draft) {
    const box = this.options;
    const options = this.optionsOf(task);
    const shown = [...box.children].map((element) => element.getAttribute("data-option"));
    if (shown.join("\n") !== options.map(({ label }) => label).join("\n")) {
      box.replaceChildren(...options.map(({ label }) => this.optionButton(label)));
      this.applyFilter();
    }
    options.forEach(({ label, score }, i) => {
      const element = /** @type {HTMLElement} */ (box.children[i]);
      const on = draft.chosen.includes(label);
      element.setAttribute("aria-pressed", String(on));
      element.dataset.suggested = String(on && !draft.touched);
      setText(/** @type {HTMLElement} */ (element.children[1]), scoreText(score));
      element.style.setProperty("--nba-share", String(score ?? 0));
    });
  }

  /** @param {string} label */
  optionButton(label) {
    const attributes = { type: "button", class: "nba-option", "data-option": label };
    const element = h("button", attributes, h("span", { class: "nba-option-name", dir: "auto" }, label), h("span", { class: "nba-score" }));
    return this.withKey(element, this.indexOf(label));
  }
}
