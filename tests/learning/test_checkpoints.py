"""Laws of the checkpoints that undo goes back to."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbannotate.learning import base
from nbannotate.learning.checkpoints import KeptCheckpoints
from tests.learning.test_learners import KINDS, agree, taught

SIZE = 10


def state(index: int) -> Any:
    """A checkpoint that knows when it was taken."""
    return SimpleNamespace(n_bytes=SIZE, index=index)


def kept_after(n_updates: int, room_for: int) -> KeptCheckpoints:
    kept = KeptCheckpoints(SIZE * room_for)
    for index in range(n_updates):
        kept.push(index, state(index))
    return kept


def n_relearned(kept: KeptCheckpoints, n_updates: int) -> int:
    """Undo one update, and return how many had to be learned again for it."""
    found = kept.pop_latest(n_updates - 1)
    at = found[0] if found is not None else 0
    for index in range(at, n_updates - 1):
        kept.push(index, state(index))
    return n_updates - 1 - at


@given(st.integers(1, 200), st.integers(1, 12), st.data())
def test_a_state_is_found_as_it_was_at_or_before_the_one_asked_for(n_updates, room_for, data):
    kept = kept_after(n_updates, room_for)
    asked = data.draw(st.integers(0, n_updates - 1))
    found = kept.pop_latest(asked)
    if found is None:
        assert asked < n_updates - 1
        return
    index, checkpoint = found
    assert index == checkpoint.index <= asked
    again = kept.pop_latest(n_updates)
    assert again is None or again[0] < index


@given(st.integers(1, 200), st.integers(0, 12))
def test_the_newest_is_always_kept_and_no_more_than_there_is_room_for(n_updates, room_for):
    kept = kept_after(n_updates, room_for)
    found = [kept.pop_latest(n_updates)]
    while found[-1] is not None:
        found.append(kept.pop_latest(n_updates))
    assert found[0] is not None
    assert found[0][0] == n_updates - 1
    assert len(found) - 1 <= max(1, room_for)


@given(st.integers(1, 200), st.integers(1, 12), st.data())
def test_looking_for_a_state_takes_none_out(n_updates, room_for, data):
    kept, other = kept_after(n_updates, room_for), kept_after(n_updates, room_for)
    asked = data.draw(st.integers(-10, n_updates - 1))
    seen, expected = kept.latest(asked), other.pop_latest(asked)
    assert seen is not None
    if expected is None:
        assert seen[0] > asked
    else:
        assert seen[0] == expected[0]
    again = kept.pop_latest(n_updates)
    assert again is not None
    assert again[0] == n_updates - 1
    assert KeptCheckpoints(1).latest(asked) is None


@pytest.mark.parametrize("n_updates", [50, 200, 1000])
def test_many_undone_in_a_row_cost_few_updates_each(n_updates: int):
    kept = kept_after(n_updates, room_for=9)
    costs = [n_relearned(kept, left) for left in range(n_updates, n_updates - 40, -1)]
    assert sum(costs) <= 2 * len(costs)


@given(st.integers(10, 300), st.data())
def test_a_way_back_costs_no_more_than_about_twice_its_length(n_updates, data):
    back = data.draw(st.integers(1, n_updates // 2))
    kept = kept_after(n_updates, room_for=12)
    found = kept.pop_latest(n_updates - back)
    assert found is not None
    assert n_updates - back - found[0] <= 2 * back


def test_after_many_undos_the_model_is_the_one_that_never_saw_them(monkeypatch):
    monkeypatch.setattr(base, "_CHECKPOINT_BYTES", 1)
    answers = KINDS["textcat"].answers(9)
    learner = taught(KINDS["textcat"], answers)
    for left in range(8, 2, -1):
        learner.undo()
        assert agree(learner, taught(KINDS["textcat"], answers[:left]))
