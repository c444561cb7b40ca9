"""Laws of a model that is yet to be made: the first question does not wait for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

import nbannotate as nb
from nbannotate.errors import PipelineError
from nbannotate.learning import Learner, UnmadeLearner, make_learner
from nbannotate.session import Session
from nbannotate.tasks import COMPONENTS, Component
from tests.loops import a_session, answer_any, settled, standing_ids

LABELS = ("A", "B")
TEXTS = [f"text {n} of many words" for n in range(20)]
WAIT_SECONDS = 60


def begun(view: str, make: Callable[[], Learner], component: Component = "ner") -> Session:
    return a_session(TEXTS, view, learner=UnmadeLearner(make, component, LABELS))


@pytest.mark.parametrize("component", COMPONENTS)
@pytest.mark.parametrize("exclusive", [True, False])
@pytest.mark.parametrize("labels", [("A",), ("A", "B"), ("A", "B", "C")])
def test_it_says_what_the_blank_model_says_that_is_made(
    component: Component, exclusive: bool, labels: tuple[str, ...]
):
    def make() -> Learner:
        return make_learner(component, labels=labels, exclusive=exclusive)

    unmade = UnmadeLearner(make, component, labels, exclusive)
    made = unmade.make()
    assert (unmade.labels, unmade.learned) == (made.labels, made.learned)
    for said, meant in zip(unmade.predict(TEXTS), made.predict(TEXTS), strict=True):
        assert said.cats == pytest.approx(dict(meant.cats))
        assert said.spans == meant.spans == ()


@pytest.mark.parametrize("view", ["ner.correct", "ner.teach", "textcat.correct", "textcat.teach"])
def test_questions_are_asked_and_answers_stored_before_the_model_is_there(view: str):
    may_go_on = threading.Event()
    component: Component = "ner" if view.startswith("ner") else "textcat"

    def make() -> Learner:
        assert may_go_on.wait(WAIT_SECONDS)
        return make_learner(component, labels=LABELS)

    session = begun(view, make, component)
    answers = [answer_any(session) for _ in range(3)]
    assert session.model.learned == 0
    assert [each.answer_id for each in session.store.answers(session.dataset)] == [
        each.answer_id for each in answers
    ]
    may_go_on.set()
    assert settled(session).model.learned == 3
    session.close()


def test_a_model_that_cannot_be_made_is_paused_and_made_when_it_goes_on():
    broken: list[Any] = [ValueError("no memory")]

    def make() -> Learner:
        if broken:
            raise broken[0]
        return make_learner("ner", labels=LABELS)

    session = begun("ner.correct", make)
    answer_any(session)
    settled(session)
    assert (session.model.state, session.model.message) == ("paused", "ValueError: no memory")
    broken.clear()
    session.resume_model()
    assert settled(session).model.learned == 1
    session.close()


def test_a_session_closed_at_once_still_has_its_pipeline():
    session = begun("ner.correct", lambda: make_learner("ner", labels=LABELS))
    session.close()
    assert session.nlp.pipe_names == ["ner"]


def test_a_label_may_come_before_the_model_does():
    session = begun("ner.correct", lambda: make_learner("ner", labels=LABELS))
    session.add_label("NEW")
    answer_any(session)
    assert settled(session).nlp.get_pipe("ner").labels == (*LABELS, "NEW")
    session.close()


def test_a_language_that_is_none_is_refused_in_the_cell():
    for view in ("ner.correct", "ner.manual"):
        with pytest.raises(PipelineError, match="lang='qq' is no language"):
            nb.annotate(TEXTS, view=view, labels=LABELS, lang="qq", store=":memory:")


def test_a_strategy_that_raises_pauses_the_model_and_answers_go_on():
    def broken(*_: object) -> None:
        raise ZeroDivisionError("no order")

    session = a_session(
        TEXTS,
        "ner.correct",
        learner=UnmadeLearner(lambda: make_learner("ner", labels=LABELS), "ner", LABELS),
        strategy=broken,
    )
    answers = [answer_any(session) for _ in range(3)]
    assert [each.text for each in answers] == TEXTS[:3]
    message = settled(session).model.message
    assert message.startswith(
        "ValueError: the strategy 'broken' raised ZeroDivisionError: no order"
    )
    assert standing_ids(session) == [each.answer_id for each in answers]
    session.close()


def test_neither_a_label_nor_another_model_makes_it():
    def make() -> Learner:
        raise AssertionError("nobody needs it")

    session = begun("ner.correct", make)
    session.add_label("NEW")
    other = make_learner("ner", labels=(*LABELS, "NEW"))
    session.use(other)
    answer_any(session)
    assert (settled(session).model.state, other.learned) == ("ready", 1)
    session.close()


def test_another_model_takes_the_place_of_one_that_cannot_be_made():
    def make() -> Learner:
        raise MemoryError("no room")

    session = begun("textcat.correct", make, "textcat")
    answer_any(session)
    assert settled(session).model.state == "paused"
    other = make_learner("textcat", labels=LABELS)
    session.use(other)
    assert (settled(session).model.state, other.learned) == ("ready", 1)
    session.close()
