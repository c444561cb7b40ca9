/** Elements of the page; text only ever enters as text. */

/**
 * An element with attributes, then children; text only ever enters as text.
 * @param {string} tag @param {Record<string, string>} attributes @param {...(Node|string)} children
 * @returns {HTMLElement}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** @param {string} action @param {string} text @param {string} [key] @param {string} [style] */
export function button(action, text, key = "", style = "nba-quiet") {
  const attributes = { type: "button", class: `nba-button ${style}`, "data-action": action };
  const element = h("button", attributes, h("span", {}, text));
  if (key) element.append(h("kbd", { "aria-hidden": "true" }, key));
  return element;
}

/** The element's text where that is all it holds, which may be changed without a new node. @param {HTMLElement|null|undefined} element */
export function textOf(element) {
  const only = element?.childNodes.length === 1 ? element.firstChild : null;
  return only?.nodeType === Node.TEXT_NODE ? /** @type {Text} */ (only) : null;
}

/** @param {HTMLElement} element @param {string} text */
export function setText(element, text) {
  if (element.textContent === text) return;
  const only = textOf(element);
  if (only) only.data = text;
  else element.textContent = text;
}

/** Give an element these children; those that are there and in their order stay untouched. @param {HTMLElement} parent @param {readonly HTMLElement[]} children */
export function replaceChanged(parent, children) {
  const kept = new Set(children);
  for (const child of [...parent.children]) if (!kept.has(/** @type {HTMLElement} */ (child))) child.remove();
  let next = parent.firstChild;
  for (const child of children) {
    if (child === next) next = next.nextSibling;
    else parent.insertBefore(child, next);
  }
}

/** Scroll a box alone, never the notebook, until an element in it is seen. @param {HTMLElement} box @param {Element} element @param {number} margin  in pixels */
export function scrollWithin(box, element, margin) {
  const [inner, outer] = [element.getBoundingClientRect(), box.getBoundingClientRect()];
  if (inner.top < outer.top + margin) box.scrollTop -= outer.top + margin - inner.top;
  else if (inner.bottom > outer.bottom - margin) box.scrollTop += inner.bottom - outer.bottom + margin;
}

/** Hide an element or show it; a browser styles it anew even when nothing changes. @param {HTMLElement} element @param {boolean} isHidden */
export function setHidden(element, isHidden) {
  if (element.hidden !== isHidden) element.hidden = isHidden;
}

/** @param {HTMLElement} root @returns {DocumentOrShadowRoot} */
export const treeOf = (root) => /** @type {any} */ (root.getRootNode());

/** @param {HTMLElement} element @param {Record<string, number>} pixels */
export function setBox(element, pixels) {
  for (const [name, value] of Object.entries(pixels)) element.style.setProperty(name, `${value}px`);
}
