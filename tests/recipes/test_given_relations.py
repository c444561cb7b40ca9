"""Laws of relations that come with the texts: each is drawn, or listed with the reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nbannotate as nb
from nbannotate.tasks import Relation, Span

TEXT = "Aspirin causes nausea, ibuprofen does not 👩‍🔬 at all"
ASPIRIN, CAUSES_WORD, NAUSEA, IBUPROFEN = (
    Span(0, 7, "DRUG"), Span(8, 14, "VERB"), Span(15, 21, "EFFECT"), Span(23, 32, "DRUG"),
)  # fmt: skip
LABELS, RELATIONS = ["DRUG", "EFFECT", "VERB"], ["CAUSES", "ENDS"]
SPANS = st.sets(
    st.sampled_from([ASPIRIN, CAUSES_WORD, NAUSEA, IBUPROFEN, Span(0, 21, "VERB")]), min_size=2
).map(sorted)


@st.composite
def answers(draw) -> dict[str, Any]:
    spans = draw(SPANS)
    pairs = [(head, child) for head in spans for child in spans if head != child]
    ends = draw(st.lists(st.sampled_from(pairs), max_size=4, unique=True))
    labels = [draw(st.sampled_from(RELATIONS)) for _ in ends]
    related = [Relation(*pair, label) for pair, label in zip(ends, labels, strict=True)]
    return {"spans": spans, "relations": related}


def recipe(source: object, **more: Any) -> nb.Annotator:
    keywords = {"labels": LABELS, "relations": RELATIONS, "store": ":memory:", "dataset": "d"}
    return nb.relations.manual(source, **{**keywords, **more})


def stored(rows: list[dict[str, Any]]) -> nb.Store:
    """A dataset with one answer a row."""
    store = nb.Store(":memory:")
    ann = recipe([f"{TEXT} {i}" for i in range(len(rows))], store=store)
    for row in rows:
        ann.session.answer("accept", **row)
    ann.close()
    return store


def as_frame(store: nb.Store, folder: Path) -> object:
    del folder
    return store.annotations("d")


def as_dicts(store: nb.Store, folder: Path) -> object:
    del folder
    return store.annotations("d").to_dict("records")


def as_jsonl(store: nb.Store, folder: Path) -> object:
    file = folder / "d.jsonl"
    store.annotations("d").to_json(file, orient="records", lines=True, date_format="iso")
    return file


def as_parquet(store: nb.Store, folder: Path) -> object:
    file = folder / "d.parquet"
    store.annotations("d")[["text", "spans", "relations"]].to_parquet(file)
    return file


@pytest.mark.parametrize("export", [as_frame, as_dicts, as_jsonl, as_parquet])
@settings(max_examples=12, deadline=None)
@given(rows=st.lists(answers(), min_size=1, max_size=3))
def test_a_stored_dataset_is_loaded_again_without_loss(tmp_path_factory, export, rows):
    store = stored(rows)
    before = [(each.text, each.spans, each.relations) for each in store.answers("d")]
    again = recipe(export(store, tmp_path_factory.mktemp("given")), dataset="again")
    assert again.left_out.empty
    for text, spans, relations in before:
        task = again.session.task
        assert (task.text, tuple(sorted(task.spans)), task.relations) == (text, spans, relations)
        again.session.answer("accept")
    after = again.session.store.answers("again")
    assert [(each.text, each.spans, each.relations) for each in after] == before
    again.close()


def prodigy_row(**more: Any) -> dict[str, Any]:
    """A row as Prodigy's documentation shows them, with tokens and the spans of both ends."""
    words = [("Aspirin", 0, 7), ("causes", 8, 14), ("nausea", 15, 21)]
    tokens = [{"text": w, "start": s, "end": e, "id": i} for i, (w, s, e) in enumerate(words)]
    spans = [
        {**ASPIRIN.to_dict(), "token_start": 0, "token_end": 0, "type": "span"},
        {**NAUSEA.to_dict(), "token_start": 2, "token_end": 2, "type": "span"},
    ]
    ends = {"head_span": spans[0], "child_span": spans[1]}
    related = {"head": 0, "child": 2, "label": "CAUSES", "color": "#b5bde2", **ends}
    return {"text": "Aspirin causes nausea", "tokens": tokens, "spans": spans, "relations": [related], "answer": "accept", **more}  # fmt: skip


def without(row: dict[str, Any], *names: str) -> dict[str, Any]:
    related = [{k: v for k, v in each.items() if k not in names} for each in row["relations"]]
    return {k: v for k, v in row.items() if k not in names} | {"relations": related}


@pytest.mark.parametrize(
    "row",
    [
        prodigy_row(),
        without(prodigy_row(), "head_span", "child_span"),
        without(prodigy_row(), "head_span", "child_span", "tokens"),
        without(prodigy_row(), "tokens"),
    ],
)
@pytest.mark.parametrize("as_file", [False, True])
def test_rows_of_prodigy_are_read_by_their_tokens(row, as_file: bool, tmp_path):
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps(row), encoding="utf-8")
    ann = recipe(file if as_file else [row])
    assert ann.session.task.relations == (Relation(ASPIRIN, NAUSEA, "CAUSES"),)
    assert ann.left_out.empty
    answer = ann.session.answer("accept")
    assert answer.relations == (Relation(ASPIRIN, NAUSEA, "CAUSES"),)
    ann.close()


def test_a_token_inside_a_phrase_means_the_shortest_span_around_it():
    phrase = {"start": 0, "end": 21, "label": "VERB"}
    row = without(prodigy_row(), "head_span", "child_span")
    row["spans"] = [*row["spans"], phrase]
    row["relations"] = [{"head": 1, "child": 2, "label": "ENDS"}]
    ann = recipe([row])
    assert ann.session.task.relations == (Relation(Span(0, 21, "VERB"), NAUSEA, "ENDS"),)
    ann.close()


