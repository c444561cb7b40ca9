"""The pictures of the README: real widgets in a real JupyterLab, light and dark.

``python -m tests.browser.screenshots`` draws them all, with names such as ``correct`` behind
it only those. Answers come from the sample's gold, so that the model has something to suggest.
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser import chromium
from tests.browser.annotation import WAIT_MS, expect_asking
from tests.browser.jupyter_server import JupyterServer
from tests.browser.notebook_page import NotebookPage

IMAGES = Path(__file__).parents[2] / "notebooks" / "images"
VIEWPORT = {"width": 1240, "height": 1400}
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
LEFT = 20
"""Pixels cut off at the left: the bar of the selected cell."""

COLORS = 96
MOST_BYTES = 200_000

SETUP = """\
import nbannotate as nb
messages = nb.sample_data()
store = nb.Store("annotations.duckdb")"""

# Answers from gold until the model is a good colleague: what it suggests is right, but not all.
FIND = """\
import json
rows = {{row.text: row for row in messages.itertuples()}}

def is_wanted(task, gold):
    suggested = {{(span.start, span.end, span.label) for span in task.spans}}
    right = {{(span["start"], span["end"], span["label"]) for span in gold.spans}}
    return {wanted}

def found():
    task = ann.session.task
    return is_wanted(task, rows[task.text]) and {low} <= len(task.text) <= {high}

nb.simulate(ann, messages, n={n}, progress=False)
for _ in range(250):
    if found():
        break
    nb.simulate(ann, messages, n=1, progress=False)
task = ann.session.task
tokens = ann.session.tokens(task)
missing = [
    {{
        "label": span["label"],
        "first": next(i for i, token in enumerate(tokens) if token[0] == span["start"]),
        "last": next(i for i, token in enumerate(tokens) if token[1] == span["end"]),
    }}
    for span in rows[task.text].spans
    if (span["start"], span["end"], span["label"])
    not in {{(each.start, each.end, each.label) for each in task.spans}}
]
ok = found()
{{"task_hash": str(task.task_hash), "missing": missing, "found": ok}}"""

Act = Callable[[NotebookPage, dict[str, Any]], None]


@dataclass(frozen=True)
class Scene:
    """One picture: the cells to run, the task to wait for, and what the annotator does."""

    name: str
    cells: tuple[str, ...]
    wanted: str
    n: int
    act: Act
    whole_notebook: bool = False
    lengths: tuple[int, int] = (70, 150)


def leave(notebook: NotebookPage, told: dict[str, Any]) -> None:
    """Show the task as it is asked."""


def mark_what_is_missing(notebook: NotebookPage, told: dict[str, Any]) -> None:
    """Mark the gold spans that the model has not suggested, by mouse."""
    mouse = notebook.page.mouse
    for span in told["missing"]:
        notebook.widget.locator(f'[data-label="{span["label"]}"]').click()
        first, last = (_box(notebook, span[end]) for end in ("first", "last"))
        mouse.move(first["x"] + 2, first["y"] + first["height"] / 2)
        mouse.down()
        mouse.move(last["x"] + last["width"] - 2, last["y"] + last["height"] / 2, steps=4)
        mouse.up()
    mouse.move(0, 0)


def mark_and_look_at_the_answers(notebook: NotebookPage, told: dict[str, Any]) -> None:
    """Mark, and run the cell below."""
    mark_what_is_missing(notebook, told)
    notebook.run_cell(2)


def answer_every_block(notebook: NotebookPage, told: dict[str, Any]) -> None:
    """Mark, choose a category and write why."""
    mark_what_is_missing(notebook, told)
    notebook.widget.locator('[data-option="hardware"]').click()
    notebook.widget.locator(".nba-field").fill("A part of the bike is broken.")


def _box(notebook: NotebookPage, token: int) -> Any:
    return notebook.widget.locator(f'[data-token="{token}"]').first.bounding_box()


RIGHT_BUT_FOR_ONE = "suggested < right and suggested and len(right - suggested) == 1"
PARTS, TOPICS = '["PLACE", "PART"]', '["hardware", "payment", "account"]'
RECIPE = """\
ann = nb.{}(
    messages, labels={}, dataset="bikes", store=store, session_id="ana-1", target=150
)
ann"""
PAGE = """\
ann = nb.annotate(
    messages, view=["ner.correct", "textcat.manual"], inputs="reason", dataset="bikes",
    labels={"ner.correct": ["PLACE", "PART"], "textcat.manual": ["hardware", "payment", "account"]},
    store=store, session_id="ana-1", target=150,
)
ann"""
CORRECT = RECIPE.format("ner.correct", PARTS)
LOOK = 'store.spans("bikes")[["text", "label", "suggested", "answer", "session_id"]].tail(4)'
WARM = """\
earlier = nb.ner.correct(messages, labels=["PLACE", "PART"], dataset="bikes", store=store)
nb.simulate(earlier, messages, n=60, progress=False)
earlier.close()"""

SCENES = (
    Scene(
        "notebook",
        (SETUP, CORRECT, LOOK),
        RIGHT_BUT_FOR_ONE,
        60,
        mark_and_look_at_the_answers,
        whole_notebook=True,
    ),
    Scene("correct", (SETUP, CORRECT), RIGHT_BUT_FOR_ONE, 60, mark_what_is_missing),
    Scene(
        "teach",
        (f"{SETUP}\n{WARM}", RECIPE.format("ner.teach", PARTS)),
        "suggested <= right and 0.5 < task.score < 0.99",
        20,
        leave,
    ),
    Scene(
        "choice",
        (SETUP, RECIPE.format("textcat.correct", TOPICS)),
        "max(task.options, key=task.options.get) == gold.label"
        " and 0.5 < max(task.options.values()) < 0.9",
        40,
        leave,
        lengths=(60, 200),
    ),
    Scene(
        "page",
        (SETUP, PAGE),
        f"{RIGHT_BUT_FOR_ONE} and gold.label == 'hardware'",
        60,
        answer_every_block,
    ),
    Scene(
        "teach-label",
        (SETUP, RECIPE.format("textcat.teach", TOPICS)),
        "task.label == gold.label and 0.55 < task.score < 0.95",
        30,
        leave,
    ),
)


def main(names: Sequence[str]) -> None:
    """Draw the scenes of these names, all without names."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        JupyterServer(Path(folder) / "jupyter") as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=chromium.require(), args=[*chromium.ARGUMENTS]
        )
        for scene in SCENES:
            if not names or scene.name in names:
                draw(scene, server, browser)
        browser.close()


