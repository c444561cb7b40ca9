"""The browser, the server and the notebook that browser tests ask for.

They live as long as this folder's tests run and no longer: Playwright's sync interface
leaves a running event loop in the thread, which other tests must not find.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.browser import chromium
from tests.browser.jupyter_server import JupyterServer
from tests.browser.notebook_page import FRONTENDS, NotebookPage

FAILED = pytest.StashKey[bool]()
VIEWPORT = {"width": 1280, "height": 900}
LEFTOVERS = Path(__file__).parents[2] / "test-results"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture(scope="package")
def jupyter_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterServer]:
    with JupyterServer(tmp_path_factory.mktemp("jupyter")) as server:
        yield server


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    path = chromium.require()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=[*chromium.ARGUMENTS])
        yield started
        started.close()


@pytest.fixture(scope="package")
def browser_context(browser: Browser) -> Iterator[BrowserContext]:
    # One for all, so that Jupyter's scripts are loaded once.
    context = browser.new_context(viewport=VIEWPORT)
    yield context
    context.close()


@pytest.fixture(params=FRONTENDS)
def notebook(
    request: pytest.FixtureRequest, browser_context: BrowserContext, jupyter_server: JupyterServer
) -> Iterator[NotebookPage]:
    """A notebook page in each front end, not yet opened."""
    name = f"{_slug(request.node.originalname)}-{uuid.uuid4().hex[:8]}"
    opened = NotebookPage(browser_context.new_page(), jupyter_server, request.param, name)
    yield opened
    if request.node.stash.get(FAILED, False):
        LEFTOVERS.mkdir(exist_ok=True)
        place = LEFTOVERS / f"{_slug(request.node.name)}.png"
        opened.page.screenshot(path=place, full_page=True)
    opened.close()


def _slug(name: str) -> str:
    return re.sub(r"\W+", "-", name.removeprefix("test_")).strip("-")[:60]
