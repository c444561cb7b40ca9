"""The learner on a spaCy named entity recognizer."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from nbannotate.learning.alignment import aligned_only, without_overlaps
from nbannotate.learning.base import SpacyLearner
from nbannotate.learning.evidence import TextEvidence
from nbannotate.learning.growth import growing
from nbannotate.learning.lattice import Constraint, Lattice, TokenSpan
from nbannotate.learning.pipelines import copy_pipeline
from nbannotate.learning.protocol import Progress
from nbannotate.learning.replay import Budget
from nbannotate.learning.steps import Actions, StepModel
from nbannotate.tasks.prediction import Prediction
from nbannotate.tasks.records import Answer, Span

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc
    from spacy.tokens import Span as SpacySpan

NER_BUDGET = Budget(
    n_batches=4,
    n_fresh=1,
    batch_size=8,
    learn_rate=0.001,
    dropout=0.1,
    decay=0.9,
    n_batches_at_first=12,
)
"""What a model that starts blank learns from each answer.

With four steps from the first answer on, drugs in forum posts were found with an F of .50 after
100 answers (deviation .06 over five seeds), with twelve at first .55 (.02); names in encyclopedia
articles .39 and .40.
"""

TRAINED_NER_BUDGET = replace(NER_BUDGET, learn_rate=0.0003, n_batches_at_first=0)
MAX_TOKENS_AT_ONCE = 4_000
MAX_CANDIDATES = 24
MIN_CANDIDATE = 0.01
MAX_TOKENS_ASKED = 8


class NerLearner(SpacyLearner):
    """Learns to mark named entities.

    Best readings are those of the component itself; the probability of a span is the sum
    over all readings that hold it. A label that comes later is a new output with weights of
    zero; all that was learned of the others is kept.
    """

    component = "ner"

    def __init__(
        self,
        nlp: Language,
        name: str,
        labels: Sequence[str],
        *,
        budget: Budget | None = None,
        seed: int = 0,
    ) -> None:
        pipe: Any = nlp.get_pipe(name)
        trained = trained_labels(pipe)
        if budget is None:
            budget = TRAINED_NER_BUDGET if trained & set(labels) else NER_BUDGET
        super().__init__(nlp, name, labels, budget=budget, seed=seed)
        self.wanted = self._first_labels = self._labels
        self._before_growth: Language | None = None
        self._is_trained = bool(trained)
        self._teaches_unasked = bool(trained - set(labels))
        self._read_actions()

    def with_label(self, label: str, progress: Progress | None = None) -> NerLearner:
        """Take one more label, keep all weights, and return this learner.

        Answers are learned again only if some of them were asked with the label before.
        """
        if label not in self.wanted:
            self.wanted += (label,)
        updates = list(self._updates)
        if any(label in answer.labels for update in updates for answer in update):
            try:
                self._relearn(updates, progress)
            except BaseException:
                self._recall(updates)
                raise
        else:
            self._grow(label)
        return self

    def _grow_for(self, answers: Sequence[Answer] | None) -> None:
        for label in self.wanted:
            if label not in self._labels and (
                answers is None or any(label in answer.labels for answer in answers)
            ):
                self._grow(label)

    def _grow(self, label: str) -> None:
        if self._before_growth is None:
            self._before_growth = self._copy_of_base()
        fitted = growing(self.pipe.model, lambda: self.pipe.add_label(label))
        self.pipe.model.attrs["unseen_classes"].clear()
        now = self.checkpoint()
        self.restore(replace(fitted(now), params=now.params))
        self._base = fitted(self._base)
        self._kept.change(fitted)
        self._labels += (label,)
        self._grown_at = len(self._updates)
        self._read_actions()
        self._recall(self._updates)

    def _start_over(self) -> None:
        if self._before_growth is not None:
            self.nlp = copy_pipeline(self._before_growth)
            self.pipe = self.nlp.get_pipe(self.name)
            self._optimizer = self._make_optimizer()
            self._base = self.checkpoint()
            self._labels = self._first_labels
            self._before_growth = None
            self._docs.clear()
            self._read_actions()
        super()._start_over()

    def _read_actions(self) -> None:
        self._actions = Actions.of(self.pipe)
        self._asked = [self._actions.labels.index(label) for label in self._labels]
        self._tutor = self._model_at_start() if self._is_trained else None
        self._tutored: dict[str, tuple[TokenSpan, ...]] = {}

    def _model_at_start(self) -> Any:
        """Return a copy of the base model; of a label that came midway it knows nothing."""
        now = self.checkpoint()
        self._base.restore(self.pipe.model, self._optimizer)
        model = copy.deepcopy(self.pipe.model)
        self.restore(now)
        return model

    def _predict_docs(self, docs: Sequence[Doc]) -> list[Prediction]:
        predictions: list[Prediction] = []
        for batch in _in_batches(docs):
            steps = StepModel(self.pipe.model, batch)
            lattice = Lattice(steps, self._actions, batch, max_length=MAX_TOKENS_ASKED)
            predictions.extend(self._predict_one(lattice, at, doc) for at, doc in enumerate(batch))
        return predictions

    def _predict_nothing(self) -> Prediction:
        return Prediction()

    def _predict_one(self, lattice: Lattice, at: int, doc: Doc) -> Prediction:
        read, entropies = lattice.read(at)
        starts, probabilities = lattice.span_probabilities(at)
        spans = [
            _to_characters(span, doc, self._actions.labels, score)
            for span, score in read.items()
            if span.label in self._asked
        ]
        return Prediction(
            spans=tuple(span for span in spans if span is not None),
            candidates=self._choose_candidates(starts, probabilities, doc),
            token_entropies=tuple(
                float(entropy)
                for entropy, token in zip(entropies, doc, strict=True)
                if not token.is_space
            ),
            words=tuple(token.lower_ for token in doc if not token.is_space),
        )

    def _choose_candidates(
        self, starts: np.ndarray, probabilities: np.ndarray, doc: Doc
    ) -> tuple[Span, ...]:
        asked = probabilities[:, :, self._asked].copy()
        ends = starts[:, None] + np.arange(1, asked.shape[1] + 1)
        is_space = np.array([token.is_space for token in doc] + [True])
        asked[is_space[np.minimum(ends, len(doc)) - 1] | (ends > len(doc))] = 0.0
        flat = asked.ravel()
        order = np.argsort(-flat, kind="stable")[:MAX_CANDIDATES]
        n_likely = int((flat[order] >= MIN_CANDIDATE).sum())
        candidates = []
        for index in order[: max(1, n_likely)]:
            row, length, label = np.unravel_index(index, asked.shape)
            start = int(starts[row])
            span = TokenSpan(start, start + int(length) + 1, self._asked[int(label)])
            candidates.append(_to_characters(span, doc, self._actions.labels, float(flat[index])))
        return tuple(span for span in candidates if span is not None)

    def _step(
        self, batch: Sequence[TextEvidence], rng: np.random.Generator, dropout: float
    ) -> float:
        docs, constraints = [], []
        for evidence in batch:
            doc = self._doc(evidence.text)
            if len(doc):
                docs.append(doc)
                constraint = constrain(evidence, doc, self._actions.labels)
                constraints.append(self._rehearse(constraint, doc))
        if not docs:
            return 0.0
        longest = max(
            (
                span.end - span.start
                for constraint in constraints
                for span in constraint.accepted + constraint.rejected
            ),
            default=1,
        )
        if not all(constraint.leaves_one for constraint in constraints):
            longest = max(longest, MAX_TOKENS_ASKED)
        self._freeze_dropout(self.pipe.model)
        lattice = Lattice(
            StepModel(self.pipe.model, docs, rng, dropout),
            self._actions,
            docs,
            max_length=longest,
            constraints=constraints,
        )
        return lattice.learn(self._guide_of(lattice, docs, constraints))

    def _guide_of(
        self, lattice: Lattice, docs: Sequence[Doc], constraints: Sequence[Constraint]
    ) -> Lattice | None:
        """Return what the base model says of the same choices, None where all is known.

        A yes or no speaks of one span. Of the rest of its text the base model is believed,
        lest the model forgets what it knew while it learns from single spans.
        """
        if self._tutor is None or all(constraint.leaves_one for constraint in constraints):
            return None
        self._freeze_dropout(self._tutor)
        steps = StepModel(self._tutor, docs)
        return Lattice(
            steps, self._actions, docs, max_length=lattice.max_length, starts=lattice.starts
        )

    def _rehearse(self, constraint: Constraint, doc: Doc) -> Constraint:
        """Add what the base model says of the labels that are not asked about.

        No answer will ever speak of them; left alone, the model would forget them.
        """
        if self._tutor is None or not self._teaches_unasked:
            return constraint
        if doc.text not in self._tutored:
            self._freeze_dropout(self._tutor)
            steps = StepModel(self._tutor, [doc])
            lattice = Lattice(steps, self._actions, [doc], max_length=1)
            self._tutored[doc.text] = tuple(
                span for span in lattice.read(0)[0] if span.label not in self._asked
            )
        kept = tuple(
            span
            for span in self._tutored[doc.text]
            if not any(
                span.start < other.end and other.start < span.end for other in constraint.accepted
            )
        )
        closed = np.ones_like(constraint.closed)
        closed[self._asked] = constraint.closed[self._asked]
        accepted = tuple(sorted(constraint.accepted + kept, key=lambda span: span.start))
        return Constraint(accepted, constraint.rejected, closed)

    @staticmethod
    def _freeze_dropout(model: Any) -> None:
        """Turn off layers' own dropout, which draws from the global generator."""
        from thinc.api import set_dropout_rate

        set_dropout_rate(model, 0.0)


