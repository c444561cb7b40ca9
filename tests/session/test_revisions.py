"""Laws of answers changed after the fact: one form stands, everywhere, and nothing is lost."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nbannotate as nb
from nbannotate.errors import (
    AnswerError,
    LabelError,
    SessionClosedError,
    SpanError,
    StaleTaskError,
    StoreError,
)
from nbannotate.session import Session
from nbannotate.store import Store
from nbannotate.tasks import VIEWS, Span
from tests.learning.answers import gold_texts
from tests.loops import (
    PATIENCE_SECONDS,
    CountingLearner,
    a_session,
    answer_any,
    settled,
    standing_ids,
)

WORDS = [f"Word{letter} is one" for letter in "abcdefghijkl"]


def other_parts(session: Session) -> dict:
    """Another answer than `answer_any` gives."""
    if session.view.layout == "choice":
        return {"answer": "accept", "accept": ["B"]}
    if session.view.layout == "spans":
        return {"answer": "accept", "spans": [Span(0, 5, "B")]}
    return {"answer": "reject"}


def a_learner(view: str) -> CountingLearner:
    return CountingLearner(spans=not view.startswith("textcat"))


@pytest.mark.parametrize("view", VIEWS)
def test_of_a_changed_answer_the_last_form_stands_in_store_history_and_model(view):
    learner = a_learner(view)
    session = settled(a_session(WORDS, view, learner=learner))
    given_ids = [answer_any(session).answer_id for _ in range(4)]
    settled(session)
    changed = session.change(given_ids[1], **other_parts(session))
    settled(session)
    expected = [given_ids[0], *given_ids[2:], changed.answer_id]
    assert changed.replaces == given_ids[1]
    assert standing_ids(session) == learner.seen_ids == expected
    assert [answer.answer_id for answer in session.history] == expected
    assert session.progress.answered == 4


@pytest.mark.parametrize("view", VIEWS)
def test_what_is_shown_and_promised_stays_when_an_earlier_answer_is_changed(view):
    session = settled(a_session(WORDS, view, learner=a_learner(view)))
    first = answer_any(session)
    settled(session)
    shown, ahead = session.shown, session.ahead
    session.change(first.answer_id, **other_parts(session))
    settled(session)
    assert (session.shown, session.ahead) == (shown, ahead)


@pytest.mark.parametrize("view", VIEWS)
def test_undo_takes_back_every_form_of_an_answer(view):
    learner = a_learner(view)
    session = settled(a_session(WORDS, view, learner=learner))
    first = answer_any(session)
    second = session.change(first.answer_id, **other_parts(session))
    third = session.change(second.answer_id, "ignore")
    assert session.undo() == third
    settled(session)
    assert standing_ids(session) == learner.seen_ids == []
    assert session.task.text == first.text
    history = session.store.annotations("d", history=True)
    assert history["answer_id"].tolist() == [each.answer_id for each in (first, second, third)]


STEPS = st.lists(
    st.tuples(st.sampled_from(["answer", "answer", "undo", "change"]), st.integers(0, 9)),
    max_size=16,
)


@settings(max_examples=40, deadline=None)
@given(steps=STEPS, view=st.sampled_from(["textcat.manual", "ner.correct", "ner.teach"]))
def test_whatever_is_answered_undone_and_changed_store_history_and_model_agree(steps, view):
    learner = a_learner(view)
    session = a_session(WORDS, view, learner=learner)
    for what, at in steps:
        if what == "answer" and session.task is not None:
            answer_any(session)
        elif what == "undo":
            session.undo()
        elif what == "change" and session.history:
            former = session.history[at % len(session.history)]
            session.change(former.answer_id, **other_parts(session))
    settled(session)
    history = [answer.answer_id for answer in session.history]
    assert standing_ids(session) == learner.seen_ids == history
    assert session.progress.answered == len(history)
    again = CountingLearner(spans=learner.spans)
    restarted = settled(
        a_session(WORDS, view, learner=again, store=session.store, session_id=session.session_id)
    )
    assert again.seen_ids == history
    assert [answer.answer_id for answer in restarted.history] == history
    while restarted.undo() is not None:
        pass
    assert standing_ids(restarted) == []
    restarted.close()


def test_parts_that_are_not_given_stay_as_they_were():
    session = a_session(WORDS, "ner.correct")
    first = session.answer("accept", spans=[Span(0, 5, "A")], flagged=True, note="see")
    second = session.change(first.answer_id, "accept")
    assert (second.spans, second.flagged, second.note) == (first.spans, True, "see")
    third = session.change(second.answer_id, "accept", spans=[], flagged=False, note="")
    assert (third.spans, third.flagged, third.note) == ((), False, None)


def test_that_no_label_applies_stays_when_something_else_is_changed():
    session = a_session(WORDS, "textcat.manual", exclusive=False)
    first = session.answer("accept", accept=[])
    assert session.change(first.answer_id, "accept", note="see").accept == ()
    refused = session.answer("reject")
    with pytest.raises(AnswerError, match="says no label"):
        session.change(refused.answer_id, "accept")


@pytest.mark.parametrize(
    ("parts", "error"),
    [
        ({"answer": "perhaps"}, AnswerError),
        ({"answer": "accept", "span": []}, TypeError),
        ({"answer": "accept", "spans": [{"start": 0, "end": 5, "label": "C"}]}, LabelError),
        ({"answer": "accept", "spans": [{"start": 0, "end": 3, "label": "A"}]}, SpanError),
        ({"answer": "accept", "accept": ["A"]}, AnswerError),
        ({"answer": "accept", "note": 3}, AnswerError),
    ],
)
def test_a_change_that_does_not_fit_is_refused_and_the_answer_stands(parts, error):
    session = a_session(WORDS, "ner.correct")
    first = answer_any(session)
    with pytest.raises(error):
        session.change(first.answer_id, **parts)
    assert standing_ids(session) == [first.answer_id]
    assert session.history == [first]


def test_what_is_no_answer_of_this_session_cannot_be_changed():
    session = a_session(WORDS)
    first = answer_any(session)
    session.undo()
    for unknown in ("nobody", first.answer_id):
        with pytest.raises(AnswerError, match=r"session\.history"):
            session.change(unknown, "ignore")


def test_a_change_that_cannot_be_written_leaves_all_as_it_was(monkeypatch):
    learner = CountingLearner()
    session = settled(a_session(WORDS, learner=learner))
    first = answer_any(session)

    def fail(_):
        raise StoreError("no space left")

    monkeypatch.setattr(session.store, "append", fail)
    with pytest.raises(StoreError):
        session.change(first.answer_id, "ignore")
    settled(session)
    assert session.history == [first]
    assert learner.seen_ids == [first.answer_id]


def test_a_change_delivered_twice_is_stored_once():
    session = a_session(WORDS)
    first = answer_any(session)
    for _ in range(2):
        session.change(first.answer_id, "ignore", new_id="once")
    assert standing_ids(session) == ["once"]
    session.undo()
    again = answer_any(session)
    with pytest.raises(StaleTaskError, match="id of its own"):
        session.change(again.answer_id, "ignore", new_id="once")


def test_a_closed_session_changes_nothing():
    session = a_session(WORDS)
    first = answer_any(session)
    session.close()
    with pytest.raises(SessionClosedError):
        session.change(first.answer_id, "ignore")


def test_an_answer_changed_while_the_model_learns_it_is_learned_in_its_last_form():
    learner = CountingLearner()
    session = settled(a_session(WORDS, learner=learner))
    learner.gate = threading.Event()
    first = answer_any(session)
    assert learner.entered.wait(PATIENCE_SECONDS)
    changed = session.change(first.answer_id, "accept", accept="B")
    learner.gate.set()
    settled(session)
    assert learner.seen == [changed]


def test_a_text_that_is_no_longer_settled_is_asked_about_again():
    session = a_session(["one"], "textcat.teach", learner=CountingLearner("A", "B"))
    first = answer_any(settled(session))
    settled(session)
    assert session.phase == "finished"
    session.change(first.answer_id, "reject")
    settled(session)
    assert session.task is not None
    assert session.task.label != first.label


def test_a_label_added_since_can_be_given_in_a_change():
    session = a_session(WORDS)
    first = answer_any(session)
    session.add_label("C")
    assert session.change(first.answer_id, "accept", accept="C").labels == ("A", "B", "C")


def test_a_yes_or_no_is_changed_into_a_correction_of_the_whole_text():
    session = settled(a_session(WORDS, "ner.teach", learner=CountingLearner(spans=True)))
    first = answer_any(session)
    changed = session.change(first.answer_id, "accept", spans=[Span(0, 5, "B")])
    assert changed.view == "ner.correct"
    assert standing_ids(session) == [changed.answer_id]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", ["two", "one"]),
        ("WORDB", ["two"]),
        ("accept", ["one"]),
        ("flagged", ["two"]),
        ("hm is", ["two"]),
        ("hm", ["two"]),
        ("worda wordb", []),
    ],
)
def test_answers_are_found_by_text_label_note_and_kind(words, found):
    session = a_session(WORDS)
    session.answer("accept", accept="A", answer_id="one")
    session.answer("reject", answer_id="two", flagged=True, note="Hm, B?")
    assert [answer.answer_id for answer in session.search(words)] == found


def test_the_newest_are_found_first_and_no_more_than_wanted():
    session = a_session(WORDS)
    ids = [answer_any(session).answer_id for _ in range(5)]
    assert [answer.answer_id for answer in session.search(limit=2)] == [ids[4], ids[3]]


def weights(ann: nb.Annotator) -> list[np.ndarray]:
    model = ann.nlp.get_pipe("ner").model
    return [node.get_param(name) for node in model.walk() for name in node.param_names]


@pytest.mark.parametrize("is_learned", [True, False])
def test_the_model_after_a_change_is_the_one_that_a_restart_makes(tmp_path: Path, is_learned):
    gold = dict(gold_texts(12))

    def start(store: Store) -> nb.Annotator:
        return nb.ner.correct(
            list(gold), labels=["DRUG"], store=store, dataset="d", session_id="s"
        )

    with Store(tmp_path / "answers.duckdb") as store:
        ann = start(store)
        for _ in range(5):
            ann.session.answer("accept", spans=[])
        former = ann.session.history[1]
        if is_learned:
            settled(ann.session)
        ann.session.change(former.answer_id, "accept", spans=gold[former.text])
        ann.session.answer("accept", spans=[])
        settled(ann.session)
        learned = weights(ann)
        ann.close()
        again = start(store)
        settled(again.session)
        pairs = zip(weights(again), learned, strict=True)
        assert all(np.array_equal(one, other) for one, other in pairs)
        again.close()
