/** The stage on which a text stands: what is done once it is laid out, and the room kept for it. */

import { Floor } from "./floor.js";

/** @import { Page } from "./page.js" */

export class Stage {
  /** @param {Page} page */
  constructor(page) {
    this.page = page;
    this.painted = 0;
    /** Whether the pixels of the text that was drawn last are on screen. */
    this.isPainted = true;
    this.drawn = 0;
    this.floor = new Floor(page.part.stage, "--nba-floor");
  }

  /**
   * Scroll once the frame is laid out; once its pixels are on screen tell benchmarks, and do what
   * nobody waits to see.
   * @param {string} hash @param {() => void} then
   */
  afterFrame(hash, then) {
    const { page } = this;
    const drawn = ++this.drawn;
    this.isPainted = false;
    page.root.dataset.seen = "";
    requestAnimationFrame(() => {
      page.part.text.scrollTop = 0;
      page.part.html.scrollTop = 0;
      this.letScroll();
      page.versions.letScroll();
      this.revealDispute();
      if (page.shows("binary")) page.text.reveal(page.part.text.querySelector('[data-role="asked"] .nba-rule, mark[data-role="asked"]'));
      const { html, text } = page.part;
      const height = html.offsetHeight + text.offsetHeight;
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        performance.mark("nbannotate:painted", { detail: hash });
        page.root.dataset.painted = String(++this.painted);
        if (drawn === this.drawn) {
          this.isPainted = true;
          page.root.dataset.seen = hash;
        }
        this.steady(height);
        then();
      };
      port2.postMessage(null);
    });
  }

  /** Scroll a long text to where its versions differ first. */
  revealDispute() {
    const { page } = this;
    const { firstDispute } = page.versions;
    const { task } = page.exchange;
    if (firstDispute === null || !task || !page.shows("spans")) return;
    const token = task.tokens.findIndex(([, end]) => end > firstDispute);
    if (token >= 0) page.text.reveal(page.text.elementOf(token));
  }

  /** A text that scrolls can be reached by tab, as whatever scrolls must. */
  letScroll() {
    for (const box of [this.page.part.text, this.page.part.html]) {
      if (box.scrollHeight > box.clientHeight) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  }

  /** Keep room for the text, so that the buttons stay where they are. @param {number} height  of the text now */
  steady(height) {
    this.floor.box = this.page.part.stage;
    this.floor.raise(height);
    this.page.versions.steady();
  }
}
