/** A text that is marked by the character, drawn in stretches of many characters. */

import { bisect } from "./chunks.js";
import { awayFrom, TextView } from "./text_view.js";

/** @import { DrawnChunk } from "./text_view.js" */

const STRETCH = 200;

/**
 * An element for each character would be too many for a browser. A stretch is cut where a mark or
 * the picked range begins or ends, and where a character is on the screen is measured when asked.
 */
export class CharacterView extends TextView {
  /** @param {number[][]} tokens @override */
  stretchesOf(tokens) {
    const stretches = [];
    for (let i = 0; i < tokens.length; i += STRETCH) {
      const last = Math.min(i + STRETCH, tokens.length) - 1;
      stretches.push([tokens[i][0], tokens[last][1]]);
    }
    return stretches;
  }

  /** A stretch is no token. @override */
  name() {}

  /** @param {{start: number, end: number}} span @override */
  runsOf(span) {
    this.cut(span.start);
    this.cut(span.end);
    return super.runsOf(span);
  }

  /** Cut the run in which a place lies. @param {number} at */
  cut(at) {
    const i = bisect(this.bounds.length, (each) => this.bounds[each].end > at);
    const whole = this.bounds[i];
    if (!whole || whole.start >= at) return;
    const run = this.runs[i];
    const rest = /** @type {HTMLElement} */ (run.cloneNode(false));
    const words = /** @type {Text} */ (run.firstChild);
    rest.append(words.splitText(this.text.slice(whole.start, at).length));
    run.after(rest);
    const parts = [{ start: whole.start, end: at }, { start: at, end: whole.end }];
    const drawn = /** @type {DrawnChunk} */ (this.drawn.find(({ bounds }) => bounds.includes(whole)));
    const own = drawn.bounds.indexOf(whole);
    drawn.bounds.splice(own, 1, ...parts);
    drawn.runs.splice(own, 1, run, rest);
    this.bounds.splice(i, 1, ...parts);
    this.runs.splice(i, 1, run, rest);
    if (run.className) this.lit.push(rest);
  }

  /** The first token of a run, and the one after its last. @param {{start: number, end: number}} bounds @returns {[number, number]} */
  tokensIn({ start, end }) {
    const tokens = this.task?.tokens ?? [];
    return [bisect(tokens.length, (i) => tokens[i][0] >= start), bisect(tokens.length, (i) => tokens[i][0] >= end)];
  }

  /** The token of a run that is nearest to a point. @param {HTMLElement} run @param {{start: number, end: number}} bounds @param {number} x @param {number} y */
  nearestIn(run, bounds, x, y) {
    const tokens = this.task?.tokens ?? [];
    const [first, end] = this.tokensIn(bounds);
    const words = /** @type {Text} */ (run.firstChild);
    const range = document.createRange();
    let [best, least, unit] = [-1, Infinity, 0];
    for (let token = first; token < end; token++) {
      unit += this.text.slice(token === first ? bounds.start : tokens[token - 1][1], tokens[token][0]).length;
      range.setStart(words, unit);
      unit += this.text.slice(tokens[token][0], tokens[token][1]).length;
      range.setEnd(words, unit);
      for (const rect of range.getClientRects()) {
        const distance = awayFrom(rect, x, y);
        if (distance < least) [least, best] = [distance, token];
      }
    }
    return best;
  }

  /** @param {number} x @param {number} y @override */
  tokenAt(x, y) {
    const hit = this.hit(x, y);
    const at = hit instanceof HTMLElement ? this.runs.indexOf(hit) : -1;
    const onIt = at < 0 ? -1 : this.nearestIn(this.runs[at], this.bounds[at], x, y);
    if (onIt >= 0) return { token: onIt, exact: true };
    const near = this.drawn[this.chunks.indexOf(this.chunkAt(y))];
    let [best, least] = [-1, Infinity];
    for (const [i, run] of near?.runs.entries() ?? []) {
      for (const rect of run.getClientRects()) {
        const distance = awayFrom(rect, x, y);
        if (distance >= least) continue;
        const token = this.nearestIn(run, near.bounds[i], x, y);
        if (token >= 0) [least, best] = [distance, token];
      }
    }
    return { token: best, exact: false };
  }

  /** @param {number} token @param {number} direction @override */
  beside(token, direction) {
    const from = this.elementOf(token).getBoundingClientRect();
    const centre = from.left + from.width / 2;
    const here = this.chunks.findIndex((chunk) => chunk.from <= token && token < chunk.to);
    let [line, least, best] = [Infinity, Infinity, token];
    for (const drawn of [this.drawn[here], this.drawn[here + direction]]) {
      for (const [i, run] of drawn?.runs.entries() ?? []) {
        for (const rect of run.getClientRects()) {
          const away = direction * (rect.top - from.top);
          if (away < from.height / 2 || away > line + 4) continue;
          if (away < line - 4) least = Infinity;
          line = Math.min(line, away);
          const far = awayFrom(rect, centre, rect.top + 1);
          if (far >= least) continue;
          const found = this.nearestIn(run, drawn.bounds[i], centre, rect.top + rect.height / 2);
          if (found >= 0) [least, best] = [far, found];
        }
      }
    }
    return best;
  }
}
