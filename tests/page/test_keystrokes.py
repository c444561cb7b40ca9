"""How many keys and clicks five set jobs take: what the README's table says is what they take."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.page.driver import start
from tests.page.hands import focus, press, spans, stored

README = Path(__file__).parents[2] / "README.md"
COUNT = """
window.effort = 0;
const count = (event) => { if (!event.repeat && event.key !== "Shift") window.effort += 1; };
for (const kind of ["keydown", "pointerdown"]) window.addEventListener(kind, count, true);
"""
CHOICE: dict[str, Any] = {
    "blocks": ["choice"],
    "names": ["hardware", "payment"],
    "exclusive": True,
}
TEXT = "Ann met Bob in Rome with Carl from Acme"
FIVE = [("Ann", "PER"), ("Bob", "ORG"), ("Rome", "LOC"), ("Carl", "PER"), ("Acme", "ORG")]
OPTIONS = [{"label": name, "score": None} for name in CHOICE["names"]]
NAMES = ["PER", "LOC", "ORG"]


@pytest.fixture
def counted(page: Page) -> Page:
    """The page, with each key and click counted before the widget hears it."""
    page.evaluate(COUNT)
    return page


def a_choice(text: str) -> dict[str, Any]:
    return {"text": text, "options": OPTIONS}


def label_a_tweet(page: Page) -> None:
    start(page, config=CHOICE, tasks=[a_choice("I was charged twice"), a_choice("Next")])
    focus(page)
    press(page, "2")
    assert stored(page, 1)[0]["accept"] == ["payment"]


def accept_a_right_prediction(page: Page) -> None:
    start(page, config={"names": NAMES}, tasks=[{"text": TEXT, "spans": spans(TEXT, *FIVE)}])
    focus(page)
    press(page, "a")
    assert len(stored(page, 1)[0]["spans"]) == 5


def fix_one_of_five_spans(page: Page) -> None:
    start(page, config={"names": NAMES}, tasks=[{"text": TEXT, "spans": spans(TEXT, *FIVE)}])
    focus(page)
    page.locator('[data-span$="ORG"] [data-token]').first.click()
    press(page, "1", "a")
    given = stored(page, 1)[0]["spans"]
    assert [span["label"] for span in given] == ["PER", "PER", "LOC", "PER", "ORG"]


def mark_a_nested_span(page: Page) -> None:
    task = {"text": TEXT, "spans": spans(TEXT, ("Bob in Rome", "PER"))}
    start(page, config={"names": NAMES, "overlaps": True}, tasks=[task])
    focus(page)
    press(page, "2")
    page.locator("[data-token]", has_text="Rome").click()
    press(page, "a")
    given = [(TEXT[s["start"] : s["end"]], s["label"]) for s in stored(page, 1)[0]["spans"]]
    assert sorted(given) == [("Bob in Rome", "PER"), ("Rome", "LOC")]


def relabel_an_answer_from_ten_ago(page: Page) -> None:
    start(page, config=CHOICE, tasks=[a_choice(f"text {i}") for i in range(12)])
    focus(page)
    for count in range(1, 11):
        press(page, "1")
        stored(page, count)
    press(page, "l")
    line = page.locator(".nba-row[data-open]").nth(9)
    expect(line).to_contain_text("text 0")
    page.evaluate("window.effort = 0")
    line.click()
    expect(page.locator(".nba-text")).to_have_text("text 0")
    page.wait_for_selector('.nbannotate[data-painted="12"]')
    press(page, "2")
    expect(page.locator(".nba-text")).to_have_text("text 10")
    page.wait_for_function(
        "kernel.stored.filter(({ accept }) => accept[0] === 'payment').length === 1"
    )


JOBS: dict[str, Callable[[Page], None]] = {
    "label a tweet": label_a_tweet,
    "accept a right prediction": accept_a_right_prediction,
    "give one of five spans another label": fix_one_of_five_spans,
    "mark a nested span": mark_a_nested_span,
    "relabel the answer from ten ago": relabel_an_answer_from_ten_ago,
}


def in_readme(job: str) -> tuple[int, int]:
    """Prodigy's keys and clicks and ours, as the README has them."""
    row = re.search(
        rf"^\| {job} \| (\d+)[^|]* \| (\d+)[^|]* \|$", README.read_text("utf-8"), re.MULTILINE
    )
    assert row is not None, f"the README has no row for: {job}"
    return int(row[1]), int(row[2])


@pytest.mark.parametrize("job", JOBS)
def test_a_set_job_takes_as_many_keys_and_clicks_as_the_readme_says(
    counted: Page, job: str
) -> None:
    JOBS[job](counted)
    theirs, ours = in_readme(job)
    assert counted.evaluate("window.effort") == ours
    assert ours <= theirs


def test_most_set_jobs_take_fewer_keys_and_clicks_than_prodigys() -> None:
    figures = [in_readme(job) for job in JOBS]
    assert sum(ours < theirs for theirs, ours in figures) > len(JOBS) / 2


def test_the_list_of_answers_stays_open_while_answers_are_changed_and_given(page: Page) -> None:
    relabel_an_answer_from_ten_ago(page)
    expect(page.locator(".nba-history")).to_be_visible()
    press(page, "1")
    expect(page.locator(".nba-row[data-open]").first).to_contain_text("text 10")
    expect(page.locator(".nba-history")).to_be_visible()
