"""Which texts are read for a choice, and that there is always a question while one is open."""

from __future__ import annotations

from random import Random

import pytest

import nbannotate as nb
from nbannotate.acquisition import Acquisition
from nbannotate.pool import Pool
from nbannotate.session.questions import (
    CHARACTERS_SCORED,
    FEWEST_SCORED,
    NOTHING_FOUND,
    QUESTIONS_AT_HAND,
    Questions,
)
from nbannotate.tasks import Answer, Prediction, find_view
from tests.loops import CountingLearner

WAIT_SECONDS = 60
GOOD = "xylophone"
TEXTS = [f"the {GOOD} of house {number}" if number % 3 else f"no {number}" for number in range(40)]


def choosing(pool: Pool, strategy: str) -> Questions:
    view = find_view("textcat.manual", exclusive=True)
    return Questions(view, ("A", "B"), pool, Acquisition(strategy, view.layout))


class ReadingLearner(CountingLearner):
    """Remembers how long the texts were that it was given to read."""

    def __init__(self) -> None:
        super().__init__("A", "B")
        self.read: list[list[int]] = []

    def predict(self, texts) -> list[Prediction]:
        self.read.append([len(text) for text in texts])
        return super().predict(texts)


@pytest.mark.parametrize("n_characters", [100, 3_000, 50_000])
def test_a_choice_reads_fewer_texts_where_they_are_long(n_characters: int):
    pool = Pool([f"{number} ".ljust(n_characters, "x") for number in range(200)])
    questions = choosing(pool, "auto")
    learner = ReadingLearner()
    tasks = questions.choose(learner, without=(), version=None)
    read = sum(sum(lengths) for lengths in learner.read)
    assert len(tasks) >= FEWEST_SCORED
    assert read <= 2 * max(CHARACTERS_SCORED, FEWEST_SCORED * n_characters)
    assert (sum(map(len, learner.read)) >= QUESTIONS_AT_HAND) == (n_characters == 100)


def test_how_many_texts_are_read_does_not_depend_on_which_were_drawn():
    random = Random(0)
    pool = Pool([f"{number} ".ljust(random.choice([10, 40_000]), "x") for number in range(300)])
    questions = choosing(pool, "random")
    learner = ReadingLearner()
    for _ in range(20):
        questions.choose(learner, without=(), version=None)
    assert len({len(lengths) for lengths in learner.read}) == 1
    assert len({sum(lengths) for lengths in learner.read}) > 1


def fit_words(answers: list[Answer]) -> set[str]:
    return {
        span.text_of(answer.text)
        for answer in answers
        for span in answer.spans
        if answer.answer == "accept"
    }


def predict_words(known: set[str], texts: list[str]) -> list[list[nb.Span]]:
    return [
        [nb.Span(text.index(word), text.index(word) + len(word), "GOOD") for word in known
         if word in text]
        for text in texts
    ]  # fmt: skip


@pytest.mark.parametrize("component", ["ner", "spans"])
def test_teach_goes_on_with_a_model_that_finds_nothing_until_it_does(component: str):
    learner = nb.RefitLearner(fit_words, predict_words, labels=["GOOD"])
    ann = nb.annotate(
        TEXTS, view=f"{component}.teach", labels=["GOOD"], learner=learner, store=":memory:"
    )
    asked, whys = set(), []
    while (task := ann.session.task) is not None:
        asked.add(task.text)
        whys.append(task.why)
        is_good = task.spans[0].text_of(task.text) == GOOD
        ann.session.answer("accept" if is_good else "reject")
        assert ann.session.join(WAIT_SECONDS)
    assert ann.session.phase == "finished"
    assert asked == set(TEXTS)
    assert learner.model == {GOOD}
    first_found = next(at for at, why in enumerate(whys) if why != NOTHING_FOUND)
    assert first_found > 0
    n_found = sum(GOOD in text for text in TEXTS)
    # Once it knows the word, texts that have it come before guesses about others.
    assert whys[first_found:].count(NOTHING_FOUND) <= len(TEXTS) - n_found
    ann.close()
