"""How good the model is now, and what more answers would bring: laws of the numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbannotate.session.estimates import (
    ANSWERS_MORE,
    LEAST_AUDITED,
    LEAST_COMPARED,
    Estimate,
    Outlook,
    estimates,
)
from nbannotate.session.learning_curve import wilson

SIMULATIONS = 200
LEAST_COVERED = 0.90
"""What 95 % intervals of 200 simulations cover at the least."""


def coverage(pairs: Iterable[tuple[Estimate | Outlook | None, float]]) -> tuple[int, float]:
    """Return how many intervals were given, and the share of them that hold their truth."""
    held = [each.low <= truth <= each.high for each, truth in pairs if each is not None]
    return len(held), float(np.mean(held))


def estimate_now(*columns: np.ndarray) -> Estimate | None:
    return estimates(*columns)[0]


def look_ahead(*columns: np.ndarray) -> Outlook | None:
    return estimates(*columns)[1]


def outcomes(
    n: int, chosen: float, *, seed: int, random_share: float = 1.0, ahead: int = ANSWERS_MORE
):
    """A session on a learning curve; chosen questions are right with one probability throughout."""
    rng = np.random.default_rng(seed)
    limit, exponent = rng.uniform(0.7, 0.98), rng.uniform(0.3, 0.9)
    error = rng.uniform(0.4, 0.8) * limit

    def accuracy(numbers):
        return limit - error * numbers**-exponent

    numbers = np.arange(1.0, n + 1)
    is_random = rng.random(n) < random_share
    right = rng.random(n) < np.where(is_random, accuracy(numbers), chosen)
    return right.astype(float), np.ones(n), is_random.astype(float), accuracy(n + ahead)


@given(st.floats(0.0, 1.0), st.floats(0.1, 1e6))
def test_wilson_s_interval_holds_its_value_within_0_and_1(share: float, n: float):
    low, high = wilson(share, n)
    assert 0.0 <= low <= share <= high <= 1.0


@pytest.mark.parametrize(
    ("right", "n", "low", "high"),
    [(8, 10, 0.4902, 0.9433), (0, 20, 0.0, 0.1611), (50, 100, 0.4038, 0.5962)],
)
def test_wilson_s_interval_is_the_published_one(right: int, n: int, low: float, high: float):
    assert wilson(right / n, n) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("n", "random_share"), [(20, 1.0), (200, 1.0), (100, 0.3), (250, 0.1), (1000, 0.1)]
)
def test_an_estimate_holds_how_good_a_model_that_learns_is_now(n: int, random_share: float):
    sessions = (
        outcomes(n, 0.55, seed=seed, random_share=random_share, ahead=0)
        for seed in range(SIMULATIONS)
    )
    n_given, held = coverage((estimate_now(*session), truth) for *session, truth in sessions)
    assert n_given > SIMULATIONS / 2
    assert held >= LEAST_COVERED


@pytest.mark.parametrize("n", [10, 30, 120])
@pytest.mark.parametrize("truth", [0.55, 0.8, 0.95])
def test_an_estimate_holds_how_good_a_model_is_that_has_learned_before(n: int, truth: float):
    rng = np.random.default_rng((n, int(100 * truth)))
    drawn = ((rng.random(n) < truth).astype(float) for _ in range(SIMULATIONS))
    n_given, held = coverage(
        (estimate_now(right, np.ones(n), np.ones(n)), truth) for right in drawn
    )
    assert n_given == SIMULATIONS
    assert held >= LEAST_COVERED


@pytest.mark.parametrize("n", [15, 60])
@pytest.mark.parametrize("found", [0.5, 0.9])
def test_an_estimate_holds_the_f_score_of_spans(n: int, found: float):
    rng = np.random.default_rng((n, int(100 * found)))
    truth = 2 * 1.5 * found / (1.5 + 1.5 * found + 0.4)

    def estimate() -> Estimate | None:
        gold = rng.poisson(1.5, n)
        both = rng.binomial(gold, found)
        total = (gold + both + rng.poisson(0.4, n)).astype(float)
        return estimate_now(2.0 * both, total, np.ones(n))

    n_given, held = coverage((estimate(), truth) for _ in range(SIMULATIONS))
    assert n_given > SIMULATIONS / 2
    assert held >= LEAST_COVERED


def test_an_estimate_does_not_lag_behind_a_model_that_learns():
    """Most random questions come early, when nobody knows yet whether the model is to be trusted."""
    numbers = np.arange(1.0, 252.0)
    random_share = np.where(numbers[:-1] <= 40, 0.6, 0.1)
    accuracy = 0.95 - 0.9 * numbers**-0.3
    rng = np.random.default_rng(1)
    off, off_of_latest = [], []
    for _ in range(SIMULATIONS):
        right = (rng.random(250) < accuracy[:-1]).astype(float)
        by_chance = (rng.random(250) < random_share).astype(float)
        estimate = estimate_now(right, np.ones(250), by_chance)
        if estimate is not None:
            off.append(estimate.value - accuracy[-1])
            off_of_latest.append(right[by_chance > 0.0][-30:].mean() - accuracy[-1])
    assert abs(np.mean(off)) < 2 / 3 * abs(np.mean(off_of_latest))


def test_an_estimate_follows_a_model_that_got_worse():
    rng = np.random.default_rng(0)
    accuracy = np.repeat([0.9, 0.6], 300)
    drawn = [(rng.random(600) < accuracy).astype(float) for _ in range(30)]
    value = np.mean([estimate_now(right, np.ones(600), np.ones(600)).value for right in drawn])
    assert abs(value - 0.6) < abs(value - np.mean(accuracy))


@pytest.mark.parametrize("n", [LEAST_AUDITED - 1, LEAST_AUDITED])
def test_an_estimate_takes_ten_random_questions(n: int):
    by_chance = np.zeros(200)
    by_chance[:n] = 1.0
    assert (estimate_now(np.ones(200), np.ones(200), by_chance) is not None) == (n >= 10)


@pytest.mark.parametrize(("n", "random_share"), [(100, 1.0), (300, 1.0), (300, 0.2), (1000, 0.1)])
def test_an_outlook_holds_what_comes_as_often_as_it_says(n: int, random_share: float):
    sessions = (
        outcomes(n, 0.55, seed=seed, random_share=random_share) for seed in range(SIMULATIONS)
    )
    n_given, held = coverage((look_ahead(*session), truth) for *session, truth in sessions)
    assert n_given > SIMULATIONS / 2
    assert held >= LEAST_COVERED


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
        st.tuples(st.integers(0, 4), st.integers(0, 4), st.booleans()), min_size=0, max_size=150
    )
)
def test_estimates_never_raise_and_stay_within_0_and_1(counted):
    both = np.array([min(a, b) for a, b, _ in counted], dtype=float)
    total = np.array([a + b for a, b, _ in counted], dtype=float)
    by_chance = np.array([chance for *_, chance in counted], dtype=float)
    for estimate in estimates(2 * both, total, by_chance):
        if estimate is not None:
            assert 0.0 <= estimate.low <= estimate.value <= estimate.high <= 1.0
            assert math.isfinite(estimate.value)


@pytest.mark.parametrize("n", [0, 1, LEAST_COMPARED - 1])
def test_there_is_no_outlook_on_a_few_answers(n: int):
    assert look_ahead(np.ones(n), np.ones(n), np.ones(n)) is None


def test_there_is_no_outlook_where_nothing_was_drawn_at_random():
    right = (np.random.default_rng(0).random(500) < 0.6).astype(float)
    assert look_ahead(right, np.ones(500), np.zeros(500)) is None
