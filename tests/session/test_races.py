"""Laws of the loop where two things happen at once, or where something breaks midway."""

from __future__ import annotations

import threading
from time import monotonic

import pytest

from nbannotate.errors import SessionClosedError, StaleTaskError
from nbannotate.learning import RefitLearner
from nbannotate.pool import Pool
from nbannotate.store import Store
from nbannotate.tasks import Answer, View
from tests.loops import (
    PATIENCE_SECONDS,
    CountingLearner,
    a_session,
    answer_any,
    settled,
    standing_ids,
)

WORDS = [f"Word{number} is one" for number in range(12)]


@pytest.fixture
def learner():
    return CountingLearner()


@pytest.fixture
def speller():
    """A learner that suggests every capitalised word, once for each label."""
    return CountingLearner(spans=True)


def held(learner: CountingLearner) -> threading.Event:
    """Make the learner wait within its next update, until the event is set."""
    learner.entered.clear()
    learner.gate = threading.Event()
    return learner.gate


# Undo


def test_undo_while_the_model_learns_that_answer_makes_it_forget(learner):
    session = settled(a_session(WORDS, learner=learner))
    gate = held(learner)
    answer_any(session)
    assert learner.entered.wait(PATIENCE_SECONDS)
    session.undo()
    again = answer_any(session)
    gate.set()
    settled(session)
    assert learner.seen_ids == standing_ids(session) == [again.answer_id]


def test_a_model_that_cannot_forget_is_paused_and_forgets_when_it_goes_on(learner):
    session = settled(a_session(WORDS, learner=learner))
    kept = answer_any(session)
    answer_any(session)
    settled(session)
    learner.fails_on = lambda doing, _: doing == "forget"
    session.undo()
    settled(session)
    assert session.model.state == "paused"
    learner.fails_on = lambda *_: False
    session.resume_model()
    settled(session)
    assert learner.seen_ids == standing_ids(session) == [kept.answer_id]


def test_a_model_that_cannot_forget_what_it_is_learning_does_not_end_the_loop(learner):
    session = settled(a_session(WORDS, learner=learner))
    learner.fails_on = lambda doing, _: doing == "forget"
    gate = held(learner)
    answer_any(session)
    assert learner.entered.wait(PATIENCE_SECONDS)
    session.undo()
    gate.set()
    settled(session)
    assert session.model.state == "paused"
    answer_any(session)
    learner.fails_on = lambda *_: False
    session.resume_model()
    settled(session)
    assert learner.seen_ids == standing_ids(session)


def test_undo_while_the_next_task_is_prepared_shows_the_former_one(learner):
    session = settled(a_session(["one", "two"], learner=learner, strategy="random"))
    answer_any(session)
    settled(session)
    learner.gate = threading.Event()
    last = session.task
    answer_any(session)
    assert session.undo() is not None
    assert session.task == last
    learner.gate.set()
    settled(session)
    assert learner.seen_ids == standing_ids(session)
    assert session.task == last


def test_an_undone_answer_that_is_delivered_again_is_refused_as_stale(learner):
    session = settled(a_session(WORDS, learner=learner))
    task = session.task
    answer_any(session, answer_id="once")
    session.undo()
    with pytest.raises(StaleTaskError, match="taken back"):
        session.answer("accept", accept="A", answer_id="once", task_hash=task.task_hash)
    settled(session)
    assert standing_ids(session) == learner.seen_ids == []
    assert session.history == []
    assert session.task == task


def test_without_a_model_undo_brings_the_texts_back_in_the_order_of_the_source():
    session = a_session(["one", "two", "three", "four", "five"])
    for _ in range(4):
        answer_any(session)
    while session.undo() is not None:
        pass
    asked = []
    while session.task is not None:
        asked.append(session.task.text)
        answer_any(session)
    assert asked == ["one", "two", "three", "four", "five"]


def test_undo_of_the_last_answer_of_a_run_that_finished_goes_on_from_there(learner):
    session = settled(a_session(["one", "two"], learner=learner))
    answer_any(session)
    answer_any(session)
    assert session.task is None
    assert session.undo() is not None
    assert session.phase == "asking"
    answer_any(session)
    settled(session)
    assert session.task is None
    assert session.phase == "finished"
    assert learner.seen_ids == standing_ids(session)


# Yes-or-no questions


