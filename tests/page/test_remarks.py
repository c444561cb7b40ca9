"""Laws of the flag and the note beside an answer: sent with it, brought back, never in the keys' way."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.page.driver import start
from tests.page.hands import answers_sent, focus, marks, press, stored

TEXT = "I was on 20 mg of oxycodone a day"
FLAG = '[data-action="flag"]'
FIELD = ".nba-note textarea"
CHOICE = {"blocks": ["choice"], "names": ["hardware", "payment"], "exclusive": True}
OPTIONS = [{"label": "hardware", "score": 0.2}, {"label": "payment", "score": 0.3}]


@pytest.mark.parametrize("how", ["key", "button"])
def test_a_flag_is_sent_with_the_answer_and_not_with_the_next(page: Page, how: str) -> None:
    start(page, config={}, tasks=[TEXT, "Two"])
    focus(page)
    if how == "key":
        press(page, "f")
    else:
        page.locator(FLAG).click()
    expect(page.locator(FLAG)).to_have_attribute("aria-pressed", "true")
    press(page, "a", "a")
    first, second = stored(page, 2)
    assert first["flagged"] is True
    assert "flagged" not in second


def test_a_flag_set_by_mistake_is_taken_back_by_the_same_key(page: Page) -> None:
    start(page, config={}, tasks=[TEXT])
    focus(page)
    press(page, "f", "f", "a")
    assert "flagged" not in stored(page, 1)[0]


@pytest.mark.parametrize("layout", ["spans", "choice", "binary"])
def test_letters_typed_into_the_note_answer_nothing_and_reach_no_notebook(
    page: Page, layout: str
) -> None:
    config = {"spans": {}, "choice": CHOICE, "binary": {"blocks": ["binary"]}}[layout]
    start(page, config=config, tasks=[{"text": TEXT, "options": OPTIONS, "label": "payment"}])
    focus(page)
    press(page, "n")
    typed = "a maxim: x, 1 2 u? Fuh! / sne"
    page.keyboard.type(typed)
    assert answers_sent(page) == 0
    assert page.evaluate("harness.leaked") == []
    expect(page.locator(FIELD)).to_have_value(typed)
    press(page, "Backspace", "Enter")
    press(page, "2" if layout == "choice" else "a")
    assert stored(page, 1)[0]["note"] == typed[:-1]


@pytest.mark.parametrize("key", ["Enter", "Escape"])
def test_enter_and_escape_leave_the_note_as_it_is_written(page: Page, key: str) -> None:
    start(page, config={}, tasks=[TEXT])
    focus(page)
    press(page, "n")
    page.keyboard.type("one")
    press(page, "Shift+Enter")
    page.keyboard.type("two")
    press(page, key)
    expect(page.locator(FIELD)).to_have_value("one\ntwo")
    press(page, "x")
    assert stored(page, 1)[0]["note"] == "one\ntwo"


def test_a_note_left_empty_is_closed_and_not_sent(page: Page) -> None:
    start(page, config={}, tasks=[TEXT])
    focus(page)
    press(page, "n", "Space", "Enter")
    expect(page.locator(FIELD)).to_be_hidden()
    press(page, "a")
    assert "note" not in stored(page, 1)[0]


def test_undo_brings_flag_and_note_back_to_be_changed(page: Page) -> None:
    start(page, config={}, tasks=[TEXT, "Two"])
    focus(page)
    press(page, "f", "n")
    page.keyboard.type("see")
    press(page, "Enter", "a")
    stored(page, 1)
    expect(page.locator(FIELD)).to_be_hidden()
    press(page, "u")
    expect(page.locator(FIELD)).to_have_value("see")
    expect(page.locator(FLAG)).to_have_attribute("aria-pressed", "true")
    press(page, "f", "n", "End")
    page.keyboard.type("!")
    press(page, "Enter", "a")
    (answer,) = stored(page, 1)
    assert answer["note"] == "see!"
    assert "flagged" not in answer


def test_flag_and_note_stay_while_a_question_is_corrected_and_back(page: Page) -> None:
    task = {"text": TEXT, "prediction": [], "label": None}
    start(page, config={"blocks": ["binary"]}, tasks=[task])
    focus(page)
    press(page, "f", "n")
    page.keyboard.type("see")
    press(page, "Enter", "e", "Escape", "e", "a")
    (answer,) = stored(page, 1)
    assert (answer["flagged"], answer["note"]) == (True, "see")


def test_what_is_marked_stays_when_a_text_is_flagged(page: Page) -> None:
    start(page, config={}, tasks=[TEXT])
    page.locator('[data-token="3"]').click()
    press(page, "f")
    assert marks(page) == [("9-11-DRUG", "false")]


def test_labels_added_by_a_cell_leave_the_note_that_is_being_written(page: Page) -> None:
    start(page, config={}, tasks=[TEXT])
    focus(page)
    press(page, "n")
    page.keyboard.type("se")
    page.evaluate("kernel.configure({ names: ['DRUG', 'FORM'] })")
    page.keyboard.type("e")
    expect(page.locator(FIELD)).to_have_value("see")
