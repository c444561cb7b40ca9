"""From a click to the next text on the page: nbannotate, molabel and pigeonXT in one run.

Each has a notebook of its own in one JupyterLab and one browser, with a kernel in its own
environment; they take turns in rounds, so that whatever slows the machine down slows all.
One clock for all: from the click's event to the frame in which another text is on screen.
Ours stores each answer in its DuckDB file and updates the model on it; theirs keep answers
in the kernel's memory. Run by ``make bench``; the table is kept beside this file.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import venv
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
import pandas as pd
from playwright.sync_api import Page, expect, sync_playwright

from tests.benchmarks.sections import keep_section
from tests.browser import chromium
from tests.browser.jupyter_server import JupyterServer
from tests.browser.notebook_page import NotebookPage

RESULTS = Path(__file__).parent / "results" / "latency.md"
TEXTS = "[f'Bike {i}: the brake is loose, and I was charged twice' for i in range(20_000)]"
SETTLING_CLICKS = 5


@dataclass(frozen=True)
class Tool:
    """An annotation widget: how to get it, start it, read its text and answer."""

    name: str
    package: str | None
    cell: str
    text: str
    button: str


TOOLS = (
    Tool(
        "nbannotate",
        None,
        "import nbannotate as nb\n"
        f"texts = {TEXTS}\n"
        "ann = nb.textcat.manual(texts, labels=['hardware', 'payment'], dataset='bench', "
        "store='bench.duckdb')\n"
        "ann",
        ".nba-text",
        '[data-option="payment"]',
    ),
    Tool(
        "molabel",
        "molabel==0.1.5",
        "from molabel import SimpleLabel\n"
        f"examples = [{{'text': text}} for text in {TEXTS}[:500]]\n"
        "SimpleLabel(examples=examples, "
        "render=lambda one: f\"<p class='bench-text'>{one['text']}</p>\")",
        ".bench-text",
        ".jp-Notebook button:has-text('Yes')",
    ),
    Tool(
        "pigeonXT",
        "pigeonXT-jupyter==0.7.3",
        "from pigeonXT import annotate\n"
        f"answers = annotate({TEXTS}[:500], options=['hardware', 'payment'])",
        ".widget-html-content div",
        ".jp-Notebook button:has-text('payment')",
    ),
)

WATCH = """
(selector) => {
  const shown = () => [...document.querySelectorAll(selector)].map((e) => e.textContent).join("");
  let [before, since] = ["", null];
  window.waits = [];
  window.addEventListener("click", (event) => { [before, since] = [shown(), event.timeStamp]; }, true);
  const painted = (start) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => window.waits.push(performance.now() - start);
    requestAnimationFrame(() => port2.postMessage(null));
  };
  new MutationObserver(() => {
    const now = shown();
    if (since === null || now === "" || now === before) return;
    painted(since);
    since = null;
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
}
"""


def environment_of(tool: Tool, folder: Path) -> Path:
    """Return the interpreter of a tool's own environment, making that first if need be."""
    if tool.package is None:
        return Path(sys.executable)
    place = folder / tool.name
    python = place / "bin" / "python"
    if not (place / ".installed").exists():
        venv.create(place, with_pip=True, clear=True)
        install = [str(python), "-m", "pip", "install", "-q", "ipykernel", "setuptools<81"]
        subprocess.run([*install, tool.package], check=True)
        (place / ".installed").touch()
    return python


def write_kernel(server: JupyterServer, tool: Tool, python: Path) -> None:
    """Tell the server of a kernel in the tool's environment."""
    place = server.data / "kernels" / tool.name.lower()
    place.mkdir(parents=True)
    argv = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": tool.name, "language": "python"}
    (place / "kernel.json").write_text(json.dumps(spec))


def click_through(page: Page, tool: Tool, clicks: int, random: Random) -> list[float]:
    """Answer so many texts at a person's pace, and return the milliseconds of each."""
    page.bring_to_front()
    button = page.locator(tool.button).first
    before = page.evaluate("window.waits.length")
    for count in range(1, clicks + 1):
        button.click()
        page.wait_for_function("n => window.waits.length >= n", arg=before + count)
        page.wait_for_timeout(random.randint(200, 600))
    return list(page.evaluate("n => window.waits.slice(n)", before))


def main() -> None:
    """Print and keep p50 and p95 of each tool."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=100, help="answers a tool")
    parser.add_argument("--rounds", type=int, default=5, help="turns a tool")
    parser.add_argument("--environments", type=Path, help="a folder that keeps the environments")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as root,
        JupyterServer(Path(root) / "jupyter") as server,
        sync_playwright() as playwright,
    ):
        folder = options.environments or Path(root) / "environments"
        browser = playwright.chromium.launch(
            executable_path=chromium.require(), args=[*chromium.ARGUMENTS]
        )
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        pages = {}
        for tool in TOOLS:
            write_kernel(server, tool, environment_of(tool, folder))
            notebook = NotebookPage(context.new_page(), server, "lab", tool.name)
            notebook.open([tool.cell], kernel=tool.name.lower())
            notebook.run_cell(0)
            expect(notebook.page.locator(tool.text).first).to_contain_text("Bike", timeout=60_000)
            notebook.page.evaluate(WATCH, tool.text)
            pages[tool] = notebook
        waits = turns(pages, options.answers, options.rounds)
        ours = pages[TOOLS[0]]
        learned = ours.evaluate_in_kernel("ann.session.join(120)\nann.session.model.learned")
        stored = ours.evaluate_in_kernel("len(ann.annotations())")
        browser.close()
    report(waits, int(stored), int(learned))


def turns(pages: dict[Tool, NotebookPage], answers: int, rounds: int) -> pd.DataFrame:
    """Let the tools take turns; the first clicks of all are not counted."""
    random, rows = Random(0), []
    for tool, notebook in pages.items():
        click_through(notebook.page, tool, SETTLING_CLICKS, random)
    for _ in range(rounds):
        for tool, notebook in pages.items():
            taken = click_through(notebook.page, tool, answers // rounds, random)
            rows += [{"tool": tool.name, "ms": ms} for ms in taken]
    return pd.DataFrame(rows)


def report(waits: pd.DataFrame, stored: int, learned: int) -> None:
    """Print the table, and keep it."""
    lines = ["| | p50 ms | p95 ms | answers |", "|---|---|---|---|"]
    for tool in TOOLS:
        ms = waits.loc[waits["tool"] == tool.name, "ms"]
        p50, p95 = np.percentile(ms, [50, 95])
        lines.append(f"| {tool.name} | {p50:.0f} | {p95:.0f} | {len(ms)} |")
    table = "\n".join(lines)
    text = f"""\
One JupyterLab, tools in turns, a person's pauses. Ours: {stored} answers in the DuckDB file, \
{learned} learned by the model; molabel and pigeonXT keep theirs in memory.

{table}
"""
    keep_section(RESULTS, "From a click to the next text on the page", text)


if __name__ == "__main__":
    main()