def test_an_accepted_exclusive_label_closes_its_text_for_what_was_promised_too():
    session = a_session(["one", "two"], "textcat.teach", labels=("A", "B", "C"))
    answered = answer_any(session)
    later = []
    while session.task is not None:
        later.append(session.task.text)
        answer_any(session)
    assert answered.text not in later
    assert len(later) == 1


def test_what_is_promised_is_never_about_the_text_that_is_shown(learner):
    session = settled(a_session(["one", "two"], "textcat.teach", learner=learner))
    while session.task is not None:
        settled(session)
        if session.ahead is not None:
            assert session.ahead.input_hash != session.task.input_hash
        answer_any(session, "reject")


def test_labels_of_an_earlier_run_do_not_settle_a_text_for_new_ones():
    with Store(":memory:") as store:
        first = a_session(
            ["one"], "textcat.teach", labels=("A", "B"), store=store, exclusive=False
        )
        while first.task is not None:
            answer_any(first, "reject")
        first.close()
        second = a_session(
            ["one"], "textcat.teach", labels=("A", "C"), store=store, exclusive=False
        )
        assert second.task.label == "C"


def test_a_span_that_overlaps_an_accepted_one_is_not_asked(speller):
    session = settled(a_session(["Meth is Bad"], "ner.teach", learner=speller))
    asked = []
    while session.task is not None:
        asked.append(session.task.spans[0])
        answer_any(session)
        settled(session)
    assert len({span.start for span in asked}) == len(asked) == 2


def test_where_spans_may_overlap_an_accepted_one_settles_no_other(speller):
    session = settled(a_session(["Meth is Bad"], "spans.teach", learner=speller))
    asked = []
    while session.task is not None:
        asked.append(session.task.spans[0])
        answer_any(session)
        settled(session)
    assert len({(span.start, span.label) for span in asked}) == len(asked) == 4


def test_undo_of_an_accepted_span_lets_the_overlapping_be_asked_again(speller):
    session = settled(a_session(["Meth is bad"], "ner.teach", learner=speller))
    answer_any(session)
    settled(session)
    assert session.task is None
    session.undo()
    answer_any(session, "reject")
    settled(session)
    assert session.task is not None


def test_a_run_of_yes_or_no_questions_never_says_it_is_finished_before_it_is(speller):
    session = a_session(["Meth And Speed And Weed"] * 1, "ner.teach", learner=speller)
    asked = set()
    while (task := session.task) is not None:
        assert task.task_hash not in asked
        asked.add(task.task_hash)
        answer_any(session, "reject")
    assert len(asked) == 10


def test_a_listener_that_raises_costs_neither_answer_nor_model(learner):
    session = settled(a_session(WORDS, learner=learner))

    def broken(event: str) -> None:
        raise OSError("the page is gone")

    session.subscribe(broken)
    given = [answer_any(session).answer_id for _ in range(3)]
    session.undo()
    settled(session)
    assert learner.seen_ids == standing_ids(session) == given[:-1]
    assert session.model.state == "ready"


def test_a_copy_that_fails_does_not_pause_the_model(learner):
    session = settled(a_session(WORDS, learner=learner))
    learner.fails_on = lambda doing, _: doing == "copy_nlp"
    with pytest.raises(RuntimeError, match="cannot copy_nlp"):
        _ = session.nlp
    answer_any(session)
    settled(session)
    assert session.model.state == "ready"
    assert session.model.learned == 1


def answered_before(store: Store, session_id: str | None = "s") -> list[Answer]:
    """Three answers of a session that was closed, without a model."""
    session = a_session(WORDS, store=store, session_id=session_id)
    given = [answer_any(session) for _ in range(3)]
    session.close()
    return given


def test_a_rebuild_that_failed_is_made_good_when_the_model_goes_on(learner):
    with Store(":memory:") as store:
        given = [each.answer_id for each in answered_before(store, session_id=None)]
        learner.fails_on = lambda doing, text: doing == "update" and text == WORDS[1]
        session = settled(a_session(WORDS, store=store, learner=learner))
        assert (session.model.state, session.model.pending) == ("paused", 3)
        assert session.task is not None
        given.append(answer_any(session).answer_id)
        assert session.model.pending == 4
        learner.fails_on = lambda *_: False
        session.resume_model()
        settled(session)
        assert learner.seen_ids == given
        session.close()


