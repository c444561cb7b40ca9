"""In every front end: no answer is lost to a reload, a new kernel, a dead one or a busy one."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.annotation import (
    expect_asking,
    expect_next_task,
    expect_saved,
    press,
    shown_task,
)
from tests.browser.front_end import ABILITIES, FrontEnd, rows, widget_of
from tests.browser.marimo_page import MarimoPage
from tests.browser.notebook_page import NotebookPage, wait_until
from tests.browser.scenes import SETUP, recipe_cell

TOPICS = 'labels=["hardware", "payment", "account"]'
CELLS = [SETUP, recipe_cell("topics", f"nb.textcat.manual(df, {TOPICS}, nlp=False")]
BUSY = """\
import pathlib, time
print("begun")
pathlib.Path("begun").touch()
while pathlib.Path("hold").exists(): time.sleep(0.02)"""


def begin(front: FrontEnd, cells: list[str]) -> Locator:
    """Open a notebook, show its widget's first text, and give it the focus."""
    front.open(cells).show(1)
    widget = widget_of(front, "topics")
    expect_asking(widget)
    widget.focus()
    return widget


def chosen(front: FrontEnd) -> list[str]:
    """The labels chosen so far, in the file."""
    return [row["accept"][0] for row in rows(front, "topics")]


def answer(front: FrontEnd, widget: Locator, key: str) -> None:
    """Press a key that answers, and wait until the answer is on disk."""
    saved, asked = str(widget.get_attribute("data-saved")), shown_task(widget)
    press(front, key)
    expect_saved(widget, saved)
    expect_next_task(widget, asked)


@pytest.mark.timeout(280)
def test_after_a_reload_and_after_a_new_kernel_the_loop_goes_on(front: FrontEnd):
    widget = begin(front, CELLS)
    answer(front, widget, "2")
    asked = shown_task(widget)
    if isinstance(front, NotebookPage):
        front.save()
    was = front.evaluate_in_kernel("import os\nos.getpid()")
    front.reload()
    expect(widget_of(front, "topics")).to_have_attribute("data-task-hash", asked, timeout=60_000)
    same = front.evaluate_in_kernel("import os\nos.getpid()") == was
    assert same is ABILITIES[front.name].keeps_kernel
    widget.focus()
    answer(front, widget, "3")
    front.start_anew()
    expect_asking(widget)
    assert front.evaluate_in_kernel("import os\nos.getpid()") != was
    assert chosen(front) == ["payment", "account"]
    widget.focus()
    answer(front, widget, "1")
    assert chosen(front) == ["payment", "account", "hardware"]
    assert len({row["text"] for row in rows(front, "topics")}) == 3


@pytest.mark.timeout(280)
def test_answers_given_while_a_cell_runs_are_stored(front: FrontEnd):
    if not ABILITIES[front.name].runs_cells:
        # Nothing can keep such a kernel busy: its cells have run before the page is shown.
        widget = begin(front, CELLS)
        assert front.cell_sources() == []
        answer(front, widget, "2")
        assert chosen(front) == ["payment"]
        return
    widget = begin(front, [*CELLS, BUSY])
    if isinstance(front, MarimoPage):
        wait_until((front.folder / "begun").exists, "marimo has run all cells", 60)
        (front.folder / "begun").unlink()
    (front.folder / "hold").touch()
    assert isinstance(front, NotebookPage | MarimoPage)
    front.begin_cell(2)
    wait_until((front.folder / "begun").exists, "the cell runs", 60)
    widget.focus()
    asked = shown_task(widget)
    press(front, "2")
    expect_next_task(widget, asked)
    press(front, "3")
    save = widget.locator(".nba-save")
    if ABILITIES[front.name].answers_while_busy:
        expect(save).to_have_attribute("data-state", "saved")
    else:
        expect(save).to_contain_text("kernel busy: 2 answers kept here")
        assert chosen(front) == []
    (front.folder / "hold").unlink()
    expect(save).to_have_attribute("data-state", "saved", timeout=30_000)
    assert chosen(front) == ["payment", "account"]


@pytest.mark.timeout(400)
@pytest.mark.parametrize("end", ["restarted", "killed"])
def test_answers_given_to_a_dead_kernel_are_kept_and_delivered_to_the_next(
    notebook: NotebookPage, end: str
):
    widget = begin(notebook, CELLS)
    answer(notebook, widget, "2")
    notebook.kill_kernel() if end == "killed" else notebook.restart_kernel()
    expect(widget.locator(".nba-save")).to_contain_text("kernel gone", timeout=30_000)
    widget.focus()
    asked = shown_task(widget)
    press(notebook, "3")
    expect_next_task(widget, asked)
    expect(widget.locator(".nba-save")).to_contain_text("1 answer waiting; run the cell again")
    if end == "restarted":
        notebook.save()
        notebook.reload()
    notebook.run_all()
    expect(widget.locator(".nba-save")).to_have_attribute("data-state", "saved", timeout=60_000)
    assert chosen(notebook) == ["payment", "account"]
    widget.focus()
    answer(notebook, widget, "1")
    assert chosen(notebook) == ["payment", "account", "hardware"]


@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    "recipe", ["textcat.manual(df, {0}, nlp=False", "textcat.correct(df, {0}"]
)
def test_several_answers_given_to_a_dead_kernel_are_delivered_whatever_the_next_one_asks(
    notebook: NotebookPage, recipe: str
):
    widget = begin(notebook, [SETUP, recipe_cell("topics", f"nb.{recipe.format(TOPICS)}")])
    answer(notebook, widget, "2")
    texts = [row["text"] for row in rows(notebook, "topics")]
    ahead = "ann_topics.session.join(60) and ann_topics.session.ahead is not None"
    wait_until(lambda: notebook.evaluate_in_kernel(ahead), "the next text is promised", 60)
    notebook.kill_kernel()
    save = widget.locator(".nba-save")
    expect(save).to_contain_text("kernel gone", timeout=30_000)
    widget.focus()
    asked = shown_task(widget)
    texts.append(widget.locator(".nba-text").inner_text())
    press(notebook, "3")
    expect_next_task(widget, asked)
    texts.append(widget.locator(".nba-text").inner_text())
    press(notebook, "1")
    expect(save).to_contain_text("2 answers waiting; run the cell again")
    notebook.run_all()
    expect(save).to_have_attribute("data-state", "saved", timeout=60_000)
    expect_asking(widget)
    assert chosen(notebook) == ["payment", "account", "hardware"]
    assert [row["text"] for row in rows(notebook, "topics")] == texts
