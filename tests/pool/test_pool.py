"""Every row of a source is in the pool once, counted as a double, or listed as skipped."""

from __future__ import annotations

import json
from random import Random

import duckdb
import numpy as np
import pandas as pd
import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from nbannotate.errors import SkippedRowsWarning, SourceError
from nbannotate.pool import Pool

TEXTS = ["one text", "another text\nwith a line", "ein Text 🚲"]
ROWS = [{"text": text, "source": f"s{number}"} for number, text in enumerate(TEXTS)]


def in_file(tmp_path, suffix):
    path = tmp_path / f"texts{suffix}"
    frame = pd.DataFrame(ROWS)
    if suffix == ".jsonl":
        path.write_text("\n".join(json.dumps(row) for row in ROWS), encoding="utf-8")
    elif suffix == ".csv":
        frame.to_csv(path, index=False)
    elif suffix == ".parquet":
        duckdb.execute(f"copy (select * from frame) to '{path}' (format parquet)")
    else:
        path.write_text("\n".join(text.replace("\n", " ") for text in TEXTS), encoding="utf-8")
    return path


SOURCES = {
    "list of str": lambda tmp: TEXTS,
    "list of dict": lambda tmp: ROWS,
    "tuple": lambda tmp: tuple(TEXTS),
    "Series": lambda tmp: pd.Series(TEXTS),
    "DataFrame": lambda tmp: pd.DataFrame(ROWS),
    "docs": lambda tmp: [spacy.blank("en")(text) for text in TEXTS],
    "generator": lambda tmp: (text for text in TEXTS),
    ".jsonl": lambda tmp: in_file(tmp, ".jsonl"),
    ".csv": lambda tmp: str(in_file(tmp, ".csv")),
    ".parquet": lambda tmp: in_file(tmp, ".parquet"),
    "relation": lambda tmp: duckdb.connect().from_df(pd.DataFrame(ROWS)),
}


@pytest.mark.parametrize("kind", SOURCES)
def test_each_kind_of_source_gives_its_texts_in_order(kind, tmp_path):
    assert [text.text for text in Pool(SOURCES[kind](tmp_path))] == TEXTS


@pytest.mark.parametrize(
    "kind", ["list of dict", "DataFrame", ".jsonl", ".csv", ".parquet", "relation"]
)
def test_the_other_columns_are_kept_as_meta(kind, tmp_path):
    metas = [dict(text.meta) for text in Pool(SOURCES[kind](tmp_path))]
    assert metas == [{"source": "s0"}, {"source": "s1"}, {"source": "s2"}]


def test_a_text_file_gives_one_text_a_line(tmp_path):
    assert len(Pool(in_file(tmp_path, ".txt"))) == 3


def test_a_named_column_holds_the_texts():
    frame = pd.DataFrame({"body": TEXTS, "n": [1, 2, 3]})
    assert [text.text for text in Pool(frame, text_column="body")] == TEXTS


def test_equal_texts_are_asked_once_and_counted():
    pool = Pool([*TEXTS, TEXTS[0], TEXTS[0]])
    assert (len(pool), pool.duplicates) == (3, 2)


BAD = [None, float("nan"), pd.NA, 3, 4.5, "", "  \n", "\ud800", b"bytes", ["a"], "x" * 1_000_001]


def test_rows_that_are_no_text_are_listed_and_the_rest_goes_on():
    with pytest.warns(SkippedRowsWarning, match=f"{len(BAD)} rows were skipped"):
        pool = Pool([*BAD, *TEXTS])
    assert [text.text for text in pool] == TEXTS
    assert pool.skipped["row"].tolist() == list(range(len(BAD)))
    assert pool.skipped["reason"].str.len().gt(3).all()


def test_a_csv_keeps_numbers_and_words_for_nothing_as_the_texts_they_are(tmp_path):
    path = tmp_path / "texts.csv"
    path.write_text("text,n\n12,1\nNA,2\nnull,3\n,4\n", encoding="utf-8")
    with pytest.warns(SkippedRowsWarning, match="1 row was skipped"):
        assert [text.text for text in Pool(path)] == ["12", "NA", "null"]


def test_a_broken_line_of_json_is_listed(tmp_path):
    path = tmp_path / "texts.jsonl"
    path.write_text('{"text": "good"}\n{"text": \n\n["no dict"]\n{"other": 1}\n', encoding="utf-8")
    with pytest.warns(SkippedRowsWarning):
        pool = Pool(path)
    assert [text.text for text in pool] == ["good"]
    assert len(pool.skipped) == 3


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
    text = next(iter(Pool([{"text": "a", **meta}])))
    assert json.loads(json.dumps(text.meta, allow_nan=False)) == {
        "when": "2026-01-01 00:00:00",
        "n": 3,
        "x": None,
        "l": [None, {"a": 1}],
        "array": [0, 1],
        "none": None,
        "inf": None,
        "na": None,
    }


def test_spans_of_a_row_outside_its_text_are_listed():
    row = {"text": "short", "spans": [{"start": 0, "end": 9, "label": "A"}]}
    with pytest.warns(SkippedRowsWarning, match="does not lie within"):
        Pool([row, "other"])


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ([], "empty"),
        ([None], "no usable text"),
        (5, "of type int"),
        ({"text": ["a"]}, "of type dict"),
        ("missing.jsonl", "no file"),
        ("just a text", "goes into a list"),
        (pd.DataFrame({"body": ["a"]}), "no column 'text'; its columns are 'body'"),
        ([{"body": "a"}], "no key 'text'"),
    ],
)
def test_a_source_that_cannot_be_read_says_what_was_given_and_what_to_do(source, says):
    with pytest.raises(SourceError, match=says):
        Pool(source)


def test_a_stream_is_read_as_it_is_needed():
    read = []

    def stream():
        for number in range(10**9):
            read.append(number)
            yield f"text {number}"

    pool = Pool(stream())
    assert len(read) <= 1_000
    assert pool.remaining is None
    for text in pool.first(600):
        pool.close_text(text.input_hash)
    assert len(pool.first(900)) == 900
    assert len(read) <= 2_000


@given(st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=40), st.integers(0, 99))
def test_a_window_has_open_texts_each_once_and_closing_takes_them_out(texts, seed):
    texts = [f"t{text}".encode("utf-8", "ignore").decode() for text in texts]
    pool = Pool(texts)
    window = pool.window(5, Random(seed))
    hashes = [text.input_hash for text in window]
    assert len(set(hashes)) == len(hashes) == min(5, len(set(texts)))
    for text_hash in hashes:
        pool.close_text(text_hash)
    assert not {text.input_hash for text in pool.window(99, Random(seed))} & set(hashes)
    pool.reopen_text(hashes[0])
    assert hashes[0] in {text.input_hash for text in pool.first(99)}
