"""The README's Python runs as it stands, in its order, as the cells of one notebook."""

from __future__ import annotations

import re
from pathlib import Path

import nbannotate as nb

README = Path(__file__).parents[1] / "README.md"


def test_the_readmes_python_runs_from_top_to_bottom(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 3
    names: dict = {}
    for number, block in enumerate(blocks):
        exec(compile(block, f"README block {number}", "exec"), names)
        if number == 0:
            nb.simulate(names["ann"], names["df"], n=25, progress=False)
    assert names["result"].version == "v1"
    assert names["ann"].session.model.version == "v1"
    nb.simulate(names["own"], names["df"], n=30, progress=False)
    assert names["own"].session.model.learned == 30
    assert names["own"].session.model.state == "ready"
    for ann in (names["ann"], names["own"]):
        ann.close()
    names["store"].close()


def test_the_commands_of_the_readme_are_the_makefiles():
    makefile = (README.parent / "Makefile").read_text(encoding="utf-8")
    for command in re.findall(r"^make (\w+)", README.read_text(encoding="utf-8"), re.MULTILINE):
        assert re.search(rf"^{command}:", makefile, re.MULTILINE)


def test_every_file_that_the_readme_links_to_is_there():
    text = README.read_text(encoding="utf-8")
    for target in re.findall(r'(?:\]\(|src="|srcset=")([^")]+)', text):
        assert (README.parent / target).is_file(), target
