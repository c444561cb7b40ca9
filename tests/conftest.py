"""What holds for every test: hypothesis repeats itself, examples write nowhere of the user's."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("steady", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("steady")


class ExampleFolder:
    """Runs each documented example in an empty folder of its own."""

    @pytest.fixture(autouse=True)
    def _example_folder(
        self, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        if isinstance(request.node, pytest.DoctestItem):
            monkeypatch.chdir(tmp_path)


def pytest_configure(config: pytest.Config) -> None:
    # As a plugin of its own it reaches the package's modules, which a conftest here does not.
    config.pluginmanager.register(ExampleFolder())


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    # Helpers and benchmarks document no examples; collecting them would only import them.
    is_helper = collection_path.suffix == ".py" and not collection_path.name.startswith("test_")
    return True if is_helper else None
