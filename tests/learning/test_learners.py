"""The laws that every learner keeps, whatever its component."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from nbannotate.errors import LearningError
from nbannotate.learning import Learner, Prediction, make_learner
from nbannotate.learning.base import SpacyLearner
from nbannotate.learning.spacy_bow import BowLearner
from nbannotate.tasks import Answer, input_hash
from tests.learning.answers import TOPICS, ner_answers, spancat_answers, textcat_answers

LABELS = ("card", "cash", "login")
ODD_TEXTS = [
    "",
    " ",
    "\n\t  \n",
    "a",
    "😀",
    "I 😀 took 👩‍👩‍👧 aspirin\n\n in Rome",
    "  two  spaces  everywhere  ",
    "no-space-at-all" * 20,
    "a long text . " * 900,
    "\ufeff\u200b",
]


@dataclass(frozen=True)
class Kind:
    make: Callable[[int], SpacyLearner]
    answers: Callable[[int], list[Answer]]


def _ner(seed: int) -> SpacyLearner:
    return make_learner("ner", labels=["DRUG"], seed=seed)


def _spancat(seed: int) -> SpacyLearner:
    return make_learner("spancat", labels=["DRUG", "CLAIM"], seed=seed)


def _exclusive(seed: int) -> SpacyLearner:
    return make_learner("textcat", labels=LABELS, exclusive=True, seed=seed)


def _several(seed: int) -> SpacyLearner:
    return make_learner("textcat", labels=LABELS, exclusive=False, seed=seed)


def _one(seed: int) -> SpacyLearner:
    return make_learner("textcat", labels=["card"], exclusive=True, seed=seed)


KINDS = {
    "ner": Kind(_ner, ner_answers),
    "spancat": Kind(_spancat, spancat_answers),
    "textcat": Kind(_exclusive, lambda n: textcat_answers(LABELS, n)),
    "textcat of several labels": Kind(_several, lambda n: textcat_answers(LABELS, n)),
    "textcat of one label": Kind(_one, lambda n: textcat_answers(["card"], n)),
}


@pytest.fixture(params=KINDS, scope="module")
def kind(request: pytest.FixtureRequest) -> Kind:
    return KINDS[request.param]


def weights(learner: SpacyLearner) -> list[Any]:
    return [
        node.get_param(name).copy()
        for node in learner.pipe.model.walk()
        for name in node.param_names
    ]


def same(one: Sequence[Any], other: Sequence[Any]) -> bool:
    return all(np.array_equal(left, right) for left, right in zip(one, other, strict=True))


def agree(one: SpacyLearner, other: SpacyLearner) -> bool:
    """Whether two models that came about in different ways are one.

    Those taught in steps are the same to the bit. An optimum is found as closely as the
    search for it ends.
    """
    if not isinstance(one, BowLearner):
        return same(weights(one), weights(other))
    texts = [text for texts in TOPICS.values() for text in texts]
    pairs = zip(one.predict(texts), other.predict(texts), strict=True)
    return all(left.cats == pytest.approx(right.cats, abs=0.01) for left, right in pairs)


def taught(kind: Kind, answers: Sequence[Answer], seed: int = 0) -> SpacyLearner:
    learner = kind.make(seed)
    for answer in answers:
        learner.update([answer])
    return learner


def test_a_learner_keeps_the_protocol(kind: Kind) -> None:
    assert isinstance(kind.make(0), Learner)


def test_equal_seeds_and_answers_make_equal_models(kind: Kind) -> None:
    answers = kind.answers(5)
    one = taught(kind, answers)
    np.random.seed(99)  # noqa: NPY002
    random.seed(99)
    assert same(weights(one), weights(taught(kind, answers)))


def test_learning_leaves_the_global_random_generators_alone(kind: Kind) -> None:
    learner = kind.make(0)
    before = (random.getstate(), np.random.get_state()[1].tolist())  # type: ignore[index,union-attr]  # noqa: NPY002
    learner.update(kind.answers(1))
    learner.predict(["Some text ."])
    after = (random.getstate(), np.random.get_state()[1].tolist())  # type: ignore[index,union-attr]  # noqa: NPY002
    assert before == after


def test_an_update_changes_the_model(kind: Kind) -> None:
    learner = kind.make(0)
    before = weights(learner)
    learner.update(kind.answers(1))
    assert not same(before, weights(learner))


def test_undo_makes_the_model_the_one_before_the_answer(kind: Kind) -> None:
    *answers, last = kind.answers(4)
    learner = taught(kind, answers)
    before = weights(learner)
    learner.update([last])
    learner.undo()
    assert same(before, weights(learner))
    assert learner.learned == len(answers)


def test_after_an_undo_learning_goes_on_as_if_the_answer_had_never_been(kind: Kind) -> None:
    first, wrong, second = kind.answers(3)
    learner = taught(kind, [first, wrong])
    learner.undo()
    learner.update([second])
    assert same(weights(learner), weights(taught(kind, [first, second])))


def test_undo_reaches_back_further_than_the_checkpoints(kind: Kind) -> None:
    answers = kind.answers(4)
    learner = taught(kind, answers)
    learner._kept.clear()
    learner.undo()
    learner.undo()
    assert agree(learner, taught(kind, answers[:2]))


@pytest.mark.parametrize("at", [0, 2, 3])
def test_an_answer_is_forgotten_wherever_it_stood(kind: Kind, at: int) -> None:
    answers = kind.answers(5)
    learner = taught(kind, answers)
    learner.forget(answers[at])
    others = [answer for answer in answers if answer is not answers[at]]
    assert agree(learner, taught(kind, others))
    learner.undo()
    assert agree(learner, taught(kind, others[:-1]))


@pytest.mark.parametrize("at", [0, 1])
def test_an_answer_that_was_only_remembered_leaves_no_trace(kind: Kind, at: int) -> None:
    *remembered, one, two = kind.answers(5)
    learner = kind.make(0)
    learner.remember(remembered)
    learner.update([one])
    learner.update([two])
    learner.forget(remembered[at])
    expected = kind.make(0)
    expected.remember([each for each in remembered if each is not remembered[at]])
    expected.update([one])
    expected.update([two])
    assert agree(learner, expected)


def test_learning_goes_on_the_same_though_a_first_answer_to_a_text_taught_nothing(
    kind: Kind,
) -> None:
    """What is known of a text comes when it teaches; undo finds it by its first answer."""
    answers = kind.answers(18)
    silent = replace(answers[9], answer="ignore", spans=(), accept=(), label=None)
    given = [silent, *answers[:12]]
    learner = taught(kind, [*given, answers[12]])
    learner.undo()
    for answer in answers[13:]:
        learner.update([answer])
    assert agree(learner, taught(kind, [*given, *answers[13:]]))


def test_forgetting_learns_anew_only_what_came_after(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = ner_answers(6)
    learner = taught(KINDS["ner"], answers)
    learned: list[Answer] = []
    update = learner.update

    def counted(more: Sequence[Answer]) -> None:
        learned.extend(more)
        update(more)

    monkeypatch.setattr(learner, "update", counted)
    learner.forget(answers[3])
    assert learned == answers[4:]


def test_what_forgetting_could_not_finish_is_done_when_it_is_asked_again(kind: Kind) -> None:
    answers = kind.answers(5)
    learner = taught(kind, answers)

    def stop() -> None:
        raise RuntimeError

    learner.between_steps = stop
    with pytest.raises(RuntimeError):
        learner.forget(answers[1])
    learner.between_steps = None
    learner.forget(answers[1])
    assert agree(learner, taught(kind, [answers[0], *answers[2:]]))
    assert learner.learned == 4


def test_undo_without_an_update_says_so(kind: Kind) -> None:
    with pytest.raises(LearningError, match="no update to undo"):
        kind.make(0).undo()


def test_rebuilding_equals_learning_one_by_one(kind: Kind) -> None:
    answers = kind.answers(5)
    learner = taught(kind, kind.answers(2))
    told: list[tuple[int, int]] = []
    learner.rebuild(answers, progress=lambda done, total: told.append((done, total)))
    assert agree(learner, taught(kind, answers))
    assert told == sorted(set(told))
    assert told[-1] == (5, 5)
    assert learner.learned == 5


def test_predicting_never_trains(kind: Kind) -> None:
    learner = taught(kind, kind.answers(2))
    before = weights(learner)
    first = learner.predict(ODD_TEXTS[:5])
    assert learner.predict(ODD_TEXTS[:5]) == first
    assert same(before, weights(learner))


@pytest.mark.parametrize("n_answers", [0, 3])
def test_every_text_gets_a_prediction_with_probabilities(kind: Kind, n_answers: int) -> None:
    learner = taught(kind, kind.answers(n_answers))
    predictions = learner.predict(ODD_TEXTS)
    assert len(predictions) == len(ODD_TEXTS)
    for prediction in predictions:
        assert all(0.0 <= each <= 1.0 for each in probabilities(prediction))
        assert all(entropy >= 0.0 for entropy in prediction.token_entropies)


def probabilities(prediction: Prediction) -> list[float]:
    spans = [span.score for span in prediction.spans + prediction.candidates]
    return [score for score in spans if score is not None] + list(prediction.cats.values())


def test_odd_texts_can_be_learned_from_and_forgotten(kind: Kind) -> None:
    learner = kind.make(0)
    before = weights(learner)
    template = kind.answers(1)[0]
    for text in ODD_TEXTS:
        learner.update([with_text(template, text)])
    for _ in ODD_TEXTS:
        learner.undo()
    assert same(before, weights(learner))


def with_text(answer: Answer, text: str) -> Answer:
    return replace(answer, text=text, input_hash=input_hash(text), spans=())


def test_an_ignored_answer_teaches_nothing(kind: Kind) -> None:
    learner = kind.make(0)
    before = weights(learner)
    learner.update([replace(kind.answers(1)[0], answer="ignore")])
    assert same(before, weights(learner))


def test_weights_that_are_no_numbers_are_refused_and_put_back(
    kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner = taught(kind, kind.answers(2))
    before = weights(learner)
    learn = learner._learn_from

    def explode(*arguments: Any) -> None:
        learn(*arguments)
        node = next(node for node in learner.pipe.model.walk() if node.param_names)
        node.set_param(node.param_names[0], node.get_param(node.param_names[0]) * np.nan)

    monkeypatch.setattr(learner, "_learn_from", explode)
    with pytest.raises(LearningError, match="put back"):
        learner.update(kind.answers(1))
    assert same(before, weights(learner))
    assert learner.learned == 2


def test_an_error_while_learning_leaves_the_model_as_it_was(
    kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner = taught(kind, kind.answers(2))
    before = weights(learner)

    learn = learner._learn_from

    def fail(*arguments: Any) -> None:
        learn(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(learner, "_learn_from", fail)
    with pytest.raises(KeyboardInterrupt):
        learner.update(kind.answers(1))
    assert same(before, weights(learner))
    assert learner.learned == 2


def test_a_copy_is_not_changed_by_further_learning(kind: Kind) -> None:
    learner = taught(kind, kind.answers(2))
    twin = learner.copy_nlp()
    text = kind.answers(1)[0].text

    def read() -> tuple[object, ...]:
        doc = twin(text)
        groups = {key: [str(span) for span in spans] for key, spans in doc.spans.items()}
        return doc.cats, [str(span) for span in doc.ents], groups

    before = read()
    for answer in kind.answers(4):
        learner.update([answer])
    assert read() == before


def test_tokens_are_the_stretches_without_whitespace(kind: Kind) -> None:
    text = " I 😀 took\n\n it "
    tokens = kind.make(0).tokenize(text)
    assert [text[start:end] for start, end in tokens] == ["I", "😀", "took", "it"]
