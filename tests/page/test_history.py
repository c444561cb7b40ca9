"""Laws of the history: what was answered is listed, found, opened and changed, and nothing else moves."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.page.driver import start
from tests.page.hands import ROOT, answers_sent, drag, focus, marks, press, sent, stored

TEXT = "I was on 20 mg of oxycodone a day"
ROW = ".nba-row[data-open]"
CHOICE = {"blocks": ["choice"], "names": ["hardware", "payment"], "exclusive": True}
OPTIONS = [{"label": "hardware", "score": 0.2}, {"label": "payment", "score": 0.3}]


def answer_three(page: Page) -> None:
    """Accept one span, reject, ignore; a fourth text is then shown."""
    start(page, config={}, tasks=[TEXT, "Two", "Three", "Four words are here"])
    drag(page, 3, 4)
    for count, key in enumerate(("a", "x", "Space"), start=1):
        press(page, key)
        stored(page, count)


def excerpts(page: Page) -> list[str]:
    return page.locator(".nba-excerpt").all_inner_texts()


def test_the_latest_answers_are_listed_with_what_was_said_newest_first(page: Page) -> None:
    answer_three(page)
    press(page, "l")
    expect(page.locator(ROW)).to_have_count(3)
    assert excerpts(page) == ["Three", "Two", TEXT]
    assert page.locator(".nba-verdict").all_inner_texts() == ["ignore", "reject", "accept"]
    expect(page.locator(".nba-said").last).to_have_text("DRUG 20 mg")


def test_an_answer_given_while_the_history_is_open_joins_it(page: Page) -> None:
    answer_three(page)
    page.locator('[data-action="history"]').click()
    expect(page.locator(ROW)).to_have_count(3)
    press(page, "a")
    expect(page.locator(ROW)).to_have_count(4)
    assert excerpts(page)[0] == "Four words are here"


def test_an_answer_on_its_way_is_listed_as_such(page: Page) -> None:
    answer_three(page)
    page.evaluate("kernel.busy = true")
    focus(page)
    press(page, "a")
    page.locator('[data-action="history"]').click()
    expect(page.locator(".nba-row").first).to_contain_text("sending…")


def test_typed_words_find_answers_and_are_no_keys(page: Page) -> None:
    answer_three(page)
    press(page, "l")
    page.keyboard.type("oxy")
    expect(page.locator(ROW)).to_have_count(1)
    assert excerpts(page) == [TEXT]
    page.keyboard.type(" xauhl?")
    expect(page.locator(".nba-nothing")).to_have_text("No answer has these words.")
    assert answers_sent(page) == 3
    assert page.evaluate("harness.leaked") == []


def test_escape_in_the_search_closes_the_history_and_gives_the_keys_back(page: Page) -> None:
    answer_three(page)
    press(page, "l", "Escape", "x")
    expect(page.locator(".nba-history")).to_be_hidden()
    assert stored(page, 4)[3]["answer"] == "reject"


@pytest.mark.parametrize("how", ["click", "enter"])
def test_an_answer_opened_again_is_changed_and_the_page_returns(page: Page, how: str) -> None:
    answer_three(page)
    page.locator('[data-token="1"]').click()
    press(page, "l")
    if how == "click":
        page.locator(ROW).last.click()
    else:
        page.keyboard.type("oxycodone")
        expect(page.locator(ROW)).to_have_count(1)
        press(page, "Enter")
    expect(page.locator(".nba-text")).to_have_text(TEXT)
    expect(page.locator(".nba-change")).to_contain_text("it was accepted")
    assert marks(page) == [("9-14-DRUG", "false")]
    page.locator('[data-token="6"]').click()
    press(page, "a")
    expect(page.locator(".nba-text")).to_have_text("Four words are here")
    expect(page.locator(".nba-change")).to_be_hidden()
    assert marks(page) == [("5-10-DRUG", "false")]
    changed = stored(page, 3)[-1]
    assert changed["changes"] == sent(page, "answer")[0]["answer_id"]
    assert len(changed["spans"]) == 2


@pytest.mark.parametrize("how", ["escape", "button", "undo"])
def test_an_answer_opened_and_left_stays_as_it_was(page: Page, how: str) -> None:
    answer_three(page)
    page.locator('[data-action="history"]').click()
    page.locator(ROW).last.click()
    expect(page.locator(".nba-change")).to_be_visible()
    if how == "button":
        page.locator('[data-action="leave"]').click()
    else:
        press(page, "Escape" if how == "escape" else "u")
    expect(page.locator(".nba-text")).to_have_text("Four words are here")
    assert sent(page, "change") == []
    assert len(stored(page, 3)[0]["spans"]) == 1


def test_a_choice_is_changed_by_choosing_another_option(page: Page) -> None:
    tasks = [{"text": text, "options": OPTIONS} for text in ("One", "Two", "Three")]
    start(page, config=CHOICE, tasks=tasks)
    focus(page)
    press(page, "1", "1")
    stored(page, 2)
    page.locator('[data-action="history"]').click()
    page.locator(ROW).last.click()
    expect(page.locator('[data-option="hardware"]')).to_have_attribute("aria-pressed", "true")
    press(page, "2")
    expect(page.locator(".nba-text")).to_have_text("Three")
    assert [row["accept"] for row in stored(page, 2)] == [["hardware"], ["payment"]]


def test_flag_and_note_of_an_earlier_answer_are_shown_and_can_be_taken_away(page: Page) -> None:
    start(page, config={}, tasks=["One", "Two"])
    focus(page)
    press(page, "f", "n")
    page.keyboard.type("see")
    press(page, "Enter", "a", "l")
    expect(page.locator(ROW)).to_contain_text("flagged")
    expect(page.locator(".nba-remark")).to_have_text("see")
    page.locator(ROW).click()
    expect(page.locator(".nba-note textarea")).to_have_value("see")
    page.locator(".nba-note textarea").fill("")
    press(page, "Enter", "f", "a")
    page.wait_for_function("kernel.stored[0].changes")
    assert (stored(page, 1)[0]["flagged"], stored(page, 1)[0]["note"]) == (False, "")


def test_an_earlier_answer_is_changed_after_the_last_text(page: Page) -> None:
    start(page, config={}, tasks=["One"])
    focus(page)
    press(page, "a")
    expect(page.locator(".nba-panel strong")).to_have_text("All done: 1 answer")
    page.locator('[data-action="history"]').click()
    page.locator(ROW).click()
    expect(page.locator(ROOT)).to_have_attribute("data-phase", "asking")
    press(page, "x")
    expect(page.locator(".nba-panel strong")).to_have_text("All done: 1 answer")
    page.wait_for_function("kernel.stored[0].answer === 'reject'")
    assert len(stored(page, 1)) == 1


def test_a_change_that_is_refused_is_shown_again_with_the_reason(page: Page) -> None:
    answer_three(page)
    page.locator('[data-action="history"]').click()
    page.locator(ROW).nth(1).click()
    expect(page.locator(".nba-change")).to_be_visible()
    page.evaluate("kernel.refusal = { reason: 'store', error: 'no space left' }")
    press(page, "a")
    expect(page.locator(".nba-alert")).to_contain_text("no space left")
    expect(page.locator(".nba-text")).to_have_text("Two")
    press(page, "a")
    expect(page.locator(".nba-text")).to_have_text("Four words are here")
    expect(page.locator(".nba-save")).to_have_text("✓ saved")
    assert stored(page, 3)[-1]["changes"]
