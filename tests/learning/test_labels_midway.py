"""What becomes of a model, and of earlier answers, when a label comes midway."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from spacy.language import Language

from nbannotate.errors import PipelineError
from nbannotate.learning import Interrupted, TextEvidence, gather, make_learner
from nbannotate.learning.base import SpacyLearner
from nbannotate.learning.replay import draw_batches
from nbannotate.learning.spacy_ner import NerLearner
from nbannotate.tasks import Answer, Span
from tests.learning.answers import PLACES, gold_texts, make_answer, textcat_answers

TEXT = "Meth and crack are bad"
METH = Span(0, 4, "DRUG")
BAD = Span(19, 22, "EFFECT")
TOPICS = ("card", "cash", "login")


def weights(learner: SpacyLearner) -> list[Any]:
    return [
        node.get_param(name).copy()
        for node in learner.pipe.model.walk()
        for name in node.param_names
    ]


def same(one: Sequence[Any], other: Sequence[Any]) -> bool:
    return all(np.array_equal(left, right) for left, right in zip(one, other, strict=True))


def ner_before_and_after(n_before: int = 4, n_after: int = 3) -> list[Answer]:
    """Answers asked with DRUG alone, then with DRUG and PLACE."""
    answers = []
    for number, (text, drugs) in enumerate(gold_texts(n_before + n_after)):
        labels = ("DRUG",) if number < n_before else ("DRUG", "PLACE")
        places = [
            Span(text.index(place), text.index(place) + len(place), "PLACE")
            for place in PLACES
            if place in text and "PLACE" in labels
        ]
        spans = (*drugs, *places)
        answers.append(make_answer(text, "ner.correct", spans=spans, labels=labels))
    return answers


def ner_in_the_loop(
    answers: Sequence[Answer], n_before: int = 4, base: Language | None = None
) -> SpacyLearner:
    learner: SpacyLearner = make_learner("ner", base, labels=["DRUG"], seed=1)
    for answer in answers[:n_before]:
        learner.update([answer])
    learner = learner.with_label("PLACE")
    for answer in answers[n_before:]:
        learner.update([answer])
    return learner


def ner_after_a_restart(
    answers: Sequence[Answer], base: Language | None = None, **keywords: Any
) -> SpacyLearner:
    learner = make_learner(
        "ner", base, labels=["DRUG", "PLACE"], seed=1, first_labels=answers[0].labels
    )
    learner.rebuild(answers, **keywords)
    return learner


def spans(*answers: Answer, labels: Sequence[str] = ("DRUG", "EFFECT")) -> TextEvidence:
    [evidence] = gather(answers, component="ner", labels=labels)
    return evidence


def cats(*answers: Answer, exclusive: bool) -> dict[str, float]:
    found = gather(answers, component="textcat", labels=TOPICS, exclusive=exclusive)
    return dict(found[0].cats) if found else {}


# What earlier answers say


def test_a_whole_text_says_nothing_of_a_label_it_was_not_asked_with() -> None:
    evidence = spans(make_answer(TEXT, "ner.correct", spans=(METH,), labels=("DRUG",)))
    assert (evidence.complete, evidence.labels) == (True, ("DRUG",))
    assert evidence.speaks_of("ner") == {"DRUG"}
    assert evidence.is_complete("ner", ["DRUG", "EFFECT"])
    assert not evidence.is_complete("ner", ["EFFECT"])


def test_whole_texts_asked_with_different_labels_are_taken_together() -> None:
    first = make_answer(TEXT, "ner.correct", spans=(METH,), labels=("DRUG",))
    second = make_answer(TEXT, "ner.correct", spans=(BAD,), labels=("EFFECT",))
    evidence = spans(first, second)
    assert evidence.spans == (METH, BAD)
    assert evidence.is_complete("ner", ["DRUG", "EFFECT"])


def test_of_each_label_the_later_whole_text_holds() -> None:
    first = make_answer(TEXT, "ner.correct", spans=(METH, BAD), labels=("DRUG", "EFFECT"))
    second = make_answer(TEXT, "ner.correct", spans=(), labels=("DRUG",))
    assert spans(first, second).spans == (BAD,)
    assert spans(second, first).spans == (METH, BAD)


def test_a_yes_or_no_answer_about_a_new_label_adds_to_an_earlier_whole_text() -> None:
    whole = make_answer(TEXT, "ner.correct", spans=(METH,), labels=("DRUG",))
    both = ("DRUG", "EFFECT")
    accepted = make_answer(TEXT, "ner.teach", spans=(BAD,), labels=both)
    rejected = make_answer(
        TEXT, "ner.teach", "reject", spans=(Span(9, 14, "EFFECT"),), labels=both
    )
    evidence = spans(whole, accepted, rejected)
    assert evidence.spans == (METH, BAD)
    assert evidence.rejected == (Span(9, 14, "EFFECT"),)
    assert evidence.labels == ("DRUG",)


def test_where_any_number_of_labels_applies_a_later_one_stays_unknown() -> None:
    answer = make_answer(TEXT, "textcat.manual", accept=("cash",), labels=("card", "cash"))
    assert cats(answer, exclusive=False) == {"card": 0.0, "cash": 1.0}


def test_where_exactly_one_label_applies_the_one_chosen_excludes_later_ones() -> None:
    answer = make_answer(TEXT, "textcat.manual", accept=("cash",), labels=("card", "cash"))
    assert cats(answer, exclusive=True) == {"card": 0.0, "cash": 1.0, "login": 0.0}


def test_where_all_that_were_offered_are_wrong_nothing_is_known_of_a_later_label() -> None:
    rejects = [
        make_answer(TEXT, "textcat.teach", "reject", label=label, labels=("card", "cash"))
        for label in ("card", "cash")
    ]
    assert cats(*rejects, exclusive=True) == {}
    assert cats(rejects[0], exclusive=True) == {"card": 0.0}
    offered = replace(rejects[1], labels=TOPICS)
    assert cats(rejects[0], offered, exclusive=True)["login"] == 1.0


# What the model becomes


def test_ner_takes_a_label_without_losing_what_it_has_learned() -> None:
    answers = ner_before_and_after()
    learner = make_learner("ner", labels=["DRUG"], seed=1)
    for answer in answers[:4]:
        learner.update([answer])
    texts = [answer.text for answer in answers]
    before, n_learned = learner.predict(texts), learner.learned
    grown = learner.with_label("PLACE")
    assert (grown.labels, grown.learned) == (("DRUG", "PLACE"), n_learned)
    for one, other in zip(before, grown.predict(texts), strict=True):
        drugs = {span for span in other.spans if span.label == "DRUG"}
        assert drugs <= set(one.spans)


def test_the_new_label_is_learned() -> None:
    answers = ner_before_and_after(12, 24)
    learner = ner_in_the_loop(answers, 12)
    found = {
        span.label
        for prediction in learner.predict([answer.text for answer in answers[-12:]])
        for span in prediction.spans
    }
    assert found == {"DRUG", "PLACE"}


def test_a_restart_makes_the_ner_that_took_the_label_midway() -> None:
    answers = ner_before_and_after()
    assert same(weights(ner_in_the_loop(answers)), weights(ner_after_a_restart(answers)))


@pytest.mark.parametrize("knew", [("DRUG",), ("OTHER",), ("DRUG", "OTHER"), ("DRUG", "PLACE")])
@pytest.mark.parametrize("n_before", [0, 4])
def test_a_trained_ner_takes_a_label_and_is_the_same_after_a_restart(
    knew: tuple[str, ...], n_before: int
) -> None:
    base = make_learner("ner", labels=knew)
    for text, drugs in gold_texts(6):
        spans = [replace(drug, label=knew[0]) for drug in drugs]
        base.update([make_answer(text, "ner.correct", spans=tuple(spans), labels=knew)])
    answers = ner_before_and_after(n_before)
    learner = ner_in_the_loop(answers, n_before, base.copy_nlp())
    assert learner.learned == len(answers)
    assert same(weights(learner), weights(ner_after_a_restart(answers, base.copy_nlp())))
    learner.undo()
    expected = ner_after_a_restart(answers[:-1], base.copy_nlp())
    assert same(weights(learner), weights(expected))


def test_a_restart_from_a_snapshot_makes_the_same_ner(tmp_path: Path) -> None:
    answers = ner_before_and_after()
    learner = ner_in_the_loop(answers[:-1])
    learner.save_snapshot(tmp_path)
    told: list[int] = []
    resumed = ner_after_a_restart(
        answers, snapshots=tmp_path, progress=lambda done, _: told.append(done)
    )
    assert told == [len(answers)]
    learner.update([answers[-1]])
    assert same(weights(learner), weights(resumed))


def test_a_label_without_an_answer_yet_is_there_after_a_restart() -> None:
    answers = ner_before_and_after(4, 0)
    resumed = ner_after_a_restart(answers)
    assert resumed.labels == ("DRUG", "PLACE")
    assert same(weights(ner_in_the_loop(answers)), weights(resumed))


@pytest.mark.parametrize("keeps_checkpoints", [True, False])
def test_undo_reaches_back_across_the_new_label(*, keeps_checkpoints: bool) -> None:
    answers = ner_before_and_after()
    learner = ner_in_the_loop(answers)
    if not keeps_checkpoints:
        learner._kept.clear()
    for _ in range(4):
        learner.undo()
    assert learner.labels == ("DRUG", "PLACE")
    assert same(weights(learner), weights(ner_in_the_loop(answers[:3])))
    learner.update([answers[4]])
    expected = ner_after_a_restart([*answers[:3], answers[4]])
    assert same(weights(learner), weights(expected))


@pytest.mark.parametrize("at", [1, 5])
def test_an_answer_is_forgotten_before_and_after_the_label_came(at: int) -> None:
    answers = ner_before_and_after()
    learner = ner_in_the_loop(answers)
    learner.forget(answers[at])
    left = [answer for answer in answers if answer is not answers[at]]
    assert same(weights(learner), weights(ner_after_a_restart(left)))


def test_a_label_that_the_pipeline_knew_all_along_is_only_asked_for() -> None:
    base = ner_in_the_loop(ner_before_and_after(6, 6), 6).copy_nlp()
    learner = make_learner("ner", base, labels=["DRUG"], seed=1)
    before = weights(learner)
    assert isinstance(learner, NerLearner)
    grown = learner.with_label("PLACE")
    assert same(before, weights(grown))
    grown.update([make_answer("He was in Rome", "ner.correct", labels=grown.labels)])


@pytest.mark.parametrize("exclusive", [True, False])
def test_textcat_is_built_anew_as_if_the_label_had_been_there(*, exclusive: bool) -> None:
    answers = [replace(answer, labels=TOPICS[:2]) for answer in textcat_answers(TOPICS[:2], 5)]
    learner = make_learner("textcat", labels=TOPICS[:2], exclusive=exclusive, seed=2)
    for answer in answers:
        learner.update([answer])
    told: list[tuple[int, int]] = []
    grown = learner.with_label("login", lambda done, total: told.append((done, total)))
    fresh = make_learner("textcat", labels=TOPICS, exclusive=exclusive, seed=2)
    fresh.rebuild(answers)
    assert same(weights(grown), weights(fresh))
    assert told[-1] == (5, 5)
    assert set(grown.predict(["my card"])[0].cats) == set(TOPICS)


def test_remembered_answers_are_replayed_by_the_learner_with_the_new_label() -> None:
    answers = textcat_answers(TOPICS[:2], 4)
    learner = make_learner("textcat", labels=TOPICS[:2])
    learner.remember(answers[:2])
    learner.update([answers[2]])
    grown = learner.with_label("login")
    assert grown.learned == 1
    grown.forget(answers[0])
    assert answers[0] not in grown._remembered


def test_a_learner_that_nobody_can_remake_says_so() -> None:
    learner = make_learner("textcat", labels=TOPICS[:2])
    learner.remake = None
    with pytest.raises(PipelineError, match="make_learner"):
        learner.with_label("login")


# Between steps


def test_what_is_raised_between_steps_ends_the_update_without_a_trace() -> None:
    answers = ner_before_and_after()
    learner = ner_in_the_loop(answers[:5])
    before, steps = weights(learner), []

    def stop() -> None:
        steps.append(1)
        if len(steps) == 3:
            raise Interrupted

    learner.between_steps = stop
    with pytest.raises(Interrupted):
        learner.update([answers[5]])
    assert same(before, weights(learner))
    learner.between_steps = None
    learner.update([answers[5]])
    assert same(weights(learner), weights(ner_in_the_loop(answers[:6])))


def test_predicting_between_steps_changes_nothing() -> None:
    answers = ner_before_and_after()
    curious = make_learner("ner", labels=["DRUG"], seed=1)
    curious.between_steps = lambda: curious.predict(["I took aspirin in Rome"]) and None
    plain = make_learner("ner", labels=["DRUG"], seed=1)
    for answer in answers[:4]:
        curious.update([answer])
        plain.update([answer])
    assert same(weights(curious), weights(plain))


def test_what_is_replayed_of_long_texts_stays_within_the_tokens_of_a_step() -> None:
    learner = make_learner("ner", labels=["DRUG"])
    for number in range(12):
        text = f"aspirin number {number} " + "and so on " * 120
        learner.update([make_answer(text, "ner.correct", labels=("DRUG",))])
    new = list(learner._evidence.values())[:1]
    for batch in draw_batches(
        new,
        learner._evidence,
        learner._budget,
        np.random.default_rng(0),
        lambda text: len(learner._doc(text)),
    ):
        lengths = [len(learner._doc(evidence.text)) for evidence in batch]
        assert len(batch) == 1 or sum(lengths) <= learner._budget.max_tokens
        assert len(batch) < learner._budget.batch_size


# What others broke


def test_a_component_that_was_taken_out_is_missed_and_put_back() -> None:
    answers = ner_before_and_after(4, 0)
    learner = make_learner("ner", labels=["DRUG"], seed=1)
    learner.update([answers[0]])
    learner.nlp.remove_pipe("ner")
    for use in (
        lambda: learner.update([answers[1]]),
        lambda: learner.predict(["text"]),
        learner.copy_nlp,
    ):
        with pytest.raises(PipelineError, match=r"taken out.*ann\.resume"):
            use()
    learner.mend()
    learner.update([answers[1]])
    whole = make_learner("ner", labels=["DRUG"], seed=1)
    for answer in answers[:2]:
        whole.update([answer])
    assert same(weights(learner), weights(whole))


def test_weights_that_somebody_broke_are_learned_anew() -> None:
    answers = textcat_answers(TOPICS, 4)
    learner = make_learner("textcat", labels=TOPICS)
    for answer in answers:
        learner.update([answer])
    before = weights(learner)
    node = next(node for node in learner.pipe.model.walk() if node.has_param("W"))
    node.set_param("W", node.get_param("W") * np.nan)
    learner.mend()
    # A search for the same optimum ends as near to it as the one before.
    for left, right in zip(before, weights(learner), strict=True):
        assert np.allclose(left, right, atol=1e-2)


@pytest.mark.parametrize("component", ["textcat", "spancat"])
def test_a_label_that_comes_midway_leaves_nothing_learned_twice(component: str) -> None:
    """On a trained pipeline, too, it is as if the label had been there from the start."""
    if component == "textcat":
        answers = textcat_answers(TOPICS[:2], 6)
        labels = list(TOPICS[:2])
    else:
        answers = [make_answer(text, "spans.manual", spans=spans) for text, spans in gold_texts(6)]
        labels = ["DRUG"]
    trained = make_learner(component, labels=labels, seed=1)  # type: ignore[arg-type]
    trained.rebuild(answers[:3])
    base = trained.copy_nlp()
    learner: Any = make_learner(component, base, labels=labels, seed=1)  # type: ignore[arg-type]
    for answer in answers[3:]:
        learner.update([answer])
    learner = learner.with_label("NEW")
    fresh = make_learner(component, base, labels=[*labels, "NEW"], seed=1)  # type: ignore[arg-type]
    untouched = make_learner(component, base, labels=labels, seed=1)  # type: ignore[arg-type]
    assert not same(weights(untouched), weights(make_learner(component, labels=labels, seed=1)))  # type: ignore[arg-type]
    fresh.rebuild(answers[3:])
    for one, other in zip(weights(learner), weights(fresh), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-3)
