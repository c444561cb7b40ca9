"""Laws of a label that comes while the loop runs: nothing is lost, and nothing is made up."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nbannotate as nb
from nbannotate.errors import LabelError, PipelineError
from nbannotate.session import Session
from nbannotate.store import Store
from tests.learning.answers import TOPICS, gold_texts
from tests.loops import PATIENCE_SECONDS, TAUGHT, CountingLearner, a_session, answer_any, settled

GOLD = gold_texts(30)
TEXTS = [text for text, _ in GOLD]
DRUGS = {text: [span.to_dict() for span in spans] for text, spans in GOLD}
WORDS = [f"Word{number} is one" for number in range(12)]


class GrowingLearner(CountingLearner):
    """A learner of one's own that takes labels."""

    def add_label(self, label: str) -> None:
        self._do("add_label", label)
        self.labels = (*self.labels, label)


@pytest.fixture
def store(tmp_path: Path):
    with Store(tmp_path / "answers.duckdb") as opened:
        yield opened


def correct(store: Store, *labels: str, **keywords: Any) -> nb.Annotator:
    return nb.ner.correct(
        TEXTS,
        labels=labels,
        store=store,
        dataset="d",
        session_id="s",
        strategy="random",
        **keywords,
    )


def answer(ann: nb.Annotator, n: int) -> nb.Annotator:
    for _ in range(n):
        ann.session.answer("accept", spans=DRUGS[ann.session.task.text])
        ann.session.join()
    return ann


def weights(ann: nb.Annotator, pipe: str = "ner") -> list[Any]:
    model = ann.nlp.get_pipe(pipe).model
    return [node.get_param(name) for node in model.walk() for name in node.param_names]


def same(one: list[Any], other: list[Any]) -> bool:
    return all(np.array_equal(left, right) for left, right in zip(one, other, strict=True))


@pytest.mark.parametrize("exclusive", [True, False])
@pytest.mark.parametrize("view", TAUGHT)
def test_the_task_shown_takes_the_new_label_in_every_view(view: str, *, exclusive: bool):
    learner = GrowingLearner(spans=view.startswith(("ner", "spans")))
    session = settled(a_session(WORDS, view, learner=learner, exclusive=exclusive))
    before = session.task
    session.add_label("C")
    assert session.task.labels == session.labels == ("A", "B", "C")
    assert session.task.task_hash == before.task_hash
    settled(session)
    assert learner.labels == ("A", "B", "C")
    assert session.ahead.labels == ("A", "B", "C")
    if session.view.layout == "choice":
        assert session.answer("accept", accept="C").accept == ("C",)
    elif session.view.layout == "spans":
        given = session.answer("accept", spans=[{"start": 0, "end": 5, "label": "C"}])
        assert given.spans[0].label == "C"


@pytest.mark.parametrize("label", ["", "  ", " C", "A", 7])
def test_a_label_that_cannot_be_one_is_refused_and_nothing_changes(label: Any):
    session = settled(a_session(WORDS, learner=GrowingLearner()))
    with pytest.raises(LabelError):
        session.add_label(label)
    assert session.labels == session.task.labels == ("A", "B")


def test_a_learner_that_takes_no_labels_says_what_to_implement():
    session = settled(a_session(WORDS, learner=CountingLearner()))
    with pytest.raises(PipelineError, match=r"add_label\(label\)"):
        session.add_label("C")
    assert session.labels == ("A", "B")


def test_without_a_model_a_label_is_there_at_once():
    session = a_session(WORDS)
    session.add_label("C")
    assert answer_any(session, accept=["C"]).accept == ("C",)


def test_answers_that_wait_are_learned_before_the_label_comes():
    learner = GrowingLearner()
    session = settled(a_session(WORDS, learner=learner))
    learner.gate = threading.Event()
    labels_when_learned = []
    learner.fails_on = lambda doing, _: (
        doing == "update" and labels_when_learned.append(learner.labels)  # type: ignore[func-returns-value]
    )
    for _ in range(3):
        answer_any(session)
    session.add_label("C")
    answer_any(session)
    learner.gate.set()
    settled(session)
    assert labels_when_learned == 3 * [("A", "B")] + [("A", "B", "C")]


