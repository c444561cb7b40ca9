"""Finding a Chromium, or getting one: a missing browser fails the tests, it never skips them.

A system's own Chromium comes first, as Playwright's download does not work behind every
firewall; then the one that ``playwright install chromium`` brought.

Run ``python -m tests.browser.chromium`` to print the path, with ``--install`` to get one
where there is none.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.browser import packages

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
REMEDY = (
    "No Chromium was found. Install one (Debian: apt-get install chromium; anywhere: "
    "python -m playwright install chromium), or set CHROMIUM to its path, and run again."
)
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
)


def find() -> str | None:
    """Return the path of a Chromium, None where there is none."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    found = filter(None, map(shutil.which, NAMES))
    return next(found, None) or _playwrights_own()


def require() -> str:
    """Return the path of a Chromium; raise FileNotFoundError with the remedy without one."""
    path = find()
    if path is None:
        raise FileNotFoundError(REMEDY)
    return path


def install() -> str:
    """Return the path of a Chromium, installing one first where there is none."""
    if find() is None:
        packages.install("chromium")
    if find() is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    return require()


def _playwrights_own() -> str | None:
    # Asked in a process of its own: Playwright's sync API may already run in this one.
    question = (
        "from playwright.sync_api import sync_playwright as start\n"
        "with start() as p: print(p.chromium.executable_path)"
    )
    told = subprocess.run(
        [sys.executable, "-c", question], capture_output=True, text=True, check=False
    )
    path = told.stdout.strip()
    return path if path and Path(path).exists() else None


if __name__ == "__main__":
    try:
        print(install() if "--install" in sys.argv[1:] else require())
    except FileNotFoundError as error:
        sys.exit(str(error))
