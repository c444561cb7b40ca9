"""From a click to the next text on the page, beside a bare widget that stores nothing.

Both run in one JupyterLab, in one browser, turn about, so that the ratio is fair on any
machine. Ours writes each answer to its DuckDB file and updates the model on it; the bare
one replies with the next text and no more. Run by ``make bench``.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from random import Random

import numpy as np
import pandas as pd
from playwright.sync_api import Locator, Page, expect, sync_playwright

from tests.browser import chromium
from tests.browser.jupyter_server import JupyterServer
from tests.browser.notebook_page import NotebookPage

BARE = """\
import nbannotate as nb
from tests.benchmarks.bare_widget import BareWidget
texts = nb.sample_data().text.tolist()
bare = BareWidget(texts * 5)
bare"""

OURS = {
    "textcat.manual": """\
ann = nb.textcat.manual(nb.sample_data(), labels=["hardware", "payment", "account"],
                        dataset="bench", store="bench.duckdb")
ann""",
    "ner.correct": """\
ann = nb.ner.correct(nb.sample_data(), labels=["PLACE", "PART"], dataset="bench",
                     store="bench.duckdb")
ann""",
}

BUTTONS = {"textcat.manual": '[data-option="payment"]', "ner.correct": '[data-action="accept"]'}

# The same clock for both: from the click's event to the mark made after the painted frame.
MARK_CLICKS = """
window.addEventListener("click", (event) => performance.mark("clicked", {startTime: event.timeStamp}),
                        {capture: true});
"""
LAST_WAIT = """
(name) => {
  const clicked = performance.getEntriesByName("clicked").at(-1);
  const painted = performance.getEntriesByName(name).at(-1);
  return painted && clicked && painted.startTime > clicked.startTime
    ? painted.startTime - clicked.startTime : null;
}
"""


def click_to_painted_ms(page: Page, button: Locator, mark: str) -> float:
    """Click, wait for the next text, and return the milliseconds between."""
    button.click()
    wait = page.wait_for_function(LAST_WAIT, arg=mark, timeout=30_000)
    return float(wait.json_value())


def measure(
    notebook: NotebookPage, view: str, n_answers: int, pause_ms: tuple[int, int]
) -> pd.DataFrame:
    """Answer turn about in both widgets, with a person's pauses between."""
    notebook.open([BARE, OURS[view]]).run_all()
    page, ours = notebook.page, notebook.page.locator(".nbannotate")
    expect(ours).to_have_attribute("data-phase", "asking", timeout=60_000)
    page.evaluate(MARK_CLICKS)
    bare_button = page.locator(".bare-widget .bare-button")
    our_button = ours.locator(BUTTONS[view])
    random = Random(0)
    rows = []
    for count in range(n_answers + 5):
        for name, button, mark in (
            ("bare", bare_button, "bare:painted"),
            ("nbannotate", our_button, "nbannotate:painted"),
        ):
            taken = click_to_painted_ms(page, button, mark)
            if count >= 5:
                rows.append({"widget": name, "ms": taken})
            page.wait_for_timeout(random.randint(*pause_ms))
    learned = notebook.evaluate_in_kernel("ann.session.join(120)\nann.session.model.learned")
    stored = notebook.evaluate_in_kernel("len(ann.annotations())")
    if not learned == stored == n_answers + 5:
        raise RuntimeError(f"{n_answers + 5} answers given, {stored} stored, {learned} learned")
    return pd.DataFrame(rows)


def main() -> None:
    """Print p50 and p95 of both, and their ratio, for each view and pace."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=100, help="answers a measurement")
    options = parser.parse_args()
    table = []
    path = chromium.require()
    with (
        tempfile.TemporaryDirectory() as root,
        JupyterServer(Path(root)) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=path, args=[*chromium.ARGUMENTS])
        for view in OURS:
            for pace, pause_ms in (("a person's pace", (300, 900)), ("at once", (0, 1))):
                page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
                name = f"{view.replace('.', '-')}-{pause_ms[0]}"
                notebook = NotebookPage(page, server, "lab", name)
                frame = measure(notebook, view, options.answers, pause_ms)
                notebook.close()
                waits = frame.groupby("widget")["ms"]
                row = {"view": view, "pace": pace}
                for q in (50, 95):
                    bare, ours = (
                        float(np.percentile(waits.get_group(w), q)) for w in ("bare", "nbannotate")
                    )
                    row |= {f"bare p{q}": bare, f"ours p{q}": ours, f"ratio p{q}": ours / bare}
                table.append(row)
        browser.close()
    print(pd.DataFrame(table).round(2).to_string(index=False))


if __name__ == "__main__":
    main()
