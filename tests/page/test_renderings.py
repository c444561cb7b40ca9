"""Laws of static renderings in a browser: legible in both themes, accessible, and as the text is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.page.finished import ARABIC, FINISHED, rendering
from tests.page.test_accessibility import AXE

WIDTHS = (900, 400)
VIOLATIONS = """async () => (await axe.run()).violations.map(
  v => `${v.id}: ${v.nodes.map(n => n.html.slice(0, 160) + n.any.map(a => a.message).join(' ')).join(' | ')}`)"""
PAPER = "getComputedStyle(document.querySelector('.nba-still')).backgroundColor"
LIGHT, DARK = "rgb(255, 255, 255)", "rgb(21, 23, 28)"


@pytest.fixture
def report(page_browser: Browser) -> Iterator[Page]:
    page = page_browser.new_page()
    page.set_content(rendering().to_html())
    yield page
    page.close()


def themed(page: Page, notebook: str, system: str) -> None:
    page.emulate_media(color_scheme=system)
    script = "how => { delete document.body.dataset.jpThemeLight; if (how) document.body.dataset.jpThemeLight = how; }"
    page.evaluate(script, {"light": "true", "dark": "false", "": ""}[notebook])


@pytest.mark.parametrize("system", ["light", "dark"])
@pytest.mark.parametrize("notebook", ["", "light", "dark"])
def test_the_theme_is_the_notebooks_or_else_the_systems(report: Page, notebook: str, system: str):
    themed(report, notebook, system)
    assert report.evaluate(PAPER) == {"light": LIGHT, "dark": DARK}[notebook or system]


@pytest.mark.parametrize("system", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_no_rule_of_access_is_broken_and_nothing_sticks_out(report: Page, system: str, width: int):
    themed(report, "", system)
    report.set_viewport_size({"width": width, "height": 600})
    report.evaluate(AXE.read_text(encoding="utf-8"))
    assert report.evaluate(VIOLATIONS) == []
    assert report.evaluate("document.documentElement.scrollWidth") <= width


def test_a_text_is_copied_without_its_tags(report: Page):
    for at, row in enumerate(FINISHED[:-1]):
        words = report.locator(".nba-still-words").nth(at)
        words.evaluate("element => getSelection().selectAllChildren(element)")
        copied = report.evaluate("getSelection().toString()").strip("\n")
        assert copied == row["text"].replace("\r\n", "\n")


def test_a_right_to_left_text_is_set_from_the_right(report: Page):
    at = next(i for i, row in enumerate(FINISHED) if row["text"] == ARABIC)
    words = report.locator(".nba-still-words").nth(at)
    assert words.evaluate("element => element.matches(':dir(rtl)')")


@pytest.mark.parametrize("system", ["light", "dark"])
def test_where_the_system_sets_the_colours_marked_words_can_be_read(report: Page, system: str):
    report.emulate_media(forced_colors="active", color_scheme=system)
    ink = "element => getComputedStyle(element).color"
    plain = report.locator(".nba-still-words").first.evaluate(ink)
    inks = report.locator("mark, mark *").evaluate_all(f"each => each.map({ink})")
    assert inks
    assert set(inks) == {plain}
