"""In every front end: several views on one page, free text and HTML end in rows of the file."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.annotation import press
from tests.browser.front_end import FrontEnd, rows
from tests.browser.test_every_view import answered, begin

TYPED = "dd jj xx 123, “a” — 日本語"


def test_a_page_of_two_views_and_a_field_is_one_row(views: FrontEnd):
    widget, keyboard = begin(views, "page"), views.page.keyboard
    sources, task = views.cell_sources(), widget.get_attribute("data-task-hash")
    widget.locator("[data-token]").first.click()
    press(views, "3", "a")
    field = widget.locator(".nba-field")
    expect(field).to_be_focused()
    keyboard.type(TYPED)
    row = answered(views, widget, "Control+Enter")
    assert row["view"] == "ner.manual+textcat.manual+input"
    assert (row["answer"], row["accept"], row["inputs"]) == (
        "accept",
        ["payment"],
        {"reason": TYPED},
    )
    assert [span["label"] for span in row["spans"]] == ["PLACE"]
    press(views, "Escape", "u")
    expect(widget).to_have_attribute("data-task-hash", str(task))
    expect(field).to_have_value(TYPED)
    assert row["answer_id"] not in [each["answer_id"] for each in rows(views, "page")]
    assert views.cell_sources() == sources


def test_what_is_written_is_stored_and_no_key_of_it_reaches_the_notebook(views: FrontEnd):
    widget, keyboard = begin(views, "writing"), views.page.keyboard
    sources = views.cell_sources()
    press(views, "i")
    keyboard.type(TYPED)
    press(views, "Enter")
    keyboard.type("line one")
    press(views, "Enter")
    keyboard.type("line two")
    first = answered(views, widget, "Control+Enter")
    assert first["inputs"] == {"gist": TYPED, "more": "line one\nline two"}
    expect(widget.locator(".nba-field").first).to_be_focused()
    keyboard.type("next")
    second = answered(views, widget, "Escape", "a")
    assert second["inputs"] == {"gist": "next", "more": ""}
    assert views.cell_sources() == sources


def test_what_is_written_and_not_answered_survives_a_new_label(views: FrontEnd):
    widget = begin(views, "page")
    field = widget.locator(".nba-field")
    field.fill("half a thought")
    options = widget.locator("[data-option]")
    before = options.count()
    code = f'ann_page.add_label("more {before}", view="textcat.manual")\n0'
    views.evaluate_in_kernel(code)
    expect(options).to_have_count(before + 1)
    expect(field).to_have_value("half a thought")
    expect(field).to_be_focused()


def test_html_is_shown_acts_on_nothing_and_is_answered(views: FrontEnd):
    widget = begin(views, "shown")
    title = views.page.title()
    expect(widget.locator(".nba-html h3")).to_be_visible()
    expect(widget.locator(".nba-text")).to_be_hidden()
    expect(widget.locator(".nba-html a, .nba-html [onerror]")).to_have_count(0)
    given = [answered(views, widget, key) for key in ("x", "a")]
    assert [(row["view"], row["answer"]) for row in given] == [
        ("binary", "reject"),
        ("binary", "accept"),
    ]
    assert views.page.title() == title
