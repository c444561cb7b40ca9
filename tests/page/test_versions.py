"""Laws of texts with versions on the page: one is picked, mended, accepted; a comparison is blind."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from nbannotate.tasks import Version
from tests.page.driver import start
from tests.page.hands import ROOT, answers_sent, focus, marks, press, sent, stored
from tests.page.versions import (
    BINARY_REVIEW,
    COMPARE,
    LABEL_REVIEW,
    PART_REVIEW,
    REVIEW,
    Remark,
    labels_task,
    over,
    pair,
    related,
    spans_task,
    task,
)

TEXT = "Meth is bad in Berlin"
METH, BERLIN = ("Meth", "DRUG"), ("Berlin", "ROUTE")
TIED = spans_task(TEXT, {"alice": [METH], "bob": [METH, BERLIN]})
LED = spans_task(TEXT, {"alice,carol": [METH, BERLIN], "bob": []})
LABELS = ["hardware", "payment", "account"]
CARD = ".nba-version"


def review(page: Page, *tasks, config=REVIEW, **status) -> None:
    start(page, config=config, tasks=[*tasks, "The next text"], status=status)
    focus(page)


def pressed(page: Page) -> list[str]:
    return page.locator('.nba-pick[aria-pressed="true"] .nba-who').all_inner_texts()


def words_of(kind: str, page: Page, card: int) -> list[str]:
    return page.locator(CARD).nth(card).locator(f'[data-kind="{kind}"]').all_inner_texts()


# -------------------------------------------------------------------- what is seen


def test_each_version_is_a_card_with_its_names(page: Page) -> None:
    review(page, spans_task(TEXT, {"alice,bob": [METH], "carol": []}))
    cards = page.locator(CARD)
    expect(cards).to_have_count(2)
    expect(cards.nth(0)).to_contain_text("alice, bob")
    expect(cards.nth(0)).to_contain_text("× 2")
    expect(cards.nth(1)).to_contain_text("Nothing is marked.")


def test_what_differs_says_so_in_signs_and_what_is_shared_does_not(page: Page) -> None:
    review(page, TIED)
    assert words_of("shared", page, 0) == ["MethDRUG"]
    assert words_of("differs", page, 0) == []
    assert words_of("lacks", page, 0) == ["Berlinno ROUTE"]
    assert words_of("differs", page, 1) == ["Berlin≠ ROUTE"]


def test_rejects_ignores_flags_and_notes_are_shown(page: Page) -> None:
    remark = Remark("bob", True, "is it? <b>ask</b>")
    versions = [
        Version(("alice",), spans=over(TEXT, METH)),
        Version(("bob",), answer="reject", remarks=(remark,)),
        Version(("eve",), answer="ignore"),
    ]
    review(page, task(TEXT, versions))
    cards = page.locator(CARD)
    expect(cards.nth(1)).to_contain_text("rejected")
    expect(cards.nth(1)).to_contain_text("flagged")
    expect(cards.nth(1)).to_contain_text("is it? <b>ask</b>")
    expect(cards.nth(2)).to_contain_text("ignored")
    assert page.locator(f"{CARD} .nba-pick[data-pick]").count() == 1


def test_of_a_long_text_each_card_shows_the_same_places(page: Page) -> None:
    text = "\n".join(f"Line {i} speaks of weather {i} and little else." for i in range(400))
    wanted = {"alice": [("weather 77", "DRUG")], "bob": [("weather 333", "DOSE")]}
    review(page, spans_task(text, wanted))
    for card in range(2):
        shown = page.locator(f"{CARD} .nba-version-text").nth(card).inner_text()
        assert "weather 77" in shown
        assert "weather 333" in shown
        assert len(shown) < 400
    token = page.locator(".nba-text [data-token]", has_text="77").first
    expect(token).to_be_in_viewport()


@pytest.mark.parametrize("crossing", [("Meth is", "is bad"), ("Meth is bad", "is")])
def test_marks_that_cross_or_nest_show_every_word_once(page: Page, crossing) -> None:
    config = {**REVIEW, "view": "spans.review", "overlaps": True}
    wanted = {"alice": [(words, "DRUG") for words in crossing], "bob": []}
    review(page, spans_task(TEXT, wanted), config=config)
    shown = page.locator(f"{CARD} .nba-version-text").first.evaluate(
        "e => { const c = e.cloneNode(true); c.querySelectorAll('.nba-seen-tag').forEach(t => t.remove()); return c.textContent; }"
    )
    assert shown == TEXT
    assert page.locator(CARD).first.locator(".nba-seen-tag").count() == 2


# -------------------------------------------------------------------- picking


def test_the_version_that_leads_is_the_draft_from_the_start(page: Page) -> None:
    review(page, LED)
    assert pressed(page) == ["alice, carol"]
    press(page, "a")
    (answer,) = stored(page, 1)
    assert [(s["start"], s["label"]) for s in answer["spans"]] == [(0, "DRUG"), (15, "ROUTE")]


def test_where_none_leads_accept_asks_for_a_pick_first(page: Page) -> None:
    review(page, TIED)
    press(page, "a")
    expect(page.locator(".nba-save")).to_contain_text("pick a version first")
    assert answers_sent(page) == 0
    press(page, "v", "a")
    (answer,) = stored(page, 1)
    assert len(answer["spans"]) == 1


@pytest.mark.parametrize("how", ["v", "number", "head", "card"])
def test_a_version_is_picked_by_key_or_click(page: Page, how: str) -> None:
    review(page, TIED)
    second = page.locator(CARD).nth(1)
    if how == "v":
        press(page, "v", "v")
    elif how == "number":
        press(page, "Shift+Digit2")
    elif how == "head":
        second.get_by_role("button").click()
    else:
        second.locator(".nba-version-text").click()
    assert pressed(page) == ["bob"]
    assert [span for span, _ in marks(page)] == ["0-4-DRUG", "15-21-ROUTE"]
    press(page, "a")
    assert len(stored(page, 1)[0]["spans"]) == 2


def test_going_round_the_versions_comes_back(page: Page) -> None:
    review(page, TIED)
    seen = []
    for key in ("v", "v", "v", "Shift+V"):
        press(page, key)
        seen += pressed(page)
    assert seen == ["alice", "bob", "alice", "bob"]


def test_a_picked_version_is_mended_as_any_draft(page: Page) -> None:
    review(page, TIED)
    press(page, "Shift+Digit1", "3")
    page.locator('[data-token="4"]').click()
    assert pressed(page) == []
    press(page, "a")
    (answer,) = stored(page, 1)
    assert [s["label"] for s in answer["spans"]] == ["DRUG", "EFFECT"]


def test_an_empty_version_can_be_picked_and_accepted(page: Page) -> None:
    review(page, spans_task(TEXT, {"alice": [METH], "bob": []}))
    press(page, "Shift+Digit2")
    assert pressed(page) == ["bob"]
    press(page, "a")
    assert stored(page, 1)[0]["spans"] == []


def test_undo_brings_the_versions_and_the_decision_back(page: Page) -> None:
    review(page, TIED)
    press(page, "Shift+Digit2", "a")
    stored(page, 1)
    expect(page.locator(CARD)).to_have_count(0)
    press(page, "u")
    expect(page.locator(CARD)).to_have_count(2)
    assert pressed(page) == ["bob"]


def test_labels_are_picked_from_versions_or_chosen(page: Page) -> None:
    shown = labels_task(TEXT, {"alice": ["hardware"], "bob": ["payment"]}, LABELS)
    review(page, shown, config={**LABEL_REVIEW, "names": LABELS})
    press(page, "Shift+Digit2")
    expect(page.locator('[data-option="payment"]')).to_have_attribute("aria-pressed", "true")
    assert answers_sent(page) == 0
    press(page, "a")
    assert stored(page, 1)[0]["accept"] == ["payment"]


def test_none_of_several_labels_can_be_picked(page: Page) -> None:
    shown = labels_task(TEXT, {"alice": ["hardware", "payment"], "bob": []}, LABELS)
    review(page, shown, config={**LABEL_REVIEW, "exclusive": False, "names": LABELS})
    press(page, "a")
    assert answers_sent(page) == 0
    press(page, "Shift+Digit2", "a")
    assert stored(page, 1)[0]["accept"] == []


def test_a_yes_or_no_question_shows_who_said_which(page: Page) -> None:
    versions = [Version(("alice",)), Version(("bob",), answer="reject")]
    asked = {
        **task(TEXT, versions, label="DRUG"),
        "spans": [{"start": 0, "end": 4, "label": "DRUG"}],
    }
    review(page, asked, config=BINARY_REVIEW)
    assert page.locator(f"{CARD} button").count() == 0
    expect(page.locator(CARD).nth(1)).to_contain_text("rejected")
    press(page, "x")
    assert stored(page, 1)[0]["answer"] == "reject"


# -------------------------------------------------------------------- relations and fields

CAUSES, TREATS = (related(TEXT, METH, label, BERLIN) for label in ("CAUSES", "TREATS"))
BOTH = over(TEXT, METH, BERLIN)
ONE = Version(("alice",), spans=BOTH, relations=(CAUSES,), inputs={"reason": "in the city"})
OTHER = Version(("bob",), spans=BOTH, relations=(CAUSES, TREATS), inputs={"reason": "in a city"})
SILENT = Version(("carol",), spans=BOTH, inputs={"reason": ""})


def related_on(page: Page, card: int) -> list[str]:
    return page.locator(CARD).nth(card).locator(".nba-related").all_inner_texts()


def field_of(page: Page) -> str:
    return page.locator('[data-input="reason"]').input_value()


def test_relations_are_lines_that_say_what_differs_and_what_is_lacking(page: Page) -> None:
    review(page, task(TEXT, [ONE, OTHER]), config=PART_REVIEW)
    shown = [[" ".join(line.split()) for line in related_on(page, card)] for card in (0, 1)]
    assert shown == [
        ["Meth CAUSES → Berlin", "Meth no TREATS → Berlin"],
        ["Meth CAUSES → Berlin", "Meth ≠ TREATS → Berlin"],
    ]


def test_what_was_written_differs_word_by_word_and_none_says_so(page: Page) -> None:
    review(page, task(TEXT, [ONE, OTHER]), config=PART_REVIEW)
    assert page.locator(".nba-fields-said ins").all_inner_texts() == ["the", "a"]
    assert page.locator(".nba-fields-said dt").all_inner_texts() == ["≠ reason", "≠ reason"]
    review(page, task(TEXT, [ONE, SILENT]), config=PART_REVIEW)
    expect(page.locator(CARD).nth(1).locator(".nba-fields-said")).to_contain_text("nothing")
    same = Version(("dan",), spans=BOTH, inputs=ONE.inputs)
    review(page, task(TEXT, [ONE, same]), config=PART_REVIEW)
    assert page.locator(".nba-fields-said ins").count() == 0
    assert page.locator(".nba-fields-said dt").all_inner_texts() == ["reason", "reason"]


@pytest.mark.parametrize(("key", "said"), [("Shift+Digit1", ONE), ("Shift+Digit2", OTHER)])
def test_a_picked_version_brings_its_relations_and_its_texts(page: Page, key: str, said) -> None:
    review(page, task(TEXT, [ONE, OTHER, SILENT]), config=PART_REVIEW)
    press(page, "Shift+Digit3")
    assert (pressed(page), field_of(page)) == (["carol"], "")
    press(page, key)
    assert (pressed(page), field_of(page)) == ([said.names[0]], said.inputs["reason"])
    expect(page.locator(".nba-relation")).to_have_count(len(said.relations))
    press(page, "a")
    (answer,) = stored(page, 1)
    assert answer["inputs"] == said.inputs
    assert answer["relations"] == [each.to_dict() for each in said.relations]


def test_the_leading_version_is_the_draft_with_all_its_parts(page: Page) -> None:
    lead = replace(OTHER, names=("alice", "bob"))
    review(page, task(TEXT, [lead, SILENT]), config=PART_REVIEW)
    assert (pressed(page), field_of(page)) == (["alice, bob"], "in a city")
    press(page, "a")
    assert len(stored(page, 1)[0]["relations"]) == 2


def test_a_draft_that_is_changed_in_any_part_is_that_version_no_more(page: Page) -> None:
    review(page, task(TEXT, [ONE, OTHER]), config=PART_REVIEW)
    press(page, "Shift+Digit1")
    page.locator('[data-input="reason"]').fill("in the city, as I saw")
    assert pressed(page) == []
    page.locator('[data-input="reason"]').fill("in the city")
    assert pressed(page) == ["alice"]
    focus(page)
    press(page, "r", "Backspace")
    expect(page.locator(".nba-relation")).to_have_count(0)
    assert pressed(page) == []


def test_undo_brings_the_relations_and_texts_of_a_decision_back(page: Page) -> None:
    review(page, task(TEXT, [ONE, OTHER]), config=PART_REVIEW)
    press(page, "Shift+Digit2", "a")
    stored(page, 1)
    expect(page.locator(CARD)).to_have_count(0)
    press(page, "u")
    expect(page.locator(".nba-relation")).to_have_count(2)
    assert (pressed(page), field_of(page)) == (["bob"], "in a city")


# -------------------------------------------------------------------- where the buttons are


def tops(page: Page, count: int, *keys: str) -> list[float]:
    """Where a button stands at each text, from the first on."""
    found = []
    for place in range(1, count + 1):
        page.wait_for_selector(f'{ROOT}[data-painted="{place}"]')
        box = page.locator('[data-action="ignore"]').bounding_box()
        assert box
        found.append(box["y"])
        press(page, *keys)
    return found


def test_however_many_versions_there_are_the_buttons_of_a_review_stay(page: Page) -> None:
    words = ["Meth", "is", "bad", "in", "Berlin"]
    many = spans_task(TEXT, {f"a{i}": [(word, "DRUG")] for i, word in enumerate(words)})
    review(page, TIED, many, TIED)
    first, *others = tops(page, 3, "Shift+Digit1", "a")
    assert others == pytest.approx([first] * 2, abs=0.99)  # a height may be half a pixel


def test_after_tall_outputs_the_buttons_of_a_comparison_move_by_a_line_at_most(page: Page) -> None:
    tall, short = (Version(("v1",), output=f"{TEXT} " * n) for n in (60, 1))
    other = Version(("v2",), output="no")
    pairs = [pair(f"Text {i}", one, other) for i, one in enumerate([tall, *[short] * 9])]
    start(page, config=COMPARE, tasks=pairs)
    focus(page)
    found = tops(page, 10, "1")
    steps = [before - after for before, after in pairwise(found)]
    assert steps[:6] == pytest.approx([0] * 6, abs=0.99)  # a height may be half a pixel
    assert 1 < max(steps) < 40


# -------------------------------------------------------------------- agreed in one go


@pytest.mark.parametrize("how", ["button", "key"])
def test_agreed_texts_are_accepted_in_one_go_and_counted(page: Page, how: str) -> None:
    review(page, TIED, n_agreed=1212)
    button = page.get_by_role("button", name="Accept 1,212 agreed")
    expect(button).to_be_visible()
    if how == "button":
        button.click()
    else:
        press(page, "Shift+G")
    expect(page.locator(".nba-save")).to_contain_text("accepted 1212 agreed texts")
    expect(button).to_be_hidden()
    assert len(sent(page, "accept_agreed")) == 1


def test_nothing_is_offered_where_nothing_is_agreed(page: Page) -> None:
    review(page, TIED, n_agreed=0)
    expect(page.locator(".nba-agreed")).to_be_hidden()
    press(page, "Shift+G")
    assert sent(page, "accept_agreed") == []


# -------------------------------------------------------------------- compare

LEFT = Version(("v1",), spans=over(TEXT, METH))
RIGHT = Version(("v2",), spans=over(TEXT, METH, BERLIN))


def compare(page: Page, left=LEFT, right=RIGHT) -> None:
    start(page, config=COMPARE, tasks=[pair(TEXT, left, right), "The next text"])
    focus(page)


@pytest.mark.parametrize(
    ("keys", "side"),
    [("1", "left"), ("2", "right"), ("3", "tie"), ("ArrowLeft", "left"), ("ArrowRight", "right"), ("ArrowDown", "tie")],
)  # fmt: skip
def test_one_key_says_which_is_better(page: Page, keys: str, side: str) -> None:
    compare(page)
    press(page, keys)
    (answer,) = stored(page, 1)
    assert (answer["answer"], answer["accept"]) == ("accept", [side])


@pytest.mark.parametrize("side", ["left", "right", "tie"])
def test_a_click_says_which_is_better(page: Page, side: str) -> None:
    compare(page)
    page.locator(f'[data-option="{side}"]:visible').click()
    assert stored(page, 1)[0]["accept"] == [side]


def test_the_page_of_a_comparison_holds_no_name(page: Page) -> None:
    compare(page)
    assert "v1" not in page.locator(ROOT).evaluate("e => e.outerHTML")
    assert page.locator(".nba-who").all_inner_texts() == [
        "Left", "Right", "Equally good, or neither",
    ]  # fmt: skip


def test_written_outputs_are_compared_word_by_word(page: Page) -> None:
    compare(
        page,
        Version(("v1",), output="a red <b>cat</b>"),
        Version(("v2",), output="a blue <b>cat</b>"),
    )
    assert page.locator("ins").all_inner_texts() == ["red", "blue"]
    expect(page.locator(".nba-text")).to_contain_text(TEXT)
    expect(page.locator(CARD).first).to_contain_text("a red <b>cat</b>")


def test_undo_asks_the_pair_again(page: Page) -> None:
    compare(page)
    press(page, "1")
    stored(page, 1)
    press(page, "Backspace")
    expect(page.locator(CARD)).to_have_count(2)
    assert pressed(page) == ["Left"]
