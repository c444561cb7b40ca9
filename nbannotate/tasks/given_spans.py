"""Spans that come with a row, read as they are given.

It keeps one thing true: each span of a row is read, or there is a sentence that says why not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nbannotate.errors import LabelError, SpanError
from nbannotate.tasks.frame_cells import items_of
from nbannotate.tasks.labels import check_known
from nbannotate.tasks.records import Span
from nbannotate.tasks.spans import check_inside, read_span, snap


def read_spans(text: str, value: object) -> tuple[tuple[Span, ...], list[str]]:
    """Return the spans of a row as it lists them, and what is wrong with the others.

    Parameters
    ----------
    text
        The row's text.
    value
        Its ``spans``: dicts with ``start``, ``end``, ``label`` and perhaps a ``score``, as in
        ``store.annotations()``; or nothing.

    Examples
    --------
    >>> read, faults = read_spans("Meth", [{"start": 0, "end": 4, "label": "DRUG"}, {"start": 0}])
    >>> read, len(faults)
    ((Span(start=0, end=4, label='DRUG', score=None),), 1)
    """
    given, faults = items_of(value, "spans")
    found: list[Span] = []
    for plain in given:
        try:
            span = read_span(_with_whole_offsets(plain))
            check_inside(span, text)
        except SpanError as error:
            faults.append(str(error))
            continue
        score = plain.get("score") if isinstance(plain, Mapping) else None
        if score is not None and not _is_number(score):
            faults.append(
                f"the score {score!r} of {_named(span, text)} is no number; it is shown without"
            )
            score = None
        found.append(Span(span.start, span.end, span.label, score))
    return tuple(found), faults


def whole_spans(
    text: str, spans: Sequence[Span], tokenize: Callable[[str], Sequence[tuple[int, int]]]
) -> tuple[tuple[Span, ...], list[str]]:
    """Return spans that begin and end with a token, and how they differ from those given.

    Examples
    --------
    >>> words = lambda text: [(0, 4), (5, 7), (8, 11)]
    >>> whole_spans("Meth is bad", [Span(0, 5, "DRUG")], words)[0][0].end
    4
    """
    if all(_stands_alone(span, text) for span in spans):
        return tuple(spans), []
    tokens = tokenize(text)
    starts, ends = {start for start, _ in tokens}, {end for _, end in tokens}
    whole: list[Span] = []
    faults: list[str] = []
    for span in spans:
        if span.start in starts and span.end in ends:
            whole.append(span)
            continue
        fitting = snap(span, tokens)
        said = f"{_named(span, text)} does not begin and end with a token"
        if fitting is None:
            faults.append(f"{said}, and touches none")
        else:
            whole.append(fitting)
            shown = f"{fitting.start}–{fitting.end} {fitting.text_of(text)!r}"
            faults.append(f"{said}: shown as {shown}; by='character' shows it as it is")
    return tuple(whole), faults


def why_unshown(
    text: str, spans: Sequence[Span], shown: Sequence[Span], labels: tuple[str, ...]
) -> list[str]:
    """Return why some spans are not among those shown: a sentence each.

    Examples
    --------
    >>> why_unshown("Meth", [Span(0, 4, "DRUG")], [], ("DOSE",))[0][:44]
    "span 0–4 'Meth' (DRUG): label 'DRUG' is not "
    """
    faults: list[str] = []
    for span in dict.fromkeys(spans):
        if span in shown:
            continue
        try:
            check_known(span.label, labels)
        except LabelError as error:
            faults.append(f"{_named(span, text)}: {error}")
            continue
        clash = next(each for each in shown if each.start < span.end and span.start < each.end)
        faults.append(
            f"{_named(span, text)} overlaps {_named(clash, text)}, which begins first or is "
            "longer; in nb.spans.manual they may overlap"
        )
    return faults


def _stands_alone(span: Span, text: str) -> bool:
    """Return whether a span has space around it: then it need not be held against tokens."""
    before, after = text[max(0, span.start - 1) : span.start], text[span.end : span.end + 1]
    is_apart = all(not sign or sign.isspace() for sign in (before, after))
    return is_apart and text[span.start].isalnum() and not text[span.end - 1].isspace()


def _with_whole_offsets(plain: Any) -> Any:
    """Return a mapping in which 4.0, as frames write offsets, is 4."""
    if not isinstance(plain, Mapping):
        return plain
    return {
        key: int(value) if isinstance(value, float) and value.is_integer() else value
        for key, value in plain.items()
    }


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _named(span: Span, text: str) -> str:
    return f"span {span.start}–{span.end} {span.text_of(text)[:40]!r} ({span.label})"
