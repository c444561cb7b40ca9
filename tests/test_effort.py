"""Laws of the annotator's time: what is read, pointed at and typed costs, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nbannotate as nb
from nbannotate.tasks import AnnotatorTime
from nbannotate.tasks.effort import KEYED_LABELS

TIME = AnnotatorTime()
N_TOKENS = st.integers(0, 10_000)
WORDS = nb.Span(0, 4, "DRUG"), nb.Span(5, 7, "DRUG"), nb.Span(8, 11, "DRUG")
SPANS = st.sets(st.sampled_from(WORDS))


def marked(suggested: set[nb.Span], right: set[nb.Span], n_tokens: int = 3) -> float:
    return TIME.of_spans(n_tokens=n_tokens, n_labels=3, suggested=[*suggested], spans=[*right])


def chosen(view: str, accept: str, n_labels: int = 3, **scores: float) -> float:
    labels = tuple(f"L{number}" for number in range(n_labels))
    ann = nb.annotate(["Meth is bad"], view=view, labels=labels, store=":memory:", nlp=False)
    options = {label: scores.get(label, 0.0) for label in labels}
    task = replace(ann.session.task, options=options)
    ann.close()
    return TIME.of(ann.session.view, task, n_tokens=3, answer="accept", accept=[accept])


@given(N_TOKENS, N_TOKENS)
def test_a_longer_text_takes_as_much_longer_as_its_reading(few: int, many: int):
    more = marked(set(), set(), many) - marked(set(), set(), few)
    assert more == pytest.approx(TIME.reading * (many - few))


@given(SPANS, SPANS)
def test_nothing_takes_less_than_to_accept_what_is_right(suggested, right):
    accepted = TIME.of_binary(n_tokens=3)
    assert marked(right, right) == pytest.approx(accepted)
    assert marked(suggested, right) >= accepted - 1e-9
    assert (marked(suggested, right) > accepted + 0.1) == (suggested != right)


@given(SPANS, st.sampled_from(WORDS))
def test_a_span_more_to_mark_or_to_delete_takes_longer(spans, one):
    others = spans - {one}
    assert marked(set(), others | {one}) > marked(set(), others)
    assert marked({one}, set()) < marked(set(), {one})


def test_a_label_shown_as_likely_is_accepted_by_one_key_whatever_their_number():
    many = KEYED_LABELS + 10
    by_key = chosen("textcat.correct", "L25", many, L25=0.5)
    assert by_key == pytest.approx(TIME.of_binary(n_tokens=3))
    assert chosen("textcat.correct", "L25", many, L25=0.49) > by_key
    assert chosen("textcat.correct", "L24", many, L25=0.9) > by_key
    assert chosen("textcat.manual", "L25", many, L25=0.9) > by_key


def test_of_few_labels_each_takes_one_key():
    assert chosen("textcat.correct", "L1", L1=0.9) == pytest.approx(
        chosen("textcat.correct", "L1", L2=0.9)
    )
