"""A yes or no about a span may be answered for its whole text instead."""

from __future__ import annotations

import pytest

from nbannotate.errors import AnswerError
from nbannotate.store import Store
from nbannotate.tasks import Span
from tests.loops import CountingLearner, a_session, settled

TEXTS = ("Aspirin or Ibuprofen", "Codeine at noon", "Nothing else")


def asking(view: str = "ner.teach", store: Store | None = None, **keywords: str):
    learner = CountingLearner(spans=True)
    return settled(a_session(TEXTS, view, learner=learner, store=store, **keywords))


@pytest.mark.parametrize("view", ["ner.teach", "spans.teach"])
def test_all_spans_of_a_text_are_stored_as_a_correction(view):
    session = asking(view)
    task = session.task
    stored = session.answer("accept", spans=task.prediction)
    assert stored.view == view.replace("teach", "correct")
    assert (stored.spans, stored.suggested) == (task.prediction, task.prediction)
    assert stored.label is None
    settled(session)
    assert session.store.answers("d")[0] == stored
    assert session.task.input_hash != task.input_hash
    assert not session.pool.is_open(task.input_hash)


def test_undo_of_a_correction_asks_the_very_question_again():
    session = asking()
    task = session.task
    session.answer("accept", spans=[])
    assert session.undo().spans == ()
    assert session.task == task
    assert session.pool.is_open(task.input_hash)
    assert session.answer("reject").view == "ner.teach"


@pytest.mark.parametrize("kind", ["reject", "ignore"])
def test_only_an_accept_speaks_of_the_whole_text(kind):
    session = asking()
    with pytest.raises(AnswerError, match="these and no others"):
        session.answer(kind, spans=[Span(0, 7, "A")])
    assert session.progress.answered == 0


def test_a_text_that_was_corrected_is_not_asked_again_after_a_restart():
    store = Store(":memory:")
    session = asking(store=store)
    corrected = session.task.input_hash
    session.answer("accept", spans=[])
    session.close()
    again = asking(store=store)
    while (task := again.task) is not None:
        assert task.input_hash != corrected
        again.answer("reject")
        settled(again)


@pytest.mark.parametrize("view", ["ner.teach", "spans.teach"])
@pytest.mark.parametrize("marked", [True, False])
def test_after_a_restart_undo_takes_back_the_last_answer_though_it_was_a_correction(view, marked):
    store = Store(":memory:")
    session = asking(view, store, session_id="s")
    session.answer("reject")
    settled(session)
    stored = session.answer("accept", spans=session.task.prediction if marked else [])
    session.close()
    again = asking(view, store, session_id="s")
    assert again.progress.answered == 2
    assert again.undo() == stored
    assert again.task.input_hash == stored.input_hash
    assert again.answer("accept", spans=[]).view == stored.view
    assert again.progress.answered == 2
    changed = again.change(again.history[-1].answer_id, "accept", spans=stored.spans)
    assert (changed.view, changed.spans) == (stored.view, stored.spans)
