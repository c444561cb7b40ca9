"""What a learner predicts, checked before anything is made of it.

One thing is kept true: numbers that are none never choose a question, and never reach a
page or a store.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from nbannotate.errors import LearningError
from nbannotate.learning.protocol import Predictor
from nbannotate.tasks.prediction import Prediction
from nbannotate.tasks.records import Span

_ROUNDING = 1e-4


def read_texts(learner: Predictor, texts: Sequence[str]) -> list[Prediction]:
    """Return a learner's predictions, one per text.

    Raises
    ------
    LearningError
        If it returned another number of predictions, or a probability outside [0, 1].

    Examples
    --------
    >>> import nbannotate as nb
    >>> read_texts(nb.RefitLearner(len, lambda model, texts: [], labels=["A"]), ["Charged twice"])
    [Prediction(spans=(), candidates=(), cats={}, token_entropies=(), words=())]
    """
    predictions = list(learner.predict(texts))
    if len(predictions) != len(texts):
        raise LearningError(
            f"{type(learner).__name__}.predict returned {len(predictions)} predictions of "
            f"{len(texts)} texts; return one per text, in their order"
        )
    for at, (text, prediction) in enumerate(zip(texts, predictions, strict=True)):
        given = _probabilities(prediction)
        if (wrong := _impossible(prediction, given)) is not None:
            raise LearningError(
                f"{type(learner).__name__}.predict gave {text[:40]!r} the probability {wrong}; "
                "probabilities lie in [0, 1]: apply a softmax or a sigmoid to scores first"
            )
        if given and not (min(given) >= 0.0 and max(given) <= 1.0):
            predictions[at] = _clipped(prediction)
    return predictions


def is_probability(value: float) -> bool:
    """Return whether a number lies in [0, 1], but for rounding.

    Examples
    --------
    >>> is_probability(1.00001), is_probability(1.1), is_probability(math.nan)
    (True, False, False)
    """
    return -_ROUNDING <= value <= 1.0 + _ROUNDING


def clipped(value: float) -> float:
    """Return a probability without what rounding put outside [0, 1]."""
    return min(1.0, max(0.0, value))


def _probabilities(prediction: Prediction) -> list[float]:
    scores = [span.score for span in (*prediction.spans, *prediction.candidates)]
    return [*prediction.cats.values(), *(score for score in scores if score is not None)]


def _impossible(prediction: Prediction, given: Sequence[float]) -> float | None:
    for value in given:
        if not is_probability(value):
            return value
    # One number that is none makes the sum none.
    total = sum(prediction.token_entropies)
    return None if math.isfinite(total) else total


def _clipped(prediction: Prediction) -> Prediction:
    def of(spans: Sequence[Span]) -> tuple[Span, ...]:
        return tuple(
            span if span.score is None else replace(span, score=clipped(span.score))
            for span in spans
        )

    return replace(
        prediction,
        spans=of(prediction.spans),
        candidates=of(prediction.candidates),
        cats={label: clipped(value) for label, value in prediction.cats.items()},
    )
