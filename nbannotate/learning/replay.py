"""Which texts an update learns from: the new ones, and earlier ones drawn beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import ceil
from typing import TYPE_CHECKING

from nbannotate.learning.evidence import TextEvidence

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True)
class Budget:
    """How much is learned from each answer.

    Parameters
    ----------
    n_batches
        Steps per update once many texts are known; all draw from the earlier evidence.
    n_fresh
        How many of them, from the first on, hold the new evidence as well.
    batch_size
        Texts per step.
    learn_rate
        Of Adam.
    dropout
        Share of token vectors' values dropped, in [0, 1).
    max_tokens
        Tokens per step beyond which no earlier text is drawn, so that long texts do not
        stall the loop. The new texts are always learned in full.
    decay
        Of the averages of the weights, with which predictions are made, in [0, 1); 0 for
        the weights themselves.
    n_batches_at_first
        Steps per update while few texts are known, for a model that has all to learn. They
        become fewer as texts become more, and where texts are long: together they have at most
        as many times ``max_tokens`` tokens.
    many_texts
        From how many texts on ``n_batches`` are taken.

    Examples
    --------
    >>> budget = Budget(4, 1, 8, 0.001, 0.1, n_batches_at_first=12)
    >>> [budget.n_batches_of(n_texts) for n_texts in (1, 50, 100, 150, 1_000)]
    [12, 12, 6, 4, 4]
    """

    n_batches: int
    n_fresh: int
    batch_size: int
    learn_rate: float
    dropout: float
    max_tokens: int = 1_000
    decay: float = 0.0
    n_batches_at_first: int = 0
    many_texts: int = 150

    def n_batches_of(self, n_texts: int) -> int:
        """Return the steps of an update when so many texts are known."""
        share = self.many_texts / max(1, n_texts)
        return max(self.n_batches, min(self.n_batches_at_first, ceil(self.n_batches * share)))


def draw_batches(
    new: Sequence[TextEvidence],
    evidence: Mapping[int, TextEvidence],
    budget: Budget,
    rng: np.random.Generator,
    n_tokens_of: Callable[[str], int],
) -> list[list[TextEvidence]]:
    """Return the batches of one update.

    Parameters
    ----------
    new
        What the answers just given say.
    evidence
        All that is known, by text.
    budget
        How many batches, and how large.
    rng
        Draws the earlier texts.
    n_tokens_of
        Returns a text's length in tokens.
    """
    size = budget.batch_size
    fresh = {each.input_hash for each in new}
    earlier = [each for key, each in evidence.items() if key not in fresh]
    batches = [list(new[at : at + size]) for at in range(0, len(new), size)]
    while len(batches) < budget.n_batches_of(len(evidence)):
        batches.append(list(new[:size]) if len(batches) < budget.n_fresh else [])
    for batch in batches:
        room = min(size - len(batch), len(earlier))
        drawn = rng.choice(len(earlier), room, replace=False) if room > 0 else ()
        _fill(batch, [earlier[int(index)] for index in drawn], budget.max_tokens, n_tokens_of)
    drawn_batches = [batch or list(new[:size]) for batch in batches]
    least = max(budget.n_batches, -(-len(new) // size))
    return drawn_batches[: max(least, _n_within(drawn_batches, budget, n_tokens_of))]


def _n_within(
    batches: Sequence[Sequence[TextEvidence]], budget: Budget, n_tokens_of: Callable[[str], int]
) -> int:
    """Return how many batches have as many tokens as all may have; of long texts few."""
    lengths = [sum(n_tokens_of(each.text) for each in batch) for batch in batches]
    most = budget.max_tokens * budget.n_batches_at_first
    return sum(total <= most for total in accumulate(lengths))


def _fill(
    batch: list[TextEvidence],
    drawn: Sequence[TextEvidence],
    max_tokens: int,
    n_tokens_of: Callable[[str], int],
) -> None:
    """Add those drawn that leave the batch within its tokens; never leave it empty."""
    n_tokens = sum(n_tokens_of(each.text) for each in batch)
    for each in drawn:
        more = n_tokens_of(each.text)
        if not batch or n_tokens + more <= max_tokens:
            batch.append(each)
            n_tokens += more
