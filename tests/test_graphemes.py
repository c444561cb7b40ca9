"""Laws of characters as a reader sees them, in the place of tokens."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nbannotate as nb
from nbannotate.errors import SpanError
from nbannotate.tasks import graphemes, whole_tokens, wide_graphemes
from nbannotate.widget.messages import wire_task

SCIENTIST = "👩\u200d🔬"
MIXED = st.text(
    st.sampled_from(
        ["a", " ", "\r", "\n", "\u0301", "👩", "\u200d", "🔬", "🇩", "ก", "ำ", "ש", "日"]
    )
)


@given(MIXED)
def test_characters_are_all_of_the_text_but_its_line_breaks(text: str):
    found = graphemes(text)
    assert all(start < end for start, end in found)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(found))
    covered = "".join(text[start:end] for start, end in found)
    assert covered == text.replace("\r", "").replace("\n", "")


@given(MIXED)
def test_no_character_begins_with_a_mark_that_belongs_to_the_one_before(text: str):
    for start, _ in graphemes(text):
        if start > 0 and text[start - 1] not in "\r\n":
            assert text[start] not in "\u0301\u200d"


@given(MIXED)
def test_the_wide_ones_and_the_text_say_all_of_them(text: str):
    wide = wide_graphemes(text)
    inside = {at for start, end in wide for at in range(start, end)}
    single = [
        (at, at + 1) for at in range(len(text)) if at not in inside and text[at] not in "\r\n"
    ]
    assert sorted([*wide, *single]) == graphemes(text)


WORDS = st.lists(
    st.sampled_from(
        [
            "👩‍👩‍👧‍👦",
            "👨🏽‍🔬",
            "🇫🇷🇩🇪",
            "e\u0301",
            "क्षि",
            "각",
            "\u1100\u1161\u11a8",
            "日本",
            "word",
            " ",
            "\u200d",
        ]
    )
).map("".join)


@st.composite
def cut_texts(draw: st.DrawFn) -> tuple[str, list[tuple[int, int]]]:
    """A text and tokens cut anywhere, some of them touching."""
    text = draw(MIXED | WORDS)
    tokens, at = [], 0
    while at < len(text):
        start = at + draw(st.integers(0, 2))
        at = start + draw(st.integers(1, 3))
        if at <= len(text):
            tokens.append((start, at))
    return text, tokens


@given(cut_texts())
def test_whole_tokens_hold_the_same_tokens_and_share_no_character_with_each_other(cut):
    text, tokens = cut
    whole = whole_tokens(text, tokens)
    edges = {edge for token in tokens for edge in token}
    assert {edge for token in whole for edge in token} <= edges
    for start, end in tokens:
        assert sum(first <= start and end <= last for first, last in whole) == 1
    for start, end in graphemes(text):
        assert sum(first < end and start < last for first, last in whole) <= 1
    assert whole_tokens(text, whole) == whole


def test_the_page_is_sent_whole_tokens_and_an_answer_is_taken_by_them():
    ann = nb.ner.manual([f"so {SCIENTIST} it is"], labels=["A"], store=":memory:", nlp=False)
    sent = wire_task(ann.session, ann.session.task)["tokens"]
    assert (3, 6) in sent
    assert ann.session.answer("accept", spans=[nb.Span(3, 6, "A")]).spans
    ann.close()


def by_character(text: str, recipe=nb.ner.manual, **more):
    return recipe([text], labels=["A", "B"], by="character", store=":memory:", **more)


def test_a_span_of_any_characters_is_stored_as_it_is_marked():
    text = f"สวัสดี{SCIENTIST}!"
    ann = by_character(text)
    spans = [nb.Span(0, 1, "A"), nb.Span(6, 9, "B")]
    assert ann.session.answer("accept", spans=spans).spans == tuple(spans)
    assert ann.session.store.spans()["text"].tolist() == ["ส", SCIENTIST]
    ann.close()


@pytest.mark.parametrize(("start", "end"), [(0, 1), (1, 3), (2, 3), (4, 5), (3, 4)])
def test_a_span_that_parts_a_character_is_refused_and_nothing_is_lost(start: int, end: int):
    ann = by_character(f"{SCIENTIST}e\u0301x")
    with pytest.raises(SpanError, match="does not begin and end"):
        ann.session.answer("accept", spans=[nb.Span(start, end, "A")])
    assert ann.session.history == []
    ann.close()


def test_a_line_break_is_no_character_to_begin_with():
    ann = by_character("a\r\nb")
    with pytest.raises(SpanError):
        ann.session.answer("accept", spans=[nb.Span(1, 3, "A")])
    assert ann.session.answer("accept", spans=[nb.Span(0, 4, "A")]).spans
    ann.close()


@pytest.mark.parametrize("recipe", [nb.ner.correct, nb.spans.correct])
def test_a_model_learns_from_spans_within_its_tokens_and_none_is_lost(recipe):
    text = "unbelievable stories"
    parts = [nb.Span(0, 2, "A"), nb.Span(2, 9, "B"), nb.Span(9, 12, "A"), nb.Span(12, 20, "B")]
    texts = [text, text + " again", "nothing here at all"]
    ann = recipe(texts, labels=["A", "B"], by="character", store=":memory:", dataset="d")
    for _ in texts:
        spans = parts if text in ann.session.task.text else []
        ann.session.answer("accept", spans=spans)
    assert ann.session.join(60)
    assert ann.model.state == "ready"
    assert ann.model.learned == 3
    stored = ann.annotations()["spans"].map(len).tolist()
    assert sorted(stored) == [0, 4, 4]
    result = nb.retrain(ann.session.store, "d", evaluation=0)
    assert result.nlp(text) is not None
    ann.close()


def test_what_a_model_finds_within_a_character_is_shown_as_the_whole_character():
    import spacy

    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "A", "pattern": "🔬"}, {"label": "A", "pattern": "👩"}])
    learner = nb.suggester(nlp, labels=["A", "B"])
    ann = by_character(f"x {SCIENTIST} y", nb.ner.correct, learner=learner)
    assert ann.session.task.spans == (nb.Span(2, 5, "A"),)
    assert ann.session.answer("accept").spans == (nb.Span(2, 5, "A"),)
    ann.close()


def test_the_page_is_sent_the_wide_characters_alone():
    ann = by_character(f"ab{SCIENTIST}c" * 100)
    sent = wire_task(ann.session, ann.session.task)
    assert sent["tokens"] is None
    assert len(sent["wide"]) == 100
    ann.close()


def test_another_unit_is_refused():
    with pytest.raises(ValueError, match="'token', 'character'"):
        nb.ner.manual(["a"], labels=["A"], by="word", store=":memory:")
