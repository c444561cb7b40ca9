/** The notebook's theme, light or dark, or the system's where there is no notebook. */

/** @param {string} color as computed: rgb(…) or color(srgb …) @returns {boolean|null} null when not opaque */
export function isDarkColor(color) {
  const [r, g, b, alpha = 1] = (color.match(/[\d.]+/g) ?? []).map(Number);
  if (!Number.isFinite(b) || alpha < 0.5) return null;
  const scale = color.startsWith("rgb") ? 255 : 1;
  return (0.2126 * r + 0.7152 * g + 0.0722 * b) / scale < 0.5;
}

/**
 * Follow the notebook's theme, or the system's where there is no notebook.
 * @param {HTMLElement} root @param {AbortSignal} signal
 */
export function followTheme(root, signal) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const decide = () => {
    const { documentElement: html, body } = document;
    const jupyter = document.querySelector("[data-jp-theme-light]")?.getAttribute("data-jp-theme-light");
    const known = [...html.classList, ...body.classList].find((name) => /^(dark|light)(-theme)?$/.test(name));
    let dark = system.matches;
    if (jupyter) dark = jupyter === "false";
    else if (body.dataset.vscodeThemeKind) dark = !body.dataset.vscodeThemeKind.includes("light");
    else if (known) dark = known.startsWith("dark");
    root.dataset.theme = dark ? "dark" : "light";
    const painted = jupyter ? null : isDarkColor(getComputedStyle(root).backgroundColor);
    if (painted !== null && painted !== dark) root.dataset.theme = painted ? "dark" : "light";
  };
  const observer = new MutationObserver(decide);
  const attributeFilter = ["class", "data-jp-theme-light", "data-vscode-theme-kind"];
  for (const node of [document.documentElement, document.body]) observer.observe(node, { attributes: true, attributeFilter });
  system.addEventListener("change", decide, { signal });
  signal.addEventListener("abort", () => observer.disconnect());
  decide();
}
