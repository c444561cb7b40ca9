/** The versions of a text side by side: a card each, what differs marked, one of them to be picked. */

import { writtenOf } from "./drafts.js";
import { h, setHidden, setText } from "./elements.js";
import { stretchesOf } from "./excerpts.js";
import { Floor } from "./floor.js";
import { hintOf, shownKey } from "./keys.js";
import { sameSpan } from "./marks.js";
import { codePoints } from "./offsets.js";
import { sameRelation } from "./relations.js";
import { shownOf, versionText } from "./version_text.js";
import { plural } from "./words.js";

/** @import { LabelView } from "./labels.js" */
/** @import { RelationLabels } from "./relation_labels.js" */
/** @import { Parts } from "./skeleton.js" */
/** @import { Config, Draft, Piece, Relation, WireTask, WireVersion } from "./types.js" */

const SIDES = ["left", "right"];
const SIDE_NAMES = ["Left", "Right"];

export class VersionView {
  /** @param {Parts} part @param {Config} config @param {LabelView} labels @param {RelationLabels} relationLabels */
  constructor(part, config, labels, relationLabels) {
    this.box = part.versions;
    this.agreed = part.agreed;
    this.config = config;
    this.labels = labels;
    this.relationLabels = relationLabels;
    this.floor = new Floor(this.box, "--nba-versions-floor");
    /** @type {WireTask|null} */
    this.task = null;
    /** @type {Map<string, number>} the models' labels, in the order in which they were seen */
    this.seen = new Map();
    /** The text of the cards. */
    this.drawn = "";
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
    this.drawn = task.text;
    const disputed = versions.flatMap(({ spans, lacks }) => [...spans.filter(({ differs }) => differs), ...lacks]);
    const places = disputed.length > 0 ? disputed : versions.flatMap(({ spans }) => spans);
    const excerpt = stretchesOf(text, places);
    const drawsText = this.config.blocks.includes("spans") || (this.isBlind && versions.some(({ spans }) => spans.length > 0));
    const cards = versions.map((version, place) => {
      const body = this.isVerdict(version) ? [verdictOf(version)] : this.said(version, drawsText ? this.marked(version, text, excerpt) : []);
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

  /** Whether a card has nothing to show but yes or no. @param {WireVersion} version */
  isVerdict({ answer }) {
    return answer !== "accept" || this.config.blocks.includes("binary");
  }

  /** The text with its marks. @param {WireVersion} version @param {ReturnType<typeof codePoints>} text @param {ReturnType<typeof stretchesOf>} excerpt */
  marked(version, text, excerpt) {
    const body = [versionText(text, excerpt.stretches, shownOf(version), (label) => this.colorOf(label))];
    if (version.spans.length === 0) body.push(h("p", { class: "nba-nothing-said" }, "Nothing is marked."));
    if (excerpt.more > 0) body.push(h("p", { class: "nba-nothing-said" }, `+ ${plural(excerpt.more, "more place")}`));
    return body;
  }

  /** All that a version says, part by part. @param {WireVersion} version @param {HTMLElement[]} marked */
  said(version, marked) {
    const { blocks } = this.config;
    const body = [...marked];
    if (blocks.includes("relations")) body.push(this.related(version));
    if (version.output) body.push(inPieces("nba-version-text", version.output));
    else if (blocks.includes("choice") && (!this.isBlind || marked.length === 0)) body.push(this.chosen(version));
    return [...body, ...writtenIn(version)];
  }

  /** @param {WireVersion} version */
  chosen({ labels }) {
    if (labels.length === 0) return h("p", { class: "nba-nothing-said" }, "None of the labels.");
    const chips = labels.map(({ label, differs }) =>
      h("span", { class: `nba-chip ${this.colorOf(label)}`, "data-kind": differs ? "differs" : "shared", dir: "auto" }, (differs ? "≠ " : "") + label));
    return h("div", { class: "nba-chips" }, ...chips);
  }

  /** Its relations, and those of others that it has not. @param {WireVersion} version */
  related({ relations, lacks_relations: lacks }) {
    if (relations.length + lacks.length === 0) return h("p", { class: "nba-nothing-said" }, "No relations.");
    const text = codePoints(this.drawn);
    const line = (/** @type {Relation} */ { head, child, label }, /** @type {string} */ kind, /** @type {string} */ sign) =>
      h("li", { class: `nba-related ${this.relationLabels.colorOf(label)}`, "data-kind": kind },
        h("bdi", {}, text.slice(head.start, head.end)), h("span", { class: "nba-related-tag" }, `${sign}${label} →`), h("bdi", {}, text.slice(child.start, child.end)));
    const own = relations.map((each) => line(each, each.differs ? "differs" : "shared", each.differs ? "≠ " : ""));
    return h("ul", { class: "nba-relations-said", "aria-label": "Relations" }, ...own, ...lacks.map((each) => line(each, "lacks", "no ")));
  }

  /** Where the versions differ first, in code points; null where they do not, or where it is not marked in the text. @returns {number|null} */
  get firstDispute() {
    const starts = (this.task?.versions ?? []).flatMap(({ spans, lacks }) => [...spans.filter(({ differs }) => differs), ...lacks].map(({ start }) => start));
    return this.config.versions === "review" && starts.length > 0 ? Math.min(...starts) : null;
  }

  /** Show the first difference of what scrolls, which can be reached by tab. */
  letScroll() {
    for (const box of /** @type {NodeListOf<HTMLElement>} */ (this.box.querySelectorAll(".nba-version-text, .nba-fields-said dd"))) {
      if (box.scrollHeight <= box.clientHeight) continue;
      box.tabIndex = 0;
      const first = /** @type {HTMLElement|null} */ (box.querySelector('.nba-new, [data-kind="differs"], [data-kind="lacks"]'));
      if (first) box.scrollTop = first.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight / 3;
    }
  }

  /** Keep room for the tallest of the latest cards above the buttons. */
  steady() {
    if (this.isBlind && !this.box.hidden) this.floor.raise();
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
    setHidden(this.box, !asking || !this.config.versions);
    setHidden(this.agreed, closed || count === 0 || this.config.versions !== "review");
    if (!this.agreed.hidden) setText(/** @type {HTMLElement} */ (this.agreed.querySelector("button > span")), `Accept ${count.toLocaleString("en")} agreed`);
  }
}

/** Whether a version says what the draft says now, in all that is asked. @param {WireVersion|undefined} version @param {Draft} draft @param {Config} config */
function isDraft(version, { marks, chosen, inputs, relations, picked }, { blocks }) {
  if (!version || version.answer !== "accept") return false;
  const said = { spans: marks.length, relations: relations.length, choice: chosen.length, input: Object.values(inputs).filter((text) => text.trim()).length, binary: 0 };
  const isSame = {
    spans: () => isSameSet(version.spans, marks, sameSpan),
    relations: () => isSameSet(version.relations, relations, sameRelation),
    choice: () => isSameSet(version.labels, chosen, ({ label }, option) => label === option),
    input: () => version.fields.every(({ name, pieces: written }) => writtenOf(written).trim() === (inputs[name] ?? "").trim()),
    binary: () => true,
  };
  return blocks.every((block) => isSame[block]()) && (picked || blocks.some((block) => said[block] > 0));
}

/** @template A, B @param {readonly A[]} some @param {readonly B[]} others @param {(a: A, b: B) => boolean} same */
const isSameSet = (some, others, same) => some.length === others.length && some.every((a) => others.some((b) => same(a, b)));

/** A written text, in which what differs is told apart. @param {string} name  the class @param {readonly Piece[]} written */
function inPieces(name, written) {
  const box = h("div", { class: name }, ...written.map(({ text, differs }) => (differs ? h("ins", { class: "nba-new" }, text) : text)));
  box.dir = "auto";
  return box;
}

/** What was written in the fields. @param {WireVersion} version */
function writtenIn({ fields }) {
  if (fields.length === 0) return [];
  const rows = fields.flatMap(({ name, differs, pieces: written }) => [
    h("dt", { dir: "auto" }, (differs ? "≠ " : "") + name),
    h("dd", { "data-kind": differs ? "differs" : "shared" }, written.length > 0 ? inPieces("nba-written", written) : h("span", { class: "nba-nothing-said" }, "nothing")),
  ]);
  return [h("dl", { class: "nba-fields-said" }, ...rows)];
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
