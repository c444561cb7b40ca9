/** Names of key presses, the keys of labels, and what a few typed letters mean. */

/** @import { Label } from "./types.js" */

/**
 * The names that a key press may go by, the most likely first: what it writes; then a digit by its
 * place on the keyboard, so that Shift+1 is "shift+1" on every layout; or, for letters of other
 * alphabets, the Latin letter on the same key.
 * @param {{key: string, code?: string, shiftKey: boolean}} event @returns {string[]}
 */
export function keyNames({ key, code = "", shiftKey }) {
  const shift = shiftKey ? "shift+" : "";
  if (key === " ") return [`${shift}space`];
  if ([...key].length > 1) return [shift + key.toLowerCase()];
  const place = /^Digit(\d)$/.exec(code)?.[1] ?? (key > "\x7f" ? /^Key([A-Z])$/.exec(code)?.[1].toLowerCase() : undefined);
  const names = /\d/.test(key) && place ? [] : [/[\p{L}\p{N}]/u.test(key) ? shift + key.toLowerCase() : key];
  return place === undefined ? names : [...names, shift + place];
}

/**
 * Which action each key has.
 * @param {Record<string, string[]>} keys  of each action @returns {Map<string, string>}
 */
export const actionsByKey = (keys) => new Map(Object.entries(keys).flatMap(([action, own]) => own.map((key) => [key, action])));

/** The label that a key means, -1 for none. @param {readonly Label[]} labels @param {string} name  the key's */
export const labelOfKey = (labels, name) => labels.findIndex(({ key, further_keys: further = [] }) => key === name || further.includes(name));

/**
 * Which labels a few typed letters mean: the label itself, then those that begin so, then the rest.
 * @param {readonly string[]} names @param {string} typed @returns {number[]} indices, best first
 */
export function matchLabels(names, typed) {
  const wanted = typed.trim().toLowerCase();
  const rank = (/** @type {string} */ name) => (name === wanted ? 0 : name.startsWith(wanted) ? 1 : name.includes(wanted) ? 2 : 3);
  const found = names.map((name, i) => ({ i, rank: rank(name.toLowerCase()) })).filter((each) => each.rank < 3);
  return found.sort((a, b) => a.rank - b.rank || a.i - b.i).map(({ i }) => i);
}

const SIGNS = /** @type {Record<string, string>} */ ({ escape: "esc", backspace: "⌫", delete: "⌦" });

/** A key in few signs. @param {string} key */
export function shownKey(key) {
  const bare = key.replace("shift+", "");
  return (bare === key ? "" : "⇧") + (SIGNS[bare] ?? bare);
}

/** The key that is shown for an action, "" where it has none. @param {Record<string, string[]>} keys @param {string} action */
export const hintOf = (keys, action) => (keys[action]?.[0] ? shownKey(keys[action][0]) : "");
