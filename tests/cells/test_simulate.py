"""Simulated answers are answers: through the same session, into the same file."""

from __future__ import annotations

import warnings

import pandas as pd
import pytest

import nbannotate as nb
from nbannotate.tasks import component_of
from tests.loops import TAUGHT

DATA = nb.sample_data()


@pytest.mark.parametrize("view", TAUGHT)
def test_every_view_is_answered_from_gold(view):
    component = component_of(view)
    labels = nb.SAMPLE_LABELS["textcat" if component == "textcat" else "ner"]
    relations = ("NEAR",) if "relations" in view else ()
    ann = nb.annotate(
        DATA.head(40), view=view, labels=labels, relations=relations, store=":memory:", dataset="d"
    )
    scores = nb.simulate(ann, DATA, n=12, test=DATA.tail(20), every=6, progress=False)
    assert scores["answers"].tolist() == [6, 12] or len(ann.annotations()) < 12
    assert set(ann.annotations()["answer"]) <= {"accept", "reject"}
    assert len(ann.annotations()) == scores["answers"].iloc[-1]
    headline = {"ner": "ents_f", "spancat": "spans_sc_f", "textcat": "cats_macro_f"}[component]
    assert headline in scores
    ann.close()


def test_gold_spans_are_what_is_stored():
    ann = nb.ner.manual(DATA, labels=["PLACE", "PART"], store=":memory:", dataset="d")
    nb.simulate(ann, DATA, n=450, progress=False)
    by_text = dict(zip(DATA["text"], DATA["spans"], strict=True))
    rows = ann.annotations()
    assert len(rows) == len(DATA)
    assert all(row.spans == by_text[row.text] for row in rows.itertuples())
    ann.close()


NESTED = [
    {
        "text": f"IL-2 gene expression {number}",
        "spans": [
            {"start": 0, "end": 4, "label": "protein"},
            {"start": 0, "end": 9, "label": "DNA"},
            {"start": 0, "end": 9, "label": "region"},
        ],
    }
    for number in range(4)
]


def test_nested_gold_is_what_is_stored_and_learned():
    labels = ["DNA", "protein", "region"]
    with nb.Store(":memory:") as store:
        ann = nb.spans.manual(NESTED, labels=labels, store=store, dataset="d")
        nb.simulate(ann, NESTED, n=4, progress=False)
        ann.close()
        stored = store.annotations("d")["spans"].tolist()
        assert [sorted(spans, key=str) for spans in stored] == [
            sorted(row["spans"], key=str) for row in NESTED
        ]
        assert len(store.spans("d")) == 12
        with pytest.warns(UserWarning, match="learned from too"):
            result = nb.retrain(store, "d", evaluation=NESTED, max_epochs=150, progress=False)
    doc = result.nlp(NESTED[0]["text"])
    assert {(span.text, span.label_) for span in doc.spans["sc"]} == {
        ("IL-2", "protein"),
        ("IL-2 gene", "DNA"),
        ("IL-2 gene", "region"),
    }
    assert result.scores["spans_sc_f"] == 1.0
    assert dict(
        zip(result.per_label["label"], result.per_label["f"], strict=True)
    ) == dict.fromkeys(labels, 1.0)
    assert "spans F 1.000" in repr(result)


def test_nested_gold_answers_yes_or_no_about_each_span_alone():
    rows = [{"label": "DNA", "pattern": "IL-2 gene"}, {"label": "protein", "pattern": "IL-2"}]
    ann = nb.spans.teach(
        NESTED, labels=["DNA", "protein", "region"], patterns=rows, store=":memory:", nlp=False
    )
    nb.simulate(ann, NESTED, n=8, progress=False)
    answers = ann.session.history
    assert [answer.answer for answer in answers] == ["accept"] * 8
    assert len({answer.task_hash for answer in answers}) == 8
    ann.close()


def test_a_wrong_suggestion_is_corrected_where_that_is_asked_for():
    rows = [{"text": "Meth is bad", "spans": [{"start": 0, "end": 4, "label": "DRUG"}]}]
    patterns = [{"label": "DRUG", "pattern": "bad"}]
    given = {}
    for corrects in (False, True):
        ann = nb.ner.teach(rows, labels=["DRUG"], patterns=patterns, store=":memory:", dataset="d")
        nb.simulate(ann, rows, n=1, corrects=corrects, progress=False)
        given[corrects] = ann.session.history[0]
        ann.close()
    assert (given[False].answer, given[False].view) == ("reject", "ner.teach")
    assert (given[True].answer, given[True].view) == ("accept", "ner.correct")
    assert [span.label for span in given[True].spans] == ["DRUG"]


