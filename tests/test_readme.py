"""The README's Python runs as it stands, in its order, as the cells of one notebook."""

from __future__ import annotations

import re
from pathlib import Path

import nbannotate as nb

README = Path(__file__).parents[1] / "README.md"


def test_the_readmes_python_runs_from_top_to_bottom(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 6
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
    assert names["fork"].session.labels == ("PLACE", "PART", "PERSON")
    assert names["review"].session.task is None
    assert names["duel"].names == ("v1", "fork")
    assert names["page"].session.task.html.startswith("<i>")
    for ann in (names["fork"], names["own"], names["page"]):
        ann.close()
    names["store"].close()


def test_the_commands_of_the_readme_are_the_makefiles():
    makefile = (README.parent / "Makefile").read_text(encoding="utf-8")
    for command in re.findall(r"^make (\w+)", README.read_text(encoding="utf-8"), re.MULTILINE):
        assert re.search(rf"^{command}:", makefile, re.MULTILINE)


def test_every_file_that_the_readme_links_to_is_there():
    text = README.read_text(encoding="utf-8")
    for target in re.findall(r'(?:\]\(|src="|srcset=")(?!https:)([^")]+)', text):
        assert (README.parent / target).is_file(), target


def test_every_column_and_view_that_the_readme_names_is_in_the_file():
    table = README.read_text(encoding="utf-8").split("## What is stored")[1].split("\n## ")[0]
    [columns] = re.findall(r"^\| `annotations` \|[^|]*\|([^|]*)\|$", table, re.MULTILINE)
    with nb.Store(":memory:") as store:
        assert [
            name.strip() for name in columns.split(",")
        ] == store.annotations().columns.tolist()
        for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE):
            for name in re.findall(r"`(\w+)`", row):
                assert store.sql(f'select * from "{name}"').empty


def test_pictures_come_light_and_dark_and_are_small():
    pictures = list((README.parent / "notebooks" / "images").glob("*.png"))
    light = {
        picture.stem.removesuffix("-light") for picture in pictures if "-light" in picture.stem
    }
    dark = {picture.stem.removesuffix("-dark") for picture in pictures if "-dark" in picture.stem}
    assert light
    assert light == dark
    assert all(picture.stat().st_size < 200_000 for picture in pictures)
