"""Answers of several annotators to the same texts, put into a store as they gave them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import nbannotate as nb
from nbannotate.store import Store
from nbannotate.tasks import Answer, SourceText, Span, find_view, input_hash
from tests.store.given import NOON, an_answer

TEXTS = ("Meth is bad", "Berlin is far", "Rain again")
METH, BERLIN, IS = Span(0, 4, "DRUG"), Span(0, 6, "PLACE"), Span(5, 7, "DRUG")


def said(who: str, text: str, view: str = "ner.manual", **parts: Any) -> Answer:
    """What one annotator said of a text, not yet stored."""
    text_hash = input_hash(text)
    asked = find_view(view, exclusive=True)
    source = SourceText(text, text_hash)
    if asked.layout == "binary":
        spans = parts.get("spans", ())
        question = asked.task_hash(source, spans[0] if spans else None, parts.get("label"))
    else:
        question = asked.task_hash(source)
    number = said.number = getattr(said, "number", 0) + 1  # type: ignore[attr-defined]
    fields: dict[str, Any] = {
        "text": text,
        "dataset": "drugs",
        "session_id": f"{who}-1",
        "annotator": who,
        "view": view,
        "input_hash": text_hash,
        "task_hash": question,
        "created_at": NOON,
        **parts,
    }
    return an_answer(f"{who}-{number}", **fields)


def a_store(*answers: Answer) -> Store:
    store = Store(":memory:")
    store.append_many(answers)
    return store


def a_review(store: Store, **keywords: Any) -> nb.ReviewAnnotator:
    return nb.review(store, "drugs", reviewer="rita", **{"labels": "DRUG,PLACE", **keywords})


def spans_by(versions: Mapping[str, tuple[Span, ...]], text: str = TEXTS[0]) -> list[Answer]:
    """Each annotator's spans of one text."""
    return [said(who, text, spans=spans) for who, spans in versions.items()]