def test_texts_that_are_not_among_the_gold_are_ignored_and_counted():
    ann = nb.textcat.manual(
        DATA.head(4), labels=nb.SAMPLE_LABELS["textcat"], store=":memory:", dataset="d", nlp=False
    )
    with pytest.warns(UserWarning, match="2 texts of the pool are not among the gold"):
        nb.simulate(ann, DATA.head(2), n=4, progress=False)
    assert sorted(ann.annotations()["answer"]) == ["accept", "accept", "ignore", "ignore"]
    ann.close()


@pytest.mark.parametrize("view", ["ner.manual", "textcat.manual"])
def test_gold_rows_that_say_nothing_of_what_is_asked_are_ignored_and_counted(view):
    spans = [{"start": 0, "end": 2, "label": "A"}]
    rows = [
        {"text": "my text", "spans": spans, "label": "A"},
        {"text": "no label", "spans": spans, "label": None},
        {"text": "no span", "spans": None, "label": "A"},
    ]
    ann = nb.annotate(rows, view=view, labels=["A", "B"], store=":memory:", dataset="d")
    with pytest.warns(UserWarning, match="nothing of what is asked about 1 texts"):
        nb.simulate(ann, pd.DataFrame(rows), progress=False)
    assert sorted(ann.annotations()["answer"]) == ["accept", "accept", "ignore"]
    ann.close()


@pytest.mark.parametrize("view", ["ner.manual", "ner.teach", "textcat.manual", "textcat.teach"])
def test_gold_whose_labels_nobody_asks_about_is_told_of(view):
    rows = DATA.head(4)
    ann = nb.annotate(
        rows, view=view, labels=["place", "part"], store=":memory:", strategy="random"
    )
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        nb.simulate(ann, rows, progress=False)
    ann.close()
    assert any("asked is 'place', 'part'" in str(each.message) for each in told)


def test_a_text_to_which_not_exactly_one_label_applies_is_ignored_and_counted():
    rows = [{"text": text, "labels": list(text)} for text in ("A", "B", "AB", "C")]
    ann = nb.textcat.manual(rows, labels=["A", "B"], store=":memory:", dataset="d")
    with pytest.warns(UserWarning, match="2 texts have none of the labels"):
        nb.simulate(ann, rows, progress=False)
    assert sorted(ann.annotations()["answer"]) == ["accept", "accept", "ignore", "ignore"]
    ann.close()


@pytest.mark.parametrize(("n_ranked", "when"), [(0, "before the first"), (2, "since")])
def test_a_model_that_is_paused_is_told_of(n_ranked, when):
    ranked = iter(range(n_ranked))

    def broken(candidates, random):
        if next(ranked, None) is None:
            raise ZeroDivisionError("no rank")
        return [0.0 for _ in candidates]

    ann = nb.textcat.manual(
        DATA.head(4), labels=nb.SAMPLE_LABELS["textcat"], store=":memory:", strategy=broken
    )
    with pytest.warns(UserWarning, match=rf"paused {when} answer.*no rank.*ann\.resume"):
        nb.simulate(ann, DATA, n=3, progress=False)
    ann.close()


def test_gold_without_what_the_view_asks_for_is_refused():
    ann = nb.ner.manual(["a text"], labels=["A"], store=":memory:")
    with pytest.raises(nb.SourceError, match="no 'spans'"):
        nb.simulate(ann, [{"text": "a text", "label": "A"}], progress=False)
    ann.close()


def test_gold_off_the_tokens_is_widened_and_counted():
    ann = nb.ner.manual(["unbreakable glass"], labels=["A"], store=":memory:", dataset="d")
    gold = [{"text": "unbreakable glass", "spans": [{"start": 2, "end": 7, "label": "A"}]}]
    with pytest.warns(UserWarning, match="1 gold spans"):
        nb.simulate(ann, gold, n=1, progress=False)
    assert ann.annotations()["spans"][0] == [{"start": 0, "end": 11, "label": "A"}]
    ann.close()


def test_a_model_without_a_pipeline_is_not_scored_and_that_is_said():
    rows = [{"text": f"text {number}", "label": "AB"[number % 2]} for number in range(8)]

    def predict(model, texts):
        return [{"A": 0.5, "B": 0.5} for _ in texts]

    learner = nb.RefitLearner(len, predict, labels=["A", "B"])
    ann = nb.textcat.manual(rows, labels=["A", "B"], learner=learner, store=":memory:")
    with pytest.warns(UserWarning, match="nothing is scored"):
        scores = nb.simulate(ann, rows, n=6, test=rows, progress=False)
    assert scores["answers"].tolist() == [6]
    ann.close()
