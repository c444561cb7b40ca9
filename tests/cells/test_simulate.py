"""Simulated answers are answers: through the same session, into the same file."""

from __future__ import annotations

import pytest

import nbannotate as nb
from nbannotate.tasks import VIEWS

DATA = nb.sample_data()


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_is_answered_from_gold(view):
    component = view.partition(".")[0]
    ann = nb.annotate(
        DATA.head(40), view=view, labels=nb.SAMPLE_LABELS[component], store=":memory:", dataset="d"
    )
    scores = nb.simulate(ann, DATA, n=12, test=DATA.tail(20), every=6, progress=False)
    assert scores["answers"].tolist() == [6, 12] or len(ann.annotations()) < 12
    assert set(ann.annotations()["answer"]) <= {"accept", "reject"}
    assert len(ann.annotations()) == scores["answers"].iloc[-1]
    assert ("ents_f" if component == "ner" else "cats_macro_f") in scores
    ann.close()


def test_gold_spans_are_what_is_stored():
    ann = nb.ner.manual(DATA, labels=["PLACE", "PART"], store=":memory:", dataset="d")
    nb.simulate(ann, DATA, n=450, progress=False)
    by_text = dict(zip(DATA["text"], DATA["spans"], strict=True))
    rows = ann.annotations()
    assert len(rows) == len(DATA)
    assert all(row.spans == by_text[row.text] for row in rows.itertuples())
    ann.close()


def test_texts_that_are_not_among_the_gold_are_ignored_and_counted():
    ann = nb.textcat.manual(
        DATA.head(4), labels=nb.SAMPLE_LABELS["textcat"], store=":memory:", dataset="d", nlp=False
    )
    with pytest.warns(UserWarning, match="2 texts of the pool are not among the gold"):
        nb.simulate(ann, DATA.head(2), n=4, progress=False)
    assert sorted(ann.annotations()["answer"]) == ["accept", "accept", "ignore", "ignore"]
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
