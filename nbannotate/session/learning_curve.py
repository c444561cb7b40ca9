"""A session's learning curve: how accurate the model was, is, and is expected to be.

A curve ``a - b * n**-c`` is fitted to what the model foresaw of each answer before it
learned from it. The method is that of Figueroa et al. (2012), "Predicting sample size
required for classification performance" (inverse power law, weighted least squares).
Two things differ. Instead of one exponent, a grid of them is averaged by how well each
explains the answers, so that the interval knows that ``c`` is not known. And an answer
weighs in proportion to its number, so that the curve soon follows a model that got worse,
by a new label or another model in the loop; all weights together are those of as many
equal answers as tell as much (Kish 1965, "Survey sampling").

Only random questions count: those that a strategy chose are as hard as it could find, and
stay uncertain however good the model gets.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Z_95 = 1.959963984540054
"""The 97.5 % quantile of the normal distribution."""

EXPONENTS = np.linspace(0.1, 1.5, 15)
MOST_BLOCKS = 200
LEAST_VARIANCE = 0.01

# How curves look before any answer: the limit a and the first error b, each with the width
# within which it may well lie.
EXPECTED = np.array([0.75, 0.5])
WIDTHS = np.array([0.5, 0.5])


class Interval(NamedTuple):
    """A share in [0, 1] between the ends of its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class LearningCurve:
    """The accuracy on random questions over the number of answers.

    Parameters
    ----------
    means
        The coefficients at each exponent, shape (n_exponents, 2).
    covariance
        Their covariance, shape (n_exponents, 2, 2).
    odds
        How probable each exponent is, shape (n_exponents,), summing to 1.
    noise
        The variance of one answer around the curve.

    Examples
    --------
    >>> n = np.arange(1, 401)
    >>> right = (np.random.default_rng(0).random(400) < 0.9 - 0.6 * n**-0.5).astype(float)
    >>> curve = LearningCurve.fit(right, np.ones(400), np.ones(400))
    >>> [round(share, 2) for share in curve.at(400)]
    [0.86, 0.81, 0.9]
    """

    means: Floats
    covariance: Floats
    odds: Floats
    noise: float

    @classmethod
    def fit(cls, right: Floats, possible: Floats, by_chance: Floats) -> LearningCurve:
        """Fit the curve to a session's answers.

        Parameters
        ----------
        right, possible, by_chance
            One entry per answer in the order given, shape (n_answers,): what the model
            foresaw, of what could have been (0 where nothing could be compared), and 1.0
            where the question was drawn at random. At least one of these was comparable.
        """
        audited = np.flatnonzero((possible > 0.0) & (by_chance > 0.0))
        numbers = audited.astype(np.float64) + 1.0
        weight = possible[audited] * numbers
        weight *= weight.sum() / (weight**2).sum()
        return cls(*_fit(numbers, right[audited] / possible[audited], weight))

    def at(self, n_answers: float) -> Interval:
        """Return the accuracy after so many answers, with its 95 % interval.

        Wilson's interval, for as many independent draws as tell as much as the curve does.

        Parameters
        ----------
        n_answers
            At least 1; beyond the answers given it is a forecast.
        """
        ahead = np.stack([np.ones_like(EXPONENTS), -(float(n_answers) ** -EXPONENTS)], axis=1)
        values = np.einsum("ck,ck->c", ahead, self.means)
        variances = np.maximum(np.einsum("ck,ckl,cl->c", ahead, self.covariance, ahead), 0.0)
        value = float(self.odds @ values)
        variance = float(self.odds @ (variances + (values - value) ** 2))
        share = min(1.0, max(0.0, value))
        n_draws = max(share * (1.0 - share), self.noise) / variance
        return Interval(share, *wilson(share, n_draws))


def wilson(share: float, n: float) -> tuple[float, float]:
    """Return Wilson's 95 % score interval of a share of ``n`` independent draws.

    Source: Wilson (1927), "Probable inference, the law of succession, and statistical
    inference".

    Parameters
    ----------
    share
        In [0, 1].
    n
        Greater than 0; need not be whole.

    Examples
    --------
    >>> [round(bound, 3) for bound in wilson(0.5, 10)]
    [0.237, 0.763]
    """
    spread = Z_95 * sqrt(share * (1.0 - share) / n + (Z_95 / (2.0 * n)) ** 2)
    centre, scale = share + Z_95**2 / (2.0 * n), 1.0 + Z_95**2 / n
    low, high = (centre - spread) / scale, (centre + spread) / scale
    # Rounding must not push the value out of its interval at the ends.
    return max(0.0, min(low, share)), min(1.0, max(high, share))


def _fit(numbers: Floats, share: Floats, weight: Floats) -> tuple[Floats, Floats, Floats, float]:
    """Return coefficients, their covariance and the odds, per exponent, and the noise."""
    mean = np.average(share, weights=weight)
    noise = max(LEAST_VARIANCE, float(np.average((share - mean) ** 2, weights=weight)))
    rows, row_share, row_weight = _blocks(numbers, share, weight)
    fallen = rows[None, :] ** -EXPONENTS[:, None]
    design = np.stack([np.ones_like(fallen), -fallen], axis=2)
    weighted = design * (row_weight / noise)[None, :, None]
    prior = np.diag(WIDTHS**-2.0)
    precision = np.einsum("crk,crl->ckl", weighted, design) + prior
    covariance = np.linalg.inv(precision)
    told = weighted.transpose(0, 2, 1) @ row_share + prior @ EXPECTED
    means = np.einsum("ckl,cl->ck", covariance, told)
    fits = np.einsum("ck,ckl,cl->c", means, precision, means)
    log_odds = 0.5 * (fits - np.linalg.slogdet(precision)[1])
    odds = np.exp(log_odds - log_odds.max())
    return *_rising(means, covariance), odds / odds.sum(), noise


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


def _blocks(numbers: Floats, share: Floats, weight: Floats) -> tuple[Floats, Floats, Floats]:
    """Merge neighbouring answers, more of them the later they came.

    On a power law's own scale all blocks are about equally wide, and a session of
    10,000 answers costs as much as one of a few hundred.
    """
    edges = np.unique(np.geomspace(1.0, numbers[-1] + 1.0, MOST_BLOCKS).astype(np.int64))
    block = np.searchsorted(edges, numbers, side="right")
    total = np.bincount(block, weights=weight)
    kept = np.flatnonzero(total)
    size = np.asarray(total[kept], dtype=np.float64)
    mean_number = np.bincount(block, weights=weight * numbers)[kept] / size
    mean_share = np.bincount(block, weights=weight * share)[kept] / size
    return mean_number, mean_share, size
