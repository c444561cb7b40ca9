"""Laws of several views on one page, of fields to write in, and of a task's own HTML."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.page.driver import start
from tests.page.hands import ROOT, answers_sent, drag, focus, press, sent, stored
from tests.page.several import (
    HTML,
    OPTIONS,
    PAGE,
    REASON,
    SHOWING,
    SUMMARY,
    TEXT,
    WITH_FIELDS,
    WRITING,
)

TASK = {"text": TEXT, "options": OPTIONS}
FIELDS = {"reason": ".nba-field >> nth=0", "summary": ".nba-field >> nth=1"}
TWO = {**PAGE, "inputs": []}


def test_one_answer_has_the_parts_of_every_block(page: Page) -> None:
    start(page, config=WITH_FIELDS, tasks=[TASK, "Next."])
    focus(page)
    drag(page, 13, 13)
    press(page, "5", "i")
    page.keyboard.type("paid twice")
    press(page, "Control+Enter")
    (answer,) = stored(page, 1)
    assert answer["answer"] == "accept"
    assert [(span["start"], span["label"]) for span in answer["spans"]] == [(67, "PLACE")]
    assert answer["accept"] == ["payment"]
    assert answer["inputs"] == {"reason": "paid twice", "summary": ""}


def test_keys_go_on_from_block_to_block_and_each_means_its_own_label(page: Page) -> None:
    start(page, config=TWO, tasks=[TASK])
    focus(page)
    press(page, "2", "4")
    expect(page.locator('[data-label="PART"]')).to_have_attribute("aria-pressed", "true")
    expect(page.locator('[data-option="hardware"]')).to_have_attribute("aria-pressed", "true")
    assert page.locator("[data-label]").count() == page.locator("[data-option]").count() == 3
    assert answers_sent(page) == 0
    press(page, "6", "a")
    assert stored(page, 1)[0]["accept"] == ["account"]


def test_a_page_is_not_accepted_before_its_one_category_is_chosen(page: Page) -> None:
    start(page, config=TWO, tasks=[TASK])
    focus(page)
    press(page, "a")
    expect(page.locator(".nba-status")).to_contain_text("press 4")
    press(page, "4", "Enter")
    assert stored(page, 1)[0]["accept"] == ["hardware"]


def test_undo_brings_every_part_back(page: Page) -> None:
    start(page, config=WITH_FIELDS, tasks=[TASK, {**TASK, "text": "Next."}])
    focus(page)
    drag(page, 13, 13)
    press(page, "4", "i")
    page.keyboard.type("so")
    press(page, "Control+Enter")
    stored(page, 1)
    expect(page.locator(FIELDS["reason"])).to_have_value("")
    press(page, "Escape", "u")
    expect(page.locator(FIELDS["reason"])).to_have_value("so")
    expect(page.locator('[data-option="hardware"]')).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-span]")).to_have_count(1)


def test_an_earlier_page_is_changed_in_place(page: Page) -> None:
    start(page, config=WITH_FIELDS, tasks=[TASK, {**TASK, "text": "Next."}])
    focus(page)
    press(page, "4", "i")
    page.keyboard.type("so")
    press(page, "Control+Enter")
    stored(page, 1)
    press(page, "Escape", "l", "Escape")
    page.locator('[data-action="history"]').click()
    row = page.locator(".nba-row")
    expect(row).to_contain_text("so")
    row.click()
    expect(page.locator(".nba-change")).to_be_visible()
    page.locator(FIELDS["summary"]).fill("anew")
    press(page, "Control+Enter")
    page.wait_for_function("kernel.received.some(m => m.type === 'change')")
    (change,) = sent(page, "change")
    assert change["inputs"] == {"reason": "so", "summary": "anew"}
    assert change["accept"] == ["hardware"]


def test_letters_typed_into_a_field_answer_nothing_and_reach_no_notebook(page: Page) -> None:
    start(page, config=WITH_FIELDS, tasks=[TASK])
    focus(page)
    press(page, "i")
    typed = "a maxim: x, 1 2 u? Fuh! / sne"
    page.keyboard.type(typed)
    press(page, "Backspace", "Delete", "Shift+Home", "End", "Alt+q", "Shift+Enter")
    expect(page.locator(FIELDS["reason"])).to_have_value(typed[:-1])
    assert answers_sent(page) == 0
    assert page.evaluate("harness.leaked") == []


def test_what_an_input_method_composes_is_its_own(page: Page) -> None:
    """An input method's Enter takes its suggestion; it is no answer, and no notebook hears it."""
    start(page, config=WRITING, tasks=[TEXT, "Next."])
    field = page.locator(FIELDS["summary"])
    field.focus()
    composing = """field => {
      for (const [key, more] of [["a", { isComposing: true }], ["Enter", { isComposing: true }], ["Enter", { keyCode: 229 }],
                                 ["Escape", { isComposing: true }], ["@", { altKey: true, ctrlKey: true }]])
        field.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, composed: true, cancelable: true, ...more }));
    }"""
    field.evaluate(composing)
    page.keyboard.insert_text("日本語 ありがとう")
    expect(field).to_be_focused()
    assert answers_sent(page) == 0
    assert page.evaluate("harness.leaked") == []
    press(page, "Control+Enter")
    assert stored(page, 1)[0]["inputs"]["reason"] == "日本語 ありがとう"


