"""Laws of the pool: each row is in it once, a counted duplicate, or listed with the reason."""

from __future__ import annotations

import json
import threading
import warnings
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle, islice
from random import Random

import duckdb
import numpy as np
import pandas as pd
import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from nbannotate.errors import SkippedRowsWarning, SourceError
from nbannotate.pool import Pool
from nbannotate.tasks import Span, input_hash
from tests.loops import PATIENCE_SECONDS

TEXTS = ["one", "two", "three"]
FRAME = pd.DataFrame({"text": TEXTS, "stars": [1, 2, 3]})


def texts(pool: Pool) -> list[str]:
    return [text.text for text in pool]


def quietly(source: object, **keywords) -> Pool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SkippedRowsWarning)
        return Pool(source, **keywords)


def every_kind(folder) -> dict[str, object]:
    FRAME.to_csv(folder / "a.csv", index=False)
    FRAME.to_parquet(folder / "a.parquet")
    FRAME.to_json(folder / "a.jsonl", orient="records", lines=True)
    (folder / "a.txt").write_text("\n".join(TEXTS), encoding="utf-8")
    nlp = spacy.blank("en")
    return {
        "list of str": TEXTS,
        "tuple": tuple(TEXTS),
        "list of dict": FRAME.to_dict("records"),
        "Series": FRAME["text"],
        "DataFrame": FRAME,
        "csv": folder / "a.csv",
        "csv as str": str(folder / "a.csv"),
        "parquet": folder / "a.parquet",
        "jsonl": folder / "a.jsonl",
        "txt": folder / "a.txt",
        "relation": duckdb.connect().from_df(FRAME),
        "docs": [nlp(text) for text in TEXTS],
        "docs from a pipe": nlp.pipe(TEXTS),
        "generator": (text for text in TEXTS),
        "array": np.array(TEXTS),
        "index": pd.Index(TEXTS),
        "dict values": dict(enumerate(TEXTS)).values(),
    }


