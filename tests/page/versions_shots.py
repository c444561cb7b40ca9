"""Pictures of texts with versions: reviews and blind comparisons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbannotate.tasks import Span, Version
from tests.page.driver import start
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

if TYPE_CHECKING:
    from playwright.sync_api import Page

SENTENCE = "I was on 20 mg of oxycodone a day, then they moved me to suboxone and the nausea stopped within a week"
LONG = "\n\n".join(f"{i + 1}. {SENTENCE}, and on day {i + 1} I wrote it down." for i in range(30))
ARABIC = "وصف الطبيب دواء الأسبرين بجرعة 100 mg يوميا، ثم توقف الألم خلال أسبوع."
NESTED = "Severe crushing chest pain radiating to the left arm since Tuesday morning, no relief."
TICKET = "The card reader on the bike at the north gate takes my card but never unlocks."
LABELS = ["hardware", "payment", "account"]
PROGRESS = {"answered": 42, "remaining": 18, "target": None}
STATUS = {"progress": PROGRESS, "n_agreed": 212}
BASE = [("20 mg", "DOSE"), ("oxycodone", "DRUG"), ("suboxone", "DRUG")]


def review(page: Page) -> None:
    shown = spans_task(
        SENTENCE,
        {
            "alice,bob": [*BASE, ("nausea", "EFFECT")],
            "carol": [("20 mg of oxycodone", "DRUG"), BASE[2]],
        },
    )
    start(page, config=REVIEW, tasks=[shown], status=STATUS)


def review_five(page: Page) -> None:
    """Five annotators who all differ, one of whom rejects and one of whom wrote a note."""
    versions = [
        Version(("alice",), spans=over(SENTENCE, *BASE, ("nausea", "EFFECT"))),
        Version(("bob",), spans=over(SENTENCE, *BASE), remarks=(Remark("bob", True, "is nausea an effect of the drug, or of leaving it off?"),)),
        Version(("carol-elisabeth.montgomery@example.org",), spans=over(SENTENCE, BASE[1], ("nausea stopped", "EFFECT"))),
        Version(("dan",), answer="reject", spans=()),
        Version(("eve",), answer="ignore", remarks=(Remark("eve", False, "no idea"),)),
    ]  # fmt: skip
    start(page, config=REVIEW, tasks=[task(SENTENCE, versions)], status=STATUS)


def review_after_many(page: Page) -> None:
    """Two versions, after a text with five: the room below them is kept."""
    many = [Version((f"annotator {i}",), spans=over(SENTENCE, each)) for i, each in enumerate([*BASE, ("nausea", "EFFECT"), ("week", "TIME")])]  # fmt: skip
    few = [Version(("alice", "bob"), spans=over(SENTENCE, *BASE)), Version(("carol",), spans=over(SENTENCE, BASE[1]))]  # fmt: skip
    start(page, config=REVIEW, tasks=[task(SENTENCE, many), task(SENTENCE, few)], status=STATUS)
    page.locator(".nbannotate").focus()
    page.keyboard.press("v")
    page.keyboard.press("a")
    page.wait_for_selector('.nbannotate[data-painted="2"]')


def review_long(page: Page) -> None:
    versions = [
        Version(("alice",), spans=tuple(Span(LONG.index(w), LONG.index(w) + 9, "DRUG") for w in ("oxycodone a day",)) + over(LONG, ("day 17", "DOSE"))),
        Version(("bob", "carol"), spans=over(LONG, ("day 17", "EFFECT"), ("day 25 I wrote", "ROUTE"))),
    ]  # fmt: skip
    start(page, config=REVIEW, tasks=[task(LONG, versions)], status=STATUS)


def review_nested(page: Page) -> None:
    config = {
        **REVIEW,
        "view": "spans.review",
        "overlaps": True,
        "names": ["FINDING", "SYMPTOM", "BODY_PART", "TIME"],
    }
    shown = spans_task(NESTED, {
        "alice": [("Severe crushing chest pain radiating to the left arm", "FINDING"), ("chest pain", "SYMPTOM"), ("chest", "BODY_PART"), ("left arm since Tuesday", "TIME")],
        "bob": [("crushing chest pain", "FINDING"), ("chest pain", "SYMPTOM"), ("left arm", "BODY_PART")],
    })  # fmt: skip
    start(page, config=config, tasks=[shown], status=STATUS)


def review_rtl(page: Page) -> None:
    shown = spans_task(
        ARABIC,
        {"alice": [("الأسبرين", "DRUG")], "bob": [("دواء الأسبرين", "DRUG"), ("100 mg", "DOSE")]},
    )
    start(page, config=REVIEW, tasks=[shown], status=STATUS)


def review_picked(page: Page) -> None:
    review_rtl(page)
    review(page)
    page.locator(".nbannotate").focus()
    page.keyboard.press("v")
    page.keyboard.press("h")


def review_labels(page: Page) -> None:
    shown = labels_task(
        TICKET, {"alice,bob": ["hardware"], "carol": ["payment"], "dan": ["account"]}, LABELS
    )
    start(page, config={**LABEL_REVIEW, "names": LABELS}, tasks=[shown], status=STATUS)


def review_several_labels(page: Page) -> None:
    shown = labels_task(
        TICKET, {"alice": ["hardware", "payment"], "carol": ["hardware"], "dan": []}, LABELS
    )
    start(
        page,
        config={**LABEL_REVIEW, "exclusive": False, "names": LABELS},
        tasks=[shown],
        status=STATUS,
    )


def review_parts(page: Page) -> None:
    """Three who differ in relations and in what they wrote, and in no span."""
    drug, other, effect = BASE[1], BASE[2], ("nausea", "EFFECT")
    causes = related(SENTENCE, drug, "CAUSES", effect)
    treats = related(SENTENCE, other, "TREATS", effect)
    spans = over(SENTENCE, drug, other, effect)
    versions = [
        Version(("alice", "bob"), spans=spans, relations=(causes,), inputs={"reason": "the oxycodone was stopped first"}),
        Version(("carol",), spans=spans, relations=(causes, treats), inputs={"reason": "suboxone was started, and then it stopped"}),
        Version(("dan",), spans=spans, inputs={"reason": ""}),
    ]  # fmt: skip
    start(page, config=PART_REVIEW, tasks=[task(SENTENCE, versions)], status=STATUS)


def review_page(page: Page) -> None:
    """Spans, a label and a field, all decided at once."""
    config = {
        **PART_REVIEW, "view": "ner.review+textcat.review+input", "blocks": ["spans", "choice", "input"], "overlaps": False, "exclusive": True,
        "names": ["PLACE", "PART", "hardware", "payment"], "groups": ["spans", "spans", "choice", "choice"],
    }  # fmt: skip
    part = over(TICKET, ("card reader", "PART"))
    versions = [
        Version(("alice",), spans=part, accept=("hardware",), inputs={"reason": "the reader is dead"}),
        Version(("bob",), spans=part, accept=("payment",), inputs={"reason": "the reader is slow"}),
    ]  # fmt: skip
    options = [{"label": name, "score": None} for name in ("hardware", "payment")]
    start(page, config=config, tasks=[task(TICKET, versions, options=options)], status=STATUS)


def review_binary(page: Page) -> None:
    span = {"start": 18, "end": 27, "label": "DRUG"}
    versions = [Version(("alice", "carol")), Version(("bob",), answer="reject")]
    shown = task(SENTENCE, versions, label="DRUG", prediction=None)
    start(page, config=BINARY_REVIEW, tasks=[{**shown, "spans": [span]}], status=STATUS)


def review_finished(page: Page) -> None:
    start(page, painted=False, config=REVIEW, tasks=[], status={**STATUS, "phase": "finished"})
    page.wait_for_selector('.nbannotate[data-phase="finished"]')


def compare_spans(page: Page) -> None:
    left = Version(("v1",), spans=over(SENTENCE, *BASE))
    right = Version(
        ("v2",),
        spans=over(SENTENCE, ("20 mg of oxycodone", "DRUG"), BASE[2], ("nausea", "EFFECT")),
    )
    config = {**COMPARE, "names": ["left", "right", "tie"]}
    start(page, config=config, tasks=[pair(SENTENCE, left, right)], status={"progress": PROGRESS})


def compare_texts(page: Page) -> None:
    left = Version(
        ("v1",),
        output="The card reader at the north gate accepts the card but does not release the bike.",
    )
    right = Version(
        ("v2",),
        output="A bike at the north gate does not unlock, though its reader takes the card. The rider asks for help.",
    )
    start(page, config=COMPARE, tasks=[pair(TICKET, left, right)], status={"progress": PROGRESS})


def compare_labels(page: Page) -> None:
    left = Version(("v1",), accept=("hardware", "payment"))
    right = Version(("v2",), accept=("hardware",))
    start(page, config=COMPARE, tasks=[pair(TICKET, left, right)], status={"progress": PROGRESS})


def compare_long(page: Page) -> None:
    left = Version(("v1",), output=LONG[:1500])
    right = Version(
        ("v2",), output=LONG[:900] + "In short, it was the suboxone. " + LONG[1200:1900]
    )
    start(page, config=COMPARE, tasks=[pair(LONG, left, right)], status={"progress": PROGRESS})


SCENES = [
    review, review_five, review_after_many, review_long, review_nested, review_rtl, review_picked, review_labels,
    review_several_labels, review_parts, review_page, review_binary, review_finished, compare_spans, compare_texts,
    compare_labels, compare_long,
]  # fmt: skip
