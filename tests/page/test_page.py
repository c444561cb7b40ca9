"""Laws of the page: what the hands do is what the kernel is told, and nothing else hears the keys."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.page.driver import start
from tests.page.hands import ROOT, answers_sent, drag, focus, marks, press, stored

TEXT = "I was on 20 mg of oxycodone a day"
DOSE = {"start": 9, "end": 14, "label": "DOSE", "score": 0.9}
TASK = {"text": TEXT, "suggestions": [DOSE]}
CHOICE = {"blocks": ["choice"], "names": ["hardware", "payment"], "exclusive": True}
OPTIONS = [{"label": "hardware", "score": None}, {"label": "payment", "score": None}]


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        "a\n\n\tb  c\n",
        "👩‍🔬 said 💊💊 ibuprofen a\u0301 日本 é",
        "وصف الطبيب دواء 100 mg",
        "   ",
        "<b>&amp;</b>",
    ],
)
def test_the_text_on_the_page_is_the_text_of_the_task(page: Page, text: str) -> None:
    start(page, config={}, tasks=[text])
    assert page.locator(".nba-text").evaluate("e => e.textContent") == text
    tokens = page.evaluate("kernel.tasks[0].tokens")
    shown = page.locator("[data-token]").evaluate_all("els => els.map(e => e.textContent)")
    assert shown == [text[begin:end] for begin, end in tokens]


def test_a_span_marked_after_emoji_is_sent_in_code_points(page: Page) -> None:
    text = "👩‍🔬 said 💊💊 ibuprofen helped"
    start(page, config={}, tasks=[text])
    page.locator("[data-token]", has_text="ibuprofen").click()
    press(page, "a")
    (answer,) = stored(page, 1)
    (span,) = answer["spans"]
    assert text[span["start"] : span["end"]] == "ibuprofen"


def test_dragging_from_inside_one_word_to_inside_another_marks_both_whole(page: Page) -> None:
    start(page, config={}, tasks=[TEXT])
    drag(page, 3, 4)
    assert marks(page) == [("9-14-DRUG", "false")]
    drag(page, 7, 6)
    assert marks(page) == [("9-14-DRUG", "false"), ("18-29-DRUG", "false")]


def test_marking_over_a_span_replaces_it(page: Page) -> None:
    start(page, config={}, tasks=[TASK])
    drag(page, 4, 6)
    assert marks(page) == [("12-27-DRUG", "false")]


def test_a_double_click_marks_one_word_once(page: Page) -> None:
    start(page, config={}, tasks=[TEXT])
    page.locator('[data-token="6"]').dblclick()
    assert marks(page) == [("18-27-DRUG", "false")]
    assert page.locator("[data-selected]").count() == 0


def test_touching_a_suggestion_makes_it_solid_and_a_label_key_renames_it(page: Page) -> None:
    start(page, config={}, tasks=[TASK])
    assert marks(page) == [("9-14-DOSE", "true")]
    page.locator('[data-token="3"]').click()
    assert marks(page) == [("9-14-DOSE", "false")]
    press(page, "3")
    assert marks(page) == [("9-14-EFFECT", "false")]


@pytest.mark.parametrize("how", ["Backspace", "Delete", "cross"])
def test_a_selected_span_is_deleted_and_nothing_is_undone(page: Page, how: str) -> None:
    start(page, config={}, tasks=[TASK])
    page.locator('[data-token="3"]').click()
    if how == "cross":
        page.locator('[data-action="delete"]').click()
    else:
        press(page, how)
    assert marks(page) == []
    assert page.evaluate("kernel.received.map(m => m.type)") == ["hello"]


def test_a_span_can_be_made_by_keys_alone(page: Page) -> None:
    start(page, config={}, tasks=[TEXT])
    focus(page)
    press(page, *["ArrowRight"] * 4, "Shift+ArrowRight", "2", *["ArrowRight"] * 2, "1", "a")
    (answer,) = stored(page, 1)
    assert answer["spans"] == [
        {"start": 9, "end": 14, "label": "DOSE"},
        {"start": 18, "end": 27, "label": "DRUG"},
    ]


def test_enter_marks_what_is_picked_and_escape_lets_it_go(page: Page) -> None:
    start(page, config={}, tasks=[TEXT])
    focus(page)
    press(page, "ArrowRight", "Enter", "ArrowRight", "Escape", "Enter")
    assert marks(page) == [("0-1-DRUG", "false")]


def test_suggestions_left_standing_are_sent_as_spans(page: Page) -> None:
    start(page, config={}, tasks=[TASK])
    focus(page)
    press(page, "a")
    (answer,) = stored(page, 1)
    assert answer["spans"] == [{"start": 9, "end": 14, "label": "DOSE"}]
    assert answer["answer"] == "accept"
    assert answer["seconds"] >= 0


def test_marking_far_down_a_long_text_leaves_it_where_it_was_scrolled(page: Page) -> None:
    start(page, config={}, tasks=["\n".join([TEXT] * 80)])
    far = page.locator('[data-token="600"]')
    far.scroll_into_view_if_needed()
    before = page.locator(".nba-text").evaluate("e => e.scrollTop")
    far.click()
    assert before > 0
    assert page.locator(".nba-text").evaluate("e => e.scrollTop") == before


def test_undo_brings_the_text_back_with_what_was_marked(page: Page) -> None:
    start(page, config={}, tasks=[TEXT, "Another one"])
    page.locator('[data-token="6"]').click()
    press(page, "a")
    stored(page, 1)
    page.locator('[data-action="undo"]').click()
    expect(page.locator(".nba-text")).to_have_text(TEXT)
    assert marks(page) == [("18-27-DRUG", "false")]
    stored(page, 0)


def test_what_was_marked_on_the_next_text_is_there_again_after_an_undo(page: Page) -> None:
    start(page, config={}, tasks=[TEXT, "Another one and more"])
    focus(page)
    press(page, "a")
    stored(page, 1)
    page.locator('[data-token="0"]').click()
    press(page, "n")
    page.keyboard.type("half made")
    press(page, "Enter", "Escape", "Backspace")
    expect(page.locator(".nba-text")).to_have_text(TEXT)
    press(page, "a")
    expect(page.locator(".nba-text")).to_contain_text("Another one and more")
    assert marks(page) == [("0-7-DRUG", "false")]
    press(page, "a")
    assert stored(page, 2)[1]["note"] == "half made"


@pytest.mark.parametrize("reason", ["store", "invalid"])
def test_a_refused_answer_comes_back_whole_and_the_next_text_waits(
    page: Page, reason: str
) -> None:
    start(page, config={}, tasks=[TEXT, "Another one"])
    page.locator('[data-token="6"]').click()
    page.evaluate("reason => { kernel.refusal = { reason, error: 'the disk is full' }; }", reason)
    press(page, "a")
    expect(page.locator(".nba-alert")).to_have_text("the disk is full")
    expect(page.locator(".nba-text")).to_have_text(TEXT)
    assert marks(page) == [("18-27-DRUG", "false")]
    press(page, "a")
    stored(page, 1)
    expect(page.locator(".nba-text")).to_have_text("Another one")
    expect(page.locator(".nba-alert")).to_be_hidden()


def test_a_stale_answer_is_said_to_be_lost_and_the_current_text_is_shown(page: Page) -> None:
    start(page, config={}, tasks=[TEXT, "Another one", "A third"])
    page.evaluate("kernel.at = 2")
    focus(page)
    press(page, "a")
    expect(page.locator(".nba-text")).to_have_text("A third")
    expect(page.locator(".nba-alert")).to_contain_text("no longer the current one")


def test_answers_given_to_a_busy_kernel_are_kept_and_sent_in_order(page: Page) -> None:
    start(page, config={}, tasks=["One", "Two", "Three"])
    page.evaluate("kernel.busy = true")
    focus(page)
    press(page, "a", "x", "a")
    expect(page.locator(".nba-save")).to_contain_text("kernel busy: 2 answers kept here")
    assert answers_sent(page) == 1
    expect(page.locator(ROOT)).to_have_attribute("data-waiting", "true")
    page.evaluate("kernel.release()")
    answers = stored(page, 2)
    assert [row["answer"] for row in answers] == ["accept", "reject"]
    expect(page.locator(".nba-text")).to_have_text("Three")
    expect(page.locator(".nba-save")).to_contain_text("too early")


def let_reply(page: Page) -> None:
    """Let a kernel that waits for its steps reply to what it was sent."""
    page.wait_for_function("kernel.inbox.length > 0")
    page.evaluate("while (kernel.step());")


PRESS_TWICE = """key => {
  for (const _ of [1, 2]) document.querySelector(".nbannotate").dispatchEvent(
    new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
}"""


def test_a_text_that_is_drawn_but_not_painted_cannot_be_answered(page: Page) -> None:
    start(page, config={}, tasks=["One", "Two", "Three"])
    focus(page)
    page.evaluate(PRESS_TWICE, "a")
    assert answers_sent(page) <= 1
    expect(page.locator(".nba-text")).to_have_text("Two")
    expect(page.locator(".nba-save")).to_contain_text("too early")
    page.wait_for_selector(f'{ROOT}[data-painted="2"]')
    press(page, "a")
    assert len(stored(page, 2)) == 2
    expect(page.locator(".nba-text")).to_have_text("Three")


@pytest.mark.parametrize("key", ["a", "Space", "Enter", "2"])
def test_a_press_before_the_next_text_has_come_is_said_to_have_answered_nothing(
    page: Page, key: str
) -> None:
    tasks = [{"text": text, "options": OPTIONS} for text in ("One", "Two", "Three")]
    start(page, painted=False, config=CHOICE, tasks=tasks, ahead=False, delay=None)
    page.evaluate("kernel.step()")
    page.wait_for_selector('.nbannotate[data-painted="1"]')
    focus(page)
    press(page, "1")
    expect(page.locator(ROOT)).to_have_attribute("data-waiting", "true")
    press(page, key)
    expect(page.locator(".nba-save")).to_contain_text("too early")
    let_reply(page)
    expect(page.locator(".nba-text")).to_have_text("Two")
    expect(page.locator(".nba-save")).to_contain_text("too early: the next text was not here yet")
    assert answers_sent(page) == 1
    press(page, "2")
    let_reply(page)
    assert [row["accept"] for row in stored(page, 2)] == [["hardware"], ["payment"]]
    expect(page.locator(".nba-save")).to_have_text("✓ saved")


def test_an_answer_not_yet_sent_is_taken_back_in_the_page(page: Page) -> None:
    start(page, config={}, tasks=["One", "Two", "Three"])
    page.evaluate("kernel.busy = true")
    focus(page)
    press(page, "a", "x", "u")
    expect(page.locator(".nba-text")).to_have_text("Two")
    press(page, "a")
    page.evaluate("kernel.release()")
    assert [row["answer"] for row in stored(page, 2)] == ["accept", "accept"]


def test_one_key_answers_an_exclusive_choice(page: Page) -> None:
    tasks = [{"text": text, "options": OPTIONS} for text in ("One", "Two")]
    start(page, config=CHOICE, tasks=tasks)
    focus(page)
    press(page, "2")
    page.wait_for_selector('.nbannotate[data-painted="2"]')
    page.locator('[data-option="hardware"]').click()
    assert [row["accept"] for row in stored(page, 2)] == [["payment"], ["hardware"]]


def test_accept_without_a_choice_is_held_back_with_a_hint(page: Page) -> None:
    start(page, config=CHOICE, tasks=[{"text": "One", "options": OPTIONS}])
    focus(page)
    press(page, "a", "Enter")
    expect(page.locator(".nba-save")).to_contain_text("choose an option first")
    assert answers_sent(page) == 0


def test_a_likely_option_is_on_from_the_start_and_accepted_as_it_stands(page: Page) -> None:
    options = [{"label": "hardware", "score": 0.3}, {"label": "payment", "score": 0.7}]
    start(page, config=CHOICE, tasks=[{"text": "One", "options": options}])
    expect(page.locator('[data-option="payment"]')).to_have_attribute("aria-pressed", "true")
    focus(page)
    press(page, "Enter")
    assert stored(page, 1)[0]["accept"] == ["payment"]


def test_options_that_do_not_exclude_are_turned_on_and_off(page: Page) -> None:
    config = {**CHOICE, "exclusive": False}
    start(
        page, config=config, tasks=[{"text": text, "options": OPTIONS} for text in ("One", "Two")]
    )
    focus(page)
    press(page, "1", "2", "1", "a")
    stored(page, 1)
    press(page, "a")
    assert [row["accept"] for row in stored(page, 2)] == [["payment"], []]


def test_no_plain_key_is_heard_outside_and_every_combination_is(page: Page) -> None:
    start(page, config={}, tasks=[TEXT, "Another one"])
    focus(page)
    press(page, "d", "d", "b", "Escape", "ArrowDown", "Enter", "q", "5", "h", "Tab")
    assert page.evaluate("harness.leaked") == []
    focus(page)
    press(page, "Control+s")
    assert page.evaluate("harness.leaked") == ["Control", "s"]


def test_keys_outside_the_widget_do_nothing_in_it(page: Page) -> None:
    start(page, config={}, tasks=[TEXT])
    assert page.evaluate("document.activeElement === document.body")
    press(page, "a")
    assert page.evaluate("harness.leaked") == ["a"]
    assert answers_sent(page) == 0


def test_a_view_that_is_gone_hears_no_keys_and_no_messages(page: Page) -> None:
    start(page, config={}, tasks=[TEXT])
    focus(page)
    page.evaluate("dispose()")
    press(page, "a")
    page.evaluate("kernel.reply({type: 'status', status: kernel.status()})")
    assert page.locator(ROOT).count() == 0
    assert answers_sent(page) == 0


@pytest.mark.parametrize("key", ["Space", "Enter"])
def test_a_focused_button_is_pressed_once_by_its_own_keys(page: Page, key: str) -> None:
    start(page, config={}, tasks=["One", "Two", "Three"])
    page.locator('[data-action="reject"]').focus()
    press(page, key)
    assert [row["answer"] for row in stored(page, 1)] == ["reject"]


def test_a_key_held_down_answers_once(page: Page) -> None:
    start(page, config={}, tasks=["One", "Two", "Three"])
    focus(page)
    for _ in range(4):
        page.keyboard.down("a")
    page.keyboard.up("a")
    assert len(stored(page, 1)) == 1


def test_keys_work_on_after_an_answer_by_mouse(page: Page) -> None:
    start(page, config={}, tasks=["One", "Two", "Three"])
    page.locator('[data-action="ignore"]').click()
    press(page, "x")
    assert [row["answer"] for row in stored(page, 2)] == ["ignore", "reject"]


def test_the_eleventh_label_has_shift_and_the_first_digit(page: Page) -> None:
    names = [f"L{i}" for i in range(1, 21)]
    start(page, config={"names": names}, tasks=[TEXT])
    focus(page)
    press(page, "ArrowRight", "Shift+Digit1", "ArrowRight", "Digit0")
    assert marks(page) == [("0-1-L11", "false"), ("2-5-L10", "false")]


def test_the_end_is_calm_and_can_be_undone(page: Page) -> None:
    start(page, config={}, tasks=["One"])
    focus(page)
    press(page, "a")
    expect(page.locator(".nba-panel strong")).to_have_text("All done: 1 answer")
    assert page.evaluate("document.activeElement.matches('.nbannotate')")
    press(page, "Backspace")
    expect(page.locator(".nba-text")).to_have_text("One")


def test_two_views_of_one_widget_show_the_same_text(page: Page) -> None:
    start(page, config={}, tasks=["One", "Two", "Three"])
    page.evaluate(
        "async () => { const { default: w } = await import('/static/widget.js');"
        "const el = document.createElement('div'); views.append(el); w.render({ model: kernel, el }); }"
    )
    expect(page.locator(".nba-text").nth(1)).to_have_text("One")
    page.locator(ROOT).nth(1).focus()
    press(page, "a")
    expect(page.locator(".nba-text").nth(0)).to_have_text("Two")
    expect(page.locator(".nba-text").nth(1)).to_have_text("Two")
    assert len(stored(page, 1)) == 1


def test_everything_works_inside_a_shadow_root(page: Page) -> None:
    start(page, config={}, tasks=["nothing"])
    page.evaluate(
        "async () => { const { default: w } = await import('/static/widget.js');"
        "const { FakeKernel } = await import('/js/fake_kernel.js'); dispose();"
        "const host = document.createElement('div'); views.append(host);"
        "const el = document.createElement('div'); host.attachShadow({ mode: 'open' }).append(el);"
        "window.kernel = new FakeKernel({ config: harness.makeConfig(), tasks: [harness.makeTask('One two')], delay: 5 });"
        "w.render({ model: kernel, el }); }"
    )
    page.locator('[data-token="1"]').click()
    press(page, "a")
    assert stored(page, 1)[0]["spans"] == [{"start": 4, "end": 7, "label": "DRUG"}]
    assert page.evaluate("harness.leaked") == []


def test_each_painted_text_is_marked_for_the_benchmark(page: Page) -> None:
    start(page, config={}, tasks=["One", "Two"])
    focus(page)
    press(page, "a")
    page.wait_for_selector('.nbannotate[data-painted="2"]')
    painted = page.evaluate(
        "performance.getEntriesByName('nbannotate:painted').map(e => e.detail)"
    )
    assert painted == page.evaluate("kernel.tasks.map(t => t.task_hash)")
