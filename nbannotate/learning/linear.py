"""The best weights of a linear classifier of word counts, found rather than approached.

A bag of words has few enough weights that the optimum over all answers takes no longer
than a few steps of gradient descent do. So the model after an answer is the one that a full
retrain on the same answers would give, in whatever order they came.

One thing is kept true: what is known of a text is all that is learned of it. A rejected
label takes part only by what it leaves possible, an unknown one not at all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Doubles = NDArray[np.float64]

PENALTY = 0.5
"""How strongly weights are held to those before; from .1 to 1 it made no difference."""

EMPTY_TEXTS = 0.5
"""Empty texts, of each label, that are learned beside the answers.

They keep the biases finite before each label was given. One half is the count of
Krichevsky and Trofimov (1981), "The performance of universal encoding".
"""

GRADIENT_TOLERANCE = 1e-4
"""Of the largest slope left at the optimum, times the root of the number of texts."""

CORRECTIONS = 10


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of each text.

    Parameters
    ----------
    counts
        How often each feature occurs, shape (n_texts, n_features).
    possible
        Where exactly one label applies: 1 for each label that may be the one, 0 for one that
        is known to be wrong. Else 1 for each label that applies. Shape (n_texts, n_labels).
    known
        Where any number of labels applies: 1 for each label of which it is known whether
        it does, else 0. Shape (n_texts, n_labels).
    exclusive
        Whether exactly one label applies.
    """

    counts: csr_array
    possible: Doubles
    known: Doubles
    exclusive: bool


