"""The learner on a spaCy span categorizer: spans that may overlap and nest.

spaCy's own update reads every suggested span without a gold label as wrong. Here what is
unknown is left alone: of a text answered in full every span is known, of yes-or-no answers
just those that were asked about.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from nbannotate.learning.alignment import aligned_only, touched_tokens
from nbannotate.learning.base import SpacyLearner
from nbannotate.learning.evidence import TextEvidence
from nbannotate.learning.pipelines import untrained_labels
from nbannotate.learning.replay import Budget
from nbannotate.learning.spacy_textcat import gradient
from nbannotate.learning.span_scores import Floats, Ints, SpanModel
from nbannotate.learning.suggesting import reach, read_sizes, set_sizes
from nbannotate.tasks.prediction import Prediction
from nbannotate.tasks.records import Span

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

SPANCAT_BUDGET = Budget(
    n_batches=4, n_fresh=1, batch_size=8, learn_rate=0.002, dropout=0.1, decay=0.9
)
TRAINED_SPANCAT_BUDGET = replace(SPANCAT_BUDGET, learn_rate=0.0005)
MAX_SPANS_LEARNED = 500
"""Spans in one step at most, beside the annotated ones; see `SpancatLearner._lesson`."""

POSITIVE_WEIGHT = 3.0
"""How much a right span of a whole text counts, beside each of the many wrong ones.

