"""What a retrain does with evidence, and how pipelines are scored."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
import spacy

from nbannotate.errors import NothingToLearnError, PipelineError, SourceError
from nbannotate.learning import TextEvidence, evaluate, evaluate_evidence, gather, prepare, train
from nbannotate.tasks import Span
from tests.learning.answers import gold_texts, make_answer, ner_answers, textcat_answers

LABELS = ["card", "cash", "login"]
NER_GOLD = [
    {"text": text, "spans": [span.to_dict() for span in spans]} for text, spans in gold_texts(40)
]


def ner_evidence(n: int) -> list[TextEvidence]:
    return gather(ner_answers(n), component="ner", labels=["DRUG"])


def cats_evidence(n: int, *, exclusive: bool = True) -> list[TextEvidence]:
    answers = textcat_answers(LABELS, n)
    return gather(answers, component="textcat", labels=LABELS, exclusive=exclusive)


def test_training_learns_spans() -> None:
    nlp = prepare(labels=["DRUG"])
    history = train(nlp, "ner", ner_evidence(24), labels=["DRUG"], max_epochs=15)
    assert evaluate(nlp, NER_GOLD)["ents_f"] > 0.8
    assert history[-1]["loss"] < history[0]["loss"]


@pytest.mark.parametrize("exclusive", [True, False])
def test_training_learns_labels(*, exclusive: bool) -> None:
    nlp = prepare(component="textcat", labels=LABELS, exclusive=exclusive)
    train(
        nlp,
        "textcat",
        cats_evidence(24, exclusive=exclusive),
        labels=LABELS,
        exclusive=exclusive,
        max_epochs=15,
    )
    gold = [{"text": a.text, "label": a.label} for a in textcat_answers(LABELS, 24)]
    assert evaluate(nlp, gold)["cats_macro_f"] > 0.9


def test_training_is_a_function_of_its_seed() -> None:
    def trained(seed: int) -> bytes:
        nlp = prepare(labels=["DRUG"])
        train(nlp, "ner", ner_evidence(8), labels=["DRUG"], seed=seed, max_epochs=2)
        return nlp.to_bytes()

    assert trained(1) == trained(1)
    assert trained(1) != trained(2)


def test_the_weights_kept_are_those_that_score_best() -> None:
    nlp = prepare(labels=["DRUG"])
    evidence = ner_evidence(20)
    told: list[dict[str, Any]] = []
    history = train(
        nlp,
        "ner",
        evidence[:12],
        evidence[12:],
        labels=["DRUG"],
        max_epochs=6,
        progress=told.append,
    )
    kept = evaluate_evidence(nlp, evidence[12:], component="ner", labels=["DRUG"])
    assert kept["ents_f"] == pytest.approx(max(row["score"] for row in history))
    assert told == history


def test_binary_answers_train_as_constraints() -> None:
    text = "Then Bob Smith went to New York"
    wrong, right = Span(5, 14, "PERSON"), Span(23, 31, "PERSON")
    answers = [
        make_answer(text, "ner.teach", "reject", spans=(wrong,)),
        make_answer(text, "ner.teach", spans=(right,)),
    ]
    evidence = gather(answers, component="ner", labels=["PERSON"])
    nlp = prepare(labels=["PERSON"])
    train(nlp, "ner", evidence, labels=["PERSON"], max_epochs=20)
    found = {(span.start_char, span.end_char) for span in nlp(text).ents}
    assert (right.start, right.end) in found
    assert (wrong.start, wrong.end) not in found


def test_training_on_nothing_says_so() -> None:
    with pytest.raises(NothingToLearnError, match="none of the 0 texts"):
        train(prepare(labels=["DRUG"]), "ner", [], labels=["DRUG"])


def test_training_without_the_component_says_so() -> None:
    with pytest.raises(PipelineError, match="no ner"):
        train(spacy.blank("en"), "ner", ner_evidence(2), labels=["DRUG"])


def test_scores_bear_spacys_names() -> None:
    nlp = prepare(labels=["DRUG"])
    assert {"ents_p", "ents_r", "ents_f", "ents_per_type"} <= set(evaluate(nlp, NER_GOLD))
    nlp = prepare(component="textcat", labels=LABELS)
    scores = evaluate(nlp, [{"text": "a card", "label": "card"}])
    assert {"cats_score", "cats_macro_f", "cats_micro_f", "cats_f_per_type"} <= set(scores)


def test_scores_are_spacys_own() -> None:
    from spacy.training import Example

    nlp = prepare(labels=["DRUG"])
    train(nlp, "ner", ner_evidence(6), labels=["DRUG"], max_epochs=4)
    examples = [
        Example.from_dict(
            nlp.make_doc(row["text"]),
            {"entities": [(s["start"], s["end"], s["label"]) for s in row["spans"]]},
        )
        for row in NER_GOLD
    ]
    expected = nlp.evaluate(examples)
    ours = evaluate(nlp, NER_GOLD)
    for name in ("ents_p", "ents_r", "ents_f"):
        assert ours[name] == pytest.approx(expected[name] or 0.0)


def test_only_the_labels_that_count_are_scored() -> None:
    nlp = spacy.blank("en")
    ruler: Any = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "DRUG", "pattern": "aspirin"}, {"label": "X", "pattern": "I"}])
    nlp.add_pipe("ner", source=prepare(labels=["DRUG"]))
    gold = [{"text": "I took aspirin", "spans": [{"start": 7, "end": 14, "label": "DRUG"}]}]
    assert evaluate(nlp, gold)["ents_f"] == 1.0
    assert evaluate(nlp, gold, labels=["DRUG", "X"])["ents_p"] == 0.5


def test_gold_may_be_a_frame() -> None:
    nlp = prepare(labels=["DRUG"])
    assert evaluate(nlp, pd.DataFrame(NER_GOLD)) == evaluate(nlp, NER_GOLD)


def test_several_labels_are_scored_together() -> None:
    nlp = prepare(component="textcat", labels=LABELS, exclusive=False)
    scores = evaluate(nlp, [{"text": "a card", "labels": ["card", "cash"]}])
    assert 0.0 <= scores["cats_accuracy"] <= 1.0


def test_gold_that_cannot_be_scored_is_refused() -> None:
    nlp = prepare(labels=["DRUG"])
    with pytest.raises(SourceError):
        evaluate(nlp, [])
    with pytest.raises(SourceError):
        evaluate(nlp, [{"text": "a"}])
    with pytest.raises(PipelineError, match="labels"):
        evaluate(nlp, [{"text": "a", "label": "card"}])


def test_answers_that_say_only_part_are_scored_by_how_many_the_model_would_give() -> None:
    nlp = spacy.blank("en")
    ruler: Any = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "DRUG", "pattern": "aspirin"}])
    nlp.add_pipe("ner", source=prepare(labels=["DRUG"]))
    aspirin, took = Span(7, 14, "DRUG"), Span(2, 6, "DRUG")
    evidence = [TextEvidence("I took aspirin", 1, spans=(aspirin,), rejected=(took,))]
    scores = evaluate_evidence(nlp, evidence, component="ner", labels=["DRUG"])
    assert scores == {"binary_accuracy": 1.0}
