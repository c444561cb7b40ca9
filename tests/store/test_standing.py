"""Which rows stand after any sequence of answers, edits and undos."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbannotate.store import Store
from nbannotate.tasks.records import Answer
from tests.store.given import an_answer

RUNS = itertools.count()

# (what, which earlier row it is about, task, session)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["answer", "undo", "undo", "replace"]),
        st.integers(0, 30),
        st.integers(0, 2),
        st.integers(0, 1),
    ),
    max_size=14,
)


@pytest.fixture(scope="module")
def shared() -> Iterator[Store]:
    with Store(":memory:") as store:
        yield store


def rows_of(steps: list[tuple[str, int, int, int]], run: int) -> list[Answer]:
    rows: list[Answer] = []
    for number, (what, about, task, session) in enumerate(steps):
        # Now and then about itself or a row that is not there: that must change nothing.
        target = f"{run}-{about % (number + 2)}"
        kind = {"undo": {"undoes": target}, "replace": {"replaces": target}}.get(what, {})
        rows.append(
            an_answer(
                f"{run}-{number}",
                dataset=str(run),
                text=f"text {task}",
                session_id=str(session),
                **kind,
            )
        )
    return rows


def standing(rows: list[Answer]) -> list[str]:
    """Replay the log forwards, as a reader of it would."""
    live: dict[str, bool] = {}
    sense: dict[str, tuple[str, bool]] = {}
    place: dict[str, str] = {}
    for row in rows:
        if row.undoes is not None:
            target, brings_back = row.undoes, False
            if target in sense:
                target, undone = sense[target]
                brings_back = not undone
            sense[row.answer_id] = (target, brings_back)
            live[target] = brings_back
        else:
            live[row.answer_id] = True
            replaced = row.replaces or row.answer_id
            place[row.answer_id] = place.get(replaced, replaced)
    candidates = [row for row in rows if row.undoes is None and live[row.answer_id]]

    def is_superseded(number: int) -> bool:
        row = candidates[number]
        return any(
            (later.session_id, later.task_hash) == (row.session_id, row.task_hash)
            or (later.replaces is not None and place[later.answer_id] == place[row.answer_id])
            for later in candidates[number + 1 :]
        )

    return [row.answer_id for number, row in enumerate(candidates) if not is_superseded(number)]


@settings(max_examples=150)
@given(steps=STEPS)
def test_the_rows_that_stand_are_those_of_a_plain_replay(shared: Store, steps):
    run = next(RUNS)
    rows = rows_of(steps, run)
    shared.append_many(rows)
    expected = standing(rows)
    assert [answer.answer_id for answer in shared.answers(str(run))] == expected
    history = shared.annotations(str(run), history=True)
    assert history["answer_id"].tolist() == [row.answer_id for row in rows if not row.undoes]
    assert history.loc[history["stands"], "answer_id"].tolist() == expected


@settings(max_examples=15)
@given(steps=STEPS)
def test_appended_one_by_one_the_same_rows_stand(shared: Store, steps):
    run = next(RUNS)
    rows = rows_of(steps, run)
    for row in rows:
        shared.append(row)
    assert [answer.answer_id for answer in shared.answers(str(run))] == standing(rows)


def test_an_edit_of_an_edit_still_takes_the_place_of_the_first_answer(shared: Store):
    shared.append_many(
        [
            an_answer("first", dataset="chain", text="one"),
            an_answer("second", dataset="chain", text="two", replaces="first"),
            an_answer("third", dataset="chain", text="three", replaces="second"),
        ]
    )
    assert [answer.answer_id for answer in shared.answers("chain")] == ["third"]
