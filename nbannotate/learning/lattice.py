"""Every reading of a text by spaCy's ner, with its probability.

At each token the ner chooses among the actions that are valid there. Read as
probabilities, those choices span a lattice: a path is a reading, and a span's probability
is the sum over the readings that hold it. Answers cut paths out of the lattice; to learn
from an answer is to raise the probability of the paths that are left.

One thing is kept true: the probabilities of all readings with spans of at most
``max_length`` tokens sum to at most 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nbannotate.learning.steps import Actions, Floats, Ints, StepModel

if TYPE_CHECKING:
    from spacy.tokens import Doc

Doubles = NDArray[np.float64]
Bools = NDArray[np.bool_]
_NEVER = -np.inf


@dataclass(frozen=True, slots=True)
class TokenSpan:
    """A span in tokens of its doc, end exclusive, ``label`` an index into the labels."""

    start: int
    end: int
    label: int


@dataclass(frozen=True, slots=True)
class Constraint:
    """Which readings of one doc the answers leave.

    Parameters
    ----------
    accepted
        Spans that are right, not overlapping.
    rejected
        Spans that are wrong.
    closed
        Whether each label has no spans but the accepted, shape (K,).
    """

    accepted: tuple[TokenSpan, ...]
    rejected: tuple[TokenSpan, ...]
    closed: Bools

    @property
    def leaves_one(self) -> bool:
        """Whether just one reading is left."""
        return bool(self.closed.all())


class Lattice:
    """The readings of a batch of docs.

    Parameters
    ----------
    steps, actions, docs
        The forward pass over the docs, and where it scores which action.
    max_length
        The longest span considered, in tokens.
    constraints
        What is known of each doc, to learn from; None to predict.
    min_start
        A token is considered as the start of a span if the probability that one begins there
        is at least this, or if it is the doc's likeliest, or an answer names it. Where
        just one reading is left, only those that it names are.
    starts
        The starts to consider instead, counted through the batch.

    Attributes
    ----------
    log_out : array, shape (N,)
        Log probability of "outside", given that no entity is open. N tokens in the batch.
    log_span : array, shape (G, max_length, K)
        Log probability of the span of 1 … max_length tokens from the start G on, given that
        no entity is open there.
    starts : array, shape (G,)
        The starts considered, counted through the batch.
    """

    def __init__(
        self,
        steps: StepModel,
        actions: Actions,
        docs: Sequence[Doc],
        *,
        max_length: int,
        constraints: Sequence[Constraint] | None = None,
        min_start: float = 1e-3,
        starts: Ints | None = None,
    ) -> None:
        self._steps = steps
        self.actions = actions
        self.max_length = max_length
        lengths = np.array([len(doc) for doc in docs], dtype=np.intp)
        self.bounds: Ints = np.concatenate([[0], np.cumsum(lengths)]).astype(np.intp)
        self._end_of = np.repeat(self.bounds[1:], lengths)
        self._is_space = np.array([token.is_space for doc in docs for token in doc], dtype=bool)
        self._score_closed_states()
        self._constraints = constraints
        self.starts = self._choose_starts(min_start) if starts is None else starts
        self._score_open_states()

    def span_probabilities(self, doc: int) -> tuple[Ints, Doubles]:
        """Return the starts in one doc (in its tokens) and each span's probability.

        Returns
        -------
        starts
            Shape (G',).
        probabilities
            Shape (G', max_length, K), each in [0, 1].
        """
        mine = self._starts_of(doc)
        starts = self.starts[mine] - self.bounds[doc]
        spans = np.exp(self.log_span[mine])
        return starts, np.clip(spans * self._free(doc)[starts][:, None, None], 0.0, 1.0)

    def read(self, doc: int) -> tuple[dict[TokenSpan, float], Doubles]:
        """Return the reading that spaCy's greedy parse gives one doc, and its doubt.

        Returns
        -------
        spans
            In reading order, each with its probability in [0, 1], whatever its length.
        entropies
            Of the choice met at each token, in nats, shape (n_tokens,).
        """
        first, last = int(self.bounds[doc]), int(self.bounds[doc + 1])
        free = self._free(doc)
        spans: dict[TokenSpan, float] = {}
        entropies = self._closed_entropies[first:last].copy()
        best = self._closed_best[first:last]
        n_labels = len(self.actions.labels)
        token = 0
        while token < last - first:
            choice = int(best[token])
            if choice == 0:
                token += 1
            elif choice > n_labels:
                span = TokenSpan(token, token + 1, choice - n_labels - 1)
                spans[span] = float(free[token] * self._closed[first + token, choice])
                token += 1
            else:
                end, log_rest = self._read_open(first + token, last, choice - 1, entropies, first)
                span = TokenSpan(token, end - first, choice - 1)
                begin = free[token] * self._closed[first + token, choice]
                spans[span] = float(begin * np.exp(log_rest))
                token = end - first
        return spans, entropies

    def learn(self, guide: Lattice | None = None) -> float:
        """Add the gradient towards the readings that are left; return the loss.

        Parameters
        ----------
        guide
            What is believed of the readings left, with the same starts and length; None for
            what the model itself believes of them, as expectation maximization does.

        The loss is minus the log probability of the readings left, summed over the
        docs; a doc of which the model holds none possible is passed over.
        """
        out = np.zeros(len(self.log_out))
        spans = np.zeros(self.log_span.shape)
        loss = 0.0
        for doc, constraint in enumerate(self._constraints or ()):
            loss += self._expect(doc, constraint, out, spans, guide or self)
        self._backprop(out, spans)
        return loss

    def _free(self, doc: int) -> Doubles:
        """Return the probability that no entity is open before each token of a doc."""
        first, last = self.bounds[doc], self.bounds[doc + 1]
        mine = self._starts_of(doc)
        starts = self.starts[mine] - first
        out = np.exp(self.log_out[first:last])
        per_length = np.exp(self.log_span[mine]).sum(axis=2)
        free = np.zeros(last - first + self.max_length + 1)
        free[0] = 1.0
        at = 0
        for token in range(last - first):
            free[token + 1] += free[token] * out[token]
            if at < len(starts) and starts[at] == token:
                free[token + 1 : token + 1 + self.max_length] += free[token] * per_length[at]
                at += 1
        return np.minimum(free, 1.0)

    def _score_closed_states(self) -> None:
        actions = self.actions
        tokens = np.arange(self.bounds[-1])
        self._columns = np.concatenate([[actions.out], actions.begin, actions.unit])
        scores, self._backprop_closed = self._steps.score(self._steps.contexts(tokens))
        self._n_actions = scores.shape[1]
        logits = scores[:, self._columns].astype(np.float64)
        n_labels = len(actions.labels)
        logits[self._is_space, 1:] = _NEVER
        logits[tokens + 1 == self._end_of, 1 : 1 + n_labels] = _NEVER
        order = np.argsort(self._columns, kind="stable")
        self._closed_best = order[logits[:, order].argmax(axis=1)]
        self._log_closed = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
        self._closed = np.exp(self._log_closed)
        finite = np.where(self._closed > 0, self._log_closed, 0.0)
        self._closed_entropies = np.maximum(-(self._closed * finite).sum(axis=1), 0.0)
        self.log_out = self._log_closed[:, 0]

    def _choose_starts(self, min_start: float) -> Ints:
        chosen: list[Ints] = []
        begins = 1.0 - self._closed[:, 0]
        for doc, (first, last) in enumerate(pairwise(self.bounds.tolist())):
            wanted = begins[first:last] >= min_start
            if last > first and not wanted.any():
                likeliest = int(begins[first:last].argmax())
                wanted[likeliest] = not self._is_space[first + likeliest]
            if self._constraints is not None:
                constraint = self._constraints[doc]
                if constraint.leaves_one:
                    wanted[:] = False
                wanted[[span.start for span in constraint.accepted + constraint.rejected]] = True
            chosen.append(np.flatnonzero(wanted) + first)
        return np.concatenate(chosen) if chosen else np.zeros(0, dtype=np.intp)

    def _score_open_states(self) -> None:
        actions, starts = self.actions, self.starts
        n_labels = len(actions.labels)
        shape = (len(starts), self.max_length - 1)
        tokens = starts[:, None] + 1 + np.arange(shape[1])
        ends = self._end_of[starts][:, None]
        self._open_rows = np.nonzero(tokens < ends)
        self._log_inside = np.full((*shape, n_labels), _NEVER)
        log_last = np.full((*shape, n_labels), _NEVER)
        self._backprop_open = None
        if len(self._open_rows[0]):
            seen = self._steps.contexts(tokens[self._open_rows], starts[self._open_rows[0]])
            scores, self._backprop_open = self._steps.score(seen)
            margin = (scores[:, actions.inside] - scores[:, actions.last]).astype(np.float64)
            margin[(tokens + 1 == ends)[self._open_rows]] = _NEVER
            self._log_inside[self._open_rows] = -np.logaddexp(0.0, -margin)
            log_last[self._open_rows] = -np.logaddexp(0.0, margin)
        self.log_span = np.empty((len(starts), self.max_length, n_labels))
        self.log_span[:, 0] = self._log_closed[starts, 1 + n_labels :]
        if shape[1]:
            before = np.zeros_like(log_last)
            np.cumsum(self._log_inside[:, :-1], axis=1, out=before[:, 1:])
            begin = self._log_closed[starts, None, 1 : 1 + n_labels]
            self.log_span[:, 1:] = begin + before + log_last

    def _starts_of(self, doc: int) -> slice:
        first, last = np.searchsorted(self.starts, self.bounds[doc : doc + 2])
        return slice(int(first), int(last))

    def _read_open(
        self, start: int, last: int, label: int, entropies: Doubles, first: int
    ) -> tuple[int, float]:
        """Follow an entity opened at ``start``.

        Returns its end, counted through the batch, and the log probability of having gone
        on to just there.
        """
        column_inside = int(self.actions.inside[label])
        column_last = int(self.actions.last[label])
        log_rest = 0.0
        for chunk in range(start + 1, last, 16):
            tokens = np.arange(chunk, min(chunk + 16, last))
            seen = self._steps.contexts(tokens, np.full_like(tokens, start))
            scores, _ = self._steps.score(seen)
            margin = (scores[:, column_inside] - scores[:, column_last]).astype(np.float64)
            for token, lead in zip(tokens.tolist(), margin.tolist(), strict=True):
                if token == last - 1:
                    entropies[token - first] = 0.0
                    return last, log_rest
                entropies[token - first] = _binary_entropy(lead)
                log_rest -= float(np.logaddexp(0.0, -abs(lead)))
                if lead < 0 or (lead == 0 and column_last < column_inside):
                    return token + 1, log_rest
        return last, log_rest

    def _expect(
        self, doc: int, constraint: Constraint, out: Doubles, spans: Doubles, guide: Lattice
    ) -> float:
        """Add the counts of each choice, expected over the readings left; return the loss."""
        first, last = int(self.bounds[doc]), int(self.bounds[doc + 1])
        mine = self._starts_of(doc)
        starts = self.starts[mine] - first
        if constraint.leaves_one:
            return self._expect_one(constraint, first, last, starts, out, spans[mine], mine)
        log_out, log_span = _constrain(
            guide.log_out[first:last], guide.log_span[mine], starts, constraint
        )
        forward, backward = _sweep(log_out, log_span, starts)
        total = forward[last - first]
        if not np.isfinite(total):
            return 0.0
        onward = backward[1 : last - first + 1]
        out[first:last] = np.exp(forward[: last - first] + log_out + onward - total)
        ends = starts[:, None] + 1 + np.arange(self.max_length)
        after = backward[ends][..., None]
        spans[mine] = np.exp(forward[starts][:, None, None] + log_span + after - total)
        return float(-total)

    def _expect_one(
        self,
        constraint: Constraint,
        first: int,
        last: int,
        starts: Ints,
        out: Doubles,
        spans: Doubles,
        mine: slice,
    ) -> float:
        outside = np.ones(last - first, dtype=bool)
        loss = 0.0
        for span in constraint.accepted:
            at = int(np.searchsorted(starts, span.start))
            spans[at, span.end - span.start - 1, span.label] = 1.0
            loss -= float(self.log_span[mine][at, span.end - span.start - 1, span.label])
            outside[span.start : span.end] = False
        out[first:last] = outside
        return loss - float(self.log_out[first:last][outside].sum())

    def _backprop(self, out: Doubles, spans: Doubles) -> None:
        n_labels = len(self.actions.labels)
        counts = np.zeros_like(self._closed)
        counts[:, 0] = out
        counts[self.starts, 1 : 1 + n_labels] = spans[:, 1:].sum(axis=1)
        counts[self.starts, 1 + n_labels :] = spans[:, 0]
        d_closed = np.zeros((len(counts), self._n_actions), dtype=np.float32)
        d_closed[:, self._columns] = counts.sum(axis=1, keepdims=True) * self._closed - counts
        d_open = self._gradient_of_open_states(spans)
        self._steps.backprop(
            [(self._backprop_closed, d_closed)]
            + ([(self._backprop_open, d_open)] if self._backprop_open is not None else [])
        )

    def _gradient_of_open_states(self, spans: Doubles) -> Floats:
        d_open = np.zeros((len(self._open_rows[0]), self._n_actions), dtype=np.float32)
        if not len(d_open):
            return d_open
        ended = spans[:, 1:]
        reached = np.cumsum(ended[:, ::-1], axis=1)[:, ::-1]
        d_inside = reached * np.exp(self._log_inside) - (reached - ended)
        d_open[:, self.actions.inside] = d_inside[self._open_rows]
        d_open[:, self.actions.last] = -d_inside[self._open_rows]
        return d_open


def _constrain(
    log_out: Doubles, log_span: Doubles, starts: Ints, constraint: Constraint
) -> tuple[Doubles, Doubles]:
    """Return copies in which the readings that the answers exclude have probability 0."""
    log_out, kept = log_out.copy(), log_span.copy()
    ends = starts[:, None] + 1 + np.arange(log_span.shape[1])
    kept[:, :, constraint.closed] = _NEVER
    for span in constraint.accepted:
        log_out[span.start : span.end] = _NEVER
        kept[(starts[:, None] < span.end) & (ends > span.start)] = _NEVER
    for span in constraint.accepted:
        at = int(np.searchsorted(starts, span.start))
        where = (at, span.end - span.start - 1, span.label)
        kept[where] = log_span[where]
    for span in constraint.rejected:
        at = int(np.searchsorted(starts, span.start))
        kept[at, span.end - span.start - 1, span.label] = _NEVER
    return log_out, kept


def _sweep(log_out: Doubles, log_span: Doubles, starts: Ints) -> tuple[Doubles, Doubles]:
    """Return the log probabilities of having come to, and of going on from, each token."""
    n_tokens, max_length = len(log_out), log_span.shape[1]
    per_length = np.logaddexp.reduce(log_span, axis=2) if log_span.size else log_span[..., 0]
    forward = np.full(n_tokens + max_length + 1, _NEVER)
    backward = np.full(n_tokens + max_length + 1, _NEVER)
    forward[0] = backward[n_tokens] = 0.0
    at_start = {int(start): at for at, start in enumerate(starts)}
    for token in range(n_tokens):
        forward[token + 1] = np.logaddexp(forward[token + 1], forward[token] + log_out[token])
        if token in at_start:
            reach = slice(token + 1, token + 1 + max_length)
            forward[reach] = np.logaddexp(
                forward[reach], forward[token] + per_length[at_start[token]]
            )
    for token in range(n_tokens - 1, -1, -1):
        onward = log_out[token] + backward[token + 1]
        if token in at_start:
            reach = slice(token + 1, token + 1 + max_length)
            spans = per_length[at_start[token]] + backward[reach]
            onward = np.logaddexp(onward, np.logaddexp.reduce(spans))
        backward[token] = onward
    return forward, backward


def _binary_entropy(margin: float) -> float:
    """Return the entropy in nats of a choice between two scores that differ by ``margin``."""
    probability = 1.0 / (1.0 + np.exp(-abs(margin)))
    return float(np.logaddexp(0.0, -abs(margin)) + (1.0 - probability) * abs(margin))