def trained_labels(pipe: Any) -> frozenset[str]:
    """Return the labels of an entity recognizer that have been learned at all.

    A label that was added after training, or never trained, has weights of zero.
    """
    actions = Actions.of(pipe)
    layer = pipe.model.get_ref("upper" if pipe.model.attrs["has_upper"] else "lower")
    weights = layer.get_param("W")
    rows = weights if weights.ndim == 2 else np.moveaxis(weights, 1, 0)
    return frozenset(
        label
        for label, column in zip(actions.labels, actions.begin, strict=True)
        if np.any(rows[column])
    )


def constrain(evidence: TextEvidence, doc: Doc, labels: Sequence[str]) -> Constraint:
    """Return which readings of a doc its evidence leaves.

    Spans out of the part that is read cannot be learned and are passed over; see `alignment`
    for those off the tokens.
    """
    known = {label: index for index, label in enumerate(labels)}

    def read(found: Sequence[tuple[SpacySpan, Span]]) -> tuple[TokenSpan, ...]:
        return tuple(
            TokenSpan(chunk.start, chunk.end, known[span.label])
            for chunk, span in found
            if not chunk[0].is_space
        )

    def of_these(spans: Sequence[Span]) -> list[Span]:
        return [span for span in spans if span.label in known]

    closed = np.array([evidence.complete and label in evidence.labels for label in labels])
    return Constraint(
        read(without_overlaps(doc, of_these(evidence.spans), evidence.text)),
        read(aligned_only(doc, of_these(evidence.rejected), evidence.text)),
        closed,
    )


def _in_batches(docs: Sequence[Doc]) -> Iterator[list[Doc]]:
    """Split docs so that what is computed at once stays small."""
    batch: list[Doc] = []
    n_tokens = 0
    for doc in docs:
        if batch and n_tokens + len(doc) > MAX_TOKENS_AT_ONCE:
            yield batch
            batch, n_tokens = [], 0
        batch.append(doc)
        n_tokens += len(doc)
    if batch:
        yield batch


def _to_characters(span: TokenSpan, doc: Doc, labels: Sequence[str], score: float) -> Span | None:
    """Return the span in characters, without trailing whitespace tokens."""
    end = span.end
    while end > span.start and doc[end - 1].is_space:
        end -= 1
    if end == span.start:
        return None
    last = doc[end - 1]
    return Span(doc[span.start].idx, last.idx + len(last), labels[span.label], score)
