"""Laws of texts marked by the character: each one is reached, none is parted, long texts stay usable."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from nbannotate.tasks import graphemes, wide_graphemes
from tests.page.driver import start
from tests.page.hands import focus, marks, press, stored

SCIENTIST = "👩\u200d🔬"
MIXED = f"a {SCIENTIST}e\u0301\r\n\tกำลัง 日本語 ש\u05c1ב 🇩🇪!"
LONG = "ACGT" * 1000 + "\n" + "".join(f"{i} 日本語{SCIENTIST} ก็ " for i in range(800))
PICKED = "() => [...document.querySelectorAll('.nba-picked')].map(e => e.textContent).join('')"


def open_by_character(page: Page, text: str, *, overlaps: bool = False, **task: Any) -> None:
    sent = {"text": text, "tokens": None, "wide": wide_graphemes(text), **task}
    start(page, config={"by": "character", "overlaps": overlaps}, tasks=[sent, "next"])
    focus(page)


def shown(text: str) -> str:
    return text.replace("\r\n", "\n")


@pytest.mark.parametrize("overlaps", [False, True])
def test_the_cursor_stops_at_each_character_that_the_kernel_knows(page: Page, overlaps: bool):
    open_by_character(page, MIXED, overlaps=overlaps)
    seen = []
    press(page, "Home")
    for _ in graphemes(MIXED):
        seen.append(page.evaluate(PICKED))
        press(page, "ArrowRight")
    assert seen == [MIXED[a:b] for a, b in graphemes(MIXED)]
    assert page.evaluate("document.querySelector('.nba-lines').textContent") == MIXED


@pytest.mark.parametrize("overlaps", [False, True])
def test_characters_are_marked_by_keys_and_stored_in_code_points(page: Page, overlaps: bool):
    open_by_character(page, MIXED, overlaps=overlaps)
    press(page, "Home", "ArrowRight", "ArrowRight", "Shift+ArrowRight", "2")
    assert stored_after_accept(page) == [{"start": 2, "end": 7, "label": "DOSE"}]


def stored_after_accept(page: Page) -> list[dict[str, Any]]:
    press(page, "Escape", "a")
    return stored(page, 1)[0]["spans"]


def middle_of(page: Page, text: str, nth: int) -> tuple[float, float]:
    """Where on the screen a character is, by its place among the text's code points."""
    script = """([units, length]) => {
      const walker = document.createTreeWalker(document.querySelector('.nba-lines'), NodeFilter.SHOW_TEXT);
      let at = 0;
      while (walker.nextNode()) {
        const node = walker.currentNode;
        if (units < at + node.length) {
          const range = document.createRange();
          range.setStart(node, units - at); range.setEnd(node, units - at + length);
          const { left, top, width, height } = range.getBoundingClientRect();
          return [left + width / 2, top + height / 2];
        }
        at += node.length;
      }
    }"""
    start_of, end = graphemes(text)[nth]
    units = len(text[:start_of].encode("utf-16-le")) // 2
    length = len(text[start_of:end].encode("utf-16-le")) // 2
    x, y = page.evaluate(script, [units, length])
    return x, y


@pytest.mark.parametrize("overlaps", [False, True])
@pytest.mark.parametrize("nth", [0, 2, 3, 7, 12, 15])
def test_a_click_marks_the_one_character_that_it_hits(page: Page, nth: int, overlaps: bool):
    open_by_character(page, MIXED, overlaps=overlaps)
    page.mouse.click(*middle_of(page, MIXED, nth))
    start_of, end = graphemes(MIXED)[nth]
    assert stored_after_accept(page) == [{"start": start_of, "end": end, "label": "DRUG"}]


def test_a_drag_marks_from_character_to_character_across_lines(page: Page):
    open_by_character(page, MIXED)
    page.mouse.move(*middle_of(page, MIXED, 1))
    page.mouse.down()
    page.mouse.move(*middle_of(page, MIXED, 6), steps=4)
    page.mouse.up()
    first, last = graphemes(MIXED)[1], graphemes(MIXED)[6]
    assert stored_after_accept(page) == [{"start": first[0], "end": last[1], "label": "DRUG"}]


def test_within_a_word_spans_overlap_are_stretched_and_picked_alone(page: Page):
    open_by_character(page, "unbelievable", overlaps=True)
    press(page, "Home", *["Shift+ArrowRight"] * 5, "1", "Escape")
    press(
        page,
        "Home",
        "ArrowRight",
        "ArrowRight",
        *["Shift+ArrowRight"] * 3,
        "2",
        "s",
        "s",
        "Shift+ArrowRight",
    )
    assert {span for span, _ in marks(page)} == {"0-6-DRUG", "2-7-DOSE"}
    expect(page.locator(".nba-held")).to_have_text(["beli", "e"])


def test_up_and_down_go_to_the_line_beside_and_back(page: Page):
    open_by_character(page, "123 456\n789 123\n456")
    press(page, "Home", "ArrowRight", "ArrowDown")
    assert page.evaluate(PICKED) == "8"
    press(page, "ArrowDown")
    assert page.evaluate(PICKED) == "5"
    press(page, "ArrowUp", "ArrowUp")
    assert page.evaluate(PICKED) == "2"


def test_a_long_text_has_few_elements_and_is_marked_where_the_cursor_is(page: Page):
    open_by_character(page, LONG)
    assert page.locator(".nba-text span").count() < len(graphemes(LONG)) / 50
    press(page, "End", "Shift+ArrowLeft", "1")
    last = graphemes(LONG)[-2:]
    assert stored_after_accept(page) == [{"start": last[0][0], "end": last[1][1], "label": "DRUG"}]


def test_marks_that_were_given_are_drawn_and_answered_as_they_were(page: Page):
    given = [{"start": 2, "end": 5, "label": "DRUG"}, {"start": 5, "end": 7, "label": "DOSE"}]
    open_by_character(page, MIXED, spans=given)
    expect(page.locator("mark")).to_have_count(2)
    assert stored_after_accept(page) == given
