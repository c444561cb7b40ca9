/**
 * The page of the annotation widget: it shows one task, takes one answer, and talks to the kernel.
 *
 * It keeps one thing true: an answer the annotator has given is either acknowledged by the
 * kernel as stored, or still held here and said to be so.
 *
 * A notebook loads a widget as one module that cannot import its neighbours, so the kernel joins
 * this one and all that it imports before sending it.
 */

import { h } from "./elements.js";
import { Page } from "./page.js";

/** @import { Model } from "./types.js" */

/**
 * Show the widget in an element; anywidget calls the returned function when the view goes.
 * @param {{model: Model, el: HTMLElement}} view
 * @returns {() => void}
 */
function render({ model, el }) {
  const life = new AbortController();
  const root = h("div", { class: "nbannotate", tabindex: "0", role: "group", "data-phase": "preparing", "data-saved": "", "data-painted": "0" });
  el.append(root);
  const page = new Page(model, root, life.signal);
  page.refresh();
  page.exchange.hello();
  return () => {
    life.abort();
    root.remove();
  };
}

export default { render };
