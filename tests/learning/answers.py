"""Answers and small gold texts, made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import count
from typing import Any

from nbannotate.tasks import Answer, Span, input_hash

_numbers = count()

DRUGS = ["aspirin", "codeine", "heroin", "xanax", "valium"]
PLACES = ["Paris", "Berlin", "Rome"]
SENTENCES = [
    "I took {} yesterday in {} .",
    "Does {} help ? My doctor in {} thinks so .",
    "My friend sells {} near {} station .",
    "{} was never mentioned , but {} was .",
]


def gold_texts(n: int) -> list[tuple[str, tuple[Span, ...]]]:
    """Return n texts, each with one DRUG; every third has none."""
    texts = []
    for number in range(n):
        drug, place = DRUGS[number % len(DRUGS)], PLACES[number % len(PLACES)]
        text = SENTENCES[number % len(SENTENCES)].format(drug, place) + f" ({number})"
        if number % 3 == 2:
            text = text.replace(drug, "nothing")
            texts.append((text, ()))
        else:
            start = text.index(drug)
            texts.append((text, (Span(start, start + len(drug), "DRUG"),)))
    return texts


def make_answer(text: str, view: str, answer: str = "accept", **parts: Any) -> Answer:
    """Return an answer with an identity of its own."""
    return Answer(
        answer_id=f"answer-{next(_numbers)}",
        dataset="test",
        session_id="test",
        annotator="test",
        view=view,
        text=text,
        input_hash=input_hash(text),
        task_hash=0,
        answer=answer,  # type: ignore[arg-type]
        created_at=datetime(2026, 1, 1),  # noqa: DTZ001  the store's times are naive UTC
        **parts,
    )


def ner_answers(n: int) -> list[Answer]:
    """Return whole-text answers that mark drugs."""
    return [make_answer(text, "ner.manual", spans=spans) for text, spans in gold_texts(n)]


def spancat_answers(n: int) -> list[Answer]:
    """Return whole-text answers that mark drugs, and where they are taken beside them."""
    answers = []
    for text, spans in gold_texts(n):
        wide = tuple(Span(0, span.end, "CLAIM") for span in spans if span.start)
        answers.append(make_answer(text, "spans.manual", spans=tuple(sorted(spans + wide))))
    return answers


TOPICS = {
    "card": ["my card is lost", "the card never came", "a new card please", "card blocked"],
    "cash": ["no cash from the machine", "cash was wrong", "I want cash", "cash fee charged"],
    "login": ["cannot log in", "password forgotten", "login fails", "reset my password"],
}


def textcat_answers(labels: Sequence[str], n: int) -> list[Answer]:
    """Return whole-text answers that choose one label each."""
    answers = []
    for number in range(n):
        label = labels[number % len(labels)]
        text = f"{TOPICS[label][number % 4]} , case {number}"
        answers.append(make_answer(text, "textcat.manual", accept=(label,), label=label))
    return answers
