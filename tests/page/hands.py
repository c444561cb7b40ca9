"""What an annotator's hands do on the page, and what the kernel has then been told."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from tests.browser.annotation import expect_seen

ROOT = ".nbannotate"


def focus(page: Page) -> None:
    page.locator(ROOT).focus()


def press(page: Page, *keys: str) -> None:
    """Press keys one after another, each once the text that is there can be seen."""
    for key in keys:
        expect_seen(page.locator(ROOT))
        page.keyboard.press(key)


def _let_send(page: Page) -> None:
    """An answer is sent one task after the key that gave it."""
    page.evaluate("() => new Promise(sent => setTimeout(sent, 0))")


def stored(page: Page, count: int) -> list[dict[str, Any]]:
    _let_send(page)
    page.wait_for_function(
        "n => kernel.stored.length === n && kernel.inbox.length === 0", arg=count
    )
    return page.evaluate("kernel.stored")


def answers_sent(page: Page) -> int:
    _let_send(page)
    return page.evaluate("kernel.received.filter(m => m.type === 'answer').length")


def drag(page: Page, first: int, last: int) -> None:
    a = page.locator(f'[data-token="{first}"]').bounding_box()
    b = page.locator(f'[data-token="{last}"]').bounding_box()
    assert a
    assert b
    page.mouse.move(a["x"] + a["width"] - 2, a["y"] + a["height"] / 2)
    page.mouse.down()
    page.mouse.move(b["x"] + 2, b["y"] + b["height"] / 2, steps=5)
    page.mouse.up()


def marks(page: Page) -> list[tuple[str, str]]:
    """Each mark on the text as start-end-label, and whether it is only suggested."""
    script = "els => els.map(e => [e.dataset.span, e.dataset.suggested])"
    return [tuple(row) for row in page.locator("[data-span]").evaluate_all(script)]


def sent(page: Page, kind: str) -> list[dict[str, Any]]:
    """The messages of one type, as the kernel received them."""
    _let_send(page)
    return page.evaluate("kind => kernel.received.filter(m => m.type === kind)", kind)


def spans(text: str, *wanted: tuple[str, str], score: float | None = None) -> list[dict[str, Any]]:
    """Spans over words of a text, each with a label; with a score only where one is given."""
    found = [
        {"start": text.index(words), "end": text.index(words) + len(words), "label": label}
        for words, label in wanted
    ]
    return found if score is None else [{**span, "score": score} for span in found]
