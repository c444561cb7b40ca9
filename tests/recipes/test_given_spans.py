"""Laws of spans that come with the texts: each is shown as it is, or listed with the reason."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import nbannotate as nb
from nbannotate.tasks import Span

TEXT = "Meth 5mg, is\tbad 👩‍🔬\r\nfor e\u0301me"
LABELS = ["DRUG", "DOSE"]
RECIPES = {"ner": nb.ner.manual, "spans": nb.spans.manual}
OFFSETS = st.integers(-1, len(TEXT) + 1)
GIVEN = st.lists(
    st.fixed_dictionaries(
        {"start": OFFSETS, "end": OFFSETS, "label": st.sampled_from([*LABELS, "OTHER"])},
        optional={"score": st.none() | st.floats() | st.sampled_from(["high", True])},
    ),
    max_size=6,
)


def recipe(source: object, component: str = "ner", **more: Any) -> nb.Annotator:
    keywords = {"labels": LABELS, "store": ":memory:", "nlp": False, "dataset": "d"}
    return RECIPES[component](source, **{**keywords, **more})


@settings(max_examples=20, deadline=None)
@example(given=[{"start": 0, "end": 4, "label": label} for label in reversed(LABELS)])
@example(
    given=[{"start": 10, "end": 16, "label": "DRUG"}, {"start": 5, "end": 12, "label": "DOSE"}]
)
@example(given=[{"start": 0, "end": 2, "label": "DRUG"}, {"start": 2, "end": 4, "label": "DOSE"}])
@given(given=GIVEN)
@pytest.mark.parametrize("component", ["ner", "spans"])
@pytest.mark.parametrize("by", ["token", "character"])
def test_each_span_is_shown_or_listed_and_what_is_shown_can_be_accepted(component, by, given):
    ann = recipe([{"text": TEXT, "spans": given}], component, by=by)
    shown = ann.session.task.spans
    listed = " ".join(ann.left_out.reason)
    for span in given:
        plain = {key: span[key] for key in ("start", "end", "label")}
        named = f"{span['start']}–{span['end']}"
        assert Span(**plain) in shown or named in listed
    json.dumps([span.to_dict() for span in shown], allow_nan=False)
    assert ann.session.answer("accept").spans == tuple(sorted(shown))
    ann.close()


DRUG = {"start": 0, "end": 4, "label": "DRUG"}
BAD: list[tuple[object, str]] = [
    ([DRUG, {"start": 0, "end": 900, "label": "DRUG"}], "within the text"),
    ([DRUG, {"start": None, "end": 4, "label": "DRUG"}], "no whole numbers"),
    ([DRUG, {"start": "a", "end": 4, "label": "DRUG"}], "no whole numbers"),
    ([DRUG, {"start": 0.5, "end": 4, "label": "DRUG"}], "no whole numbers"),
    ([DRUG, {"start": 0, "end": 4}], "lacks one of"),
    ([DRUG, [0, 4, "DRUG"]], "lacks one of"),
    ([DRUG, None], "lacks one of"),
    ([DRUG, {"start": 0, "end": 4, "label": 7}], "no string"),
    ([DRUG, {"start": 5, "end": 8, "label": "OTHER"}], "'OTHER' is not one of"),
    ([DRUG, {"start": 0, "end": 4, "label": "DOSE"}], "overlaps span 0–4"),
    ([DRUG, {"start": 4, "end": 5, "label": "DOSE"}], "touches none"),
    ([{**DRUG, "end": 3}], "shown as 0–4 'Meth'"),
    ([{**DRUG, "score": "high"}], "'high'"),
]


@pytest.mark.parametrize(("spans", "reason"), BAD)
def test_a_span_that_does_not_fit_is_listed_and_costs_neither_text_nor_others(spans, reason):
    ann = recipe([{"text": TEXT, "spans": spans}, "Another"])
    assert ann.session.task.spans == (Span(0, 4, "DRUG"),)
    (listed,) = ann.left_out.to_dict("records")
    assert (listed["row"], listed["value"]) == (0, TEXT)
    assert reason in listed["reason"]
    assert any("1 span or relation not shown as given" in each for each in ann._notices)
    assert ann.skipped.empty
    ann.close()


@pytest.mark.parametrize("spans", ["[{'start': 0}]", DRUG, 7])
def test_what_is_no_list_is_listed(spans):
    ann = recipe([{"text": TEXT, "spans": spans}])
    assert "no list of spans" in ann.left_out.reason[0]
    ann.close()


@pytest.mark.parametrize("spans", [[Span(0, 4, "DRUG")], (DRUG,), [{**DRUG, "start": 0.0}]])
def test_spans_as_records_and_frames_write_them_are_read(spans):
    ann = recipe([{"text": TEXT, "spans": spans}])
    assert ann.session.task.spans == (Span(0, 4, "DRUG"),)
    assert ann.left_out.empty
    ann.close()


def test_where_no_spans_are_marked_a_column_of_that_name_means_nothing():
    row = {"text": TEXT, "spans": [{"start": 0, "end": 900, "label": "DRUG"}]}
    ann = nb.textcat.manual([row], labels=LABELS, store=":memory:", nlp=False)
    assert (ann.session.task.text, ann.left_out.empty, ann.skipped.empty) == (TEXT, True, True)
    ann.close()


@pytest.mark.parametrize(
    "view",
    [nb.View("marks", "spans"), ["textcat.manual", "ner.manual"], ["textcat.correct", nb.View("marks", "spans")]],
)  # fmt: skip
def test_every_view_that_shows_no_models_spans_begins_with_those_of_the_row(view):
    labels: Any = LABELS
    if isinstance(view, list):
        names = [each if isinstance(each, str) else each.name for each in view]
        labels = {names[0]: ["good", "bad"], names[1]: LABELS}
    row = {"text": TEXT, "spans": [DRUG, {**DRUG, "label": "OTHER"}]}
    ann = nb.annotate([row], view=view, labels=labels, store=":memory:", nlp=False)
    assert ann.session.task.spans == (Span(0, 4, "DRUG"),)
    assert "'OTHER' is not one of" in ann.left_out.reason[0]
    ann.close()


def test_a_label_that_is_added_later_shows_its_spans():
    rows = [{"text": f"{TEXT} {i}", "spans": [{**DRUG, "label": "OTHER"}]} for i in range(4)]
    ann = recipe(rows)
    ann.add_label("OTHER")
    for _ in range(3):
        ann.session.answer("ignore")
    assert ann.session.task.spans == (Span(0, 4, "OTHER"),)
    ann.close()


@pytest.mark.parametrize(("component", "marked"), [("ner", [(0, 8)]), ("spans", [(0, 8), (5, 8)])])
def test_patterns_mark_what_the_row_does_not(component: str, marked: list[tuple[int, int]]):
    row = {"text": "Meth 5mg and 9mg", "spans": [{"start": 0, "end": 8, "label": "DRUG"}]}
    patterns = [{"label": "DOSE", "pattern": dose} for dose in ("5mg", "9mg")]
    shown = recipe([row], component, patterns=patterns).session.task.spans
    assert [(span.start, span.end) for span in shown] == [*marked, (13, 16)]


@pytest.mark.parametrize("component", ["ner", "spans"])
def test_what_the_row_marks_stands_before_a_pattern_of_the_same_words(component: str):
    own = {"start": 0, "end": 4, "label": "DRUG", "score": 0.9}
    row = {"text": "Meth 5mg", "spans": [own]}
    patterns = [{"label": "DRUG", "pattern": "Meth"}]
    shown = recipe([row], component, patterns=patterns).session.task.spans
    assert shown == (Span(**own),)


def test_a_pattern_that_begins_before_a_span_of_the_row_does_not_take_its_place():
    row = {"text": "Meth 5mg", "spans": [{"start": 5, "end": 8, "label": "DOSE"}]}
    patterns = [{"label": "DRUG", "pattern": "Meth 5mg"}]
    shown = recipe([row], patterns=patterns).session.task.spans
    assert shown == (Span(5, 8, "DOSE"),)
