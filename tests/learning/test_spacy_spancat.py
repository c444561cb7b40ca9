"""What the spancat learner makes of overlapping spans, and of knowing only part."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Span as SpacySpan
from spacy.training import Example

from nbannotate.errors import PipelineError
from nbannotate.learning import TextEvidence, evaluate, evaluate_evidence, make_learner, prepare
from nbannotate.learning.pipelines import SPANCAT_PRIOR
from nbannotate.learning.spacy_spancat import SpancatLearner
from nbannotate.learning.span_scores import SpanModel
from nbannotate.learning.suggesting import read_sizes
from nbannotate.learning.training import train
from nbannotate.tasks import Span
from tests.learning.answers import gold_texts, make_answer, spancat_answers
from tests.learning.test_pipelines import sharing_nlp

LABELS = ["DRUG", "CLAIM"]
TEXT = "I took aspirin in New York"
ASPIRIN, TOOK, YORK = Span(7, 14, "DRUG"), Span(2, 14, "CLAIM"), Span(18, 26, "DRUG")
Found = set[tuple[int, int, str]]


def learner_on(nlp: Language | None = None, labels: list[str] = LABELS) -> SpancatLearner:
    learner = make_learner("spancat", nlp, labels=labels)
    assert isinstance(learner, SpancatLearner)
    return learner


def keys(spans: Any) -> Found:
    return {(span.start, span.end, span.label) for span in spans}


def found_by(nlp: Language, text: str) -> Found:
    doc = nlp(text)
    return {(span.start_char, span.end_char, span.label_) for span in doc.spans["sc"]}


def score_of(learner: SpancatLearner, text: str, span: Span) -> float:
    doc = learner.nlp.tokenizer(text)
    chunk = doc.char_span(span.start, span.end)
    assert chunk is not None
    model = SpanModel(learner.pipe.model, [doc])
    scores = model.predict(np.array([[chunk.start, chunk.end]], dtype=np.intp))
    return float(scores[0, learner.pipe.labels.index(span.label)])


def spancat_nlp(labels: tuple[str, ...] = ("DRUG", "CLAIM"), key: str = "sc") -> Language:
    """A pipeline whose spancat was trained by spaCy itself."""
    nlp = spacy.blank("en")
    nlp.add_pipe(
        "spancat", config={"spans_key": key, "suggester": {"@misc": NGRAMS, "sizes": [1]}}
    )
    examples = []
    for text, spans in gold_texts(8):
        doc = nlp.make_doc(text)
        chunks = [doc.char_span(each.start, each.end, label=labels[0]) for each in spans]
        doc.spans[key] = [chunk for chunk in chunks if chunk is not None]
        examples.append(Example(nlp.make_doc(text), doc))
    state = random.getstate()
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002
    nlp.get_pipe("spancat").initialize(lambda: examples, nlp=nlp, labels=list(labels))  # type: ignore[attr-defined]
    optimizer = nlp.create_optimizer()
    for _ in range(25):
        nlp.update(examples, sgd=optimizer)
    random.setstate(state)
    return nlp


NGRAMS = "spacy.ngram_suggester.v1"


def test_overlapping_nested_and_doubly_labelled_spans_are_learned() -> None:
    learner = learner_on()
    right = (TOOK, ASPIRIN, Span(7, 14, "CLAIM"), YORK)
    for number in range(12):
        learner.update([make_answer(f"{TEXT} {number}", "spans.correct", spans=right)])
    assert keys(learner.predict([TEXT])[0].spans) == keys(right)


def test_a_new_model_suggests_nothing_at_first_and_has_questions_all_the_same() -> None:
    [prediction] = learner_on().predict([TEXT])
    assert prediction.spans == ()
    assert prediction.candidates
    assert {round(span.score or 0, 6) for span in prediction.candidates} == {SPANCAT_PRIOR}


def test_predictions_are_those_of_the_component_itself() -> None:
    learner = learner_on()
    for answer in spancat_answers(12):
        learner.update([answer])
    texts = [text for text, _ in gold_texts(6)]
    for text, prediction in zip(texts, learner.predict(texts), strict=True):
        assert keys(prediction.spans) == found_by(learner.nlp, text)
    assert any(prediction.spans for prediction in learner.predict(texts))


def test_the_scores_are_spacys_own() -> None:
    learner = learner_on()
    learner.update(spancat_answers(4))
    docs = [learner.nlp.make_doc(text) for text, _ in gold_texts(3)]
    suggested, expected = learner.pipe.predict(docs)
    model = SpanModel(learner.pipe.model, docs)
    spans = np.concatenate(
        [suggested[at].dataXd + model.offsets[at] for at in range(len(docs))], dtype=np.intp
    )
    assert model.predict(spans) == pytest.approx(expected, abs=1e-5)


def test_a_yes_or_no_answer_moves_the_model_only_by_what_was_asked() -> None:
    learner = learner_on()
    rejected = make_answer(TEXT, "spans.teach", "reject", spans=(ASPIRIN,))
    accepted = make_answer(TEXT, "spans.teach", spans=(YORK,))
    lesson = learner._lesson(
        TextEvidence(TEXT, 1, spans=(YORK,), rejected=(ASPIRIN,)),
        learner.nlp.make_doc(TEXT),
        1_000,
        np.random.default_rng(0),
    )
    assert lesson.weights.sum() == 2
    for _ in range(8):
        learner.update([rejected])
        learner.update([accepted])
    assert score_of(learner, TEXT, ASPIRIN) < 0.5 < score_of(learner, TEXT, YORK)


def test_a_rejected_span_is_unlearned_and_the_one_that_holds_it_stays() -> None:
    learner = learner_on()
    for answer in [make_answer(TEXT, "spans.manual", spans=(TOOK, ASPIRIN))] * 8:
        learner.update([answer])
    other = "We took aspirin in New York"
    taught = [
        make_answer(other, "spans.teach", "reject", spans=(Span(8, 15, "DRUG"),)),
        make_answer(other, "spans.teach", spans=(Span(3, 15, "CLAIM"),)),
    ]
    for answer in taught * 6:
        learner.update([answer])
    assert score_of(learner, other, Span(8, 15, "DRUG")) < 0.5
    assert score_of(learner, other, Span(3, 15, "CLAIM")) > 0.5


def test_a_reject_teaches_a_retrain_as_it_teaches_the_loop() -> None:
    nlp = prepare(component="spancat", labels=LABELS)
    evidence = [TextEvidence(TEXT, 1, spans=(TOOK,), rejected=(YORK,))]
    train(nlp, "spancat", evidence, labels=LABELS, max_epochs=40)
    learner = learner_on(nlp)
    assert score_of(learner, TEXT, YORK) < SPANCAT_PRIOR < 0.5 < score_of(learner, TEXT, TOOK)


@pytest.mark.parametrize("n_words", [9, 16, 30])
def test_a_span_of_any_length_can_be_learned_and_is_found_by_the_saved_model(
    n_words: int, tmp_path: Path
) -> None:
    text = "it says " + " ".join(["very"] * n_words) + " loud"
    long = Span(8, len(text) - 5, "CLAIM")
    learner = learner_on()
    for _ in range(12):
        learner.update([make_answer(text, "spans.manual", spans=(long,))])
    learner.copy_nlp().to_disk(tmp_path / "model")
    for nlp in (learner.nlp, learner.copy_nlp(), spacy.load(tmp_path / "model")):
        assert (long.start, long.end, "CLAIM") in found_by(nlp, text)
    retrained = prepare(component="spancat", labels=LABELS)
    evidence = [TextEvidence(text, 1, spans=(long,), complete=True, labels=tuple(LABELS))]
    train(retrained, "spancat", evidence, labels=LABELS, max_epochs=40)
    assert (long.start, long.end, "CLAIM") in found_by(retrained, text)


def test_undo_takes_back_the_lengths_too() -> None:
    learner = learner_on()
    before = read_sizes(learner.nlp, "spancat")
    text = "one two three four five six seven eight nine ten eleven"
    learner.update([make_answer(text, "spans.manual", spans=(Span(0, len(text), "CLAIM"),))])
    assert 11 in read_sizes(learner.nlp, "spancat")
    learner.undo()
    assert read_sizes(learner.nlp, "spancat") == before
    assert keys(learner.predict([text])[0].candidates) == keys(
        learner_on().predict([text])[0].candidates
    )


def test_of_a_long_text_a_sample_counts_as_much_as_all() -> None:
    learner = learner_on()
    text = "a long text . " * 60
    evidence = TextEvidence(text, 1, spans=(), complete=True, labels=tuple(LABELS))
    doc = learner.nlp.make_doc(text)
    every = learner._lesson(evidence, doc, 10_000, np.random.default_rng(0))
    sample = learner._lesson(evidence, doc, 100, np.random.default_rng(0))
    assert len(sample.spans) == 100 < len(every.spans)
    assert sample.weights.sum() == pytest.approx(every.weights.sum())


def test_a_model_taken_up_from_a_snapshot_is_the_one_that_learned(tmp_path: Path) -> None:
    learner, answers = learner_on(), spancat_answers(5)
    learner.rebuild(answers)
    learner.save_snapshot(tmp_path)
    other = learner_on()
    other.rebuild(answers, snapshots=tmp_path)
    assert other.nlp.to_bytes() == learner.nlp.to_bytes()


def test_a_trained_spancat_keeps_its_weights_its_key_and_its_other_labels() -> None:
    nlp = spancat_nlp(key="mine")
    text = gold_texts(1)[0][0]
    ready = prepare(nlp, component="spancat", labels=["CLAIM"])
    assert ready.get_pipe("spancat").to_bytes() == nlp.get_pipe("spancat").to_bytes()  # type: ignore[attr-defined]
    gold = [{"text": text, "spans": [span.to_dict() for span in gold_texts(1)[0][1]]}]
    assert evaluate(ready, gold)["spans_mine_f"] == evaluate(nlp, gold)["spans_mine_f"] == 1.0


def test_what_is_not_asked_about_is_not_forgotten() -> None:
    learner = learner_on(spancat_nlp(), ["CLAIM"])
    gold = [
        {"text": text, "spans": [span.to_dict() for span in spans]}
        for text, spans in gold_texts(8)
    ]
    before = evaluate(learner.nlp, gold, labels=["DRUG"])["spans_sc_f"]
    assert before > 0.9
    for number in range(20):
        learner.update([make_answer(f"{TEXT} {number}", "spans.manual", spans=(TOOK,))])
    assert evaluate(learner.nlp, gold, labels=["DRUG"])["spans_sc_f"] >= before - 0.1


def test_a_trained_spancat_learns_another_label_and_keeps_what_it_knew() -> None:
    nlp = spancat_nlp()
    texts = [text for text, _ in gold_texts(4)]
    known = [found_by(nlp, text) for text in texts]
    learner = learner_on(nlp, ["PLACE"])
    assert learner.pipe.labels == ("DRUG", "CLAIM", "PLACE")
    assert [found_by(learner.nlp, text) for text in texts] == known
    place = Span(18, 26, "PLACE")
    for number in range(25):
        learner.update([make_answer(f"{TEXT} {number}", "spans.manual", spans=(place,))])
    assert keys(learner.predict([TEXT])[0].spans) == keys([place])


def test_a_spancat_that_listens_gets_layers_of_its_own_and_leaves_its_neighbours_alone() -> None:
    nlp = sharing_nlp()
    listener = {"@architectures": "spacy.Tok2VecListener.v1", "width": 96, "upstream": "*"}
    nlp.add_pipe("spancat", config={"model": {"tok2vec": listener}})
    pipe: Any = nlp.get_pipe("spancat")
    example = Example.from_dict(nlp.make_doc("a b"), {})
    pipe.initialize(lambda: [example], nlp=nlp, labels=LABELS)
    cats = nlp("a new card please").cats
    learner = learner_on(nlp)
    learner.update(spancat_answers(3))
    assert learner.nlp.pipe_names == ["tok2vec", "ner", "textcat", "spancat"]
    assert learner.nlp("a new card please").cats == pytest.approx(cats)


def test_word_vectors_are_read_where_there_are_any() -> None:
    nlp = spacy.blank("en")
    nlp.vocab.set_vector("aspirin", np.ones(8, dtype="f"))
    pipe: Any = prepare(nlp, component="spancat", labels=LABELS).get_pipe("spancat")
    assert [node for node in pipe.model.walk() if node.name == "static_vectors"]
    learner = learner_on(nlp)
    learner.update(spancat_answers(2))
    assert learner.learned == 2


def test_what_could_pass_over_an_annotated_span_is_refused() -> None:
    nlp = spacy.blank("en")
    suggester = {"@misc": "spacy.preset_spans_suggester.v1", "spans_key": "x"}
    nlp.add_pipe("spancat", config={"suggester": suggester})
    with pytest.raises(PipelineError, match=r"preset_spans_suggester.*remove_pipe"):
        learner_on(nlp)
    nlp = spacy.blank("en")
    nlp.add_pipe("spancat_singlelabel")
    with pytest.raises(PipelineError, match=r"spancat_singlelabel.*remove_pipe"):
        learner_on(nlp)


def test_scores_of_overlapping_spans_are_spacys_own() -> None:
    nlp = prepare(component="spancat", labels=LABELS)
    learner = learner_on(nlp)
    for answer in spancat_answers(9):
        learner.update([answer])
    gold = [
        {"text": answer.text, "spans": [span.to_dict() for span in answer.spans]}
        for answer in spancat_answers(20)
    ]
    examples = []
    for row in gold:
        doc = learner.nlp.make_doc(row["text"])
        doc.spans["sc"] = [
            chunk
            for span in row["spans"]
            if (chunk := doc.char_span(span["start"], span["end"], label=span["label"]))
        ]
        assert all(isinstance(chunk, SpacySpan) for chunk in doc.spans["sc"])
        examples.append(Example(learner.nlp.make_doc(row["text"]), doc))
    expected, ours = learner.nlp.evaluate(examples), evaluate(learner.nlp, gold)
    for name in ("spans_sc_p", "spans_sc_r", "spans_sc_f"):
        assert ours[name] == pytest.approx(expected[name])
    assert ours["spans_sc_per_type"] == expected["spans_sc_per_type"]


def test_a_spancat_beside_a_ner_is_scored_by_its_own_spans() -> None:
    nlp = prepare(prepare(labels=["DRUG"]), component="spancat", labels=LABELS)
    complete = [TextEvidence(TEXT, 1, spans=(TOOK,), complete=True, labels=tuple(LABELS))]
    scores = evaluate_evidence(nlp, complete, component="spancat", labels=LABELS)
    assert "spans_sc_f" in scores
    assert "ents_f" not in scores
    partial = [TextEvidence(TEXT, 1, rejected=(TOOK,))]
    assert evaluate_evidence(nlp, partial, component="spancat", labels=LABELS) == {
        "binary_accuracy": 1.0
    }
