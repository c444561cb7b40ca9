/** The relations' labels: their chips, colours and keys. */

import { h } from "./elements.js";
import { labelOfKey, shownKey } from "./keys.js";

/** @import { Parts } from "./skeleton.js" */
/** @import { Config, Label } from "./types.js" */

export class RelationLabels {
  /** @param {Parts} part @param {Config} config */
  constructor(part, { relations = [] }) {
    /** @type {Label[]} */
    this.labels = relations;
    this.chips = relations.map(({ name, key }) => {
      const chip = h("button", { type: "button", class: `nba-label nba-relation-label ${this.colorOf(name)}`, "data-relation": name }, h("span", {}, name));
      if (key) chip.append(h("kbd", { "aria-hidden": "true" }, shownKey(key)));
      return chip;
    });
    part.relations.append(...this.chips);
  }

  /** @param {string} label */
  colorOf(label) {
    const found = this.labels.find(({ name }) => name === label);
    return `nba-c${(found?.color ?? 9) % 10}`;
  }

  /** @param {string} key */
  indexOfKey(key) {
    return labelOfKey(this.labels, key);
  }

  /** Show which label is in use. @param {string} label */
  press(label) {
    this.labels.forEach(({ name }, i) => this.chips[i].setAttribute("aria-pressed", String(name === label)));
  }
}
