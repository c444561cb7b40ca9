"""The pictures of every view, light and dark, without a notebook around: ``python -m tests.page.pictures``."""

from __future__ import annotations

from collections.abc import Mapping

from tests.browser.screenshots import IMAGES, THEMES, write_small
from tests.page.driver import open_browser, open_harness, set_theme
from tests.page.shots import SCENES

WIDTH = 900
PICTURES: Mapping[str, str] = {
    "overlaps_selected": "spans",
    "reading": "reading",
    "relations_in_hand": "relations",
    "review": "review",
    "compare_spans": "compare",
    "writing": "input",
    "html": "html",
    "history": "history",
    "renderings": "renderings",
}
"""Scenes, and the names of their pictures."""


def main() -> None:
    """Draw each view in both themes."""
    scenes = {scene.__name__: scene for scene in SCENES}
    with (
        open_browser() as browser,
        open_harness(browser, width=WIDTH + 32, height=1000, scale=2) as page,
    ):
        for theme in THEMES:
            set_theme(page, dark=theme == "dark")
            for scene, name in PICTURES.items():
                page.evaluate("sessionStorage.clear()")
                scenes[scene](page)
                path = IMAGES / f"{name}-{theme}.png"
                write_small(page.locator("#views").screenshot(animations="disabled"), path)
                print(f"{path.name}: {path.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
