"""Laws of long texts: all of it is there, and a change to one paragraph leaves the others alone."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from nbannotate.tasks import wide_graphemes
from tests.page.driver import start
from tests.page.hands import drag, focus, marks, press, stored

SENTENCE = "I was on 20 mg of oxycodone a day, then they moved me to suboxone. "
TEXT = "\n\n".join(f"({i}) 💊 " + SENTENCE * 5 for i in range(30))
WORDS = "document.querySelector('.nba-text').textContent"


def at(words: str, label: str = "DRUG", nth: int = 0) -> dict[str, Any]:
    """The span of some words, the nth time they occur."""
    place = -1
    for _ in range(nth + 1):
        place = TEXT.index(words, place + 1)
    return {"start": place, "end": place + len(words), "label": label}


def open_long(page: Page, *, overlaps: bool = False, **task: Any) -> None:
    start(page, config={"overlaps": overlaps}, tasks=[{"text": TEXT, **task}])
    expect(page.locator(".nba-chunk").nth(5)).to_be_attached()


@pytest.mark.parametrize("overlaps", [False, True])
def test_all_of_a_long_text_is_there_and_can_be_copied(page: Page, overlaps: bool) -> None:
    open_long(page, overlaps=overlaps, spans=[at("oxycodone", nth=40)])
    assert page.evaluate(WORDS).replace("\n", "") == TEXT.replace("\n", "")
    start(page, config={"blocks": ["binary"]}, tasks=[{"text": TEXT, "label": "DRUG"}])
    copied = page.evaluate(
        "() => { getSelection().selectAllChildren(document.querySelector('.nba-lines'));"
        " return getSelection().toString(); }"
    )
    assert copied == TEXT


@pytest.mark.parametrize("overlaps", [False, True])
def test_marking_a_word_leaves_the_other_paragraphs_as_they_are(
    page: Page, overlaps: bool
) -> None:
    open_long(page, overlaps=overlaps)
    page.evaluate("window.before = [...document.querySelectorAll('.nba-chunk')]")
    page.locator('[data-token="6"]').click()
    assert len(marks(page)) == 1
    kept = page.evaluate(
        "[...document.querySelectorAll('.nba-chunk')].filter((e, i) => e === before[i]).length"
    )
    assert kept == page.evaluate("before.length - 1")
    press(page, "Backspace", "a")
    assert stored(page, 1)[0]["spans"] == []


ONE_LINE = "".join(f"({i}) 💊 " + SENTENCE * 5 for i in range(30))
RIGHT_TO_LEFT = "שלום " + "this line began in Hebrew and runs so to its end " * 200


def test_marking_a_word_leaves_the_other_overlapping_spans_as_they_are(page: Page) -> None:
    given = [at("oxycodone", nth=n) for n in range(9)]
    open_long(page, overlaps=True, spans=given)
    page.evaluate("window.before = [...document.querySelectorAll('.nba-span > *')]")
    page.locator('[data-token="6"]').click()
    assert len(marks(page)) == len(given) + 1
    assert page.evaluate("before.every(e => e.isConnected)")


def test_a_word_stays_where_it_is_while_marks_on_it_need_more_room(page: Page) -> None:
    relations = [{"name": "CAUSES", "key": "1", "color": 0}]
    config = {"overlaps": True, "blocks": ["spans", "relations"], "relations": relations}
    start(page, config=config, tasks=[{"text": TEXT}])
    word = page.locator("[data-token]", has_text="oxycodone").nth(80)
    word.scroll_into_view_if_needed()
    top = word.evaluate("e => e.getBoundingClientRect().top")
    token = int(word.get_attribute("data-token") or 0)

    def moved() -> float:
        return abs(word.evaluate("e => e.getBoundingClientRect().top") - top)

    for first in (token, token - 1, token - 2):
        drag(page, first, token)
        assert moved() < 30
    focus(page)
    press(page, "s", "r", "1")
    assert moved() < 30
    lanes = page.locator(".nba-flow").evaluate(
        "e => parseFloat(e.style.getPropertyValue('--nba-lanes'))"
    )
    assert lanes == 3 * 17


@pytest.mark.parametrize("by", ["token", "character"])
@pytest.mark.parametrize("overlaps", [False, True])
def test_marking_in_a_very_long_line_leaves_the_rest_of_it_as_it_is(
    page: Page, by: str, overlaps: bool
) -> None:
    task: dict[str, Any] = {"text": ONE_LINE}
    if by == "character":
        task |= {"tokens": None, "wide": wide_graphemes(ONE_LINE)}
    start(page, config={"by": by, "overlaps": overlaps}, tasks=[task])
    chunks = page.locator(".nba-chunk")
    expect(chunks.nth(4)).to_be_attached()
    assert page.evaluate(WORDS) == ONE_LINE
    page.evaluate("window.before = [...document.querySelectorAll('.nba-chunk')]")
    focus(page)
    press(page, "End", "Enter")
    ((found, _),) = marks(page)
    kept = page.evaluate("before.filter((e) => e.isConnected).length")
    assert kept == chunks.count() - 1
    press(page, "Escape", "a")
    (span,) = stored(page, 1)[0]["spans"]
    assert found == f"{span['start']}-{span['end']}-DRUG"
    assert ONE_LINE[span["start"] :].strip() == ONE_LINE[span["start"] : span["end"]].strip()


def test_a_span_lies_over_a_place_where_a_very_long_line_is_cut(page: Page) -> None:
    start(page, config={}, tasks=[{"text": ONE_LINE}, "next"])
    cut = page.locator(".nba-chunk").nth(2).locator("[data-token]").first
    token = int(cut.get_attribute("data-token") or "")
    cut.scroll_into_view_if_needed()
    drag(page, token - 2, token + 1)
    expect(page.locator("mark")).to_have_count(1)
    words = page.locator("mark").text_content()
    press(page, "a")
    (span,) = stored(page, 1)[0]["spans"]
    assert ONE_LINE[span["start"] : span["end"]] == words


def test_a_very_long_line_runs_one_way_from_its_beginning_to_its_end(page: Page) -> None:
    text = f"{RIGHT_TO_LEFT}\nThis one runs from left to right."
    start(page, config={}, tasks=[{"text": text}])
    ways = page.evaluate(
        "[...document.querySelectorAll('.nba-chunk')].map((chunk) => ["
        "chunk.textContent.startsWith('This one'), getComputedStyle(chunk).unicodeBidi, "
        "getComputedStyle(chunk).direction])"
    )
    assert len(ways) > 4
    assert ways[0][:2] == [False, "plaintext"]
    assert all(way == [False, "isolate", "rtl"] for way in ways[1:-1])
    assert ways[-1][0]


def test_a_very_long_text_that_is_only_read_is_copied_without_breaks(page: Page) -> None:
    start(page, config={"blocks": ["binary"]}, tasks=[{"text": ONE_LINE, "label": "DRUG"}])
    copied = page.evaluate(
        "() => { getSelection().selectAllChildren(document.querySelector('.nba-lines'));"
        " return getSelection().toString(); }"
    )
    assert copied.strip() == ONE_LINE.strip()


def test_a_span_over_two_paragraphs_is_one_mark_and_is_stored_as_given(page: Page) -> None:
    wide = {"start": at("(7)")["start"] - 30, "end": at("(7)")["end"], "label": "DRUG"}
    wide["start"] = TEXT.rindex("moved", 0, wide["start"])
    open_long(page, spans=[wide])
    expect(page.locator("mark")).to_have_count(1)
    focus(page)
    press(page, "a")
    assert stored(page, 1)[0]["spans"] == [wide]


def test_words_are_dragged_over_from_one_paragraph_into_the_next(page: Page) -> None:
    open_long(page)
    first = page.locator(".nba-chunk").nth(1).locator("[data-token]").first
    token = int(first.get_attribute("data-token") or "")
    first.scroll_into_view_if_needed()
    drag(page, token - 2, token + 1)
    ((found, _),) = marks(page)
    start_of, end_of, _ = found.split("-")
    assert int(start_of) < TEXT.index("\n\n", int(start_of)) < int(end_of)


def test_the_cursor_moves_by_lines_through_all_paragraphs_and_back(page: Page) -> None:
    open_long(page)
    focus(page)
    press(page, "Home", "ArrowDown")
    lines = 1
    picked = page.locator(".nba-picked")
    while not picked.evaluate("e => e.closest('.nba-chunk').textContent.trim().startsWith('(4)')"):
        press(page, "ArrowDown")
        lines += 1
        assert lines < 60
    press(page, *["ArrowUp"] * lines)
    tops = "ids => ids.map(i => document.querySelector(`[data-token='${i}']`).offsetTop)"
    first, there = page.evaluate(tops, ["0", picked.get_attribute("data-token")])
    assert first == there


def test_a_label_added_by_a_cell_is_drawn_everywhere_in_a_long_text(page: Page) -> None:
    open_long(page, spans=[at("oxycodone", "FORM", nth=60)])
    assert "nba-c9" in (page.locator("mark").get_attribute("class") or "")
    page.evaluate("kernel.configure({ names: ['DRUG', 'FORM'] })")
    assert "nba-c1" in (page.locator("mark").get_attribute("class") or "")


def heights(page: Page, texts: list[str]) -> list[float]:
    """The widget's height as each text is shown."""
    page.emulate_media(reduced_motion="reduce")
    start(page, config={}, tasks=texts)
    focus(page)
    found = []
    for count in range(1, len(texts) + 1):
        page.wait_for_selector(f'.nbannotate[data-painted="{count}"]')
        found.append(page.locator(".nbannotate").evaluate("e => e.offsetHeight"))
        press(page, "a")
        stored(page, count)
    return found


def test_texts_of_one_and_of_two_lines_are_shown_at_one_height(page: Page) -> None:
    assert len(set(heights(page, ["One.", SENTENCE * 2, "Two.", SENTENCE * 2, "Three."]))) == 1


def test_after_a_tall_text_the_widget_shrinks_by_a_line_at_a_time_and_not_at_once(
    page: Page,
) -> None:
    found = heights(page, [SENTENCE * 8, *(f"Short {i}." for i in range(20))])
    line = page.locator(".nba-text").evaluate("e => parseFloat(getComputedStyle(e).lineHeight)")
    steps = [before - after for before, after in pairwise(found)]
    assert steps[:6] == [0] * 6
    assert max(steps) <= line
    assert found[-1] < found[0] - 2 * line
