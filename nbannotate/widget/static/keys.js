/** Names of key presses, the keys of labels, and what a few typed letters mean. */

/**
 * One name for a key press. Digits go by their place on the keyboard (so Shift+1 is "shift+1"
 * on every layout), letters of other alphabets by the Latin letter on the same key.
 * @param {{key: string, code?: string, shiftKey: boolean}} event
 */
export function keyName({ key, code = "", shiftKey }) {
  const digit = /^Digit(\d)$/.exec(code);
  let name = key;
  if (digit) name = digit[1];
  else if (key.length === 1) {
    name = (key > "\x7f" && /^Key[A-Z]$/.test(code) ? code[3] : key).toLowerCase();
  }
  return shiftKey ? `shift+${name}` : name;
}

/**
 * The key of each label: its own, or 1-9, 0, then Shift with them; none after the twentieth.
 * @param {readonly {key: string|null}[]} labels @returns {(string|null)[]}
 */
export function labelKeys(labels) {
  return labels.map(({ key }, i) => {
    if (key) return key.toLowerCase();
    if (i >= 20) return null;
    return (i >= 10 ? "shift+" : "") + String((i + 1) % 10);
  });
}

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

/** @param {string} key */
export const shownKey = (key) => key.replace("shift+", "⇧");
