"""What is shipped works where there is no source tree."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

ANNOTATE = """
import nbannotate as nb

assert nb.__file__.startswith({installed!r}), nb.__file__
store = nb.Store("answers.duckdb")
annotator = nb.ner.manual(["Aspirin helps."], labels=["DRUG"], store=store, dataset="drugs")
assert "export default" in annotator._esm, annotator._esm
assert "\\nimport " not in annotator._esm, annotator._esm
assert ".nbannotate" in annotator._css and "@import" not in annotator._css, annotator._css
annotator.session.answer("accept", spans=[dict(start=0, end=7, label="DRUG")])
assert annotator.session.task is None
[row] = store.annotations(dataset="drugs").to_dict("records")
assert (row["text"], row["answer"]) == ("Aspirin helps.", "accept"), row
annotator.session.close()
store.close()
"""


def run(*words: str, cwd: Path, **environment: str) -> str:
    ended = subprocess.run(
        [sys.executable, *words],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, f"{words} failed:\n{ended.stdout}\n{ended.stderr}"
    return ended.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the source distribution as installers do."""
    out = tmp_path_factory.mktemp("dist")
    run("-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT), cwd=out)
    [built] = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the installed wheel and nothing else."""
    target = tmp_path_factory.mktemp("installed")
    options = ("--quiet", "--no-deps", "--no-index", "--disable-pip-version-check")
    run("-m", "pip", "install", *options, "--target", str(target), str(wheel), cwd=target)
    return target


def files_under(folder: Path) -> set[str]:
    return {
        file.relative_to(folder).as_posix()
        for file in folder.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }


def test_the_wheel_holds_all_of_the_package(wheel: Path):
    shipped = {
        name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("nbannotate/")
    }
    source = {f"nbannotate/{name}" for name in files_under(ROOT / "nbannotate")}
    assert shipped == source


def test_the_wheel_holds_nothing_but_the_package(wheel: Path):
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert tops == {"nbannotate", "nbannotate-0.1.0.dist-info"}


def test_the_page_the_types_and_the_data_are_shipped(installed: Path):
    shipped = files_under(installed / "nbannotate")
    assert {"py.typed", "widget/static/widget.js", "widget/static/widget.css"} <= shipped
    assert any(name.startswith("data/") and name.endswith(".jsonl") for name in shipped)


def test_an_installed_wheel_annotates_without_the_source_tree(installed: Path, tmp_path: Path):
    code = ANNOTATE.format(installed=str(installed))
    run("-c", code, cwd=tmp_path, PYTHONPATH=str(installed))
