"""In every front end: each view, each key and each way of mending an answer ends in the file."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.annotation import (
    expect_asking,
    expect_next_task,
    expect_saved,
    expect_seen,
    press,
    shown_task,
)
from tests.browser.front_end import ABILITIES, FrontEnd, rows, widget_of
from tests.browser.notebook_page import wait_until
from tests.browser.scenes import SCENES, cell_of, cells

ROW = ".nba-row[data-open]"


def begin(views: FrontEnd, dataset: str) -> Locator:
    """Show a dataset's widget with its first text, and give it the focus."""
    views.show(cell_of(dataset))
    widget = widget_of(views, dataset)
    expect_asking(widget)
    widget.scroll_into_view_if_needed()
    widget.focus()
    return widget


def answered(views: FrontEnd, widget: Locator, *keys: str) -> dict[str, Any]:
    """Press keys of which the last one answers, and return the row in the file."""
    before, asked = str(widget.get_attribute("data-saved")), shown_task(widget)
    press(views, *keys)
    saved = expect_saved(widget, before)
    expect_next_task(widget, asked)
    dataset = str(widget.get_attribute("aria-label")).removeprefix("Annotate ")
    (row,) = [row for row in rows(views, dataset) if row["answer_id"] == saved]
    return row


def words(row: dict[str, Any]) -> list[tuple[str, str]]:
    """Each span of a row as its words and its label."""
    return [(row["text"][s["start"] : s["end"]], s["label"]) for s in row["spans"]]


