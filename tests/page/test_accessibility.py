"""Laws of access: no view, in either theme, breaks a rule that axe can check; nothing moves unasked."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page

from tests.page import shots, versions_shots
from tests.page.driver import set_theme, start

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
VIOLATIONS = """async () => {
  const { violations } = await axe.run('#views');
  return violations.map(v => `${v.id}: ${v.help}: ${v.nodes.map(n => n.html.slice(0, 200) + ' ' + n.any.map(a => a.message).join(' ')).join(' | ')}`);
}"""


INKS = """() => {
  const ofSystem = (name) => {
    const probe = document.body.appendChild(document.createElement("i"));
    probe.style.color = name;
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  };
  const colors = (element) => ({ ink: getComputedStyle(element).color, paper: getComputedStyle(element).backgroundColor });
  const shown = ".nbannotate :is(mark, mark *, .nba-held, .nba-picked)";
  return {
    ink: ofSystem("CanvasText"), paper: ofSystem("Canvas"), highlighted: ofSystem("HighlightText"), highlight: ofSystem("Highlight"),
    marks: [...document.querySelectorAll(shown)].map(element => ({
      isSelected: element.closest('[data-selected="true"], .nba-held, .nba-picked') !== null, colors: colors(element) })),
  };
}"""
FORCED = [
    shots.spans,
    shots.spans_selected,
    shots.overlaps_selected,
    shots.reading,
    versions_shots.SCENES[0],
]


@pytest.fixture
def axe() -> str:
    if not AXE.is_file():
        pytest.fail("axe-core is not installed; run: make test-js, which needs npm")
    return AXE.read_text(encoding="utf-8")


@pytest.mark.parametrize("scene", shots.SCENES, ids=lambda scene: scene.__name__)
def test_no_state_of_the_page_breaks_a_rule_of_access_in_either_theme(
    page: Page, axe: str, scene: shots.Scene
) -> None:
    page.evaluate(axe)
    scene(page)
    for dark in (False, True):
        set_theme(page, dark=dark)
        assert page.evaluate(VIOLATIONS) == []


def test_nothing_moves_for_those_who_asked_for_stillness(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    start(page, config={"overlaps": True}, tasks=["One two"])
    moving = page.locator(".nbannotate, .nbannotate *").evaluate_all(
        "els => els.filter(e => parseFloat(getComputedStyle(e).transitionDuration) > 0).length"
    )
    assert moving == 0


@pytest.mark.parametrize("scene", FORCED, ids=lambda scene: scene.__name__)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_where_the_system_sets_the_colours_marked_words_can_be_read(
    page: Page, scene: shots.Scene, scheme: Literal["light", "dark"]
) -> None:
    page.emulate_media(forced_colors="active", color_scheme=scheme)
    scene(page)
    found = page.evaluate(INKS)
    system = {"ink": found["ink"], "paper": found["paper"]}
    selected = {"ink": found["highlighted"], "paper": found["highlight"]}
    assert len(found["marks"]) > 0
    for mark in found["marks"]:
        assert mark["colors"] == (selected if mark["isSelected"] else system)
