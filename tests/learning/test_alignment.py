"""Laws of spans on a model's tokens: what is off them is learned as what it touches, or not at all."""

from __future__ import annotations

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from nbannotate.learning.alignment import aligned_only, touched_tokens, without_overlaps
from nbannotate.tasks import Span

TEXT = "  unbelievable\tstories, 👩\u200d🔬 told  "
DOC = spacy.blank("en")(TEXT)
SPANS = st.tuples(st.integers(0, len(TEXT)), st.integers(0, len(TEXT)), st.sampled_from("AB"))
spans = SPANS.filter(lambda each: each[0] < each[1]).map(lambda each: Span(*each))


@given(spans)
def test_the_tokens_touched_are_those_that_share_what_can_be_seen_with_the_span(span: Span):
    chunk = touched_tokens(DOC, span, TEXT)
    seen = {at for at in range(span.start, span.end) if not TEXT[at].isspace()}
    wanted = [token.i for token in DOC if seen & set(range(token.idx, token.idx + len(token)))]
    assert (None if chunk is None else [chunk.start, chunk.end - 1]) == (
        [wanted[0], wanted[-1]] if wanted else None
    )


@given(st.lists(spans, max_size=6))
def test_no_two_accepted_spans_share_a_token_and_an_aligned_one_is_kept(given_spans: list[Span]):
    kept = without_overlaps(DOC, given_spans, TEXT)
    tokens = [token.i for chunk, _ in kept for token in chunk]
    assert len(tokens) == len(set(tokens))
    for chunk, span in aligned_only(DOC, given_spans, TEXT)[:1]:
        assert any(other.start < chunk.end and chunk.start < other.end for other, _ in kept), span


@given(st.lists(spans, max_size=6))
def test_spans_on_the_tokens_and_apart_are_kept_as_they_are(given_spans: list[Span]):
    aligned = [span for _, span in aligned_only(DOC, given_spans, TEXT)]
    apart: list[Span] = []
    for span in sorted(aligned):
        if not apart or span.start >= apart[-1].end:
            apart.append(span)
    assert [span for _, span in without_overlaps(DOC, apart, TEXT)] == apart


@pytest.mark.parametrize("span", [Span(2, 4, "A"), Span(0, 14, "A"), Span(14, 15, "A")])
def test_a_rejected_span_off_the_tokens_says_nothing(span: Span):
    assert aligned_only(DOC, [span], TEXT) == []
