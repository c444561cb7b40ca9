/** The quiet lines around the text: progress above it; saving, model and labels under it. */

import { button, h, setHidden, setText } from "./elements.js";
import { resumeButton } from "./waiting.js";
import { accuracyText, countsText, expectedTotal, modelText, percent, plural, progressText } from "./words.js";

/** @import { Exchange } from "./exchange.js" */
/** @import { Parts } from "./skeleton.js" */
/** @import { Phase, Status } from "./types.js" */
/** @typedef {{text: string, helpKey: string}} FootHint  a passing hint, and the key that lists the keys */

/** @param {Parts} part @param {Exchange} exchange @param {readonly number[]} paces  seconds of the latest answers */
export function refreshHead({ bar, progress }, { status, coming }, paces) {
  if (!status) return;
  const said = progressText(status.progress, coming, paces).join(" · ");
  setText(progress, said);
  progress.title = said;
  const total = expectedTotal(status.progress);
  setHidden(bar, total === null);
  if (!total) return;
  const share = Math.min(1, (status.progress.answered + coming) / total);
  bar.style.setProperty("--nba-share", String(share));
  bar.setAttribute("aria-valuenow", String(Math.round(100 * share)));
}

/** @param {Parts} part @param {Exchange} exchange @param {Phase} phase @param {FootHint} hint */
export function refreshFoot(part, exchange, phase, hint) {
  const { save, status: foot } = part;
  const [state, text] = saveState(exchange, phase, hint);
  save.dataset.state = state;
  foot.dataset.state = state;
  setText(save, text);
  if (exchange.silence === 2) save.append(button("resend", "Send again"));
  const { status, resuming } = exchange;
  if (!status) return;
  const isPaused = status.model.state === "paused";
  refreshPause(part, isPaused && phase === "asking" ? modelText(status.model) : "", resuming);
  refreshNumbers(part, status);
}

/** @param {Parts} part @param {Status} status */
function refreshNumbers({ model, accuracy, counts }, { model: state, progress }) {
  model.dataset.state = state.state;
  setText(model, state.state === "paused" ? "" : modelText(state));
  model.title = state.state === "learning" ? "learning… (details)" : "Details";
  const agreed = progress.accuracy === null || progress.accuracy === undefined ? "" : `agreed ${percent(progress.accuracy)}\u00a0%`;
  setText(accuracy, accuracyText(progress.live_accuracy) || agreed);
  accuracy.title = progress.live_accuracy
    ? `How often the model was right on ${plural(progress.live_accuracy.n, "question")} asked at random, with its 95 % interval`
    : "How often the model had predicted the answer before it learned from it";
  setText(counts, countsText(progress.counts, 6));
  counts.title = countsText(progress.counts, 1000);
}

/** @param {Parts} part @param {string} text @param {boolean} resuming */
function refreshPause({ pause }, text, resuming) {
  const shown = `${text}${resuming}`;
  if (pause.dataset.shown === shown) return;
  pause.dataset.shown = shown;
  pause.replaceChildren(...(text ? [h("span", {}, text), resumeButton(resuming, "nba-quiet")] : []));
}

/** @param {Exchange} exchange @param {Phase} phase @param {FootHint} hint @returns {[string, string]} the state's name and its words */
function saveState(exchange, phase, hint) {
  if (exchange.gone) {
    const kept = exchange.unsaved ? `${plural(exchange.unsaved, "answer")} waiting; ` : "";
    return ["busy", `● kernel gone: ${kept}run the cell again`];
  }
  if (exchange.silence > 0 && phase !== "closed") {
    const kept = exchange.unsaved ? `${plural(exchange.unsaved, "answer")} kept here, sent when it is free` : "waiting for its reply";
    const lost = exchange.silence === 2 ? "; if the kernel was restarted, run the cell again" : "";
    return ["busy", `● kernel busy: ${kept}${lost}`];
  }
  if (hint.text) return ["hint", hint.text];
  if (exchange.refused) return ["refused", "not saved"];
  if (exchange.outbox.length > 0) return ["saving", exchange.unsaved ? "saving…" : "undoing…"];
  if (exchange.savedId) return ["saved", "✓ saved"];
  return ["ready", phase === "asking" && hint.helpKey ? `press ${hint.helpKey} for the keys` : ""];
}
