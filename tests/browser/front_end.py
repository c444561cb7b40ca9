"""What the tests ask of a front end, and what each front end can do: one table for all tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self

from playwright.sync_api import Locator, Page

COLUMNS = 'answer_id, "view", answer, label, accept, spans, inputs, relations, flagged, note, text'


@dataclass(frozen=True)
class Abilities:
    """What a front end can do; what it cannot is asserted, not skipped.

    Attributes
    ----------
    keeps_kernel
        A reload of the page finds the kernel and its widgets; otherwise it starts a new
        kernel, which goes on from the DuckDB file.
    runs_cells
        Cells can be run one by one, and while a widget is shown.
    answers_while_busy
        The kernel takes answers while a cell runs (in subshells); otherwise the page
        keeps them until it ends.
    saves
        The page writes the notebook's file.
    """

    keeps_kernel: bool
    runs_cells: bool
    answers_while_busy: bool
    saves: bool


ABILITIES = {
    "lab": Abilities(keeps_kernel=True, runs_cells=True, answers_while_busy=True, saves=True),
    "notebook": Abilities(keeps_kernel=True, runs_cells=True, answers_while_busy=True, saves=True),
    "voila": Abilities(
        keeps_kernel=False, runs_cells=False, answers_while_busy=False, saves=False
    ),
    "marimo": Abilities(keeps_kernel=True, runs_cells=True, answers_while_busy=False, saves=True),
}


class FrontEnd(Protocol):
    """A notebook of its own, in a page of its own, with a kernel of its own.

    Attributes
    ----------
    name
        One of ``ABILITIES``.
    page
        Playwright's page, for clicks, keys and measurements.
    folder
        The kernel's working folder: files that cells write land here.
    file
        The notebook's file.
    errors
        What the page's scripts threw or logged as errors so far.
    """

    name: str
    page: Page
    folder: Path
    file: Path
    errors: list[str]

    def open(self, cells: Sequence[str]) -> Self:
        """Write a notebook of these cells, open it, and let cells run where it does so itself."""
        ...

    def show(self, index: int) -> None:
        """Run the first cell and that at ``index``, unless they have been."""
        ...

    def start_anew(self) -> None:
        """Begin with a new kernel and run all cells, as a user of this front end would."""
        ...

    def reload(self) -> None:
        """Reload the page as F5 does."""
        ...

    def evaluate_in_kernel(self, code: str) -> Any:
        """Run ``code`` in the kernel beside the page; return its last expression by JSON."""
        ...

    def cell_sources(self) -> list[str]:
        """Return the source of each cell as the page holds it now; empty where it shows none."""
        ...

    def close(self) -> None:
        """Close the page and end the kernel."""
        ...


def widget_of(front: FrontEnd, dataset: str, nth: int = 0) -> Locator:
    """The widget that annotates a dataset, the first one where several do."""
    return front.page.locator(f'.nbannotate[aria-label="Annotate {dataset}"]').nth(nth)


def rows(front: FrontEnd, dataset: str) -> list[dict[str, Any]]:
    """The answers that stand in the file, oldest first."""
    query = f"select {COLUMNS} from annotations where dataset = '{dataset}' order by answer_id"
    code = f"import json\njson.loads(store.sql({query!r}).to_json(orient='records'))"
    return list(front.evaluate_in_kernel(code))
