"""The laws of a learner made of two functions."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nbannotate as nb
from nbannotate.errors import LabelError, LearningError
from nbannotate.learning import Learner, RefitLearner, copy_nlp_of
from nbannotate.tasks import Answer, Prediction, Span
from tests.learning.answers import make_answer, ner_answers, textcat_answers
from tests.learning.stubs import (
    fit_sklearn,
    fit_transformer_for,
    predict_sklearn,
    predict_transformer,
)

LABELS = ("card", "cash", "login")
TEXTS = ["my card is lost", "cash machine", "cannot log in", ""]


def sklearn_learner(**more: Any) -> RefitLearner:
    return RefitLearner(fit_sklearn, predict_sklearn, labels=LABELS, **more)


def transformer_learner(**more: Any) -> RefitLearner:
    return RefitLearner(fit_transformer_for(LABELS), predict_transformer, labels=LABELS, **more)


MAKES = {"scikit-learn": sklearn_learner, "Hugging Face": transformer_learner}


@pytest.fixture(params=MAKES)
def make(request: pytest.FixtureRequest):
    return MAKES[request.param]


def counting(**more: Any) -> tuple[RefitLearner, list[list[str]]]:
    """A learner whose model is the list of answers, and the record of its fits."""
    fits: list[list[str]] = []

    def fit(answers: list[Answer]) -> list[Answer]:
        fits.append([answer.answer_id for answer in answers])
        return answers

    def predict(model, texts):
        shares = Counter(answer.label for answer in model)
        return [{label: shares[label] / len(model) for label in LABELS} for _ in texts]

    return RefitLearner(fit, predict, labels=LABELS, **more), fits


def said(learner: RefitLearner) -> list[dict[str, float]]:
    return [dict(prediction.cats) for prediction in learner.predict(TEXTS)]


def close(one, other) -> bool:
    return len(one) == len(other) and all(
        a.keys() == b.keys() and all(np.isclose(a[key], b[key]) for key in a)
        for a, b in zip(one, other, strict=True)
    )


def test_it_keeps_the_protocol(make):
    assert isinstance(make(), Learner)


def test_it_predicts_nothing_before_it_can_be_fitted(make):
    learner = make()
    learner.update(textcat_answers(["card"], 3))
    assert learner.predict(TEXTS) == [Prediction()] * len(TEXTS)
    assert learner.model is None
    assert learner.learned == 0


def test_it_learns(make):
    learner = make()
    learner.update(textcat_answers(LABELS, 30))
    for text, cats in zip(TEXTS[:3], said(learner)[:3], strict=True):
        assert max(cats, key=cats.get) in text.replace("log in", "login")
        assert sum(cats.values()) == pytest.approx(1.0)


def test_one_update_each_and_a_rebuild_make_equal_models(make):
    answers = textcat_answers(LABELS, 10)
    stepwise, rebuilt = make(), make()
    for answer in answers:
        stepwise.update([answer])
    rebuilt.rebuild(answers)
    assert close(said(stepwise), said(rebuilt))
    assert stepwise.learned == rebuilt.learned == 10


def test_a_forgotten_answer_was_never_seen(make):
    answers = textcat_answers(LABELS, 10)
    learner, never = make(), make()
    learner.update(answers)
    learner.forget(answers[4])
    never.update(answers[:4] + answers[5:])
    assert close(said(learner), said(never))


def test_what_is_remembered_is_learned_as_well(make):
    answers = textcat_answers(LABELS, 12)
    learner, other = make(), make()
    learner.remember(answers[:6])
    learner.update(answers[6:])
    other.update(answers)
    assert close(said(learner), said(other))


def test_predicting_changes_nothing(make):
    learner = make()
    learner.update(textcat_answers(LABELS, 9))
    assert close(said(learner), said(learner))


@given(st.integers(1, 7), st.lists(st.sampled_from(["update", "forget first", "forget last"])))
def test_a_slow_model_is_fitted_on_whole_steps_of_what_stands(every: int, doings: list[str]):
    learner, fits = counting(every=every, ready=lambda answers: True)
    standing: list[Answer] = []
    coming = iter(textcat_answers(LABELS, len(doings)))
    for doing in doings:
        if doing == "update":
            standing.append(next(coming))
            learner.update(standing[-1:])
        elif standing:
            learner.forget(standing.pop(0 if doing == "forget first" else -1))
        whole = len(standing) - len(standing) % every
        assert learner.learned == whole
        assert [each.answer_id for each in learner.model or []] == [
            each.answer_id for each in standing[:whole]
        ]
    assert all(len(fit) % every == 0 for fit in fits)


def test_a_fit_that_raises_leaves_all_as_it_was():
    answers = textcat_answers(LABELS, 5)
    fails = False

    def fit(given: list[Answer]) -> int:
        if fails:
            raise ArithmeticError("no fit")
        return len(given)

    learner = RefitLearner(fit, lambda model, texts: [{} for _ in texts], labels=LABELS)
    learner.update(answers[:4])
    fails = True
    with pytest.raises(ArithmeticError):
        learner.update(answers[4:])
    assert (learner.model, learner.learned) == (4, 4)
    fails = False
    learner.update(answers[4:])
    assert (learner.model, learner.learned) == (5, 5)


def test_a_label_that_comes_midway_brings_the_answers_that_were_left_out_for_it():
    fits = []

    def fit(given: list[Answer]) -> int:
        fits.append([label for each in given for label in each.accept])
        return len(given)

    learner = RefitLearner(
        fit, lambda model, texts: [{"A": 0.25, "B": 0.5, "C": 0.25}] * len(texts), labels="A,B"
    )
    learner.update(
        [make_answer(f"text {n}", "textcat.manual", accept=("ABC"[n % 3],)) for n in range(6)]
    )
    assert sorted(fits[-1]) == ["A", "A", "B", "B"]
    learner.add_label("C")
    assert sorted(fits[-1]) == ["A", "A", "B", "B", "C", "C"]
    assert learner.labels == ("A", "B", "C")
    assert learner.predict(["text"]) == [Prediction(cats={"A": 0.25, "B": 0.5, "C": 0.25})]
    with pytest.raises(LabelError):
        learner.add_label("C")


def test_what_teaches_nothing_is_not_given_to_fit():
    learner, fits = counting(ready=lambda answers: True)
    learner.update([make_answer("a", "textcat.manual", "ignore")])
    learner.update([make_answer("b", "textcat.manual", "reject")])
    learner.update([make_answer("c", "textcat.manual", accept=("other",), label="other")])
    assert fits == []
    rejected = make_answer("d", "textcat.teach", "reject", label="card")
    learner.update([rejected])
    assert fits == [[rejected.answer_id]]


def test_a_model_of_spans_is_fitted_on_the_first_text_with_one():
    drug = Span(0, 4, "DRUG", 0.9)
    learner = RefitLearner(len, lambda model, texts: [[drug] for _ in texts], labels=["DRUG"])
    learner.update(ner_answers(1))
    [prediction] = learner.predict(["Meth is bad"])
    assert prediction.spans == prediction.candidates == (drug,)


@pytest.mark.parametrize(
    ("readings", "match"),
    [
        (lambda texts: [{}], "1 readings of 2 texts"),
        (lambda texts: [{"card": float("nan")}] * 2, "probabilities"),
        (lambda texts: [{"card": 2.5}] * 2, "softmax"),
        (lambda texts: ["card"] * 2, "mapping from label"),
        (lambda texts: [0.5, 0.5], "mapping from label"),
    ],
)
def test_what_is_no_reading_is_refused(readings, match: str):
    learner = RefitLearner(
        len, lambda model, texts: readings(texts), labels=LABELS, ready=lambda answers: True
    )
    learner.update(textcat_answers(LABELS, 2))
    with pytest.raises(LearningError, match=match):
        learner.predict(["one", "two"])


def test_labels_that_nobody_asked_about_are_left_out():
    learner = RefitLearner(
        len, lambda model, texts: [{"card": 0.4, "other": 0.6} for _ in texts], labels=LABELS
    )
    learner.update(textcat_answers(LABELS, 2))
    assert learner.predict(["one"])[0].cats == {"card": 0.4}


@pytest.mark.parametrize(
    ("labels", "every", "error"), [([], 1, LabelError), (["A"], 0, ValueError)]
)
def test_what_cannot_be_meant_is_refused_at_once(labels, every: int, error):
    with pytest.raises(error):
        RefitLearner(len, lambda model, texts: [], labels=labels, every=every)


def test_without_a_pipeline_there_is_none_to_copy():
    with pytest.raises(nb.NbannotateError, match=r"learner\.model"):
        copy_nlp_of(sklearn_learner())