def test_enter_goes_from_field_to_field_and_accepts_after_the_last(page: Page) -> None:
    one, two = {**REASON, "required": False}, {**REASON, "name": "title"}
    start(page, config={**WRITING, "inputs": [one, two]}, tasks=[TEXT, "Next.", "Last."])
    focus(page)
    press(page, "i")
    for word in ("one", "two"):
        page.keyboard.type(word)
        press(page, "Enter")
    assert stored(page, 1)[0]["inputs"] == {"reason": "one", "title": "two"}
    expect(page.locator(".nba-field").first).to_be_focused()
    expect(page.locator(".nba-field").first).to_have_value("")


def test_enter_begins_a_line_where_there_may_be_several(page: Page) -> None:
    start(page, config={**WRITING, "inputs": [SUMMARY]}, tasks=[TEXT])
    page.locator(".nba-field").focus()
    page.keyboard.type("one")
    press(page, "Enter")
    page.keyboard.type("two")
    press(page, "Escape")
    expect(page.locator(ROOT)).to_be_focused()
    press(page, "a")
    assert stored(page, 1)[0]["inputs"] == {"summary": "one\ntwo"}


def test_a_required_field_takes_the_focus_where_it_is_missing(page: Page) -> None:
    start(page, config=WRITING, tasks=[TEXT])
    focus(page)
    press(page, "a")
    expect(page.locator(FIELDS["summary"])).to_be_focused()
    expect(page.locator(".nba-status")).to_contain_text("“reason”")
    assert answers_sent(page) == 0
    press(page, "Escape", "Space")
    assert stored(page, 1)[0]["answer"] == "ignore"