KINDS = [
    "list of str", "tuple", "list of dict", "Series", "DataFrame", "csv", "csv as str", "parquet",
    "jsonl", "txt", "relation", "docs", "docs from a pipe", "generator", "array", "index",
    "dict values",
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_source_gives_its_texts_in_order(kind: str, tmp_path):
    pool = Pool(every_kind(tmp_path)[kind])
    assert texts(pool) == TEXTS
    assert [text.text for text in pool.first(9)] == TEXTS
    assert (len(pool), pool.duplicates, pool.skipped_rows) == (3, 0, [])


@pytest.mark.parametrize(
    "kind", ["list of dict", "DataFrame", "csv", "parquet", "jsonl", "relation"]
)
def test_the_other_columns_come_along_as_meta(kind: str, tmp_path):
    pool = Pool(every_kind(tmp_path)[kind])
    assert [dict(text.meta) for text in pool] == [{"stars": n} for n in (1, 2, 3)]


@pytest.mark.parametrize("kind", ["list of dict", "DataFrame", "csv", "parquet", "jsonl"])
def test_another_column_may_hold_the_text(kind: str, tmp_path):
    frame = pd.DataFrame({"body": TEXTS, "text": ["x", "y", "z"]})
    frame.to_csv(tmp_path / "a.csv", index=False)
    frame.to_parquet(tmp_path / "a.parquet")
    frame.to_json(tmp_path / "a.jsonl", orient="records", lines=True)
    sources = {"list of dict": frame.to_dict("records"), "DataFrame": frame}
    source = sources.get(kind, tmp_path / f"a.{kind}")
    assert texts(Pool(source, text_column="body")) == TEXTS


@pytest.mark.parametrize("kind", ["DataFrame", "csv", "parquet"])
def test_a_missing_text_column_says_which_there_are(kind: str, tmp_path):
    with pytest.raises(SourceError, match=r"no column 'body'.*'text', 'stars'.*text_column"):
        Pool(every_kind(tmp_path)[kind], text_column="body")


@pytest.mark.parametrize("kind", ["list of dict", "jsonl"])
def test_rows_that_all_lack_the_key_say_so(kind: str, tmp_path):
    with pytest.raises(SourceError, match=r"no key 'body'.*text_column"):
        Pool(every_kind(tmp_path)[kind], text_column="body")


def test_a_text_column_that_is_there_twice_is_refused():
    frame = pd.DataFrame([["a", "b"]], columns=["text", "text"])
    with pytest.raises(SourceError, match="'text' twice"):
        Pool(frame)


@pytest.mark.parametrize("source", [[], (), pd.DataFrame({"text": []}), iter([]), pd.Series([])])
def test_an_empty_source_says_what_is_allowed(source):
    with pytest.raises(SourceError, match=r"empty.*a list of str"):
        Pool(source)


@pytest.mark.parametrize("source", [None, 7, {"text": "one"}, object(), len])
def test_another_kind_of_source_says_what_is_allowed(source):
    with pytest.raises(SourceError, match="a list of str"):
        Pool(source)


def test_a_single_text_is_told_to_go_into_a_list():
    with pytest.raises(SourceError, match=r"\[text\]"):
        Pool("The brake is loose")


def test_a_missing_file_says_where_it_looked(tmp_path):
    with pytest.raises(SourceError, match="looked from"):
        Pool(tmp_path / "none.csv")


BAD = [
    (None, "None"),
    (float("nan"), "NaN"),
    (pd.NA, "NaN"),
    (pd.NaT, "NaN"),
    (7, "int"),
    (b"one", "bytes"),
    (["one"], "list"),
    ("", "empty"),
    (" \n\t", "empty"),
    ("half \ud83d", "surrogate"),
    ("x" * 1_000_001, "longer"),
    ({"body": "one"}, "no key 'text'"),
    ({"text": None}, "None"),
]


@pytest.mark.parametrize(("bad", "reason"), BAD)
def test_a_bad_row_is_counted_and_listed_and_the_rest_goes_on(bad, reason: str):
    with pytest.warns(SkippedRowsWarning, match="1 row was skipped"):
        pool = Pool(["one", bad, "two"])
    assert texts(pool) == ["one", "two"]
    assert pool.skipped["row"].tolist() == [1]
    assert reason in pool.skipped["reason"][0]


def test_a_line_that_is_not_json_is_listed_with_its_number(tmp_path):
    file = tmp_path / "a.jsonl"
    file.write_text('{"text": "one"}\n\n{broken\n"two"\n[1]\n', encoding="utf-8")
    with pytest.warns(SkippedRowsWarning):
        pool = Pool(file)
    assert texts(pool) == ["one", "two"]
    assert "line 3 is not JSON" in pool.skipped["reason"][0]


def test_a_source_of_only_bad_rows_is_an_error_that_lists_them():
    with pytest.raises(SourceError, match=r"2 rows were skipped.*2 × no text: None"):
        Pool([None, None])


def test_a_csv_keeps_words_that_look_like_missing_values(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text('text\nNA\nnull\n007\n"a, ""b""\nc"\n', encoding="utf-8")
    assert texts(Pool(file)) == ["NA", "null", "007", 'a, "b"\nc']


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path):
    (tmp_path / "a.txt").write_text("one\ntwo\n", encoding="utf-8-sig")
    (tmp_path / "a.csv").write_text("text\none\ntwo\n", encoding="utf-8-sig")
    assert texts(Pool(tmp_path / "a.txt")) == texts(Pool(tmp_path / "a.csv")) == ["one", "two"]


def test_equal_texts_are_one_and_the_others_are_counted():
    pool = Pool(["one", "two", {"text": "one", "n": 2}, "one"])
    assert (texts(pool), pool.duplicates) == (["one", "two"], 2)


def test_what_came_with_a_row_is_read_and_its_faults_are_listed():
    def read(text):
        return replace(text, spans=(Span(0, 4, "DRUG"),)), [f"{len(text.meta['spans'])} too many"]

    pool = Pool(["one", {"text": "Meth is bad", "spans": [1, 2]}, {"text": "b"}], read_given=read)
    assert [text.spans for text in pool] == [(), (Span(0, 4, "DRUG"),), ()]
    listed = {"row": 1, "value": "Meth is bad", "reason": "2 too many"}
    assert pool.left_out.to_dict("records") == [listed]


def test_meta_of_any_kind_is_plain_json():
    meta = {
        "when": pd.Timestamp("2026-01-01"),
        "n": np.int64(3),
        "x": np.nan,
        "l": [np.nan, {"a": 1}],
        "array": np.arange(2),
        "none": None,
        "inf": float("inf"),
        "na": pd.NA,
    }
    assert next(iter(Pool([{"text": "a", **meta}]))).meta == {
        "when": "2026-01-01 00:00:00",
        "n": 3,
        "x": None,
        "l": [None, {"a": 1}],
        "array": [0, 1],
        "none": None,
        "inf": None,
        "na": None,
    }


JSONABLE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@settings(max_examples=40)
@given(st.dictionaries(st.text(min_size=1).filter(lambda key: key != "text"), JSONABLE))
def test_whatever_comes_beside_a_text_can_be_stored(meta):
    kept = next(iter(Pool([{"text": "one", **meta}]))).meta
    json.dumps(kept, allow_nan=False, ensure_ascii=False).encode("utf-8")
    assert kept == json.loads(json.dumps(meta), parse_constant=lambda _: None)


def test_what_json_cannot_write_beside_a_text_costs_at_most_that_row():
    with pytest.warns(SkippedRowsWarning):
        pool = Pool([{"text": "one", "half \ud83d": 1}, {"text": "two", "n": 10**5000}, "three"])
    assert texts(pool) == ["one", "three"]
    json.dumps([text.meta for text in pool], ensure_ascii=False).encode("utf-8")
    assert "beside it" in pool.skipped_rows[0].reason


@pytest.mark.parametrize("given", [["a", "a", " ", "b"], ["a", {"text": "a"}, None, "b"]])
def test_plain_texts_and_rows_of_a_text_are_the_same(given):
    pool = quietly(given)
    assert [pool[input_hash(text)].text for text in "ab"] == texts(pool) == ["a", "b"]
    assert (len(pool), pool.duplicates, [skip.row for skip in pool.skipped_rows]) == (2, 1, [2])


@pytest.mark.parametrize(
    "value",
    [
        np.int64(3),
        np.float32("nan"),
        np.arange(3),
        pd.Timestamp("2026-11-23"),
        {"a": {1, 2}},
        {(1, 2): 3},
        object(),
        "half \ud83d",
        [np.float64("inf")],
        b"bytes",
    ],
)
def test_odd_values_beside_a_text_do_not_cost_the_text(value):
    kept = next(iter(Pool([{"text": "one", "odd": value}]))).meta
    json.dumps(kept, allow_nan=False, ensure_ascii=False).encode("utf-8")


# Which texts are open


def test_a_closed_text_comes_no_more_and_a_reopened_one_is_next():
    pool = Pool(TEXTS)
    for text in ("one", "two"):
        pool.close_text(input_hash(text))
    assert [text.text for text in pool.first(9)] == ["three"]
    for text in ("two", "one"):
        pool.reopen_text(input_hash(text))
    assert [text.text for text in pool.first(9)] == TEXTS


def test_a_text_that_was_closed_before_it_was_read_stays_out():
    numbers = (str(number) for number in range(3_000))
    pool = Pool(numbers)
    pool.close_text(input_hash("2000"))
    seen = set()
    while batch := pool.first(500):
        seen |= {text.text for text in batch}
        for text in batch:
            pool.close_text(text.input_hash)
    assert seen == {str(number) for number in range(3_000)} - {"2000"}
    assert pool.is_exhausted
    assert pool.remaining == 0


def test_a_text_that_is_not_of_the_pool_does_not_come_in_by_being_reopened():
    pool = Pool(TEXTS)
    pool.reopen_text(input_hash("four"))
    assert [text.text for text in pool.first(9)] == TEXTS


@given(st.integers(0, 100), st.integers(1, 80))
def test_a_window_holds_different_open_texts_and_as_many_as_there_are(seed: int, size: int):
    pool = Pool([str(number) for number in range(50)])
    for number in range(0, 50, 2):
        pool.close_text(input_hash(str(number)))
    window = pool.window(size, Random(seed))
    assert len({text.input_hash for text in window}) == len(window) == min(size, 25)
    assert all(pool.is_open(text.input_hash) for text in window)
    assert window == pool.window(size, Random(seed))


# Sources that come one by one


def test_a_generator_is_read_only_as_far_as_needed():
    read = []

    def endless() -> Iterator[str]:
        number = 0
        while True:
            read.append(number)
            yield str(number)
            number += 1

    pool = Pool(endless())
    at_first = len(read)
    assert pool.remaining is None
    for text in pool.first(500):
        pool.close_text(text.input_hash)
    pool.first(1)
    assert at_first < len(read) < 10 * at_first


def test_an_endless_source_of_the_same_few_texts_does_not_hang():
    pool = Pool(cycle(TEXTS))
    assert [text.text for text in pool.first(9)] == TEXTS
    for text in TEXTS:
        pool.close_text(input_hash(text))
    assert pool.first(9) == []


def test_a_source_that_raises_when_it_is_opened_says_so_at_once():
    def broken() -> Iterator[str]:
        raise OSError("the disk is gone")
        yield ""

    with pytest.raises(OSError, match="the disk is gone"):
        Pool(broken())


def test_a_source_that_raises_later_ends_there_and_keeps_what_it_gave():
    def broken() -> Iterator[str]:
        yield from (str(number) for number in range(1_500))
        raise OSError("the disk is gone")

    pool = Pool(broken())
    for text in islice(list(pool), 900):
        pool.close_text(text.input_hash)
    assert len(pool.first(2_000)) == 600
    assert pool.is_exhausted
    assert "the disk is gone" in pool.skipped["reason"][0]


def test_a_slow_source_does_not_hold_up_an_answer():
    waits, goes_on = threading.Event(), threading.Event()

    def slow() -> Iterator[str]:
        yield from (str(number) for number in range(1_000))
        waits.set()
        assert goes_on.wait(PATIENCE_SECONDS)
        yield "last"

    pool = Pool(slow())
    pool.close_text(input_hash("0"))
    reader = threading.Thread(target=pool.first, args=(10,))
    reader.start()
    assert waits.wait(PATIENCE_SECONDS)
    pool.close_text(input_hash("1"))  # would wait for the reader, which waits for this thread
    goes_on.set()
    reader.join(PATIENCE_SECONDS)
    assert not pool.is_open(input_hash("1"))
