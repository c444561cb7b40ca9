"""Laws of a narrow cell: whatever is shown, the widget stays within it and no word is parted."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.page import several, shots, versions
from tests.page.driver import open_harness, start
from tests.page.hands import spans

CELL = 400
LONG = "PERSONENBEZEICHNUNG_MIT_SEHR_LANGEM_NAMEN_UND_NOCH_EINEM_ZUSATZ"
NAMES = [LONG, "الدواء الموصوف", *(f"LABEL_{i:02d}" for i in range(34))]
MARKED = spans(shots.SENTENCE, ("20 mg", LONG), ("oxycodone", NAMES[1]))
COLUMNS = 14
TABLE = f"<table><tr>{''.join(f'<td>column{i}</td>' for i in range(COLUMNS))}</tr></table><p>{LONG}</p>"


def labels(page: Page) -> None:
    start(page, config={"names": NAMES}, tasks=[{"text": shots.SENTENCE, "spans": MARKED}])


def nested_labels(page: Page) -> None:
    config = {"names": NAMES, "overlaps": True}
    start(page, config=config, tasks=[{"text": shots.SENTENCE, "spans": MARKED}])


def categories(page: Page) -> None:
    options = [{"label": name, "score": 0.1} for name in NAMES]
    config = {**shots.CHOICE, "exclusive": False, "names": NAMES}
    start(page, config=config, tasks=[{"text": shots.TICKET, "options": options}])


def review(page: Page) -> None:
    said = {"alice": [("20 mg", LONG)], "bob-with-a-long-name@example.org": []}
    task = versions.spans_task(shots.SENTENCE, said)
    start(page, config={**versions.REVIEW, "names": NAMES}, tasks=[task])


def asked(page: Page) -> None:
    task = {"text": shots.SENTENCE, "label": LONG, "score": 0.5}
    start(page, config={**shots.TEACH, "names": NAMES}, tasks=[task])


def fields(page: Page) -> None:
    task = {"text": several.TEXT, "options": several.OPTIONS, "html": TABLE}
    start(page, config=several.WITH_FIELDS, tasks=[task])
    for field in page.locator(".nba-field").all():
        field.fill("It squeaks. " * 80)


@pytest.fixture
def narrow(page_browser: Browser) -> Iterator[Page]:
    with open_harness(page_browser, width=CELL + 32) as opened:
        yield opened


@pytest.mark.parametrize("scene", [labels, nested_labels, categories, review, asked, fields])
def test_the_widget_is_no_wider_than_its_cell(narrow: Page, scene: Callable[[Page], None]) -> None:
    scene(narrow)
    right = "() => document.querySelector('.nbannotate').getBoundingClientRect().right"
    assert narrow.evaluate(right) <= narrow.evaluate("document.body.clientWidth")


def test_a_long_label_is_cut_beside_its_words_and_said_in_full(narrow: Page) -> None:
    labels(narrow)
    tag = narrow.locator(".nba-tag").first
    expect(tag).to_have_attribute("data-tag", f"{LONG[:24]}…")
    expect(tag).to_have_attribute("title", LONG)
    expect(narrow.locator(".nba-mark").first).to_have_attribute("aria-label", LONG)


@pytest.mark.parametrize("width", [CELL, 900])
def test_a_wide_table_is_scrolled_and_its_words_stay_whole(page_browser: Browser, width: int):
    with open_harness(page_browser, width=width + 32) as page:
        fields(page)
        lines = page.evaluate(
            """() => [...document.querySelector(".nba-html").shadowRoot.querySelectorAll("td")].map(cell => {
              const words = document.createRange();
              words.selectNodeContents(cell);
              return words.getClientRects().length;
            })"""
        )
        assert lines == [1] * COLUMNS
        scrolled = "() => { const box = document.querySelector('.nba-html'); box.scrollLeft = 9; return box.scrollLeft; }"
        assert page.evaluate(scrolled) == 9


CUT_OFF = """() => {
  const { right } = document.querySelector('.nbannotate').getBoundingClientRect();
  return [...document.querySelectorAll('.nba-actions button')].filter(e => e.offsetParent)
    .filter(e => e.getBoundingClientRect().right > right).map(e => e.textContent);
}"""


@pytest.mark.parametrize("width", [280, 320, 360, CELL])
@pytest.mark.parametrize("scene", [labels, categories, asked])
def test_every_button_can_be_seen_however_narrow_the_widget(
    page_browser: Browser, scene: Callable[[Page], None], width: int
) -> None:
    with open_harness(page_browser, width=width + 36) as page:
        page.evaluate("document.getElementById('views').style.display = 'block'")
        scene(page)
        assert page.evaluate(CUT_OFF) == []


def test_the_label_in_use_is_scrolled_into_sight_among_many(narrow: Page) -> None:
    start(
        narrow,
        config={"names": NAMES},
        tasks=[{"text": "one two", "spans": spans("one two", ("two", NAMES[-1]))}],
    )
    narrow.locator(".nba-mark").click()
    chip = narrow.locator('.nba-label[aria-pressed="true"]')
    expect(chip).to_have_attribute("data-label", NAMES[-1])
    seen = (
        "e => e.getBoundingClientRect().bottom <= e.parentElement.getBoundingClientRect().bottom"
    )
    assert chip.evaluate(seen)


def test_a_long_word_of_the_instructions_is_broken(narrow: Page) -> None:
    start(
        narrow, config={"instructions": "See https://example.org/" + "guide" * 60}, tasks=["one"]
    )
    box = narrow.locator(".nba-instructions > div")
    expect(box).to_be_visible()
    assert box.evaluate("e => e.scrollWidth <= e.clientWidth")
