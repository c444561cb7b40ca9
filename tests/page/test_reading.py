"""Laws of a question on one span with the model's whole reading around it."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.page.driver import start
from tests.page.hands import ROOT, answers_sent, focus, marks, press, spans, stored

TEXT = "I was on 20 mg of oxycodone a day and the nausea stopped"
BARE = spans(TEXT, ("20 mg", "DOSE"), ("oxycodone", "DRUG"), ("the nausea", "EFFECT"))
READING = [{**span, "score": 0.8} for span in BARE]
TASK = {"text": TEXT, "spans": [READING[1]], "label": "DRUG", "prediction": READING}
TEACH = {"blocks": ["binary"], "view": "ner.teach", "names": ["DRUG", "DOSE", "EFFECT"]}


def ask(page: Page, task: dict[str, Any] = TASK, **config: Any) -> None:
    start(
        page, config={**TEACH, **config}, tasks=[task, {"text": "Another one", "prediction": []}]
    )
    focus(page)


def roles(page: Page) -> list[tuple[str, str]]:
    script = "els => els.map(e => [e.dataset.span, e.dataset.role])"
    return [tuple(row) for row in page.locator("[data-span]").evaluate_all(script)]


def test_the_asked_span_is_strong_and_the_rest_of_the_reading_quiet(page: Page) -> None:
    ask(page)
    assert roles(page) == [
        ("9-14-DOSE", "quiet"),
        ("18-27-DRUG", "asked"),
        ("38-48-EFFECT", "quiet"),
    ]


@pytest.mark.parametrize(
    ("key", "verdict"), [("a", "accept"), ("x", "reject"), ("Space", "ignore")]
)
def test_the_plain_keys_answer_for_the_one_span_alone(page: Page, key: str, verdict: str) -> None:
    ask(page)
    press(page, key)
    (answer,) = stored(page, 1)
    assert answer["answer"] == verdict
    assert "spans" not in answer


@pytest.mark.parametrize("how", ["key", "button"])
def test_all_right_accepts_the_whole_reading(page: Page, how: str) -> None:
    ask(page)
    if how == "key":
        press(page, "Shift+A")
    else:
        page.get_by_role("button", name="All right").click()
    (answer,) = stored(page, 1)
    assert answer["answer"] == "accept"
    assert answer["spans"] == BARE


def test_a_reading_without_the_asked_span_is_accepted_without_it_and_says_so(page: Page) -> None:
    ask(page, {**TASK, "spans": spans(TEXT, ("oxycodone a day", "DRUG"))})
    assert ("18-33-DRUG", "asked") in roles(page)
    assert ("18-27-DRUG", "quiet") in roles(page)
    page.get_by_role("button", name="Only the dashed").click()
    assert stored(page, 1)[0]["spans"] == BARE


def test_an_empty_reading_is_accepted_as_nothing_here(page: Page) -> None:
    ask(page, {**TASK, "prediction": []})
    page.get_by_role("button", name="Nothing here").click()
    assert stored(page, 1)[0]["spans"] == []


def test_without_a_reading_there_is_nothing_to_answer_but_the_question(page: Page) -> None:
    ask(page, {**TASK, "prediction": None})
    press(page, "Shift+A", "e")
    expect(page.locator(".nba-reading")).to_be_hidden()
    expect(page.locator(ROOT)).to_have_attribute("data-blocks", "binary")
    assert answers_sent(page) == 0


@pytest.mark.parametrize("how", ["key", "button"])
def test_a_correction_starts_from_the_reading_and_sends_what_is_on_the_page(
    page: Page, how: str
) -> None:
    ask(page)
    if how == "key":
        press(page, "e")
    else:
        page.get_by_role("button", name="Correct").click()
    assert [suggested for _, suggested in marks(page)] == ["true"] * 3
    page.locator('[data-span="9-14-DOSE"]').click()
    press(page, "Delete", "3")
    page.locator('[data-token="0"]').click()
    press(page, "a")
    (answer,) = stored(page, 1)
    assert answer["answer"] == "accept"
    assert answer["spans"] == [{"start": 0, "end": 1, "label": "EFFECT"}, *BARE[1:]]
    expect(page.locator(ROOT)).to_have_attribute("data-blocks", "binary")


def test_escape_goes_back_from_the_correction_to_the_question(page: Page) -> None:
    ask(page)
    press(page, "e", "Escape")
    assert ("18-27-DRUG", "asked") in roles(page)
    press(page, "a")
    assert "spans" not in stored(page, 1)[0]


def test_a_text_ignored_while_it_is_corrected_sends_no_spans(page: Page) -> None:
    ask(page)
    press(page, "e", "Space")
    (answer,) = stored(page, 1)
    assert answer["answer"] == "ignore"
    assert "spans" not in answer


def test_reject_means_nothing_in_a_correction_that_was_asked_for(page: Page) -> None:
    ask(page)
    press(page, "e", "x")
    assert answers_sent(page) == 0
    expect(page.locator('[data-action="reject"]')).to_be_hidden()


def test_where_rejects_are_corrected_the_rejected_span_is_gone_from_the_correction(
    page: Page,
) -> None:
    ask(page, correct_rejects=True)
    press(page, "x")
    assert [span for span, _ in marks(page)] == ["9-14-DOSE", "38-48-EFFECT"]
    press(page, "a")
    (answer,) = stored(page, 1)
    assert answer["answer"] == "accept"
    assert answer["spans"] == [BARE[0], BARE[2]]


def test_where_rejects_are_corrected_a_second_reject_only_rejects(page: Page) -> None:
    ask(page, correct_rejects=True)
    press(page, "x", "x")
    (answer,) = stored(page, 1)
    assert answer["answer"] == "reject"
    assert "spans" not in answer


def test_undo_of_a_whole_reading_opens_its_spans_to_be_mended(page: Page) -> None:
    ask(page)
    press(page, "Shift+A")
    stored(page, 1)
    press(page, "u")
    expect(page.locator(ROOT)).to_have_attribute("data-blocks", "spans")
    assert [span for span, _ in marks(page)] == ["9-14-DOSE", "18-27-DRUG", "38-48-EFFECT"]
    press(page, "a")
    assert stored(page, 1)[0]["spans"] == BARE


def test_undo_of_an_answer_on_one_span_asks_again(page: Page) -> None:
    ask(page)
    press(page, "a")
    stored(page, 1)
    press(page, "u")
    expect(page.locator(".nba-text")).to_have_text(TEXT)
    expect(page.locator(ROOT)).to_have_attribute("data-blocks", "binary")


def test_a_correction_not_yet_sent_comes_back_as_it_was(page: Page) -> None:
    start(page, config=TEACH, tasks=[{"text": "One", "prediction": []}, TASK, "Three"])
    page.evaluate("kernel.busy = true")
    focus(page)
    press(page, "a", "e")
    page.locator('[data-token="0"]').click()
    press(page, "a", "u")
    expect(page.locator(ROOT)).to_have_attribute("data-blocks", "spans")
    assert ("0-1-DRUG", "false") in marks(page)


def test_overlapping_readings_are_drawn_in_lanes_and_accepted_whole(page: Page) -> None:
    nested = spans(
        TEXT, ("20 mg of oxycodone", "EFFECT"), ("20 mg", "DOSE"), ("oxycodone", "DRUG")
    )
    ask(page, {**TASK, "spans": [nested[2]], "prediction": nested}, overlaps=True)
    expect(page.locator(".nba-rule")).to_have_count(3)
    press(page, "Shift+A")
    assert stored(page, 1)[0]["spans"] == nested
