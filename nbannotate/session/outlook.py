"""The outlook: what the next answers are expected to bring.

A learning curve ``a - b * n**-c`` is fitted to what the model foresaw of each answer
before it learned from it. The method is that of Figueroa et al. (2012), "Predicting
sample size required for classification performance" (inverse power law, weighted least
squares). Two things differ. Instead of one exponent, a grid of them is averaged by how
well each explains the answers, so that the interval knows that ``c`` is not known.
And questions that a strategy chose have a curve of their own, which is drawn to that of
the random questions only so far as the answers allow: uncertain questions stay
uncertain however good the model gets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nbannotate.session.estimates import Z_95

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

ANSWERS_MORE = 100
"""How far the outlook looks ahead, in answers."""

LEAST_COMPARED = 50
"""Answers that the model could be compared with before there is an outlook."""

WIDEST = 0.5
"""An interval wider than this says nothing; then there is no outlook."""

EXPONENTS = np.linspace(0.1, 1.5, 15)
MOST_BLOCKS = 200
LEAST_VARIANCE = 0.01

# How curves look before any answer: the limit a and the first error b of random questions, and
# by how much both differ for chosen ones; each with the width within which it may well lie.
EXPECTED = np.array([0.75, 0.5, 0.0, 0.0])
WIDTHS = np.array([0.5, 0.5, 0.3, 0.5])


@dataclass(frozen=True, slots=True, repr=False)
class Outlook:
    """The accuracy to expect after more answers, with its 95 % interval.

    Parameters
    ----------
    answers
        How many answers more.
    value
        The share of right predictions on random questions expected then, in [0, 1]; for
        spans the F-score.
    low, high
        The interval that holds it with a probability of about 95 %, if learning goes on as
        it has.

    Examples
    --------
    >>> Outlook(100, 0.87, 0.8, 0.93)
    0.87 (0.80–0.93) after 100 more answers
    """

    answers: int
    value: float
    low: float
    high: float

    def __repr__(self) -> str:
        return (
            f"{self.value:.2f} ({self.low:.2f}–{self.high:.2f}) after {self.answers} more answers"
        )


def look_ahead(right: Floats, possible: Floats, by_chance: Floats) -> Outlook | None:
    """Fit the learning curve of a session, and follow it 100 answers further.

    Parameters
    ----------
    right, possible, by_chance
        One entry per answer in the order given, shape (n_answers,): what the model
        foresaw, of what could have been (0 where nothing could be compared), and 1.0 where
        the question was drawn at random.

    Returns
    -------
    Outlook or None
        None for fewer than 50 comparable answers, and where the interval would be wider
        than one half.

    Examples
    --------
    >>> n = np.arange(1, 401)
    >>> right = (np.random.default_rng(0).random(400) < 0.9 - 0.6 * n**-0.5).astype(float)
    >>> look_ahead(right, np.ones(400), np.ones(400))
    0.85 (0.79–0.90) after 100 more answers
    """
    compared = np.flatnonzero(possible > 0.0)
    if len(compared) < LEAST_COMPARED:
        return None
    weight = possible[compared] * (len(compared) / float(possible[compared].sum()))
    share = right[compared] / possible[compared]
    is_random = by_chance[compared] > 0.0
    then = len(right) + ANSWERS_MORE
    values, variances, odds = _fit(
        compared.astype(np.float64) + 1.0, share, weight, is_random, then
    )
    value = float(odds @ values)
    spread = float(Z_95 * np.sqrt(odds @ (variances + (values - value) ** 2)))
    low, high = max(0.0, value - spread), min(1.0, value + spread)
    if not high - low <= WIDEST:
        return None
    return Outlook(ANSWERS_MORE, min(1.0, max(0.0, value)), low, high)


def _fit(
    numbers: Floats, share: Floats, weight: Floats, is_random: NDArray[np.bool_], then: int
) -> tuple[Floats, Floats, Floats]:
    """Return value and variance at answer number ``then``, and the odds, per exponent."""
    noise = max(LEAST_VARIANCE, _residual_variance(share, weight, is_random))
    rows, row_share, row_weight, row_random = _blocks(numbers, share, weight, is_random)
    fallen = rows[None, :] ** -EXPONENTS[:, None]
    chosen = np.broadcast_to(np.where(row_random, 0.0, 1.0), fallen.shape)
    design = np.stack([np.ones_like(fallen), -fallen, -chosen, chosen * fallen], axis=2)
    weighted = design * (row_weight / noise)[None, :, None]
    prior = np.diag(WIDTHS**-2.0)
    precision = np.einsum("crk,crl->ckl", weighted, design) + prior
    covariance = np.linalg.inv(precision)
    means = np.einsum("ckl,cl->ck", covariance, weighted.transpose(0, 2, 1) @ row_share
                      + prior @ EXPECTED)  # fmt: skip
    fits = np.einsum("ck,ckl,cl->c", means, precision, means)
    log_odds = 0.5 * (fits - np.linalg.slogdet(precision)[1])
    odds = np.exp(log_odds - log_odds.max())
    means, covariance = _rising(means, covariance)
    ahead = np.zeros((len(EXPONENTS), 4))
    ahead[:, 0], ahead[:, 1] = 1.0, -(float(then) ** -EXPONENTS)
    values = np.einsum("ck,ck->c", ahead, means)
    variances = np.einsum("ck,ckl,cl->c", ahead, covariance, ahead)
    return values, np.maximum(variances, 0.0), odds / odds.sum()


def _rising(means: Floats, covariance: Floats) -> tuple[Floats, Floats]:
    """Make curves that would fall flat: answers do not make a model worse in the long run."""
    falls = means[:, 1] < 0.0
    gain = covariance[:, :, 1] / covariance[:, 1, 1][:, None]
    flat_means = means - gain * means[:, 1][:, None]
    flat = covariance - gain[:, :, None] * covariance[:, 1, :][:, None, :]
    return (
        np.where(falls[:, None], flat_means, means),
        np.where(falls[:, None, None], flat, covariance),
    )


def _residual_variance(share: Floats, weight: Floats, is_random: NDArray[np.bool_]) -> float:
    """Return the variance of one answer around the mean of its kind of question."""
    rest = 0.0
    for kind in (is_random, ~is_random):
        if kind.any():
            mean = np.average(share[kind], weights=weight[kind])
            rest += float((weight[kind] * (share[kind] - mean) ** 2).sum())
    return rest / len(share)


def _blocks(
    numbers: Floats, share: Floats, weight: Floats, is_random: NDArray[np.bool_]
) -> tuple[Floats, Floats, Floats, NDArray[np.bool_]]:
    """Merge neighbouring answers, more of them the later they came.

    On a power law's own scale all blocks are about equally wide, and a session of
    10,000 answers costs as much as one of a few hundred.
    """
    edges = np.unique(np.geomspace(1.0, numbers[-1] + 1.0, MOST_BLOCKS).astype(np.int64))
    block = 2 * np.searchsorted(edges, numbers, side="right") + is_random
    total = np.bincount(block, weights=weight)
    kept = np.flatnonzero(total)
    size = np.asarray(total[kept], dtype=np.float64)
    mean_number = np.bincount(block, weights=weight * numbers)[kept] / size
    mean_share = np.bincount(block, weights=weight * share)[kept] / size
    return mean_number, mean_share, size, kept % 2 == 1
