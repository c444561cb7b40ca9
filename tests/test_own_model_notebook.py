"""The notebook on models of one's own runs from top to bottom, and goes on when run again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

import nbannotate as nb
from tests.test_quickstart import CELL_SECONDS, MOST_CELLS, own_jupyter, rows, shown

__all__ = ["own_jupyter"]

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "own_model.ipynb"
ANSWERS = {"own": 60 + 20, "parts": 30}
"""As many as the notebook gives from gold, in each of its two datasets."""


def read() -> Any:
    return nbformat.read(NOTEBOOK, as_version=4)


def run(folder: Path) -> Any:
    notebook = read()
    NotebookClient(
        notebook,
        timeout=CELL_SECONDS,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
    ).execute()
    return notebook


def test_it_is_stored_without_outputs():
    notebook = read()
    nbformat.validate(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None)
    assert "widgets" not in notebook.metadata


def test_it_is_short_and_begins_by_saying_what_it_is_about():
    cells = read().cells
    assert len(cells) < MOST_CELLS
    assert cells[0].cell_type == "markdown"


@pytest.mark.timeout(900)
def test_it_runs_without_a_person_and_a_second_run_goes_on_where_the_first_stood(
    own_jupyter: None, tmp_path: Path
):
    executed = run(tmp_path)
    for cell_id in ("sklearn", "network-ann"):
        assert "application/vnd.jupyter.widget-view+json" in shown(executed, cell_id)
    [progress] = [cell for cell in executed.cells if cell.id == "simulate"]
    assert "live_accuracy=0." in str(progress.outputs)

    first = rows(tmp_path)
    assert first.groupby("dataset").size().to_dict() == ANSWERS
    assert set(first["session_id"]) == {"sklearn", "network", "rules"}

    run(tmp_path)
    second = rows(tmp_path)
    assert second.groupby("dataset").size().to_dict() == {
        name: 2 * n for name, n in ANSWERS.items()
    }
    assert second["answer_id"].tolist()[: len(first)] == first["answer_id"].tolist()
    for _, answers in second.groupby("dataset"):
        assert not answers["input_hash"].duplicated().any(), "a text was asked twice"

    gold = {row.text: row for row in nb.sample_data().itertuples()}
    assert all(
        row.accept == [gold[row.text].label]
        for row in second[second["dataset"] == "own"].itertuples()
    )
