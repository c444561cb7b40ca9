"""The laws of pipelines that suggest as they are."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Span as DocSpan
from spacy.tokens import SpanGroup

import nbannotate as nb
from nbannotate.errors import PipelineError
from nbannotate.learning import Learner, SuggestingLearner, find_suggesters, spans_key_of
from tests.learning.answers import ner_answers

TEXT = "The brake at  Harbour Gate is loose"
PATTERNS = [
    {"label": "PART", "pattern": "brake"},
    {"label": "PLACE", "pattern": [{"ORTH": "Harbour"}, {"ORTH": "Gate"}]},
]
calls: list[str] = []


@Language.component("test_language_model")
def test_language_model(doc):
    """Imitates a call to a model far away: it is counted."""
    calls.append(doc.text)
    doc.ents = [DocSpan(doc, t.i, t.i + 1, label="PART") for t in doc if t.text == "brake"]
    doc.cats = {"hardware": 1.0, "payment": 0.0}
    return doc


test_language_model.__test__ = False


@Language.component("test_span_scores")
def test_span_scores(doc):
    group = SpanGroup(doc, name="sc", spans=[doc[0:1], doc[0:2]])
    group.attrs["scores"] = [0.25, 0.75]
    doc.spans["sc"] = group
    return doc


test_span_scores.__test__ = False


def rules() -> Language:
    nlp = spacy.blank("en")
    nlp.add_pipe("entity_ruler").add_patterns(PATTERNS)
    return nlp


def language_model() -> Language:
    calls.clear()
    nlp = spacy.blank("en")
    nlp.add_pipe("test_language_model")
    return nlp


def test_it_keeps_the_protocol_and_learns_nothing():
    learner = nb.suggester(rules())
    assert isinstance(learner, Learner)
    before = learner.predict([TEXT])
    learner.update(ner_answers(3))
    learner.remember(ner_answers(3))
    learner.rebuild(ner_answers(3))
    learner.forget(ner_answers(1)[0])
    assert learner.predict([TEXT]) == before
    assert learner.learned == 0


def test_it_suggests_what_the_pipeline_finds_without_a_probability():
    [prediction] = nb.suggester(rules()).predict([TEXT])
    assert [(span.text_of(TEXT), span.label, span.score) for span in prediction.spans] == [
        ("brake", "PART", None),
        ("Harbour Gate", "PLACE", None),
    ]
    assert prediction.candidates == prediction.spans


def test_labels_that_nobody_asked_about_are_left_out():
    [prediction] = nb.suggester(rules(), labels=["PLACE"]).predict([TEXT])
    assert [span.label for span in prediction.spans] == ["PLACE"]


def test_cats_are_read_from_the_doc():
    [prediction] = nb.suggester(language_model()).predict([TEXT])
    assert prediction.cats == {"hardware": 1.0, "payment": 0.0}


def test_spans_of_a_key_may_overlap_and_bring_their_scores():
    nlp = spacy.blank("en")
    nlp.add_pipe("test_span_scores")
    [prediction] = nb.suggester(nlp, spans_key="sc").predict([TEXT])
    assert [(span.end, span.score) for span in prediction.spans] == [(3, 0.25), (9, 0.75)]
    assert nb.suggester(nlp, spans_key="none").predict([TEXT])[0].spans == ()


def test_no_text_is_read_twice():
    learner = nb.suggester(language_model())
    learner.predict(["one", "two", "one"])
    learner.predict(["two", "three"])
    assert sorted(calls) == ["one", "three", "two"]


def test_what_was_read_before_an_error_is_not_read_again():
    learner = nb.suggester(language_model())
    read = learner.nlp.pipe

    def fail_on_the_third(texts):
        for number, text in enumerate(texts):
            if number == 2:
                raise ConnectionError("no answer")
            yield next(iter(read([text])))

    learner.nlp.pipe = fail_on_the_third
    with pytest.raises(ConnectionError):
        learner.predict(["one", "two", "three"])
    learner.nlp.pipe = read
    learner.predict(["one", "two", "three"])
    assert calls == ["one", "two", "three"]


def test_the_user_s_pipeline_is_copied():
    nlp = rules()
    learner = nb.suggester(nlp)
    nlp.remove_pipe("entity_ruler")
    assert learner.predict([TEXT])[0].spans
    assert learner.copy_nlp() is not learner.nlp


def test_a_pipeline_that_cannot_be_copied_is_run_as_it_is_with_a_warning():
    nlp = rules()
    nlp.get_pipe("entity_ruler").client = threading.Lock()
    nlp.to_bytes = None
    with pytest.warns(UserWarning, match="cannot be copied"):
        learner = nb.suggester(nlp)
    assert learner.nlp is nlp
    assert learner.predict([TEXT])[0].spans


def test_a_saved_pipeline_is_loaded(tmp_path: Path):
    rules().to_disk(tmp_path / "rules")
    assert nb.suggester(tmp_path / "rules").predict([TEXT])[0].spans


@pytest.mark.parametrize("given", [None, 7, "/nowhere/at/all"])
def test_what_is_no_pipeline_is_refused(given):
    with pytest.raises(PipelineError):
        nb.suggester(given)


def test_a_window_that_the_page_takes_whole_is_refused():
    with pytest.raises(ValueError, match="window=2"):
        SuggestingLearner(rules(), window=2)


def add_span_ruler(nlp: Language) -> None:
    nlp.add_pipe("span_ruler", config={"annotate_ents": True, "spans_key": "mine"})


@pytest.mark.parametrize(
    ("prepare", "component", "found"),
    [
        (lambda nlp: nlp.add_pipe("entity_ruler"), "ner", ["entity_ruler"]),
        (lambda nlp: nlp.add_pipe("entity_ruler"), "textcat", []),
        (add_span_ruler, "ner", ["span_ruler"]),
        (add_span_ruler, "spancat", ["span_ruler"]),
        (lambda nlp: nlp.add_pipe("sentencizer"), "ner", []),
        (lambda nlp: None, "ner", []),
        (lambda nlp: (nlp.add_pipe("entity_ruler"), nlp.add_pipe("ner")), "ner", []),
        (lambda nlp: nlp.add_pipe("textcat"), "textcat", []),
    ],
)
def test_rules_are_found_where_nothing_learns(prepare, component: str, found: list[str]):
    nlp = spacy.blank("en")
    prepare(nlp)
    assert find_suggesters(nlp, component) == found


def test_the_key_of_a_ruler_s_spans_is_its_own():
    nlp = spacy.blank("en")
    add_span_ruler(nlp)
    assert spans_key_of(nlp, ["span_ruler"]) == "mine"


@pytest.mark.parametrize("labels", [["PART"], None])
def test_a_label_may_come_later(labels):
    learner = nb.suggester(rules(), labels=labels)
    ann = nb.ner.correct([TEXT, "second"], labels=["PART"], learner=learner, store=":memory:")
    assert {span.label for span in ann.session.task.spans} <= {"PART"}
    ann.session.join()
    ann.add_label("PLACE")
    ann.session.join()
    assert {span.label for span in learner.predict([TEXT])[0].spans} == {"PART", "PLACE"}
    ann.close()
