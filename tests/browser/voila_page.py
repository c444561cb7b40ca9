"""A notebook as Voila shows it: all cells run when the page is loaded, in a kernel of its own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import nbformat
from playwright.sync_api import Page

from tests.browser import kernel
from tests.browser.jupyter_server import JupyterServer

OPEN_SECONDS = 120.0
LOADS = 3
WIDGET = ".nbannotate"
LOST = ":text('Error displaying widget: model not found')"
CONFIG = "JSON.parse(document.getElementById('jupyter-config-data').textContent)"


class VoilaPage:
    """See `tests.browser.front_end.FrontEnd`; the server is Jupyter's, with Voila in it."""

    def __init__(self, page: Page, server: JupyterServer, name: str) -> None:
        self.name = "voila"
        self.page = page
        self.folder = server.root / name
        self.file: Path = self.folder / f"{name}.ipynb"
        self.errors: list[str] = []
        self._server = server
        self._path = f"{name}/{name}.ipynb"
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def open(self, cells: Sequence[str]) -> VoilaPage:
        self.folder.mkdir(parents=True)
        content = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(source) for source in cells],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        )
        nbformat.write(content, self.file)
        address = f"{self._server.url}/voila/render/{quote(self._path)}"
        self.page.goto(f"{address}?token={self._server.token}", timeout=OPEN_SECONDS * 1000)
        self._wait_until_shown()
        return self

    def show(self, index: int) -> None:
        """All cells have been run."""

    def start_anew(self) -> None:
        self.reload()

    def reload(self) -> None:
        self.page.reload(timeout=OPEN_SECONDS * 1000)
        self._wait_until_shown()

    @property
    def kernel_id(self) -> str:
        return str(self.page.evaluate(f"{CONFIG}.kernelId"))

    def evaluate_in_kernel(self, code: str) -> Any:
        return kernel.evaluate(
            self._server.url, self._server.token, self.kernel_id, code, timeout_seconds=60
        )

    def cell_sources(self) -> list[str]:
        return []

    def close(self) -> None:
        running = self.kernel_id
        self.page.close()
        if any(one["id"] == running for one in self._server.request("GET", "api/kernels")):
            self._server.request("DELETE", f"api/kernels/{running}")

    def saved(self) -> dict[str, Any]:
        """Return the notebook's file."""
        return dict(json.loads(self.file.read_text(encoding="utf-8")))

    def _wait_until_shown(self) -> None:
        """Wait for the widgets, and load the page again where it came without, as a user would.

        Voila gives a kernel four seconds to tell of its widgets, which it does not keep on a
        machine under load.
        """
        found = f"{WIDGET}, {LOST}"
        for _ in range(LOADS):
            self.page.wait_for_selector(found, state="attached", timeout=OPEN_SECONDS * 1000)
            if self.page.locator(LOST).count() == 0:
                return
            self.page.reload(timeout=OPEN_SECONDS * 1000)
        raise AssertionError(f"Voila showed no widgets in {LOADS} loads of {self._path}")
