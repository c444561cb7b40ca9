"""The rooms of the package, which way imports point, and how long a page of code may be."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "nbannotate"
RANKS = {
    "errors": 0,
    "tasks": 0,
    "store": 1,
    "pool": 1,
    "acquisition": 1,
    "learning": 1,
    "formats": 1,
    "session": 2,
    "cells": 3,
    "widget": 4,
    "recipes": 5,
    "__init__": 6,
}
JUPYTER = {"anywidget", "ipywidgets", "traitlets", "IPython"}
FILE_LINES = 500
FUNCTION_LINES = 60


@dataclass(frozen=True)
class Import:
    file: Path
    line: int
    module: str

    def __str__(self) -> str:
        return f"{self.file.relative_to(PACKAGE.parent)}:{self.line} imports {self.module}"


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room_of(file: Path) -> str:
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(file: Path, source: str | None = None) -> list[Import]:
    tree = ast.parse(source if source is not None else file.read_text(encoding="utf-8"))
    return [
        Import(file, node.lineno, name)
        for node in ast.walk(tree)
        for name in _names_imported(node, file)
    ]


def _names_imported(node: ast.AST, file: Path) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        module = node.module or ""
        if node.level:
            inside = ["nbannotate", *file.relative_to(PACKAGE).parent.parts]
            above = inside[: len(inside) - node.level + 1]
            module = ".".join([*above, *filter(None, [module])])
        if module == "nbannotate":
            yield from (f"nbannotate.{alias.name}" for alias in node.names)
        else:
            yield module


def rooms_imported(file: Path, source: str | None = None) -> list[tuple[Import, str]]:
    """Each import of another room; a bare ``import nbannotate`` is the room ``__init__``."""
    inside = [
        (found, found.module.split(".")[1] if "." in found.module else "__init__")
        for found in imports_of(file, source)
        if found.module.split(".")[0] == "nbannotate"
    ]
    return [
        (found, room if room in RANKS else "__init__")
        for found, room in inside
        if room != room_of(file)
    ]


def against_the_direction(file: Path, source: str | None = None) -> list[str]:
    own = RANKS[room_of(file)]
    return [
        f"{found}: {room_of(file)} ({own}) may not import {room} ({RANKS[room]})"
        for found, room in rooms_imported(file, source)
        if RANKS[room] >= own and not (own == RANKS[room] == 0)
    ]


def importers_of(packages: set[str], allowed: set[str]) -> list[str]:
    return [
        str(found)
        for file in modules()
        if room_of(file) not in allowed
        for found in imports_of(file)
        if found.module.split(".")[0] in packages
    ]


def updates_of_a_pipeline(source: str) -> list[int]:
    """Lines that call ``.update`` on something named nlp."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute)
        and node.attr == "update"
        and ast.unparse(node.value).rsplit(".", 1)[-1].strip("_").endswith("nlp")
    ]


def test_every_room_has_a_rank():
    unknown = {room_of(file) for file in modules()} - set(RANKS)
    assert not unknown, f"give {sorted(unknown)} a rank in RANKS, or put the files into a room"


def test_imports_point_one_way():
    assert [line for file in modules() for line in against_the_direction(file)] == []


@pytest.mark.parametrize(
    "wrong",
    [
        "from nbannotate.widget import Annotator",
        "import nbannotate.widget.annotator",
        "from nbannotate import widget",
        "from ..widget import Annotator",
        "from .. import pool",
        "import nbannotate",
        "def f():\n    from nbannotate.session.loop import Session",
    ],
)
def test_an_import_against_the_direction_is_seen(wrong: str):
    assert against_the_direction(PACKAGE / "store" / "x.py", wrong) != []


@pytest.mark.parametrize(
    "right",
    [
        "from nbannotate.errors import StoreError",
        "from ..tasks import Answer",
        "from .schema import MIGRATIONS",
        "import duckdb",
    ],
)
def test_an_import_along_the_direction_is_allowed(right: str):
    assert against_the_direction(PACKAGE / "store" / "x.py", right) == []


def test_only_the_store_imports_duckdb():
    # The pool reads DuckDB relations that it is given, and imports duckdb for their type only.
    assert importers_of({"duckdb"}, allowed={"store", "pool"}) == []


def test_only_the_widget_knows_jupyter():
    assert importers_of(JUPYTER, allowed={"widget"}) == []


def test_only_learning_updates_a_pipeline():
    elsewhere = [
        f"{file.relative_to(PACKAGE.parent)}:{line}"
        for file in modules()
        if room_of(file) != "learning"
        for line in updates_of_a_pipeline(file.read_text(encoding="utf-8"))
    ]
    assert elsewhere == []
    assert updates_of_a_pipeline("self._nlp.update(examples)") == [1]
    assert updates_of_a_pipeline("settings.update(nlp=nlp)") == []


def test_no_file_is_too_long_to_read():
    page = [*PACKAGE.rglob("*.js"), *PACKAGE.rglob("*.css")]
    assert page
    lengths = {
        str(file): len(file.read_text(encoding="utf-8").splitlines())
        for file in [*modules(), *page]
    }
    assert {file: lines for file, lines in lengths.items() if lines > FILE_LINES} == {}


def test_no_function_is_too_long_to_read():
    too_long = [
        f"{file.relative_to(PACKAGE.parent)}:{node.lineno} {node.name} has {lines} lines"
        for file in modules()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := code_lines(node)) > FUNCTION_LINES
    ]
    assert too_long == []


def code_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The lines of a function without its docstring, which may be as long as it must."""
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    if ast.get_docstring(node) is not None:
        docstring = node.body[0]
        lines -= (docstring.end_lineno or docstring.lineno) - docstring.lineno + 1
    return lines


def test_the_page_never_builds_html_from_text():
    pattern = re.compile(r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write)\b")
    files = list((PACKAGE / "widget" / "static").glob("*.js"))
    assert files
    found = [
        f"{file.name}: {line.strip()}"
        for file in files
        for line in file.read_text(encoding="utf-8").splitlines()
        if pattern.search(line)
    ]
    assert found == []


def test_a_module_says_why_it_exists():
    silent = [
        str(file.relative_to(PACKAGE.parent))
        for file in modules()
        if ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) is None
    ]
    assert silent == []
