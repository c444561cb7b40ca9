"""Relations and characters marked in real notebooks: each answer ends as rows of the file."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.annotation import (
    expect_asking,
    expect_next_task,
    expect_saved,
    press,
    shown_task,
)
from tests.browser.notebook_page import NotebookPage

SETUP = """\
import nbannotate as nb
store = nb.Store("answers.duckdb")"""
RELATIONS = """\
text = "Aspirin causes nausea, ibuprofen does not"
ann = nb.relations.manual([text, "Next"], labels=["DRUG", "EFFECT"], relations=["CAUSES", "PREVENTS"],
                          dataset="effects", store=store)
ann"""
CHARACTERS = """\
text = "e\\u0301\\U0001f469\\u200d\\U0001f52c\\u0e01\\u0e33 x"
ann = nb.ner.manual([text, "Next"], labels=["A"], by="character", dataset="thai", store=store)
ann"""
ROWS = """\
import json
columns = ["head_text", "head_label", "label", "child_text", "child_label"]
json.loads(store.relations("effects")[columns].to_json(orient="records"))"""


def open_widget(notebook: NotebookPage, cell: str) -> str:
    notebook.open([SETUP, cell]).run_all()
    expect_asking(notebook.widget)
    notebook.widget.locator(".nba-head").click()
    notebook.widget.focus()
    return shown_task(notebook.widget)


@pytest.mark.timeout(300)
def test_a_relation_drawn_by_keys_is_a_row_and_goes_with_an_undo(notebook: NotebookPage):
    asked = open_widget(notebook, RELATIONS)
    widget = notebook.widget
    press(
        notebook,
        "Home",
        "1",
        "ArrowRight",
        "ArrowRight",
        "2",
        "Home",
        "s",
        "r",
        "2",
        "Escape",
        "a",
    )
    saved = expect_saved(widget, "")
    expect_next_task(widget, asked)
    row = {
        "head_text": "Aspirin", "head_label": "DRUG", "label": "PREVENTS",
        "child_text": "nausea", "child_label": "EFFECT",
    }  # fmt: skip
    assert notebook.evaluate_in_kernel(ROWS) == [row]
    press(notebook, "u")
    expect(widget.locator(".nba-relation")).to_have_attribute("data-tag", "PREVENTS")
    assert notebook.evaluate_in_kernel(ROWS) == []
    press(notebook, "r", "t", "Escape", "a")
    expect_saved(widget, saved)
    turned = notebook.evaluate_in_kernel(ROWS)
    assert [turned[0]["head_text"], turned[0]["child_text"]] == ["nausea", "Aspirin"]


@pytest.mark.timeout(300)
def test_a_relation_drawn_by_the_mouse_is_a_row(notebook: NotebookPage):
    open_widget(notebook, RELATIONS)
    widget = notebook.widget
    for word, label in (("ibuprofen", "DRUG"), ("nausea", "EFFECT")):
        widget.locator(f'[data-label="{label}"]').click()
        widget.locator("[data-token]").filter(has_text=word).click()
    press(notebook, "Escape")
    widget.locator('.nba-name[data-tag="DRUG"]').drag_to(
        widget.locator('.nba-name[data-tag="EFFECT"]')
    )
    expect(widget.locator(".nba-relation")).to_have_attribute("data-state", "selected")
    widget.locator('[data-action="accept"]').click()
    expect_saved(widget, "")
    (row,) = notebook.evaluate_in_kernel(ROWS)
    assert [row["head_text"], row["label"], row["child_text"]] == ["ibuprofen", "CAUSES", "nausea"]


@pytest.mark.timeout(300)
def test_whole_characters_are_marked_by_keys_and_stored_in_code_points(notebook: NotebookPage):
    open_widget(notebook, CHARACTERS)
    press(notebook, "Home", "ArrowRight", "Shift+ArrowRight", "1", "Escape", "a")
    expect_saved(notebook.widget, "")
    span = notebook.evaluate_in_kernel(
        "rows = store.spans('thai')\n[int(rows.start[0]), int(rows.end[0]), rows.text[0]]"
    )
    assert span == [2, 7, "👩\u200d🔬กำ"]
