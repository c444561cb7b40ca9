"""Where a session stands, in numbers that a cell or the page can show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from nbannotate.tasks import Answer, Span

Phase = Literal["preparing", "asking", "paused", "finished", "closed"]
ModelState = Literal["none", "rebuilding", "learning", "ready", "paused"]

CONFIDENT = 0.5
"""A yes-or-no suggestion at or above this probability counts as a predicted accept."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a session has come; fields are readable as ``p.answered`` or ``p["answered"]``.

    Parameters
    ----------
    answered
        Answers of this session that stand.
    remaining
        Texts that may still be asked about, None while the source's end is not in sight.
    target
        The number of answers aimed for, None without a target.
    accuracy
        In [0, 1]: how well the model's suggestions, made before it saw the answers, agree
        with them (share of right labels; for spans the F-score). None before the first.
    counts
        How often each label was given.
    """

    answered: int
    remaining: int | None
    target: int | None
    accuracy: float | None
    counts: Mapping[str, int] = field(default_factory=dict)

    def keys(self) -> Iterator[str]:
        """Iterate over the names of the fields, so that ``dict(progress)`` works."""
        return (each.name for each in fields(self))

    def __getitem__(self, name: str) -> Any:
        """Return a field by its name."""
        if name not in {each.name for each in fields(self)}:
            raise KeyError(name)
        return getattr(self, name)


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """What the model in the loop is doing.

    Parameters
    ----------
    state
        ``"none"`` without a model; ``"rebuilding"`` from stored answers; ``"learning"``;
        ``"ready"`` when it has seen every answer; ``"paused"`` after an error, until it
        is told to go on.
    learned, pending
        Answers of this session that it has seen, and that wait.
    version
        The version of ``store.models()`` that it was saved as last, or started from;
        ``"base"`` before there is one.
    message
        Why it is paused.
    done, total
        How far a rebuild has come, in answers; also while a label is added.
    """

    state: ModelState
    learned: int = 0
    pending: int = 0
    version: str | None = None
    message: str | None = None
    done: int | None = None
    total: int | None = None


class Agreement:
    """Counts how often the model was right before it saw the answer."""

    def __init__(self, answers: Iterable[Answer] = ()) -> None:
        self.counts: Counter[str] = Counter()
        self._right = 0.0
        self._possible = 0.0
        for answer in answers:
            self.add(answer)

    @property
    def accuracy(self) -> float | None:
        """The share of right suggestions, in [0, 1], None before there was one."""
        return self._right / self._possible if self._possible else None

    def add(self, answer: Answer, sign: int = 1) -> None:
        """Count an answer, or with ``sign=-1`` take it back."""
        right, possible = _compare(answer)
        self._right += sign * right
        self._possible += sign * possible
        if answer.answer == "accept":
            for label in _labels_given(answer):
                self.counts[label] += sign

    def remove(self, answer: Answer) -> None:
        """Take back an answer that was counted."""
        self.add(answer, sign=-1)


def _labels_given(answer: Answer) -> list[str]:
    if answer.spans:
        return [span.label for span in answer.spans]
    return list(answer.accept) or ([answer.label] if answer.label else [])


def _compare(answer: Answer) -> tuple[float, float]:
    """Return how much of the suggestion was right, and how much could have been."""
    if answer.model_version is None or answer.answer == "ignore":
        return 0.0, 0.0
    if isinstance(answer.suggested, Mapping):
        return _compare_cats(answer, answer.suggested)
    if answer.score is not None and answer.view.endswith(".teach"):
        return float((answer.score >= CONFIDENT) == (answer.answer == "accept")), 1.0
    if answer.answer != "accept":
        return 0.0, 0.0
    suggested: tuple[Span, ...] = answer.suggested
    both = len(set(suggested) & set(answer.spans))
    return 2.0 * both, float(len(suggested) + len(answer.spans))


def _compare_cats(answer: Answer, cats: Mapping[str, float | None]) -> tuple[float, float]:
    known = {label: score for label, score in cats.items() if score is not None}
    if not known or answer.answer != "accept":
        return 0.0, 0.0
    if len(answer.accept) == 1:
        return float(max(known, key=lambda label: known[label]) == answer.accept[0]), 1.0
    predicted = {label for label, score in known.items() if score >= CONFIDENT}
    return float(predicted == set(answer.accept)), 1.0
