"""Estimates with their uncertainty: how good the model in the loop is now.

What is kept true: an estimate is a function of the answers it rests on and of nothing
else, so that an answer taken back leaves no trace, and an interval holds its value.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Z_95 = 1.959963984540054
"""The 97.5 % quantile of the normal distribution."""

LEAST_AUDITED = 10
"""Random questions before there is an estimate: with fewer an interval spans half of [0, 1]."""

SMALLEST_WINDOW, LARGEST_WINDOW = 30, 200
"""Random questions that an estimate rests on, at least (where there are so many) and at most."""


@dataclass(frozen=True, slots=True, repr=False)
class Estimate:
    """A share with its 95 % interval.

    Parameters
    ----------
    value
        The share that was right, in [0, 1]; for spans the F-score.
    low, high
        The interval that holds the true share with a probability of about 95 %.
    n
        How many questions it rests on.

    Examples
    --------
    >>> Estimate(0.84, 0.73, 0.91, 52)
    0.84 (0.73–0.91, n=52)
    """

    value: float
    low: float
    high: float
    n: int

    def __repr__(self) -> str:
        return f"{self.value:.2f} ({self.low:.2f}–{self.high:.2f}, n={self.n})"


def estimate_share(right: NDArray[np.float64], possible: NDArray[np.float64]) -> Estimate:
    """Estimate the share ``sum(right) / sum(possible)`` of the texts that these were drawn from.

    Wilson's interval, for as many independent draws as tell as much as these texts do. One
    yes or no a text: just the number of texts. Spans of one text stand and fall together,
    so their number is that at which a binomial share would vary as the ratio does
    (linearized, by text). Sources: Wilson (1927), "Probable inference, the law of
    succession, and statistical inference"; Korn and Graubard (1998), "Confidence intervals
    for proportions with small expected number of positive counts estimated from survey
    data", for the effective number.

    Parameters
    ----------
    right, possible
        What was right and what could have been, per text, shape (n_texts,); each
        ``0 <= right <= possible`` and ``possible > 0``.

    Examples
    --------
    >>> import numpy as np
    >>> estimate_share(np.array([1.0] * 8 + [0.0] * 2), np.ones(10))
    0.80 (0.49–0.94, n=10)
    """
    share = float(right.sum() / possible.sum())
    low, high = wilson(share, _effective_number(right, possible, share))
    return Estimate(share, low, high, len(right))


def wilson(share: float, n: float) -> tuple[float, float]:
    """Return Wilson's 95 % score interval of a share of ``n`` independent draws.

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


def latest(n_audited: int) -> int:
    """Return how many of the latest random questions speak of the model as it is now.

    A longer window varies less but lags behind a model that learns. Half of the session's
    random questions, within bounds: as learning slows down by a power law, the lag of a
    window that grows with the session costs a constant share of the error that is left to
    be learned, while the interval shrinks with the square root of its length.

    Examples
    --------
    >>> latest(12), latest(40), latest(100), latest(1000)
    (12, 30, 50, 200)
    """
    return min(n_audited, max(SMALLEST_WINDOW, min(LARGEST_WINDOW, n_audited // 2)))


def _effective_number(
    right: NDArray[np.float64], possible: NDArray[np.float64], share: float
) -> float:
    n_texts = float(len(right))
    variance = float(((right - share * possible) ** 2).sum() / possible.sum() ** 2)
    if variance <= 0.0:
        return n_texts
    return min(share * (1.0 - share) / variance, max(n_texts, float(possible.sum())))
