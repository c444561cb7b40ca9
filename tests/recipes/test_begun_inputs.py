"""Laws of fields that begin with what the row brings."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nbannotate as nb
from nbannotate.errors import SourceError
from nbannotate.tasks import begun_inputs
from nbannotate.widget.messages import wire_task

ROW = {"text": "The brake squeaks", "reason": "worn out", "stars": 2, "none": None}


def recipe(rows=(ROW,), inputs: Any = ("reason", "stars"), **more: Any) -> nb.Annotator:
    keywords = {"view": "ner.manual", "labels": ["PART"], "nlp": False, "store": ":memory:"}
    return nb.annotate(list(rows), inputs=inputs, **{**keywords, **more})


def test_a_field_begins_with_the_column_of_its_name_on_the_page_and_in_a_cell():
    ann = recipe()
    wired = wire_task(ann.session, ann.session.task)
    assert wired["inputs"] == {"reason": "worn out", "stars": "2"}
    assert dict(ann.session.answer("accept").inputs) == {"reason": "worn out", "stars": "2"}
    ann.close()


def test_what_is_said_takes_the_place_of_what_was_there_and_the_rest_stays():
    ann = recipe()
    first = ann.session.answer("accept", inputs={"reason": ""})
    assert dict(first.inputs) == {"reason": "", "stars": "2"}
    changed = ann.session.change(first.answer_id, "accept", inputs={"stars": "3"})
    assert dict(changed.inputs) == {"reason": "", "stars": "3"}
    ann.close()


def test_answers_from_before_bring_their_fields_again():
    first = recipe([ROW["text"], "Another"])
    first.session.answer("accept", inputs={"reason": "was\nwritten", "stars": ""})
    first.session.answer("accept")
    frame = first.annotations()
    first.close()
    again = nb.annotate(frame, view="input", inputs=["reason", "stars"], store=":memory:")
    assert [dict(again.session.answer("accept").inputs) for _ in range(2)] == [
        {"reason": "was\nwritten", "stars": ""},
        {"reason": "", "stars": ""},
    ]
    again.close()


def test_a_field_begins_with_another_column_where_one_is_named():
    ann = recipe(inputs=nb.Input("why", column="reason"))
    assert ann.session.task.inputs == {"why": "worn out"}
    ann.close()
    with pytest.raises(SourceError, match=r"column 'reasons'.*'reason', 'stars'"):
        recipe(inputs=nb.Input("why", column="reasons"))


def test_a_required_field_that_begins_with_something_may_stay_as_it_is():
    ann = recipe(inputs=nb.Input("reason", required=True))
    assert dict(ann.session.answer("accept").inputs) == {"reason": "worn out"}
    ann.close()


@given(
    st.one_of(st.text(), st.integers(), st.floats(), st.none(), st.booleans(), st.lists(st.text()))
)
def test_only_texts_and_numbers_are_begun_with(value):
    begun = begun_inputs([nb.Input("reason")], {"reason": value})
    is_text = isinstance(value, str) and value != ""
    is_number = (
        isinstance(value, int | float) and not isinstance(value, bool) and not math.isnan(value)
    )
    assert begun == ({"reason": str(value)} if is_text or is_number else {})
