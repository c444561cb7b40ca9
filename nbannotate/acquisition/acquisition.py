"""The default way of asking: a strategy for the layout, and a share of random questions.

Random questions keep the model honest where uncertainty leads astray (noisy labels pull
it to the majority class), and their answers are an unbiased sample of the pool.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from nbannotate.acquisition.candidates import Candidate
from nbannotate.acquisition.strategies import (
    STRATEGIES,
    QueryStrategy,
    Ranks,
    entropy,
    highest_scored,
    margin,
    random_order,
)
from nbannotate.tasks import Layout

RANDOM_SHARE = 0.1
"""Share of questions that "auto" asks at random."""

HIGHEST_SCORED_SHARE = 0.5
"""Share of yes-or-no questions that "auto" asks because an accept is probable.

Asking only for what is uncertain makes most answers rejects, which teach little and
tire; see Prodigy's ``prefer_high_scores`` for the same idea.
"""

LEARNED_BEFORE_TRUST = 5
"""Answers before a model that started blank has an opinion worth following."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidates in the order to ask them, and why the first is asked."""

    candidates: tuple[Candidate, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Acquisition:
    """Ranks candidates by a named strategy, a function, or ``"auto"``.

    Parameters
    ----------
    strategy
        ``"auto"``, a name in ``STRATEGIES``, or a function of candidates and a random
        generator that returns one number a candidate, highest first.
    layout
        The layout of the view that will ask.

    Raises
    ------
    ValueError
        If the strategy's name is unknown.
    TypeError
        If it is neither a name nor a function.

    Examples
    --------
    >>> Acquisition("random", "choice").rank([], Random(0), learned=0).candidates
    ()
    """

    strategy: str | QueryStrategy
    layout: Layout

    def __post_init__(self) -> None:
        """Check the name."""
        if isinstance(self.strategy, str):
            if self.strategy != "auto" and self.strategy not in STRATEGIES:
                names = ", ".join(map(repr, ["auto", *STRATEGIES]))
                raise ValueError(
                    f"strategy {self.strategy!r} is unknown; give one of {names}, or a function "
                    "of candidates and a random generator that returns one number a candidate"
                )
        elif not callable(self.strategy):
            raise TypeError(f"strategy {self.strategy!r} is neither a name nor a function")

    def rank(self, candidates: Sequence[Candidate], random: Random, *, learned: int) -> Ranking:
        """Return the candidates, best question first.

        Parameters
        ----------
        candidates
            The questions that could be asked.
        random
            Draws the random share and breaks ties.
        learned
            Number of answers that the model has learned from.

        Raises
        ------
        ValueError
            If the strategy returns another number of ranks than candidates.
        """
        why, strategy = self._choose(random, learned)
        ranks = checked_ranks(strategy, candidates, random)
        order = sorted(
            range(len(candidates)), key=lambda i: (ranks[i], random.random()), reverse=True
        )
        return Ranking(tuple(candidates[i] for i in order), why)

    def _choose(self, random: Random, learned: int) -> tuple[str, QueryStrategy]:
        if not isinstance(self.strategy, str):
            return getattr(self.strategy, "__name__", "own strategy"), self.strategy
        if self.strategy != "auto":
            return self.strategy, STRATEGIES[self.strategy]
        draw = random.random()
        if learned < LEARNED_BEFORE_TRUST or draw < RANDOM_SHARE:
            return "random", random_order
        if self.layout == "choice":
            return "margin", margin
        if self.layout == "spans":
            return "entropy", entropy
        if draw < RANDOM_SHARE + (1.0 - RANDOM_SHARE) * HIGHEST_SCORED_SHARE:
            return "highest_scored", highest_scored
        return "margin", margin


def checked_ranks(
    strategy: QueryStrategy, candidates: Sequence[Candidate], random: Random
) -> Ranks:
    """Return a strategy's ranks, checked to be one number a candidate."""
    ranks = np.asarray(strategy(candidates, random), dtype=np.float64)
    if ranks.shape != (len(candidates),):
        raise ValueError(
            f"the strategy returned an array of shape {ranks.shape} for {len(candidates)} "
            f"candidates; it must return one number each, shape ({len(candidates)},)"
        )
    return np.nan_to_num(ranks, nan=-np.inf)
