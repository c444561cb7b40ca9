"""What `prepare` does to a pipeline, and what it leaves alone."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import spacy
from spacy.language import Language
from spacy.pipeline.tok2vec import Tok2VecListener
from spacy.tokens import Doc
from spacy.training import Example

from nbannotate.errors import PipelineError
from nbannotate.learning import (
    TextEvidence,
    evaluate_evidence,
    find_component,
    make_learner,
    prepare,
)
from nbannotate.learning.pipelines import copy_pipeline
from tests.learning.answers import make_answer, ner_answers, textcat_answers


def sharing_nlp() -> Language:
    """A pipeline whose ner and textcat listen to one tok2vec."""
    nlp = spacy.blank("en")
    nlp.add_pipe("tok2vec")
    listener = {"@architectures": "spacy.Tok2VecListener.v1", "width": 96, "upstream": "*"}
    nlp.add_pipe(
        "ner",
        config={
            "model": {"@architectures": "spacy.TransitionBasedParser.v2", "tok2vec": listener}
        },
    )
    nlp.add_pipe(
        "textcat",
        config={
            "model": {
                "@architectures": "spacy.TextCatReduce.v1",
                "exclusive_classes": True,
                "use_reduce_first": False,
                "use_reduce_last": False,
                "use_reduce_max": False,
                "use_reduce_mean": True,
                "tok2vec": listener,
            }
        },
    )
    doc = nlp.make_doc("aspirin helps")
    example = Example.from_dict(
        doc, {"entities": [(0, 7, "DRUG")], "cats": {"card": 1.0, "cash": 0.0, "login": 0.0}}
    )
    nlp.initialize(lambda: [example])
    for _ in range(15):
        nlp.update([example])
    return nlp


def test_nothing_becomes_a_blank_pipeline_with_the_component() -> None:
    assert prepare(labels=["DRUG"]).pipe_names == ["ner"]
    assert prepare(component="textcat", labels=["a", "b"]).pipe_names == ["textcat"]
    several = prepare(component="textcat", labels=["a", "b"], exclusive=False)
    assert several.pipe_names == ["textcat_multilabel"]


def test_one_label_alone_is_never_exclusive() -> None:
    nlp = prepare(component="textcat", labels=["a"], exclusive=True)
    assert nlp.pipe_names == ["textcat_multilabel"]


def test_a_blank_pipeline_is_made_for_the_language_asked_for() -> None:
    assert prepare(labels=["DRUG"], lang="de").lang == "de"


def test_equal_seeds_give_equal_first_weights_and_leave_global_state_alone() -> None:
    before = random.getstate()
    one, other = (prepare(labels=["DRUG"], seed=7).to_bytes() for _ in range(2))
    assert one == other
    assert random.getstate() == before


def test_models_made_at_the_same_time_are_equal() -> None:
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda _: prepare(labels=["DRUG"], seed=3), range(4)))
    first, *others = (each.get_pipe("ner").model.to_bytes() for each in made)
    assert all(each == first for each in others)


def test_the_users_pipeline_is_never_changed() -> None:
    nlp = sharing_nlp()
    before = nlp.to_bytes()
    learner = make_learner("ner", nlp, labels=["DRUG", "DOSE"])
    learner.update(ner_answers(3))
    assert nlp.to_bytes() == before
    assert nlp.pipe_names == ["tok2vec", "ner", "textcat"]


def test_a_component_that_listens_gets_layers_of_its_own() -> None:
    nlp = sharing_nlp()
    ready = prepare(nlp, labels=["DRUG"])
    ner: Any = ready.get_pipe("ner")
    assert not [node for node in ner.model.walk() if isinstance(node, Tok2VecListener)]
    assert [e.text for e in ready("aspirin helps").ents] == [
        e.text for e in nlp("aspirin helps").ents
    ]


def test_learning_in_one_component_leaves_its_former_neighbours_as_they_were() -> None:
    nlp = sharing_nlp()
    before = nlp("a new card please").cats
    learner = make_learner("ner", nlp, labels=["DRUG"])
    learner.update(ner_answers(3))
    assert learner.nlp("a new card please").cats == pytest.approx(before)


def test_a_textcat_that_listens_can_be_taught() -> None:
    learner = make_learner("textcat", sharing_nlp(), labels=["card", "cash", "login"])
    assert learner.nlp.pipe_names == ["tok2vec", "ner", "textcat"]
    answers = textcat_answers(["card", "cash", "login"], 3)
    for _ in range(10):
        learner.update(answers)
    for answer in answers:
        cats = learner.predict([answer.text])[0].cats
        assert answer.label == max(cats, key=lambda label: cats[label])


def test_a_trained_ner_keeps_its_labels_beside_new_ones() -> None:
    ready = prepare(sharing_nlp(), labels=["DOSE"])
    ner: Any = ready.get_pipe("ner")
    assert set(ner.labels) == {"DRUG", "DOSE"}


def test_a_new_label_of_a_trained_ner_can_be_learned() -> None:
    from nbannotate.tasks import Span

    learner = make_learner("ner", sharing_nlp(), labels=["DOSE"])
    text, dose = "take 50mg now", Span(5, 9, "DOSE")
    for _ in range(15):
        learner.update([make_answer(text, "ner.manual", spans=(Span(5, 7, "DOSE"),))])
    assert dose.label in {span.label for span in learner.predict([text])[0].spans}


def test_a_textcat_with_other_labels_is_built_anew_and_says_so() -> None:
    with pytest.warns(UserWarning, match=r"labels=\['card', 'cash', 'login'\]"):
        ready = prepare(sharing_nlp(), component="textcat", labels=["x", "y"])
    textcat: Any = ready.get_pipe("textcat")
    assert textcat.labels == ("x", "y")


@pytest.mark.parametrize("exclusive", [True, False])
@pytest.mark.parametrize("asked", [["card", "cash"], ["cash", "refund"]])
def test_a_textcat_goes_on_though_some_of_its_labels_are_not_asked_about(asked, *, exclusive):
    taught = make_learner("textcat", labels=["card", "cash", "login"], exclusive=exclusive)
    answers = textcat_answers(["card", "cash", "login"], 12)
    taught.update(answers)
    nlp = taught.copy_nlp()
    learner = make_learner("textcat", nlp, labels=asked, exclusive=exclusive)
    text = answers[0].text
    read, all_read = learner.predict([text])[0].cats, nlp(text).cats
    assert set(read) == set(asked)
    if exclusive:
        assert sum(read.values()) == pytest.approx(1.0, abs=1e-4)
    if "refund" not in asked:
        odds = {label: all_read[label] / all_read["cash"] for label in asked}
        assert {k: v / read["cash"] for k, v in read.items()} == pytest.approx(odds, rel=1e-3)
    learner.update(textcat_answers(["cash"], 4))
    for text, label in ((answers[1].text, "cash"), (answers[2].text, "login")):
        assert max(learner.nlp(text).cats.items(), key=itemgetter(1))[0] == label


def test_a_textcat_of_the_other_kind_is_built_anew_and_says_how_to_go_on_from_it() -> None:
    labels = ["card", "cash", "login"]
    with pytest.warns(UserWarning, match="exclusive=True"):
        prepare(sharing_nlp(), component="textcat", labels=labels, exclusive=False)


TOK2VEC = {
    "@architectures": "spacy.HashEmbedCNN.v2",
    "pretrained_vectors": None,
    "width": 32,
    "depth": 1,
    "embed_size": 200,
    "window_size": 1,
    "maxout_pieces": 2,
    "subword_features": True,
}
WORDS = {"ngram_size": 1, "no_output_layer": False, "length": 1024}
TEXTS = ["My card is gone", "Where is my cash", "A cash card"]


def textcat_model(kind: str, exclusive: bool) -> dict[str, Any]:
    """The config of one of spaCy's text categorizers."""
    words = {
        "@architectures": "spacy.TextCatBOW.v3",
        "exclusive_classes": exclusive,
        **WORDS,
    }
    if kind == "words":
        return words
    if kind == "ensemble":
        return {
            "@architectures": "spacy.TextCatEnsemble.v2",
            "tok2vec": TOK2VEC,
            "linear_model": words,
        }
    return {
        "@architectures": "spacy.TextCatCNN.v2",
        "tok2vec": TOK2VEC,
        "exclusive_classes": exclusive,
    }


