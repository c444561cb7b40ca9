"""A span categorizer's model, asked about any spans of a batch of docs.

The component itself scores what its suggester suggests. Here the spans are chosen by the
caller: the annotated ones are always learned, of the others a sample is enough. The
scores are those that the component would compute.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from spacy.tokens import Doc

Floats = NDArray[np.float32]
Ints = NDArray[np.intp]
Backprop = Callable[[Floats], None]

MAX_ROWS_AT_ONCE = 20_000


class SpanModel:
    """One forward pass over a batch of docs, ready to score spans of them.

    Parameters
    ----------
    model
        The spancat component's model.
    docs
        The batch, none of them empty; N is the number of its tokens in all.
    rng
        Draws the dropout mask of a training pass; None for a prediction.
    dropout
        Share of the token vectors' values dropped in training, in [0, 1).

    Attributes
    ----------
    offsets
        The first token of each doc, counted through the batch, and N: shape (n_docs + 1,).
    """

    def __init__(
        self,
        model: Any,
        docs: Sequence[Doc],
        rng: np.random.Generator | None = None,
        dropout: float = 0.0,
    ) -> None:
        self._ops = model.ops
        self._reducer, self._scorer = model.get_ref("reducer"), model.get_ref("scorer")
        self._is_train = rng is not None
        by_doc, self._backprop_docs = model.get_ref("tok2vec")(list(docs), is_train=self._is_train)
        self.offsets: Ints = np.cumsum([0, *(len(doc) for doc in docs)])
        self._vectors: Floats = np.concatenate(by_doc)
        self._mask: Floats | None = None
        if rng is not None and dropout > 0:
            kept = rng.random(self._vectors.shape, dtype=np.float32) >= dropout
            self._mask = kept.astype(np.float32) / np.float32(1 - dropout)
            self._vectors = self._vectors * self._mask

    def predict(self, spans: Ints) -> Floats:
        """Return probabilities, shape (n_spans, n_labels).

        Parameters
        ----------
        spans
            First token and the one after the last, counted through the batch, shape
            (n_spans, 2).
        """
        scored = [self._forward(chunk)[0] for chunk in _in_chunks(spans)]
        return np.concatenate(scored)

    def begin_update(self, spans: Ints) -> tuple[Floats, Backprop]:
        """Score spans as `predict` does, in one piece.

        Returns
        -------
        scores
            Probabilities, shape (n_spans, n_labels).
        backprop
            Adds the gradients of all weights to the model, given that of ``scores``.
        """
        scores, backprop_spans, rows = self._forward(spans)

        def backprop(d_scores: Floats) -> None:
            d_rows = backprop_spans(d_scores).dataXd
            d_vectors = np.zeros_like(self._vectors)
            self._ops.scatter_add(d_vectors, rows.astype(np.int32), d_rows)
            if self._mask is not None:
                d_vectors *= self._mask
            self._backprop_docs(np.split(d_vectors, self.offsets[1:-1]))

        return scores, backprop

    def _forward(self, spans: Ints) -> tuple[Floats, Callable[[Floats], Any], Ints]:
        from thinc.types import Ragged

        lengths = spans[:, 1] - spans[:, 0]
        before = np.cumsum(lengths) - lengths
        rows = np.repeat(spans[:, 0] - before, lengths) + np.arange(lengths.sum())
        n_tokens: Any = lengths.astype(np.int32)
        tokens: Any = Ragged(self._vectors[rows], n_tokens)
        reduced, backprop_reducer = self._reducer(tokens, is_train=self._is_train)
        scores, backprop_scorer = self._scorer(reduced, is_train=self._is_train)
        return scores, lambda d_scores: backprop_reducer(backprop_scorer(d_scores)), rows


def _in_chunks(spans: Ints) -> Iterator[Ints]:
    """Split spans so that what is computed at once stays small, whatever their lengths."""
    if not len(spans):
        return
    ends = np.cumsum(spans[:, 1] - spans[:, 0])
    at = 0
    while at < len(spans):
        done = ends[at - 1] if at else 0
        stop = int(np.searchsorted(ends, done + MAX_ROWS_AT_ONCE, side="right"))
        stop = max(stop, at + 1)
        yield spans[at:stop]
        at = stop
