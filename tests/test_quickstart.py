"""The quickstart runs from top to bottom, and once more on the file that it left."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import nbannotate as nb

QUICKSTART = Path(__file__).parents[1] / "notebooks" / "quickstart.ipynb"


@pytest.fixture
def notebook() -> nbformat.NotebookNode:
    return nbformat.read(QUICKSTART, as_version=4)


def run(notebook: nbformat.NotebookNode, folder: Path) -> nbformat.NotebookNode:
    client = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(folder)}})
    return client.execute()


def answers(folder: Path):
    with nb.Store(folder / "annotations.duckdb") as store:
        return store.annotations("bikes"), store.models()


@pytest.mark.timeout(600)
def test_it_runs_and_a_second_run_stands_where_the_first_stood(notebook, tmp_path):
    run(notebook, tmp_path)
    first, models = answers(tmp_path)
    assert len(first) == 40
    assert len(models) == 1
    (gold,) = [cell for cell in notebook.cells if "nb.simulate" in cell.source]
    gold.source = gold.source.replace("n=max(0, 40 -", "n=max(0, 50 -")
    run(notebook, tmp_path)
    second, models = answers(tmp_path)
    assert second["answer_id"].tolist()[:40] == first["answer_id"].tolist()
    assert second["text"].is_unique
    assert len(second) == 50
    assert len(models) == 2


def test_it_is_short_and_kept_without_outputs(notebook):
    assert len(notebook.cells) < 15
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(not cell.outputs and cell.execution_count is None for cell in code)


def test_each_step_is_explained_before_it_is_done(notebook):
    assert notebook.cells[0].cell_type == "markdown"
    words = sum(
        len(cell.source.split()) for cell in notebook.cells if cell.cell_type == "markdown"
    )
    assert words > 150
