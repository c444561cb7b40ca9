"""Finished answers of every kind, to be drawn as static renderings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import nbannotate as nb
from tests.page.hands import spans as spans_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

LABELS = (
    "FINDING", "SEVERITY", "SYMPTOM", "BODY_PART", "TIME", "DATE", "DRUG", "DOSE", "EFFECT", "OTHER", "ROUTE",
)  # fmt: skip
CLINICAL = "Severe crushing chest pain radiating to the left arm since Tuesday morning, no relief from nitroglycerin 0.4 mg sublingually."
ARABIC = "وصف الطبيب دواء الأسبرين بجرعة 100 mg يوميا، ثم توقف الألم خلال أسبوع."
EMOJI = "👩‍🔬 said 💊💊 <b>ibuprofen</b> & co\r\n\thelped her a\u0301 lot 🎉\r\nnaïve café 日本語のテキスト too."
TWO_DRUGS = "Aspirin causes nausea in some patients, and ibuprofen rarely does."
ENDS = spans_of(TWO_DRUGS, ("Aspirin", "DRUG"), ("nausea", "EFFECT"), ("ibuprofen", "DRUG"))
FLAT = (("chest pain", "SYMPTOM"), ("nitroglycerin", "DRUG"), ("0.4 mg", "DOSE"))
NESTED = (
    ("Severe crushing chest pain radiating to the left arm", "FINDING"),
    ("Severe", "SEVERITY"),
    ("chest pain", "SYMPTOM"),
    ("chest", "BODY_PART"),
    ("left arm", "BODY_PART"),
    ("left arm since", "OTHER"),
    ("since Tuesday morning, no", "TIME"),
    ("Tuesday", "DATE"),
)
FINISHED: list[dict[str, Any]] = [
    {
        "text": CLINICAL,
        "spans": spans_of(CLINICAL, *FLAT),
        "answer": "accept",
        "annotator": "anna",
    },
    {
        "text": CLINICAL,
        "spans": spans_of(CLINICAL, *NESTED),
        "answer": "accept",
        "annotator": "anna",
        "flagged": True,
        "note": "Is “since” part of the time?\nAsk Bo.",
    },
    {
        "text": ARABIC,
        "spans": spans_of(
            ARABIC, ("الأسبرين", "DRUG"), ("دواء الأسبرين بجرعة", "FINDING"), ("100 mg", "DOSE")
        ),
        "answer": "accept",
        "annotator": "bo",
    },
    {
        "text": EMOJI,
        "spans": spans_of(EMOJI, ("💊💊", "DRUG"), ("helped her a\u0301", "EFFECT")),
        "answer": "accept",
        "annotator": "bo",
    },
    {
        "text": TWO_DRUGS,
        "spans": ENDS,
        "relations": [
            {"head": ENDS[0], "child": ENDS[1], "label": "CAUSES"},
            {"head": ENDS[2], "child": ENDS[1], "label": "PREVENTS"},
        ],
        "answer": "accept",
        "annotator": "anna",
    },
    {
        "text": "The card reader takes my card but never unlocks.",
        "accept": ["hardware", "payment"],
        "answer": "accept",
        "annotator": "anna",
        "inputs": {"translation": "Der Kartenleser nimmt meine Karte, öffnet aber nie."},
    },
    {"text": "Where do I pay?", "label": "hardware", "answer": "reject", "annotator": "anna"},
    {"text": "???", "answer": "ignore", "annotator": "someone with a very long name of her own"},
    {"text": "One more than are shown", "label": "hardware"},
]


def rendering() -> nb.Rendering:
    """All of them but the last, which a line speaks of."""
    return nb.show(FINISHED, labels=LABELS, limit=len(FINISHED) - 1)


def renderings(page: Page) -> None:
    """Show them in the harness, as a cell's output shows them."""
    script = "html => { document.getElementById('views').innerHTML = html; }"
    page.evaluate(script, rendering().html)
