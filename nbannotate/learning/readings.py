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


def read_texts(learner: Predictor, texts: Sequence[str]) -> list[Prediction]:
    """Return a learner's predictions, one per text.

    Raises
    ------
    LearningError
        If it returned another number of predictions, or a probability that is no number.

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
        if not _is_finite(prediction):
            raise LearningError(
                f"{type(learner).__name__}.predict gave {text[:40]!r} a probability that is no "
                "number (NaN or infinite); probabilities lie in [0, 1]"
            )
    return predictions


def _is_finite(prediction: Prediction) -> bool:
    # One number that is none makes the sum none.
    scores = sum(span.score or 0.0 for span in (*prediction.spans, *prediction.candidates))
    return math.isfinite(scores + sum(prediction.cats.values()) + sum(prediction.token_entropies))