@pytest.mark.parametrize("how", ["undo", "set aside"])
def test_a_rebuild_that_failed_is_made_good_without_what_was_taken_back_since(learner, how):
    with Store(":memory:") as store:
        given = answered_before(store)
        learner.fails_on = lambda doing, text: doing == "update" and text == given[2].text
        session = settled(a_session(WORDS, store=store, learner=learner, session_id="s"))
        assert session.model.state == "paused"
        if how == "undo":
            session.undo()
        else:
            session.change(given[2].answer_id, "ignore")
        session.resume_model()
        settled(session)
        assert session.model.state == "ready"
        assert learner.seen_ids == [each.answer_id for each in given[:2]]
        session.close()


@pytest.mark.parametrize("how", ["undo", "use"])
def test_what_is_done_while_a_rebuild_runs_that_fails_is_not_lost(learner, how):
    with Store(":memory:") as store:
        given = answered_before(store)
        learner.gate = threading.Event()
        learner.fails_on = lambda doing, text: doing == "update" and text == given[1].text
        session = a_session(WORDS, store=store, learner=learner, session_id="s")
        assert learner.entered.wait(PATIENCE_SECONDS)
        if how == "undo":
            session.undo()
        else:
            other = CountingLearner()
            using = threading.Thread(target=session.use, args=(other,))
            using.start()
            deadline = monotonic() + PATIENCE_SECONDS
            while not session._thread._calls:
                assert monotonic() < deadline
        learner.gate.set()
        if how == "undo":
            assert settled(session).model.state == "paused"
            learner.fails_on = lambda *_: False
            session.resume_model()
            assert settled(session).model.state == "ready"
            assert learner.seen_ids == [each.answer_id for each in given[:2]]
        else:
            using.join(PATIENCE_SECONDS)
            assert settled(session).model.state == "ready"
            session.resume_model()
            settled(session)
            assert other.seen_ids == []
            assert [each.answer_id for each in other.remembered] == [
                each.answer_id for each in given
            ]
        session.close()


def test_a_learner_from_another_loop_no_longer_waits_to_learn_that_ones_answers():
    batches = []

    def fit(answers):
        batches.append([each.dataset for each in answers])
        return 0

    learner = RefitLearner(
        fit, lambda model, texts: [{"A": 0.5, "B": 0.5}] * len(texts), labels="A,B", every=2,
        ready=lambda answers: True,
    )  # fmt: skip
    with Store(":memory:") as store:
        former = settled(a_session(WORDS, store=store, learner=learner, dataset="former"))
        answer_any(former)
        settled(former).close()
        session = settled(a_session(WORDS, store=store, learner=learner, dataset="own"))
        for _ in range(2):
            answer_any(session)
        settled(session).close()
    assert batches == [["own", "own"]]


def test_a_learner_of_nothing_yet_is_not_rebuilt_of_nothing(learner):
    learner.fails_on = lambda doing, _: doing == "rebuild"
    assert settled(a_session(WORDS, learner=learner)).model.state == "ready"


def test_a_closed_loop_neither_learns_nor_goes_on(learner):
    session = settled(a_session(WORDS, learner=learner))
    learner.fails_on = lambda doing, _: doing == "update"
    answer_any(session)
    settled(session)
    learner.gate = threading.Event()
    session.resume_model()
    assert learner.entered.wait(PATIENCE_SECONDS)
    answer_any(session)
    closing = threading.Thread(target=session.close)
    closing.start()
    learner.gate.set()
    closing.join(PATIENCE_SECONDS)
    assert (session.model.state, session.model.pending) == ("paused", 2)
    with pytest.raises(SessionClosedError, match="recipe's cell"):
        session.resume_model()
    assert session.model.state == "paused"


def test_a_loop_closed_with_answers_that_wait_is_not_said_to_be_learning(learner):
    session = settled(a_session(WORDS, learner=learner))
    learner.gate = threading.Event()
    for _ in range(3):
        answer_any(session)
    assert learner.entered.wait(PATIENCE_SECONDS)
    closing = threading.Thread(target=session.close)
    closing.start()
    learner.gate.set()
    closing.join(PATIENCE_SECONDS)
    assert session.model.state == "ready"


def test_a_learner_that_comes_from_another_loop_knows_the_answers_of_its_own(learner):
    with Store(":memory:") as store:
        former = settled(a_session(WORDS, store=store, learner=learner, dataset="former"))
        for _ in range(3):
            answer_any(former)
        settled(former)
        former.close()
        session = settled(a_session(WORDS, store=store, learner=learner, dataset="own"))
        given = answer_any(session).answer_id
        settled(session)
        assert learner.seen_ids == [given]
        assert session.model.learned == 1
        session.close()


