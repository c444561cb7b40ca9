/** The list of keys, as they work on what is shown. */

import { h } from "./elements.js";
import { shownKey } from "./keys.js";

/** @import { Config, Layout } from "./types.js" */
/**
 * What the keys can do on what is shown.
 * @typedef {object} Abilities
 * @property {Config} config
 * @property {Layout} layout
 * @property {(string|null)[]} keys  of the labels
 * @property {boolean} filtered      whether the labels can be filtered
 * @property {boolean} reading       whether the model's whole reading can be answered for
 * @property {boolean} canReject
 * @property {boolean} correcting
 * @property {boolean} changing      whether an earlier answer is being changed
 */

/** @param {Abilities} abilities @returns {string[][]} a key and what it does, each */
export function helpRows({ config: { exclusive, labels, overlaps: stacks }, layout, keys, filtered, reading, canReject, correcting, changing }) {
  const range = `${shownKey(keys[0] ?? "1")}–${shownKey(keys[Math.min(labels.length, 10) - 1] ?? "0")}`;
  const more = labels.length > 10 ? [["⇧ 1–0", "labels 11 to 20"]] : [];
  if (filtered) more.push(["/", "filter the labels"]);
  const stacked = stacks ? [["s ⇧s", "select the next or previous span at the cursor"], ["⇧ ← →", "with a span selected, move its end"],
    ["⇧ ↑ ↓", "with a span selected, move its start"]] : [];
  const whole = reading ? [["⇧a", "answer for the whole reading"], ["e", "correct the whole reading"]] : [];
  const rows = {
    spans: [["a", "accept: these spans are right and complete"], ...(canReject ? [["x", "reject this text"]] : []), [range, "choose a label, or relabel what is selected"],
      ...more, ["drag", "mark words; a click marks one"], ["← →", "move word by word, ↑ ↓ by line"], ["⇧ ← →", "pick several words"],
      ["enter", "mark what is picked"], ...stacked, ["⌫", "delete the selected or newest span, else undo"], ["u", "undo the last answer"]],
    choice: [[range, exclusive ? "choose and accept at once" : "turn an option on or off"], ...more,
      ["a", exclusive ? "accept the option shown as chosen" : "accept; with none on: none of these"], ["⌫ u", "undo the last answer"]],
    binary: [["a", "accept: right"], ["x", "reject: wrong"], ...whole, ["⌫ u", "undo the last answer"]],
  }[layout];
  const escape = correcting ? "back to the question" : changing ? "leave the earlier answer as it was" : "close, or let go of what is picked";
  const every = [["space", "ignore: say nothing about this text"], ["f", "flag it, to be looked at again"], ["n", "write a note beside the answer"], ["l", "the latest answers: look, search, change"], ["?", "why this text is asked"], ["h", "show or hide these keys"], ["esc", escape]];
  return [...rows, ...every];
}

/** @param {Abilities} abilities */
export function helpList(abilities) {
  return h("dl", {}, ...helpRows(abilities).flatMap(([key, text]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, text)]));
}
