"""Laws of a model that breaks: answers go on, the page is told the truth, one call mends it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import nbannotate as nb
from nbannotate.errors import AnswerError, PipelineError
from nbannotate.learning.base import SpacyLearner
from nbannotate.learning.spacy_bow import BowLearner
from nbannotate.tasks import Answer, Prediction, Span
from tests.learning.answers import gold_texts
from tests.loops import CountingLearner, a_session, answer_any, settled

GOLD = gold_texts(16)
TEXTS = [text for text, _ in GOLD]
DRUGS = {text: [span.to_dict() for span in spans] for text, spans in GOLD}


def answer(ann: nb.Annotator, n: int) -> list[str]:
    given = []
    for _ in range(n):
        given.append(ann.session.answer("accept", spans=DRUGS[ann.session.task.text]).answer_id)
        ann.session.join()
    return given


def raises(ann: nb.Annotator, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> float:
        raise ZeroDivisionError("no step")

    monkeypatch.setattr(ann.session._thread._learner, "_step", broken)


def loses_its_numbers(ann: nb.Annotator, monkeypatch: pytest.MonkeyPatch) -> None:
    learner = ann.session._thread._learner
    step = learner._step

    def explode(*arguments: Any) -> float:
        node = next(node for node in learner.pipe.model.walk() if node.has_param("W"))
        node.set_param("W", node.get_param("W") * np.nan)
        return step(*arguments)

    monkeypatch.setattr(learner, "_step", explode)


def is_overwritten(ann: nb.Annotator, monkeypatch: pytest.MonkeyPatch) -> None:
    node = next(
        node for node in ann.session._thread._learner.pipe.model.walk() if node.has_param("W")
    )
    node.set_param("W", node.get_param("W") * np.nan)


def is_taken_apart(ann: nb.Annotator, monkeypatch: pytest.MonkeyPatch) -> None:
    ann.session._thread._learner.nlp.remove_pipe("ner")


@pytest.mark.parametrize("breaks", [raises, loses_its_numbers, is_overwritten, is_taken_apart])
def test_a_broken_model_pauses_stores_answers_and_goes_on_by_one_call(breaks, monkeypatch):
    ann = nb.ner.correct(TEXTS, labels=["DRUG"], store=":memory:", dataset="d")
    given = answer(ann, 2)
    with monkeypatch.context() as patch:
        breaks(ann, patch)
        given += answer(ann, 3)
        assert ann.model.state == "paused"
        assert ann.model.message
        assert ann.model.pending == 3
        assert ann.annotations()["answer_id"].tolist() == given
        assert ann.session.phase == "asking"
    ann.resume()
    ann.session.join()
    assert (ann.model.state, ann.model.learned, ann.model.pending) == ("ready", 5, 0)
    mended = [each.get_param("W") for each in nodes(ann.nlp)]
    ann.close()
    whole = nb.ner.correct(TEXTS, labels=["DRUG"], store=":memory:")
    rows = {row.text: row.spans for row in ann.annotations().itertuples()}
    for text in ann.annotations()["text"]:
        learn(whole, text, rows[text])
    for one, other in zip(mended, nodes(whole.nlp), strict=True):
        assert np.array_equal(one, other.get_param("W"))
    whole.close()


def nodes(nlp: Any) -> list[Any]:
    return [node for node in nlp.get_pipe("ner").model.walk() if node.has_param("W")]


def learn(ann: nb.Annotator, text: str, spans: list[dict[str, Any]]) -> None:
    from nbannotate.tasks import Span
    from tests.learning.answers import make_answer

    found = tuple(Span.from_dict(span) for span in spans)
    given = make_answer(text, "ner.correct", spans=found, labels=("DRUG",))
    ann.session._thread.call(lambda learner: learner.update([given])).result()


def test_a_paused_teach_is_not_finished_while_texts_are_open():
    learner = CountingLearner(spans=True)
    session = settled(a_session(["Meth is Bad", "Speed is Bad"], "ner.teach", learner=learner))
    learner.fails_on = lambda doing, _: doing in {"update", "predict"}
    for _ in range(4):
        if session.shown is not None:
            answer_any(session)
        settled(session)
    assert session.shown is None
    assert session.phase == "paused"
    assert session.model.state == "paused"
    assert session.progress.remaining
    with pytest.raises(AnswerError, match=r"paused.*ann\.resume"):
        session.answer("accept")
    learner.fails_on = lambda *_: False
    session.resume_model()
    settled(session)
    assert session.phase == "asking"
    while session.task is not None:
        answer_any(session)
    settled(session)
    assert session.phase == "finished"


def test_a_model_that_is_still_broken_pauses_again_and_can_be_told_to_go_on_again():
    learner = CountingLearner()
    session = settled(a_session(learner=learner))
    learner.fails_on = lambda doing, _: doing == "update"
    given = answer_any(session).answer_id
    for _ in range(3):
        session.resume_model()
        settled(session)
        assert session.model.state == "paused"
    learner.fails_on = lambda *_: False
    session.resume_model()
    settled(session)
    assert learner.seen_ids == [given]


class Fastidious(CountingLearner):
    """Cannot learn one text."""

    def update(self, answers: Sequence[Answer]) -> None:
        if any(each.text == self.dreaded and each.answer != "ignore" for each in answers):
            raise ValueError("that text is beyond me")
        super().update(answers)


def test_an_answer_that_cannot_be_learned_is_named_and_can_be_set_aside(caplog):
    learner = Fastidious()
    session = settled(a_session(learner=learner))
    learner.dreaded = session.shown.text
    bad = answer_any(session)
    good = answer_any(settled(session))
    assert settled(session).model.state == "paused"
    assert f"ann.session.change({bad.answer_id!r}, 'ignore')" in caplog.text
    session.change(bad.answer_id, "ignore")
    session.resume_model()
    assert settled(session).model.state == "ready"
    assert good.answer_id in learner.seen_ids
    session.close()


def test_an_answer_that_cannot_be_learned_after_a_restart_is_named_too(caplog, monkeypatch):
    with nb.Store(":memory:") as store:
        keywords = {"labels": ["DRUG"], "store": store, "dataset": "d", "session_id": "s"}
        ann = nb.ner.correct(TEXTS, **keywords, nlp=False)
        given = answer(ann, 4)
        ann.close()
        dreaded = ann.annotations()["text"][2]
        apply = SpacyLearner._apply

        def fastidious(learner: SpacyLearner, answers: Sequence[Answer]) -> None:
            if any(each.text == dreaded for each in answers):
                raise ValueError("that text is beyond me")
            apply(learner, answers)

        monkeypatch.setattr(SpacyLearner, "_apply", fastidious)
        ann = nb.ner.correct(TEXTS, **keywords)
        ann.session.join()
        assert (ann.model.state, ann.model.pending) == ("paused", 4)
        assert f"ann.session.change({given[2]!r}, 'ignore')" in caplog.text
        ann.session.change(given[2], "ignore")
        ann.resume()
        ann.session.join()
        assert (ann.model.state, ann.model.learned) == ("ready", 3)
        ann.close()


@pytest.mark.parametrize("doing", ["forget", "label"])
def test_a_model_that_stopped_halfway_is_never_saved(tmp_path, monkeypatch, doing):
    """Resumed and closed at once, before it could be made whole."""
    with nb.Store(tmp_path / "a.duckdb") as store:
        ann = nb.spans.correct(TEXTS, labels=["DRUG"], store=store, dataset="d", session_id="s")
        given = answer(ann, 6)
        learn_from = SpacyLearner._learn_from
        steps = iter(range(2))

        def fails(learner: SpacyLearner, *evidence: Any) -> None:
            if next(steps, None) is None:
                raise MemoryError("no room")
            learn_from(learner, *evidence)

        monkeypatch.setattr(SpacyLearner, "_learn_from", fails)
        if doing == "forget":
            ann.session.change(given[1], "ignore")
        else:
            ann.add_label("DOSE")
        ann.session.join()
        assert ann.model.state == "paused"
        thread = ann.session._thread
        with thread._changed:
            thread.resume()
            thread._is_stopping = True
        ann.close()
        assert store.models().empty


def test_where_all_answers_are_learned_at_once_none_is_blamed(caplog, monkeypatch):
    def dread(learner: BowLearner, doc: object) -> object:
        raise ValueError("that text is beyond me")

    with nb.Store(":memory:") as store:
        keywords = {"labels": ["A", "B"], "store": store, "dataset": "d", "session_id": "s"}
        ann = nb.textcat.manual(TEXTS, **keywords, nlp=False)
        for _ in range(4):
            answer_any(ann.session)
        ann.close()
        monkeypatch.setattr(BowLearner, "_features_of", dread)
        ann = nb.textcat.manual(TEXTS, **keywords)
        ann.session.join()
        assert (ann.model.state, ann.model.pending) == ("paused", 4)
        assert "sets that answer aside" not in caplog.text
        ann.close()


@pytest.mark.parametrize("component", ["ner", "textcat", "spancat"])
def test_a_pipeline_whose_weights_are_no_numbers_is_refused_at_the_start(component):
    view = {"spancat": "spans"}.get(component, component) + ".correct"
    ann = nb.annotate(TEXTS, view=view, labels=["A", "B"], store=":memory:")
    answer_any(settled(ann.session))
    nlp = ann.nlp
    ann.close()
    node = next(node for node in nlp.get_pipe(component).model.walk() if node.has_param("W"))
    node.set_param("W", node.get_param("W") * np.nan)
    with pytest.raises(PipelineError, match=f"{component!r} has weights that are no numbers"):
        nb.annotate(TEXTS, view=view, labels=["A", "B"], store=":memory:", nlp=nlp)


class Babbling(CountingLearner):
    """Says what is no prediction."""

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        return self.babble(super().predict(texts))


@pytest.mark.parametrize(
    ("babble", "message"),
    [
        (lambda read: read[:-1], "predictions of"),
        (lambda read: [replace(each, cats={"A": math.nan}) for each in read], "probability nan"),
        (lambda read: [replace(each, cats={"A": 7.0}) for each in read], "probability 7.0"),
        (
            lambda read: [replace(each, spans=(Span(0, 1, "A", math.inf),)) for each in read],
            "probability inf",
        ),
        (lambda read: [replace(each, token_entropies=(math.nan,)) for each in read], "nan"),
    ],
)
def test_predictions_that_are_none_pause_the_model_and_are_never_shown(babble, message):
    learner = Babbling()
    learner.babble = babble
    session = settled(a_session(learner=learner))
    assert session.model.state == "paused"
    assert message in session.model.message
    assert answer_any(session).score is None
    learner.babble = list
    session.resume_model()
    assert settled(session).model.state == "ready"
    session.close()


@pytest.mark.parametrize(("said", "shown"), [(1.00005, 1.0), (-0.00005, 0.0)])
def test_a_probability_that_rounding_took_out_of_its_range_is_put_back(said, shown):
    learner = Babbling()
    learner.babble = lambda read: [replace(each, cats={"A": said, "B": 0.5}) for each in read]
    session = settled(a_session(view="textcat.teach", strategy="highest_scored", learner=learner))
    scores = {label: score for label, score in session.task.options if label == "A"}
    assert session.model.state == "ready"
    assert session.task.score == (shown if session.task.label == "A" else 0.5)
    assert scores in ({}, {"A": shown})
    session.close()
