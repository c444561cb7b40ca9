"""Laws of pages: several views of one text, one row, and each part learned as if asked alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

import nbannotate as nb
from nbannotate.errors import LabelError, PipelineError
from nbannotate.learning.evidence import gather
from nbannotate.tasks import Answer, find_view, kinds_of, part_of, share_labels
from tests.loops import CountingLearner, settled

TEXTS = [f"Bike {i} from Berlin is broken" for i in range(8)]
LABELS = {"ner.manual": ["PLACE"], "textcat.manual": ["hardware", "payment"]}
BERLIN = {"start": 12, "end": 18, "label": "PLACE"}


def a_page(store: object = ":memory:", **more):
    keywords = {"view": list(LABELS), "labels": LABELS, "nlp": False, "dataset": "d", **more}
    return nb.annotate(TEXTS, store=store, **keywords)


def answer(ann, category: str = "hardware", **more):
    return ann.session.answer("accept", spans=[BERLIN], accept=category, **more)


def test_one_answer_is_one_row_with_all_its_parts():
    ann = a_page(inputs=["reason"])
    answer(ann, inputs={"reason": "it is"})
    (row,) = ann.annotations().to_dict("records")
    assert row["view"] == "ner.manual+textcat.manual+input"
    assert row["spans"] == [BERLIN]
    assert (row["accept"], row["label"]) == (["hardware"], "hardware")
    assert row["inputs"] == {"reason": "it is"}
    assert ann.session.progress.counts == {"PLACE": 1, "hardware": 1}
    store = ann.session.store
    assert store.spans("d")[["text", "label"]].to_numpy().tolist() == [["Berlin", "PLACE"]]
    assert store.sql("select label from labels").label.tolist() == ["hardware"]
    assert store.sql("select inputs['reason'] as r from annotations").r.tolist() == ["it is"]
    ann.close()


def test_each_component_learns_its_part_as_if_it_had_been_asked_alone():
    ann = a_page()
    row = answer(ann)
    for component, labels in (("ner", LABELS["ner.manual"]), ("textcat", ["hardware", "payment"])):
        part = part_of(row, component)
        assert part.labels == tuple(labels)
        alone = gather([part], component=component, labels=[*labels, "other"])
        assert gather([row], component=component, labels=[*labels, "other"]) == alone
        assert len(alone) == 1
    ann.close()


def test_a_row_says_nothing_of_labels_that_the_other_block_offered():
    ann = a_page()
    row = answer(ann)
    (known,) = gather([row], component="ner", labels=["PLACE", "hardware"])
    assert known.labels == ("PLACE",)
    ann.close()


def test_a_part_is_taken_of_pages_alone():
    row = Answer(
        *("1", "d", "s", "a", "ner.manual", "t", 1, 1, "accept"), datetime(2026, 1, 1, tzinfo=UTC)
    )
    assert part_of(row, "ner") is row
    assert part_of(replace(row, view="ner.manual+input"), "textcat").view == "ner.manual+input"


@pytest.mark.parametrize(
    ("view", "learned"),
    [
        (["ner.manual", "textcat.manual"], "ner.manual"),
        (["textcat.manual", "ner.manual"], "textcat.manual"),
        (["input", "textcat.manual"], "textcat.manual"),
    ],
)
def test_the_model_learns_from_the_first_block_that_one_can_learn_from(view, learned):
    labels = {name: LABELS[name] for name in view if name in LABELS}
    learner = CountingLearner(*labels[learned], spans=learned == "ner.manual")
    ann = a_page(view=view, labels=labels, learner=learner)
    parts = {"spans": [BERLIN]} if "ner.manual" in view else {}
    ann.session.answer("accept", **parts, accept="payment")
    settled(ann.session)
    assert [(each.view, each.labels) for each in learner.seen] == [
        (learned, tuple(LABELS[learned]))
    ]
    ann.session.undo()
    settled(ann.session)
    assert learner.seen == []
    ann.close()


def test_a_restart_goes_on_where_the_page_was(tmp_path):
    path = tmp_path / "x.duckdb"
    first = a_page(path, session_id="s", inputs="reason")
    answered = answer(first, "payment", inputs="because")
    first.close()
    first.session.store.close()
    learner = CountingLearner("PLACE", spans=True)
    second = a_page(path, session_id="s", inputs="reason", learner=learner)
    settled(second.session)
    assert [each.answer_id for each in learner.seen] == [answered.answer_id]
    assert second.session.progress.answered == 1
    assert second.session.task.text != answered.text
    task, former = second.session.recall(answered.answer_id)
    assert (former.spans, former.accept, dict(former.inputs)) == (
        answered.spans,
        ("payment",),
        {"reason": "because"},
    )
    changed = second.session.change(answered.answer_id, "accept", accept="hardware")
    assert (changed.spans, changed.accept) == (answered.spans, ("hardware",))
    assert dict(changed.inputs) == {"reason": "because"}
    assert task.label is None
    second.close()


def test_a_text_answered_in_one_view_alone_is_asked_again_by_the_page(tmp_path):
    store = nb.Store(tmp_path / "x.duckdb")
    alone = nb.ner.manual(TEXTS[:1], labels=["PLACE"], dataset="d", store=store)
    alone.session.answer("accept", spans=[BERLIN])
    alone.close()
    page = a_page(store)
    assert page.session.task.text == TEXTS[0]
    answer(page)
    assert len(store.annotations("d")) == 2
    page.close()
    again = nb.ner.manual(TEXTS[:1], labels=["PLACE"], dataset="d", store=store)
    assert again.session.task is None
    again.close()


def test_retraining_makes_both_components_of_the_same_rows():
    ann = a_page()
    for i in range(6):
        answer(ann, ["hardware", "payment"][i % 2])
    result = nb.retrain(ann.session.store, dataset="d", evaluation=0.0, max_epochs=2)
    assert result.nlp.pipe_names == ["ner", "textcat"]
    assert result.nlp.get_pipe("ner").labels == ("PLACE",)
    assert result.nlp.get_pipe("textcat").labels == ("hardware", "payment")
    ann.close()


def test_exclusive_is_that_of_the_choice():
    ann = a_page(exclusive=False)
    row = ann.session.answer("accept", spans=[], accept=["hardware", "payment"])
    assert row.accept == ("hardware", "payment")
    assert ann._config["exclusive"] is False
    ann.close()


def test_a_label_is_added_to_the_view_that_is_named():
    ann = a_page()
    ann.add_label("account", view="textcat.manual")
    assert ann.session.task.labels == ("PLACE", "hardware", "payment", "account")
    assert list(ann.session.task.options) == ["hardware", "payment", "account"]
    assert answer(ann, "account").accept == ("account",)
    ann.add_label("TIME")
    assert ann.session.answer(
        "accept", spans=[BERLIN | {"label": "TIME"}], accept="hardware"
    ).labels_by_view == {
        "ner.manual": ("PLACE", "TIME"),
        "textcat.manual": ("hardware", "payment", "account"),
    }
    with pytest.raises(LabelError, match=r"'ner\.manual', 'textcat\.manual'"):
        ann.add_label("x", view="input")
    ann.close()


@pytest.mark.parametrize(
    ("view", "said"),
    [
        ([], "names no view"),
        (["ner.manual", "spans.manual"], "each may be there once"),
        (["ner.teach", "input"], "cannot stand beside"),
        (["ner.manual", "textcat.correct"], "put 'textcat.correct' first"),
        (["ner.manual", "guess"], "'guess' is unknown"),
    ],
)
def test_views_that_cannot_stand_together_are_refused(view, said: str):
    with pytest.raises(ValueError, match=said):
        find_view(view, exclusive=True)


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (["A", "B"], "give each of them its own"),
        ({"ner.manual": ["A"]}, "give each of them its own"),
        ({**LABELS, "input": ["A"]}, "give each of them its own"),
        ({"ner.manual": ["A"], "textcat.manual": ["A"]}, "'A' is given to two views"),
        ({"ner.manual": ["A"], "textcat.manual": []}, "no labels were given"),
    ],
)
def test_labels_that_fit_no_view_are_refused(labels, said: str):
    with pytest.raises(LabelError, match=said):
        a_page(labels=labels)


def test_the_kinds_of_a_page_are_those_of_its_views():
    page = find_view(["textcat.manual", "ner.manual", "input"], exclusive=True)
    assert kinds_of(page.name) == {"textcat", "ner", "input"}
    assert page.covers("ner.manual+textcat.manual+input")
    assert not page.covers("ner.manual+textcat.manual")


def test_shared_labels_are_each_view_s_own():
    page = share_labels(
        find_view(list(LABELS), exclusive=True), {name: tuple(own) for name, own in LABELS.items()}
    )
    assert page.labels_by_view == {name: tuple(own) for name, own in LABELS.items()}


@pytest.mark.parametrize("view", ["input", "binary", ["binary", "input"]])
def test_a_view_that_no_component_learns_from_needs_no_labels_and_takes_no_pipeline(view):
    ann = nb.annotate(TEXTS, view=view, store=":memory:")
    assert ann.session.model.state == "none"
    given = ann.session.answer("accept")
    assert (given.spans, given.accept, given.label) == ((), (), None)
    ann.close()
    with pytest.raises(PipelineError, match="no spaCy component"):
        nb.annotate(TEXTS, view=view, store=":memory:", nlp="en_core_web_sm")


def test_gold_answers_every_block_and_a_page_takes_longer_than_each_view_alone():
    gold = [{"text": TEXTS[0], "spans": [BERLIN], "label": "payment"}]
    page = a_page()
    took = nb.simulate(page, gold, n=1, progress=False).seconds[0]
    (row,) = page.session.history
    assert ([span.label for span in row.spans], row.accept) == (["PLACE"], ("payment",))
    page.close()
    for name, own in LABELS.items():
        alone = a_page(view=name, labels=own)
        assert nb.simulate(alone, gold, n=1, progress=False).seconds[0] < took
        alone.close()


def test_a_view_of_one_s_own_is_asked_in_a_few_lines_alone_or_on_a_page():
    tone = nb.View("tone", "choice", exclusive=True)
    for view, parts in (
        (tone, {}),
        (["ner.manual", tone], {"spans": [BERLIN]}),
    ):
        names = ["good", "bad"]
        labels = names if view is tone else {"ner.manual": ["PLACE"], "tone": names}
        ann = nb.annotate(
            [{"text": TEXTS[0], "title": "A <b>"}],
            view=view,
            labels=labels,
            html=lambda row: f"<h3>{row['title']}</h3>",
            store=":memory:",
        )
        assert ann.session.task.html == "<h3>A <b></b></h3>"
        assert ann.session.answer("accept", accept="bad", **parts).label == "bad"
        assert ann.session.store.sql("select label from labels").label.tolist() == ["bad"]
        ann.close()


@pytest.mark.parametrize(
    ("name", "layout", "component"),
    [("ner.tone", "choice", None), ("tone", "choice", "textcat"), ("a+b", "choice", None)],
)
def test_a_name_by_which_answers_would_be_read_otherwise_is_refused(name, layout, component):
    with pytest.raises(ValueError, match="name"):
        nb.View(name, layout, component)
