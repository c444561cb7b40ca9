"""The filters mean the same rows in annotations, answers and spans."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbannotate.errors import FilterError
from nbannotate.store import Store
from nbannotate.tasks.records import Span
from tests.store.given import DRUG, NOON, an_answer


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with Store(":memory:") as opened:
        opened.append_many(
            [
                an_answer("spans", spans=(DRUG, Span(5, 6, "EMOJI")), seconds=1.0),
                an_answer("choice", accept=("A", "B"), dataset="d2", annotator="bob"),
                an_answer("binary", label="A", answer="reject", view="textcat.teach", seconds=3.0),
                an_answer("late", created_at=NOON + timedelta(days=1), session_id="bob's"),
                an_answer("model", model_version="v1", spans=(DRUG,), answer="ignore"),
            ]
        )
        yield opened


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, "spans choice binary late model"),
        ({"dataset": None, "where": None}, "spans choice binary late model"),
        ({"dataset": "drugs"}, "spans binary late model"),
        ({"dataset": ["drugs", "d2"]}, "spans choice binary late model"),
        ({"dataset": []}, ""),
        ({"session_id": "bob's"}, "late"),
        ({"annotator": ("bob", "carol")}, "choice"),
        ({"view": "textcat.teach"}, "binary"),
        pytest.param({"answer": {"reject", "ignore"}}, "binary model", id="a set of answers"),
        ({"model_version": "v1"}, "model"),
        ({"label": "A"}, "choice binary"),
        ({"label": "DRUG"}, "spans model"),
        ({"label": ["EMOJI", "B"]}, "spans choice"),
        ({"since": NOON}, "spans choice binary late model"),
        ({"until": NOON}, ""),
        ({"since": "2026-11-24"}, "late"),
        ({"until": "2026-11-23"}, "spans choice binary model"),
        ({"since": date(2026, 11, 23), "until": date(2026, 11, 23)}, "spans choice binary model"),
        ({"since": "2026-11-23T14:00:01+02:00"}, "late"),
        ({"until": datetime(2026, 11, 23, 12, 0, 1, tzinfo=UTC)}, "spans choice binary model"),
        ({"where": "seconds < 2 and len(spans) > 1"}, "spans"),
        ({"where": "text like '%late%' -- a comment"}, "late"),
        ({"where": "input_hash in (select input_hash from spans)", "answer": "accept"}, "spans"),
        ({"where": "seconds < 2 or seconds > 2", "dataset": "d2"}, ""),
    ],
    ids=str,
)
def test_a_filter_keeps_the_same_answers_everywhere(store: Store, filters, expected):
    assert store.annotations(**filters)["answer_id"].tolist() == expected.split()
    assert [answer.answer_id for answer in store.answers(**filters)] == expected.split()


def test_a_label_keeps_only_the_spans_that_bear_it(store: Store):
    assert store.spans(label="EMOJI")[["answer_id", "label"]].to_numpy().tolist() == [
        ["spans", "EMOJI"]
    ]
    assert store.spans(where="\"end\" - start > 2 and text = 'Meth'")["answer_id"].tolist() == [
        "spans",
        "model",
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"sesion_id": "x"},
        {"limit": 3},
        {"dataset": 3},
        {"label": ["A", None]},
        {"answer": "accepted"},
        {"since": "yesterday"},
        {"until": 20261123},
        {"where": ""},
        {"where": 3},
        {"where": "no_such_column = 1"},
        {"where": "text"},
        {"where": "count(*) > 1"},
        {"where": "answer = ?"},
        {"where": "answer = $answer"},
    ],
    ids=str,
)
def test_a_filter_that_cannot_mean_anything_is_refused(store: Store, wrong):
    for read in (store.annotations, store.answers, store.spans):
        with pytest.raises(FilterError):
            read(**wrong)


def test_an_unknown_filter_names_the_allowed_ones(store: Store):
    with pytest.raises(
        FilterError, match="unknown filter sesion_id; allowed are dataset, session"
    ):
        store.annotations(sesion_id="x")


@pytest.mark.parametrize(
    "escape",
    [
        "true) or (true",
        "true) union all select 1 from annotations where (true",
        "true)) --",
        "true]) or ([true",
        "true; drop table answers",
        "true /*",
        "'unclosed",
        "true order by 1",
        "true limit 1",
        ") = (",
        "drop table answers",
        "exists (insert into answers default values)",
        "nextval('s') > 0",
        "(select count(*) from read_text('/etc/hostname')) > 0",
    ],
)
def test_a_condition_cannot_break_out_of_its_place(store: Store, escape: str):
    with pytest.raises(FilterError):
        store.annotations(where=escape)
    assert len(store.annotations()) == 5


@given(
    condition=st.lists(
        st.sampled_from([*"()[]{}'\"$;-/*\n ", "true", "or", "1", "=", "--", "/*", "$$"]),
        max_size=12,
    ).map("".join)
)
def test_any_condition_filters_or_is_refused(store: Store, condition: str):
    # Whatever else the text is, it never lets rows of another dataset through.
    try:
        kept = store.answers("none", where=condition)
    except FilterError:
        return
    assert kept == []
