"""What a learner predicts, checked before anything is made of it.

One thing is kept true: numbers that are none never choose a question, and never reach a
page or a store.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from nbannotate.errors import LearningError
from nbannotate.learning.protocol import Predictor
from nbannotate.tasks.prediction import Prediction

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
    for text, prediction in zip(texts, predictions, strict=True):
        if (wrong := _no_probability(prediction)) is not None:
            raise LearningError(
                f"{type(learner).__name__}.predict gave {text[:40]!r} the probability {wrong}; "
                "probabilities lie in [0, 1]: apply a softmax or a sigmoid to scores first"
            )
    return predictions


def _no_probability(prediction: Prediction) -> float | None:
    """Return a probability of a prediction that cannot be one, None if all can."""
    scores = [span.score for span in (*prediction.spans, *prediction.candidates)]
    given = [*prediction.cats.values(), *(score for score in scores if score is not None)]
    if not all(-_ROUNDING <= value <= 1.0 + _ROUNDING for value in given):
        return next(value for value in given if not -_ROUNDING <= value <= 1.0 + _ROUNDING)
    # One number that is none makes the sum none.
    total = sum(prediction.token_entropies)
    return None if math.isfinite(total) else total
