"""Laws of relations on the page: drawn by mouse and by keys, always between spans that stand."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.page import relations_shots as given
from tests.page.driver import start
from tests.page.hands import focus, press, sent, stored

DRUG, EFFECT, GROUP, OTHER, FOOD = given.SPANS


def open_spans(page: Page, spans: list[dict[str, Any]] = given.SPANS, **more: Any) -> None:
    start(
        page,
        config=given.config(**more),
        tasks=[{"text": given.TEXT, "spans": spans}, "Next one."],
    )
    focus(page)


def accepted(page: Page) -> list[dict[str, Any]]:
    press(page, "Escape", "Escape", "a")
    return stored(page, 1)[0]["relations"]


def drawn(page: Page) -> list[tuple[str, str]]:
    script = "els => els.map(e => [e.getAttribute('aria-label'), e.dataset.state])"
    return [tuple(row) for row in page.locator(".nba-relation").evaluate_all(script)]


def name_of(page: Page, span: dict[str, Any]):
    return page.locator(f'[data-span="{span["start"]}-{span["end"]}-{span["label"]}"] .nba-name')


def middle(page: Page, span: dict[str, Any]) -> tuple[float, float]:
    box = name_of(page, span).bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_relations_that_came_with_a_text_are_there_and_are_answered_as_they_are(page: Page):
    given_ones = [given.relation(DRUG, EFFECT, "IN"), given.relation(DRUG, FOOD, "CAUSES")]
    task = {"text": given.TEXT, "spans": [DRUG, EFFECT], "relations": given_ones}
    start(page, config=given.config(), tasks=[task, "Next one."])
    focus(page)
    assert [name for name, _ in drawn(page)] == ["IN: Aspirin to nausea"]
    assert accepted(page) == given_ones[:1]


def test_a_label_of_relations_has_the_key_that_it_was_given(page: Page):
    labels = [
        {"name": "CAUSES", "key": "w", "color": 0},
        {"name": "TREATS", "key": "2", "color": 1},
    ]
    start(page, config={**given.config(), "relations": labels}, tasks=[{"text": given.TEXT, "spans": given.SPANS}, "Next."])  # fmt: skip
    focus(page)
    expect(page.locator('[data-relation="CAUSES"] kbd')).to_have_text("w")
    press(page, "s", "r", "Enter", "2", "w")
    assert drawn(page)[0][0].startswith("CAUSES:")


def test_a_relation_is_drawn_labelled_turned_and_deleted_by_keys_alone(page: Page):
    open_spans(page)
    press(page, "s", "r", "ArrowRight")
    assert drawn(page) == [("CAUSES: Aspirin to some patients", "pending")]
    press(page, "ArrowLeft", "Enter")
    assert drawn(page) == [("CAUSES: Aspirin to nausea", "selected")]
    press(page, "2")
    assert drawn(page) == [("TREATS: Aspirin to nausea", "selected")]
    press(page, "t")
    assert drawn(page) == [("TREATS: nausea to Aspirin", "selected")]
    press(page, "Backspace")
    assert drawn(page) == []
    press(page, "s", "r", "3")
    assert accepted(page) == [given.relation(DRUG, EFFECT, "IN")]


def test_a_relations_key_draws_it_at_once_with_that_label(page: Page):
    open_spans(page)
    press(page, "s", "r", "ArrowLeft", "4")
    assert accepted(page) == [given.relation(DRUG, FOOD, "TAKEN_WITH")]
    assert [span["label"] for span in stored(page, 1)[0]["spans"]] == [
        s["label"] for s in given.SPANS
    ]


def test_digits_are_for_spans_again_once_the_relation_is_let_go(page: Page):
    open_spans(page)
    press(page, "s", "r", "1", "Escape", "s", "2")
    press(page, "Escape", "a")
    answer = stored(page, 1)[0]
    relabelled = {**DRUG, "label": "EFFECT"}
    assert answer["spans"][0] == relabelled
    assert answer["relations"] == [given.relation(relabelled, EFFECT, "CAUSES")]


def test_a_relation_is_drawn_by_dragging_from_a_spans_label_to_another_span(page: Page):
    open_spans(page)
    page.locator('[data-relation="TREATS"]').click()
    page.mouse.move(*middle(page, OTHER))
    page.mouse.down()
    page.mouse.move(*middle(page, EFFECT), steps=6)
    assert drawn(page) == [("TREATS: ibuprofen to nausea", "pending")]
    page.mouse.up()
    assert accepted(page) == [given.relation(OTHER, EFFECT, "TREATS")]


def test_a_drag_may_end_on_the_words_of_a_span_and_one_into_the_void_draws_nothing(page: Page):
    open_spans(page)
    page.mouse.move(*middle(page, DRUG))
    page.mouse.down()
    box = page.locator("[data-token]").filter(has_text="nausea").bounding_box()
    assert box
    page.mouse.move(box["x"] + 5, box["y"] + 5, steps=6)
    page.mouse.up()
    page.keyboard.press("Escape")
    page.mouse.move(*middle(page, GROUP))
    page.mouse.down()
    page.mouse.move(600, 20, steps=6)
    page.mouse.up()
    assert accepted(page) == [given.relation(DRUG, EFFECT, "CAUSES")]


def test_a_relation_is_drawn_by_two_clicks_and_picked_by_one(page: Page):
    open_spans(page)
    name_of(page, DRUG).click()
    page.locator(".nba-relate").click()
    name_of(page, FOOD).click()
    assert drawn(page) == [("CAUSES: Aspirin to food", "selected")]
    press(page, "Escape")
    page.locator(".nba-relation").click()
    page.locator('[data-relation="IN"]').click()
    assert accepted(page) == [given.relation(DRUG, FOOD, "IN")]


def test_a_relation_in_hand_shows_both_its_spans(page: Page):
    open_spans(page)
    press(page, "s", "r", "Enter")
    held = page.locator(".nba-held")
    assert sorted(held.all_inner_texts()) == ["Aspirin", "nausea"]
    press(page, "Escape")
    expect(held).to_have_count(0)


def test_r_goes_through_the_relations_when_no_span_is_selected(page: Page):
    given.given(page)
    focus(page)
    seen = []
    for _ in range(6):
        press(page, "r")
        seen.append(
            page.locator('.nba-relation[data-state="selected"]').get_attribute("aria-label")
        )
    assert len(set(seen)) == 5
    assert seen[5] == seen[0]


def test_a_span_that_changes_takes_its_relations_along(page: Page):
    open_spans(page)
    press(page, "s", "r", "1", "Escape")
    press(page, "s", "Shift+ArrowRight", "3")
    grown = {"start": 0, "end": 14, "label": "GROUP"}
    assert accepted(page) == [given.relation(grown, EFFECT, "CAUSES")]


def test_a_span_that_goes_takes_its_relations_with_it_and_says_so(page: Page):
    open_spans(page)
    press(page, "s", "r", "1", "Escape", "s", "r", "ArrowRight", "2", "Escape", "s", "Backspace")
    expect(page.locator(".nba-status")).to_contain_text("2 relations of it went with it")
    assert drawn(page) == []
    assert accepted(page) == []


def test_a_span_that_becomes_its_double_leaves_no_loop_and_no_double(page: Page):
    twins = [DRUG, {**DRUG, "label": "EFFECT"}, OTHER]
    open_spans(page, twins)
    press(page, "s", "r", "1", "Escape", "s", "r", "ArrowRight", "1", "Escape")
    press(page, "s", "2")
    assert accepted(page) == [given.relation({**DRUG, "label": "EFFECT"}, OTHER, "CAUSES")]


def test_the_same_relation_is_drawn_once_and_none_leads_to_its_own_span(page: Page):
    open_spans(page)
    for _ in range(2):
        press(page, "s", "r", "1", "Escape")
    name_of(page, DRUG).click()
    press(page, "r")
    name_of(page, DRUG).click()
    assert accepted(page) == [given.relation(DRUG, EFFECT, "CAUSES")]


def test_an_answer_taken_back_has_its_relations_again(page: Page):
    open_spans(page)
    press(page, "s", "r", "1", "Escape", "Escape", "a")
    stored(page, 1)
    press(page, "u")
    expect(page.locator(".nba-relation")).to_have_count(1)
    press(page, "a")
    assert stored(page, 1)[0]["relations"] == [given.relation(DRUG, EFFECT, "CAUSES")]


def test_escape_gives_up_what_is_being_drawn_and_nothing_more(page: Page):
    open_spans(page)
    press(page, "s", "r", "Escape")
    assert drawn(page) == []
    expect(page.locator('[data-selected="true"] .nba-name')).to_have_attribute("data-tag", "DRUG")
    assert sent(page, "undo") == []


def test_a_text_with_one_span_says_what_is_missing(page: Page):
    open_spans(page, [DRUG])
    press(page, "s", "r")
    expect(page.locator(".nba-status")).to_contain_text("mark one first")


@pytest.mark.parametrize("scene", given.SCENES, ids=lambda scene: scene.__name__)
@pytest.mark.parametrize("width", [932, 432])
def test_no_arc_leaves_the_text_and_no_label_lies_on_another(page: Page, scene, width: int):
    page.set_viewport_size({"width": width, "height": 1000})
    scene(page)
    boxes = page.evaluate(
        """() => {
          const outer = document.querySelector('.nba-flow').getBoundingClientRect();
          const rect = (e) => { const r = e.getBoundingClientRect(); return [r.left - outer.left, r.top - outer.top, r.right - outer.left, r.bottom - outer.top]; };
          return { size: [outer.width, outer.height], lines: [...document.querySelectorAll('.nba-arc-line')].map(rect), names: [...document.querySelectorAll('.nba-relation')].map(rect) };
        }"""
    )
    wide, high = boxes["size"]
    for left, top, right, bottom in (*boxes["lines"], *boxes["names"]):
        assert left >= -1
        assert top >= -1
        assert right <= wide + 1
        assert bottom <= high + 1
    names = boxes["names"]
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            apart = one[2] <= other[0] + 1 or other[2] <= one[0] + 1
            assert apart or one[3] <= other[1] + 3 or other[3] <= one[1] + 3, (one, other)
