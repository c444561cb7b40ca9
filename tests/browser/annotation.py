"""Helpers that annotate in a notebook as a person does, and read what came of it."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, expect

from tests.browser.front_end import FrontEnd
from tests.browser.notebook_page import NotebookPage, wait_until

SETUP = """\
import nbannotate as nb
store = nb.Store("answers.duckdb")
df = nb.sample_data()"""

WAIT_MS = 60_000


def recipe(call: str) -> str:
    """Return a cell that starts a recipe and shows its widget."""
    return f"ann = {call}\nann"


def expect_asking(widget: Locator) -> None:
    """Wait until the page shows a task, painted: before that no key answers it."""
    expect(widget).to_have_attribute("data-phase", "asking", timeout=WAIT_MS)
    expect_seen(widget)


def expect_seen(widgets: Locator) -> None:
    """Wait until the text that each of the widgets has drawn is painted."""
    seen = "all => all.every(({ dataset: { seen, taskHash } }) => !taskHash || seen === taskHash)"
    wait_until(lambda: widgets.evaluate_all(seen), "the text is painted", WAIT_MS / 1000)


def press(front: FrontEnd, *keys: str) -> None:
    """Press keys one after another, each once the text that is there can be seen."""
    for key in keys:
        expect_seen(front.page.locator(".nbannotate"))
        front.page.keyboard.press(key)


def shown_task(widget: Locator) -> str:
    """Return the hash of the task that the page shows, once a key would answer it."""
    expect_seen(widget)
    return str(widget.get_attribute("data-task-hash"))


def expect_next_task(widget: Locator, after: str) -> None:
    """Wait until another task is painted than the one given."""
    expect(widget).not_to_have_attribute("data-task-hash", after, timeout=WAIT_MS)
    expect_seen(widget)


def expect_saved(widget: Locator, before: str) -> str:
    """Wait until the kernel acknowledged another answer, and return its id."""
    expect(widget).not_to_have_attribute("data-saved", before, timeout=WAIT_MS)
    expect_seen(widget)
    return str(widget.get_attribute("data-saved"))


def stored(notebook: NotebookPage) -> list[dict[str, Any]]:
    """Return the rows in the DuckDB file, read by SQL in the same kernel."""
    query = (
        "select answer_id, answer, label, accept, spans, cast(task_hash as varchar) as task_hash, "
        "session_id, seconds from annotations order by created_at"
    )
    code = f'import json\njson.loads(store.sql({query!r}).to_json(orient="records"))'
    return list(notebook.evaluate_in_kernel(code))


def learned(notebook: NotebookPage) -> int:
    """Return how many answers the model has learned, after it has seen all."""
    return int(notebook.evaluate_in_kernel("ann.session.join(60)\nann.session.model.learned"))
