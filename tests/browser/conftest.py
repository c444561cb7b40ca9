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
from tests.browser.front_end import ABILITIES, FrontEnd
from tests.browser.jupyter_server import JupyterServer
from tests.browser.marimo_page import MarimoPage, MarimoServer
from tests.browser.notebook_page import FRONTENDS, NotebookPage
from tests.browser.scenes import cells
from tests.browser.voila_page import VoilaPage

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


@pytest.fixture(scope="package")
def marimo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MarimoServer]:
    with MarimoServer(tmp_path_factory.mktemp("marimo")) as server:
        yield server


def a_front_end(request: pytest.FixtureRequest, kind: str, name: str) -> FrontEnd:
    """Return a front end that shows nothing yet; a server starts with the first that needs it."""
    page = request.getfixturevalue("browser_context").new_page()
    if kind == "marimo":
        return MarimoPage(page, request.getfixturevalue("marimo_server"), name)
    server = request.getfixturevalue("jupyter_server")
    if kind == "voila":
        return VoilaPage(page, server, name)
    return NotebookPage(page, server, "lab" if kind == "lab" else "notebook", name)


@pytest.fixture(scope="package", params=ABILITIES)
def opened(request: pytest.FixtureRequest) -> Iterator[FrontEnd]:
    """Each front end with one notebook of all views, opened once for all tests."""
    front = a_front_end(request, request.param, f"views-{request.param}").open(cells())
    yield front
    front.close()


@pytest.fixture
def views(request: pytest.FixtureRequest, opened: FrontEnd) -> Iterator[FrontEnd]:
    """The notebook of all views; each test has a dataset of its own in it."""
    yield opened
    photograph_if_failed(request, opened)


@pytest.fixture(params=ABILITIES)
def front(request: pytest.FixtureRequest) -> Iterator[FrontEnd]:
    """A front end for this test alone, not yet opened."""
    name = f"{_slug(request.node.originalname)}-{uuid.uuid4().hex[:8]}"
    alone = a_front_end(request, request.param, name)
    yield alone
    photograph_if_failed(request, alone)
    alone.close()


def photograph_if_failed(request: pytest.FixtureRequest, shown: FrontEnd) -> None:
    """Leave a picture of the page where a test has failed."""
    if request.node.stash.get(FAILED, False):
        LEFTOVERS.mkdir(exist_ok=True)
        place = LEFTOVERS / f"{_slug(request.node.name)}.png"
        shown.page.screenshot(path=place, full_page=True)


@pytest.fixture(params=FRONTENDS)
def notebook(
    request: pytest.FixtureRequest, browser_context: BrowserContext, jupyter_server: JupyterServer
) -> Iterator[NotebookPage]:
    """A notebook page in each front end, not yet opened."""
    name = f"{_slug(request.node.originalname)}-{uuid.uuid4().hex[:8]}"
    opened = NotebookPage(browser_context.new_page(), jupyter_server, request.param, name)
    yield opened
    photograph_if_failed(request, opened)
    opened.close()


def _slug(name: str) -> str:
    return re.sub(r"\W+", "-", name.removeprefix("test_")).strip("-")[:60]
