/** Laws of keys, wording, ids and time. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { answerIds } from "../../nbannotate/widget/static/answer_ids.js";
import { actionsByKey, hintOf, keyNames, matchLabels, shownKey } from "../../nbannotate/widget/static/keys.js";
import { Stopwatch } from "../../nbannotate/widget/static/stopwatch.js";
import { isDarkColor } from "../../nbannotate/widget/static/theme.js";
import { accuracyText, countsText, expectedTotal, leftText, modelText, outlookText, progressText, scoreText, tagText } from "../../nbannotate/widget/static/words.js";
import widget from "../../nbannotate/widget/static/widget.js";
import * as everything from "../../nbannotate/widget/static/widget.js";
import { forMany } from "./random.js";

const STATIC = new URL("../../nbannotate/widget/static/", import.meta.url);
const PROGRESS = { answered: 142, remaining: 318, target: null, accuracy: null, counts: {} };
/** @type {import("../../nbannotate/widget/static/types.js").ModelState} */
const MODEL = { state: "ready", learned: 142, pending: 0, version: "v12", message: null, done: null, total: null };

test("the module has render as its default and never as a name", () => {
  assert.equal(typeof widget.render, "function");
  assert.ok(!("render" in everything));
});

/** @param {string} key @param {string} code @param {boolean} shiftKey */
const press = (key, code = "", shiftKey = false) => keyNames({ key, code, shiftKey });

test("digits go by their place on the keyboard, whatever is written on them", () => {
  assert.deepEqual(press("1", "Digit1"), ["1"]);
  assert.deepEqual(press("!", "Digit1", true), ["!", "shift+1"]);
  assert.deepEqual(press("&", "Digit1"), ["&", "1"]);
  assert.deepEqual(press("1", "Digit1", true), ["shift+1"]);
  assert.deepEqual(press("1", "Numpad1"), ["1"]);
});

test("letters go by what they write, those of other alphabets by their Latin neighbour too", () => {
  assert.deepEqual(press("A", "KeyQ"), ["a"]);
  assert.deepEqual(press("Z", "KeyY", true), ["shift+z"]);
  assert.deepEqual(press("ф", "KeyA"), ["ф", "a"]);
  assert.deepEqual(press("Ф", "KeyA", true), ["shift+ф", "shift+a"]);
  assert.deepEqual(press("ü", "BracketLeft"), ["ü"]);
});

test("signs go by what they write, with Shift or without, and other keys by their name", () => {
  assert.deepEqual(press("?", "Slash", true), ["?"]);
  assert.deepEqual(press("?", "KeyM", true), ["?"]);
  assert.deepEqual(press(" ", "Space"), ["space"]);
  assert.deepEqual(press("Backspace", "Backspace"), ["backspace"]);
  assert.deepEqual(press("Enter", "Enter", true), ["shift+enter"]);
});

test("each key leads to its action, and the first of an action's keys is shown", () => {
  const keys = { accept: ["y", "enter"], back: ["backspace"], note: [] };
  assert.deepEqual([...actionsByKey(keys)], [["y", "accept"], ["enter", "accept"], ["backspace", "back"]]);
  assert.deepEqual(["accept", "back", "note"].map((action) => hintOf(keys, action)), ["y", "⌫", ""]);
  assert.equal(shownKey("shift+escape"), "⇧esc");
});

test("a score is three characters, or nothing", () => {
  forMany(300, (random) => assert.match(scoreText(random.below(1001) / 1000), /^(\.\d\d|1\.0)$/));
  assert.deepEqual([null, undefined, NaN].map(scoreText), ["", "", ""]);
});

test("progress says how many of how many, and pace and time left once they can be known", () => {
  assert.deepEqual(progressText(PROGRESS, 1, []), ["143 of 460"]);
  assert.deepEqual(progressText(PROGRESS, 0, [6, 7, 8]), ["142 of 460", "9 a minute", "about 37 min left"]);
  assert.deepEqual(progressText({ ...PROGRESS, remaining: null }, 0, []), ["142 answers"]);
  assert.equal(expectedTotal({ ...PROGRESS, target: 200 }), 200);
  assert.deepEqual(progressText({ ...PROGRESS, target: 142 }, 0, []), ["142 of 142"]);
  assert.deepEqual(progressText({ ...PROGRESS, target: 120 }, 0, []), ["142 answers, target was 120"]);
  assert.deepEqual(progressText({ ...PROGRESS, answered: 0, remaining: 0 }, 0, []), []);
});

test("time left is never a false promise of precision", () => {
  assert.equal(leftText(10), "under a minute left");
  assert.equal(leftText(2100), "about 35 min left");
  assert.equal(leftText(3600 * 7.2), "about 7 h left");
});

test("the model's state is said in words", () => {
  assert.equal(modelText(MODEL), "model learned 142");
  assert.equal(modelText({ ...MODEL, state: "none" }), "");
  assert.equal(modelText({ ...MODEL, state: "learning", learned: 0 }), "model learning…");
  assert.equal(modelText({ ...MODEL, state: "paused", message: "E024" }), "model paused: E024");
  assert.equal(modelText({ ...MODEL, state: "rebuilding", done: 86, total: 200 }), "rebuilding from 200 stored answers · 43\u00a0%");
});

