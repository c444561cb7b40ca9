"""Scenes of pages with several views, of fields to write in, and of a task's own HTML."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from tests.page.driver import start

TEXT = "The brake of the bike at Alexanderplatz squeaks since I rode it to Potsdam."
PLACES = [{"start": 25, "end": 39, "label": "PLACE", "score": 0.93}]
SPANS, CHOICES = ["PLACE", "PART", "TIME"], ["hardware", "payment", "account"]
OPTIONS = [{"label": name, "score": None} for name in CHOICES]
REASON = {"name": "reason", "placeholder": "Why is it so?", "multiline": False, "required": True}
SUMMARY = {"name": "summary", "placeholder": "", "multiline": True, "required": False}
PAGE: dict[str, Any] = {
    "blocks": ["spans", "choice"],
    "view": "ner.manual+textcat.manual",
    "dataset": "tickets",
    "names": [*SPANS, *CHOICES],
    "groups": ["spans"] * len(SPANS) + ["choice"] * len(CHOICES),
    "exclusive": True,
}
WITH_FIELDS = {**PAGE, "blocks": ["spans", "choice", "input"], "inputs": [REASON, SUMMARY]}
WRITING: dict[str, Any] = {
    "blocks": ["input"],
    "view": "input",
    "dataset": "summaries",
    "names": [],
    "inputs": [SUMMARY, REASON],
}
SHOWING = {"blocks": ["binary"], "view": "binary", "dataset": "mails", "names": []}
HTML = """<h2>Ticket 4711</h2><p>From <b>Ana</b> on <i>3 May</i>:</p>
<table><tr><th>bike</th><th>station</th><th>minutes</th></tr>
<tr><td>A7</td><td>Alexanderplatz</td><td style="text-align: right">41</td></tr>
<tr><td>B2</td><td>Potsdam</td><td style="text-align: right">7</td></tr></table>
<blockquote>The brake <mark>squeaks</mark>, see <code>log.txt</code>.</blockquote>
<ul><li>paid twice</li><li>wants a refund</li></ul>"""


def page_of_two(page: Page) -> None:
    task = {"text": TEXT, "suggestions": PLACES, "options": OPTIONS}
    start(page, config=WITH_FIELDS, tasks=[task, "Next."])
    page.locator('[data-option="hardware"]').click()
    page.locator(".nba-field").first.fill("It squeaks.")


def page_help(page: Page) -> None:
    start(page, config=WITH_FIELDS, tasks=[{"text": TEXT, "options": OPTIONS}])
    page.locator('[data-action="help"]').click()


def writing(page: Page) -> None:
    start(page, config=WRITING, tasks=[TEXT])
    page.locator(".nba-field").first.fill(
        "A brake squeaks.\nThe bike stands at Alexanderplatz, and was in Potsdam before."
    )


def writing_rtl(page: Page) -> None:
    start(page, config=WRITING, tasks=["وصف الطبيب دواء الأسبرين بجرعة 100 mg يوميا."])
    page.locator(".nba-field").first.fill("توقف الألم خلال أسبوع")


def writing_missing(page: Page) -> None:
    start(page, config=WRITING, tasks=[TEXT])
    page.locator(".nbannotate").focus()
    page.keyboard.press("a")
    page.wait_for_selector(".nba-field:focus")


def html(page: Page) -> None:
    start(page, config=SHOWING, tasks=[{"text": TEXT, "html": HTML}])


def html_over_text(page: Page) -> None:
    task = {
        "text": TEXT,
        "suggestions": PLACES,
        "options": OPTIONS,
        "html": "<b>Ticket 4711</b> · bike A7",
    }
    start(page, config=PAGE, tasks=[task])


def html_long(page: Page) -> None:
    start(page, config=SHOWING, tasks=[{"text": TEXT, "html": HTML * 8}])


SCENES = [
    page_of_two,
    page_help,
    writing,
    writing_rtl,
    writing_missing,
    html,
    html_over_text,
    html_long,
]
