"""What the textcat learner promises of labels that are accepted, rejected or unknown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from nbannotate.learning import make_learner
from nbannotate.learning.base import SpacyLearner
from nbannotate.learning.spacy_textcat import without_rejected
from tests.learning.answers import make_answer, textcat_answers

LABELS = ["card", "cash", "login"]
TEXT = "the machine gave no cash"


def warm(labels: Sequence[str] = LABELS, *, exclusive: bool = True) -> SpacyLearner:
    learner = make_learner("textcat", labels=labels, exclusive=exclusive)
    for answer in textcat_answers(labels, 6):
        learner.update([answer])
    return learner


@pytest.mark.parametrize("exclusive", [True, False])
def test_a_rejected_label_becomes_less_probable(*, exclusive: bool) -> None:
    learner = warm(exclusive=exclusive)
    text = "is there a fee for a second account ?"
    before = learner.predict([text])[0].cats
    best = max(before, key=lambda label: before[label])
    learner.update([make_answer(text, "textcat.teach", "reject", label=best)])
    assert learner.predict([text])[0].cats[best] < before[best]


@pytest.mark.parametrize("exclusive", [True, False])
def test_an_accepted_label_becomes_more_probable(*, exclusive: bool) -> None:
    learner = warm(exclusive=exclusive)
    before = learner.predict([TEXT])[0].cats
    learner.update([make_answer(TEXT, "textcat.teach", label="login")])
    assert learner.predict([TEXT])[0].cats["login"] > before["login"]


def test_exclusive_probabilities_sum_to_one() -> None:
    assert sum(warm().predict([TEXT])[0].cats.values()) == pytest.approx(1.0, abs=1e-4)


def test_rejects_alone_teach_exclusive_labels() -> None:
    learner = make_learner("textcat", labels=LABELS)
    for label in ("card", "login"):
        learner.update([make_answer(TEXT, "textcat.teach", "reject", label=label)])
    cats = learner.predict([TEXT])[0].cats
    assert max(cats, key=lambda label: cats[label]) == "cash"


def test_an_unknown_label_of_several_is_left_alone() -> None:
    learner = make_learner("textcat", labels=LABELS, exclusive=False)
    for _ in range(5):
        learner.update([make_answer(TEXT, "textcat.teach", label="cash")])
    cats = learner.predict([TEXT])[0].cats
    assert cats["cash"] > 0.6
    assert cats["card"] == pytest.approx(0.5, abs=0.01)


def test_several_labels_can_apply_to_one_text() -> None:
    learner = make_learner("textcat", labels=LABELS, exclusive=False)
    for _ in range(10):
        learner.update([make_answer(TEXT, "textcat.manual", accept=("cash", "card"))])
    cats = learner.predict([TEXT])[0].cats
    assert {label for label, value in cats.items() if value > 0.5} == {"cash", "card"}


def test_a_text_without_a_word_has_no_preference() -> None:
    assert warm().predict([" "])[0].cats == pytest.approx(dict.fromkeys(LABELS, 1 / 3))
    several = warm(exclusive=False).predict([""])[0].cats
    assert several == dict.fromkeys(LABELS, 0.5)


@pytest.mark.parametrize("factory", ["textcat", "textcat_multilabel"])
def test_spacys_default_architecture_can_be_taught(factory: str) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe(factory)
    exclusive = factory == "textcat"
    learner = make_learner("textcat", nlp, labels=LABELS, exclusive=exclusive)
    answers = textcat_answers(LABELS, 6)
    for answer in answers:
        learner.update([answer])
    assert learner.nlp.pipe_names == [factory]


@given(st.lists(st.floats(0, 1), min_size=2, max_size=6), st.data())
def test_what_a_reject_hands_on_sums_to_one(scores: list[float], data: st.DataObject) -> None:
    rejected = data.draw(st.lists(st.booleans(), min_size=len(scores), max_size=len(scores)))
    rejected[data.draw(st.integers(0, len(scores) - 1))] = False
    handed = without_rejected(np.array(scores, dtype="f"), rejected)
    assert handed.sum() == pytest.approx(1.0, abs=1e-5)
    assert not handed[np.array(rejected)].any()
