"""The laws of the loop, with a learner that keeps what it was taught."""

from __future__ import annotations

import inspect
import threading
from pathlib import Path

import pytest

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
from nbannotate.tasks import PARTS, VIEWS, find_view
from tests.loops import CountingLearner, a_session
from tests.session.fakes import RecordingLearner

TEXTS = [f"word{n} is text number {n}" for n in range(12)]
LABELS = ["A", "B"]
WAIT_SECONDS = 30


def start(store, view="textcat.manual", texts=TEXTS, learner=None, **keywords) -> Session:
    learner = learner or RecordingLearner(LABELS)
    labels = LABELS if find_view(view, exclusive=True).takes_labels else ()
    return nb.annotate(
        texts,
        view=view,
        relations=("NEAR",) if "relations" in view else (),
        labels=labels,
        learner=learner,
        store=store,
        dataset="d",
        **keywords,
    ).session


def give(session: Session) -> nb.Answer:
    """Give an answer that fits the session's view."""
    if session.view.layout == "choice":
        return session.answer("accept", accept=[LABELS[0]])
    return session.answer("accept")


@pytest.fixture(params=["file", "memory"])
def store(request, tmp_path: Path):
    path = ":memory:" if request.param == "memory" else tmp_path / "answers.duckdb"
    with nb.Store(path) as opened:
        yield opened


@pytest.fixture
def learner() -> RecordingLearner:
    return RecordingLearner(LABELS)


def stored_ids(session: Session) -> list[str]:
    return session.store.annotations("d")["answer_id"].tolist()


@pytest.mark.parametrize("view", VIEWS)
def test_every_answer_is_stored_learned_and_in_the_history(store, view, learner):
    session = start(store, view, learner=learner)
    given = [give(session).answer_id for _ in range(6)]
    assert session.join(WAIT_SECONDS)
    assert stored_ids(session) == given
    assert learner.seen == given
    assert [answer.answer_id for answer in session.history] == given
    assert session.progress.answered == 6


@pytest.mark.parametrize("view", VIEWS)
def test_no_task_is_asked_twice_and_the_loop_ends(store, view):
    session = start(store, view)
    asked = []
    while (task := session.task) is not None:
        asked.append(task.task_hash)
        session.answer("ignore" if session.view.layout != "binary" else "reject")
    assert len(asked) == len(set(asked))
    assert set(TEXTS) == set(store.annotations("d")["text"])
    assert session.phase == "finished"
    assert session.progress.remaining == 0
    with pytest.raises(AnswerError, match="all texts"):
        session.answer("ignore")


def test_the_promised_task_is_the_next_one(store):
    session = start(store)
    for _ in range(8):
        session.join(WAIT_SECONDS)
        promised = session.ahead
        give(session)
        assert session.shown == promised


def test_answers_faster_than_the_model_wait_for_nothing(store, learner):
    session = start(store, learner=learner)
    session.join(WAIT_SECONDS)
    learner.gate.clear()
    given = [give(session).answer_id for _ in range(5)]
    assert session.model.state == "learning"
    assert stored_ids(session) == given
    assert learner.seen == []
    learner.gate.set()
    assert session.join(WAIT_SECONDS)
    assert learner.seen == given


def test_undo_takes_back_row_learning_and_task(store, learner):
    session = start(store, learner=learner)
    first = give(session)
    task = session.task
    second = give(session)
    session.join(WAIT_SECONDS)
    assert session.undo() == second
    session.join(WAIT_SECONDS)
    assert session.task == task
    assert stored_ids(session) == learner.seen == [first.answer_id]
    assert session.progress.counts == {"A": 1}
    history = store.annotations("d", history=True)
    assert history["stands"].tolist() == [True, False]


def test_undo_of_an_answer_that_waits_keeps_the_model_from_it(store, learner):
    session = start(store, learner=learner)
    session.join(WAIT_SECONDS)
    learner.gate.clear()
    first = give(session)
    give(session)
    session.undo()
    learner.gate.set()
    session.join(WAIT_SECONDS)
    assert learner.seen == [first.answer_id]


def test_undo_reaches_back_to_the_first_answer_and_then_says_none(store, learner):
    session = start(store, learner=learner)
    for _ in range(4):
        give(session)
    for _ in range(4):
        assert session.undo() is not None
    assert session.undo() is None
    session.join(WAIT_SECONDS)
    assert learner.seen == []
    assert stored_ids(session) == []


def test_after_undo_the_tasks_that_were_next_come_again(store):
    session = start(store)
    session.join(WAIT_SECONDS)
    give(session)
    session.join(WAIT_SECONDS)
    shown = session.task
    session.undo()
    give(session)
    assert session.task == shown


def test_undo_when_finished_asks_the_last_text_again(store):
    session = start(store, texts=TEXTS[:1])
    give(session)
    assert session.task is None
    session.undo()
    assert session.task.text == TEXTS[0]
    assert session.phase == "asking"


def test_an_answer_delivered_twice_is_stored_and_learned_once(store, learner):
    session = start(store, learner=learner)
    task = session.task
    for _ in range(2):
        session.answer("accept", accept="A", answer_id="once", task_hash=task.task_hash)
    session.join(WAIT_SECONDS)
    assert stored_ids(session) == learner.seen == ["once"]


