/** The list of keys, as they work on what is shown. */

import { h } from "./elements.js";
import { shownKey } from "./keys.js";

/** @import { Config, Layout } from "./types.js" */
/**
 * What the keys can do on what is shown.
 * @typedef {object} Abilities
 * @property {Config} config
 * @property {readonly Layout[]} blocks
 * @property {boolean} filtered      whether the labels can be filtered
 * @property {boolean} reading       whether the model's whole reading can be answered for
 * @property {boolean} canReject
 * @property {boolean} correcting
 * @property {boolean} changing      whether an earlier answer is being changed
 */

/** @param {Abilities} abilities @returns {string[][]} the keys and what they do, each; without those that have no key */
export function helpRows(abilities) {
  const { config, correcting, changing } = abilities;
  const of = keysOf(config);
  const escape = correcting ? "back to the question" : changing ? "leave the earlier answer as it was" : "close, or let go of what is picked";
  const every = [[of("ignore"), "ignore: say nothing about this text"], [of("flag"), "flag it, to be looked at again"],
    [of("note"), "write a note beside the answer"], [of("history"), "the latest answers: look, search, change"],
    [of("why"), "why this text is asked"], [of("help"), "show or hide these keys"], [of("escape"), escape]];
  const own = config.versions === "compare" ? compareRows(config, of) : [...versionRows(abilities, of), ...abilities.blocks.flatMap((block) => blockRows(block, abilities, of))];
  const rows = [...own, ...every].filter(([keys]) => keys !== "");
  return rows.filter(([keys, what], i) => rows.findIndex((row) => row[0] === keys || row[1] === what) === i);
}

/** @param {Config} config @returns {(...actions: string[]) => string} */
const keysOf = ({ keys }) => (...actions) => actions.flatMap((action) => keys[action] ?? []).filter((key) => key !== "delete").map(shownKey).join(" ");

/** @param {Abilities} abilities @param {(...actions: string[]) => string} of @returns {string[][]} */
function versionRows({ blocks, config }, of) {
  if (config.versions !== "review") return [];
  const first = of("version_1");
  const pick = blocks.includes("binary") ? [] : [[of("version", "previous_version"), "pick the next or previous version"],
    [first && `${first} …`, "pick the version of this number"]];
  return [...pick, [of("agreed"), "accept all texts on which the annotators agree"]];
}

/** @param {Config} config @param {(...actions: string[]) => string} of @returns {string[][]} */
function compareRows({ labels }, of) {
  const key = (/** @type {number} */ i, /** @type {string} */ arrow) => [shownKey(labels[i]?.key ?? ""), arrow].join(" ").trim();
  return [[key(0, "←"), "the left one is better"], [key(1, "→"), "the right one is better"], [key(2, "↓"), "equally good, or neither"],
    [of("back", "undo"), "undo the last answer"]];
}

/** @param {Layout} block @param {Abilities} abilities @param {(...actions: string[]) => string} of */
function blockRows(block, { config: { exclusive, overlaps: stacks }, config, filtered, reading, canReject }, of) {
  const more = filtered ? [[of("filter"), "filter the labels"]] : [];
  const stacked = stacks ? [[of("next", "previous"), "select the next or previous span at the cursor"], ["⇧ ↑ ↓", "with a span selected, move its start"]] : [];
  const whole = reading ? [[of("all"), "answer for the whole reading"], [of("correct"), "correct the whole reading"]] : [];
  return {
    spans: [[of("accept"), "accept: these spans are right and complete"], ...(canReject ? [[of("reject"), "reject this text"]] : []),
      ...labelRows(config, "spans", "choose a label, or relabel what is selected"), ...more, ["drag", "mark words; a click marks one"],
      ["← →", "move word by word, ↑ ↓ by line"], ["⇧ ← →", stacks ? "pick several words; with a span selected, move its end" : "pick several words"], [of("enter"), "mark what is picked"], ...stacked,
      [of("back"), "delete the selected or newest span, else undo"], [of("undo"), "undo the last answer"]],
    choice: [...labelRows(config, "choice", exclusive ? (config.blocks.length > 1 ? "choose the option that applies" : "choose and accept at once") : "turn an option on or off"), ...more,
      [of("accept"), exclusive ? "accept the option shown as chosen" : "accept; with none on: none of these"], [of("back", "undo"), "undo the last answer"]],
    relations: [[of("relate"), "relate the selected span to another; with none selected, the next relation"],
      [of("turn"), "turn the relation in hand round"], ["1–9 0", "with a relation in hand, its label"], ["drag a label", "from the label of a span to another span: relate them"]],
    input: [[of("write"), "write in the first field"], ["⏎", "in a field, go to the next, or accept after the last"], ["⌃ ⏎", "accept from any field"],
      [of("escape"), "leave the field; close, or let go of what is picked"], [of("accept"), "accept"], ...(canReject ? [[of("reject"), "reject this text"]] : []),
      [of("back", "undo"), "undo the last answer"]],
    binary: [[of("accept"), "accept: right"], [of("reject"), "reject: wrong"], ...whole, [of("back", "undo"), "undo the last answer"]],
  }[block];
}

/** The keys of a block's labels: a range of digits in one row, then those of their own. @param {Config} config @param {Layout} block @param {string} first */
function labelRows({ labels: all }, block, first) {
  const labels = all.filter((label) => (label.block ?? block) === block);
  const digits = labels.filter(({ key }) => /^\d$/.test(key ?? ""));
  const shifted = labels.some(({ key }) => /^shift\+\d$/.test(key ?? ""));
  const own = labels.filter(({ key, further_keys: further = [] }) => key && (further.length > 0 || !/^(shift\+)?\d$/.test(key)));
  const [from, to] = [digits[0]?.key, digits.at(-1)?.key];
  const rows = from ? [[from === to ? from : `${from}–${to}`, first]] : [];
  if (shifted) rows.push(["⇧ 1–0", from ? "labels 11 to 20" : first]);
  return [...rows, ...own.map(({ key, further_keys: further = [], name }) => [[key ?? "", ...further].map(shownKey).join(" "), name])];
}

/** @param {Abilities} abilities */
export function helpList(abilities) {
  return h("dl", {}, ...helpRows(abilities).flatMap(([key, text]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, text)]));
}
