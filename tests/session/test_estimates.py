"""How good the model is now, and what more answers would bring: laws of the numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbannotate.session.estimates import (
    LARGEST_WINDOW,
    LEAST_AUDITED,
    estimate_share,
    latest,
    wilson,
)
from nbannotate.session.outlook import ANSWERS_MORE, LEAST_COMPARED, look_ahead

SIMULATIONS = 400
LEAST_COVERED, MOST_COVERED = 0.90, 0.995
"""What 95 % intervals of 400 simulations may cover; far fewer or all mean a wrong width."""

shares = st.floats(0.0, 1.0)
counts = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(any), min_size=1, max_size=80
)


@given(shares, st.floats(0.1, 1e6))
def test_wilson_s_interval_holds_its_value_within_0_and_1(share: float, n: float):
    low, high = wilson(share, n)
    assert 0.0 <= low <= share <= high <= 1.0


@given(shares, st.integers(1, 5000), st.integers(1, 5000))
def test_more_questions_never_widen_an_interval(share: float, n: int, more: int):
    def width(n: float) -> float:
        low, high = wilson(share, n)
        return high - low

    assert width(n + more) <= width(n) + 1e-12


@pytest.mark.parametrize(
    ("right", "n", "low", "high"),
    [(8, 10, 0.4902, 0.9433), (0, 20, 0.0, 0.1611), (50, 100, 0.4038, 0.5962)],
)
def test_wilson_s_interval_is_the_published_one(right: int, n: int, low: float, high: float):
    assert wilson(right / n, n) == pytest.approx((low, high), abs=5e-5)


@given(st.lists(st.booleans(), min_size=1, max_size=200))
def test_one_yes_or_no_a_text_is_a_plain_proportion(right: list[bool]):
    estimate = estimate_share(np.array(right, dtype=float), np.ones(len(right)))
    share = sum(right) / len(right)
    assert (estimate.value, estimate.n) == (pytest.approx(share), len(right))
    assert (estimate.low, estimate.high) == pytest.approx(wilson(share, len(right)))


@given(counts)
def test_an_estimate_of_spans_is_the_f_score_inside_its_interval(counted):
    both = np.array([min(pair) for pair in counted], dtype=float)
    total = np.array([sum(pair) for pair in counted], dtype=float)
    estimate = estimate_share(2 * both, total)
    assert estimate.value == pytest.approx(2 * both.sum() / total.sum())
    assert 0.0 <= estimate.low <= estimate.value <= estimate.high <= 1.0


@pytest.mark.parametrize("n", [10, 30, 120])
@pytest.mark.parametrize("truth", [0.55, 0.8, 0.95])
def test_intervals_of_labels_hold_the_truth_as_often_as_they_say(n: int, truth: float):
    rng = np.random.default_rng((n, int(100 * truth)))
    held = 0
    for _ in range(SIMULATIONS):
        estimate = estimate_share((rng.random(n) < truth).astype(float), np.ones(n))
        held += estimate.low <= truth <= estimate.high
    assert LEAST_COVERED <= held / SIMULATIONS <= MOST_COVERED


@pytest.mark.parametrize("n", [15, 60])
@pytest.mark.parametrize("found", [0.5, 0.9])
def test_intervals_of_spans_hold_the_truth_as_often_as_they_say(n: int, found: float):
    rng = np.random.default_rng((n, int(100 * found)))
    truth = 2 * 1.5 * found / (1.5 + 1.5 * found + 0.4)
    held = 0
    for _ in range(SIMULATIONS):
        gold = rng.poisson(1.5, n)
        both = rng.binomial(gold, found)
        total = gold + both + rng.poisson(0.4, n)
        seen = total > 0
        estimate = estimate_share(2.0 * both[seen], total[seen].astype(float))
        held += estimate.low <= truth <= estimate.high
    assert LEAST_COVERED <= held / SIMULATIONS <= MOST_COVERED


@given(st.integers(0, 100_000))
def test_the_window_of_an_estimate_never_shrinks_nor_outgrows_the_questions(n: int):
    assert latest(n) <= latest(n + 1) <= max(n + 1, 0)
    assert latest(n) <= LARGEST_WINDOW
    assert latest(n) == n or latest(n) >= LEAST_AUDITED


def outcomes(n: int, chosen: float, *, seed: int, random_share: float = 1.0):
    """A session on a learning curve; chosen questions are right with one probability throughout."""
    rng = np.random.default_rng(seed)
    limit, exponent = rng.uniform(0.7, 0.98), rng.uniform(0.3, 0.9)
    error = rng.uniform(0.4, 0.8) * limit

    def accuracy(numbers):
        return limit - error * numbers**-exponent

    numbers = np.arange(1.0, n + 1)
    is_random = rng.random(n) < random_share
    right = rng.random(n) < np.where(is_random, accuracy(numbers), chosen)
    return right.astype(float), np.ones(n), is_random.astype(float), accuracy(n + ANSWERS_MORE)


@pytest.mark.parametrize(("n", "random_share"), [(100, 1.0), (300, 1.0), (300, 0.2), (1000, 0.1)])
def test_an_outlook_holds_what_comes_as_often_as_it_says(n: int, random_share: float):
    held = given_ = 0
    for seed in range(SIMULATIONS // 2):
        right, possible, by_chance, truth = outcomes(n, 0.55, seed=seed, random_share=random_share)
        outlook = look_ahead(right, possible, by_chance)
        if outlook is not None:
            given_ += 1
            held += outlook.low <= truth <= outlook.high
    assert given_ > SIMULATIONS / 4
    assert held / given_ >= LEAST_COVERED


def test_an_outlook_on_a_steep_curve_expects_more_than_there_is():
    n = np.arange(1.0, 201)
    rng = np.random.default_rng(3)
    right = (rng.random(200) < 0.95 - 0.9 * n**-0.3).astype(float)
    outlook = look_ahead(right, np.ones(200), np.ones(200))
    assert outlook is not None
    assert outlook.value > right.mean()


def test_questions_that_a_strategy_chose_do_not_pull_the_outlook_down_to_them():
    right, possible, by_chance, truth = outcomes(2000, 0.5, seed=5, random_share=0.2)
    outlook = look_ahead(right, possible, by_chance)
    assert outlook is not None
    assert abs(outlook.value - truth) < abs(outlook.value - right.mean())


def test_more_answers_narrow_the_outlook():
    def width(n: int) -> float:
        widths = []
        for seed in range(20):
            outlook = look_ahead(*outcomes(n, 0.5, seed=seed)[:3])
            widths.append(outlook.high - outlook.low if outlook is not None else 1.0)
        return float(np.mean(widths))

    assert width(1600) < width(400) < width(100)


@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 4), st.booleans()), min_size=70, max_size=150
    )
)
def test_an_outlook_never_raises_and_stays_within_0_and_1(counted):
    both = np.array([min(a, b) for a, b, _ in counted], dtype=float)
    total = np.array([a + b for a, b, _ in counted], dtype=float)
    by_chance = np.array([chance for *_, chance in counted], dtype=float)
    outlook = look_ahead(2 * both, total, by_chance)
    if outlook is None:
        return
    assert 0.0 <= outlook.low <= outlook.value <= outlook.high <= 1.0
    assert math.isfinite(outlook.value)


@pytest.mark.parametrize("n", [0, 1, LEAST_COMPARED - 1])
def test_there_is_no_outlook_on_a_few_answers(n: int):
    assert look_ahead(np.ones(n), np.ones(n), np.ones(n)) is None


def test_there_is_no_outlook_where_nothing_was_drawn_at_random():
    right = (np.random.default_rng(0).random(500) < 0.6).astype(float)
    assert look_ahead(right, np.ones(500), np.zeros(500)) is None
