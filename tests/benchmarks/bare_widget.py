"""The least that a widget can do: the floor under every latency that nbannotate is measured by.

It shows a text and a button. A click, or the key ``a``, sends one custom message; the
kernel replies with the next text; the page paints it and marks ``bare:painted`` after that
frame. It stores nothing and has no model.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import anywidget

ESM = """
function nextFrame(then) {
  requestAnimationFrame(() => setTimeout(then, 0));
}

export default {
  render({ model, el, signal }) {
    el.classList.add("bare-widget");
    const text = document.createElement("p");
    text.className = "bare-text";
    const button = document.createElement("button");
    button.className = "bare-button";
    button.textContent = "next";
    el.append(text, button);

    const ask = () => {
      performance.mark("bare:asked");
      model.send({ type: "next" });
    };
    const onMessage = (message) => {
      text.textContent = message.text;
      el.dataset.number = String(message.number);
      nextFrame(() => performance.mark("bare:painted"));
    };
    const onKey = (event) => {
      if (event.key !== "a" || event.repeat || !event.composedPath().includes(el)) return;
      event.stopImmediatePropagation();
      event.preventDefault();
      ask();
    };
    button.addEventListener("click", ask);
    window.addEventListener("keydown", onKey, true);
    model.on("msg:custom", onMessage);
    model.send({ type: "hello" });
    return () => {
      window.removeEventListener("keydown", onKey, true);
      model.off("msg:custom", onMessage);
    };
  },
};
"""


class BareWidget(anywidget.AnyWidget):
    """Shows ``texts`` one after another, from the first again after the last.

    Parameters
    ----------
    texts
        At least one text.

    Notes
    -----
    In the page: the root has the class ``bare-widget`` and ``data-number`` (0 for the first
    text shown, one more for each next), the text ``bare-text``, the button ``bare-button``.
    Each question leaves a performance mark ``bare:asked``, each painted text ``bare:painted``.
    """

    _esm = ESM

    def __init__(self, texts: Sequence[str]) -> None:
        if not texts:
            raise ValueError("texts is empty; give at least one text to show")
        super().__init__()
        self._texts = list(texts)
        self._number = 0
        self.on_msg(self._reply)

    def _reply(self, _: object, content: dict[str, Any], __: object) -> None:
        if content["type"] == "next":
            self._number += 1
        text = self._texts[self._number % len(self._texts)]
        self.send({"text": text, "number": self._number})
