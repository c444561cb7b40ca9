/** How long an annotator has looked at a text. */

/** Counts seconds while it runs; paused while the tab is hidden. */
export class Stopwatch {
  /** @param {() => number} now milliseconds */
  constructor(now = () => performance.now()) {
    this.now = now;
    this.spent = 0;
    /** @type {number|null} */
    this.since = null;
  }
  /** @param {number} carried seconds @param {boolean} running */
  start(carried, running) {
    this.spent = carried * 1000;
    this.since = running ? this.now() : null;
  }
  /** @param {boolean} running */
  run(running) {
    if (running === (this.since !== null)) return;
    if (this.since !== null) this.spent += this.now() - this.since;
    this.since = running ? this.now() : null;
  }
  get seconds() {
    const running = this.since === null ? 0 : this.now() - this.since;
    return Math.round(this.spent + running) / 1000;
  }
}
