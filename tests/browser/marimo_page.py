"""A notebook as marimo's editor shows it, and the one server that all of them share."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import psutil
from playwright.sync_api import Page

from tests.browser import inside, processes
from tests.browser.jupyter_server import environment_of_kernels, free_port
from tests.browser.notebook_page import wait_until

OPEN_SECONDS = 120.0
CONFIG = """\
[runtime]
auto_instantiate = true
[save]
autosave = "off"
"""
DOOR = "from tests.browser import inside\ninside.listen(globals())"


class MarimoServer:
    """One server, from entering the context to leaving it; notebooks lie under ``root``."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "notebooks"
        self.log = folder / "server.log"
        self.url = f"http://127.0.0.1:{free_port()}"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.root.mkdir(parents=True)
        config = self._folder / "config" / "marimo"
        config.mkdir(parents=True)
        (config / "marimo.toml").write_text(CONFIG)
        environment = environment_of_kernels() | {
            "XDG_CONFIG_HOME": str(config.parent),
            "XDG_CACHE_HOME": str(self._folder / "cache"),
            "XDG_STATE_HOME": str(self._folder / "state"),
        }
        command = [
            *(sys.executable, "-m", "marimo", "-q", "edit", "--headless", "--no-token"),
            *("--skip-update-check", f"--port={self.url.rpartition(':')[2]}", str(self.root)),
        ]
        self._process = processes.begin(
            command, environment=environment, log=self.log, folder=self.root
        )
        wait_until(self._is_up, f"marimo's server answers; see {self.log}", 90)
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            processes.end(self._process)

    def _is_up(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=5) as reply:
                return bool(reply.status == 200)
        except (urllib.error.URLError, OSError):
            return False


class MarimoPage:
    """See `tests.browser.front_end.FrontEnd`."""

    def __init__(self, page: Page, server: MarimoServer, name: str) -> None:
        self.name = "marimo"
        self.page = page
        self.folder = server.root / name
        self.file = self.folder / "notebook.py"
        self.errors: list[str] = []
        self._address = f"{server.url}/?file={quote(f'{name}/notebook.py')}"
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def open(self, cells: Sequence[str]) -> MarimoPage:
        self.folder.mkdir(parents=True)
        chdir = f"import os\nos.chdir({str(self.folder)!r})\n"
        self.file.write_text(_notebook([chdir + DOOR, *cells]), encoding="utf-8")
        self.page.goto(self._address)
        self._wait_until_run()
        return self

    def show(self, index: int) -> None:
        """All cells have been run when the notebook was opened."""

    def begin_cell(self, index: int) -> None:
        """Run the cell at ``index`` again."""
        self.page.locator(".cm-content").nth(1 + index).click()
        self.page.keyboard.press("Control+Enter")

    def start_anew(self) -> None:
        self._end_kernel()
        self.reload()

    def reload(self) -> None:
        self.page.reload()
        self._wait_until_run()

    def evaluate_in_kernel(self, code: str) -> Any:
        return inside.evaluate(self.folder, code)

    def cell_sources(self) -> list[str]:
        texts = self.page.locator(".cm-content").all_inner_texts()
        return [text.replace("\u200b", "") for text in texts]

    def close(self) -> None:
        self.page.close()
        self._end_kernel()

    def _wait_until_run(self) -> None:
        self.page.wait_for_selector(".cm-content", timeout=OPEN_SECONDS * 1000)
        wait_until(lambda: inside.process_of(self.folder), "the first cell has run", OPEN_SECONDS)

    def _end_kernel(self) -> None:
        process = inside.process_of(self.folder)
        if process is not None and psutil.pid_exists(process):
            psutil.Process(process).kill()
        (self.folder / inside.DOOR).unlink(missing_ok=True)


def _notebook(cells: Sequence[str]) -> str:
    bodies = [textwrap.indent(source.strip(), "    ") for source in cells]
    functions = "".join(f"@app.cell\ndef _():\n{body}\n    return\n\n\n" for body in bodies)
    return f"import marimo\n\napp = marimo.App()\n\n\n{functions}"