def test_an_answer_to_a_text_that_was_answered_elsewhere_names_that_answer(store):
    session = start(store)
    task = session.task
    elsewhere = session.answer("accept", accept="A").answer_id
    with pytest.raises(StaleTaskError, match=f"answered elsewhere meanwhile.*'{elsewhere}'"):
        session.answer("accept", accept="B", task_hash=task.task_hash)
    with pytest.raises(StaleTaskError, match="for another text than the one shown"):
        session.answer("accept", accept="B", task_hash=1)
    assert stored_ids(session) == [elsewhere]


@pytest.mark.parametrize(
    ("view", "answer", "error"),
    [
        ("textcat.manual", {"answer": "accept", "accept": ["C"]}, LabelError),
        ("textcat.manual", {"answer": "accept"}, AnswerError),
        ("textcat.manual", {"answer": "accept", "accept": ["A", "B"]}, AnswerError),
        ("textcat.manual", {"answer": "accept", "spans": []}, AnswerError),
        ("textcat.manual", {"answer": "perhaps"}, AnswerError),
        ("textcat.manual", {"answer": "ignore", "task_hash": 1}, StaleTaskError),
        ("ner.correct", {"answer": "accept", "spans": [(0, 3, "A")]}, SpanError),
        ("ner.correct", {"answer": "accept", "spans": [(0, 500, "A")]}, SpanError),
        ("ner.correct", {"answer": "accept", "spans": [(-1, 5, "A")]}, SpanError),
        ("ner.correct", {"answer": "accept", "spans": [(5, 5, "A")]}, SpanError),
        ("ner.correct", {"answer": "accept", "spans": [(0, 8, "A"), (0, 5, "B")]}, SpanError),
        ("ner.correct", {"answer": "accept", "spans": [(0, 5, "C")]}, LabelError),
        ("ner.correct", {"answer": "accept", "accept": ["A"]}, AnswerError),
        ("ner.teach", {"answer": "reject", "spans": []}, AnswerError),
    ],
)
def test_an_answer_that_does_not_fit_is_refused_and_nothing_is_stored(view, answer, error):
    texts = ["word1 is short"] * 1
    learner = None if view.startswith("textcat") or view == "ner.teach" else False
    with nb.Store(":memory:") as store:
        if learner is False:
            ann = nb.annotate(
                texts,
                view=view,
                relations=("NEAR",) if "relations" in view else (),
                labels=LABELS,
                nlp=False,
                store=store,
                dataset="d",
            )
            session = ann.session
        else:
            session = start(store, view, texts)
        task = session.task
        if answer.get("spans"):
            named = [
                dict(zip(("start", "end", "label"), span, strict=True)) for span in answer["spans"]
            ]
            answer = {**answer, "spans": named}
        with pytest.raises(error):
            session.answer(**answer)
        assert store.annotations("d").empty
        assert session.task == task
        assert session.progress.answered == 0


def test_a_span_that_claims_another_text_than_it_covers_is_refused():
    with nb.Store(":memory:") as store:
        session = nb.ner.manual(["🚲 bike"], labels=LABELS, store=store).session
        with pytest.raises(SpanError, match="code points"):
            session.answer("accept", spans=[{"start": 0, "end": 1, "label": "A", "text": "bike"}])
        bike = {"start": 2, "end": 6, "label": "A", "text": "bike"}
        assert session.answer("accept", spans=[bike]).spans[0].start == 2


def test_an_error_of_the_store_keeps_the_task(store, monkeypatch):
    session = start(store)
    task = session.task

    def fail(_):
        raise StoreError("no space left")

    monkeypatch.setattr(store, "append", fail)
    with pytest.raises(StoreError):
        give(session)
    monkeypatch.undo()
    assert session.task == task
    assert session.progress.answered == 0
    give(session)
    assert len(stored_ids(session)) == 1


def test_a_model_that_raises_pauses_and_answers_go_on_until_it_resumes(store, learner):
    session = start(store, learner=learner)
    session.join(WAIT_SECONDS)
    learner.fails = True
    given = [give(session).answer_id for _ in range(3)]
    session.join(WAIT_SECONDS)
    assert session.model.state == "paused"
    assert "ArithmeticError" in session.model.message
    assert "Traceback" in session.model_traceback
    assert stored_ids(session) == given
    assert session.task is not None
    learner.fails = False
    session.resume_model()
    session.join(WAIT_SECONDS)
    assert learner.seen == given
    assert session.model.state == "ready"


def test_a_session_named_again_goes_on_where_it_was(tmp_path):
    path = tmp_path / "answers.duckdb"
    with nb.Store(path) as store:
        session = start(store, session_id="s")
        given = [give(session).answer_id for _ in range(5)]
        session.close()
    learner = RecordingLearner(LABELS)
    with nb.Store(path) as store:
        again = start(store, session_id="s", learner=learner)
        assert again.task.text not in set(store.annotations("d")["text"])
        assert learner.seen == given
        assert again.progress.answered == 5
        again.undo()
        again.join(WAIT_SECONDS)
        assert learner.seen == given[:-1]
        again.close()


