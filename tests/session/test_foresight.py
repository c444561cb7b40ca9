"""What a session says of its model, from the answers that stand and from nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nbannotate as nb
from nbannotate.session.foresight import foreseen
from nbannotate.session.history import Foresight, History
from nbannotate.tasks import Answer, Prediction, Span, Task
from nbannotate.widget.messages import wire_status, wire_task
from tests.loops import CountingLearner, a_session, answer_any, settled

LABELS = ("A", "B")


def an_answer(view: str = "textcat.correct", answer: str = "accept", **parts: Any) -> Answer:
    parts = {"model_version": "base", "why": "random", **parts}
    number = parts.pop("number", 0)
    return Answer(
        str(number), "d", "s", "a", view, "text", 1, number, answer,  # type: ignore[arg-type]
        created_at=datetime(2026, 1, 1), **parts,  # noqa: DTZ001
    )  # fmt: skip


ONE, TWO = Span(0, 4, "A"), Span(5, 7, "B")


@pytest.mark.parametrize(
    ("answer", "exclusive", "right", "possible"),
    [
        (an_answer(accept=("A",), suggested={"A": 0.4, "B": 0.3}), True, 1, 1),
        (an_answer(accept=("B",), suggested={"A": 0.4, "B": 0.3}), True, 0, 1),
        (an_answer(accept=("A",), suggested={"A": 0.4, "B": 0.3}), False, 0, 1),
        (an_answer(accept=("A", "B"), suggested={"A": 0.5, "B": 0.9}), False, 1, 1),
        (an_answer(accept=("A",), suggested={"A": 0.9, "B": 0.9}), False, 0, 1),
        (an_answer(accept=(), suggested={"A": 0.1, "B": 0.2}), False, 1, 1),
        (an_answer(accept=("A",), suggested={"A": None, "B": None}), True, 0, 0),
        (an_answer("textcat.manual", accept=("A",), suggested={"A": 0.9, "B": 0.1}), True, 1, 1),
        (an_answer("ner.correct", spans=(ONE, TWO), suggested=(ONE,)), True, 2, 3),
        (an_answer("ner.correct", spans=(), suggested=(ONE,)), True, 0, 1),
        (an_answer("ner.correct", spans=(), suggested=()), True, 0, 0),
        (an_answer("ner.correct", "reject", spans=(), suggested=(ONE,)), True, 0, 0),
        (an_answer("ner.manual", spans=(ONE,), suggested=(ONE,)), True, 0, 0),
        (an_answer("ner.manual", spans=(ONE,), suggested=(TWO,), foreseen=(ONE,)), True, 2, 2),
        (an_answer("ner.manual", spans=(ONE,), suggested=(ONE,), foreseen=()), True, 0, 1),
        (an_answer("ner.teach", spans=(ONE,), suggested=(ONE,), score=0.7), True, 1, 1),
        (an_answer("ner.teach", "reject", spans=(ONE,), suggested=(ONE,), score=0.7), True, 0, 1),
        (an_answer("ner.teach", "reject", spans=(ONE,), suggested=(ONE,), score=0.1), True, 1, 1),
        (an_answer("ner.teach", spans=(ONE,), suggested=(ONE,), foreseen=(ONE,)), True, 1, 1),
        (an_answer("ner.teach", "reject", spans=(ONE,), foreseen=(ONE, TWO)), True, 0, 1),
        (an_answer("ner.teach", spans=(ONE,), suggested=(ONE,)), True, 0, 0),
        (an_answer("textcat.teach", "reject", label="A", score=0.2), True, 1, 1),
        (an_answer("textcat.teach", "reject", label="A"), True, 0, 0),
        (an_answer(answer="ignore", suggested={"A": 0.9}), True, 0, 0),
        (an_answer(accept=("A",), suggested={"A": 0.9}, model_version=None), True, 0, 0),
    ],
)
def test_an_answer_is_compared_with_what_the_model_had_said(answer, exclusive, right, possible):
    assert foreseen(answer, exclusive=exclusive)[:2] == (right, possible)


@pytest.mark.parametrize(
    ("why", "counts"), [("random", True), ("audit", True), ("margin", False), ("pattern", False)]
)
def test_only_questions_drawn_at_random_speak_for_the_pool(why: str, counts: bool):
    foresight = Foresight(exclusive=True)
    for number in range(12):
        foresight.push(an_answer(number=number, why=why, accept=("A",), suggested={"A": 0.9}))
    assert foresight.accuracy == 1.0
    assert (foresight.estimates[0] is not None) == counts


answers = st.builds(
    an_answer,
    view=st.sampled_from(["ner.correct", "ner.manual", "ner.teach"]),
    answer=st.sampled_from(["accept", "reject", "ignore"]),
    why=st.sampled_from(["random", "entropy"]),
    spans=st.sampled_from([(), (ONE,), (ONE, TWO)]),
    suggested=st.sampled_from([(), (ONE,), (TWO,)]),
    foreseen=st.sampled_from([None, (), (ONE,), (ONE, TWO)]),
    score=st.sampled_from([None, 0.2, 0.8]),
)


def a_task() -> Task:
    return Task("text", 1, 1, "ner.correct", LABELS)


@given(st.lists(answers, max_size=80), st.lists(answers, max_size=20))
def test_answers_taken_back_leave_no_trace(standing: list[Answer], undone: list[Answer]):
    never, history = History(exclusive=True), History(exclusive=True)
    for each in standing:
        never.push(a_task(), each)
        history.push(a_task(), each)
    before = never.progress(remaining=1, target=None)
    for number, each in enumerate(undone):
        history.push(a_task(), replace(each, answer_id=f"undone {number}"))
        history.progress(remaining=1, target=None)
    for number, _ in enumerate(undone):
        history.remove(f"undone {number}")
    assert history.progress(remaining=1, target=None) == before


def test_an_estimate_speaks_of_the_model_as_it_is_now():
    foresight = Foresight(exclusive=True)
    for number in range(400):
        chosen = "A" if number >= 200 else "B"
        foresight.push(an_answer(number=number, accept=(chosen,), suggested={"A": 0.9, "B": 0.1}))
    live_accuracy, _ = foresight.estimates
    assert foresight.accuracy == 0.5
    assert live_accuracy.value > 0.8
    assert live_accuracy.n == 400


def simulated(store: nb.Store, n: int, view: str = "textcat.manual", **keywords: Any):
    learner = CountingLearner(*LABELS, spans=view.startswith("ner."))
    texts = [f"Text number {i} of Many" for i in range(120)]
    session = a_session(
        texts, view, store=store, learner=learner, session_id="s", strategy="random", **keywords
    )
    for number in range(n):
        if session.view.layout == "choice":
            answer_any(settled(session), accept=[LABELS[number % 3 == 0]])
        elif number % 2:
            answer_any(settled(session), spans=session.shown.foreseen)
        else:
            answer_any(settled(session))
    return session


@pytest.mark.parametrize(
    "view", ["textcat.manual", "textcat.correct", "ner.correct", "ner.manual"]
)
def test_a_restart_gives_the_same_numbers(tmp_path: Path, view: str):
    path = tmp_path / "answers.duckdb"
    with nb.Store(path) as store:
        session = simulated(store, 60, view)
        before = session.progress
        session.close()
    with nb.Store(path) as store:
        again = simulated(store, 0, view)
        assert again.progress == before
        assert before.live_accuracy is not None
        again.close()


def test_undo_gives_back_the_numbers_of_before():
    with nb.Store(":memory:") as store:
        session = simulated(store, 55)
        before = session.progress
        answer_any(session, accept=["B"])
        assert session.progress != before
        session.undo()
        assert session.progress == before
        session.close()


@pytest.mark.parametrize("view", ["ner.manual", "textcat.manual"])
def test_a_manual_view_keeps_the_model_s_reading_from_the_page_and_with_the_answer(view: str):
    with nb.Store(":memory:") as store:
        session = simulated(store, 0, view)
        settled(session)
        task = session.shown
        sent = wire_task(session, task)
        assert sent["score"] is None
        assert all(option["score"] is None for option in sent["options"])
        assert sent["spans"] == []
        assert "foreseen" not in json.dumps(sent)
        stored = answer_any(session)
        [read_back] = store.answers("d")
        if view == "ner.manual":
            assert stored.foreseen == read_back.foreseen == task.foreseen
            assert task.foreseen
            assert session.undo() == stored
            assert session.shown.spans == ()
        else:
            assert all(score is not None for score in read_back.suggested.values())
        session.close()


def test_patterns_shown_in_a_manual_view_are_not_the_model_s_reading():
    class Blind(CountingLearner):
        def predict(self, texts):
            return [Prediction() for _ in texts]

    pattern = [{"label": "A", "pattern": "word"}]
    with nb.Store(":memory:") as store:
        ann = nb.annotate(
            ["a word here"] * 1, view="ner.manual", labels=LABELS, learner=Blind(*LABELS),
            store=store, patterns=pattern,
        )  # fmt: skip
        stored = ann.session.answer("accept", task_hash=ann.session.task.task_hash)
        assert stored.spans
        assert stored.foreseen == ()
        assert ann.session.progress.accuracy == 0.0
        ann.close()


def test_the_page_is_sent_the_numbers_as_json():
    with nb.Store(":memory:") as store:
        session = simulated(store, 60)
        sent = json.loads(json.dumps(wire_status(session, []), allow_nan=False))["progress"]
        assert set(sent["live_accuracy"]) == {"value", "low", "high", "n"}
        assert set(sent["outlook"]) == {"answers", "value", "low", "high"}
        session.close()
        fresh = a_session(view="textcat.manual")
        sent = wire_status(fresh, [])["progress"]
        assert sent["live_accuracy"] is sent["outlook"] is None
        fresh.close()


def test_progress_is_readable():
    with nb.Store(":memory:") as store:
        session = simulated(store, 60)
        shown = repr(session.progress)
        assert "live_accuracy=0." in shown
        assert "after 100 more answers" in shown
        session.close()