def related(row: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Each relation of a row as the words of its ends, its label between them."""
    ends = [[row["text"][r[e]["start"] : r[e]["end"]] for e in ("head", "child")] for r in row["relations"]]  # fmt: skip
    return [(head, r["label"], child) for (head, child), r in zip(ends, row["relations"], strict=True)]  # fmt: skip


def drag(page: Page, start: Locator, end: Locator) -> None:
    """Drag from the middle of one word to the middle of another."""
    boxes = [one.bounding_box() for one in (start, end)]
    points = [(b["x"] + b["width"] / 2, b["y"] + b["height"] / 2) for b in boxes if b]
    page.mouse.move(*points[0])
    page.mouse.down()
    page.mouse.move(*points[1], steps=3)
    page.mouse.up()


# ------------------------------------------------------------------ each view


@pytest.mark.parametrize(
    ("dataset", "keys", "chosen"),
    [
        ("choice", ["2"], ["payment"]),
        ("choices", ["1", "3", "a"], ["hardware", "account"]),
        ("proposed_choice", ["3"], ["account"]),
    ],
)
def test_a_choice_by_key_and_by_click_is_a_row_with_its_labels(
    views: FrontEnd, dataset: str, keys: list[str], chosen: list[str]
):
    widget = begin(views, dataset)
    row = answered(views, widget, *keys)
    assert (row["answer"], row["accept"]) == ("accept", chosen)
    asked = shown_task(widget)
    widget.locator('[data-option="hardware"]').click()
    if dataset == "choices":
        widget.locator('[data-action="accept"]').click()
    expect_next_task(widget, asked)
    expect_saved(widget, row["answer_id"])
    assert rows(views, dataset)[-1]["accept"] == ["hardware"]


@pytest.mark.parametrize("dataset", [name for name in SCENES if name.startswith("yes_no")])
def test_accept_reject_and_ignore_are_rows_by_their_keys(views: FrontEnd, dataset: str):
    widget = begin(views, dataset)
    given = [answered(views, widget, key)["answer"] for key in ("a", "x", "Space")]
    assert given == ["accept", "reject", "ignore"]


@pytest.mark.parametrize("dataset", ["words", "proposed_words", "nested", "proposed_nested"])
def test_words_dragged_over_and_words_picked_by_keys_are_spans_of_the_row(
    views: FrontEnd, dataset: str
):
    widget = begin(views, dataset)
    tokens = widget.locator("[data-token]")
    first, second = (tokens.nth(at).inner_text() for at in (0, 1))
    for key in ("Home", "Shift+ArrowRight", "2", "Enter"):
        press(views, key)
    drag(views.page, tokens.nth(-1), tokens.nth(-2))
    row = answered(views, widget, "a")
    covered = [text for text, _ in words(row)]
    assert row["text"].startswith(covered[0])
    assert first in covered[0]
    assert second in covered[0]
    assert len(covered) >= 2


def test_the_whole_reading_can_be_corrected_where_one_span_is_asked_about(views: FrontEnd):
    widget = begin(views, "yes_no_words")
    press(views, "e")
    expect(widget).to_have_attribute("data-blocks", "spans")
    press(views, "Escape")
    expect(widget).to_have_attribute("data-blocks", "binary")
    press(views, "e")
    widget.locator("[data-token]").first.click()
    row = answered(views, widget, "a")
    assert row["answer"] == "accept"
    assert any(span["start"] == 0 for span in row["spans"])
    assert answered(views, widget, "Shift+A")["answer"] == "accept"


def test_relations_that_came_are_relabelled_drawn_and_deleted_by_keys(views: FrontEnd):
    widget = begin(views, "related")
    expect(widget.locator(".nba-relation")).to_have_attribute("data-tag", "AT")
    assert related(answered(views, widget, "a")) == [("bell", "AT", "Old Pier")]
    row = answered(views, widget, "r", "w", "t", "Escape", "s", "r", "Enter", "1", "Escape", "a")
    assert sorted(related(row)) == [("Old Pier", "NEAR", "bell"), ("bell", "AT", "Old Pier")]
    press(views, "u")
    expect(widget.locator(".nba-relation")).to_have_count(2)
    for key in ("r", "Backspace", "r", "Backspace"):
        press(views, key)
    expect(widget.locator(".nba-relation")).to_have_count(0)
    assert related(answered(views, widget, "a")) == []


def test_a_relation_is_drawn_by_the_mouse_on_a_page_with_a_choice(views: FrontEnd):
    widget = begin(views, "related_page")
    place, part = (widget.locator(f'.nba-name[data-tag="{label}"]') for label in ("PLACE", "PART"))
    place.drag_to(part)
    expect(widget.locator('.nba-relation[data-state="selected"]')).to_have_count(1)
    press(views, "Escape")
    widget.locator('[data-option="payment"]').click()
    row = answered(views, widget, "a")
    assert (row["view"], row["accept"]) == ("ner.manual+relations+textcat.manual", ["payment"])
    assert ("Old Pier", "AT", "bell") in related(row)


def test_one_annotators_version_is_picked_and_is_the_decision(views: FrontEnd):
    widget = begin(views, "decided")
    card = widget.locator(".nba-version").filter(has_text="alice")
    card.locator(".nba-version-text").click()
    press(views, "a")
    expect_saved(widget, "")
    (row,) = rows(views, "decided")
    assert words(row) == [("saddle", "PART"), ("bike", "PLACE")]
    assert (related(row), row["inputs"]) == ([("saddle", "AT", "bike")], {"why": "so"})
    expect(widget).to_have_attribute("data-phase", "finished")


def test_one_of_two_outputs_is_chosen_blind(views: FrontEnd):
    widget = begin(views, "duel")
    assert "shouter" not in widget.inner_html()
    chosen = {answered(views, widget, key)["label"] for key in ("1", "2")}
    assert chosen <= {"shouter", "lowerer"}
    assert chosen


def test_more_labels_than_keys_are_found_by_typing(views: FrontEnd):
    widget = begin(views, "many_labels")
    for key in ("ArrowRight", "/"):
        press(views, key)
    views.page.keyboard.type("el_37")
    press(views, "Enter")
    row = answered(views, widget, "a")
    assert [label for _, label in words(row)] == ["LABEL_37"]


def test_a_recipes_own_keys_answer_and_the_former_ones_do_not(views: FrontEnd):
    widget = begin(views, "own_keys")
    asked = shown_task(widget)
    for key in ("2", "Space"):
        press(views, key)
    assert shown_task(widget) == asked
    assert answered(views, widget, "p")["accept"] == ["payment"]
    assert answered(views, widget, "z")["answer"] == "ignore"


def test_dozens_of_selections_are_spans_that_spacy_has_too(views: FrontEnd):
    widget = begin(views, "nested")
    random = Random(7)
    for _ in range(4):
        tokens = widget.locator("[data-token]")
        count = tokens.count()
        for _ in range(8):
            start, end = random.randrange(count), random.randrange(count)
            drag(views.page, tokens.nth(start), tokens.nth(end))
        answered(views, widget, "a")
    for row in rows(views, "nested"):
        found = views.evaluate_in_kernel(
            "import spacy\n"
            f"doc = spacy.blank('en').make_doc({row['text']!r})\n"
            f"[doc.char_span(s['start'], s['end']) is not None for s in {row['spans']!r}]"
        )
        assert all(found)
        assert found


# ------------------------------------------------------------------ keys and fields


def test_a_flag_and_a_note_typed_in_the_page_are_kept_with_the_row(views: FrontEnd):
    widget = begin(views, "remarks")
    asked = shown_task(widget)
    for key in ("f", "n"):
        press(views, key)
    views.page.keyboard.type("1 a x dd bb jk? Él 日本")
    press(views, "Shift+Enter")
    views.page.keyboard.type("u h l")
    assert shown_task(widget) == asked
    press(views, "Enter")
    row = answered(views, widget, "1")
    assert row["flagged"] is True
    assert row["note"] == "1 a x dd bb jk? Él 日本\nu h l"


def test_no_key_reaches_the_front_end_whether_it_means_something_or_not(views: FrontEnd):
    before, errors = views.cell_sources(), len(views.errors)
    widget = begin(views, "remarks")
    count = len(rows(views, "remarks"))
    for key in ("b", "d", "d", "j", "k", "Enter", "Shift+Enter", "m", "y", "c", "v", "i", "i"):
        press(views, key)
    for key in ("h", "Escape", "?", "?", "h", "h", "l", "Escape"):
        press(views, key)
    assert views.cell_sources() == before
    assert len(rows(views, "remarks")) == count
    assert answered(views, widget, "1")["accept"] == ["hardware"]
    assert views.cell_sources() == before
    assert views.errors[errors:] == []


# ------------------------------------------------------------------ mending


def test_fifty_steps_are_undone_and_an_early_answer_is_found_and_changed(views: FrontEnd):
    widget = begin(views, "steps")
    for count in range(60):
        before = shown_task(widget)
        press(views, "123"[count % 3])
        expect_next_task(widget, before)
    last = shown_task(widget)
    expect(widget.locator(".nba-progress")).to_contain_text("60 of 80")
    expect(widget.locator(".nba-save")).to_have_attribute("data-state", "saved")
    assert len(rows(views, "steps")) == 60
    for _ in range(50):
        before = shown_task(widget)
        press(views, "u")
        expect_next_task(widget, before)
    assert [row["text"] for row in rows(views, "steps")] == [f"text {i}" for i in range(10)]
    assert shown_task(widget) != last
    early = rows(views, "steps")[3]
    assert early["accept"] == ["hardware"]
    press(views, "l")
    views.page.keyboard.type("text 3")
    expect(widget.locator(ROW)).to_have_count(1)
    press(views, "Enter")
    expect(widget.locator(".nba-text")).to_have_text("text 3")
    asked = shown_task(widget)
    press(views, "3")
    expect_next_task(widget, asked)
    expect_saved(widget, "")
    expect(widget.locator(".nba-save")).to_have_attribute("data-state", "saved")
    standing = rows(views, "steps")
    assert len(standing) == 10
    assert {row["text"]: row["accept"] for row in standing}["text 3"] == ["account"]
    expect(widget.locator(".nba-text")).to_have_text("text 10")


def test_two_views_of_one_widget_agree_and_store_an_answer_once(views: FrontEnd):
    begin(views, "twice")
    views.show(len(cells()) - 1)
    first, second = (widget_of(views, "twice", nth) for nth in (0, 1))
    expect_asking(second)
    asked = shown_task(first)
    expect(second).to_have_attribute("data-task-hash", asked)
    second.focus()
    row = answered(views, second, "2")
    assert row["accept"] == ["payment"]
    expect(first).to_have_attribute("data-task-hash", shown_task(second))
    expect_seen(first)
    first.focus()
    press(views, "u")
    for view in (first, second):
        expect(view).to_have_attribute("data-task-hash", asked)
    assert rows(views, "twice") == []


def test_what_a_front_end_writes_of_its_own_holds_no_text(views: FrontEnd):
    begin(views, "choice")
    text = widget_of(views, "choice").locator(".nba-text").inner_text()
    if ABILITIES[views.name].saves:
        before = views.file.stat().st_mtime_ns
        press(views, "Control+s")
        wait_until(lambda: views.file.stat().st_mtime_ns > before, "Ctrl+S writes the file")
    for file in views.folder.rglob("*"):
        if file.is_file() and ".duckdb" not in file.name:
            held = file.read_text(encoding="utf-8", errors="replace")
            assert text not in held
            assert json.dumps(text)[1:-1] not in held
