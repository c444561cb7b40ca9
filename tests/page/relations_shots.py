"""Pictures of relations between spans, in every state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.page.driver import start
from tests.page.hands import focus, press
from tests.page.hands import spans as spans_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

TEXT = "Aspirin causes nausea in some patients, and ibuprofen rarely does; take either with food."
SPANS = spans_of(
    TEXT, ("Aspirin", "DRUG"), ("nausea", "EFFECT"), ("some patients", "GROUP"), ("ibuprofen", "DRUG"), ("food", "ADVICE"),
)  # fmt: skip
ARABIC = "وصف الطبيب دواء الأسبرين بجرعة 100 mg يوميا، ثم توقف الألم خلال أسبوع وعاد بعد ذلك بقليل في الركبة اليمنى."
ARABIC_SPANS = spans_of(
    ARABIC,
    ("الأسبرين", "DRUG"),
    ("100 mg", "DOSE"),
    ("الألم", "EFFECT"),
    ("الركبة اليمنى", "GROUP"),
)
SENTENCE = (
    "The quick brown fox that we saw yesterday jumps over the very lazy dog near the river bank ."
)
WORDS = SENTENCE.split()
STATUS = {"progress": {"answered": 12, "remaining": 88}}
NAMES = ["DRUG", "EFFECT", "GROUP", "ADVICE", "DOSE"]


def config(
    names: list[str] = NAMES,
    arcs: tuple[str, ...] = ("CAUSES", "TREATS", "IN", "TAKEN_WITH"),
    **more: Any,
) -> dict[str, Any]:
    labels = [
        {"name": name, "key": str((i + 1) % 10), "color": 9 - i % 10}
        for i, name in enumerate(arcs)
    ]
    return {
        "blocks": ["spans", "relations"], "view": "relations.manual", "dataset": "effects", "names": names,
        "overlaps": True, "relations": labels, **more,
    }  # fmt: skip


def relation(head: dict[str, Any], child: dict[str, Any], label: str) -> dict[str, Any]:
    return {"head": head, "child": child, "label": label}


def restored(
    page: Page,
    text: str,
    spans: list[dict[str, Any]],
    relations: list[dict[str, Any]],
    **more: Any,
) -> None:
    """Show a text whose answer was just taken back, so that it has relations."""
    start(page, config=config(**more), tasks=[text, text + " "], status=STATUS)
    sent = {"answer": "accept", "spans": spans, "relations": relations}
    script = "restored => kernel.reply({ type: 'state', ...kernel.now(), restored })"
    page.evaluate(script, sent)
    page.wait_for_selector(".nba-relation")


def given(page: Page) -> None:
    a, n, p, i, f = SPANS
    arcs = [
        relation(a, n, "CAUSES"), relation(i, n, "CAUSES"), relation(n, p, "IN"), relation(a, f, "TAKEN_WITH"), relation(i, f, "TAKEN_WITH"),
    ]  # fmt: skip
    restored(page, TEXT, SPANS, arcs)


def in_hand(page: Page) -> None:
    given(page)
    focus(page)
    press(page, "r", "r")


def linking(page: Page) -> None:
    given(page)
    focus(page)
    press(page, "s", "s", "r", "ArrowRight")


def right_to_left(page: Page) -> None:
    a, d, e, g = ARABIC_SPANS
    restored(
        page,
        ARABIC,
        ARABIC_SPANS,
        [
            relation(a, d, "IN"),
            relation(a, e, "TREATS"),
            relation(e, g, "IN"),
            relation(d, g, "TAKEN_WITH"),
        ],
    )


def dependencies(page: Page) -> None:
    """A whole sentence's dependencies: a head for every word."""
    at, spans = 0, []
    for word in WORDS:
        spans.append({"start": at, "end": at + len(word), "label": "W"})
        at += len(word) + 1
    heads = [3, 3, 3, 8, 6, 6, 3, 6, 8, 8, 13, 12, 13, 9, 9, 17, 17, 14, 8]
    arcs = [
        relation(spans[h], spans[i], ["det", "amod", "nsubj", "obl", "acl"][i % 5])
        for i, h in enumerate(heads[: len(spans)])
        if h != i
    ]
    restored(page, SENTENCE, spans, arcs, names=["W"], arcs=("det", "amod", "nsubj", "obl", "acl"))


SCENES = [given, in_hand, linking, right_to_left, dependencies]
for scene in SCENES:
    scene.__name__ = f"relations_{scene.__name__}"
