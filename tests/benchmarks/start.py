"""From running a recipe's cell with 20,000 texts to its first text on the page.

Each measurement has a kernel of its own: one in which spaCy is imported, and one in which the
cell imports it. In the first the cell is run once more, as people do. Run by ``make bench``;
the table is kept beside this file.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import pandas as pd
from playwright.sync_api import Browser, expect, sync_playwright

from tests.benchmarks.sections import keep_section
from tests.browser import chromium
from tests.browser.jupyter_server import JupyterServer
from tests.browser.notebook_page import NotebookPage

RESULTS = Path(__file__).parent / "results" / "latency.md"
VIEWS = ("ner.manual", "ner.correct", "textcat.correct")

TEXTS = """\
import time
texts = [f'Bike {i}: the brake is loose, and I was charged twice' for i in range(20_000)]
"""
CELL = """\
began = time.perf_counter()
import nbannotate as nb
ann = nb.{view}(texts, labels=["PART", "PLACE"], dataset="bench", store="bench.duckdb")
took = time.perf_counter() - began
ann"""
MARK_RUNS = """
window.addEventListener("keydown", ({ key, timeStamp }) => {
  if (key === "Enter") performance.mark("ran", { startTime: timeStamp });
}, { capture: true });
"""
WAIT = """
() => {
  const [ran, painted] = ["ran", "nbannotate:painted"].map((name) => performance.getEntriesByName(name).at(-1));
  return painted && ran && painted.startTime > ran.startTime ? painted.startTime - ran.startTime : null;
}
"""


def measure(
    browser: Browser, server: JupyterServer, view: str, name: str, *, imported: bool
) -> list[dict[str, object]]:
    """Run the cell in a new kernel and, where spaCy was imported before, once more."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    notebook = NotebookPage(page, server, "lab", name)
    first = TEXTS + ("import nbannotate, spacy\n" if imported else "")
    notebook.open([first, CELL.format(view=view)])
    notebook.run_cell(0)
    page.evaluate(MARK_RUNS)
    rows = []
    for case in ("spaCy imported", "run again") if imported else ("nothing imported",):
        notebook.run_cell(1)
        painted = page.wait_for_function(WAIT, timeout=60_000).json_value()
        expect(notebook.widget).to_have_attribute("data-phase", "asking")
        cell = notebook.evaluate_in_kernel("took")
        rows.append({"view": view, "": case, "cell s": cell, "to text s": float(painted) / 1000})
    notebook.close()
    return rows


def main() -> None:
    """Print and keep the median and the slowest of each case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kernels", type=int, default=5, help="kernels for each case")
    options = parser.parse_args()
    rows = []
    with (
        tempfile.TemporaryDirectory() as root,
        JupyterServer(Path(root)) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=chromium.require(), args=[*chromium.ARGUMENTS]
        )
        for turn in range(options.kernels):
            for view in VIEWS:
                for imported in (True, False):
                    name = f"{view.replace('.', '-')}-{turn}-{imported}"
                    rows += measure(browser, server, view, name, imported=imported)
        browser.close()
    keep_section(
        RESULTS, "From running a cell with 20,000 texts to the first text painted", table(rows)
    )


def table(rows: list[dict[str, object]]) -> str:
    """Return the cases as Markdown."""
    lines = [
        "| | | cell, s | first text painted, s | slowest, s | kernels |",
        "|---|---|---|---|---|---|",
    ]
    for (view, case), group in pd.DataFrame(rows).groupby(["view", ""], sort=False):
        cell, painted = group["cell s"].median(), group["to text s"]
        lines.append(
            f"| {view} | {case} | {cell:.2f} | {painted.median():.2f} | {painted.max():.2f} "
            f"| {len(group)} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