def test_a_source_that_raises_midway_ends_the_run_and_not_the_loop(learner):
    def broken():
        yield from (f"text {number}" for number in range(1_010))
        raise OSError("the disk is gone")

    session = settled(a_session(lambda _: Pool(broken()), learner=learner))
    for _ in range(30):
        answer_any(session)
    settled(session)
    assert session.model.state == "ready"
    assert "the disk is gone" in session.pool.skipped["reason"].tolist()[0]


def test_a_strategy_that_raises_pauses_the_model_and_questions_go_on_in_order(learner):
    def broken(candidates, random):
        raise ZeroDivisionError("no rank")

    session = settled(a_session(WORDS, learner=learner, strategy=broken))
    assert session.model.state == "paused"
    assert "no rank" in session.model_traceback
    assert session.task.text == WORDS[0]
    answer_any(session)
    assert session.task.text == WORDS[1]


def test_a_strategy_may_use_the_model(learner):
    found = []

    def curious(candidates, random):
        if found:
            found.append(found[0].nlp.meta["learned"])
        return [0.0 for _ in candidates]

    session = settled(a_session(WORDS, learner=learner, strategy=curious))
    found.append(session)
    answer_any(session)
    settled(session)
    assert len(found) > 1


def test_while_paused_there_is_a_next_task_to_promise(learner):
    session = settled(a_session(WORDS, learner=learner))
    learner.fails_on = lambda doing, _: doing == "update"
    for _ in range(4):
        answer_any(session)
        settled(session)
    assert session.model.state == "paused"
    assert session.ahead is not None


def test_the_undo_of_the_answer_that_broke_the_model_mends_it(learner):
    session = settled(a_session(WORDS, learner=learner))
    broken = answer_any(session).text
    learner.fails_on = lambda doing, text: doing == "update" and text == broken
    settled(session)
    learner.seen.clear()
    session = settled(a_session(WORDS, learner=learner, strategy="random", seed=1))
    learner.fails_on = lambda doing, text: doing == "update" and text == session.history[0].text
    answer_any(session)
    settled(session)
    assert session.model.state == "paused"
    session.undo()
    learner.fails_on = lambda *_: False
    session.resume_model()
    answer_any(session)
    settled(session)
    assert learner.seen_ids == standing_ids(session)


def test_the_last_status_that_is_told_is_that_the_model_is_ready(learner):
    told = []
    session = settled(a_session(WORDS, learner=learner))
    ready = threading.Event()

    def listen(event: str) -> None:
        told.append(session.model.state)
        if told[-1] == "ready" and session.model.learned == 2:
            ready.set()

    session.subscribe(listen)
    answer_any(session)
    answer_any(session)
    assert ready.wait(PATIENCE_SECONDS)
    settled(session)
    assert told[-1] == "ready"


# The end


def test_closing_ends_the_thread_and_what_waited_is_in_the_store(learner):
    session = settled(a_session(WORDS, learner=learner))
    gate = held(learner)
    given = [answer_any(session).answer_id for _ in range(3)]
    closer = threading.Thread(target=session.close)
    closer.start()
    gate.set()
    closer.join(PATIENCE_SECONDS)
    assert not session._thread._thread.is_alive()
    assert standing_ids(session) == given
    for act in (lambda: session.answer("ignore"), session.undo):
        with pytest.raises(SessionClosedError):
            act()
    assert session.join(PATIENCE_SECONDS)


def test_the_pipeline_can_be_had_after_the_end(learner):
    session = settled(a_session(WORDS, learner=learner))
    given = answer_any(session)
    settled(session)
    session.close()
    assert session.nlp.meta["learned"] == [given.answer_id]


def test_a_task_that_is_waited_for_comes_back_when_the_session_is_closed(learner):
    with Store(":memory:") as store:
        first = a_session(WORDS, store=store)
        answer_any(first)
        first.close()
        gate = held(learner)
        session = a_session(WORDS, store=store, learner=learner)
        assert learner.entered.wait(PATIENCE_SECONDS)
        got = []
        waiting = threading.Thread(target=lambda: got.append(session.task))
        waiting.start()
        closer = threading.Thread(target=session.close)
        closer.start()
        waiting.join(PATIENCE_SECONDS)
        gate.set()
        closer.join(PATIENCE_SECONDS)
        assert got == [None]


