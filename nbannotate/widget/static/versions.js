/** The versions of a text side by side: a card each, what differs marked, one of them to be picked. */

import { h, setText } from "./elements.js";
import { stretchesOf } from "./excerpts.js";
import { hintOf, shownKey } from "./keys.js";
import { sameSpan } from "./marks.js";
import { codePoints } from "./offsets.js";
import { shownOf, versionText } from "./version_text.js";
import { plural } from "./words.js";

/** @import { LabelView } from "./labels.js" */
/** @import { Parts } from "./skeleton.js" */
/** @import { Config, Draft, WireTask, WireVersion } from "./types.js" */

const SIDES = ["left", "right"];
const SIDE_NAMES = ["Left", "Right"];

export class VersionView {
  /** @param {Parts} part @param {Config} config @param {LabelView} labels */
  constructor(part, config, labels) {
    this.box = part.versions;
    this.agreed = part.agreed;
    this.config = config;
    this.labels = labels;
    /** @type {WireTask|null} */
    this.task = null;
    /** @type {Map<string, number>} the models' labels, in the order in which they were seen */
    this.seen = new Map();
  }

  /** The colour of a label, which the recipe may not know. @param {string} label */
  colorOf(label) {
    if (!this.isBlind) return this.labels.colorOf(label);
    if (!this.seen.has(label)) this.seen.set(label, this.seen.size);
    return `nba-c${(this.seen.get(label) ?? 9) % 10}`;
  }

  /** Draw the cards of a task, once; then say which of them the draft is. @param {WireTask} task @param {Draft} draft */
  paint(task, draft) {
    if (!this.config.versions) return;
    if (task !== this.task) this.draw(task);
    this.task = task;
    this.press(draft);
  }

  /** @param {WireTask} task */
  draw(task) {
    const versions = task.versions ?? [];
    const text = codePoints(task.text);
    const disputed = versions.flatMap(({ spans, lacks }) => [...spans.filter(({ differs }) => differs), ...lacks]);
    const places = disputed.length > 0 ? disputed : versions.flatMap(({ spans }) => spans);
    const excerpt = stretchesOf(text, places);
    const drawsText = this.config.blocks.includes("spans") || (this.isBlind && versions.some(({ spans }) => spans.length > 0));
    const cards = versions.map((version, place) => {
      const body = drawsText ? this.marked(version, text, excerpt) : this.said(version);
      return h("section", { class: "nba-version", "data-answer": version.answer, "data-place": String(place) }, this.head(version, place), ...body, ...remarksBeside(version));
    });
    if (this.isBlind) cards.push(this.tie());
    this.box.replaceChildren(...cards);
    const isWhole = drawsText && excerpt.stretches.length === 1 && excerpt.stretches[0].end === text.length;
    this.box.dataset.drawn = isWhole ? "whole" : drawsText ? "excerpt" : "apart";
  }

  /** Whether nobody may know who said what. */
  get isBlind() {
    return this.config.versions === "compare";
  }

  /** Who says so, and the key that picks it. @param {WireVersion} version @param {number} place */
  head({ names, answer }, place) {
    const who = h("span", { class: "nba-who" }, this.isBlind ? SIDE_NAMES[place] : names.join(", "));
    const count = names.length > 1 ? [h("span", { class: "nba-votes" }, `× ${names.length}`)] : [];
    const key = this.isBlind ? this.labels.keys[this.labels.indexOf(SIDES[place])] : this.config.keys[`version_${place + 1}`]?.[0];
    const isPickable = this.isBlind || (!this.config.blocks.includes("binary") && answer === "accept");
    if (!isPickable) return h("div", { class: "nba-pick" }, who, ...count);
    /** @type {Record<string, string>} */
    const means = this.isBlind ? { "data-option": SIDES[place] } : { "data-pick": String(place) };
    const hint = key ? [h("kbd", { "aria-hidden": "true" }, shownKey(key))] : [];
    return h("button", { type: "button", class: "nba-pick", "aria-pressed": "false", ...means }, who, ...count, ...hint);
  }

  tie() {
    const key = this.labels.keys[this.labels.indexOf("tie")];
    const tie = h("button", { type: "button", class: "nba-pick nba-tie", "aria-pressed": "false", "data-option": "tie" }, h("span", { class: "nba-who" }, "Equally good, or neither"));
    if (key) tie.append(h("kbd", { "aria-hidden": "true" }, shownKey(key)));
    return tie;
  }

  /** The text with its marks. @param {WireVersion} version @param {ReturnType<typeof codePoints>} text @param {ReturnType<typeof stretchesOf>} excerpt */
  marked(version, text, excerpt) {
    if (version.answer !== "accept") return [verdictOf(version)];
    const body = [versionText(text, excerpt.stretches, shownOf(version), (label) => this.colorOf(label))];
    if (version.spans.length === 0) body.push(h("p", { class: "nba-nothing-said" }, "Nothing is marked."));
    if (excerpt.more > 0) body.push(h("p", { class: "nba-nothing-said" }, `+ ${plural(excerpt.more, "more place")}`));
    return body;
  }

