"""The step model of spaCy's transition-based ner, run on many states at once.

A state of this ner is seen by the model only as its next token and the first token of
the entity that is open, if any. So all states that a text can be in are known
beforehand, and are scored, or learned from, in one matrix product. The scores are
those that the component itself would compute.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from spacy.tokens import Doc

Floats = NDArray[np.float32]
Ints = NDArray[np.intp]

Backprop = Callable[[Floats, Floats], None]

HIDDEN_DROPOUT = 0.1


@dataclass(frozen=True, slots=True)
class Actions:
    """The score column of each action.

    Parameters
    ----------
    labels
        The entity labels, length K.
    out
        The column of "this token is outside of any entity".
    begin, inside, last, unit
        The columns of each label's other actions, shape (K,).
    """

    labels: tuple[str, ...]
    out: int
    begin: Ints
    inside: Ints
    last: Ints
    unit: Ints

    @classmethod
    def of(cls, pipe: Any) -> Actions:
        """Read the columns from an entity recognizer."""
        names = [pipe.moves.get_class_name(index) for index in range(pipe.moves.n_moves)]
        columns = {name: index for index, name in enumerate(names)}
        labels = tuple(name[2:] for name in names if name.startswith("B-"))

        def find(move: str) -> Ints:
            return np.array([columns[f"{move}-{label}"] for label in labels], dtype=np.intp)

        return cls(labels, columns["O"], find("B"), find("I"), find("L"), find("U"))


class StepModel:
    """One forward pass over a batch of docs, ready to score states.

    Parameters
    ----------
    model
        The ner component's model.
    docs
        The batch; N is the number of its tokens in all.
    rng
        Draws the dropout masks of a training pass; None for a prediction.
    dropout
        Share of the token vectors' values dropped in training, in [0, 1).
    hidden_dropout
        The same for the hidden layer; spaCy's own training drops as much.
    """

    def __init__(
        self,
        model: Any,
        docs: Sequence[Doc],
        rng: np.random.Generator | None = None,
        dropout: float = 0.0,
        hidden_dropout: float = HIDDEN_DROPOUT,
    ) -> None:
        self._model = model
        self._rng = rng
        self._hidden_dropout = hidden_dropout
        self._lower = model.get_ref("lower")
        self._upper = model.get_ref("upper") if model.attrs["has_upper"] else None
        vectors, self._backprop_vectors = model.layers[0](list(docs), is_train=rng is not None)
        self._mask = self._draw_mask(vectors.shape, dropout)
        self._vectors: Floats = vectors if self._mask is None else vectors * self._mask
        self._weights = self._lower.get_param("W")
        self.n_features, self._n_hidden, self._n_pieces, n_in = self._weights.shape
        flat = self._weights.reshape(self.n_features, -1, n_in)
        self._cached = np.empty(
            (self.n_features, len(self._vectors) + 1, flat.shape[1]), dtype=np.float32
        )
        pad = self._lower.get_param("pad").reshape(self.n_features, -1)
        for feature in range(self.n_features):
            self._cached[feature, 0] = pad[feature]
            np.matmul(self._vectors, flat[feature].T, out=self._cached[feature, 1:])

    def contexts(self, tokens: Ints, starts: Ints | None = None) -> Ints:
        """Return which tokens each state is seen through.

        Parameters
        ----------
        tokens
            The next token of each state, counted through the batch, shape (S,).
        starts
            The first token of its open entity, shape (S,); None when none is open.

        Returns
        -------
        array, shape (S, n_features)
            Token numbers from 1; 0 stands for nothing.
        """
        seen = np.zeros((len(tokens), self.n_features), dtype=np.intp)
        seen[:, 0] = tokens + 1
        if starts is None:
            return seen
        if self.n_features == 3:
            seen[:, 1] = starts + 1
            seen[:, 2] = tokens
            return seen
        for offset in range(self.n_features - 1):
            inside = starts + offset
            seen[:, 1 + offset] = np.where(inside < tokens, inside + 1, 0)
        return seen

    def score(self, seen: Ints) -> tuple[Floats, Backprop]:
        """Score states.

        Parameters
        ----------
        seen
            From `contexts`, shape (S, n_features).

        Returns
        -------
        scores
            One per state and action, shape (S, n_actions).
        backprop
            To be handed to `backprop` with the gradient of ``scores``.
        """
        summed = self._cached[0, seen[:, 0]]
        for feature in range(1, self.n_features):
            summed += self._cached[feature, seen[:, feature]]
        pieces = summed.reshape(-1, self._n_hidden, self._n_pieces) + self._lower.get_param("b")
        if self._n_pieces == 1:
            hidden = np.maximum(pieces[..., 0], 0)
            chosen = pieces >= 0
        else:
            best = pieces.argmax(axis=2)[..., None]
            hidden = np.take_along_axis(pieces, best, axis=2)[..., 0]
            chosen = np.arange(self._n_pieces) == best
        if self._upper is None:
            return hidden, lambda d_scores, d_cached: self._backprop_hidden(
                d_scores, d_cached, chosen, seen
            )
        mask = self._draw_mask(hidden.shape, self._hidden_dropout)
        if mask is not None:
            hidden *= mask
        upper = self._upper
        upper_weights = upper.get_param("W")

        def backprop(d_scores: Floats, d_cached: Floats) -> None:
            upper.inc_grad("W", d_scores.T @ hidden)
            upper.inc_grad("b", d_scores.sum(axis=0))
            d_hidden = d_scores @ upper_weights
            if mask is not None:
                d_hidden *= mask
            self._backprop_hidden(d_hidden, d_cached, chosen, seen)

        return hidden @ upper_weights.T + upper.get_param("b"), backprop

    def backprop(self, parts: Sequence[tuple[Backprop, Floats]]) -> None:
        """Add the gradients of all weights to the model.

        Parameters
        ----------
        parts
            For each call of `score`, its second result and the gradient of its scores.
        """
        d_cached = np.zeros_like(self._cached)
        for backprop, d_scores in parts:
            backprop(d_scores, d_cached)
        d_weights = np.zeros_like(self._weights)
        d_vectors = np.zeros_like(self._vectors)
        for feature, d_feature in enumerate(d_cached):
            weights = self._weights[feature].reshape(d_feature.shape[1], -1)
            d_weights[feature].reshape(weights.shape)[:] = d_feature[1:].T @ self._vectors
            d_vectors += d_feature[1:] @ weights
        self._lower.inc_grad("W", d_weights)
        pad_shape = self._lower.get_param("pad").shape
        self._lower.inc_grad("pad", np.ascontiguousarray(d_cached[:, 0]).reshape(pad_shape))
        self._backprop_vectors(d_vectors if self._mask is None else d_vectors * self._mask)

    def _backprop_hidden(
        self, d_hidden: Floats, d_cached: Floats, chosen: NDArray[np.bool_], seen: Ints
    ) -> None:
        d_pieces = d_hidden[..., None] * chosen
        self._lower.inc_grad("b", d_pieces.sum(axis=0))
        flat = np.ascontiguousarray(d_pieces.reshape(len(seen), -1), dtype=np.float32)
        for feature in range(self.n_features):
            ids = seen[:, feature].astype(np.int32)
            self._model.ops.scatter_add(d_cached[feature], ids, flat)

    def _draw_mask(self, shape: tuple[int, ...], dropout: float) -> Floats | None:
        if self._rng is None or dropout <= 0:
            return None
        kept = self._rng.random(shape, dtype=np.float32) >= dropout
        return kept.astype(np.float32) / np.float32(1 - dropout)
