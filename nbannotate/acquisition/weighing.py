"""Strategies whose ranks are weighed by what a question costs, or by what it may find."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

import numpy as np

from nbannotate.acquisition.candidates import Candidate
from nbannotate.acquisition.experience import Experience
from nbannotate.acquisition.strategies import QueryStrategy, Ranks, seconds_of

LABEL_EXPONENT = 0.5
"""How a text's seconds weigh where yes or no is said to its label; see `quick_first`."""


def rare_first(strategy: QueryStrategy, experience: Experience) -> QueryStrategy:
    """Return a strategy in which texts that may have a rarely given label weigh more.

    Ranks are multiplied by the rarity that the model expects of the text's labels, so that
    a frequent label does not take all questions.
    """

    def rarity(candidate: Candidate) -> float:
        return sum(
            probability * experience.rarity(label)
            for label, probability in candidate.prediction.cats.items()
        )

    return _weighed(strategy, rarity)


def quick_first(strategy: QueryStrategy) -> QueryStrategy:
    """Return a strategy that prefers, of yes-or-no questions it ranks alike, the quicker one.

    Long texts hold the most spans to be unsure of, and whoever says yes or no to one of them
    reads them whole: a span's rank is divided by the seconds that its text takes. All words of
    a text bear on its label: there the seconds count by their root. On drug names in forum
    posts and on names in encyclopedia articles 200 answers taught as much in half of the time;
    on ten bank intents and on four sentiments as much or more in two thirds of it; on spam,
    where it is the long messages that differ, level after 200 and behind after 50.

    Parameters
    ----------
    strategy
        One that ranks yes-or-no questions; its ranks are at least 0.
    """

    def quickness(candidate: Candidate) -> float:
        exponent = LABEL_EXPONENT if candidate.span is None else 1.0
        return float(seconds_of(candidate) ** -exponent)

    return _weighed(strategy, quickness)


def checked_ranks(
    strategy: QueryStrategy, candidates: Sequence[Candidate], random: Random
) -> Ranks:
    """Return a strategy's ranks, checked to be one number a candidate."""
    try:
        ranks = np.asarray(strategy(candidates, random), dtype=np.float64)
    except Exception as error:
        name = getattr(strategy, "__name__", "given")
        raise ValueError(
            f"the strategy {name!r} raised {type(error).__name__}: {error}; mend it, or run the "
            "recipe's cell again with another strategy="
        ) from error
    if ranks.shape != (len(candidates),):
        raise ValueError(
            f"the strategy returned an array of shape {ranks.shape} for {len(candidates)} "
            f"candidates; it must return one number each, shape ({len(candidates)},)"
        )
    return np.nan_to_num(ranks, nan=-np.inf)


def _weighed(strategy: QueryStrategy, weight_of: Callable[[Candidate], float]) -> QueryStrategy:
    """Return a strategy whose ranks are multiplied by a weight of each candidate."""

    def ranked(candidates: Sequence[Candidate], random: Random) -> Ranks:
        weights = np.array([weight_of(each) for each in candidates])
        ranks: Ranks = checked_ranks(strategy, candidates, random) * weights
        return ranks

    return ranked
