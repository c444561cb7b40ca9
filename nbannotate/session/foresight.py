"""How much of an answer the model had foreseen, before it learned from it.

One rule for the running accuracy, the live estimate and the outlook. What the model
foresaw is what it suggested or, where suggestions are hidden, what was kept beside the
answer; patterns and spans that came with the text are not the model's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from nbannotate.tasks import Answer, Span

CONFIDENT = 0.5
"""A yes-or-no suggestion at or above this probability counts as a predicted accept."""

DRAWN_AT_RANDOM = frozenset({"random", "audit"})
"""Why an unbiased question was asked."""


class Foreseen(NamedTuple):
    """What was right, of what could have been.

    Parameters
    ----------
    right, possible
        Counts at least 0. A label or a yes-or-no question counts 1; of spans, each one
        foreseen and each one in the answer counts 1, so that ``right / possible`` is the
        F-score. Nothing is possible where the two cannot be compared.
    by_chance
        Whether the question was drawn at random, so that it speaks for the whole pool.
    """

    right: float
    possible: float
    by_chance: bool


def foreseen(answer: Answer, *, exclusive: bool) -> Foreseen:
    """Compare an answer with what the model had said before.

    Parameters
    ----------
    answer
        As it is stored.
    exclusive
        Of labels on a text, exactly one applies: then the most probable one is to be the
        answer's. Otherwise all labels of at least one half are to be just the answer's.

    Examples
    --------
    >>> from datetime import datetime
    >>> answer = Answer(
    ...     *("1", "d", "s", "a", "textcat.correct", "Charged twice", 1, 1, "accept"),
    ...     created_at=datetime(2026, 1, 1),
    ...     accept=("payment",),
    ...     suggested={"payment": 0.4, "hardware": 0.3},
    ...     model_version="base",
    ...     why="random",
    ... )
    >>> foreseen(answer, exclusive=True)
    Foreseen(right=1.0, possible=1.0, by_chance=True)
    >>> foreseen(answer, exclusive=False).right
    0.0
    """
    right, possible = _compare(answer, exclusive)
    return Foreseen(right, possible, answer.why in DRAWN_AT_RANDOM)


def _compare(answer: Answer, exclusive: bool) -> tuple[float, float]:
    if answer.model_version is None or answer.answer == "ignore":
        return 0.0, 0.0
    if answer.view.endswith(".teach"):
        return _compare_binary(answer)
    if answer.answer != "accept":
        return 0.0, 0.0
    if isinstance(answer.suggested, Mapping):
        return _compare_cats(answer, answer.suggested, exclusive)
    if answer.foreseen is not None:
        return _compare_spans(answer, answer.foreseen)
    if answer.view.endswith(".manual"):
        return 0.0, 0.0
    return _compare_spans(answer, answer.suggested)


def _compare_binary(answer: Answer) -> tuple[float, float]:
    if answer.score is not None:
        is_predicted = answer.score >= CONFIDENT
    elif answer.spans and answer.foreseen is not None:
        is_predicted = answer.spans[0] in answer.foreseen
    else:
        return 0.0, 0.0
    return float(is_predicted == (answer.answer == "accept")), 1.0


def _compare_spans(answer: Answer, reading: tuple[Span, ...]) -> tuple[float, float]:
    both = len(set(reading) & set(answer.spans))
    return 2.0 * both, float(len(reading) + len(answer.spans))


def _compare_cats(
    answer: Answer, cats: Mapping[str, float | None], exclusive: bool
) -> tuple[float, float]:
    known = {label: score for label, score in cats.items() if score is not None}
    if not known:
        return 0.0, 0.0
    if exclusive:
        best = max(known, key=lambda label: known[label])
        return float((best,) == answer.accept), 1.0
    predicted = {label for label, score in known.items() if score >= CONFIDENT}
    return float(predicted == set(answer.accept)), 1.0
