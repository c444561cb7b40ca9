"""Laws of answers to what an earlier kernel asked: each is stored once, whatever is current now."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from nbannotate.errors import StaleTaskError
from nbannotate.session import Session
from nbannotate.store import Store
from nbannotate.tasks import VIEWS, Task
from nbannotate.widget.messages import wire_task
from tests.loops import TAUGHT, CountingLearner, a_session, settled
from tests.session.given_answers import TEXTS, a_review, a_store, said

WORDS = [f"Word{letter} is one" for letter in "abcdefgh"]


def begin(view: str, words: list[str], store: Store | None = None) -> Session:
    learner = CountingLearner(spans=not view.startswith("textcat")) if view in TAUGHT else None
    return settled(a_session(words, view, learner=learner, store=store))


def question_of(session: Session, task: Task) -> dict[str, Any]:
    wired: Any = wire_task(session, task)
    names = ("input_hash", "spans", "prediction", "options", "label", "score", "why")
    return {name: wired[name] for name in names} | {"model_version": None}


def deliver(session: Session, task: Task, question: dict[str, Any], answer_id: str) -> Any:
    parts = {"accept": ["A"]} if session.view.shows("choice") else {}
    return session.answer(
        "accept", task_hash=task.task_hash, question=question, answer_id=answer_id, **parts
    )


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("seed", range(3))
def test_what_an_earlier_kernel_asked_is_stored_whatever_is_asked_now(view: str, seed: int):
    first = begin(view, WORDS)
    left = [(task, question_of(first, task)) for task in (first.task, first.ahead) if task]
    first.close()
    others = Random(seed).sample(WORDS, len(WORDS))
    session = begin(view, others)
    for number, (task, question) in enumerate(left):
        before = session.task
        stored = deliver(session, task, question, f"left-{number}")
        assert (stored.text, stored.task_hash) == (task.text, task.task_hash)
        settled(session)
        assert session.task is not None
        if before.input_hash != task.input_hash:
            assert session.task.task_hash == before.task_hash
        on_page = {each.task_hash for each in (session.task, session.ahead) if each}
        assert task.task_hash not in on_page
    assert session.progress.answered == len(left)
    assert len(session.store.answers()) == len(left)
    session.close()


def test_it_is_stored_with_what_was_suggested_then_and_counts_like_any_other():
    first = begin("ner.correct", WORDS)
    task = first.task
    question = question_of(first, task)
    first.close()
    session = begin("ner.correct", WORDS[::-1])
    stored = deliver(session, task, question, "left")
    assert stored.suggested == task.spans
    assert (stored.score, stored.why, stored.spans) == (task.score, task.why, task.spans)
    assert [each.answer_id for each in session.history] == ["left"]
    assert deliver(session, task, question, "left") == stored
    assert session.undo() == stored
    assert session.task.text == task.text
    session.close()


def test_a_text_that_is_answered_already_is_stale_and_so_is_one_that_there_is_not():
    first = a_session(WORDS)
    task, question = first.task, question_of(first, first.task)
    first.answer("accept", accept="B")
    for session in (first, a_session(["Something else"])):
        with pytest.raises(StaleTaskError):
            deliver(session, task, question, "left")
    assert len(first.history) == 1


@pytest.mark.parametrize("wrong", [{"input_hash": "7"}, {"spans": []}])
def test_a_question_that_is_not_the_one_of_the_hash_is_stale(wrong):
    first, session = begin("ner.teach", WORDS), begin("ner.teach", WORDS[::-1])
    task = next(each for each in (first.task, first.ahead) if each != session.task)
    question = question_of(first, task)
    with pytest.raises(StaleTaskError):
        deliver(session, task, {**question, **wrong}, "left")
    assert deliver(session, task, question, "left").task_hash == task.task_hash
    first.close()
    session.close()


def test_a_decision_on_another_text_of_a_review_is_taken():
    store = a_store(*(said(who, text, answer=kind) for text in TEXTS[:2] for who, kind in [("alice", "accept"), ("bob", "reject")]))  # fmt: skip
    first = a_review(store).session
    ahead = first.ahead
    question = question_of(first, ahead)
    first.close()
    session = a_review(store).session
    shown = session.task
    assert (
        session.answer("accept", version=0, task_hash=ahead.task_hash, question=question).text
        == ahead.text
    )
    assert (session.task, session.ahead) == (shown, None)
    session.close()