test("counts are the largest first, the rest summed up", () => {
  assert.equal(countsText({ A: 1, B: 3, C: 0, D: 2 }, 2), "B 3 · D 2 · + 1 more");
});

test("accuracy and outlook are whole per cent with their intervals, or nothing", () => {
  assert.equal(accuracyText({ value: 0.836, low: 0.761, high: 0.899, n: 61 }), "accuracy 84\u00a0% (76–90)");
  assert.equal(outlookText({ answers: 100, value: 0.88, low: 0.83, high: 0.92 }), "≈ 88\u00a0% after 100 more (83–92)");
  assert.deepEqual([accuracyText(null), outlookText(undefined)], ["", ""]);
});

test("typed letters mean the label itself first, then those that begin so, then those that hold them", () => {
  const names = ["RIVER", "OLD_RIVER", "River_name", "PARK"];
  const found = (/** @type {string} */ typed) => matchLabels(names, typed).map((i) => names[i]);
  assert.deepEqual(found("river"), ["RIVER", "River_name", "OLD_RIVER"]);
  assert.deepEqual(found(" r_ "), ["OLD_RIVER", "River_name"].filter((name) => name.toLowerCase().includes("r_")));
  assert.deepEqual(found(""), names);
  assert.deepEqual(found("x"), []);
});

test("answer ids are UUIDv7, all different, and only ever increase", () => {
  let now = 1_700_000_000_000;
  forMany(20, (random) => {
    const next = answerIds(() => now);
    let last = "";
    for (let i = 0; i < 500; i++) {
      if (random.happens(0.1)) now += random.below(5) - 2;
      const id = next();
      assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      assert.ok(id > last);
      last = id;
    }
  });
});

test("more ids than a millisecond holds still increase", () => {
  const next = answerIds(() => 1_700_000_000_000);
  let last = "";
  for (let i = 0; i < 10_000; i++) {
    const id = next();
    assert.ok(id > last);
    last = id;
  }
});

test("seconds are counted only while the tab can be seen", () => {
  let now = 0;
  const watch = new Stopwatch(() => now);
  watch.start(2, true);
  now += 3000;
  watch.run(false);
  now += 60_000;
  watch.run(true);
  now += 1500;
  assert.equal(watch.seconds, 6.5);
});

test("a colour is told dark from light in each way that browsers write it", () => {
  assert.equal(isDarkColor("rgb(17, 17, 17)"), true);
  assert.equal(isDarkColor("rgba(255, 255, 255, 0.9)"), false);
  assert.equal(isDarkColor("color(srgb 0.1 0.1 0.1)"), true);
  assert.equal(isDarkColor("rgba(0, 0, 0, 0)"), null);
});

/** @param {string} hex */
function luminance(hex) {
  const [r, g, b] = [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** @param {string} over @param {string} under @param {number} share */
function mix(over, under, share) {
  const channel = (/** @type {string} */ hex, /** @type {number} */ i) => Number.parseInt(hex.slice(i, i + 2), 16);
  return `#${[1, 3, 5].map((i) => Math.round(channel(over, i) * share + channel(under, i) * (1 - share)).toString(16).padStart(2, "0")).join("")}`;
}

test("every label colour is readable (AA) on the paper and on its own tint, light and dark", () => {
  const css = readFileSync(new URL("colors.css", STATIC), "utf8");
  const themes = { light: css.indexOf("color-scheme: light"), dark: css.indexOf("color-scheme: dark") };
  const papers = { light: ["#ffffff"], dark: ["#15171c", "#111111", "#212121"] };
  for (const theme of /** @type {const} */ (["light", "dark"])) {
    const block = css.slice(css.lastIndexOf("{", themes[theme]), themes[theme]);
    const colors = [...block.matchAll(/--nba-(\d|accent|good|bad|warn): (#[0-9a-f]{6})/g)];
    assert.equal(colors.length, 14);
    const tint = Number(/--nba-tint: (\d+)%/.exec(block)?.[1]) / 100;
    for (const [, name, color] of colors) {
      for (const paper of papers[theme]) {
        for (const under of [paper, mix(color, paper, tint)]) {
          const [high, low] = [luminance(color), luminance(under)].sort((a, b) => b - a);
          const contrast = (high + 0.05) / (low + 0.05);
          assert.ok(contrast >= 4.5, `${theme} ${name} ${color} on ${under}: ${contrast.toFixed(2)}`);
        }
      }
    }
  }
});

test("a label stands beside its words whole, or cut between two characters of it", () => {
  for (const label of ["DRUG", "👩".repeat(26), "x".repeat(26)]) assert.equal(tagText(label), label);
  assert.equal(tagText("👩".repeat(27)), `${"👩".repeat(24)}…`);
});
