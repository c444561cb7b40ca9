"""Screenshots of every layout and state, to be looked at: ``python -m tests.page.shots DIRECTORY [SCENE …]``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.page import finished as finished_answers
from tests.page import relations_shots, several, versions_shots
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
    "blocks": ["choice"], "view": "textcat.correct", "dataset": "tickets", "session_id": "bo-2", "exclusive": True,
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
    spans(page)
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


def nested(
    *wanted: tuple[str, str], text: str, score: float | None = None
) -> list[dict[str, Any]]:
    """Spans over the words named, wherever they lie."""
    return [
        {"start": text.index(w), "end": text.index(w) + len(w), "label": label, "score": score}
        for w, label in wanted
    ]


CLINICAL = "Severe crushing chest pain radiating to the left arm since Tuesday morning, no relief from nitroglycerin 0.4 mg sublingually."
CLINICAL_SPANS = nested(
    ("Severe crushing chest pain radiating to the left arm", "FINDING"),
    ("Severe", "SEVERITY"),
    ("chest pain", "SYMPTOM"),
    ("chest", "BODY_PART"),
    ("left arm", "BODY_PART"),
    ("since Tuesday morning, no", "TIME_OF_ONSET"),
    ("Tuesday", "DATE"),
    text=CLINICAL,
)
CLINICAL_SUGGESTED = nested(
    ("nitroglycerin 0.4 mg sublingually", "TREATMENT"),
    ("nitroglycerin", "DRUG"),
    ("0.4 mg", "DOSE"),
    ("sublingually", "ROUTE"),
    text=CLINICAL,
    score=0.72,
)
OVERLAPS = {
    "overlaps": True,
    "view": "spans.correct",
    "names": ["FINDING", "SEVERITY", "SYMPTOM", "BODY_PART", "TIME_OF_ONSET", "DATE", "TREATMENT", "DRUG", "DOSE", "ROUTE"],
}  # fmt: skip


def overlaps(page: Page) -> None:
    task = {"text": CLINICAL, "spans": CLINICAL_SPANS, "suggestions": CLINICAL_SUGGESTED}
    start(page, config=OVERLAPS, tasks=[task], status=STATUS)


def overlaps_selected(page: Page) -> None:
    overlaps(page)
    page.locator(".nba-name[data-tag=SYMPTOM]").click()


def overlaps_picked(page: Page) -> None:
    start(page, config=OVERLAPS, tasks=["Nothing yet. " + CLINICAL], status=STATUS)
    page.locator('[data-token="5"]').click()
    page.locator(".nbannotate").focus()
    for key in ("ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight"):
        page.keyboard.press(key)


def overlaps_rtl(page: Page) -> None:
    spans = nested(
        ("دواء الأسبرين بجرعة 100 mg", "TREATMENT"),
        ("الأسبرين", "DRUG"),
        ("100 mg", "DOSE"),
        ("توقف الألم خلال أسبوع", "FINDING"),
        text=ARABIC,
    )
    task = {"text": ARABIC + "\n" + EMOJI, "spans": spans}
    start(page, config=OVERLAPS, tasks=[task], status=STATUS)
    page.locator(".nba-name[data-tag=DRUG]").click()


def overlaps_long(page: Page) -> None:
    wide = {"start": 3, "end": 230, "label": "FINDING"}
    word = "Donaudampfschifffahrtsgesellschaft" * 6
    text = f"1.\t{SENTENCE}.\n\n{word} {LONG}"
    spans = [
        wide,
        {"start": 90, "end": 240, "label": "SYMPTOM"},
        {"start": 108, "end": 300, "label": "DATE"},
    ]
    start(page, config=OVERLAPS, tasks=[{"text": text, "spans": spans}], status=STATUS)


TEACH = {"blocks": ["binary"], "view": "ner.teach", "names": ["DRUG", "DOSE", "EFFECT"]}
READING_TEXT = "I was on 20 mg of oxycodone a day and the nausea stopped"
READING = nested(
    ("20 mg", "DOSE"),
    ("oxycodone", "DRUG"),
    ("the nausea", "EFFECT"),
    text=READING_TEXT,
    score=0.8,
)
LIVE = {
    "live_accuracy": {"value": 0.84, "low": 0.76, "high": 0.9, "n": 61},
    "outlook": {"answers": 100, "value": 0.88, "low": 0.83, "high": 0.92},
}
LIVE_STATUS = {"progress": {**PROGRESS, "counts": COUNTS, **LIVE}, "model": READY}


def reading(page: Page) -> None:
    task = {"text": READING_TEXT, "spans": [READING[1]], "prediction": READING}
    start(page, config=TEACH, tasks=[task], status=LIVE_STATUS)


def reading_clash(page: Page) -> None:
    asked = {"start": 18, "end": 33, "label": "DRUG", "score": 0.41}
    task = {"text": READING_TEXT, "spans": [asked], "prediction": READING}
    start(page, config=TEACH, tasks=[task], status=LIVE_STATUS)


def correction(page: Page) -> None:
    reading(page)
    page.locator('[data-action="correct"]').click()


def details(page: Page) -> None:
    reading(page)
    page.locator(".nba-model").click()


def paused_whole(page: Page) -> None:
    message = "ValueError: [E024] Could not find an optimal move to supervise the parser"
    model = {"state": "paused", "message": message, "learned": 12}
    extra = {"phase": "paused", "model": model, "progress": {"answered": 12, "remaining": 400}}
    start(page, painted=False, config=TEACH, tasks=["Text"], status=extra)
    page.wait_for_selector('.nbannotate[data-phase="paused"]')


def filtered(page: Page) -> None:
    names = [*MANY, *(f"{name}_EXTRA" for name in MANY)]
    start(page, config={"names": names}, tasks=[SENTENCE], status=STATUS)
    page.locator(".nbannotate").focus()
    page.keyboard.press("/")
    page.keyboard.type("river")


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
    config = {"blocks": ["binary"], "view": "ner.teach"}
    start(
        page,
        config=config,
        tasks=[task],
        status={"progress": {"answered": 24, "remaining": None}, "model": READY},
    )
    page.locator('[data-action="help"]').click()


def binary_label(page: Page) -> None:
    config = {**CHOICE, "blocks": ["binary"], "view": "textcat.teach"}
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


def noted(page: Page) -> None:
    start(page, config={}, tasks=[{"text": SENTENCE, "suggestions": SUGGESTED}], status=STATUS)
    page.locator(".nbannotate").focus()
    page.keyboard.press("f")
    page.keyboard.press("n")
    page.keyboard.type("Is suboxone a drug here, or a treatment?")


def history(page: Page) -> None:
    texts = [
        SENTENCE,
        "Nothing of note here.",
        TICKET,
        "anyone mixed it with benadryl before? " * 4,
    ]
    tasks = [{"text": text, "spans": SUGGESTED if text == SENTENCE else []} for text in texts]
    start(page, config={}, tasks=[*tasks, SENTENCE + "!", "One more."], status=STATUS)
    page.locator(".nbannotate").focus()
    for count, key in enumerate("axi", start=1):
        page.keyboard.press(key.replace("i", " "))
        page.wait_for_function(
            "n => kernel.stored.length === n && !kernel.inbox.length", arg=count
        )
    for key in "fn":
        page.keyboard.press(key)
    page.keyboard.type("Ask whether benadryl counts.")
    for key in ("Enter", "a", "l"):
        page.keyboard.press(key)
    page.wait_for_function("document.querySelectorAll('.nba-row').length === 4")


def changing(page: Page) -> None:
    history(page)
    page.locator(".nba-row").last.click()
    page.wait_for_selector(".nba-change:not([hidden])")


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


Scene = Callable[["Page"], None]
SCENES: list[Scene] = [
    spans, spans_selected, spans_long, spans_many, spans_rtl, spans_emoji, choice, choice_many, binary_span,
    binary_label, busy, refused, finished, preparing, closed, paused, overlaps, overlaps_selected, overlaps_picked,
    overlaps_rtl, overlaps_long, reading, reading_clash, correction, details, paused_whole, filtered, noted,
    history, changing, finished_answers.renderings, *relations_shots.SCENES, *versions_shots.SCENES, *several.SCENES,
]  # fmt: skip


def main(directory: Path, wanted: Sequence[str] = ()) -> None:
    """Write one picture per scene, theme and width; of all scenes where none is named."""
    directory.mkdir(parents=True, exist_ok=True)
    with open_browser() as browser:
        for width in (900, 400):
            with open_harness(browser, width=width + 32, height=1000) as page:
                for theme in ("light", "dark"):
                    set_theme(page, dark=theme == "dark")
                    for scene in SCENES:
                        if wanted and scene.__name__ not in wanted:
                            continue
                        page.evaluate("sessionStorage.clear()")
                        scene(page)
                        path = directory / f"{scene.__name__}-{theme}-{width}.png"
                        page.locator("#views").screenshot(path=path)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
