"""Laws of patterns: the user's own rules, checked before the first question."""

from __future__ import annotations

import json

import pytest
import spacy

from nbannotate.acquisition.patterns import PatternMatcher
from nbannotate.errors import LabelError, SourceError

ROWS = [
    {"label": "DRUG", "pattern": [{"lower": "meth"}]},
    {"label": "PLACE", "pattern": "New York"},
    {"label": "PLACE", "pattern": "York"},
]


def matcher(patterns) -> PatternMatcher:
    return PatternMatcher(patterns, ("DRUG", "PLACE"), spacy.blank("en"))


def test_a_token_pattern_and_a_phrase_are_found_by_code_points():
    text = "🙂 METH in New York"
    found = matcher(ROWS).match(text)
    assert [(span.text_of(text), span.label) for span in found] == [
        ("METH", "DRUG"),
        ("New York", "PLACE"),
    ]


def test_where_spans_may_overlap_every_match_counts_once():
    found = PatternMatcher(
        [*ROWS, ROWS[1]], ("DRUG", "PLACE"), spacy.blank("en"), overlaps=True
    ).match("New York")
    assert [(span.start, span.end) for span in found] == [(0, 8), (4, 8)]


def test_a_file_and_its_rows_are_the_same(tmp_path):
    file = tmp_path / "patterns.jsonl"
    file.write_text("\n\n".join(map(json.dumps, ROWS)), encoding="utf-8-sig")
    assert (
        matcher(file).match("meth")
        == matcher(str(file)).match("meth")
        == matcher(ROWS).match("meth")
    )


def test_a_foreign_label_is_refused_with_the_recipe_s_own():
    with pytest.raises(LabelError, match=r"'GPE'.*'DRUG', 'PLACE'"):
        matcher([{"label": "GPE", "pattern": "York"}])


@pytest.mark.parametrize(
    "rows", [[{"label": "DRUG"}], ["meth"], [{"label": "DRUG", "pattern": 7}]]
)
def test_a_row_that_is_no_pattern_is_refused_with_an_example(rows):
    with pytest.raises(SourceError, match="is no pattern"):
        matcher(rows)


def test_a_token_pattern_that_spacy_cannot_read_is_refused_with_its_row():
    with pytest.raises(SourceError, match="lowerr"):
        matcher([{"label": "DRUG", "pattern": [{"lowerr": "meth"}]}])


def test_a_missing_file_and_a_broken_one_are_refused(tmp_path):
    with pytest.raises(SourceError, match="no pattern file"):
        matcher(tmp_path / "none.jsonl")
    broken = tmp_path / "broken.jsonl"
    broken.write_text("{", encoding="utf-8")
    with pytest.raises(SourceError, match="not JSON lines"):
        matcher(broken)


def test_no_patterns_find_nothing():
    assert matcher([]).match("meth") == ()
