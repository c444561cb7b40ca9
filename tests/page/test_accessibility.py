"""Laws of access: no view, in either theme, breaks a rule that axe can check; nothing moves unasked."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.page import shots
from tests.page.driver import set_theme, start

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
VIOLATIONS = """async () => {
  const { violations } = await axe.run('#views');
  return violations.map(v => `${v.id}: ${v.help}: ${v.nodes.map(n => n.html.slice(0, 200) + ' ' + n.any.map(a => a.message).join(' ')).join(' | ')}`);
}"""


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