HEAD, CHILD = ASPIRIN.to_dict(), NAUSEA.to_dict()
BAD: list[tuple[object, str]] = [
    ({"head": 0, "child": 99, "label": "CAUSES"}, "token 99 of a text of"),
    ({"head": 0, "child": -1, "label": "CAUSES"}, "token -1"),
    ({"head": 0, "child": 1, "label": "CAUSES"}, "'causes', where the row has no span"),
    ({"head": 0, "child": 2, "label": "OTHER"}, "'OTHER' is not one of"),
    ({"head": 0, "child": 0, "label": "CAUSES"}, "to itself"),
    ({"head": HEAD, "child": {**CHILD, "label": "DRUG"}, "label": "CAUSES"}, "no span of the"),
    ({"head": HEAD, "child": {"start": 15}, "label": "CAUSES"}, "lacks one of"),
    ({"head": HEAD, "label": "CAUSES"}, "lacks one of"),
    ({"head": HEAD, "child": CHILD, "label": 7}, "label that is no string"),
    ("CAUSES", "lacks one of"),
    (None, "lacks one of"),
    ({"head": "0", "child": 2, "label": "CAUSES"}, "span '0'"),
]


@pytest.mark.parametrize(("bad", "reason"), BAD)
def test_a_relation_that_does_not_fit_is_listed_and_costs_neither_text_nor_others(bad, reason):
    good = {"head": 0, "child": 2, "label": "CAUSES"}
    row = {**prodigy_row(), "relations": [bad, good]}
    ann = recipe([row, "Another"])
    assert ann.session.task.relations == (Relation(ASPIRIN, NAUSEA, "CAUSES"),)
    (listed,) = ann.left_out.to_dict("records")
    assert (listed["row"], listed["value"]) == (0, "Aspirin causes nausea")
    assert reason in listed["reason"]
    assert any("1 span or relation not shown as given" in each for each in ann._notices)
    ann.close()


def test_what_is_no_list_is_listed_and_nothing_is_no_fault():
    rows = [prodigy_row(relations="none"), {**prodigy_row(relations=None), "text": TEXT}]
    ann = recipe(rows)
    assert ann.left_out.reason.tolist() == ["relations='none' are no list of relations"]
    ann.close()


def test_where_no_relations_are_drawn_a_column_of_that_name_means_nothing():
    ann = nb.ner.manual(
        [prodigy_row(relations="none")], labels=LABELS, store=":memory:", nlp=False
    )
    assert ann.left_out.empty
    assert ann.session.task.relations == ()
    ann.close()


def test_relations_whose_spans_may_not_overlap_are_listed():
    row = {"text": TEXT, "spans": [{"start": 0, "end": 21, "label": "VERB"}, HEAD, CHILD]}
    row["relations"] = [{"head": HEAD, "child": CHILD, "label": "CAUSES"}]
    ann = recipe([row], component="ner")
    assert len(ann.session.task.spans) == 1
    *overlapping, relation = ann.left_out.reason
    assert all("overlaps span 0–21" in each for each in overlapping)
    assert len(overlapping) == 2
    assert "no span of the answer" in relation
    ann.close()


def test_an_answer_that_says_nothing_of_relations_keeps_those_whose_ends_stand():
    row = {**prodigy_row(), "spans": [HEAD, CHILD, {"start": 8, "end": 14, "label": "VERB"}]}
    verb = CAUSES_WORD.to_dict()
    row["relations"] = [
        {"head": HEAD, "child": CHILD, "label": "CAUSES"},
        {"head": verb, "child": CHILD, "label": "ENDS"},
    ]
    ann = recipe([row])
    kept = ann.session.answer("accept", spans=[HEAD, CHILD])
    assert kept.relations == (Relation(ASPIRIN, NAUSEA, "CAUSES"),)
    ann.session.undo()
    assert ann.session.answer("accept", relations=[]).relations == ()
    ann.close()


# ------------------------------------------------------------------ beside other views


def test_relations_are_drawn_between_the_spans_of_a_page():
    page = nb.annotate(
        [prodigy_row()], view=["ner.manual", "textcat.manual"], relations=RELATIONS, nlp=False,
        labels={"ner.manual": LABELS, "textcat.manual": ["good", "bad"]}, inputs="why",
        store=":memory:", dataset="d",
    )  # fmt: skip
    assert page._config["blocks"] == ["spans", "relations", "choice", "input"]
    answer = page.session.answer("accept", accept="bad", inputs="so")
    assert answer.view == "ner.manual+relations+textcat.manual+input"
    assert (answer.relations, answer.accept) == ((Relation(ASPIRIN, NAUSEA, "CAUSES"),), ("bad",))
    result = nb.retrain(page.session.store, "d", evaluation=0, max_epochs=1, progress=False)
    assert result.nlp.pipe_names == ["ner", "textcat"]
    assert result.nlp.get_pipe("ner").labels == tuple(sorted(LABELS))
    again = nb.annotate(
        [prodigy_row()], view=answer.view, relations=RELATIONS, nlp=False, dataset="other",
        labels={"ner.manual+relations": LABELS, "textcat.manual": ["good", "bad"]}, store=":memory:",
    )  # fmt: skip
    assert again.session.view.name == answer.view
    for each in (page, again):
        each.close()


@pytest.mark.parametrize("view", ["textcat.manual", "ner.correct", ["ner.teach"], ["input"]])
def test_relations_are_refused_where_no_spans_are_marked_by_hand(view):
    with pytest.raises(ValueError, match=r"draws none.*'ner\.manual', 'spans\.manual'"):
        nb.annotate([TEXT], view=view, labels=LABELS, relations=["A"], store=":memory:")
