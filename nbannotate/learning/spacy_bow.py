"""The learner on spaCy's bag of words: after each answer, the model of all answers.

spaCy's other text categorizers are taught in steps; see `spacy_textcat`. This one is linear,
and its optimum is found at once; see `linear`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nbannotate.learning.evidence import TextEvidence
from nbannotate.learning.linear import EMPTY_TEXTS, PENALTY, Doubles, Facts, LinearFit
from nbannotate.learning.protocol import Progress
from nbannotate.learning.spacy_textcat import TextcatLearner
from nbannotate.tasks.records import Answer

if TYPE_CHECKING:
    from scipy.sparse import csr_array
    from spacy.tokens import Doc
    from thinc.api import Model

MAX_ITERATIONS = 60
"""After one answer; the next one goes on from there."""

MAX_ITERATIONS_ANEW = 300
"""Where many answers are learned at once."""

WORK = 5e7
"""Multiplications after which an answer's search for the optimum ends."""

MIN_ITERATIONS = 5

WORK_ANEW, ITERATIONS_ANEW = 5e8, 40
"""Multiplications that a search from the start may take, and the iterations it mostly takes."""


class BowLearner(TextcatLearner):
    """Learns which labels apply to a text by the words that are in it."""

    has_optimum = True
    ways_back = ()

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        layers = bow_layers(self.pipe.model)
        if layers is None:
            raise TypeError(f"the model {self.pipe.model.name!r} is no bag of words")
        self._ngrams, self._linear = layers
        self._probe = _probe_of(self._linear)
        self._features: dict[str, tuple[np.ndarray, np.ndarray]] = {}

    def fit(
        self,
        evidence: Collection[TextEvidence],
        *,
        max_iterations: int | None = None,
        between_steps: Callable[[], None] | None = None,
        anew: bool = False,
    ) -> float:
        """Make the weights the best ones for this evidence.

        Parameters
        ----------
        evidence
            All that is to be learned.
        max_iterations
            Iterations at most; by default as many as an answer may take.
        between_steps
            Called between them; what it raises leaves the weights as they are.
        anew
            Search from the weights at the start where the evidence leaves several optima, so
            that which one is found does not depend on what was learned and forgotten before.

        Returns
        -------
        float
            Minus the log posterior of the weights.
        """
        usable = [each for each in evidence if len(self._doc(each.text)) and each.cats]
        base = self._base.params
        at_start, biases_at_start = base[self._linear.id, "W"], base[self._linear.id, "b"]
        if not usable:
            self._linear.set_param("W", at_start.copy())
            self._linear.set_param("b", biases_at_start.copy())
            return 0.0
        counts, buckets = self._counts(usable)
        facts = Facts(counts, *self._facts(usable), exclusive=self._exclusive)
        shape = (len(self._known), -1)
        weights = self._linear.get_param("W").reshape(shape)
        before = at_start.reshape(shape)[:, buckets].T.astype(np.float64)
        before_biases = biases_at_start.astype(np.float64)
        start = weights[:, buckets].T, self._linear.get_param("b")
        if anew and self._has_many_optima(facts):
            start, max_iterations = (before, before_biases), MAX_ITERATIONS_ANEW
        found, found_biases, loss = LinearFit(facts, before, before_biases).minimize(
            *(each.astype(np.float64) for each in start),
            max_iterations=max_iterations or self._affordable(counts),
            between_steps=between_steps,
        )
        # Of words in no text that teaches, nothing is known but what was known at the start.
        moved = at_start.reshape(shape).copy()
        moved[:, buckets] = found.T
        self._linear.set_param("W", moved.ravel())
        self._linear.set_param("b", found_biases.astype(np.float32))
        return loss

    def _own_settings(self) -> tuple[object, ...]:
        return (PENALTY, EMPTY_TEXTS, MAX_ITERATIONS, WORK, WORK_ANEW)

    def _learn_from(self, new: Sequence[TextEvidence], rng: np.random.Generator) -> None:  # noqa: ARG002
        self.fit(self._evidence.values(), between_steps=self.between_steps, anew=True)

    def _learn_in_order(
        self,
        updates: Sequence[tuple[Answer, ...]],
        progress: Progress | None = None,
        *,
        begun: int = 0,
    ) -> None:
        """Learn all at once: the optimum is the same, in whatever order they came."""
        if begun == len(updates):
            return
        self._recall(updates)
        try:
            self.fit(
                self._evidence.values(),
                max_iterations=MAX_ITERATIONS_ANEW,
                between_steps=self.between_steps,
                anew=True,
            )
        except BaseException:
            self._recall(updates[:begun])
            raise
        if progress is not None:
            progress(len(updates), len(updates))

    def _affordable(self, counts: csr_array) -> int:
        return int(np.clip(WORK / self._work(counts), MIN_ITERATIONS, MAX_ITERATIONS))

    def _work(self, counts: csr_array) -> int:
        """Return about how many multiplications an iteration takes."""
        n_labels = len(self._known)
        return int(max(1, 4 * counts.nnz * n_labels + 40 * counts.shape[1] * n_labels))

    def _has_many_optima(self, facts: Facts) -> bool:
        """Whether an answer leaves several labels possible of which one applies.

        Not where a search from the start would take too long.
        """
        is_open = self._exclusive and bool((facts.possible.sum(axis=1) > 1).any())
        return is_open and self._work(facts.counts) * ITERATIONS_ANEW <= WORK_ANEW

    def _facts(self, evidence: Sequence[TextEvidence]) -> tuple[Doubles, Doubles]:
        marks = np.array(
            [[each.cats.get(label, np.nan) for label in self._known] for each in evidence]
        )
        known = np.isfinite(marks)
        possible = np.where(known, marks, 0.0)
        if self._exclusive:
            # Where none is known to be right, each is possible that was not rejected.
            is_open = ~(possible > 0).any(axis=1)
            possible[is_open] = np.where(known[is_open], 0.0, 1.0)
        return possible, known.astype(np.float64)

    def _counts(self, evidence: Sequence[TextEvidence]) -> tuple[csr_array, np.ndarray]:
        """Return how often each weight is used by each text, and which weights these are."""
        from scipy.sparse import csr_array

        read = [self._features_of(self._doc(each.text)) for each in evidence]
        buckets, columns = np.unique(
            np.concatenate([indices for indices, _ in read]), return_inverse=True
        )
        values = np.concatenate([values for _, values in read])
        ends = np.cumsum([0, *(len(indices) for indices, _ in read)])
        return csr_array((values, columns, ends), shape=(len(read), len(buckets))), buckets

    def _features_of(self, doc: Doc) -> tuple[np.ndarray, np.ndarray]:
        """Return which weights of each label a text uses, and how often."""
        if doc.text not in self._features:
            _, backprop = self._probe.begin_update(self._ngrams.predict([doc]))
            backprop(np.ones((1, 1), dtype=np.float32))
            gradient = self._probe.get_grad("W")
            self._probe.set_grad("W", np.zeros_like(gradient))
            indices = np.flatnonzero(gradient)
            self._features[doc.text] = indices, gradient[indices].astype(np.float64)
        return self._features[doc.text]


def bow_layers(model: Model[Any, Any]) -> tuple[Any, Any] | None:
    """Return a bag of words' layers that read and that score words, None if it is none."""
    nodes: list[Any] = list(model.walk())
    with_weights = [node for node in nodes if node.param_names]
    ngrams = [node for node in nodes if node.name == "extract_ngrams"]
    last = model
    while last.layers:
        last = last.layers[-1]
    is_bow = (
        len(ngrams) == 1
        and [node.name for node in with_weights] == ["sparse_linear"]
        and not with_weights[0].attrs["v1_indexing"]
        and last.name in {"softmax_activation", "logistic", "sigmoid_activation"}
    )
    return (ngrams[0], with_weights[0]) if is_bow else None


def _probe_of(linear: Any) -> Any:
    """Return a layer of one output, whose gradient shows which weights a text uses."""
    from thinc.api import SparseLinear_v2

    probe = SparseLinear_v2(nO=1, length=linear.get_dim("length"))
    probe.initialize()
    return probe