def test_a_model_that_cannot_take_the_label_pauses_and_takes_it_when_it_goes_on():
    learner = GrowingLearner()
    session = settled(a_session(WORDS, learner=learner))
    learner.fails_on = lambda doing, _: doing == "add_label"
    session.add_label("C")
    given = answer_any(session).answer_id
    settled(session)
    assert session.model.state == "paused"
    learner.fails_on = lambda *_: False
    session.resume_model()
    settled(session)
    assert learner.labels == ("A", "B", "C")
    assert learner.seen_ids == [given]


def test_undo_reaches_across_the_new_label_and_asks_with_it():
    learner = GrowingLearner()
    session = settled(a_session(WORDS, learner=learner))
    first, second = answer_any(session), answer_any(session)
    session.add_label("C")
    third = answer_any(session)
    assert [session.undo(), session.undo()] == [third, second]
    assert session.task.labels == ("A", "B", "C")
    settled(session)
    assert learner.seen_ids == [first.answer_id]
    assert answer_any(session, accept=["C"]).labels == ("A", "B", "C")


def test_each_answer_keeps_the_labels_it_was_asked_with(store):
    ann = answer(correct(store, "DRUG", nlp=False), 1)
    answer(ann.add_label("PLACE"), 1).close()
    assert [each.labels for each in store.answers("d")] == [("DRUG",), ("DRUG", "PLACE")]
    assert store.session_config("d", "s")["labels"] == ["DRUG", "PLACE"]


@pytest.mark.parametrize("exclusive", [True, False])
def test_texts_that_were_done_with_are_asked_about_the_new_label(*, exclusive: bool):
    session = a_session(["one"], "textcat.teach", exclusive=exclusive)
    while session.task is not None:
        answer_any(session, "reject")
    assert session.phase == "finished"
    session.add_label("C")
    assert session.task.label == "C"
    answer_any(session)
    assert session.phase == "finished"


def test_a_text_that_got_its_one_label_after_an_undo_is_not_asked_about_a_new_one():
    session = a_session(["one"], "textcat.teach")
    while session.task is not None:
        answer_any(session, "reject")
    session.undo()
    answer_any(session)
    session.add_label("C")
    assert session.task is None


def test_a_text_that_has_its_one_label_is_not_asked_about_a_new_one():
    session = a_session(["one"], "textcat.teach")
    answer_any(session)
    session.add_label("C")
    assert session.task is None


def test_a_ner_keeps_its_weights_and_learns_the_new_label(store):
    ann = answer(correct(store, "DRUG"), 3)
    before = weights(ann)
    ann.add_label("PLACE").session.join()
    after = weights(ann)
    assert sum(not np.array_equal(a, b) for a, b in zip(before, after, strict=True)) == 2
    assert set(ann.nlp.get_pipe("ner").labels) == {"DRUG", "PLACE"}
    assert ann.model.learned == 3
    ann.close()


@pytest.mark.parametrize("with_snapshot", [True, False])
def test_a_restart_with_the_label_makes_the_same_ner(store, *, with_snapshot: bool):
    ann = answer(answer(correct(store, "DRUG"), 3).add_label("PLACE"), 2)
    last = weights(ann)
    ann.close()
    if not with_snapshot:
        for snapshot in (store.models_path / "loop").iterdir():
            snapshot.unlink()
    again = correct(store, "DRUG", "PLACE")
    again.session.join()
    assert same(weights(again), last)
    again.close()


def test_the_cells_run_again_from_the_top_make_the_same_ner(store):
    ann = answer(answer(correct(store, "DRUG"), 3).add_label("PLACE"), 2)
    last = weights(ann)
    ann.close()
    again = correct(store, "DRUG")
    again.add_label("PLACE").session.join()
    assert again.model.learned == 5
    assert same(weights(again), last)
    again.close()


