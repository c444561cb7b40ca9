"""Laws of relations in the file: as they were given, a row each, gone with their answer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from nbannotate.store import Store, schema
from nbannotate.tasks.records import Relation, Span
from tests.store.given import DRUG, PLACE, an_answer

NEAR = Relation(DRUG, PLACE, "NEAR")
BACK = Relation(PLACE, DRUG, "FAR")


def related(answer_id: str, *relations: Relation):
    return an_answer(answer_id, view="relations.manual", spans=(DRUG, PLACE), relations=relations)


def test_relations_are_read_back_as_they_were(store: Store):
    store.append(related("a", NEAR, BACK))
    assert store.answers()[0].relations == (NEAR, BACK)
    assert store.annotations()["relations"][0] == [NEAR.to_dict(), BACK.to_dict()]
    assert store.sql("select relations[1].head.label as l from annotations")["l"][0] == "DRUG"


def test_there_is_a_row_for_each_relation_with_the_words_of_both_ends(store: Store):
    store.append(related("a", NEAR, BACK))
    store.append(an_answer("b", text="none here"))
    rows = store.relations()
    shown = rows[["answer_id", "head_text", "label", "child_text", "head_start", "child_end"]]
    text = store.answers()[0].text
    assert shown.values.tolist() == [
        ["a", "Meth", "NEAR", PLACE.text_of(text), 0, PLACE.end],
        ["a", PLACE.text_of(text), "FAR", "Meth", PLACE.start, 4],
    ]
    assert str(rows["head_start"].dtype) == "int64"
    assert store.sql("from relations").columns.tolist() == rows.columns.tolist()


def test_scores_of_ends_are_not_kept(store: Store):
    scored = Relation(replace(DRUG, score=0.5), PLACE, "NEAR")
    store.append(related("a", scored))
    assert store.answers()[0].relations[0].head.score is None


def test_filters_speak_of_the_relation(store: Store):
    store.append(related("a", NEAR, BACK))
    assert store.relations(label="FAR")["head_label"].tolist() == ["PLACE"]
    assert store.relations(where="head_label = 'DRUG'")["label"].tolist() == ["NEAR"]
    assert store.relations("other").empty
    assert len(store.annotations(label="FAR")) == 1
    assert store.annotations(label="ELSE").empty


def test_relations_go_with_an_answer_that_is_taken_back(store: Store):
    store.append(related("a", NEAR))
    store.append(replace(related("b", NEAR), undoes="a"))
    assert store.relations().empty


def test_an_empty_store_has_the_same_columns(store: Store):
    empty = store.relations()
    store.append(related("a", NEAR))
    assert empty.columns.tolist() == store.relations().columns.tolist()
    assert empty.dtypes.tolist() == store.relations().dtypes.tolist()


def test_a_file_from_before_relations_gets_the_column_and_keeps_its_answers(
    path: Path, monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:2])
        with Store(path) as store:
            store.append(an_answer("old", spans=(Span(0, 4, "DRUG"),), note="kept"))
            assert "relations" not in store.sql("from annotations").columns
    with Store(path) as store:
        store.append(related("new", NEAR))
        rows = store.sql("select len(relations) as n, note from annotations order by answer_id")
        assert rows["n"].tolist() == [1, 0]
        assert rows["note"].tolist()[1] == "kept"
        assert len(store.relations()) == 1
