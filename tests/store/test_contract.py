"""What every store does, in a file or in memory."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pandas as pd
import pytest

from nbannotate.errors import AnswerError, StoreError
from nbannotate.store import Store
from nbannotate.tasks.records import Span
from tests.store.given import NOON, a_full_answer, an_answer, an_undo

COLUMNS = (  # noqa: SIM905 - as the documentation lists them
    "dataset session_id annotator view text label answer spans accept inputs relations score why "
    "model_version seconds created_at flagged note meta input_hash task_hash answer_id"
).split()


def test_an_answer_is_read_back_as_it_was_given(store: Store):
    answer = a_full_answer()
    assert store.append(answer) is True
    assert store.answers("drugs") == [answer]
    # Span.score is left out of comparisons.
    assert [span.score for span in store.answers("drugs")[0].suggested] == [0.75, 0.5]


def test_a_choice_keeps_its_labels_and_the_models_probabilities(store: Store):
    suggested = {"A": 0.5, "B": None}
    choice = an_answer("c", view="textcat.correct", accept=("A", "B"), suggested=suggested)
    store.append(choice)
    assert store.answers("drugs") == [choice]


def test_an_answer_delivered_twice_is_stored_once(store: Store):
    assert [store.append(an_answer("a")) for _ in range(3)] == [True, False, False]
    assert store.sql("select count(*) as n from answers")["n"].tolist() == [1]


def test_answers_come_in_the_order_in_which_they_were_stored(store: Store):
    for number in (3, 1, 2):
        store.append(an_answer(str(number), created_at=NOON - timedelta(days=number)))
    assert [answer.answer_id for answer in store.answers("drugs")] == ["3", "1", "2"]
    assert store.annotations()["answer_id"].tolist() == ["3", "1", "2"]


def test_many_answers_are_stored_as_if_one_by_one(store: Store):
    store.append(an_answer("0"))
    answers = [a_full_answer(str(number), text=f"text {number % 3}") for number in range(8)]
    answers = [replace(answer, session_id=answer.answer_id) for answer in answers]
    assert store.append_many([*answers, answers[5]]) == 7
    store.append(an_answer("8"))
    assert store.answers("drugs")[1:8] == answers[1:]
    assert store.sql("select seq from answers order by seq")["seq"].tolist() == list(range(1, 10))


def test_no_answers_at_all_are_stored_without_a_fuss(store: Store):
    assert store.append_many([]) == 0


def test_many_answers_are_stored_all_or_none(store: Store):
    with pytest.raises(AnswerError):
        store.append_many([an_answer("a"), an_answer("b", answer="maybe")])
    assert store.answers() == []


def test_a_text_is_kept_once_however_often_it_is_answered(store: Store):
    for number in range(3):
        store.append(an_answer(str(number), text="the same", session_id=str(number)))
    assert store.sql("select text from examples")["text"].tolist() == ["the same"]
    assert store.annotations()["text"].tolist() == ["the same"] * 3


def test_undo_takes_an_answer_back_and_history_still_shows_it(store: Store):
    store.append(an_answer("a"))
    store.append(an_undo("u", of="a"))
    assert store.answers("drugs") == []
    assert store.answered("drugs") == []
    history = store.annotations(history=True)
    assert history[["answer_id", "stands"]].to_numpy().tolist() == [["a", False]]


def test_an_edit_taken_back_lets_the_former_answer_stand_again(store: Store):
    store.append(an_answer("a", text="t"))
    store.append(an_answer("b", text="t", answer="reject", replaces="a"))
    assert [answer.answer_id for answer in store.answers()] == ["b"]
    store.append(an_undo("u", of="b", text="t"))
    assert [answer.answer_id for answer in store.answers()] == ["a"]
    store.append(an_undo("uu", of="u", text="t"))
    assert [answer.answer_id for answer in store.answers()] == ["b"]


def test_what_was_answered_is_listed_for_one_annotator_or_all(store: Store):
    alice, bob = an_answer("a"), an_answer("b", annotator="bob", answer="ignore")
    store.append_many([alice, bob, an_answer("c", dataset="other")])
    of_alice = (alice.input_hash, alice.task_hash, "ner.correct", "accept")
    of_bob = (bob.input_hash, bob.task_hash, "ner.correct", "ignore")
    assert store.answered("drugs") == [of_alice, of_bob]
    assert store.answered("drugs", annotator="bob") == [of_bob]


def test_annotations_have_the_documented_columns_with_plain_values(store: Store):
    store.append(a_full_answer())
    frame = store.annotations("drugs")
    assert list(frame) == COLUMNS
    row = frame.iloc[0]
    assert row["spans"] == [
        {"start": 0, "end": 4, "label": "DRUG"},
        {"start": 9, "end": 15, "label": "PLACE"},
    ]
    assert row["accept"] == []
    assert row["meta"] == {"row": 7, "name": "Zoë", "tags": ["a", None]}
    assert row["created_at"] == pd.Timestamp(NOON, tz="UTC")
    assert pd.isna(row["label"])


def test_a_frame_has_the_same_dtypes_with_rows_and_without(store: Store):
    def dtypes():
        frames = [
            store.annotations(history=True),
            store.spans(),
            store.datasets(),
            store.sessions(),
            store.models(),
        ]
        return [frame.dtypes.to_dict() for frame in frames]

    empty = dtypes()
    store.append(a_full_answer(label="DRUG"))
    store.append(an_answer("bare"))
    store.add_model("drugs", kind="retrain")
    assert dtypes() == empty


def test_spans_are_cut_from_the_text_by_code_points(store: Store):
    store.append(a_full_answer())
    frame = store.spans("drugs")
    assert frame["text"].tolist() == ["Meth", " Berli"]
    assert frame["suggested"].tolist() == [True, False]
    assert frame[["start", "end"]].to_numpy().tolist() == [[0, 4], [9, 15]]


def test_labels_have_a_row_for_each_label_of_a_whole_text(store: Store):
    store.append(an_answer("chosen", accept=("A", "B"), view="textcat.correct"))
    store.append(an_answer("asked", label="C", answer="reject", view="textcat.teach"))
    store.append(a_full_answer("span", label="DRUG", view="ner.teach"))
    rows = store.sql("select answer_id, label, answer from labels order by label")
    assert rows.to_numpy().tolist() == [
        ["chosen", "A", "accept"],
        ["chosen", "B", "accept"],
        ["asked", "C", "reject"],
    ]


def test_sessions_tell_who_answered_how_much(store: Store):
    store.add_session("drugs", "s", annotator="alice", view="v", config={"labels": ["X"]})
    store.add_session("drugs", "s", annotator="alice", view="v", config={"labels": ["X", "Y"]})
    store.append(an_answer("a", session_id="s", seconds=2.0))
    store.append(an_answer("b", session_id="s", answer="reject", seconds=3.0))
    store.append(an_undo("u", of="a"))
    store.append(an_answer("c", session_id="imported"))
    frame = store.sessions().set_index("session_id")
    assert frame.loc["s", ["answered", "accepted", "rejected", "seconds"]].tolist() == [1, 0, 1, 3]
    assert frame.loc["s", "labels"] == ["X", "Y"]
    assert frame.loc["imported", "answered"] == 1
    assert store.session_config("drugs", "s") == {"labels": ["X", "Y"]}
    assert store.session_config("drugs", "imported") == {}


def test_datasets_count_texts_sessions_and_annotators(store: Store):
    store.add_session("empty", "e", annotator="alice", view="v")
    for number, annotator in enumerate(["alice", "bob", "bob"]):
        who = {"annotator": annotator, "session_id": annotator}
        store.append(an_answer(str(number), text=f"t{number % 2}", **who))
    frame = store.datasets().set_index("dataset")
    counts = frame[["answered", "texts", "sessions", "annotators"]]
    assert counts.loc["drugs"].tolist() == [3, 2, 2, 2]
    assert counts.loc["empty"].tolist() == [0, 0, 1, 0]


def test_model_versions_are_numbered_through_the_file(store: Store):
    first = store.add_model("drugs", kind="loop", path="models/{version}")
    second = store.add_model("other", kind="retrain", parent=first, scores={"ents_f": math.nan})
    assert [first, second] == ["v1", "v2"]
    assert [store.model_path(version) for version in (first, second)] == ["models/v1", None]
    frame = store.models()
    assert frame["version"].tolist() == ["v1", "v2"]
    assert frame["scores"].tolist() == [{}, {"ents_f": None}]
    with pytest.raises(StoreError, match="it has v1, v2"):
        store.model_path("v9")


def test_a_time_with_a_zone_is_kept_as_utc(store: Store):
    zone = timezone(timedelta(hours=2))
    store.append(an_answer("a", created_at=datetime(2026, 11, 23, 14, tzinfo=zone)))
    assert store.answers()[0].created_at == NOON


@pytest.mark.parametrize(
    "text", ["line\nbreak", "nul\0inside", "'; drop table answers; --", "🙂" * 99]
)
def test_any_valid_text_comes_back_unchanged(store: Store, text: str):
    store.append(an_answer("a", text=text, meta={"text": text}))
    assert store.answers()[0].text == text
    assert store.annotations()["meta"].tolist() == [{"text": text}]


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": "lone \ud800", "input_hash": 1, "task_hash": 1},
        {"text": b"bytes", "input_hash": 1, "task_hash": 1},
        {"annotator": "\udfff"},
        {"dataset": ""},
        {"session_id": None},
        {"answer": "yes"},
        {"meta": {"number": math.nan}},
        {"meta": {"when": NOON}},
        {"meta": {"text": "\ud800"}},
        {"accept": ("\ud800",)},
        {"input_hash": 2**63},
        {"created_at": "2026-11-23"},
    ],
    ids=str,
)
def test_what_cannot_be_read_back_is_refused_and_nothing_is_written(store: Store, wrong):
    with pytest.raises(AnswerError):
        store.append(replace(an_answer("a"), **wrong))
    assert store.annotations(history=True).empty


def test_a_model_that_scores_with_nan_loses_no_answer(store: Store):
    suggested = (Span(0, 4, "DRUG", math.nan),)
    store.append(an_answer("a", score=math.nan, seconds=math.inf, suggested=suggested))
    answer = store.answers()[0]
    assert (answer.score, answer.seconds, answer.suggested[0].score) == (None, None, None)


def test_threads_append_and_read_at_once_without_losing_or_mixing_rows(store: Store):
    def annotate(thread: int) -> list[int]:
        session = f"thread-{thread}"
        seen = []
        for number in range(20):
            store.append(an_answer(f"{thread}-{number}", session_id=session))
            seen.append(len(store.answers("drugs", session_id=session)))
        return seen

    with ThreadPoolExecutor(8) as threads:
        seen = list(threads.map(annotate, range(8)))
    assert seen == [list(range(1, 21))] * 8
    numbers = store.sql("select seq from answers order by seq")["seq"]
    assert numbers.tolist() == list(range(1, 161))


def test_a_closed_store_says_so(store: Store):
    store.close()
    store.close()
    assert store.closed
    assert repr(store).endswith("(closed)")
    for call in (store.annotations, store.checkpoint, lambda: store.append(an_answer("a"))):
        with pytest.raises(StoreError, match="closed"):
            call()


def test_a_backup_holds_this_moments_state_and_overwrites_nothing(store: Store, tmp_path):
    store.append(a_full_answer())
    store.append(an_answer("b"))
    store.append(an_undo("u", of="b"))
    store.add_model("drugs", kind="loop")
    store.add_session("drugs", "alice-1", annotator="alice", view="v", config={"labels": ["X"]})
    copy = store.backup(tmp_path / "copy.duckdb")
    store.append(an_answer("later"))
    with Store(copy) as restored:
        assert restored.answers() == [a_full_answer()]
        assert restored.models().equals(store.models())
        assert restored.session_config("drugs", "alice-1") == {"labels": ["X"]}
        assert restored.append(an_answer("b")) is False
    with pytest.raises(StoreError, match="never overwrites"):
        store.backup(copy)
    with pytest.raises(StoreError, match="no folder"):
        store.backup(tmp_path / "nowhere" / "copy.duckdb")
    assert sorted(entry.name for entry in tmp_path.glob("*copy*")) == ["copy.duckdb"]
