"""Screenshots of every layout and state, to be looked at: ``python -m tests.page.shots DIRECTORY``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tests.page.driver import open_browser, open_harness, set_theme, start

if TYPE_CHECKING:
    from playwright.sync_api import Page

SENTENCE = "I was on 20 mg of oxycodone a day, then they moved me to suboxone and the nausea stopped within a week"
PROGRESS = {"answered": 142, "remaining": 318, "target": 460, "accuracy": 0.81}
COUNTS = {"DRUG": 97, "DOSE": 31, "EFFECT": 22, "ROUTE": 8}
READY = {"state": "ready", "learned": 142, "version": "v12"}
STATUS = {"progress": {**PROGRESS, "counts": COUNTS}, "model": READY}
SUGGESTED = [
    {"start": 9, "end": 14, "label": "DOSE", "score": 0.91},
    {"start": 18, "end": 27, "label": "DRUG", "score": 0.97},
    {"start": 57, "end": 65, "label": "DRUG", "score": 0.62},
]
TICKET = "The card reader on the bike at the north gate takes my card but never unlocks."
OPTIONS = [
    {"label": "hardware", "score": 0.71},
    {"label": "payment", "score": 0.22},
    {"label": "account", "score": 0.04},
]
CHOICE = {
    "layout": "choice", "view": "textcat.correct", "dataset": "tickets", "session_id": "bo-2", "exclusive": True,
    "names": ["hardware", "payment", "account"],
}  # fmt: skip
MANY = [f"{place}_{kind}" for place in ("CITY", "RIVER", "PARK", "ROAD", "SHOP") for kind in
        ("NAME", "CODE", "AREA", "OLD", "NEW", "ALIAS")]  # fmt: skip
LONG = "\n\n".join(
    f"{i + 1}.\t{SENTENCE}. It was better for a while, though not for long." for i in range(40)
)
ARABIC = "وصف الطبيب دواء الأسبرين بجرعة 100 mg يوميا، ثم توقف الألم خلال أسبوع."
EMOJI = "👩‍🔬 said 💊💊 ibuprofen helped her a\u0301 lot 🎉, naïve café 日本語のテキスト too."


def spans(page: Page) -> None:
    task = {"text": SENTENCE, "suggestions": SUGGESTED}
    start(page, config={}, tasks=[SENTENCE + "!", task, SENTENCE], status=STATUS)
    page.locator(".nbannotate").focus()
    page.keyboard.press("a")
    page.wait_for_selector('.nbannotate[data-painted="2"][data-saved]:not([data-saved=""])')
    page.locator('[data-token="4"]').click()
    page.locator('[data-label="EFFECT"]').click()
    page.keyboard.press("Escape")
    box = page.locator('[data-token="17"]').bounding_box()
    assert box
    page.mouse.move(box["x"] + 4, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 90, box["y"] + 8, steps=4)


def spans_selected(page: Page) -> None:
    page.mouse.up()
    page.locator('[data-token="4"]').click()


def spans_long(page: Page) -> None:
    shifted = [{**span, "start": span["start"] + 3, "end": span["end"] + 3} for span in SUGGESTED]
    start(page, config={}, tasks=[{"text": LONG, "suggestions": shifted}], status=STATUS)


def spans_many(page: Page) -> None:
    config = {
        "names": MANY,
        "instructions": "Mark every place that the text names.\nWhen in doubt, leave it out.",
    }
    start(
        page, config=config, tasks=[SENTENCE], status={"notices": ["3 rows were skipped: no text"]}
    )


def spans_rtl(page: Page) -> None:
    suggestion = {
        "start": ARABIC.index("الأسبرين"),
        "end": ARABIC.index(" بجرعة"),
        "label": "DRUG",
        "score": 0.8,
    }
    start(page, config={}, tasks=[{"text": ARABIC, "suggestions": [suggestion]}], status=STATUS)
    page.locator(".nbannotate").focus()
    for key in ("ArrowLeft", "ArrowLeft", "Shift+ArrowLeft"):
        page.keyboard.press(key)


def spans_emoji(page: Page) -> None:
    start(
        page, config={}, tasks=[EMOJI], status={**STATUS, "model": {**READY, "state": "learning"}}
    )
    page.locator('[data-token="3"]').click()
    page.locator('[data-action="why"]').click()


def choice(page: Page) -> None:
    task = {"text": TICKET, "options": OPTIONS, "score": 0.71, "meta": {"station": "north gate"}}
    start(page, config=CHOICE, tasks=[task], status={"progress": {"answered": 256, "target": 400}})


def choice_many(page: Page) -> None:
    names = [name.lower().replace("_", " ") for name in MANY]
    options = [{"label": name, "score": 1 / (i + 1.4)} for i, name in enumerate(names)]
    config = {**CHOICE, "exclusive": False, "names": names}
    start(page, config=config, tasks=[{"text": TICKET, "options": options}], status=STATUS)
    page.locator('[data-option="river code"]').click()


def binary_span(page: Page) -> None:
    text = "anyone mixed it with benadryl before?"
    task = {
        "text": text,
        "suggestions": [{"start": 21, "end": 29, "label": "DRUG", "score": 0.54}],
    }
    config = {"layout": "binary", "view": "ner.teach"}
    start(
        page,
        config=config,
        tasks=[task],
        status={"progress": {"answered": 24, "remaining": None}, "model": READY},
    )
    page.locator('[data-action="help"]').click()


def binary_label(page: Page) -> None:
    config = {**CHOICE, "layout": "binary", "view": "textcat.teach"}
    start(
        page,
        config=config,
        tasks=[{"text": TICKET, "label": "hardware", "score": 0.62}],
        status=STATUS,
    )


def busy(page: Page) -> None:
    start(page, config={}, tasks=[SENTENCE, SENTENCE + "!", SENTENCE + "?"], status=STATUS)
    page.evaluate("window.kernel.busy = true")
    page.locator(".nbannotate").focus()
    page.keyboard.press("a")
    page.keyboard.press("a")
    page.wait_for_selector('.nba-save[data-state="busy"]')
    page.locator('[data-action="history"]').click()


def refused(page: Page) -> None:
    start(
        page,
        config={},
        tasks=[{"text": SENTENCE, "suggestions": SUGGESTED}, "Next."],
        status=STATUS,
    )
    error = "The answer could not be written to drugs.duckdb: no space left on the disk. Free some, then answer again."
    page.evaluate("error => { window.kernel.refusal = { reason: 'store', error }; }", error)
    page.locator(".nbannotate").focus()
    page.keyboard.press("a")
    page.wait_for_selector(".nba-alert:not([hidden])")


def finished(page: Page) -> None:
    start(page, painted=False, config={}, tasks=[], status={**STATUS, "phase": "finished"})
    page.wait_for_selector('.nbannotate[data-phase="finished"]')


def preparing(page: Page) -> None:
    model = {"state": "rebuilding", "done": 86, "total": 200}
    start(page, painted=False, config={}, tasks=[], status={"phase": "preparing", "model": model})
    page.wait_for_selector(".nba-rail")


def closed(page: Page) -> None:
    start(page, painted=False, config={}, tasks=[], status={**STATUS, "phase": "closed"})
    page.wait_for_selector('.nbannotate[data-phase="closed"]')


def paused(page: Page) -> None:
    model = {"state": "paused", "message": "ValueError: E024 in ner", "learned": 12}
    start(page, config={"instructions": "Mark drugs."}, tasks=["Short."], status={"model": model})


SCENES: list[Callable[[Page], None]] = [
    spans, spans_selected, spans_long, spans_many, spans_rtl, spans_emoji, choice, choice_many, binary_span,
    binary_label, busy, refused, finished, preparing, closed, paused,
]  # fmt: skip


def main(directory: Path) -> None:
    """Write one picture per scene, theme and width."""
    directory.mkdir(parents=True, exist_ok=True)
    with open_browser() as browser:
        for width in (900, 400):
            with open_harness(browser, width=width + 32, height=1000) as page:
                for theme in ("light", "dark"):
                    set_theme(page, dark=theme == "dark")
                    for scene in SCENES:
                        scene(page)
                        path = directory / f"{scene.__name__}-{theme}-{width}.png"
                        page.locator("#views").screenshot(path=path)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
