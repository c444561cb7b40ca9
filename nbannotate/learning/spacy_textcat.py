"""The learner on a spaCy text categorizer.

spaCy's own update cannot take "not this label" for exclusive labels, and reads an unknown
label as wrong. Here both are told apart: an unknown label is left alone, and of exclusive
labels a rejected one hands its probability to the others, as they stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nbannotate.learning.base import SpacyLearner
from nbannotate.learning.evidence import TextEvidence
from nbannotate.learning.replay import Budget
from nbannotate.tasks.prediction import Prediction

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

Floats = NDArray[np.float32]

TEXTCAT_BUDGET = Budget(n_batches=4, n_fresh=4, batch_size=8, learn_rate=0.01, dropout=0.0)
_SMALLEST = 1e-6


class TextcatLearner(SpacyLearner):
    """Learns which labels apply to a text, one of them or any number."""

    component = "textcat"

    def __init__(
        self,
        nlp: Language,
        name: str,
        labels: Sequence[str],
        *,
        exclusive: bool = True,
        budget: Budget = TEXTCAT_BUDGET,
        seed: int = 0,
    ) -> None:
        super().__init__(nlp, name, labels, budget=budget, seed=seed)
        self._exclusive = exclusive and len(self._labels) > 1
        self._known = tuple(self.pipe.labels)
        self._asked = [label for label in self._known if label in self._labels]

    def _predict_docs(self, docs: Sequence[Doc]) -> list[Prediction]:
        scores = np.clip(np.asarray(self.pipe.model.predict(list(docs))), 0.0, 1.0)
        if len(self._asked) < len(self._known):
            scores = scores[:, [self._known.index(label) for label in self._asked]]
            if self._exclusive:
                scores = of_one(scores)
        return [
            Prediction(cats=dict(zip(self._asked, row.tolist(), strict=True))) for row in scores
        ]

    def _predict_nothing(self) -> Prediction:
        share = 1.0 / len(self._asked) if self._exclusive else 0.5
        return Prediction(cats=dict.fromkeys(self._asked, share))

    def _step(
        self,
        batch: Sequence[TextEvidence],
        rng: np.random.Generator,  # noqa: ARG002  no dropout: the model is linear or small
        dropout: float,  # noqa: ARG002
    ) -> float:
        from thinc.api import set_dropout_rate

        read = [(self._doc(evidence.text), evidence) for evidence in batch]
        read = [(doc, evidence) for doc, evidence in read if len(doc)]
        if not read:
            return 0.0
        model = self.pipe.model
        set_dropout_rate(model, 0.0)
        scores, backprop = model.begin_update([doc for doc, _ in read])
        targets, known = self._targets([evidence for _, evidence in read], scores)
        backprop(gradient(model, scores, targets, known))
        return float(-(known * targets * np.log(np.maximum(scores, _SMALLEST))).sum())

    def _targets(self, batch: Sequence[TextEvidence], scores: Floats) -> tuple[Floats, Floats]:
        targets = np.zeros_like(scores)
        known = np.ones_like(scores)
        for row, evidence in enumerate(batch):
            marks = [evidence.cats.get(label) for label in self._known]
            if self._exclusive and 1.0 not in marks:
                targets[row] = without_rejected(scores[row], [mark == 0.0 for mark in marks])
            else:
                # The one label that applies excludes those, too, that nobody asked about.
                targets[row] = [mark or 0.0 for mark in marks]
                known[row] = [self._exclusive or mark is not None for mark in marks]
        return targets, known


def of_one(scores: Floats) -> Floats:
    """Return the probabilities of labels of which one applies, in their ratio, shape as given.

    Examples
    --------
    >>> of_one(np.array([[0.25, 0.25], [0.0, 0.0]], dtype="f")).tolist()
    [[0.5, 0.5], [0.5, 0.5]]
    """
    kept = np.maximum(scores, _SMALLEST)
    return np.asarray(kept / kept.sum(axis=1, keepdims=True), dtype=np.float32)


def without_rejected(scores: Floats, rejected: Sequence[bool]) -> Floats:
    """Return probabilities in which rejected labels have none and the others keep their ratio.

    Examples
    --------
    >>> without_rejected(np.array([0.5, 0.25, 0.25], dtype="f"), [True, False, False]).tolist()
    [0.0, 0.5, 0.5]
    """
    kept = np.where(rejected, 0.0, np.maximum(scores, _SMALLEST))
    return np.asarray(kept / kept.sum(), dtype=np.float32)


def gradient(model: Any, scores: Floats, targets: Floats, known: Floats) -> Floats:
    """Return the gradient of the cross entropy in the form that the output layer takes.

    spaCy hands every output layer ``scores - targets``, which is the gradient of the
    cross entropy for some layers and of the squared error for others; the latter
    learns slowly from confident mistakes.
    """
    last = model
    while last.layers:
        last = last.layers[-1]
    safe = np.clip(scores, _SMALLEST, 1 - _SMALLEST)
    if last.name == "softmax_activation":
        d_scores = -targets / safe
    elif last.name in {"logistic", "sigmoid_activation"}:
        d_scores = (scores - targets) / (safe * (1 - safe))
    else:
        d_scores = scores - targets
    return np.ascontiguousarray(d_scores * known, dtype=np.float32)
