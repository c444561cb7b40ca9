"""Answers given in real notebooks: each is a row of the file, each is learned."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.annotation import (
    SETUP,
    expect_asking,
    expect_next_task,
    expect_saved,
    learned,
    press,
    recipe,
    shown_task,
    stored,
)
from tests.browser.notebook_page import NotebookPage

CORRECT = recipe(
    'nb.ner.correct(df, labels=["PLACE", "PART"], dataset="bikes", store=store, session_id="s")'
)
CHOICE = recipe(
    'nb.textcat.manual(df, labels=["hardware", "payment", "account"], dataset="bikes", '
    'store=store, session_id="s")'
)


def open_widget(notebook: NotebookPage, cell: str) -> None:
    notebook.open([SETUP, cell]).run_all()
    expect_asking(notebook.widget)


@pytest.mark.timeout(600)
def test_thirty_answers_by_key_and_by_click_are_stored_learned_and_followed_by_the_next(
    notebook: NotebookPage,
):
    open_widget(notebook, CORRECT)
    widget = notebook.widget
    errors_of_jupyter = len(notebook.errors)
    saved = ""
    for count in range(30):
        asked = shown_task(widget)
        # Every third answer marks the first word before accepting.
        if count % 3 == 0:
            widget.locator("[data-token]").first.click()
        if count % 2:
            press(notebook, "a")
        else:
            widget.locator('[data-action="accept"]').click()
        saved = expect_saved(widget, saved)
        expect_next_task(widget, asked)
        rows = stored(notebook)
        assert len(rows) == count + 1
        assert rows[-1]["answer_id"] == saved
        assert rows[-1]["task_hash"] == asked
        assert rows[-1]["session_id"] == "s"
        assert rows[-1]["seconds"] > 0
        assert learned(notebook) == count + 1
    assert any(row["spans"] for row in stored(notebook))
    assert notebook.cell_sources() == [SETUP, CORRECT]
    assert notebook.errors[errors_of_jupyter:] == []


def test_undo_takes_the_row_and_the_learning_back_and_shows_the_task_again(
    notebook: NotebookPage,
):
    open_widget(notebook, CHOICE)
    widget = notebook.widget
    asked = shown_task(widget)
    widget.locator('[data-option="payment"]').click()
    expect_saved(widget, "")
    press(notebook, "Backspace")
    expect(widget).to_have_attribute("data-task-hash", asked)
    assert stored(notebook) == []
    assert learned(notebook) == 0


def test_an_answer_from_the_next_cell_moves_the_page_on(notebook: NotebookPage):
    open_widget(notebook, CHOICE)
    asked = shown_task(notebook.widget)
    notebook.evaluate_in_kernel('ann.session.answer("accept", accept="payment").label')
    expect_next_task(notebook.widget, asked)


@pytest.mark.timeout(400)
def test_a_killed_kernel_loses_no_acknowledged_answer_and_the_loop_goes_on(
    notebook: NotebookPage,
):
    open_widget(notebook, CHOICE)
    widget = notebook.widget
    widget.click(position={"x": 8, "y": 8})
    acknowledged = []
    saved = ""
    for count in range(8):
        press(notebook, "123"[count % 3])
        saved = expect_saved(widget, saved)
        acknowledged.append(saved)
    press(notebook, "1")  # On its way when the kernel dies.
    notebook.kill_kernel()
    notebook.run_all()
    expect_asking(notebook.widget)
    rows = stored(notebook)
    assert [row["answer_id"] for row in rows][:8] == acknowledged
    assert len(rows) in {8, 9}
    assert len({row["task_hash"] for row in rows}) == len(rows)
    assert learned(notebook) == len(rows)
    assert shown_task(notebook.widget) not in {row["task_hash"] for row in rows}
    notebook.widget.locator('[data-option="payment"]').click()
    expect_saved(notebook.widget, "")
    assert len(stored(notebook)) == len(rows) + 1
