"""Opens the widget's page in a real Chromium against a kernel written in JavaScript.

What it keeps true: the script and the style that are driven are those that a notebook is sent.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Route, sync_playwright

from nbannotate.widget.joining import join_script, join_style
from nbannotate.widget.keys import DEFAULT_KEYS
from tests.browser import chromium

HERE = Path(__file__).parent
ORIGIN = "http://page.test"
FOLDERS = {"js": HERE.parent / "js", "page": HERE}
JOINED = {"widget.js": join_script, "widget.css": join_style}
TYPES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html"}


def _serve(route: Route) -> None:
    folder, _, name = route.request.url.removeprefix(ORIGIN + "/").partition("/")
    if folder == "static" and name in JOINED:
        content_type = TYPES[Path(name).suffix] + "; charset=utf-8"
        route.fulfill(body=JOINED[name](), content_type=content_type)
        return
    path = FOLDERS.get(folder, HERE) / name
    if not name or not path.is_file():
        route.fulfill(status=404, body="")
        return
    route.fulfill(body=path.read_bytes(), content_type=TYPES[path.suffix] + "; charset=utf-8")


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Start Chromium, and stop it at the end."""
    with sync_playwright() as playwright:
        arguments = list(chromium.ARGUMENTS)
        browser = playwright.chromium.launch(executable_path=chromium.require(), args=arguments)
        yield browser
        browser.close()


@contextmanager
def open_harness(
    browser: Browser, width: int = 932, height: int = 900, *, scale: float = 1
) -> Iterator[Page]:
    """Open the harness in a window of so many CSS pixels; a script error fails the caller."""
    page = browser.new_page(viewport={"width": width, "height": height}, device_scale_factor=scale)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.route(ORIGIN + "/**", _serve)
    page.add_init_script(f"window.defaultKeys = {json.dumps(DEFAULT_KEYS)}")
    page.goto(ORIGIN + "/page/harness.html")
    page.wait_for_function("window.ready === true")
    yield page
    page.close()
    if problems:
        raise AssertionError(f"the page raised: {problems}")


def set_theme(page: Page, *, dark: bool) -> None:
    """Dress the document as JupyterLab does."""
    script = "light => { document.body.dataset.jpThemeLight = light; }"
    page.evaluate(script, "false" if dark else "true")


def start(page: Page, *, painted: bool = True, **setup: Any) -> None:
    """Show a widget for the given config, tasks and status; wait for its first text."""
    page.evaluate("setup => window.harness.start(setup)", setup)
    if painted:
        page.wait_for_selector('.nbannotate[data-painted="1"]')
