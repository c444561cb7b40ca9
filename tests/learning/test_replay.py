"""Laws of replay: the new texts are learned, the earlier ones within bounds."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nbannotate.learning.evidence import TextEvidence
from nbannotate.learning.replay import Budget, draw_batches

SIZE = 8
budgets = st.builds(
    Budget,
    n_batches=st.integers(1, 6),
    n_fresh=st.integers(0, 3),
    batch_size=st.just(SIZE),
    learn_rate=st.just(0.001),
    dropout=st.just(0.0),
    n_batches_at_first=st.integers(0, 20),
    many_texts=st.integers(1, 300),
)


@given(budgets, st.integers(0, 500), st.integers(0, 500))
def test_the_more_texts_are_known_the_fewer_steps_down_to_the_least(
    budget: Budget, few: int, more: int
) -> None:
    steps, later = (budget.n_batches_of(n_texts) for n_texts in sorted((few, more)))
    assert max(budget.n_batches, budget.n_batches_at_first) >= steps >= later >= budget.n_batches
    assert budget.n_batches_of(budget.many_texts) == budget.n_batches


def draw(
    budget: Budget, n_new: int, n_earlier: int, *, seed: int = 0, n_tokens: int = 2
) -> list[list[int]]:
    """Return the numbers of the texts in each batch; the new ones come first."""
    evidence = {
        number: TextEvidence(f"text {number}", number, labels=("DRUG",), complete=True)
        for number in range(n_new + n_earlier)
    }
    new = [evidence[number] for number in range(n_new)]
    rng = np.random.default_rng(seed)
    batches = draw_batches(new, evidence, budget, rng, lambda text: n_tokens)
    return [[each.input_hash for each in batch] for batch in batches]


@given(budgets, st.integers(1, 20), st.integers(0, 60), st.integers(0, 9))
def test_every_step_learns_something_known_and_every_new_text_is_learned(
    budget: Budget, n_new: int, n_earlier: int, seed: int
) -> None:
    batches = draw(budget, n_new, n_earlier, seed=seed)
    assert len(batches) == max(budget.n_batches_of(n_new + n_earlier), -(-n_new // SIZE))
    for batch in batches:
        assert 0 < len(batch) <= SIZE
        assert len(set(batch)) == len(batch)
        assert set(batch) <= set(range(n_new + n_earlier))
    assert {number for batch in batches for number in batch} >= set(range(n_new))


@given(budgets, st.integers(1, 20), st.integers(0, 60), st.integers(1, 5_000))
def test_long_texts_take_no_more_steps_than_there_must_be(
    budget: Budget, n_new: int, n_earlier: int, n_tokens: int
) -> None:
    batches = draw(budget, n_new, n_earlier, n_tokens=n_tokens)
    least = max(budget.n_batches, -(-n_new // SIZE))
    most_tokens = budget.max_tokens * budget.n_batches_at_first
    assert len(batches) >= least
    assert len(batches) == least or sum(map(len, batches)) * n_tokens <= most_tokens
