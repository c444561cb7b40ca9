"""Fonts without which the pictures of the widget show boxes: emoji, Chinese, Japanese, Korean.

Run ``python -m tests.browser.fonts`` to get those that are missing, where apt may install.
"""

from __future__ import annotations

import shutil
import subprocess
import sys

from tests.browser.packages import install

PACKAGE_OF = {":lang=ja": "fonts-droid-fallback", ":lang=und-zsye": "fonts-noto-color-emoji"}
"""Debian's packages, by what fontconfig finds once they are there."""


def missing() -> list[str]:
    """Return the packages of which no font is found; none where there is no fontconfig to ask."""
    if not shutil.which("fc-list"):
        return []
    return [package for pattern, package in PACKAGE_OF.items() if not _finds(pattern)]


def _finds(pattern: str) -> bool:
    told = subprocess.run(["fc-list", pattern], capture_output=True, text=True, check=False)
    return bool(told.stdout.strip())


if __name__ == "__main__":
    install(*missing())
    if still := missing():
        sys.exit(
            f"Fonts are missing, and pictures would show boxes. Install {' and '.join(still)}."
        )
