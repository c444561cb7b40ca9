"""Laws of relations from the recipe to the file, the model and the rendering."""

from __future__ import annotations

import pytest

import nbannotate as nb
from nbannotate.errors import AnswerError, LabelError, PipelineError
from nbannotate.widget.messages import wire_restored

TEXT = "Aspirin causes nausea, ibuprofen does not"
ASPIRIN = {"start": 0, "end": 7, "label": "DRUG"}
NAUSEA = {"start": 15, "end": 21, "label": "EFFECT"}
IBUPROFEN = {"start": 23, "end": 32, "label": "DRUG"}
SPANS = [ASPIRIN, NAUSEA, IBUPROFEN]
CAUSES = {"head": ASPIRIN, "child": NAUSEA, "label": "CAUSES"}
LABELS, RELATIONS = ["DRUG", "EFFECT"], ["CAUSES", "PREVENTS"]


def recipe(source=(TEXT, "Another text"), **more):
    keywords = {"labels": LABELS, "relations": RELATIONS, "store": ":memory:", "dataset": "d"}
    return nb.relations.manual(list(source), **{**keywords, **more})


def test_an_answer_and_its_change_keep_relations_between_their_spans():
    ann = recipe()
    session = ann.session
    first = session.answer("accept", spans=SPANS, relations=[CAUSES])
    assert wire_restored(first)["relations"] == [CAUSES]
    turned = {**CAUSES, "label": "PREVENTS", "head": IBUPROFEN}
    second = session.change(first.answer_id, "accept", spans=SPANS, relations=[turned])
    kept = session.change(second.answer_id, "accept", note="same")
    assert [each.to_dict() for each in kept.relations] == [turned]
    with pytest.raises(AnswerError, match=r"head.*no span of the answer"):
        session.change(kept.answer_id, "accept", spans=[ASPIRIN, NAUSEA])
    assert session.history == [kept]
    assert session.store.relations()["label"].tolist() == ["PREVENTS"]
    session.undo()
    assert session.store.relations().empty
    ann.close()


def test_spans_that_come_with_the_texts_are_there_to_be_related():
    ann = recipe([{"text": TEXT, "spans": SPANS}])
    assert [span.to_dict() for span in ann.session.task.spans] == SPANS
    assert ann.session.answer("accept", relations=[CAUSES]).relations
    ann.close()


def test_a_restart_goes_on_where_it_was_with_the_relations():
    store = nb.Store(":memory:")
    ann = recipe(store=store, session_id="s")
    ann.session.answer("accept", spans=SPANS, relations=[CAUSES])
    ann.close()
    again = recipe(store=store, session_id="s")
    assert again.session.task.text == "Another text"
    assert again.session.history[0].relations[0].to_dict() == CAUSES
    again.close()


@pytest.mark.parametrize("component", ["ner", "spancat"])
def test_spans_train_the_component_that_is_named_and_relations_train_none(component):
    texts = [f"{TEXT} {i}" for i in range(4)]
    ann = recipe(texts, component=component)
    for _ in texts:
        ann.session.answer("accept", spans=SPANS, relations=[CAUSES])
    store = ann.session.store
    result = nb.retrain(store, "d", evaluation=0, max_epochs=1, progress=False)
    assert component in result.nlp.pipe_names
    assert len(store.relations()) == 4
    ann.close()


def test_without_a_component_nothing_is_trained():
    ann = recipe()
    ann.session.answer("accept", spans=SPANS, relations=[CAUSES])
    with pytest.raises(nb.NothingToLearnError):
        nb.retrain(ann.session.store, "d")
    ann.close()
    with pytest.raises(PipelineError):
        recipe(nlp="en_core_web_sm")


def test_a_model_follows_along_from_the_spans():
    ann = recipe(component="ner", nlp=None)
    ann.session.answer("accept", spans=SPANS, relations=[CAUSES])
    assert ann.session.join(60)
    assert ann.model.learned == 1
    ann.close()


def test_relations_are_drawn_in_their_own_colors():
    ann = recipe()
    ann.session.answer("accept", spans=SPANS, relations=[CAUSES])
    colors = {each["name"]: each["color"] for each in ann._config["relations"]}
    assert f'nba-still-arc nba-c{colors["CAUSES"]}">CAUSES' in ann.show().html
    ann.close()


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"relations": []}, ValueError),
        ({"relations": ["A", "A"]}, LabelError),
        ({"relations": [" A"]}, LabelError),
        ({"component": "textcat"}, ValueError),
    ],
)
def test_labels_and_components_that_mean_nothing_are_refused(wrong, error):
    with pytest.raises(error):
        recipe(**wrong)
