"""A label is found by the words of its name, and no longer than it is worth looking."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbannotate.acquisition.experience import LABEL_NAME, SOUGHT_AT_LEAST, Experience
from nbannotate.acquisition.label_names import LabelNames
from nbannotate.tasks import Answer
from tests.loops import CountingLearner, a_session, settled

LABELS = ("praise", "top_up_failed")


def an_answer(number: int, label: str, why: str) -> Answer:
    return Answer(
        *(f"{number}", "d", "s", "a", "textcat.correct", "a text", 1, 1, "accept"),
        created_at=datetime(2026, 1, 1),  # noqa: DTZ001  the store's times are naive UTC
        accept=(label,),
        why=why,
    )


@pytest.mark.parametrize(
    "name", ["top_up_failed", "TopUpFailed", "top-up failed", "Top up (failed)"]
)
def test_a_name_is_its_words_however_it_is_written(name: str):
    names = LabelNames([name])
    assert names.share_named("Why did my TOP UP fail?", name) == 1.0
    assert names.share_named("Nothing of the kind", name) == 0.0


def test_a_text_that_has_one_word_of_several_names_nothing():
    names = LabelNames(LABELS)
    assert not names.names_any("It is up to you", LABELS)
    assert names.names_any("My top up failed", LABELS)


@given(st.text(), st.text())
def test_any_name_and_any_text_can_be_compared(name: str, text: str):
    assert 0.0 <= LabelNames([name]).share_named(text, name) <= 1.0


def test_a_label_is_looked_for_until_it_was_given():
    experience = Experience(LABELS)
    assert experience.labels_to_find() == LABELS
    given_once = an_answer(0, "praise", "margin")
    experience.add(given_once)
    assert experience.labels_to_find() == ("top_up_failed",)
    experience.remove(given_once)
    assert experience.labels_to_find() == LABELS


def test_looking_for_labels_ends():
    experience = Experience(LABELS)
    for number in range(SOUGHT_AT_LEAST):
        assert experience.seeks_labels
        experience.add(an_answer(number, "praise", LABEL_NAME))
    assert not experience.seeks_labels


def test_a_text_that_names_a_label_is_asked_early_and_says_why():
    texts = [f"Nothing of note in number {number}" for number in range(300)]
    texts[200:204] = [f"A complaint about brake {number}" for number in range(4)]
    labels = ("praise", "complaint")
    session = a_session(texts, "textcat.correct", learner=CountingLearner(*labels), labels=labels)
    found = []
    for _ in range(SOUGHT_AT_LEAST):
        task = settled(session).task
        is_complaint = "complaint" in task.text
        found += [task.why] if is_complaint else []
        session.answer("accept", accept="complaint" if is_complaint else "praise")
    assert LABEL_NAME in found