def test_a_cell_that_is_run_again_does_not_wait_for_the_rebuild_of_the_former(learner):
    with Store(":memory:") as store:
        first = a_session(WORDS, store=store, session_id="s")
        for _ in range(6):
            answer_any(first)
        gate = held(learner)
        second = a_session(WORDS, store=store, session_id="s", learner=learner)
        assert learner.entered.wait(PATIENCE_SECONDS)
        gate.set()
        third = a_session(WORDS, store=store, session_id="s", learner=CountingLearner())
        assert second.phase == "closed"
        assert settled(third).model.learned == 6
        third.close()


# Another model


def test_an_undo_after_a_new_model_came_is_forgotten_by_it_too(learner):
    session = settled(a_session(WORDS, learner=learner))
    given = [answer_any(session).answer_id for _ in range(3)]
    settled(session)
    other = CountingLearner()
    session.use(other, "v1")
    session.undo()
    settled(session)
    assert [answer.answer_id for answer in other.remembered] == given[:-1]


def test_what_waits_when_a_new_model_comes_is_learned_and_not_remembered(learner):
    session = settled(a_session(WORDS, learner=learner))
    seen = answer_any(session).answer_id
    settled(session)
    learner.fails_on = lambda doing, _: doing == "update"
    waiting = [answer_any(session).answer_id for _ in range(2)]
    settled(session)
    other = CountingLearner()
    session.use(other, "v1")
    settled(session)
    assert [answer.answer_id for answer in other.remembered] == [seen]
    assert other.seen_ids == waiting
    assert session.model.state == "ready"
    session.undo()
    settled(session)
    assert other.seen_ids == waiting[:-1]


def test_answers_during_the_change_of_models_reach_the_new_one(learner):
    session = settled(a_session([f"text {n}" for n in range(400)], learner=learner))
    others = [CountingLearner() for _ in range(4)]
    stop = threading.Event()

    def keep_answering() -> None:
        while not stop.is_set() and session.task is not None and len(session.history) < 300:
            answer_any(session)

    answering = threading.Thread(target=keep_answering)
    answering.start()
    for number, other in enumerate(others):
        session.use(other, f"v{number}")
    stop.set()
    answering.join(PATIENCE_SECONDS)
    settled(session)
    known = [answer.answer_id for answer in others[-1].remembered] + others[-1].seen_ids
    assert known == standing_ids(session)


def test_a_model_that_comes_into_a_loop_without_one_replays_what_is_there():
    session = a_session(WORDS)
    given = answer_any(session).answer_id
    other = CountingLearner()
    session.use(other, "v1")
    assert [answer.answer_id for answer in other.remembered] == [given]
    assert other.seen_ids == []
    later = answer_any(session).answer_id
    settled(session)
    assert other.seen_ids == [later]
    assert session.task.model_version == "v1"


def test_a_new_model_wakes_a_paused_loop(learner):
    learner.fails_on = lambda doing, _: doing == "predict"
    session = settled(a_session(WORDS, learner=learner))
    assert session.model.state == "paused"
    session.use(CountingLearner(), "v1")
    assert session.model.state == "ready"
    assert session.model_traceback is None


def test_the_model_is_only_ever_called_on_its_own_thread(learner):
    session = settled(a_session(WORDS, learner=learner))
    for _ in range(3):
        answer_any(session)
    session.undo()
    _ = session.nlp
    settled(session)
    assert learner.threads == {"nbannotate-model"}


# Views of one's own


@pytest.mark.parametrize("name", ["textcat.mood", "textcat.mood.teach"])
def test_a_view_of_one_s_own_is_resumed_and_learned_like_any_other(name: str):
    layout = "binary" if name.endswith("teach") else "choice"
    view = View(name, layout, "textcat", exclusive=True)
    with Store(":memory:") as store:
        first = a_session(["one", "two"], view, store=store, session_id="s")
        given = answer_any(first)
        first.close()
        learner = CountingLearner()
        again = settled(
            a_session(["one", "two"], view, store=store, session_id="s", learner=learner)
        )
        assert learner.seen_ids == [given.answer_id]
        assert again.task.text != given.text
        assert again.progress.answered == 1
        again.close()


@pytest.mark.parametrize(
    ("name", "layout"),
    [
        ("mood", "choice"),
        ("ner.mood", "choice"),
        ("textcat.mood", "binary"),
        ("textcat.teach", "choice"),
    ],
)
def test_a_view_whose_answers_would_be_read_otherwise_is_refused_by_its_name(name, layout):
    with pytest.raises(ValueError, match=r"textcat\.…"):
        View(name, layout, "textcat")
