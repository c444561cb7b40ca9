"""Stores that are closed when their test ends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nbannotate.store import Store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "answers.duckdb"


@pytest.fixture(params=["file", "memory"])
def store(request: pytest.FixtureRequest, path: Path) -> Iterator[Store]:
    with Store(path if request.param == "file" else ":memory:") as opened:
        yield opened


@pytest.fixture
def filed(path: Path) -> Iterator[Store]:
    with Store(path) as opened:
        yield opened
