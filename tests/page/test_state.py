"""Laws of what changes around the text: labels, the model's state, a page that is loaded again."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.page.driver import start
from tests.page.hands import ROOT, answers_sent, drag, focus, marks, press, sent, stored

TEXT = "I was on 20 mg of oxycodone a day"
NAMES = ["DRUG", "DOSE", "EFFECT", "ROUTE"]
PAUSED = {"state": "paused", "message": "ValueError: E024", "learned": 12}
MANY = [f"LABEL_{i}" for i in range(1, 40)]


def test_a_label_added_by_a_cell_can_be_used_at_once_and_nothing_marked_is_lost(
    page: Page,
) -> None:
    start(page, config={}, tasks=[TEXT])
    drag(page, 3, 4)
    page.locator('[data-token="3"]').click()
    page.evaluate("names => kernel.configure({ names })", [*NAMES, "FORM"])
    assert marks(page) == [("9-14-DRUG", "false")]
    expect(page.locator("[data-selected]")).to_have_count(1)
    press(page, "5", "a")
    assert stored(page, 1)[0]["spans"] == [{"start": 9, "end": 14, "label": "FORM"}]


def test_the_label_in_use_stays_when_labels_are_put_before_it(page: Page) -> None:
    start(page, config={}, tasks=[TEXT])
    focus(page)
    press(page, "2")
    page.evaluate("names => kernel.configure({ names })", ["FORM", *NAMES])
    page.locator('[data-token="3"]').click()
    assert marks(page) == [("9-11-DOSE", "false")]


def test_an_open_panel_stays_open_when_labels_change(page: Page) -> None:
    start(page, config={}, tasks=[TEXT])
    focus(page)
    press(page, "h")
    page.evaluate("names => kernel.configure({ names })", [*NAMES, "FORM"])
    expect(page.locator(".nba-help")).to_be_visible()


def test_an_option_added_by_a_cell_can_be_chosen_on_the_text_now_shown(page: Page) -> None:
    config = {"blocks": ["choice"], "names": ["hardware", "payment"], "exclusive": True}
    options = [{"label": "hardware", "score": 0.2}, {"label": "payment", "score": 0.3}]
    start(page, config=config, tasks=[{"text": "One", "options": options}])
    page.evaluate("kernel.configure({ names: ['hardware', 'payment', 'account'] })")
    focus(page)
    press(page, "3")
    assert stored(page, 1)[0]["accept"] == ["account"]


def test_accuracy_on_random_questions_is_shown_with_its_interval(page: Page) -> None:
    live = {"value": 0.84, "low": 0.76, "high": 0.9, "n": 61}
    start(
        page,
        config={},
        tasks=[TEXT],
        status={"progress": {"accuracy": 0.5, "live_accuracy": live}},
    )
    expect(page.locator(".nba-accuracy")).to_have_text("accuracy 84\u00a0% (76–90)")
    assert "61 questions" in (page.locator(".nba-accuracy").get_attribute("title") or "")


def test_without_random_questions_the_share_agreed_is_shown(page: Page) -> None:
    start(
        page,
        config={},
        tasks=[TEXT],
        status={"progress": {"accuracy": 0.5, "live_accuracy": None}},
    )
    expect(page.locator(".nba-accuracy")).to_have_text("agreed 50\u00a0%")


def test_the_outlook_and_the_version_are_in_the_details(page: Page) -> None:
    outlook = {"answers": 100, "value": 0.88, "low": 0.83, "high": 0.92}
    model = {"state": "ready", "learned": 12, "version": "drugs-v3"}
    start(page, config={}, tasks=[TEXT], status={"progress": {"outlook": outlook}, "model": model})
    page.locator(".nba-model").click()
    expect(page.locator(".nba-details")).to_contain_text("≈ 88\u00a0% after 100 more")
    expect(page.locator(".nba-details")).to_contain_text("drugs-v3")


def test_a_paused_model_is_resumed_by_its_button_and_answers_go_on(page: Page) -> None:
    start(page, config={}, tasks=[TEXT, "Two"], status={"model": PAUSED})
    expect(page.locator(".nba-pause")).to_contain_text("model paused: ValueError: E024")
    focus(page)
    press(page, "a")
    stored(page, 1)
    page.locator('[data-action="resume"]').click()
    expect(page.locator(".nba-pause")).to_be_empty()
    assert len(sent(page, "resume")) == 1


def test_a_pause_without_a_text_is_no_end_and_goes_on_when_resumed(page: Page) -> None:
    status = {"phase": "paused", "model": PAUSED}
    start(page, painted=False, config={}, tasks=[TEXT], status=status)
    expect(page.locator(".nba-panel strong")).to_have_text("The model is paused")
    expect(page.locator(".nba-panel")).to_contain_text("ValueError: E024")
    page.locator('.nba-panel [data-action="resume"]').click()
    expect(page.locator(".nba-text")).to_have_text(TEXT)


def test_resume_is_asked_for_once_however_often_it_is_clicked(page: Page) -> None:
    start(page, config={}, tasks=[TEXT], status={"model": PAUSED})
    page.evaluate("kernel.busy = true")
    for _ in range(3):
        page.evaluate("document.querySelector('[data-action=resume]').click()")
    assert len(sent(page, "resume")) == 1


def test_the_reason_for_a_text_is_shown_by_key_and_by_button(page: Page) -> None:
    start(page, config={}, tasks=[{"text": TEXT, "why_text": "The model is unsure."}])
    expect(page.locator(".nba-why")).to_be_hidden()
    focus(page)
    press(page, "?")
    expect(page.locator(".nba-why")).to_contain_text("The model is unsure.")
    page.locator('[data-action="why"]').click()
    expect(page.locator(".nba-why")).to_be_hidden()


def test_typed_letters_find_a_label_and_enter_takes_it(page: Page) -> None:
    start(page, config={"names": MANY}, tasks=[TEXT])
    page.locator('[data-token="3"]').click()
    press(page, "ArrowLeft", "ArrowRight", "/")
    page.keyboard.type("label_3")
    expect(page.locator(".nba-label:visible").first).to_have_attribute("data-label", "LABEL_3")
    page.keyboard.type("7")
    press(page, "Enter", "a")
    assert stored(page, 1)[0]["spans"] == [{"start": 9, "end": 11, "label": "LABEL_37"}]
    assert page.evaluate("harness.leaked") == []


def test_escape_leaves_the_filter_as_it_found_the_labels(page: Page) -> None:
    start(page, config={"names": MANY}, tasks=[TEXT])
    focus(page)
    press(page, "/")
    page.keyboard.type("39")
    press(page, "Escape")
    expect(page.locator(".nba-label:visible")).to_have_count(len(MANY))
    press(page, "x")
    assert stored(page, 1)[0]["answer"] == "reject"


def test_a_few_labels_need_no_filter(page: Page) -> None:
    start(page, config={"names": MANY[:30]}, tasks=[TEXT])
    expect(page.locator(".nba-filter")).to_be_hidden()


def reload_with(page: Page, tasks: list[Any], **setup: Any) -> None:
    page.reload()
    page.wait_for_function("window.ready === true")
    start(page, painted=False, tasks=tasks, config={}, **setup)


def test_answers_not_yet_acknowledged_are_delivered_after_the_page_is_loaded_again(
    page: Page,
) -> None:
    tasks = ["One", "Two", "Three"]
    start(page, config={}, tasks=tasks)
    page.evaluate("kernel.busy = true")
    focus(page)
    press(page, "a", "x")
    ids = page.evaluate("Object.keys(JSON.parse(Object.values(sessionStorage)[0])).sort()")
    reload_with(page, tasks)
    answers = stored(page, 2)
    assert [(row["answer_id"], row["answer"]) for row in answers] == list(
        zip(ids, ["accept", "reject"], strict=True)
    )
    expect(page.locator(".nba-text")).to_have_text("Three")
    assert page.evaluate("sessionStorage.length") == 0


def test_an_acknowledged_answer_is_not_delivered_again(page: Page) -> None:
    start(page, config={}, tasks=["One", "Two"])
    focus(page)
    press(page, "a")
    stored(page, 1)
    expect(page.locator(".nba-save")).to_have_text("✓ saved")
    reload_with(page, ["One", "Two"])
    expect(page.locator(".nba-text")).to_have_text("One")
    assert answers_sent(page) == 0


def test_answers_kept_for_one_session_are_not_given_to_another(page: Page) -> None:
    start(page, config={}, tasks=["One", "Two"])
    page.evaluate("kernel.busy = true")
    focus(page)
    press(page, "a")
    page.reload()
    page.wait_for_function("window.ready === true")
    start(page, config={"session_id": "bo"}, tasks=["One", "Two"])
    assert answers_sent(page) == 0


def test_a_kernel_that_is_gone_is_named_until_it_replies(page: Page) -> None:
    start(page, config={}, tasks=["One", "Two", "Three"])
    page.evaluate("kernel.busy = true")
    focus(page)
    press(page, "a", "a")
    page.evaluate("kernel.emit('comm_live_update')")
    expect(page.locator(".nba-save")).to_have_text(
        "● kernel gone: 2 answers waiting; run the cell again"
    )
    page.evaluate("kernel.release()")
    expect(page.locator(".nba-save")).to_have_text("✓ saved")
    expect(page.locator(ROOT)).to_have_attribute("data-phase", "asking")


def test_instructions_are_there_as_written_until_they_are_folded(page: Page) -> None:
    wanted = "Mark <b>drugs</b>.\nWhen in doubt, leave it out."
    start(page, config={"instructions": wanted}, tasks=[TEXT, "Two"])
    text = page.locator(".nba-instructions > div")
    assert text.inner_text() == wanted
    fold = page.get_by_role("button", name="Instructions")
    fold.click()
    expect(text).to_be_hidden()
    expect(fold).to_have_attribute("aria-expanded", "false")
    press(page, "a")
    stored(page, 1)
    expect(text).to_be_hidden()
    fold.click()
    expect(text).to_be_visible()
