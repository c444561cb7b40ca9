"""What the page is spared is not lost: it is kept with the answer, and measures the model."""

from __future__ import annotations

from nbannotate.acquisition.suggestions import SUGGESTIONS_NEEDED
from tests.loops import CountingLearner, a_session, settled

TEXTS = tuple(f"Aspirin {number}" for number in range(SUGGESTIONS_NEEDED + 8))


def test_spans_that_cost_more_time_than_they_save_are_held_back_and_kept_with_the_answer():
    session = a_session(TEXTS, "ner.correct", learner=CountingLearner(spans=True))
    assert settled(session).task.spans
    for _ in range(SUGGESTIONS_NEEDED + 4):
        settled(session).answer("accept", spans=[])
    assert settled(session).task.spans == ()
    stored = session.answer("accept", spans=[])
    assert stored.suggested == ()
    assert [span.text_of(stored.text) for span in stored.foreseen] == ["Aspirin"]
    assert session.progress.accuracy == 0.0


def test_spans_come_back_once_they_are_right():
    session = a_session(TEXTS, "ner.correct", learner=CountingLearner(spans=True))
    for _ in range(SUGGESTIONS_NEEDED + 4):
        settled(session).answer("accept", spans=[])
    for _ in range(SUGGESTIONS_NEEDED + 4):
        session.undo()
    assert settled(session).task.spans