class LinearFit:
    """Minus the log posterior of weights and biases, and its lowest point.

    Each label counts alike, however rarely it was given (King and Zeng, 2001, "Logistic
    regression in rare events data"): what is annotated is seldom distributed as what is
    asked for, and a rare label is not to be drowned. A rare word may weigh more than a
    frequent one: the prior variance of its weights is its inverse document frequency (Spärck
    Jones, 1972, "A statistical interpretation of term specificity").

    Parameters
    ----------
    facts
        What to learn from.
    weights, biases
        The mean of the prior, shapes (n_features, n_labels) and (n_labels,).

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> truth = np.array([[1.0, 0.0], [0.0, 1.0]])
    >>> facts = Facts(csr_array(np.eye(2)), truth, np.ones((2, 2)), exclusive=True)
    >>> fit = LinearFit(facts, np.zeros((2, 2)), np.zeros(2))
    >>> weights, biases, loss = fit.minimize(np.zeros((2, 2)), np.zeros(2))
    >>> (weights.argmax(axis=1).tolist(), bool(loss < fit.loss(np.zeros((2, 2)), np.zeros(2))))
    ([0, 1], True)
    """

    def __init__(self, facts: Facts, weights: Doubles, biases: Doubles) -> None:
        self._facts = facts
        self._mean_weights, self._mean_biases = weights, biases
        n_texts = facts.counts.shape[0]
        document_frequency = np.bincount(facts.counts.indices, minlength=facts.counts.shape[1])
        self._penalty = PENALTY / (1.0 + np.log((1 + n_texts) / (1 + document_frequency)))
        self._importance = _importance(facts)
        # Rows of the sum of gradients over texts; a transpose of a sparse array is one of columns.
        self._transposed = facts.counts.T.tocsr()

    def loss(self, weights: Doubles, biases: Doubles) -> float:
        """Return minus the log posterior, but for a constant."""
        return self._loss_and_gradient(_joined(weights, biases))[0]

    def minimize(
        self,
        weights: Doubles,
        biases: Doubles,
        *,
        max_iterations: int = 200,
        between_steps: Callable[[], None] | None = None,
    ) -> tuple[Doubles, Doubles, float]:
        """Return the best weights and biases, and their loss.

        By the method of Byrd, Lu, Nocedal and Zhu (1995), "A limited memory algorithm for
        bound constrained optimization".

        Parameters
        ----------
        weights, biases
            Where to start from; with those before an answer, few iterations are left.
        max_iterations
            Iterations at most; then the best so far is returned.
        between_steps
            Called before each step; what it raises ends the search.
        """
        from scipy.optimize import minimize

        def measured(vector: Doubles) -> tuple[float, Doubles]:
            if between_steps is not None:
                between_steps()
            return self._loss_and_gradient(vector)

        found = minimize(
            measured,
            _joined(weights, biases),
            jac=True,
            method="L-BFGS-B",
            options={
                "maxiter": max_iterations,
                "maxcor": CORRECTIONS,
                "gtol": GRADIENT_TOLERANCE * max(1, self._facts.counts.shape[0]) ** 0.5,
            },
        )
        n_weights = weights.size
        return (
            found.x[:n_weights].reshape(weights.shape),
            found.x[n_weights:],
            float(found.fun),
        )

    def _loss_and_gradient(self, vector: Doubles) -> tuple[float, Doubles]:
        shape = self._mean_weights.shape
        weights = vector[: shape[0] * shape[1]].reshape(shape)
        biases = vector[shape[0] * shape[1] :]
        scores = self._facts.counts @ weights + biases
        loss, d_scores = self._loss_of_scores(scores, self._facts, self._importance)
        empty_loss, d_empty = self._loss_of_empty(biases)
        moved = weights - self._mean_weights
        pull = self._penalty[:, None] * moved
        d_weights = self._transposed @ d_scores + pull
        d_biases = d_scores.sum(axis=0) + d_empty
        return loss + empty_loss + 0.5 * float((pull * moved).sum()), _joined(d_weights, d_biases)

    def _loss_of_empty(self, biases: Doubles) -> tuple[float, Doubles]:
        """Return the loss of empty texts, which a model that was trained before has learned."""
        moved = biases - self._mean_biases
        if self._facts.exclusive:
            shares = np.exp(moved - _log_sum_exp(moved[None, :])[0])
            loss = -EMPTY_TEXTS * float(np.log(np.maximum(shares, 1e-300)).sum())
            return loss, EMPTY_TEXTS * (len(shares) * shares - 1.0)
        loss = EMPTY_TEXTS * float((np.logaddexp(0.0, moved) + np.logaddexp(0.0, -moved)).sum())
        return loss, EMPTY_TEXTS * np.tanh(moved / 2.0)

    @staticmethod
    def _loss_of_scores(
        scores: Doubles, facts: Facts, importance: Doubles
    ) -> tuple[float, Doubles]:
        if not facts.exclusive:
            signs = 2.0 * facts.possible - 1.0
            losses = np.logaddexp(0.0, -signs * scores)
            d_scores = importance * (_logistic(scores) - facts.possible)
            return float((importance * losses).sum()), d_scores
        among_all = _log_sum_exp(scores)
        masked = np.where(facts.possible > 0, scores, -np.inf)
        among_possible = _log_sum_exp(masked)
        losses = importance * (among_all - among_possible)
        shares = np.exp(scores - among_all[:, None])
        wanted = np.exp(masked - among_possible[:, None])
        return float(losses.sum()), importance[:, None] * (shares - wanted)


def _importance(facts: Facts) -> Doubles:
    """Return how much each text counts, or each label of each text.

    Returns
    -------
    array
        Shape (n_texts,) for exclusive labels, else (n_texts, n_labels).
    """
    if facts.exclusive:
        is_settled = facts.possible.sum(axis=1) == 1
        settled = facts.possible[is_settled]
        given = settled.sum(axis=0)
        n_given = max(1, int((given > 0).sum()))
        share = len(settled) / (np.maximum(given, 1) * n_given)
        importance = np.ones(len(facts.possible))
        importance[is_settled] = settled @ share
        return importance
    right = (facts.possible * facts.known).sum(axis=0)
    wrong = facts.known.sum(axis=0) - right
    share = np.where((right > 0) & (wrong > 0), wrong / np.maximum(right, 1), 1.0)
    return facts.known * np.where(facts.possible > 0, share, 1.0)


def _joined(weights: Doubles, biases: Doubles) -> Doubles:
    return np.concatenate([weights.ravel(), biases])


def _log_sum_exp(scores: Doubles) -> Doubles:
    highest = scores.max(axis=1)
    summed: Doubles = highest + np.log(np.exp(scores - highest[:, None]).sum(axis=1))
    return summed


def _logistic(scores: Doubles) -> Doubles:
    return 0.5 * (1.0 + np.tanh(scores / 2.0))
