"""Laws of the sample data: what the tutorial and other tests may rely on.

The file is read as an installed package serves it, never by its place in a checkout.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from importlib.resources import files
from itertools import combinations, pairwise
from typing import Any

import pytest

ENTITY_LABELS = {"PLACE", "PART"}
CATEGORIES = {"hardware", "payment", "account"}

Row = dict[str, Any]


@cache
def raw_lines() -> list[str]:
    source = files("nbannotate") / "data" / "bike_share.jsonl"
    return source.read_text(encoding="utf-8").removesuffix("\n").split("\n")


@cache
def rows() -> list[Row]:
    return [json.loads(line) for line in raw_lines()]


def word_trigrams(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + 3]) for i in range(len(words) - 2)}


def test_there_are_at_least_400_texts() -> None:
    assert len(rows()) >= 400


def test_every_row_has_a_text_its_spans_and_one_label_and_nothing_else() -> None:
    assert all(set(row) == {"text", "spans", "label"} for row in rows())
    assert all(set(span) == {"start", "end", "label"} for row in rows() for span in row["spans"])


def test_the_file_is_written_in_readable_characters_not_escapes() -> None:
    rewritten = [json.dumps(row, ensure_ascii=False) for row in rows()]
    assert rewritten == raw_lines()


def test_no_two_texts_are_equal_but_for_case_and_spacing() -> None:
    counts = Counter(" ".join(row["text"].lower().split()) for row in rows())
    assert [text for text, count in counts.items() if count > 1] == []


def test_no_two_texts_share_half_of_their_word_trigrams() -> None:
    trigrams = [(row["text"], word_trigrams(row["text"])) for row in rows()]
    alike = [
        (one, other)
        for (one, left), (other, right) in combinations(trigrams, 2)
        if 2 * len(left & right) >= max(1, len(left | right))
    ]
    assert alike == []


def test_every_text_has_4_to_60_words_and_no_space_around_it() -> None:
    wrong = [
        row["text"]
        for row in rows()
        if not 4 <= len(row["text"].split()) <= 60 or row["text"] != row["text"].strip()
    ]
    assert wrong == []


def test_no_markup_is_left_in_a_text() -> None:
    assert [row["text"] for row in rows() if re.search(r"[\[\]{}<>|\\]", row["text"])] == []


def test_labels_are_the_documented_ones_and_each_is_used() -> None:
    assert {row["label"] for row in rows()} == CATEGORIES
    assert {span["label"] for row in rows() for span in row["spans"]} == ENTITY_LABELS


def test_every_category_has_at_least_a_fifth_of_the_texts() -> None:
    counts = Counter(row["label"] for row in rows())
    assert min(counts.values()) >= len(rows()) / 5


def test_some_texts_have_spans_and_some_have_none() -> None:
    share = sum(bool(row["spans"]) for row in rows()) / len(rows())
    assert 0.55 <= share <= 0.75


def test_spans_lie_inside_their_text_in_order_without_overlap() -> None:
    for row in rows():
        edges = [edge for span in row["spans"] for edge in (span["start"], span["end"])]
        assert all(type(edge) is int for edge in edges)
        assert all(span["start"] < span["end"] for span in row["spans"]), row
        assert all(left <= right for left, right in pairwise([0, *edges, len(row["text"])])), row


def test_no_span_begins_or_ends_with_a_space_or_an_article() -> None:
    marked = [row["text"][s["start"] : s["end"]] for row in rows() for s in row["spans"]]
    assert [t for t in marked if t != t.strip() or re.match(r"(?i)(the|an?|my|your)\b", t)] == []


def test_spans_fall_on_the_token_boundaries_of_a_blank_english_pipeline() -> None:
    spacy = pytest.importorskip("spacy")
    nlp = spacy.blank("en")
    misaligned = [
        row["text"][span["start"] : span["end"]]
        for row in rows()
        for doc in [nlp.make_doc(row["text"])]
        for span in row["spans"]
        if doc.char_span(span["start"], span["end"]) is None
    ]
    assert misaligned == []


def test_some_spans_stand_after_a_character_outside_the_basic_plane() -> None:
    assert any(
        ord(character) > 0xFFFF
        for row in rows()
        for span in row["spans"]
        for character in row["text"][: span["start"]]
    )
