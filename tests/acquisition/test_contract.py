"""One contract that every query strategy passes, the user's own included."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbannotate.acquisition import STRATEGIES, Acquisition, Candidate
from nbannotate.acquisition.acquisition import LEARNED_BEFORE_TRUST, RANDOM_SHARE
from nbannotate.tasks import Prediction, SourceText, Span


def longest_first(candidates, random):
    return [len(candidate.text.text) for candidate in candidates]


EVERY = [*STRATEGIES, "auto", longest_first]
SHARES = st.floats(0, 1)


@st.composite
def candidates(draw, layout):
    text = SourceText(draw(st.text("ab", min_size=1, max_size=9)), draw(st.integers(0, 10**6)))
    if layout == "binary":
        return Candidate(text, Prediction(), label="A", probability=draw(SHARES))
    if layout == "choice":
        raw = draw(st.lists(st.floats(0.01, 1), min_size=2, max_size=5))
        cats = {f"L{n}": share / sum(raw) for n, share in enumerate(raw)}
        return Candidate(text, Prediction(cats=cats), exclusive=draw(st.booleans()))
    spans = tuple(Span(0, 1, "A", score) for score in draw(st.lists(SHARES, max_size=3)))
    entropies = tuple(draw(st.lists(st.floats(0, 3), max_size=6)))
    return Candidate(text, Prediction(spans=spans, token_entropies=entropies))


@pytest.mark.parametrize("strategy", EVERY, ids=str)
@given(data=st.data(), layout=st.sampled_from(["binary", "choice", "spans"]))
def test_a_ranking_is_a_permutation_that_the_seed_fixes(strategy, data, layout):
    given_ = data.draw(st.lists(candidates(layout), max_size=12))
    acquisition = Acquisition(strategy, layout)
    one, other = (acquisition.rank(given_, Random(3), learned=50) for _ in range(2))
    assert one == other
    assert sorted(map(id, one.candidates)) == sorted(map(id, given_))
    assert one.why


@pytest.mark.parametrize("name", sorted(set(STRATEGIES) - {"random", "highest_scored"}))
def test_strategies_of_uncertainty_prefer_even_odds(name):
    sure, unsure = (
        Candidate(SourceText(t, 1), Prediction(cats={"A": p, "B": 1 - p}), exclusive=True)
        for t, p in (("sure", 0.99), ("unsure", 0.5))
    )
    first = Acquisition(name, "choice").rank([sure, unsure], Random(0), learned=9).candidates[0]
    assert first is unsure


def test_auto_asks_at_random_before_it_has_learned_and_for_its_share_later():
    choice = [Candidate(SourceText("a", 1), Prediction(cats={"A": 0.5, "B": 0.5}), exclusive=True)]
    random = Random(0)
    auto = Acquisition("auto", "choice")
    early = {auto.rank(choice, random, learned=LEARNED_BEFORE_TRUST - 1).why for _ in range(50)}
    assert early == {"random"}
    later = [auto.rank(choice, random, learned=50).why for _ in range(4000)]
    assert later.count("random") / 4000 == pytest.approx(RANDOM_SHARE, abs=0.02)


def test_an_unknown_strategy_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="'margin'"):
        Acquisition("best", "choice")
    with pytest.raises(TypeError):
        Acquisition(3, "choice")


def test_a_function_that_returns_another_number_of_ranks_is_refused():
    one = [Candidate(SourceText("a", 1), Prediction(cats={"A": 0.5, "B": 0.5}))]
    with pytest.raises(ValueError, match=r"shape \(2,\) for 1"):
        Acquisition(lambda c, r: np.zeros(2), "choice").rank(one, Random(0), learned=0)


def test_a_rank_that_is_no_number_comes_last():
    two = [Candidate(SourceText(t, n), Prediction()) for n, t in enumerate("ab")]
    ranked = Acquisition(lambda c, r: [np.nan, 0.0], "choice").rank(two, Random(0), learned=0)
    assert ranked.candidates[0] is two[1]
