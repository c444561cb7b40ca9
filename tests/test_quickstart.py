"""The tutorial that ships runs from top to bottom, and goes on where it stood when run again."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

import nbannotate as nb

ROOT = Path(__file__).parents[1]
QUICKSTART = ROOT / "notebooks" / "quickstart.ipynb"
MOST_CELLS = 15
CELL_SECONDS = 300
ANSWERS = 24
"""As many as the notebook gives from gold, in each of its two datasets."""


def read() -> Any:
    return nbformat.read(QUICKSTART, as_version=4)


def run(folder: Path) -> Any:
    """Execute the notebook in a folder with a kernel of its own; an error in a cell raises."""
    notebook = read()
    NotebookClient(
        notebook,
        timeout=CELL_SECONDS,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
    ).execute()
    return notebook


def shown(notebook: Any, cell_id: str) -> set[str]:
    """Return the kinds of output that a cell shows."""
    [cell] = [each for each in notebook.cells if each.id == cell_id]
    return {kind for output in cell.outputs for kind in output.get("data", {})}


def rows(folder: Path) -> Any:
    with nb.Store(folder / "annotations.duckdb", read_only=True) as store:
        return store.annotations()


@pytest.fixture
def own_jupyter(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let kernels read nothing of the user's, and import what the tests import."""
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(name, str(tmp_path_factory.mktemp("jupyter")))
    spec = importlib.util.find_spec("nbannotate")
    assert spec
    assert spec.origin
    monkeypatch.setenv("PYTHONPATH", str(Path(spec.origin).parents[1]))


def test_it_is_stored_without_outputs():
    notebook = read()
    nbformat.validate(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None)
    assert "widgets" not in notebook.metadata


def test_it_is_short():
    assert len(read().cells) < MOST_CELLS


def test_each_step_is_explained_before_it_is_done():
    cells = read().cells
    assert cells[0].cell_type == "markdown"
    assert sum(len(cell.source.split()) for cell in cells if cell.cell_type == "markdown") > 150


@pytest.mark.timeout(900)
def test_it_runs_without_a_person_and_a_second_run_goes_on_where_the_first_stood(
    own_jupyter: None, tmp_path: Path
):
    executed = run(tmp_path)
    assert "application/vnd.jupyter.widget-view+json" in shown(executed, "ann")
    assert "text/html" in shown(executed, "frames")
    assert {"text/html", "image/png"} <= shown(executed, "result")

    first = rows(tmp_path)
    assert first.groupby("dataset").size().to_dict() == {"bikes": ANSWERS, "topics": ANSWERS}
    assert set(first["session_id"]) == {"first-afternoon"}
    assert set(first["answer"]) == {"accept"}
    assert set(first["view"]) == {"ner.correct", "textcat.manual"}

    run(tmp_path)
    second = rows(tmp_path)
    assert second.groupby("dataset").size().to_dict() == {
        "bikes": 2 * ANSWERS,
        "topics": 2 * ANSWERS,
    }
    assert second["answer_id"].tolist()[: 2 * ANSWERS] == first["answer_id"].tolist()
    for _, answers in second.groupby("dataset"):
        assert not answers["input_hash"].duplicated().any(), "a text was asked twice"

    gold = {row.text: row for row in nb.sample_data().itertuples()}
    assert all(
        row.accept == [gold[row.text].label]
        for row in second[second["dataset"] == "topics"].itertuples()
    )
    with nb.Store(tmp_path / "annotations.duckdb", read_only=True) as store:
        models = store.models()
        assert (models["kind"] == "loop").any(), "the loop's own model was not saved"
        models = models[models["kind"] == "retrain"]
        assert models["answers_seen"].tolist() == 3 * [ANSWERS] + 3 * [2 * ANSWERS]
        assert models["parent"].tolist()[1] == "v1"
        assert all(Path(path).is_dir() for path in models["path"])