@pytest.mark.parametrize("exclusive", [True, False])
def test_a_textcat_is_built_anew_from_the_same_answers(store, *, exclusive: bool):
    texts = [f"{text}, case {n}" for n in range(4) for texts in TOPICS.values() for text in texts]

    def start(*labels: str) -> nb.Annotator:
        return nb.textcat.manual(
            texts,
            labels=labels,
            nlp=None,
            exclusive=exclusive,
            store=store,
            dataset="t",
            session_id="s",
        )

    def give(session: Session) -> None:
        session.answer("accept", accept=[session.labels[len(session.task.text) % 2]])

    ann = start("card", "cash")
    told: list[str] = []
    ann.session.subscribe(lambda _: told.append(ann.model.state))
    for _ in range(5):
        give(ann.session)
    ann.session.join()
    ann.add_label("login")
    assert ann.session.task is not None
    give(ann.session)
    ann.session.join()
    assert "rebuilding" in told
    assert ann.model.learned == 6
    last = weights(ann, ann.nlp.pipe_names[-1])
    ann.close()
    again = start("card", "cash", "login")
    again.session.join()
    assert same(weights(again, again.nlp.pipe_names[-1]), last)
    again.close()


@pytest.mark.parametrize("exclusive", [True, False])
@pytest.mark.parametrize("n_since", [0, 2])
def test_the_cells_run_again_go_on_from_a_version_that_knows_the_new_label(
    store, n_since: int, *, exclusive: bool
):
    texts = [f"{text}, case {n}" for n in range(4) for texts in TOPICS.values() for text in texts]

    def start() -> nb.Annotator:
        return nb.textcat.manual(
            texts,
            labels=["card", "cash"],
            exclusive=exclusive,
            store=store,
            dataset="t",
            session_id="s",
        )

    def give(ann: nb.Annotator, n: int) -> None:
        for number in range(n):
            label = ann.session.labels[-1 - number % 2]
            ann.session.answer("accept", accept=[label])
            ann.session.join()

    ann = start()
    give(ann, 4)
    ann.add_label("login")
    give(ann, 3)
    ann.use(nb.retrain(store, "t", progress=False))
    give(ann, n_since)
    last = ann.nlp(texts[0]).cats
    ann.close()
    again = start()
    assert again.nlp(texts[0]).cats.keys() == last.keys()
    again.add_label("login")
    again.session.join()
    assert again.model.learned == 7 + n_since
    assert again.nlp(texts[0]).cats == pytest.approx(last, abs=1e-3)
    again.close()


def test_the_page_chooses_while_a_textcat_is_built_anew(store):
    texts = [f"{text}, case {n}" for n in range(3) for texts in TOPICS.values() for text in texts]
    ann = nb.textcat.manual(texts, labels=["card", "cash"], nlp=None, store=store)
    for _ in range(6):
        ann.session.answer("accept", accept="card")
    ann.session.join()
    learner = ann.session._thread._learner
    chosen, remake = [], learner.remake

    def starve(*arguments: Any) -> Any:
        made = remake(*arguments)
        with ann.session._lock:
            ann.session._lineup.retract()
        while ann.session._thread._wants_choice is False:
            ann.session.answer("accept", accept="card")
        chosen.append(len(ann.session.history))
        return made

    learner.remake = starve
    ann.add_label("login")
    ann.session.join()
    assert ann.session.task is not None
    assert ann.model.learned == chosen[0] == len(ann.session.history)
    ann.close()


def test_retraining_scores_earlier_answers_on_what_they_were_asked_with(store):
    ann = answer(correct(store, "DRUG", nlp=False), 12)
    ann.add_label("PLACE")
    for _ in range(6):
        text = ann.session.task.text
        place = [
            {"start": text.index(word), "end": text.index(word) + len(word), "label": "PLACE"}
            for word in ("Rome", "Paris", "Berlin")
            if word in text
        ]
        ann.session.answer("accept", spans=[*DRUGS[text], *place[:1]])
    result = nb.retrain(store, "d", max_epochs=1, evaluation=0.5, progress=False)
    assert set(result.per_label["label"]) == {"DRUG", "PLACE"}
    assert result.n_held_out == 9
    ann.close()


def test_two_threads_adding_labels_lose_none():
    session = settled(a_session(WORDS, learner=GrowingLearner()))
    threads = [threading.Thread(target=session.add_label, args=(f"L{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for _ in range(6):
        answer_any(session)
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    settled(session)
    assert set(session.labels) == {"A", "B", *(f"L{n}" for n in range(6))}
    assert session._thread._learner.labels == session.labels
    assert session.task.labels == session.labels
