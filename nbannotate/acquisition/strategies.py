"""Query strategies: which of the candidates is worth the annotator's time.

A strategy is a function of candidates and a random generator; it returns one number a
candidate, and the highest is asked first. It sees no pool and no page, so that one
contract covers all of them, the user's own included.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from nbannotate.acquisition.candidates import Candidate
from nbannotate.tasks import AnnotatorTime

Ranks: TypeAlias = NDArray[np.float64]
QueryStrategy: TypeAlias = Callable[[Sequence[Candidate], Random], Ranks]

MOVING_AVERAGE_STEP = 0.1
"""How far the average of `prefer_uncertain` moves to each candidate, in (0, 1]."""


def random_order(candidates: Sequence[Candidate], random: Random) -> Ranks:
    """Rank candidates at random.

    Returns
    -------
    Ranks
        Shape (n_candidates,), in [0, 1).
    """
    return np.array([random.random() for _ in candidates])


def margin(candidates: Sequence[Candidate], random: Random) -> Ranks:
    """Rank by how close the model's two best readings are.

    Of exclusive labels the two most probable; of a yes-or-no question yes and no; of
    several labels on a text the one nearest to one half; of spans the least sure span
    found. Source: Scheffer, Decomain, Wrobel (2001), "Active hidden Markov models for
    information extraction".

    Returns
    -------
    Ranks
        Shape (n_candidates,), in [0, 1], 1 where two readings are equal.
    """
    return np.array([_margin(candidate) for candidate in candidates])


def least_confident(candidates: Sequence[Candidate], random: Random) -> Ranks:
    """Rank by how improbable the model's best reading is.

    Source: Lewis and Gale (1994), "A sequential algorithm for training text classifiers".

    Returns
    -------
    Ranks
        Shape (n_candidates,), in [0, 1].
    """
    return np.array([1.0 - _confidence(candidate) for candidate in candidates])


def entropy(candidates: Sequence[Candidate], random: Random) -> Ranks:
    """Rank by the entropy of the model's reading, for spans the sum over tokens.

    Source: Settles and Craven (2008), "An analysis of active learning strategies for
    sequence labeling tasks" (total token entropy).

    Returns
    -------
    Ranks
        Shape (n_candidates,), in nats, at least 0.
    """
    return np.array([_entropies(candidate).sum() for candidate in candidates])


def entropy_per_second(candidates: Sequence[Candidate], random: Random) -> Ranks:
    """Rank by the entropy of the model's reading, per second that reading the text takes.

    Of two texts that the model is equally unsure of, the shorter is asked; a short text
    still has to be decided on, so that the shortest are not asked for their brevity.
    Source of the idea: Settles, Craven and Friedland (2008), "Active learning with real
    annotation costs"; of the seconds: `AnnotatorTime`.

    Returns
    -------
    Ranks
        Shape (n_candidates,), in nats per second, at least 0.
    """
    return np.array(
        [float(_entropies(candidate).sum()) / seconds_of(candidate) for candidate in candidates]
    )


def distinct_entropy_per_second(candidates: Sequence[Candidate], random: Random) -> Ranks:
    """Rank as `entropy_per_second`, but count each word of a text once.

    What the model does not know of a word it is told by one answer, however often the text
    has the word. On drug names in forum posts, random's score was reached in 7/10 of the time
    that `entropy_per_second` took; on names in encyclopedia articles they were level.

    Returns
    -------
    Ranks
        Shape (n_candidates,), in nats per second, at least 0.
    """
    return np.array(
        [_distinct_entropy(candidate) / seconds_of(candidate) for candidate in candidates]
    )


def mean_entropy(candidates: Sequence[Candidate], random: Random) -> Ranks:
    """Rank by the mean entropy over tokens or labels.

    Returns
    -------
    Ranks
        Shape (n_candidates,), in nats, at least 0.
    """
    return np.array([_entropies(candidate).mean() for candidate in candidates])


def highest_scored(candidates: Sequence[Candidate], random: Random) -> Ranks:
    """Rank by how probable an accept is; for those who want to see what the model finds.

    Returns
    -------
    Ranks
        Shape (n_candidates,), in [0, 1].
    """
    return np.array([_confidence(candidate) for candidate in candidates])


def likely_accept(candidates: Sequence[Candidate], random: Random) -> Ranks:
    """Rank by how probable an accept is that still tells the model something.

    What is all but certain teaches nothing, and what is improbable tires: the rank is the
    probability of an accept times the entropy of the answer, highest near .7.

    Returns
    -------
    Ranks
        Shape (n_candidates,), at least 0.
    """
    likely = [_confidence(candidate) for candidate in candidates]
    return np.array([each * _binary_entropy(each) for each in likely])


def prefer_uncertain(candidates: Sequence[Candidate], random: Random) -> Ranks:
    """Rank by whether a candidate is less sure than those before it, as a stream is filtered.

    For those who come from Prodigy, whose sorter of this name is documented to pass on the
    examples whose uncertainty is above an exponential moving average. Those passed on come
    first, in the order in which they came.

    Returns
    -------
    Ranks
        Shape (n_candidates,), in [-1, 1].
    """
    doubts = least_confident(candidates, random)
    average = float(doubts.mean()) if len(doubts) else 0.0
    ranks = np.empty(len(candidates))
    for place, doubt in enumerate(doubts):
        is_passed_on = doubt >= average
        ranks[place] = float(is_passed_on) - place / len(candidates)
        average += MOVING_AVERAGE_STEP * (float(doubt) - average)
    return ranks


STRATEGIES: dict[str, QueryStrategy] = {
    "random": random_order,
    "margin": margin,
    "least_confident": least_confident,
    "entropy": entropy,
    "entropy_per_second": entropy_per_second,
    "distinct_entropy_per_second": distinct_entropy_per_second,
    "mean_entropy": mean_entropy,
    "highest_scored": highest_scored,
    "likely_accept": likely_accept,
    "prefer_uncertain": prefer_uncertain,
}


def seconds_of(candidate: Candidate) -> float:
    """Return how long it takes to read a text and to decide on it."""
    return AnnotatorTime().of_binary(n_tokens=_n_tokens(candidate))


def _n_tokens(candidate: Candidate) -> int:
    return len(candidate.prediction.token_entropies) or len(candidate.text.text.split())


def _distance_from_half(probability: float) -> float:
    return abs(2.0 * probability - 1.0)


def _margin(candidate: Candidate) -> float:
    if candidate.probability is not None:
        return 1.0 - _distance_from_half(candidate.probability)
    cats = sorted(candidate.prediction.cats.values(), reverse=True)
    if cats and candidate.exclusive:
        return 1.0 - (cats[0] - cats[1]) if len(cats) > 1 else 0.0
    if cats:
        return 1.0 - min(map(_distance_from_half, cats))
    scores = [span.score for span in candidate.prediction.spans if span.score is not None]
    return 1.0 - min(map(_distance_from_half, scores)) if scores else 0.0


def _confidence(candidate: Candidate) -> float:
    if candidate.probability is not None:
        return candidate.probability
    cats = candidate.prediction.cats.values()
    if cats and candidate.exclusive:
        return max(cats)
    if cats:
        return float(np.prod([max(p, 1.0 - p) for p in cats]))
    # Under the greedy parse a token's entropy bounds how sure its tag is.
    return float(np.exp(-np.sum(candidate.prediction.token_entropies)))


def _entropies(candidate: Candidate) -> NDArray[np.float64]:
    if candidate.probability is not None:
        return np.array([_binary_entropy(candidate.probability)])
    if candidate.prediction.cats and candidate.exclusive:
        cats = np.clip(list(candidate.prediction.cats.values()), 1e-12, 1.0)
        return np.array([float(-(cats * np.log(cats)).sum())])
    if candidate.prediction.cats:
        return np.array([_binary_entropy(p) for p in candidate.prediction.cats.values()])
    return np.array(candidate.prediction.token_entropies or [0.0])


def _distinct_entropy(candidate: Candidate) -> float:
    """Return the sum over words of the highest entropy that each is read with."""
    entropies = _entropies(candidate)
    words = candidate.prediction.words
    if len(words) != len(entropies):
        return float(entropies.sum())
    highest: dict[str, float] = {}
    for word, value in zip(words, entropies.tolist(), strict=True):
        highest[word] = max(value, highest.get(word, 0.0))
    return sum(highest.values())


def _binary_entropy(probability: float) -> float:
    both = np.clip([probability, 1.0 - probability], 1e-12, 1.0)
    return float(-(both * np.log(both)).sum())