def draw(scene: Scene, server: JupyterServer, browser: Browser) -> None:
    """Draw one scene in both themes."""
    context = browser.new_context(viewport=VIEWPORT, device_scale_factor=2)
    notebook = NotebookPage(context.new_page(), server, "lab", scene.name)
    notebook.open(scene.cells)
    for index in range(2):
        notebook.run_cell(index)
    expect_asking(notebook.widget)
    code = FIND.format(wanted=scene.wanted, n=scene.n, low=scene.lengths[0], high=scene.lengths[1])
    told = notebook.evaluate_in_kernel(code, timeout_seconds=600)
    if not told["found"]:
        print(f"{scene.name}: no task was as wanted; the last one is drawn")
    expect(notebook.widget).to_have_attribute("data-task-hash", told["task_hash"], timeout=WAIT_MS)
    scene.act(notebook, told)
    for theme, name in THEMES.items():
        show_theme(notebook, name)
        path = IMAGES / f"{scene.name}-{theme}.png"
        write_small(photograph(notebook, scene), path)
        print(f"{path.name}: {path.stat().st_size // 1000} kB")
    notebook.close()
    context.close()


def show_theme(notebook: NotebookPage, name: str) -> None:
    """Switch JupyterLab's theme as its menu does, and wait until the widget follows."""
    change = "name => window.jupyterapp.commands.execute('apputils:change-theme', { theme: name })"
    notebook.page.evaluate(change, name)
    light = "true" if name == THEMES["light"] else "false"
    expect(notebook.page.locator("body")).to_have_attribute("data-jp-theme-light", light)
    theme = "light" if light == "true" else "dark"
    expect(notebook.widget).to_have_attribute("data-theme", theme)


def photograph(notebook: NotebookPage, scene: Scene) -> bytes:
    """Return a PNG of the widget, or of the notebook's cells after the set-up."""
    page = notebook.page
    page.evaluate("document.activeElement.blur()")
    if not scene.whole_notebook:
        return notebook.widget.screenshot(animations="disabled")
    first, last = notebook.cell(1).bounding_box(), notebook.cell(2).bounding_box()
    if first is None or last is None:
        message = "the cells are not on the page"
        raise RuntimeError(message)
    clip = {
        "x": first["x"] + LEFT,
        "y": first["y"],
        "width": first["width"] - LEFT,
        "height": last["y"] + last["height"] - first["y"],
    }
    return page.screenshot(clip=clip, animations="disabled")


def write_small(png: bytes, path: Path) -> None:
    """Write a picture in few colours: text on flat ground loses nothing by it."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    few = picture.quantize(
        colors=COLORS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
    )
    few.save(path, optimize=True)
    if path.stat().st_size > MOST_BYTES:
        message = f"{path.name} is larger than {MOST_BYTES} bytes; draw less or in fewer colours"
        raise RuntimeError(message)


if __name__ == "__main__":
    main(sys.argv[1:])