def trained_textcat(kind: str, *, exclusive: bool) -> Language:
    """A pipeline whose textcat has learned a little of two labels."""
    nlp = spacy.blank("en")
    factory = "textcat" if exclusive else "textcat_multilabel"
    nlp.add_pipe(factory, config={"model": textcat_model(kind, exclusive)})
    examples = [
        Example.from_dict(
            nlp.make_doc(text),
            {"cats": {"card": float("card" in text), "cash": 0.0 + ("card" not in text)}},
        )
        for text in TEXTS
    ]
    nlp.initialize(lambda: examples)
    for _ in range(10):
        nlp.update(examples)
    return nlp


@pytest.mark.parametrize("exclusive", [True, False])
@pytest.mark.parametrize("kind", ["words", "ensemble", "reduced"])
def test_a_trained_textcat_keeps_what_it_learned_beside_a_new_label(
    kind: str, exclusive: bool
) -> None:
    nlp = trained_textcat(kind, exclusive=exclusive)
    labels = ["new", "card", "cash"]
    ready = prepare(nlp, component="textcat", labels=labels, exclusive=exclusive)
    for text in TEXTS:
        before, after = nlp(text).cats, ready(text).cats
        assert set(after) == set(labels)
        kept = sum(after[label] for label in before) if exclusive else 1.0
        assert {label: after[label] / kept for label in before} == pytest.approx(before, abs=0.05)


