"""Laws of texts, labels, hashes and gold: what passes between the rooms."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbannotate.errors import LabelError, SourceError
from nbannotate.tasks import (
    VIEWS,
    GoldText,
    SourceText,
    Span,
    check_known,
    check_labels,
    find_view,
    input_hash,
    kinds_of,
    read_gold,
    snap,
    task_hash,
    task_of,
)
from tests.loops import a_session, answer_any, tokenize

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), min_size=1)


@given(TEXTS, TEXTS)
def test_texts_have_equal_hashes_exactly_when_they_are_equal(one: str, other: str):
    assert (input_hash(one) == input_hash(other)) == (one == other)


@given(TEXTS)
def test_a_hash_fits_in_64_bits(text: str):
    assert -(2**63) <= input_hash(text) < 2**63


def test_hashes_are_the_same_in_every_process():
    code = "from nbannotate.tasks import input_hash; print(input_hash('Größe 🙂'))"
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert int(found) == input_hash("Größe 🙂")


def test_questions_about_one_text_have_different_hashes():
    text = input_hash("Meth is bad")
    asked = [
        task_hash(text, "ner"),
        task_hash(text, "textcat"),
        task_hash(text, "ner", 0, 4, "DRUG"),
        task_hash(text, "ner", 0, 4, "NAME"),
        task_hash(text, "ner", 0, 7, "DRUG"),
        task_hash(text, "textcat", "DRUG"),
    ]
    assert len(set(asked)) == len(asked)


@pytest.mark.parametrize("view", VIEWS)
def test_all_views_of_a_component_share_the_identity_of_a_question(view: str):
    found = find_view(view, exclusive=True)
    text = SourceText("one", input_hash("one"))
    kind = "+".join(sorted(kinds_of(view)))
    assert found.task_hash(text) == task_hash(text.input_hash, kind)
    assert kind == (found.component or view) or "relations" in view


def test_an_unknown_view_says_which_there_are():
    with pytest.raises(ValueError, match=r"'ner\.guess' is unknown.*'ner\.manual'"):
        find_view("ner.guess", exclusive=True)


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ([], "at least one"),
        ([""], "empty"),
        (["  "], "empty"),
        ([" A"], "write 'A'"),
        ("A, B", "write 'B'"),
        (["A", "B", "A"], "given twice: 'A'"),
        ([1], "write '1'"),
        ([None], "labels are strings"),
        (None, "None"),
        (7, "7"),
    ],
)
def test_a_label_that_would_train_on_nothing_is_refused(labels, said: str):
    with pytest.raises(LabelError, match=said):
        check_labels(labels)


def test_labels_keep_the_order_given():
    assert check_labels(["B", "A"]) == check_labels("B,A") == ("B", "A")


def test_an_unknown_label_is_told_what_is_allowed():
    with pytest.raises(LabelError, match="'C' is not one of this recipe's labels: 'A', 'B'"):
        check_known("C", ("A", "B"))


def test_a_span_compares_by_place_and_label_not_by_score():
    assert Span(0, 4, "A", 0.3) == Span(0, 4, "A") != Span(0, 4, "B")


@given(TEXTS, st.data())
def test_a_snapped_span_begins_and_ends_with_a_token_and_covers_what_it_touched(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    tokens = tokenize(text)
    snapped = snap(Span(start, end, "A"), tokens)
    touched = [token for token in tokens if token[0] < end and token[1] > start]
    if snapped is None:
        assert not touched
    else:
        assert (snapped.start, snapped.end) == (touched[0][0], touched[-1][1])
        assert snap(snapped, tokens) == snapped


@pytest.mark.parametrize(
    ("row", "spans", "labels"),
    [
        ({"text": "t", "label": "A"}, None, ("A",)),
        ({"text": "t", "label": 1}, None, ("1",)),
        ({"text": "t", "label": np.int64(0)}, None, ("0",)),
        ({"text": "t", "labels": ["A", "B"]}, None, ("A", "B")),
        ({"text": "t", "labels": []}, None, ()),
        ({"text": "t", "spans": []}, (), None),
        ({"text": "t", "spans": np.array([], dtype=object)}, (), None),
        ({"text": "t", "spans": [{"start": 0, "end": 1, "label": "A"}]}, (Span(0, 1, "A"),), None),
        (GoldText("t", None, ("A",)), None, ("A",)),
    ],
)
def test_gold_rows_say_spans_or_labels_and_leave_the_rest_unknown(row, spans, labels):
    assert read_gold([row]) == [GoldText("t", spans, labels)]


def test_gold_is_read_from_a_frame_with_holes():
    frame = pd.DataFrame(
        [
            {"text": "a", "label": "A"},
            {"text": "b", "spans": [{"start": 0, "end": 1, "label": "A"}]},
        ]
    )
    assert [row.labels for row in read_gold(frame)] == [("A",), None]


@pytest.mark.parametrize(
    "gold",
    [
        [],
        pd.DataFrame(),
        [{"text": "t"}],
        [{"label": "A"}],
        ["t"],
        [{"text": 1, "label": "A"}],
        [{"text": "t", "label": 0.5}],
    ],
)
def test_gold_that_says_nothing_is_refused(gold):
    with pytest.raises(SourceError, match="give"):
        read_gold(gold)


@pytest.mark.parametrize(
    "spans", [[{"start": 0, "label": "A"}], [{"start": "x", "end": 1, "label": "A"}], [7]]
)
def test_a_malformed_gold_span_is_refused_with_its_row(spans):
    with pytest.raises(SourceError, match="gold row 0"):
        read_gold([{"text": "t", "spans": spans}])


@pytest.mark.parametrize("view", ["textcat.manual", "textcat.teach", "ner.manual"])
def test_a_stored_answer_recalls_the_task_it_was_given_to(view: str):
    session = a_session(["One two"], view)
    task = session.task
    answer_any(session)
    stored = session.store.answers("d")[0]
    recalled = task_of(stored, task.labels)
    assert (recalled.text, recalled.task_hash, recalled.label) == (
        task.text,
        task.task_hash,
        task.label,
    )
    assert (recalled.spans, recalled.options) == (task.spans, task.options)
