/** What stands in the text's place while there is none: preparing, paused, finished, closed. */

import { button, h } from "./elements.js";
import { modelText, plural } from "./words.js";

/** @import { Exchange } from "./exchange.js" */
/** @import { Phase } from "./types.js" */

/** @param {Exchange} exchange @param {Phase} phase @returns {HTMLElement[]} */
export function waitingLines(exchange, phase) {
  const { status, greeted, closed, outbox } = exchange;
  const answered = status?.progress.answered ?? 0;
  const left = outbox.length > 0 ? `Sending ${plural(outbox.length, "answer")} kept from before.` : "";
  const model = status?.model;
  const [title, more] = {
    closed: ["This widget is closed", "Run the cell again to go on. Every answer marked as saved is in the store."],
    finished: [`All done: ${plural(answered, "answer")}`, "The next cell can use them now. Undo brings the last one back."],
    paused: ["The model is paused", model?.message ?? ""],
    preparing: ["Preparing the first text…", greeted ? left : "Waiting for the kernel."],
    asking: ["", ""],
  }[phase];
  const detail = !closed && model?.state === "rebuilding" ? `The model is ${modelText(model)}.` : more;
  const heading = phase === "preparing" && answered > 0 ? "Preparing the next text…" : title;
  const rows = [h("strong", {}, heading), h("p", {}, detail)];
  if (phase === "paused") {
    const stored = answered ? `Your ${plural(answered, "answer")} ${answered === 1 ? "is" : "are"} stored.` : "";
    rows.push(h("p", {}, `Texts are left, and the next is chosen once it goes on. ${stored}`), resumeButton(exchange.resuming, "nba-plain"));
  }
  if (model?.state === "rebuilding" && model.total && phase === "preparing") {
    const rail = h("div", { class: "nba-rail" }, h("i"));
    rail.style.setProperty("--nba-share", String((model.done ?? 0) / model.total));
    rows.push(rail);
  }
  return rows;
}

/** @param {boolean} resuming @param {string} style */
export function resumeButton(resuming, style) {
  const element = button("resume", resuming ? "Resuming…" : "Resume", "", style);
  if (resuming) element.setAttribute("aria-disabled", "true");
  return element;
}