def test_of_several_components_the_one_that_knows_the_labels_is_taught() -> None:
    nlp = spacy.blank("en")
    for name, label in (("ner", "PLACE"), ("drugs", "DRUG"), ("people", "PERSON")):
        pipe: Any = nlp.add_pipe("ner", name)
        pipe.add_label(label)
    nlp.initialize()
    learner = make_learner("ner", nlp, labels=["DRUG"])
    assert learner.name == "drugs"
    for name, label in (("topics", "card"), ("moods", "sad")):
        pipe = nlp.add_pipe("textcat_multilabel", name)
        pipe.add_label(label)
        pipe.add_label(f"no {label}")
        pipe.initialize(lambda: [Example.from_dict(nlp.make_doc("a"), {})], nlp=nlp)
    topics = make_learner("textcat", nlp, labels=["card", "no card"], exclusive=False)
    assert (topics.name, "moods" in topics.nlp.pipe_names) == ("topics", True)


def test_a_component_that_is_disabled_is_taken_into_use_and_keeps_what_it_learned() -> None:
    nlp = sharing_nlp()
    before = [ent.label_ for ent in nlp("aspirin helps").ents]
    nlp.disable_pipe("ner")
    ready = prepare(nlp, labels=["DRUG", "DOSE"])
    assert [ent.label_ for ent in ready("aspirin helps").ents] == before == ["DRUG"]
    assert nlp.disabled == ["ner"]


@pytest.mark.parametrize("component", ["ner", "textcat", "spancat"])
def test_a_pipeline_with_parts_that_were_never_initialized_can_be_called(component: Any) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("tok2vec")
    listener = {"@architectures": "spacy.Tok2VecListener.v1", "width": 96, "upstream": "*"}
    parser = {"@architectures": "spacy.TransitionBasedParser.v2", "tok2vec": listener}
    nlp.add_pipe("ner", config={"model": parser})
    nlp.add_pipe("textcat")
    ready = prepare(nlp, component=component, labels=["A", "B"])
    assert len(ready("aspirin helps")) == 2
    again = prepare(ready, component="ner", labels=["A"])
    assert "ner" in again.pipe_names
    assert len(again("aspirin helps")) == 2


def test_word_vectors_are_read_where_there_are_any() -> None:
    nlp = spacy.blank("en")
    nlp.vocab.set_vector("aspirin", np.ones(8, dtype="f"))
    ner: Any = prepare(nlp, labels=["DRUG"]).get_pipe("ner")
    assert [node for node in ner.model.walk() if node.name == "static_vectors"]


def test_a_copy_still_knows_where_the_rejected_spans_are() -> None:
    nlp = spacy.blank("en")
    original: Any = nlp.add_pipe("ner", config={"incorrect_spans_key": "wrong"})
    original.add_label("DRUG")
    nlp.initialize()
    copied: Any = copy_pipeline(nlp).get_pipe("ner")
    assert copied.moves.cfg["neg_key"] == "wrong"
    assert copied.cfg["incorrect_spans_key"] == "wrong"


@Language.factory("uncopyable")
class Uncopyable:
    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        return doc

    def __deepcopy__(self, _: object) -> None:
        raise TypeError


def test_a_pipeline_with_parts_that_cannot_be_copied_is_read_from_its_bytes() -> None:
    learner = make_learner("ner", labels=["DRUG"])
    learner.update(ner_answers(4))
    learner.nlp.add_pipe("uncopyable")
    twin = learner.copy_nlp()
    one, other = (nlp.get_pipe("ner") for nlp in (learner.nlp, twin))
    assert twin.pipe_names == ["ner", "uncopyable"]
    assert one is not other
    assert one.to_bytes() == other.to_bytes()  # type: ignore[attr-defined]


def test_a_pipeline_is_read_from_its_directory(tmp_path: Path) -> None:
    prepare(labels=["DRUG"]).to_disk(tmp_path / "model")
    for path in (tmp_path / "model", str(tmp_path / "model")):
        assert find_component(prepare(path, labels=["DRUG"]), "ner") == "ner"


def test_what_is_no_pipeline_is_refused_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="of type int"):
        prepare(3, labels=["DRUG"])  # type: ignore[arg-type]
    with pytest.raises(PipelineError, match="no such directory"):
        prepare(tmp_path / "missing", labels=["DRUG"])
    with pytest.raises(PipelineError, match=r"without spaCy's config\.cfg"):
        prepare(tmp_path, labels=["DRUG"])
    (tmp_path / "model.bin").write_text("x")
    with pytest.raises(PipelineError, match="it is a file"):
        prepare(tmp_path / "model.bin", labels=["DRUG"])
    with pytest.raises(PipelineError, match="lang='klingon'"):
        prepare(labels=["DRUG"], lang="klingon")


def test_labels_that_are_not_asked_about_do_not_count_in_scores() -> None:
    taught = make_learner("textcat", labels=["card", "cash", "login"])
    answers = textcat_answers(["card", "cash", "login"], 12)
    taught.update(answers)
    asked, text = ["card", "cash"], answers[2].text
    wrong = [TextEvidence(text, 7, cats={label: 0.0}) for label in asked]
    scores = evaluate_evidence(
        taught.copy_nlp(), wrong, component="textcat", labels=asked, exclusive=True
    )
    # The text is about "login": of the two, one is yet nearer, and was rejected.
    assert scores["binary_accuracy"] == 0.5
