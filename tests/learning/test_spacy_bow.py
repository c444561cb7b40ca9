"""What the learner on a bag of words promises: the best weights, whatever the way to them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random

import numpy as np
import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import check_grad
from scipy.sparse import csr_array

from nbannotate.learning import gather, make_learner, prepare, train
from nbannotate.learning.linear import Facts, LinearFit
from nbannotate.learning.spacy_bow import BowLearner
from nbannotate.learning.spacy_textcat import TextcatLearner
from nbannotate.tasks import Answer
from tests.learning.answers import make_answer, textcat_answers

LABELS = ("card", "cash", "login")
TEXTS = ["my card", "no cash today", "the login page", "nothing of the sort"]
TOLERANCE = 0.01
"""Of a probability: the search for the optimum ends near it, from wherever it came."""


def taught(answers: Sequence[Answer], *, exclusive: bool = True, seed: int = 0) -> BowLearner:
    learner = make_learner("textcat", labels=LABELS, exclusive=exclusive, seed=seed)
    assert isinstance(learner, BowLearner)
    for answer in answers:
        learner.update([answer])
    return learner


def probabilities(learner: TextcatLearner) -> np.ndarray:
    return np.array([list(each.cats.values()) for each in learner.predict(TEXTS)])


def some_answers(n: int, *, exclusive: bool) -> list[Answer]:
    rejects = [
        make_answer(f"is cash {number} a card ?", "textcat.teach", "reject", label="login")
        for number in range(n // 4)
    ]
    if exclusive:
        return [*textcat_answers(LABELS, n), *rejects]
    both = make_answer("card and cash", "textcat.manual", accept=("card", "cash"))
    return [*textcat_answers(LABELS, n), both, *rejects]


@pytest.mark.parametrize("exclusive", [True, False])
def test_the_order_of_answers_makes_no_difference(*, exclusive: bool) -> None:
    answers = some_answers(16, exclusive=exclusive)
    shuffled = Random(1).sample(answers, len(answers))
    one, other = taught(answers, exclusive=exclusive), taught(shuffled, exclusive=exclusive)
    assert probabilities(one) == pytest.approx(probabilities(other), abs=TOLERANCE)


@pytest.mark.parametrize("exclusive", [True, False])
def test_the_loops_model_is_the_one_of_a_retrain(*, exclusive: bool) -> None:
    answers = some_answers(16, exclusive=exclusive)
    nlp = prepare(component="textcat", labels=LABELS, exclusive=exclusive)
    evidence = gather(answers, component="textcat", labels=LABELS, exclusive=exclusive)
    rows = train(nlp, "textcat", evidence, labels=LABELS, exclusive=exclusive)
    retrained = np.array([list(doc.cats.values()) for doc in nlp.pipe(TEXTS)])
    assert probabilities(taught(answers, exclusive=exclusive)) == pytest.approx(
        retrained, abs=TOLERANCE
    )
    losses = [row["loss"] for row in rows]
    assert losses == sorted(losses, reverse=True)


def test_an_undone_answer_leaves_no_trace_wherever_it_stood() -> None:
    answers = textcat_answers(LABELS, 12)
    learner = taught(answers)
    learner.forget(answers[4])
    without = taught([*answers[:4], *answers[5:]])
    assert probabilities(learner) == pytest.approx(probabilities(without), abs=TOLERANCE)


@pytest.mark.parametrize("seed", range(3))
def test_rejected_labels_leave_one_model_whatever_was_learned_on_the_way(seed: int) -> None:
    """What is known by rejects alone has several optima; the way to them must not choose."""
    random, labels = Random(seed), tuple("ABCDEF")
    answers = [
        make_answer(
            " ".join([*random.choices("pqrstuvw", k=3), str(number)]),
            "textcat.teach",
            "accept" if random.random() < 0.2 else "reject",
            label=random.choice(labels),
            labels=labels,
        )
        for number in range(30)
    ]
    astray, rebuilt = (make_learner("textcat", labels=labels) for _ in range(2))
    rebuilt.rebuild(answers)
    astray.rebuild(answers[:-1])
    assert isinstance(astray, BowLearner)
    weights = astray._linear.get_param("W")
    elsewhere = np.random.default_rng(seed).normal(0.0, 2.0, weights.shape)
    astray._linear.set_param("W", elsewhere.astype(weights.dtype))
    astray.update(answers[-1:])
    texts = [answer.text for answer in answers]
    for one, other in zip(astray.predict(texts), rebuilt.predict(texts), strict=True):
        assert one.cats == pytest.approx(other.cats, abs=TOLERANCE)


def test_a_rare_label_is_found_beside_a_frequent_one() -> None:
    frequent = [
        make_answer(f"my card number {number} is late", "textcat.manual", accept=("card",))
        for number in range(40)
    ]
    rare = make_answer("my password is late", "textcat.manual", accept=("login",))
    cats = taught([*frequent, rare]).predict(["a late password"])[0].cats
    assert max(cats, key=lambda label: cats[label]) == "login"


def test_a_word_is_one_word_whatever_its_case() -> None:
    learner = taught(textcat_answers(LABELS, 9))
    lower, upper = learner.predict(["no cash !", "NO CASH !"])
    assert lower == upper


def test_a_saved_model_needs_nothing_but_spacy(tmp_path: Path) -> None:
    learner = taught(textcat_answers(LABELS, 9))
    learner.copy_nlp().to_disk(tmp_path / "model")
    code = (
        "import spacy, sys; nlp = spacy.load('model'); print(nlp('no cash').cats['cash']);"
        "assert not any(name.startswith('nbannotate') for name in sys.modules)"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout
    assert float(printed) == pytest.approx(learner.predict(["no cash"])[0].cats["cash"], abs=1e-4)


def test_spacys_own_bag_of_words_is_taught_in_the_same_way() -> None:
    nlp = spacy.blank("en")
    bow = {"@architectures": "spacy.TextCatBOW.v3", "exclusive_classes": True}
    nlp.add_pipe("textcat", config={"model": {**bow, "ngram_size": 2, "no_output_layer": False}})
    learner = make_learner("textcat", nlp, labels=LABELS)
    assert isinstance(learner, BowLearner)
    for answer in textcat_answers(LABELS, 9):
        learner.update([answer])
    assert learner.predict(["no cash from it"])[0].cats["cash"] > 0.5


def test_a_trained_model_keeps_what_no_answer_speaks_against() -> None:
    trained = taught(textcat_answers(LABELS, 12)).copy_nlp()
    learner = make_learner("textcat", trained, labels=LABELS)
    learner.update([make_answer("the branch was closed", "textcat.manual", accept=("cash",))])
    cats = learner.predict(["password forgotten"])[0].cats
    assert max(cats, key=lambda label: cats[label]) == "login"


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    n_texts, n_labels = draw(st.integers(1, 5)), draw(st.integers(2, 4))
    rng = np.random.default_rng(draw(st.integers(0, 9999)))
    exclusive = draw(st.booleans())
    possible = (rng.random((n_texts, n_labels)) < 0.5).astype(np.float64)
    if exclusive:
        possible[np.arange(n_texts), rng.integers(n_labels, size=n_texts)] = 1.0
    counts = csr_array(rng.poisson(0.7, (n_texts, 6)).astype(np.float64))
    known = np.ones_like(possible) if exclusive else (rng.random(possible.shape) < 0.7) * 1.0
    return Facts(counts, possible, known, exclusive)


@settings(max_examples=40, deadline=None)
@given(facts(), st.integers(0, 999))
def test_the_gradient_is_that_of_the_loss(given_facts: Facts, seed: int) -> None:
    rng = np.random.default_rng(seed)
    shape = (6, given_facts.possible.shape[1])
    fit = LinearFit(given_facts, rng.normal(size=shape), rng.normal(size=shape[1]))
    error = check_grad(
        lambda vector: fit._loss_and_gradient(vector)[0],
        lambda vector: fit._loss_and_gradient(vector)[1],
        rng.normal(size=shape[0] * shape[1] + shape[1]),
    )
    assert error < 1e-4


@settings(max_examples=40, deadline=None)
@given(facts())
def test_the_weights_found_are_no_worse_than_those_near_them(given_facts: Facts) -> None:
    rng = np.random.default_rng(0)
    shape = (6, given_facts.possible.shape[1])
    fit = LinearFit(given_facts, np.zeros(shape), np.zeros(shape[1]))
    weights, biases, loss = fit.minimize(np.zeros(shape), np.zeros(shape[1]))
    for _ in range(5):
        near = weights + rng.normal(scale=0.05, size=shape)
        assert loss <= fit.loss(near, biases + rng.normal(scale=0.05, size=shape[1])) + 1e-6


def test_many_answers_are_learned_by_one_search(monkeypatch: pytest.MonkeyPatch) -> None:
    searches = []
    minimize = LinearFit.minimize

    def counted(self: LinearFit, *arguments: object, **settings: object) -> object:
        searches.append(self)
        return minimize(self, *arguments, **settings)  # type: ignore[arg-type]

    monkeypatch.setattr(LinearFit, "minimize", counted)
    learner = make_learner("textcat", labels=LABELS)
    learner.rebuild(textcat_answers(LABELS, 30))
    assert learner.learned == 30
    assert len(searches) == 1


def test_what_is_no_longer_known_is_forgotten() -> None:
    """All labels of a text rejected, one after another: after two the third was concluded."""
    learner = make_learner("textcat", labels=LABELS)
    for label in LABELS:
        text = "my card is lost"
        learner.update([make_answer(text, "textcat.teach", "reject", label=label, labels=LABELS)])
    cats = learner.predict([text])[0].cats
    assert cats == pytest.approx(dict.fromkeys(LABELS, 1 / len(LABELS)))
