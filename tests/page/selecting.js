/**
 * Selections made by pointer and key events, aimed at characters by where the browser drew them.
 *
 * It reads the text from the document, not from the page's own account of it, so that what it
 * says was selected is what a person saw selected.
 */

/** @typedef {{text: string, tokens: number[][], words: number[][]}} Task  the words are what the cursor walks over */
/** @typedef {{how: "drag"|"keys", from: number, to: number}} Wanted  code points, each inside a token */
/** @typedef {{how: string, seen: string, spans: {start: number, end: number, label: string}[]}} Made */

/** @type {any} */
const page = window;

const ROOT = ".nbannotate";
const only = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (document.querySelector(selector));

/** The text node and the units in it of each code point that is drawn. @returns {{node: Text, start: number, end: number}[]} */
function drawnCharacters() {
  const walker = document.createTreeWalker(only(".nba-text .nba-lines"), NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const node = /** @type {Text} */ (walker.currentNode);
    let start = 0;
    for (const character of node.data) {
      found.push({ node, start, end: start + character.length });
      start += character.length;
    }
  }
  return found;
}

/** Where a character can be hit, null where it is too thin or covered. @param {{node: Text, start: number, end: number}} character */
function pointOn({ node, start, end }) {
  const range = document.createRange();
  range.setStart(node, start);
  range.setEnd(node, end);
  const { left, top, width, height } = range.getBoundingClientRect();
  if (width < 1) return null;
  const [x, y] = [left + width / 2, top + height / 2];
  return document.elementFromPoint(x, y) === node.parentElement ? { x, y } : null;
}

/** @param {string} type @param {{x: number, y: number}} at @param {number} buttons */
function point(type, { x, y }, buttons) {
  const target = /** @type {Element} */ (document.elementFromPoint(x, y));
  target.dispatchEvent(new PointerEvent(type, { bubbles: true, composed: true, cancelable: true, pointerId: 1, isPrimary: true, button: type === "pointermove" ? -1 : 0, buttons, clientX: x, clientY: y }));
}

/** @param {string} key @param {boolean} shiftKey */
function press(key, shiftKey = false) {
  const code = key.length === 1 ? `Key${key.toUpperCase()}` : key;
  only(ROOT).dispatchEvent(new KeyboardEvent("keydown", { key, code, shiftKey, bubbles: true, composed: true, cancelable: true }));
}

/** @param {{x: number, y: number}} from @param {{x: number, y: number}} to */
function drag(from, to) {
  point("pointerdown", from, 1);
  if (from.x !== to.x || from.y !== to.y) point("pointermove", to, 1);
  point("pointerup", to, 0);
}

/** Walk the cursor from the nearer end and extend it. @param {number} from @param {number} to @param {number} last  words */
function walk(from, to, last) {
  const forward = getComputedStyle(only(".nba-text .nba-lines")).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
  const backward = forward === "ArrowLeft" ? "ArrowRight" : "ArrowLeft";
  press("Escape");
  press(2 * from < last ? "Home" : "End");
  for (let token = 0; 2 * from < last && token < from; token++) press(forward);
  for (let token = last; 2 * from >= last && token > from; token--) press(backward);
  for (let token = from; token < to; token++) press(forward, true);
  for (let token = from; token > to; token--) press(backward, true);
  press("Enter");
}

/** Where each visible character begins and ends, in code points. @param {string} text @returns {number[][]} */
export function charactersOf(text) {
  let at = 0;
  return [...new Intl.Segmenter("en").segment(text)].map(({ segment }) => [at, (at += [...segment].length)]);
}

/** The words that are drawn as marked. */
const seen = () => [...document.querySelectorAll(".nba-text mark")].map((mark) => mark.textContent).join("|");

/**
 * Make each selection, answering after each, or all in one answer where spans may overlap.
 * @param {Task} task @param {Wanted[]} selections @param {boolean} together @returns {Made[]}
 */
export function select(task, selections, together) {
  const { harness } = page;
  // Pressed by a script, without a wait for each text's paint, as a page in the background lets one do.
  Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
  const count = together ? 1 : selections.length;
  const tasks = Array.from({ length: count }, (_, i) => ({ text: task.text, tokens: task.tokens, spans: [], task_hash: `selection ${i}` }));
  harness.start({ config: { names: ["WORD"], overlaps: together }, tasks, delay: null });
  page.kernel.step();
  only(ROOT).focus();
  const made = selections.map((wanted) => {
    const how = selectOne(task, wanted);
    return { how, seen: seen(), spans: together ? [] : answer() };
  });
  if (together) made[0].spans = answer();
  return made;
}

/** @param {Task} task @param {Wanted} wanted @returns {string} by what it was made */
function selectOne({ words }, { how, from, to }) {
  const characters = drawnCharacters();
  const ends = [from, to].map((at) => how === "drag" && pointOn(characters[at]));
  if (ends[0] && ends[1]) {
    drag(ends[0], ends[1]);
    return "drag";
  }
  const tokenOf = (/** @type {number} */ at) => words.findIndex(([start, end]) => start <= at && at < end);
  walk(tokenOf(from), tokenOf(to), words.length - 1);
  return "keys";
}

/** Accept, and return the spans that the kernel is told, at once as by a page that is left. */
function answer() {
  press("a");
  window.dispatchEvent(new PageTransitionEvent("pagehide"));
  while (page.kernel.step());
  return page.kernel.received.filter((/** @type {any} */ message) => message.type === "answer").at(-1).spans;
}
