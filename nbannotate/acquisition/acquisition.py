"""The default way of asking: a strategy for the layout, and a share of random questions.

Random questions keep the model honest where uncertainty leads astray: on noisy labels it
is unsure of what nobody can know. So the doubts of a model are followed as far as it has
shown, on random questions, that it knows something. Where several labels may apply, nothing
has to be shown: there a text that the model is unsure of is one that has labels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from nbannotate.acquisition.candidates import Candidate
from nbannotate.acquisition.experience import AUDIT, Experience
from nbannotate.acquisition.strategies import (
    STRATEGIES,
    QueryStrategy,
    distinct_entropy_per_second,
    entropy_per_second,
    likely_accept,
    margin,
    random_order,
)
from nbannotate.acquisition.weighing import checked_ranks, quick_first, rare_first
from nbannotate.tasks import Layout

RANDOM_SHARE = 0.1
"""Share of questions that "auto" always asks at random."""

DOUBTS_SHARE = 0.2
"""Share of questions about labels that "auto" asks by the model's doubts in any case."""

LIKELY_SHARE = 0.5
"""Share of yes-or-no questions that "auto" asks because an accept is probable.

Asking only for what is uncertain makes most answers rejects, which teach little and
tire; see Prodigy's ``prefer_high_scores`` for the same idea.
"""

SEEKING_SHARE = 0.5
"""Share of questions about labels, beside the random ones, that look for labels never given."""

LEARNED_BEFORE_TRUST = 5
"""Answers before a model that started blank has an opinion worth following."""


@dataclass(frozen=True, slots=True)
class Plan:
    """By what the next question is chosen, and the word for it.

    Parameters
    ----------
    why
        The word.
    strategy
        Ranks the candidates.
    seeks_labels
        Whether a text that names a label never given goes first.
    """

    why: str
    strategy: QueryStrategy
    seeks_labels: bool = False

    @property
    def is_audit(self) -> bool:
        """Whether the question is drawn at random, so that its answer measures the model."""
        return self.why == AUDIT


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
    exclusive
        Whether exactly one label applies to a text; for a choice of labels.

    Raises
    ------
    ValueError
        If the strategy's name is unknown.
    TypeError
        If it is neither a name nor a function.

    Examples
    --------
    >>> Acquisition("auto", "choice").plan(Random(0), learned=0).why
    'random'
    """

    strategy: str | QueryStrategy
    layout: Layout
    exclusive: bool = True

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

    def plan(self, random: Random, *, learned: int, experience: Experience | None = None) -> Plan:
        """Return by what the next question is to be chosen.

        Parameters
        ----------
        random
            Draws the random share.
        learned
            Number of answers that the model has learned from.
        experience
            The answers so far; None for none.
        """
        if not isinstance(self.strategy, str):
            return Plan(getattr(self.strategy, "__name__", "own strategy"), self.strategy)
        if self.strategy != "auto":
            return Plan(self.strategy, STRATEGIES[self.strategy])
        experience = experience or Experience()
        draw = random.random()
        if learned < LEARNED_BEFORE_TRUST or draw < RANDOM_SHARE:
            return Plan(AUDIT, random_order)
        left = (draw - RANDOM_SHARE) / (1.0 - RANDOM_SHARE)
        if self.layout == "spans":
            return Plan("entropy", distinct_entropy_per_second)
        if self.layout == "binary":
            if left < LIKELY_SHARE:
                return Plan("likely_accept", quick_first(likely_accept))
            return Plan("margin", quick_first(margin))
        by_doubts = self._by_doubts(experience)
        if experience.seeks_labels and random.random() < SEEKING_SHARE:
            # Decided before any text is seen, so that those asked at random speak for all.
            return replace(by_doubts, seeks_labels=True)
        if not self.exclusive or left < max(DOUBTS_SHARE, experience.trust):
            return by_doubts
        return Plan(AUDIT, random_order)

    def _by_doubts(self, experience: Experience) -> Plan:
        """Return by what labels are asked about where the model's doubts are followed.

        Where several labels may apply, most texts have few of them: the entropy of all
        labels leads to texts that have some, even while the model knows little. Nothing
        is to be earned first: on tweets with 28 labels and with 8, and on abstracts with
        five, random's score was reached in .45 to .61 of the time. The margin of the least
        sure label took .70 to .89 of it.
        """
        if self.exclusive:
            return Plan("margin", rare_first(margin, experience))
        return Plan("entropy", entropy_per_second)

    def rank(
        self, candidates: Sequence[Candidate], random: Random, *, plan: Plan
    ) -> tuple[Candidate, ...]:
        """Return the candidates, best question first.

        Parameters
        ----------
        candidates
            The questions that could be asked.
        random
            Breaks ties.
        plan
            From `plan`.

        Raises
        ------
        ValueError
            If the strategy returns another number of ranks than candidates.
        """
        ranks = checked_ranks(plan.strategy, candidates, random)
        order = sorted(
            range(len(candidates)), key=lambda i: (ranks[i], random.random()), reverse=True
        )
        return tuple(candidates[i] for i in order)
