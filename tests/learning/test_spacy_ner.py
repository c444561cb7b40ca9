"""What the ner learner promises of spans, and that it says what spaCy itself would say."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
import spacy
from numpy.typing import NDArray
from spacy.language import Language

from nbannotate.learning import make_learner
from nbannotate.learning.evidence import TextEvidence
from nbannotate.learning.lattice import Constraint, Lattice, TokenSpan
from nbannotate.learning.spacy_ner import NerLearner, constrain
from nbannotate.learning.steps import Actions, StepModel
from nbannotate.tasks import Prediction, Span
from tests.learning.answers import DRUGS, PLACES, gold_texts, make_answer, ner_answers

LABELS = ("DRUG", "PLACE")


@pytest.fixture(scope="module")
def trained_nlp() -> Language:
    """A small pipeline that knows two labels a little."""
    learner = make_learner("ner", labels=LABELS, seed=3)
    for text, spans in gold_texts(24):
        places = [
            Span(text.index(place), text.index(place) + len(place), "PLACE")
            for place in PLACES
            if place in text
        ]
        learner.update([make_answer(text, "ner.manual", spans=(*spans, *places))])
    return learner.copy_nlp()


def probability(learner: NerLearner, text: str, span: Span) -> float:
    doc = learner.nlp.make_doc(text)
    chunk = doc.char_span(span.start, span.end)
    assert chunk is not None
    lattice = Lattice(
        StepModel(learner.pipe.model, [doc]), learner._actions, [doc], max_length=8, min_start=0
    )
    starts, table = lattice.span_probabilities(0)
    row = int(np.searchsorted(starts, chunk.start))
    label = learner._actions.labels.index(span.label)
    return float(table[row, chunk.end - chunk.start - 1, label])


def ner(
    nlp: Language | None = None, labels: tuple[str, ...] = ("DRUG",), seed: int = 0
) -> NerLearner:
    learner = make_learner("ner", nlp, labels=labels, seed=seed)
    assert isinstance(learner, NerLearner)
    return learner


def test_single_spans_do_not_shake_what_a_trained_model_knew(trained_nlp: Language) -> None:
    texts = [text for text, _ in gold_texts(24)]
    base = ner(trained_nlp, LABELS)
    learner = ner(trained_nlp, LABELS)
    for number in range(12):
        text = f"the station was closed again ( {number} )"
        learner.update([make_answer(text, "ner.teach", "reject", spans=(Span(4, 11, "PLACE"),))])
    before, after = base.predict(texts), learner.predict(texts)
    kept = sum(one.spans == other.spans for one, other in zip(before, after, strict=True))
    assert kept >= 0.9 * len(texts)


def test_a_guide_that_is_the_model_itself_changes_nothing(trained_nlp: Language) -> None:
    gradients = []
    for guided in (False, True):
        learner = ner(trained_nlp, LABELS)
        doc = learner.nlp.make_doc("I took aspirin yesterday in Paris .")
        nothing = np.zeros(len(learner._actions.labels), dtype=bool)
        constraint = Constraint((TokenSpan(2, 3, 0),), (), nothing)
        settings: dict[str, Any] = {"max_length": 4, "min_start": 0.0}
        lattice = Lattice(
            StepModel(learner.pipe.model, [doc]),
            learner._actions,
            [doc],
            constraints=[constraint],
            **settings,
        )
        guide = Lattice(
            StepModel(learner.pipe.model, [doc]),
            learner._actions,
            [doc],
            starts=lattice.starts,
            **settings,
        )
        lattice.learn(guide if guided else None)
        gradients.append(learner.pipe.model.get_ref("upper").get_grad("W").copy())
    assert np.allclose(gradients[0], gradients[1], atol=1e-6)
    assert np.abs(gradients[0]).max() > 0


def test_the_best_reading_is_the_one_that_spacy_gives(trained_nlp: Language) -> None:
    learner = ner(trained_nlp, LABELS)
    texts = [text for text, _ in gold_texts(40)] + ["aspirin codeine", "Paris", "in in in"]
    read = [
        {(span.start, span.end, span.label) for span in prediction.spans}
        for prediction in learner.predict(texts)
    ]
    nlp = learner.copy_nlp()
    docs = [nlp(text) for text in texts]
    expected = [{(e.start_char, e.end_char, e.label_) for e in doc.ents} for doc in docs]
    assert read == expected
    assert any(expected)


@pytest.mark.parametrize("extra_state_tokens", [False, True])
@pytest.mark.parametrize("use_upper", [False, True])
@pytest.mark.parametrize("maxout_pieces", [1, 2])
def test_every_shape_of_spacys_step_model_is_read_and_taught(
    *, extra_state_tokens: bool, use_upper: bool, maxout_pieces: int
) -> None:
    nlp = spacy.blank("en")
    config = {
        "model": {
            "@architectures": "spacy.TransitionBasedParser.v2",
            "extra_state_tokens": extra_state_tokens,
            "use_upper": use_upper,
            "maxout_pieces": maxout_pieces,
        }
    }
    nlp.add_pipe("ner", config=config)
    learner = ner(nlp, LABELS)
    for answer in ner_answers(12):
        learner.update([answer])
    texts = [text for text, _ in gold_texts(20)]
    read = [
        [str(span.text_of(text)) for span in p.spans]
        for text, p in zip(texts, learner.predict(texts), strict=True)
    ]
    taught = learner.copy_nlp()
    assert read == [[span.text for span in taught(text).ents] for text in texts]


def all_readings(lattice: Lattice, n_tokens: int) -> list[tuple[float, frozenset[TokenSpan]]]:
    """Return each reading of the only doc with its probability, by going through all."""
    rows = {int(start): row for row, start in enumerate(lattice.starts)}
    readings: list[tuple[float, frozenset[TokenSpan]]] = []

    def go_on(token: int, log_probability: float, spans: frozenset[TokenSpan]) -> None:
        if token == n_tokens:
            readings.append((float(np.exp(log_probability)), spans))
            return
        go_on(token + 1, log_probability + lattice.log_out[token], spans)
        lengths = range(1, min(lattice.max_length, n_tokens - token) + 1)
        for length, label in product(lengths, range(len(lattice.actions.labels))):
            step = float(lattice.log_span[rows[token], length - 1, label])
            if step > -np.inf:
                span = TokenSpan(token, token + length, label)
                go_on(token + length, log_probability + step, spans | {span})

    go_on(0, 0.0, frozenset())
    return readings


def lattice_of(
    learner: NerLearner, text: str, constraint: Constraint | None = None
) -> tuple[Lattice, int]:
    doc = learner.nlp.make_doc(text)
    lattice = Lattice(
        StepModel(learner.pipe.model, [doc]),
        learner._actions,
        [doc],
        max_length=len(doc),
        constraints=None if constraint is None else [constraint],
        min_start=0,
    )
    return lattice, len(doc)


def test_a_spans_probability_is_the_sum_over_the_readings_that_hold_it(
    trained_nlp: Language,
) -> None:
    lattice, n_tokens = lattice_of(ner(trained_nlp, LABELS), "My aspirin in Paris")
    readings = all_readings(lattice, n_tokens)
    assert sum(each for each, _ in readings) == pytest.approx(1.0)
    starts, table = lattice.span_probabilities(0)
    for (row, length, label), found in np.ndenumerate(table):
        start = int(starts[row])
        span = TokenSpan(start, start + length + 1, label)
        expected = sum(each for each, spans in readings if span in spans)
        assert found == pytest.approx(expected, abs=1e-9)


def closed(*labels: bool) -> NDArray[np.bool_]:
    return np.array(labels)


CONSTRAINTS = [
    Constraint((), (TokenSpan(1, 3, 0),), closed(False, False)),
    Constraint((TokenSpan(1, 2, 0),), (TokenSpan(3, 4, 1),), closed(False, False)),
    Constraint((TokenSpan(1, 2, 0),), (), closed(True, False)),
    Constraint((TokenSpan(1, 2, 0),), (), closed(True, True)),
]


def is_left(spans: frozenset[TokenSpan], constraint: Constraint) -> bool:
    return (
        set(constraint.accepted) <= spans
        and not set(constraint.rejected) & spans
        and all(not constraint.closed[span.label] for span in spans - set(constraint.accepted))
    )


@pytest.mark.parametrize("constraint", CONSTRAINTS)
def test_the_loss_is_the_surprise_at_the_readings_that_are_left(
    trained_nlp: Language, constraint: Constraint
) -> None:
    learner = ner(trained_nlp, LABELS)
    lattice, n_tokens = lattice_of(learner, "My aspirin in Paris")
    readings = all_readings(lattice, n_tokens)
    left = sum(each for each, spans in readings if is_left(spans, constraint))
    taught = Lattice(
        _training_steps(learner, "My aspirin in Paris"),
        learner._actions,
        [learner.nlp.make_doc("My aspirin in Paris")],
        max_length=n_tokens,
        constraints=[constraint],
        min_start=0,
    )
    assert taught.learn() == pytest.approx(-np.log(left), rel=1e-5)


def _training_steps(learner: NerLearner, text: str) -> StepModel:
    from thinc.api import set_dropout_rate

    set_dropout_rate(learner.pipe.model, 0.0)
    docs = [learner.nlp.make_doc(text)]
    return StepModel(learner.pipe.model, docs, np.random.default_rng(0), hidden_dropout=0.0)


@pytest.mark.parametrize("constraint", CONSTRAINTS)
def test_a_small_step_along_the_gradient_makes_answers_less_surprising(
    trained_nlp: Language, constraint: Constraint
) -> None:
    learner = ner(trained_nlp, LABELS)
    text = "My aspirin in Paris"

    def learn() -> float:
        steps = _training_steps(learner, text)
        doc = learner.nlp.make_doc(text)
        return Lattice(
            steps, learner._actions, [doc], max_length=4, constraints=[constraint], min_start=0
        ).learn()

    before = learn()
    squares = 0.0
    for node in learner.pipe.model.walk():
        for name in node.param_names:
            if node.has_grad(name):
                squares += float((node.get_grad(name).astype("d") ** 2).sum())
    rate = 1e-4 * before / squares
    for node in learner.pipe.model.walk():
        for name in node.param_names:
            if node.has_grad(name):
                node.set_param(name, node.get_param(name) - rate * node.get_grad(name))
    assert before - learn() == pytest.approx(1e-4 * before, rel=0.3)


def test_a_rejected_span_becomes_less_probable() -> None:
    learner = ner()
    for answer in ner_answers(12):
        learner.update([answer])
    text = "She gave me codeine again"
    span = learner.predict([text])[0].candidates[0]
    before = probability(learner, text, span)
    learner.update([make_answer(text, "ner.teach", "reject", spans=(span,))])
    assert probability(learner, text, span) < before


def test_an_accepted_span_becomes_more_probable() -> None:
    learner = ner()
    for answer in ner_answers(6):
        learner.update([answer])
    text, span = "She gave me lyrica again", Span(12, 18, "DRUG")
    before = probability(learner, text, span)
    learner.update([make_answer(text, "ner.teach", spans=(span,))])
    assert probability(learner, text, span) > before


def test_a_rejected_span_of_two_tokens_goes_and_does_not_grow() -> None:
    learner = ner(labels=("PERSON",))
    text = "Then Bob Smith went to New York"
    bob = Span(5, 14, "PERSON")
    for _ in range(6):
        learner.update([make_answer(text, "ner.teach", spans=(bob,))])
    assert bob in learner.predict([text])[0].spans
    for _ in range(4):
        learner.update([make_answer(text, "ner.teach", "reject", spans=(bob,))])
    assert not any(
        span.start == bob.start and span.end >= bob.end
        for span in learner.predict([text])[0].spans
    )


@pytest.mark.parametrize("text", ["word", " word ", "two words", "😀", "a\n\nb", "x " * 3000])
@pytest.mark.parametrize("n_answers", [0, 6])
def test_a_text_with_a_word_always_has_a_candidate(text: str, n_answers: int) -> None:
    learner = ner()
    for answer in ner_answers(n_answers):
        learner.update([answer])
    candidates = learner.predict([text])[0].candidates
    assert candidates
    tokens = learner.tokenize(text)
    for span in candidates:
        assert span.start in {start for start, _ in tokens}
        assert span.end in {end for _, end in tokens}


def test_entropies_are_one_a_token_and_fall_with_learning() -> None:
    learner = ner()
    text, spans = gold_texts(1)[0]
    before = learner.predict([text])[0]
    assert len(before.token_entropies) == len(learner.tokenize(text))
    for _ in range(8):
        learner.update([make_answer(text, "ner.manual", spans=spans)])
    after = learner.predict([text])[0]
    assert sum(after.token_entropies) < sum(before.token_entropies)


def test_a_few_whole_texts_are_enough_to_learn_a_word() -> None:
    learner = ner()
    for answer in ner_answers(24):
        learner.update([answer])
    found = [learner.predict([f"We talked of {drug} today ."])[0].spans for drug in DRUGS]
    assert sum(bool(spans) for spans in found) >= 4


def test_only_the_labels_asked_for_are_suggested(trained_nlp: Language) -> None:
    learner = ner(trained_nlp, ("PLACE",))
    predictions = learner.predict([text for text, _ in gold_texts(20)])
    suggested = {span.label for each in predictions for span in each.spans + each.candidates}
    assert suggested == {"PLACE"}


def test_labels_that_are_not_asked_about_are_not_forgotten(trained_nlp: Language) -> None:
    learner = ner(trained_nlp, ("PLACE",))
    texts = [text for text, _ in gold_texts(12)]

    def drugs() -> list[list[str]]:
        nlp = learner.copy_nlp()
        return [[span.text for span in nlp(text).ents if span.label_ == "DRUG"] for text in texts]

    before = drugs()
    assert sum(map(len, before)) >= 6
    for text in texts * 2:
        learner.update([make_answer(text, "ner.correct", spans=())])
    kept = sum(one == other for one, other in zip(before, drugs(), strict=True))
    assert kept >= len(texts) - 2


def test_spans_off_the_tokens_are_widened_to_them() -> None:
    doc = spacy.blank("en")("Take aspirin now")
    evidence = TextEvidence(
        doc.text, 1, spans=(Span(6, 9, "DRUG"),), complete=True, labels=("DRUG",)
    )
    assert constrain(evidence, doc, ["DRUG"]).accepted == (TokenSpan(1, 2, 0),)


def test_actions_are_found_by_name_whatever_their_order(trained_nlp: Language) -> None:
    pipe: Any = trained_nlp.get_pipe("ner")
    actions = Actions.of(pipe)
    names = [pipe.moves.get_class_name(index) for index in range(pipe.moves.n_moves)]
    assert set(actions.labels) == set(LABELS)
    assert names[actions.out] == "O"
    assert [names[column] for column in actions.last] == [f"L-{label}" for label in actions.labels]


def test_a_prediction_of_nothing_is_empty() -> None:
    assert ner().predict(["", "  \n"]) == [Prediction(), Prediction()]


def test_a_span_of_the_best_reading_is_as_probable_as_among_the_candidates(
    trained_nlp: Language,
) -> None:
    learner = ner(trained_nlp, LABELS)
    for prediction in learner.predict([text for text, _ in gold_texts(20)]):
        candidates = {
            (each.start, each.end, each.label): each.score for each in prediction.candidates
        }
        for span in prediction.spans:
            assert candidates[span.start, span.end, span.label] == pytest.approx(span.score)


def test_a_long_span_has_its_probability_too() -> None:
    learner = ner(labels=("TITLE",))
    text = "He read one hundred years of solitude and the autumn of the patriarch aloud"
    title = Span(8, 69, "TITLE")
    for _ in range(12):
        learner.update([make_answer(text, "ner.manual", spans=(title,))])
    [span] = learner.predict([text])[0].spans
    assert span == title
    assert span.score is not None
    assert 0.3 < span.score <= 1.0
