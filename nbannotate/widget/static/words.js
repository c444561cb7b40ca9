/** What the page says of numbers and states, in a few plain words. */

/** @import { LiveAccuracy, ModelState, Outlook, Progress } from "./types.js" */

/** A probability in three characters: ".62". @param {number|null|undefined} score */
export function scoreText(score) {
  if (score === null || score === undefined || !Number.isFinite(score)) return "";
  return score >= 0.995 ? "1.0" : Math.max(0, score).toFixed(2).slice(1);
}

const TAG_CHARACTERS = 24;

/** A label beside the words it marks, where it may not take the line from them. @param {string} label */
export function tagText(label) {
  const characters = [...label];
  return characters.length <= TAG_CHARACTERS + 2 ? label : `${characters.slice(0, TAG_CHARACTERS).join("")}…`;
}

/** @param {number} count @param {string} noun */
export const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** @param {number} seconds */
export function leftText(seconds) {
  if (seconds < 60) return "under a minute left";
  if (seconds < 90 * 60) return `about ${Math.round(seconds / 60)} min left`;
  return `about ${Math.round(seconds / 3600)} h left`;
}

/** How many answers in all, null when unknown. @param {Progress} progress */
export function expectedTotal({ answered, remaining, target }) {
  if (target !== null && target !== undefined) return target;
  return remaining === null || remaining === undefined ? null : answered + remaining;
}

/**
 * Progress, pace and time left; a break counts as two minutes at most.
 * @param {Progress} progress @param {number} unsent @param {readonly number[]} seconds  of the latest answers
 */
export function progressText(progress, unsent, seconds) {
  const answered = progress.answered + unsent;
  const total = expectedTotal(progress);
  if (total === 0) return [];
  const counted = total === null || answered > total ? plural(answered, "answer") : `${answered} of ${total}`;
  const parts = [total !== null && answered > total ? `${counted}, target was ${total}` : counted];
  if (seconds.length >= 3) {
    const mean = seconds.reduce((sum, value) => sum + Math.min(value, 120), 0) / seconds.length;
    const pace = 60 / Math.max(mean, 0.2);
    parts.push(`${pace >= 1.5 ? Math.round(pace) : pace.toFixed(1)} a minute`);
    if (total !== null && total > answered) parts.push(leftText((total - answered) * mean));
  }
  return parts;
}

/** A share as whole per cent. @param {number} share */
export const percent = (share) => String(Math.round(100 * share));

/** @param {LiveAccuracy|null|undefined} accuracy */
export function accuracyText(accuracy) {
  if (!accuracy) return "";
  return `accuracy ${percent(accuracy.value)}\u00a0% (${percent(accuracy.low)}–${percent(accuracy.high)})`;
}

/** @param {Outlook|null|undefined} outlook */
export function outlookText(outlook) {
  if (!outlook) return "";
  return `≈ ${percent(outlook.value)}\u00a0% after ${outlook.answers} more (${percent(outlook.low)}–${percent(outlook.high)})`;
}

/** @param {ModelState} model */
export function modelText({ state, learned, message, done, total }) {
  if (state === "none") return "";
  if (state === "paused") return `model paused: ${message ?? "see the cell's output"}`;
  if (state === "rebuilding") {
    const share = total ? ` · ${Math.floor((100 * (done ?? 0)) / total)}\u00a0%` : "";
    return `rebuilding from ${total ? plural(total, "stored answer") : "stored answers"}${share}`;
  }
  return state === "learning" && learned === 0 ? "model learning…" : `model learned ${learned}`;
}

/** @param {Record<string, number>} counts @param {number} most */
export function countsText(counts, most) {
  const rows = Object.entries(counts ?? {}).filter(([, n]) => n > 0).sort((a, b) => b[1] - a[1]);
  const shown = rows.slice(0, most).map(([label, n]) => `${label} ${n}`);
  if (rows.length > most) shown.push(`+ ${rows.length - most} more`);
  return shown.join(" · ");
}
