"""Spans as an answer gives them: read, checked against their text, put in order.

It keeps one thing true: a span that is let through begins and ends with a token of its
text, so that a model can learn it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from operator import index
from typing import Any

from nbannotate.errors import SpanError
from nbannotate.tasks.labels import check_known
from nbannotate.tasks.records import Span, Task


def check_spans(
    spans: Iterable[Span | Mapping[str, Any]],
    task: Task,
    tokens: Sequence[tuple[int, int]],
    *,
    overlaps: bool = False,
) -> tuple[Span, ...]:
    """Return an answer's spans in reading order, without scores, each one once.

    A mapping may carry the span's ``text``; then it must be the very characters that
    the offsets cover, which catches a page that counts in other units. With ``overlaps``,
    spans may overlap, nest, and cover the same stretch under another label.

    Raises
    ------
    LabelError
        If a label is not one of the task's.
    SpanError
        If a span is malformed, outside the text, off its tokens, or overlaps another
        without ``overlaps``.
    """
    if not isinstance(spans, Iterable):
        raise SpanError(f"spans={spans!r} are no spans; give a list, empty where there are none")
    starts = {start for start, _ in tokens}
    ends = {end for _, end in tokens}
    checked: list[Span] = []
    for given in spans:
        span = read_span(given)
        check_known(span.label, task.labels)
        check_inside(span, task.text)
        if isinstance(given, Mapping) and given.get("text", span.text_of(task.text)) != (
            span.text_of(task.text)
        ):
            raise SpanError(
                f"span {span.start}–{span.end} covers {span.text_of(task.text)!r}, but was given "
                f"with the text {given['text']!r}; offsets count code points, end exclusive"
            )
        if span.start not in starts or span.end not in ends:
            snapped = snap(span, tokens)
            raise SpanError(
                f"span {span.start}–{span.end} {span.text_of(task.text)!r} does not begin and end "
                "with a token, so that no model could learn it as it is; "
                + (
                    f"the tokens it touches are {snapped.start}–{snapped.end} "
                    f"{snapped.text_of(task.text)!r}"
                    if snapped
                    else "it touches no token"
                )
                + ". A recipe with by='character' takes spans of any characters"
            )
        checked.append(span)
    checked = sorted(set(checked))
    if overlaps:
        return tuple(checked)
    for former, latter in pairwise(checked):
        if latter.start < former.end:
            raise SpanError(
                f"spans {former.start}–{former.end} ({former.label}) and "
                f"{latter.start}–{latter.end} ({latter.label}) overlap; named entities may "
                "not: remove or shorten one of them, or annotate with nb.spans.manual"
            )
    return tuple(checked)


def check_inside(span: Span, text: str) -> None:
    """Raise if a span does not lie within a text.

    Raises
    ------
    SpanError
        If it does not, or is empty.
    """
    if not 0 <= span.start < span.end <= len(text):
        raise SpanError(
            f"span {span.start}–{span.end} ({span.label}) does not lie within the text of "
            f"{len(text)} characters; give 0 <= start < end <= {len(text)}, in code points, "
            "end exclusive"
        )


def snap(span: Span, tokens: Sequence[tuple[int, int]]) -> Span | None:
    """Return the span widened to the tokens it touches, None if it touches none.

    Examples
    --------
    >>> snap(Span(1, 3, "DRUG"), [(0, 4), (5, 7)])
    Span(start=0, end=4, label='DRUG', score=None)
    """
    touched = [(start, end) for start, end in tokens if start < span.end and end > span.start]
    if not touched:
        return None
    return Span(touched[0][0], touched[-1][1], span.label, span.score)


def read_span(given: Span | Mapping[str, Any]) -> Span:
    """Return a span as it was given, without its score.

    Raises
    ------
    SpanError
        If it is malformed.
    """
    if isinstance(given, Span):
        return Span(given.start, given.end, given.label)
    try:
        start, end, label = given["start"], given["end"], given["label"]
    except (KeyError, TypeError) as error:
        raise SpanError(
            f"span {given!r} lacks one of 'start', 'end', 'label'; give all three, such as "
            "{'start': 0, 'end': 4, 'label': 'DRUG'}"
        ) from error
    try:
        start, end = index(start), index(end)
    except TypeError as error:
        raise SpanError(
            f"span {given!r} has offsets that are no whole numbers; give them in code points"
        ) from error
    if not isinstance(label, str):
        raise SpanError(f"span {given!r} has a label that is no string; give the label's name")
    return Span(start, end, label)
