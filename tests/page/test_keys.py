"""Laws of keys of one's own: they work, they are shown, and the former ones mean nothing."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from nbannotate.widget.keys import resolve_keys
from tests.page.driver import start
from tests.page.hands import answers_sent, focus, marks, press, stored

TEXT = "I was on 20 mg of oxycodone a day"
NAMES = ["DRUG", "DOSE", "EFFECT"]
KEYS = {"accept": ["j", "enter"], "reject": "!", "enter": "m", "help": "k", "DOSE": "d"}


def begin(page: Page, **more: Any) -> None:
    actions, of_labels = resolve_keys(KEYS, NAMES)
    labels = [
        {"name": name, "key": key, "color": i}
        for i, (name, key) in enumerate(zip(NAMES, of_labels, strict=True))
    ]
    start(page, config={"keys": actions, **more}, tasks=[TEXT, "Two", "Three"])
    page.evaluate("labels => { kernel.config = { ...kernel.config, labels }; }", labels)
    page.evaluate("kernel.emit('change:_config')")
    focus(page)


def test_keys_of_ones_own_work_and_those_they_replace_do_not(page: Page) -> None:
    begin(page)
    press(page, "a", "x", "h")
    assert answers_sent(page) == 0
    expect(page.locator(".nba-help")).to_be_hidden()
    press(page, "j")
    stored(page, 1)
    press(page, "Shift+Digit1")
    assert [row["answer"] for row in stored(page, 2)] == ["accept", "reject"]
    press(page, "Enter")
    assert [row["answer"] for row in stored(page, 3)][2] == "accept"


def test_a_label_has_the_key_that_the_recipe_gives(page: Page) -> None:
    begin(page)
    press(page, "ArrowRight", "d", "ArrowRight", "2", "3", "m")
    assert marks(page) == [("0-1-DOSE", "false"), ("2-5-EFFECT", "false")]


def test_each_of_several_keys_of_a_label_means_it(page: Page) -> None:
    labels = [
        {"name": "DRUG", "key": "d", "further_keys": ["1", "shift+q"], "color": 0},
        {"name": "DOSE", "key": "2", "color": 1},
    ]
    start(page, config={}, tasks=[TEXT])
    page.evaluate("labels => { kernel.config = { ...kernel.config, labels }; }", labels)
    page.evaluate("kernel.emit('change:_config')")
    focus(page)
    for key in ("d", "1", "Shift+Q"):
        press(page, "ArrowRight", key)
    assert [mark for mark, _ in marks(page)] == ["0-1-DRUG", "2-5-DRUG", "6-8-DRUG"]
    press(page, "h")
    expect(page.locator(".nba-help dt", has_text="d 1 ⇧q")).to_be_visible()


def test_buttons_chips_and_help_show_the_keys_that_work(page: Page) -> None:
    begin(page)
    expect(page.locator('[data-action="accept"] kbd')).to_have_text("j")
    expect(page.locator('[data-label="DOSE"] kbd')).to_have_text("d")
    expect(page.locator(".nba-save")).to_have_text("press k for the keys")
    press(page, "k")
    rows = page.locator(".nba-help dt").all_inner_texts()
    assert "j enter" in rows
    assert "!" in rows
    assert "d" in rows
    assert "a" not in rows


def test_an_action_without_a_key_is_a_button_only(page: Page) -> None:
    actions, _ = resolve_keys({"ignore": None}, NAMES)
    start(page, config={"keys": actions}, tasks=[TEXT, "Two"])
    focus(page)
    press(page, "Space")
    assert answers_sent(page) == 0
    expect(page.locator('[data-action="ignore"] kbd')).to_have_count(0)
    page.locator('[data-action="ignore"]').click()
    assert stored(page, 1)[0]["answer"] == "ignore"