@pytest.mark.parametrize("disturbance", ["label", "rebuild", "status", "undo", "reload"])
def test_what_is_written_and_not_answered_survives(page: Page, disturbance: str) -> None:
    tasks = [{**TASK, "text": text} for text in ("First one.", TEXT, "Last one.")]
    start(page, config=WITH_FIELDS, tasks=tasks)
    focus(page)
    press(page, "Space")
    stored(page, 1)
    page.locator(FIELDS["reason"]).fill("half a thou")
    match disturbance:
        case "label":
            page.evaluate(
                "names => kernel.configure({ ...kernel.config, names, groups: [...names.keys()].map(i => i < 3 ? 'spans' : 'choice') })",
                [*WITH_FIELDS["names"], "other"],
            )
            expect(page.locator("[data-option]")).to_have_count(4)
        case "rebuild":
            page.evaluate(
                "config => kernel.configure({ ...config, instructions: 'Look.' })", WITH_FIELDS
            )
            expect(page.locator(".nba-instructions")).to_be_visible()
        case "status":
            page.evaluate("kernel.reply({ type: 'status', status: kernel.status() })")
        case "undo":
            focus(page)
            press(page, "u")
            expect(page.locator(".nba-text")).to_contain_text("First one.")
            expect(page.locator(FIELDS["reason"])).to_have_value("")
            press(page, "Space")
            expect(page.locator(".nba-text")).to_contain_text("Alexanderplatz")
        case "reload":
            start(page, config=WITH_FIELDS, tasks=tasks[1:])
    expect(page.locator(FIELDS["reason"])).to_have_value("half a thou")
    page.locator('[data-option="hardware"]').click()
    page.locator('[data-action="accept"]').click()
    page.wait_for_function("kernel.stored.some(row => row.inputs?.reason === 'half a thou')")
    expect(page.locator(FIELDS["reason"])).to_have_value("")


def test_a_refused_answer_comes_back_with_what_was_written(page: Page) -> None:
    start(page, config=WRITING, tasks=[TEXT, "Next."])
    page.evaluate("kernel.refusal = { reason: 'store', error: 'no space left' }")
    page.locator(FIELDS["summary"]).fill("kept")
    press(page, "Control+Enter")
    expect(page.locator(".nba-alert")).to_contain_text("no space left")
    expect(page.locator(FIELDS["summary"])).to_have_value("kept")


def test_html_stands_for_the_text_and_takes_the_keys_of_its_view(page: Page) -> None:
    start(page, config=SHOWING, tasks=[{"text": TEXT, "html": HTML}, {"text": "Plain."}])
    expect(page.locator(".nba-html h2")).to_have_text("Ticket 4711")
    expect(page.locator(".nba-text")).to_be_hidden()
    focus(page)
    press(page, "x")
    assert stored(page, 1)[0]["answer"] == "reject"
    expect(page.locator(".nba-text")).to_have_text("Plain.")
    expect(page.locator(".nba-html")).to_be_hidden()


def test_html_is_above_a_text_that_is_marked(page: Page) -> None:
    start(page, config=TWO, tasks=[{**TASK, "html": HTML}])
    above, below = (page.locator(each).bounding_box() for each in (".nba-html", ".nba-text"))
    assert above
    assert below
    assert above["y"] + above["height"] <= below["y"]
    focus(page)
    drag(page, 13, 13)
    expect(page.locator("[data-span]")).to_have_count(1)


def test_html_that_slipped_through_runs_nothing_and_paints_nowhere_else(page: Page) -> None:
    hostile = (
        "<script>window.ran = 1</script><img src=x onerror='window.ran = 2'>"
        "<div style='position: fixed; inset: 0; background: red'>over</div>"
        "<style>.nba-accept { display: none }</style>"
    )
    start(page, config=SHOWING, tasks=[{"text": TEXT, "html": hostile}])
    box = page.locator(".nba-html").bounding_box()
    over = page.locator(".nba-html div div").bounding_box()
    assert box
    assert over
    assert over["height"] <= box["height"]
    expect(page.locator('[data-action="accept"]')).to_be_visible()
    expect(page.locator(".nba-html img")).to_have_js_property("complete", True)
    assert page.evaluate("window.ran ?? 'nothing'") == "nothing"


def test_long_html_scrolls_in_its_box_and_is_reached_by_the_keyboard(page: Page) -> None:
    start(page, config=SHOWING, tasks=[{"text": TEXT, "html": HTML * 12}])
    expect(page.locator(".nba-html")).to_have_attribute("tabindex", "0")
    focus(page)
    press(page, "PageDown")
    assert page.locator(".nba-html").evaluate("e => e.scrollTop") > 0
