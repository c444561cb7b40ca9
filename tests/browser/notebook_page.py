"""A notebook as a person has it in front of them, in JupyterLab or in Notebook.

Nothing here sleeps for a fixed time: each step waits until the page shows its effect.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import nbformat
from playwright.sync_api import Locator, Page, expect

from tests.browser import kernel
from tests.browser.jupyter_server import JupyterServer

Frontend = Literal["lab", "notebook"]
FRONTENDS: tuple[Frontend, ...] = ("lab", "notebook")

OPEN_SECONDS = 60.0
CELL_SECONDS = 60.0
RETRY_SECONDS = 3.0
RAN = re.compile(r"^\s*\[\d+\]:?\s*$")

WATCH_PROMPT = """(prompt) => {
  delete prompt.dataset.changed;
  const observer = new MutationObserver(() => {
    prompt.dataset.changed = "";
    observer.disconnect();
  });
  observer.observe(prompt, { childList: true, characterData: true, subtree: true });
}"""

CELL_SOURCES = """() => {
  const notebook = window.jupyterapp.shell.currentWidget.content;
  return notebook.widgets.map((cell) => cell.model.sharedModel.getSource());
}"""


class NotebookPage:
    """One notebook of its own in one page of its own, with its own kernel.

    Parameters
    ----------
    page
        A fresh Playwright page.
    server
        The running server.
    frontend
        ``"lab"`` or ``"notebook"``.
    name
        A name that no other notebook of the server has: its folder and its file.

    Attributes
    ----------
    page
        Playwright's page, for clicks, keys and measurements.
    folder
        The kernel's working folder: files that cells write land here.
    errors
        What the page's scripts threw or logged as errors so far.
    """

    def __init__(self, page: Page, server: JupyterServer, frontend: Frontend, name: str) -> None:
        self.page = page
        self.name: str = frontend
        self.folder = server.root / name
        self.file = self.folder / f"{name}.ipynb"
        self.errors: list[str] = []
        self._server = server
        self._path = f"{name}/{name}.ipynb"
        self._workspace = name
        self._shown: set[int] = set()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._keep_error)

    # The notebook

    def open(self, cells: Sequence[str], *, kernel: str = "python3") -> NotebookPage:
        """Write a notebook of code ``cells``, open it and wait until its kernel is idle."""
        self.folder.mkdir(parents=True)
        content = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(source) for source in cells],
            metadata={"kernelspec": {"name": kernel, "display_name": kernel}},
        )
        nbformat.write(content, self.file)
        self.page.goto(self._address())
        self._wait_until_open(len(cells))
        return self

    def reload(self) -> None:
        """Reload the page as F5 does; the kernel lives on."""
        cells = len(self.cell_sources())
        self.page.reload()
        self._wait_until_open(cells)

    def close(self) -> None:
        """Close the page and shut down its kernel."""
        self.page.close()
        self._server.end_session_of(self._path)

    def cell(self, index: int) -> Locator:
        """Return the cell at ``index``, from 0."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(index)

    def cell_sources(self) -> list[str]:
        """Return the source of each cell as the page holds it now, saved or not."""
        sources: list[str] = self.page.evaluate(CELL_SOURCES)
        return sources

    def save(self) -> dict[str, Any]:
        """Press Ctrl+S where the focus is, wait for the file, and return its JSON."""
        before = self.file.stat().st_mtime_ns
        self.page.keyboard.press("Control+s")
        wait_until(lambda: self.file.stat().st_mtime_ns > before, "Ctrl+S writes the file")
        return wait_until(lambda: _read_json(self.file), "the saved file is whole JSON")

    # Cells

    def run_cell(self, index: int) -> None:
        """Run the cell at ``index`` and wait until its prompt shows a number."""
        self._wait_until_began(index)
        self._shown.add(index)
        prompt = self.cell(index).locator(".jp-InputPrompt").first
        expect(prompt).to_have_text(RAN, timeout=CELL_SECONDS * 1000)

    def begin_cell(self, index: int) -> None:
        """Run the cell at ``index`` and return as soon as it has printed something.

        That is the only sure sign that the kernel is at it: the prompt shows ``[*]`` once the
        cell is sent, and the server calls a kernel idle when any of its threads is.
        """
        self._wait_until_began(index)
        wait_until(
            lambda: self.cell_output_text(index), f"cell {index} prints something", CELL_SECONDS
        )

    def show(self, index: int) -> None:
        """Run the first cell and that at ``index``, unless they have been."""
        for needed in (0, index):
            if needed not in self._shown:
                self.run_cell(needed)
        self.cell(index).scroll_into_view_if_needed()

    def start_anew(self) -> None:
        """Restart the kernel and run all cells."""
        self.restart_kernel()
        self.run_all()

    def run_all(self) -> None:
        """Run every cell that is not empty, from top to bottom."""
        for index, source in enumerate(self.cell_sources()):
            if source.strip():
                self.run_cell(index)

    def prompt(self, index: int) -> str:
        """Return the prompt of the cell, such as ``"[ ]:"``, ``"[*]:"`` or ``"[3]:"``."""
        return self.cell(index).locator(".jp-InputPrompt").first.inner_text().strip()

    def set_cell(self, index: int, source: str) -> None:
        """Replace the source of the cell, as typing over it would."""
        editor = self.cell(index).locator(".cm-content").first
        editor.click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(source)
        wait_until(lambda: self.cell_sources()[index] == source, f"cell {index} holds the source")

    def cell_output(self, index: int) -> Locator:
        """Return the output area of the cell."""
        return self.cell(index).locator(".jp-Cell-outputWrapper")

    def cell_output_text(self, index: int) -> str:
        """Return what the outputs of the cell show as text, empty without outputs."""
        outputs = self.cell(index).locator(".jp-OutputArea-output")
        return "\n".join(outputs.all_inner_texts()).strip()

    @property
    def widget(self) -> Locator:
        """The annotation widget; the first one where there are several."""
        return self.page.locator(".nbannotate").first

    # The kernel

    def evaluate_in_kernel(self, code: str, *, timeout_seconds: float = CELL_SECONDS) -> Any:
        """Run ``code`` in this notebook's kernel and return its last expression by JSON."""
        return kernel.evaluate(
            self._server.url,
            self._server.token,
            self.kernel_id,
            code,
            timeout_seconds=timeout_seconds,
        )

    @property
    def kernel_id(self) -> str:
        """The kernel's name at the server."""
        session = self._server.session_of(self._path)
        if session is None or session["kernel"] is None:
            raise LookupError(f"no kernel runs for {self._path}; open() the notebook first")
        return str(session["kernel"]["id"])

    def interrupt_kernel(self) -> None:
        """Interrupt the kernel as the stop button does."""
        self._server.request("POST", f"api/kernels/{self.kernel_id}/interrupt")

    def restart_kernel(self) -> None:
        """Restart the kernel by the menu's command, and wait until the new one is idle."""
        before = self._server.kernel_process(self.kernel_id).pid
        self.page.evaluate("void window.jupyterapp.commands.execute('kernelmenu:restart')")
        self.page.locator(".jp-Dialog button.jp-mod-accept").click()
        self._wait_for_kernel_other_than(before)

    def kill_kernel(self) -> None:
        """Kill the kernel with -9, and wait for the new one that Jupyter starts by itself."""
        process = self._server.kernel_process(self.kernel_id)
        process.kill()
        self._wait_for_kernel_other_than(process.pid)
        accept = self.page.locator(".jp-Dialog button.jp-mod-accept")
        accept.click(timeout=RETRY_SECONDS * 10_000)
        expect(accept).to_have_count(0)

    # Waiting

    def _address(self) -> str:
        path = quote(self._path)
        place = {
            # A workspace of its own, so that no other test's notebook is open beside it.
            "lab": f"lab/workspaces/{quote(self._workspace)}/tree/{path}",
            "notebook": f"notebooks/{path}",
        }[self.name]
        return f"{self._server.url}/{place}?token={self._server.token}"

    def _wait_until_open(self, cells: int) -> None:
        shown = self.page.locator(".jp-Notebook .jp-Cell")
        expect(shown).to_have_count(cells, timeout=OPEN_SECONDS * 1000)
        wait_until(self._kernel_is_idle, "the kernel is idle", OPEN_SECONDS)

    def _kernel_state(self) -> str | None:
        session = self._server.session_of(self._path)
        kernel_model = (session or {}).get("kernel") or {}
        state: str | None = kernel_model.get("execution_state")
        return state

    def _kernel_is_idle(self) -> bool:
        return self._kernel_state() == "idle"

    def _wait_until_began(self, index: int) -> None:
        prompt = self.cell(index).locator(".jp-InputPrompt").first
        # Its text alone does not tell: after a restart a cell may go from [1] to [1].
        prompt.evaluate(WATCH_PROMPT)
        deadline = time.monotonic() + CELL_SECONDS
        while time.monotonic() < deadline:
            prompt.click()
            # Not Shift+Enter, which adds a cell below the last one.
            self.page.keyboard.press("Control+Enter")
            try:
                expect(prompt).to_have_attribute("data-changed", "", timeout=RETRY_SECONDS * 1000)
            except AssertionError:
                continue  # The key is sometimes ignored just after opening: press it again.
            return
        raise TimeoutError(f"cell {index} did not begin to run in {CELL_SECONDS} s")

    def _wait_for_kernel_other_than(self, pid: int) -> None:
        def has_come() -> bool:
            try:
                return self._server.kernel_process(self.kernel_id).pid != pid
            except LookupError:
                return False

        wait_until(has_come, "a new kernel process starts", OPEN_SECONDS)
        wait_until(self._kernel_is_idle, "the new kernel is idle", OPEN_SECONDS)

    def _keep_error(self, message: Any) -> None:
        if message.type == "error":
            self.errors.append(message.text)


def wait_until(claim: Callable[[], Any], wanted: str, timeout_seconds: float = 20.0) -> Any:
    """Return the first truthy value of ``claim()``; raise AssertionError if none comes.

    Parameters
    ----------
    claim
        Asked again and again.
    wanted
        What is waited for, in words, for the error.
    timeout_seconds
        When to give up.
    """
    deadline = time.monotonic() + timeout_seconds
    while True:
        value = claim()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not so within {timeout_seconds} s: {wanted}")
        time.sleep(0.02)


def _read_json(file: Path) -> dict[str, Any] | None:
    try:
        content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except json.JSONDecodeError:
        return None
    return content
