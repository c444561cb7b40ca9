"""A model small enough to reason about, and sessions on it, for the laws of the loop."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from typing import Any

import spacy

from nbannotate.pool import Pool
from nbannotate.session import Session
from nbannotate.store import Store
from nbannotate.tasks import VIEWS, Answer, Prediction, Span, View, component_of, find_view

WORD = re.compile(r"\w+|[^\w\s]")
TAUGHT = [name for name in VIEWS if component_of(name) is not None]
"""Views that a component learns from."""

PATIENCE_SECONDS = 20.0
"""Longer than anything here takes; waiting so long is a failure, not a pace."""


def tokenize(text: str) -> list[tuple[int, int]]:
    return [(match.start(), match.end()) for match in WORD.finditer(text)]


class CountingLearner:
    """Knows how often each label was accepted, and remembers what it was taught, in order."""

    def __init__(self, *labels: str, spans: bool = False) -> None:
        self.labels = labels or ("A", "B")
        self.spans = spans
        self.seen: list[Answer] = []
        self.remembered: list[Answer] = []
        self.predicted: list[str] = []
        self.threads: set[str] = set()
        self.fails_on: Callable[[str, object], bool] = lambda doing, what: False
        self.gate: threading.Event | None = None
        self.entered = threading.Event()

    @property
    def learned(self) -> int:
        return len(self.seen)

    def _do(self, doing: str, what: object) -> None:
        self.threads.add(threading.current_thread().name)
        if self.gate is not None and doing == "update":
            self.entered.set()
            assert self.gate.wait(PATIENCE_SECONDS)
        if self.fails_on(doing, what):
            raise RuntimeError(f"the model cannot {doing}")

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        self._do("predict", texts)
        self.predicted += texts
        share = 1.0 / (2 + self.learned)
        return [self._predict(text, share) for text in texts]

    def _predict(self, text: str, share: float) -> Prediction:
        if not self.spans:
            others = (1.0 - share) / max(1, len(self.labels) - 1)
            cats = {label: others if i else share for i, label in enumerate(self.labels)}
            return Prediction(cats=cats)
        tokens = tokenize(text)
        found = [
            Span(start, end, label, share)
            for start, end in tokens
            if text[start].isupper()
            for label in self.labels
        ]
        best = tuple(span for span in found if span.label == self.labels[0])
        return Prediction(best, tuple(found), {}, tuple(0.1 for _ in tokens))

    def tokenize(self, text: str) -> list[tuple[int, int]]:
        return tokenize(text)

    def update(self, answers: Sequence[Answer]) -> None:
        self._do("update", answers[0].text)
        self.seen += answers

    def forget(self, answer: Answer) -> None:
        self._do("forget", answer.text)
        self.seen = [each for each in self.seen if each.answer_id != answer.answer_id]
        self.remembered = [each for each in self.remembered if each.answer_id != answer.answer_id]

    def remember(self, answers: Sequence[Answer]) -> None:
        self._do("remember", answers)
        self.remembered += answers

    def rebuild(
        self, answers: Sequence[Answer], progress: Callable[[int, int], None] | None = None
    ) -> None:
        self._do("rebuild", answers)
        self.seen = []
        for done, answer in enumerate(answers, start=1):
            self.update([answer])
            if progress is not None:
                progress(done, len(answers))

    def copy_nlp(self) -> Any:
        self._do("copy_nlp", None)
        nlp = spacy.blank("en")
        nlp.meta["learned"] = [answer.answer_id for answer in self.seen]
        return nlp

    @property
    def seen_ids(self) -> list[str]:
        return [answer.answer_id for answer in self.seen]


def a_session(
    source: object = ("one", "two", "three", "four"),
    view: str | View = "textcat.manual",
    *,
    learner: Any = None,
    labels: tuple[str, ...] = ("A", "B"),
    store: Store | None = None,
    exclusive: bool = True,
    **keywords: Any,
) -> Session:
    """A session on a store in memory, without a model unless one is given."""
    return Session(
        store=store if store is not None else Store(":memory:"),
        view=find_view(view, exclusive=exclusive),
        labels=labels,
        pool=source if callable(source) else Pool(list(source)),
        tokenize=tokenize,
        dataset=keywords.pop("dataset", "d"),
        learner=learner,
        **keywords,
    )


def answer_any(session: Session, kind: str = "accept", **more: Any) -> Answer:
    """Answer the task shown in a way that its view takes."""
    task = session.task
    assert task is not None
    if kind == "accept" and session.view.layout == "choice" and "accept" not in more:
        more["accept"] = [task.labels[0]]
    return session.answer(kind, task_hash=task.task_hash, **more)


def settled(session: Session) -> Session:
    """Wait until the model has seen everything."""
    assert session.join(PATIENCE_SECONDS)
    return session


def standing_ids(session: Session) -> list[str]:
    """The ids that the store says stand, of this session, in order."""
    answers = session.store.answers(session.dataset, session_id=session.session_id)
    return [answer.answer_id for answer in answers]
