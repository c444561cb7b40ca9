"""Estimates with their uncertainty: how good the model in the loop is now, and will be.

What is kept true: an estimate is a function of the answers it rests on and of nothing
else, so that an answer taken back leaves no trace, and an interval holds its value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbannotate.session.learning_curve import LearningCurve

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LEAST_AUDITED = 10
"""Random questions before there is an estimate: with fewer an interval spans half of [0, 1]."""

ANSWERS_MORE = 100
"""How far the outlook looks ahead, in answers."""

LEAST_COMPARED = 50
"""Answers that the model could be compared with before there is an outlook."""

WIDEST = 0.5
"""An interval wider than this says nothing; then there is no outlook."""


@dataclass(frozen=True, slots=True, repr=False)
class Estimate:
    """A share with its 95 % interval.

    Parameters
    ----------
    value
        The share that is right now, in [0, 1]; for spans the F-score.
    low, high
        The interval that holds the true share with a probability of about 95 %.
    n
        How many random questions it rests on.

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


def estimates(
    right: Floats, possible: Floats, by_chance: Floats
) -> tuple[Estimate | None, Outlook | None]:
    """Return how good the model is after a session's answers, and what 100 more would bring.

    Both are read off one `LearningCurve`. The share right on the latest random questions
    alone would speak of the younger models that were asked them, and lag behind one that
    learns.

    Parameters
    ----------
    right, possible, by_chance
        One entry per answer in the order given, shape (n_answers,): what the model
        foresaw, of what could have been (0 where nothing could be compared), and 1.0 where
        the question was drawn at random.

    Returns
    -------
    Estimate or None
        None before ten random questions could be compared.
    Outlook or None
        None before 50 answers could be compared, ten of them to random questions, and where
        the interval would be wider than one half.

    Examples
    --------
    >>> import numpy as np
    >>> n = np.arange(1, 401)
    >>> right = (np.random.default_rng(0).random(400) < 0.9 - 0.6 * n**-0.5).astype(float)
    >>> estimates(right, np.ones(400), np.ones(400))
    (0.86 (0.81–0.90, n=400), 0.86 (0.81–0.90) after 100 more answers)
    """
    n_compared = int((possible > 0.0).sum())
    n_audited = int(((possible > 0.0) & (by_chance > 0.0)).sum())
    if n_audited < LEAST_AUDITED:
        return None, None
    curve = LearningCurve.fit(right, possible, by_chance)
    now, then = curve.at(len(right)), curve.at(len(right) + ANSWERS_MORE)
    is_telling = n_compared >= LEAST_COMPARED and then.high - then.low <= WIDEST
    return (
        Estimate(*now, n_audited),
        Outlook(ANSWERS_MORE, *then) if is_telling else None,
    )