  /** The labels, the written text, or yes or no. @param {WireVersion} version */
  said(version) {
    if (this.config.blocks.includes("binary") || version.answer !== "accept") return [verdictOf(version)];
    if (version.output) {
      const body = h("div", { class: "nba-version-text" }, ...version.output.map(({ text, differs }) => (differs ? h("ins", { class: "nba-new" }, text) : text)));
      body.dir = "auto";
      return [body];
    }
    if (version.labels.length === 0) return [h("p", { class: "nba-nothing-said" }, "None of the labels.")];
    const chips = version.labels.map(({ label, differs }) =>
      h("span", { class: `nba-chip ${this.colorOf(label)}`, "data-kind": differs ? "differs" : "shared", dir: "auto" }, (differs ? "≠ " : "") + label));
    return [h("div", { class: "nba-chips" }, ...chips)];
  }

  /** Where the versions differ first, in code points; null where they do not, or where it is not marked in the text. @returns {number|null} */
  get firstDispute() {
    const starts = (this.task?.versions ?? []).flatMap(({ spans, lacks }) => [...spans.filter(({ differs }) => differs), ...lacks].map(({ start }) => start));
    return this.config.versions === "review" && starts.length > 0 ? Math.min(...starts) : null;
  }

  /** Show the first difference of what scrolls, which can be reached by tab. */
  letScroll() {
    for (const box of /** @type {NodeListOf<HTMLElement>} */ (this.box.querySelectorAll(".nba-version-text"))) {
      if (box.scrollHeight <= box.clientHeight) continue;
      box.tabIndex = 0;
      const first = /** @type {HTMLElement|null} */ (box.querySelector('.nba-new, [data-kind="differs"], [data-kind="lacks"]'));
      if (first) box.scrollTop = first.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight / 3;
    }
  }

  /** @param {Draft} draft */
  press(draft) {
    const versions = this.task?.versions ?? [];
    for (const pick of this.box.querySelectorAll("button")) {
      const { pick: place, option } = pick.dataset;
      const on = option === undefined ? isDraft(versions[Number(place)], draft, this.config) : draft.chosen.includes(option);
      pick.setAttribute("aria-pressed", String(on));
    }
  }

  /** The place of the version after the one that the draft is. @param {Draft} draft @param {number} step  1 or -1 @returns {number|null} */
  beside(draft, step) {
    const versions = this.task?.versions ?? [];
    const round = versions.flatMap((version, place) => (version.answer === "accept" ? [place] : []));
    if (round.length === 0) return null;
    const at = round.findIndex((place) => isDraft(versions[place], draft, this.config));
    return at < 0 ? round.at(step > 0 ? 0 : -1) ?? null : round[(at + step + round.length) % round.length];
  }

  /** @param {boolean} asking @param {number} count  of texts on which all agree @param {boolean} closed */
  refresh(asking, count, closed) {
    this.box.hidden = !asking || !this.config.versions;
    this.agreed.hidden = closed || count === 0 || this.config.versions !== "review";
    if (!this.agreed.hidden) setText(/** @type {HTMLElement} */ (this.agreed.querySelector("button > span")), `Accept ${count.toLocaleString("en")} agreed`);
  }
}

/** Whether a version says what the draft says now. @param {WireVersion|undefined} version @param {Draft} draft @param {Config} config */
function isDraft(version, { marks, chosen, picked }, { blocks }) {
  if (!version || version.answer !== "accept") return false;
  if (blocks.includes("choice")) return version.labels.length === chosen.length && version.labels.every(({ label }) => chosen.includes(label)) && (chosen.length > 0 || picked);
  return version.spans.length === marks.length && version.spans.every((span) => marks.some((mark) => sameSpan(mark, span))) && (marks.length > 0 || picked);
}

/** @param {WireVersion} version */
function verdictOf({ answer }) {
  const said = { accept: "✓ accepted", reject: "✕ rejected", ignore: "– ignored" }[answer];
  return h("p", { class: "nba-verdict-said", "data-answer": answer }, said);
}

/** @param {WireVersion} version */
function remarksBeside({ remarks, names }) {
  if (remarks.length === 0) return [];
  const lines = remarks.map(({ name, flagged, note }) => {
    const who = names.length > 1 ? [h("b", {}, `${name}: `)] : [];
    return h("li", {}, ...(flagged ? [h("span", { class: "nba-flagged" }, "flagged")] : []), ...who, h("span", { dir: "auto" }, note ?? ""));
  });
  return [h("ul", { class: "nba-said-beside" }, ...lines)];
}

/** The button that accepts all agreed texts. @param {Config} config */
export function agreedBox({ keys }) {
  const accept = h("button", { type: "button", class: "nba-button nba-small", "data-action": "agreed" }, h("span", {}));
  const key = hintOf(keys, "agreed");
  if (key) accept.append(h("kbd", { "aria-hidden": "true" }, key));
  return h("div", { class: "nba-agreed", hidden: "" }, h("span", {}, "Where all annotators agree:"), accept);
}
