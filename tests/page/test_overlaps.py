"""Laws of spans that may overlap: each can be made, seen, picked, changed and taken away alone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.page.driver import start
from tests.page.hands import drag, focus, marks, press, spans, stored

TEXT = "severe chest pain in the left arm"
OVERLAPS = {"overlaps": True, "view": "spans.manual", "names": ["FINDING", "PART", "SIGN"]}
NESTED = spans(TEXT, ("severe chest pain", "FINDING"), ("chest", "PART"), ("chest pain", "SIGN"))
TASK = {"text": TEXT, "spans": NESTED}
TEXTS = [
    TEXT,
    "👩‍🔬 said 💊💊 ibuprofen\n\nhelped a\u0301 lot\n",
    "وصف الطبيب دواء 100 mg\nand then left",
    " ".join(["Donaudampfschifffahrtsgesellschaft" * 6, "sank"]),
]


def accepted(page: Page) -> list[dict[str, Any]]:
    focus(page)
    press(page, "a")
    (answer,) = stored(page, 1)
    return answer["spans"]


def name_of(page: Page, label: str, nth: int = 0):
    return page.locator(f'.nba-name[data-tag="{label}"]').nth(nth)


def test_a_span_over_another_stands_beside_it(page: Page) -> None:
    start(page, config=OVERLAPS, tasks=[TEXT])
    drag(page, 0, 2)
    focus(page)
    press(page, "2")
    page.locator('[data-token="1"]').click()
    assert accepted(page) == spans(TEXT, ("severe chest pain", "FINDING"), ("chest", "PART"))


def test_one_span_may_have_two_labels_and_never_one_label_twice(page: Page) -> None:
    start(page, config=OVERLAPS, tasks=[TEXT])
    drag(page, 1, 2)
    drag(page, 1, 2)
    focus(page)
    press(page, "2")
    drag(page, 2, 1)
    assert accepted(page) == spans(TEXT, ("chest pain", "FINDING"), ("chest pain", "PART"))


def test_a_span_relabelled_into_its_double_leaves_one(page: Page) -> None:
    start(
        page,
        config=OVERLAPS,
        tasks=[{"text": TEXT, "spans": [*NESTED, *spans(TEXT, ("chest", "SIGN"))]}],
    )
    name_of(page, "PART").click()
    press(page, "3")
    assert [label for label, _ in marks(page)] == ["0-17-FINDING", "7-17-SIGN", "7-12-SIGN"]


@pytest.mark.parametrize("label", ["FINDING", "PART", "SIGN"])
def test_a_span_picked_by_its_label_is_deleted_alone(page: Page, label: str) -> None:
    start(page, config=OVERLAPS, tasks=[TASK])
    name_of(page, label).click()
    press(page, "Delete")
    assert accepted(page) == sorted(
        (span for span in NESTED if span["label"] != label), key=lambda s: (s["start"], -s["end"])
    )


def test_a_span_is_picked_by_any_of_its_rules(page: Page) -> None:
    words = "one two three four five six seven eight nine ten " * 8
    task = {"text": words, "spans": [{"start": 0, "end": 300, "label": "FINDING"}]}
    start(page, config=OVERLAPS, tasks=[task])
    rules = page.locator(".nba-rule")
    assert rules.count() > 1
    for i in range(rules.count()):
        press(page, "Escape")
        rules.nth(i).click()
        expect(page.locator('[data-span="0-300-FINDING"]')).to_have_attribute(
            "data-selected", "true"
        )


def test_the_cross_deletes_the_selected_span(page: Page) -> None:
    start(page, config=OVERLAPS, tasks=[TASK])
    name_of(page, "SIGN").click()
    page.locator('[data-action="delete"]').click()
    assert [label for label, _ in marks(page)] == ["0-17-FINDING", "7-12-PART"]


BUTTONS_OFF = """() => {
  const [name, ...buttons] = ['.nba-name', '.nba-delete', '.nba-relate'].map(
    part => document.querySelector(`.nba-span[data-selected] ${part}`)).filter(Boolean);
  const text = document.querySelector('.nba-flow').getBoundingClientRect();
  return buttons.filter(button => {
    const { left, right, top, bottom } = button.getBoundingClientRect();
    const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    const { left: from, right: to } = name.getBoundingClientRect();
    return hit !== button || left < text.left || right > text.right || (left < to && from < right);
  }).length;
}"""


@pytest.mark.parametrize("text", [TEXT, "وصف الطبيب دواء الأسبرين بجرعة يوميا ثم توقف الألم"])
@pytest.mark.parametrize("with_relations", [False, True])
def test_the_buttons_of_a_selected_span_stand_beside_its_label_wherever_it_is(
    page: Page, text: str, with_relations: bool
) -> None:
    page.set_viewport_size({"width": 332, "height": 900})
    config = {**OVERLAPS, "names": ["SIDE_EFFECT"]}
    if with_relations:
        relations = [{"name": "CAUSES", "key": "1", "color": 0}]
        config |= {"blocks": ["spans", "relations"], "relations": relations}
    for word in re.finditer(r"\S+", text):
        span = {"start": word.start(), "end": word.end(), "label": "SIDE_EFFECT"}
        start(page, config=config, tasks=[{"text": text, "spans": [span]}])
        focus(page)
        press(page, "s")
        expect(page.locator(".nba-span[data-selected] .nba-delete")).to_be_visible()
        assert page.evaluate(BUTTONS_OFF) == 0, word.group()


def test_a_text_drawn_while_it_was_hidden_has_its_rules_when_it_is_seen_again(page: Page) -> None:
    page.set_viewport_size({"width": 500, "height": 900})
    start(page, config=OVERLAPS, tasks=[{"text": TEXT, "spans": NESTED[1:2]}])
    page.evaluate("document.getElementById('views').style.display = 'none'")
    names = [*OVERLAPS["names"], "NEW"]
    page.evaluate("names => kernel.configure({ names })", names)
    expect(page.locator(".nba-rule")).to_have_count(0)
    page.evaluate("document.getElementById('views').style.display = ''")
    expect(page.locator(".nba-rule")).to_have_count(1)
    assert page.evaluate(RULES_OFF_THEIR_WORDS) == 0


def test_a_key_goes_round_the_spans_at_the_cursor_and_no_others(page: Page) -> None:
    task = {"text": TEXT, "spans": [*NESTED, *spans(TEXT, ("left arm", "PART"))]}
    start(page, config=OVERLAPS, tasks=[task])
    focus(page)
    press(page, *["ArrowRight"] * 2)
    seen = []
    for _ in range(4):
        press(page, "s")
        seen.append(page.locator("[data-selected]").get_attribute("data-span"))
    assert seen == ["0-17-FINDING", "7-17-SIGN", "7-12-PART", "0-17-FINDING"]
    press(page, "Shift+s")
    assert page.locator("[data-selected]").get_attribute("data-span") == "7-12-PART"


def test_without_a_cursor_the_key_goes_round_all_spans(page: Page) -> None:
    start(page, config=OVERLAPS, tasks=[TASK])
    focus(page)
    press(page, "s", "s", "s", "Delete")
    assert [label for label, _ in marks(page)] == ["0-17-FINDING", "7-17-SIGN"]


def test_keys_move_either_end_of_the_selected_span(page: Page) -> None:
    start(page, config=OVERLAPS, tasks=[TASK])
    name_of(page, "PART").click()
    press(page, *["Shift+ArrowRight"] * 3, "Shift+ArrowLeft", "Shift+ArrowUp")
    assert spans(TEXT, ("severe chest pain in", "PART"))[0] in accepted(page)


def test_a_span_keeps_one_word_however_far_it_is_shrunk(page: Page) -> None:
    start(
        page, config=OVERLAPS, tasks=[{"text": TEXT, "spans": spans(TEXT, ("chest pain", "PART"))}]
    )
    name_of(page, "PART").click()
    press(page, *["Shift+ArrowLeft"] * 4)
    assert accepted(page) == spans(TEXT, ("chest", "PART"))


@pytest.mark.parametrize(
    ("grip", "to", "words"),
    [
        ("end", 5, "chest pain in the left"),
        ("start", 0, "severe chest pain"),
        ("start", 2, "pain"),
    ],
)
def test_an_end_is_dragged_to_another_word(page: Page, grip: str, to: int, words: str) -> None:
    task = {"text": TEXT, "spans": spans(TEXT, ("chest pain", "PART"))}
    start(page, config=OVERLAPS, tasks=[task])
    name_of(page, "PART").click()
    handle = page.locator(f'[data-grip="{grip}"]').bounding_box()
    target = page.locator(f'[data-token="{to}"]').bounding_box()
    assert handle
    assert target
    page.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + 4)
    page.mouse.down()
    page.mouse.move(target["x"] + target["width"] / 2, target["y"] + target["height"] / 2, steps=6)
    page.mouse.up()
    assert accepted(page) == spans(TEXT, (words, "PART"))


def test_moving_the_cursor_selects_nothing_so_that_a_label_key_adds_a_span(page: Page) -> None:
    start(page, config=OVERLAPS, tasks=[{"text": TEXT, "spans": NESTED[:1]}])
    focus(page)
    press(page, "ArrowRight", "ArrowRight", "2")
    assert accepted(page) == spans(TEXT, ("severe chest pain", "FINDING"), ("chest", "PART"))


def test_a_suggestion_is_dashed_until_it_is_touched(page: Page) -> None:
    start(page, config=OVERLAPS, tasks=[{"text": TEXT, "spans": [{**NESTED[1], "score": 0.7}]}])
    assert marks(page) == [("7-12-PART", "true")]
    name_of(page, "PART").click()
    assert marks(page) == [("7-12-PART", "false")]


@pytest.mark.parametrize("text", TEXTS)
def test_the_text_under_overlapping_spans_is_the_text_of_the_task(page: Page, text: str) -> None:
    length = len(text)
    wide = {"start": 0, "end": length, "label": "FINDING"}
    inner = {"start": length // 3, "end": 2 * length // 3, "label": "PART"}
    start(page, config=OVERLAPS, tasks=[{"text": text, "spans": [wide, inner]}])
    assert page.locator(".nba-text").evaluate("e => e.textContent") == text
    assert accepted(page) == [wide, inner]


COLLISIONS = """() => {
  const parts = [...document.querySelectorAll('.nba-rule, .nba-name')].map(e => {
    const { left, right, top, bottom } = e.getBoundingClientRect();
    return { owner: e.parentElement, left, right, top, bottom: e.matches('.nba-rule') ? top + 2 : bottom };
  });
  return parts.filter((a, i) => parts.some((b, j) => i < j && a.owner !== b.owner
    && a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1)).length;
}"""


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("width", [932, 432])
def test_no_rule_or_label_hides_another(page: Page, text: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    length = len(text)
    cuts = [0, length // 5, length // 3, length // 2, length - 3, length]
    many = [
        {"start": a, "end": b, "label": label}
        for label in OVERLAPS["names"]
        for a, b in zip(cuts[:-2], cuts[2:], strict=True)
    ]
    start(page, config=OVERLAPS, tasks=[{"text": text, "spans": many}])
    assert page.locator(".nba-rule").count() >= len(many)
    assert page.evaluate(COLLISIONS) == 0


RULES_OFF_THEIR_WORDS = """() => {
  const words = [...document.querySelectorAll('.nba-lines > span')].flatMap(e => [...e.getClientRects()]);
  return [...document.querySelectorAll('.nba-rule')].filter(rule => {
    const r = rule.getBoundingClientRect();
    return !words.some(w => Math.min(w.right, r.right) - Math.max(w.left, r.left) > 0.5 && w.bottom <= r.top + 1);
  }).length;
}"""


PLACES = """() => Object.fromEntries([...document.querySelectorAll('.nba-rule, .nba-name')].map(e => {
  const { left, right, top } = e.getBoundingClientRect();
  const { top: first } = document.querySelector('.nba-lines').getBoundingClientRect();
  const part = `${e.className} ${[...e.parentElement.children].indexOf(e)}`;
  return [`${e.parentElement.dataset.span} ${part}`, [left, right, top - first].map(Math.round)];
}))"""


@pytest.mark.parametrize("text", TEXTS[:3])
def test_spans_marked_one_by_one_lie_where_they_lie_when_drawn_at_once(
    page: Page, text: str
) -> None:
    start(page, config=OVERLAPS, tasks=[text])
    focus(page)
    last = page.locator("[data-token]").count() - 1
    for key, (a, b) in zip("123", [(0, last), (1, last), (0, 1)], strict=True):
        drag(page, a, b)
        press(page, key, "Escape")
    name_of(page, "FINDING").click()
    press(page, "Delete")
    drawn = page.evaluate(PLACES)
    assert len(drawn) >= 4
    assert page.evaluate(COLLISIONS) == 0
    given = accepted(page)
    start(page, config=OVERLAPS, tasks=[{"text": text, "spans": given}])
    assert page.evaluate(PLACES) == drawn


def test_rules_follow_their_words_when_the_page_becomes_narrower(page: Page) -> None:
    text = " ".join([TEXT] * 3)
    wide = {"start": 0, "end": len(text), "label": "PART"}
    start(page, config=OVERLAPS, tasks=[{"text": text, "spans": [wide, *NESTED]}])
    before = page.locator(".nba-rule").count()
    page.set_viewport_size({"width": 312, "height": 900})
    page.wait_for_function("n => document.querySelectorAll('.nba-rule').length > n", arg=before)
    assert page.evaluate(RULES_OFF_THEIR_WORDS) == 0
    assert page.evaluate(COLLISIONS) == 0


def test_only_a_view_whose_spans_may_overlap_has_lanes(page: Page) -> None:
    start(page, config={}, tasks=[{"text": TEXT, "spans": NESTED[:1]}])
    assert page.locator(".nba-rule").count() == 0
    assert page.locator(".nba-mark").count() == 1


def test_undo_brings_overlapping_spans_back(page: Page) -> None:
    start(page, config=OVERLAPS, tasks=[TASK, "Another one"])
    focus(page)
    press(page, "a")
    stored(page, 1)
    press(page, "u")
    expect(page.locator(".nba-rule")).to_have_count(3)
    assert [label for label, _ in marks(page)] == ["0-17-FINDING", "7-17-SIGN", "7-12-PART"]


def test_the_same_word_of_the_next_text_may_be_clicked_at_once(page: Page) -> None:
    start(page, config={"overlaps": True}, tasks=["one two", "three four"])
    for count in (1, 2):
        page.locator('[data-token="0"]').click()
        press(page, "a")
        assert len(stored(page, count)[-1]["spans"]) == 1


@pytest.mark.parametrize("overlaps", [True, False])
def test_the_help_says_how_a_selected_span_is_moved_where_it_can_be(
    page: Page, overlaps: bool
) -> None:
    start(page, config={"overlaps": overlaps}, tasks=["One two"])
    focus(page)
    press(page, "h")
    said = page.locator(".nba-help dd")
    for end in ("its end", "its start"):
        expect(said.filter(has_text=f"with a span selected, move {end}")).to_have_count(
            int(overlaps)
        )
    expect(said.filter(has_text="pick several words")).to_have_count(1)
