/** What unfolds under the text: why it is asked, and how good the model is. */

import { h } from "./elements.js";
import { accuracyText, countsText, outlookText, percent, plural, scoreText } from "./words.js";

/** @import { Status, WireTask } from "./types.js" */

/** @param {WireTask} task @returns {HTMLElement[]} */
export function whyLines(task) {
  const facts = Object.entries(task.meta ?? {}).map(([name, value]) => `${name}: ${String(value)}`);
  if (task.model_version) facts.unshift(`model ${task.model_version}`);
  if (task.score !== null && task.score !== undefined) facts.unshift(`score ${scoreText(task.score)}`);
  return [h("span", {}, task.why_text || task.why || "next in order"), h("span", { class: "nba-facts", dir: "auto" }, facts.join(" · "))];
}

/** @param {Status} status */
export function detailsList({ model, progress }) {
  const live = progress.live_accuracy;
  const rows = [
    ["Model", model.state === "none" ? "none" : `${model.version ?? "base"} · learned ${model.learned}${model.pending ? ` · ${model.pending} to learn` : ""}`],
    ["Accuracy", live ? `${accuracyText(live).replace("accuracy ", "")} on ${plural(live.n, "question")} asked at random, 95\u00a0% interval` : ""],
    ["Outlook", outlookText(progress.outlook)],
    ["Agreed", progress.accuracy === null || progress.accuracy === undefined ? "" : `${percent(progress.accuracy)}\u00a0% of the answers were predicted before they were learned`],
    ["Labels", countsText(progress.counts, 1000)],
  ];
  return h("dl", {}, ...rows.filter(([, text]) => text).flatMap(([name, text]) => [h("dt", {}, name), h("dd", {}, text)]));
}
