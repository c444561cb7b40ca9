/**
 * A task's own HTML, in a tree of its own: the notebook's styles do not reach in, and what is
 * in it does not reach out. The kernel has taken out all that could act.
 */

import { setHidden } from "./elements.js";

/** @import { Parts } from "./skeleton.js" */

const ACTIVE = /^(script|style|link|meta|base|iframe|object|embed|form|input|button|textarea|select|a|template|slot)$/i;
const HARMLESS = /^(alt|colspan|dir|height|lang|reversed|rowspan|scope|span|src|start|style|title|type|width)$/;

const STYLE = `
:host { overflow-wrap: anywhere; }
img { max-width: 100%; height: auto; }
table { border-collapse: collapse; }
td, th { overflow-wrap: break-word; padding: 3px 10px; border: 1px solid var(--nba-line); text-align: start; vertical-align: top; }
th { font-weight: 650; }
h1, h2, h3, h4, h5, h6 { margin: 0.7em 0 0.3em; font-weight: 650; line-height: 1.3; }
h1 { font-size: 1.35em; } h2 { font-size: 1.2em; } h3, h4, h5, h6 { font-size: 1em; }
p, ul, ol, dl, blockquote, pre, figure { margin: 0.4em 0; }
blockquote { padding-inline-start: 0.8em; border-inline-start: 2px solid var(--nba-line); }
pre, code, kbd, samp { font-family: var(--jp-code-font-family, ui-monospace, monospace); font-size: 0.9em; }
pre { white-space: pre-wrap; }
hr { border: 0; border-top: 1px solid var(--nba-line); }
mark { background: color-mix(in srgb, var(--nba-accent) 24%, transparent); color: inherit; }
div > :first-child { margin-top: 0; } div > :last-child { margin-bottom: 0; }
`;

/** A second wall behind the kernel's, should that have a hole. @param {Element} element */
function disarm(element) {
  if (!element.namespaceURI?.endsWith("/xhtml") || ACTIVE.test(element.tagName)) return element.remove();
  for (const { name } of [...element.attributes]) if (!HARMLESS.test(name)) element.removeAttribute(name);
}

export class HtmlView {
  /** @param {Parts} part */
  constructor({ html }) {
    this.box = html;
    const tree = html.attachShadow({ mode: "open" });
    const style = document.createElement("style");
    style.textContent = STYLE;
    this.body = document.createElement("div");
    this.body.dir = "auto";
    tree.append(style, this.body);
    this.shown = "";
  }

  /** @param {string|null|undefined} html  as the kernel has made it safe */
  paint(html) {
    setHidden(this.box, !html);
    if ((html ?? "") === this.shown) return;
    this.shown = html ?? "";
    const { body } = new DOMParser().parseFromString(this.shown, "text/html");
    for (const element of body.querySelectorAll("*")) disarm(element);
    this.body.replaceChildren(...body.childNodes);
    this.box.scrollTop = 0;
  }
}
