"""What a blind comparison has found: which of two models was chosen, and how surely.

It keeps one thing true: a text counts once, however many annotators have compared it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nbannotate.tasks import TIE, Answer, order_of

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Comparison:
    """The outcome of a blind comparison.

    Parameters
    ----------
    names
        The two models, in the order in which they were given.
    wins
        On how many texts each was chosen.
    ties
        On how many neither was.
    share
        Of the texts on which one was chosen, the share in [0, 1] that the first one won;
        None before there is one.
    low, high
        Its 95 % interval (Wilson's).
    p_value
        Of a sign test, two-sided: how probable a difference as large as this would be if
        both were equally good. Ties say nothing to it.

    Examples
    --------
    >>> Comparison.of_counts(("v1", "v2"), {"v1": 9, "v2": 1}, ties=2)
    Comparison: v1 better on 9 texts, v2 on 1, alike on 2.
    v1 wins 90 % of the 10 decided (95 % interval 60 to 98 %), sign test p = 0.021.
    """

    names: tuple[str, str]
    wins: Mapping[str, int]
    ties: int
    share: float | None
    low: float | None
    high: float | None
    p_value: float | None

    @classmethod
    def of_counts(
        cls, names: tuple[str, str], wins: Mapping[str, int], *, ties: int = 0
    ) -> Comparison:
        """Return the outcome of so many wins and ties."""
        from scipy.stats import binomtest

        first, second = (wins.get(name, 0) for name in names)
        counted = dict(zip(names, (first, second), strict=True))
        if not first + second:
            return cls(names, counted, ties, None, None, None, None)
        test = binomtest(first, first + second)
        low, high = test.proportion_ci(CONFIDENCE, method="wilson")
        share = first / (first + second)
        return cls(names, counted, ties, share, float(low), float(high), float(test.pvalue))

    @property
    def n(self) -> int:
        """How many texts were compared."""
        return sum(self.wins.values()) + self.ties

    def __repr__(self) -> str:
        one, other = self.names
        first, second = (self.wins[name] for name in self.names)
        texts = "text" if first == 1 else "texts"
        said = (
            f"Comparison: {one} better on {first} {texts}, {other} on {second}, "
            f"alike on {self.ties}."
        )
        if self.share is None or self.low is None or self.high is None:
            return said
        return (
            f"{said}\n{one} wins {100 * self.share:.0f} % of the {first + second} decided "
            f"(95 % interval {100 * self.low:.0f} to {100 * self.high:.0f} %), "
            f"sign test p = {self.p_value:.2g}."
        )


def tally(answers: Iterable[Answer], names: tuple[str, str]) -> Comparison:
    """Count the answers to a comparison of two models.

    Parameters
    ----------
    answers
        Those that stand; answers to other comparisons are passed over, and so are texts
        that were ignored or rejected. Of several annotators' answers to one text the
        majority holds, of equally many both ways neither.
    names
        The two models.
    """
    votes: dict[int, Counter[str]] = {}
    for answer in answers:
        if answer.answer != "accept" or set(order_of(answer)) != set(names):
            continue
        votes.setdefault(answer.task_hash, Counter())[answer.label or TIE] += 1
    winners = Counter(_winner(vote, names) for vote in votes.values())
    return Comparison.of_counts(names, winners, ties=winners[TIE])


def _winner(vote: Mapping[str, int], names: tuple[str, str]) -> str:
    one, other = names
    if vote.get(one, 0) == vote.get(other, 0):
        return TIE
    winner = one if vote.get(one, 0) > vote.get(other, 0) else other
    return winner if vote[winner] > vote.get(TIE, 0) else TIE
