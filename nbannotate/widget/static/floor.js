/** The least height of a box whose content changes from text to text, so that what is below stays where it is. */

const LINE_PIXELS = 38;
const REMEMBERED = 8;

export class Floor {
  /** @param {HTMLElement} box @param {string} property  the custom property that holds the height */
  constructor(box, property) {
    this.box = box;
    this.property = property;
    /** @type {number[]} */
    this.heights = [];
    this.height = 0;
  }

  /** Keep room for the tallest of the latest contents, and give it back a line at a time. @param {number} [height]  of the content now */
  raise(height = this.contentHeight) {
    this.heights = [...this.heights.slice(1 - REMEMBERED), height];
    this.height = Math.max(...this.heights, this.height - LINE_PIXELS);
    this.box.style.setProperty(this.property, `${this.height}px`);
  }

  /** How high the box would be without a floor. */
  get contentHeight() {
    this.box.style.setProperty(this.property, "0px");
    return this.box.getBoundingClientRect().height;
  }
}