With 1 the loop is too cautious: on nested biomedical names its F1 after 200 answers was .93 of
a retrain's; with 3, and half as many wrong spans learned at a time, it was .99.
"""

MAX_TOKENS_AT_ONCE = 4_000
MAX_CANDIDATES = 24
MIN_CANDIDATE = 0.01
_SMALLEST = 1e-6


@dataclass(frozen=True, slots=True)
class Lesson:
    """What one doc teaches.

    Parameters
    ----------
    spans
        First token and the one after the last, shape (n_spans, 2).
    targets
        The probabilities to learn, shape (n_spans, n_labels).
    weights
        How much each one counts, 0 where nothing is known, shape (n_spans, n_labels).
    """

    spans: Ints
    targets: Floats
    weights: Floats


class SpancatLearner(SpacyLearner):
    """Learns to find spans that may overlap, nest, or carry several labels.

    Each span of certain lengths has a probability of its own; see `suggesting`.
    """

    component = "spancat"

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
        trained = set(pipe.labels) - untrained_labels(pipe)
        if budget is None:
            budget = TRAINED_SPANCAT_BUDGET if trained & set(labels) else SPANCAT_BUDGET
        self._columns = {label: column for column, label in enumerate(pipe.labels)}
        self._asked = [self._columns[label] for label in labels]
        self._unasked = [column for column in self._columns.values() if column not in self._asked]
        self._tutor = copy.deepcopy(pipe.model) if trained - set(labels) else None
        self._first_sizes = self._sizes = read_sizes(nlp, name)
        self._lengths: dict[tuple[str, tuple[Span, ...]], frozenset[int]] = {}
        super().__init__(nlp, name, labels, budget=budget, seed=seed)

    def expect(self, evidence: Iterable[TextEvidence]) -> None:
        """Bring every accepted span within reach of the component."""
        lengths = {length for each in evidence for length in self._token_lengths(each)}
        sizes = reach(self._first_sizes, lengths)
        if sizes != self._sizes:
            set_sizes(self.nlp, self.name, sizes)
            self._sizes = sizes

    def _own_settings(self) -> tuple[object, ...]:
        return (self._first_sizes,)

    def _token_lengths(self, evidence: TextEvidence) -> frozenset[int]:
        key = (evidence.text, evidence.spans)
        if key not in self._lengths:
            known = self._known(evidence, self._doc(evidence.text))
            self._lengths[key] = frozenset(
                end - start for (start, end, _), value in known.items() if value
            )
        return self._lengths[key]

    def _predict_docs(self, docs: Sequence[Doc]) -> list[Prediction]:
        predictions: list[Prediction] = []
        for batch in _in_batches(docs):
            model = SpanModel(self.pipe.model, batch)
            for at, doc in enumerate(batch):
                spans = self._suggest(doc)
                scores = model.predict(spans + model.offsets[at])
                predictions.append(self._predict_one(doc, spans, scores))
        return predictions

    def _predict_nothing(self) -> Prediction:
        return Prediction()

    def _predict_one(self, doc: Doc, spans: Ints, scores: Floats) -> Prediction:
        is_space = np.array([token.is_space for token in doc])
        askable = ~(is_space[spans[:, 0]] | is_space[spans[:, 1] - 1])
        asked = np.clip(scores[:, self._asked], 0.0, 1.0) * askable[:, None]
        found = np.argwhere(self._is_found(scores)[:, self._asked] & askable[:, None])
        read = (self._to_span(doc, spans[row], label, asked[row, label]) for row, label in found)
        return Prediction(
            spans=tuple(sorted(read)),
            candidates=self._choose_candidates(doc, spans, asked),
            token_entropies=tuple(_token_entropies(spans, asked, len(doc))[~is_space].tolist()),
            words=tuple(token.lower_ for token in doc if not token.is_space),
        )

    def _is_found(self, scores: Floats) -> np.ndarray:
        """Return which labels the component itself would give to which spans."""
        threshold, most = self.pipe.cfg["threshold"], self.pipe.cfg["max_positive"]
        found = scores >= threshold
        if most is not None:
            np.put_along_axis(found, (-scores).argsort(axis=1)[:, most:], False, axis=1)
        return np.asarray(found)

    def _choose_candidates(self, doc: Doc, spans: Ints, asked: Floats) -> tuple[Span, ...]:
        flat = asked.ravel()
        order = np.argsort(-flat, kind="stable")[:MAX_CANDIDATES]
        n_likely = int((flat[order] >= MIN_CANDIDATE).sum())
        rows, labels = np.unravel_index(order[: max(1, n_likely)], asked.shape)
        return tuple(
            self._to_span(doc, spans[row], label, asked[row, label])
            for row, label in zip(rows, labels, strict=True)
        )

    def _step(
        self, batch: Sequence[TextEvidence], rng: np.random.Generator, dropout: float
    ) -> float:
        from thinc.api import set_dropout_rate

        read = [(self._doc(evidence.text), evidence) for evidence in batch]
        read = [(doc, evidence) for doc, evidence in read if len(doc)]
        if not read:
            return 0.0
        docs = [doc for doc, _ in read]
        most = max(1, MAX_SPANS_LEARNED // len(read))
        lessons = [self._lesson(evidence, doc, most, rng) for doc, evidence in read]
        if not any(len(lesson.spans) for lesson in lessons):
            return 0.0
        # Layers' own dropout draws from the global generator.
        set_dropout_rate(self.pipe.model, 0.0)
        model = SpanModel(self.pipe.model, docs, rng, dropout)
        spans = np.concatenate(
            [lesson.spans + first for lesson, first in zip(lessons, model.offsets, strict=False)]
        )
        targets = np.concatenate([lesson.targets for lesson in lessons])
        weights = np.concatenate([lesson.weights for lesson in lessons])
        if self._tutor is not None:
            set_dropout_rate(self._tutor, 0.0)
            tutored = SpanModel(self._tutor, docs).predict(spans)
            targets[:, self._unasked] = tutored[:, self._unasked]
            weights[:, self._unasked] = 1.0
        scores, backprop = model.begin_update(spans)
        backprop(gradient(self.pipe.model, scores, targets, weights) / np.float32(len(docs)))
        return _cross_entropy(scores, targets, weights)

    def _lesson(
        self, evidence: TextEvidence, doc: Doc, most: int, rng: np.random.Generator
    ) -> Lesson:
        """Return all that is known of a doc's spans, of those known to be wrong a sample.

        Nearly all spans are wrong, and long docs have very many. The sample counts as much
        as all of them would, so that probabilities stay what they are.
        """
        known = self._known(evidence, doc)
        marked = np.array(sorted({(start, end) for start, end, _ in known}), dtype=np.intp)
        marked = marked.reshape(-1, 2)
        others, share = marked[:0], 1.0
        if evidence.complete or self._tutor is not None:
            suggested = self._suggest(doc)
            width = len(doc) + 1
            is_marked = np.isin(suggested @ [width, 1], marked @ [width, 1])
            others = suggested[~is_marked]
        if len(others) > most:
            share = most / len(others)
            others = others[np.sort(rng.choice(len(others), most, replace=False))]
        spans = np.concatenate([marked, others])
        targets = np.zeros((len(spans), len(self._columns)), dtype=np.float32)
        weights = np.zeros_like(targets)
        if evidence.complete:
            spoken_of = [self._columns[each] for each in evidence.labels if each in self._columns]
            weights[: len(marked), spoken_of] = 1.0
            weights[len(marked) :, spoken_of] = 1.0 / share
        rows = {(int(start), int(end)): row for row, (start, end) in enumerate(marked)}
        for (start, end, column), value in known.items():
            is_rare = evidence.complete and value
            targets[rows[start, end], column] = value
            weights[rows[start, end], column] = POSITIVE_WEIGHT if is_rare else 1.0
        return Lesson(spans, targets, weights)

    def _known(self, evidence: TextEvidence, doc: Doc) -> dict[tuple[int, int, int], float]:
        """Return 1 for accepted and 0 for rejected spans, by first token, end and column."""
        known: dict[tuple[int, int, int], float] = {}
        rejected = aligned_only(doc, evidence.rejected, evidence.text)
        accepted = ((touched_tokens(doc, each, evidence.text), each) for each in evidence.spans)
        for found, value in ((rejected, 0.0), (accepted, 1.0)):
            for chunk, span in found:
                if chunk is not None and span.label in self._columns:
                    known[chunk.start, chunk.end, self._columns[span.label]] = value
        return known

    def _suggest(self, doc: Doc) -> Ints:
        suggested = self.pipe.suggester([doc], ops=self.pipe.model.ops).dataXd
        return np.asarray(suggested, dtype=np.intp).reshape(-1, 2)

    def _to_span(self, doc: Doc, tokens: Ints, label: int, score: float) -> Span:
        chunk = doc[int(tokens[0]) : int(tokens[1])]
        return Span(chunk.start_char, chunk.end_char, self._labels[label], float(score))


def _token_entropies(spans: Ints, asked: Floats, n_tokens: int) -> np.ndarray:
    """Return the summed entropy of the questions about the spans that begin at each token."""
    likely = np.clip(asked.astype(np.float64), 1e-12, 1 - 1e-12)
    entropies = -(likely * np.log(likely) + (1 - likely) * np.log1p(-likely))
    by_token = np.zeros(n_tokens)
    np.add.at(by_token, spans[:, 0], entropies.sum(axis=1))
    return by_token


def _cross_entropy(scores: Floats, targets: Floats, weights: Floats) -> float:
    likely = np.clip(scores, _SMALLEST, 1 - _SMALLEST)
    logs = targets * np.log(likely) + (1 - targets) * np.log(1 - likely)
    return float(-(weights * logs).sum())


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