def test_a_session_of_another_name_asks_its_annotator_nothing_twice(store):
    first = start(store, annotator="alice", session_id="monday")
    for _ in range(5):
        give(first)
    second = start(store, annotator="alice", session_id="tuesday")
    other = start(store, annotator="bob")
    assert second.progress.remaining == len(TEXTS) - 5
    assert other.progress.remaining == len(TEXTS)


def test_a_cell_run_again_supersedes_its_former_session(store):
    first = start(store)
    second = start(store)
    assert first.phase == "closed"
    assert second.phase == "asking" or second.task
    with pytest.raises(SessionClosedError, match="newer cell"):
        give(first)


def test_learn_from_chooses_the_answers_that_the_model_is_rebuilt_from(store, learner):
    alice = start(store, annotator="alice", session_id="a")
    bob = start(store, annotator="bob", session_id="b")
    of_alice = [give(alice).answer_id for _ in range(3)]
    give(bob)
    start(store, session_id="c", learner=learner, learn_from={"annotator": "alice"}).task  # noqa: B018
    assert learner.seen == of_alice


@pytest.mark.parametrize("named", [{}, {"session_id": "s"}])
def test_what_the_loop_answered_itself_is_learned_after_a_restart_whatever_is_chosen(store, named):
    give(start(store, annotator="bob", session_id="b"))
    chosen = {"annotator": "alice", "learn_from": {"annotator": "bob"}, **named}
    live = start(store, learner=(learner := RecordingLearner(LABELS)), **chosen)
    for _ in range(3):
        give(live)
    live.join(WAIT_SECONDS)
    live.close()
    again = start(store, learner=(rebuilt := RecordingLearner(LABELS)), **chosen)
    again.join(WAIT_SECONDS)
    assert len(rebuilt.seen) == 4
    assert rebuilt.seen == learner.seen


def test_use_replays_what_is_stored_and_learns_what_comes(store):
    session = start(store)
    given = [give(session).answer_id for _ in range(3)]
    session.join(WAIT_SECONDS)
    other = RecordingLearner(LABELS)
    session.use(other, "v1")
    assert other.remembered == given
    later = give(session)
    session.join(WAIT_SECONDS)
    assert other.seen == [later.answer_id]
    assert session.model.version == "v1"


def test_a_question_says_which_version_asked_it_and_why(store):
    session = start(store)
    answer = give(session)
    assert answer.model_version == "base"
    assert answer.why
    assert answer.seconds >= 0


def test_many_threads_answering_at_once_store_each_task_once(store, learner):
    session = start(store, learner=learner, texts=[f"text {n}" for n in range(80)])

    def work():
        for _ in range(15):
            try:
                give(session)
            except AnswerError:
                return

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session.join(WAIT_SECONDS)
    rows = store.annotations("d")
    assert len(rows) == rows["task_hash"].nunique() == 60
    assert sorted(learner.seen) == sorted(rows["answer_id"])


def test_progress_reads_as_attributes_and_as_a_mapping(store):
    session = start(store, target=9)
    give(session)
    progress = session.progress
    assert dict(progress)["answered"] == progress["answered"] == progress.answered == 1
    assert progress.target == 9
    assert progress.accuracy == 1.0
    with pytest.raises(KeyError):
        progress["none"]


def test_a_flag_and_a_note_are_kept_with_the_answer_and_found_again(store, learner):
    session = start(store, learner=learner)
    given = session.answer("accept", accept="A", flagged=True, note="  B as well?\n")
    session.answer("accept", accept="A", note=" ")
    assert (given.flagged, given.note) == (True, "B as well?")
    rows = store.annotations("d")
    assert rows["flagged"].tolist() == [True, False]
    assert rows["note"].isna().tolist() == [False, True]
    assert store.annotations("d", where="flagged")["note"].tolist() == ["B as well?"]
    assert store.sql("select note from annotations where flagged")["note"].tolist() == [
        "B as well?"
    ]


def test_a_note_that_is_no_text_is_refused_and_nothing_is_stored(store):
    session = start(store)
    with pytest.raises(AnswerError, match="note=7 is no text"):
        session.answer("ignore", note=7)
    assert store.annotations("d").empty


@pytest.mark.parametrize("method", [Session.answer, Session.change])
def test_a_notebook_shows_the_parts_of_an_answer_by_their_names(method):
    shown = inspect.signature(method).parameters
    assert [name for name in shown if name in PARTS] == list(PARTS)
    assert all(shown[name].default is None for name in PARTS)
    assert "parts" not in shown


@pytest.mark.parametrize("has_model", [True, False])
def test_a_closed_session_takes_no_model(has_model):
    session = a_session(learner=CountingLearner() if has_model else None)
    session.close()
    with pytest.raises(SessionClosedError, match="closed"):
        session.use(CountingLearner())
    assert session.model.learned == 0


def test_of_one_label_alone_the_error_says_how_none_may_apply():
    session = a_session(labels=("A",))
    with pytest.raises(AnswerError, match="exclusive=False if none may apply"):
        session.answer("accept", accept=[])
    session.close()
