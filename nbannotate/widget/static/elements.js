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

/** @param {HTMLElement} element @param {string} text */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @param {HTMLElement} root @returns {DocumentOrShadowRoot} */
export const treeOf = (root) => /** @type {any} */ (root.getRootNode());

/** @param {HTMLElement} element @param {Record<string, number>} pixels */
export function setBox(element, pixels) {
  for (const [name, value] of Object.entries(pixels)) element.style.setProperty(name, `${value}px`);
}
