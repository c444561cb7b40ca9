"""Spans that came from elsewhere, as a page can show them: apart, and of whole characters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from nbannotate.tasks import Prediction, SourceText, Span, graphemes, snap


def given_spans(
    text: SourceText,
    matches: Mapping[int, Sequence[Span]],
    labels: tuple[str, ...],
    *,
    overlaps: bool,
) -> tuple[Span, ...]:
    """Return the spans that no model found: the row's, and patterns' where there are none of it.

    Relations come with the spans of their row, and with no others.
    """
    own = shown_spans(text.spans, labels, overlaps=overlaps)
    if text.relations:
        return own
    more = [
        match
        for match in matches.get(text.input_hash, ())
        if overlaps or not any(each.start < match.end and match.start < each.end for each in own)
    ]
    return shown_spans((*own, *more), labels, overlaps=overlaps)


def shown_spans(
    spans: Iterable[Span], labels: tuple[str, ...], *, overlaps: bool
) -> tuple[Span, ...]:
    """Return spans of these labels, apart from each other unless they may overlap."""
    asked = sorted(
        dict.fromkeys(span for span in spans if span.label in labels), key=_in_text_order
    )
    return tuple(asked) if overlaps else _apart(asked)


def snapped(text: str, spans: tuple[Span, ...]) -> tuple[Span, ...]:
    r"""Return spans widened such that none parts a character.

    Examples
    --------
    >>> snapped("e\u0301", (Span(0, 1, "A"),))[0].end
    2
    """
    return _widened(spans, graphemes(text)) if spans else spans


def snapped_reading(text: str, prediction: Prediction, *, overlaps: bool) -> Prediction:
    """Return a model's reading with spans that part no character, and stay apart if they must."""
    if not prediction.spans and not prediction.candidates:
        return prediction
    characters = graphemes(text)
    spans = _widened(prediction.spans, characters)
    return replace(
        prediction,
        spans=spans if overlaps else _apart(spans),
        candidates=_widened(prediction.candidates, characters),
    )


def _widened(spans: tuple[Span, ...], characters: Sequence[tuple[int, int]]) -> tuple[Span, ...]:
    starts, ends = {start for start, _ in characters}, {end for _, end in characters}
    whole = (
        span if span.start in starts and span.end in ends else snap(span, characters)
        for span in spans
    )
    return tuple(span for span in whole if span is not None)


def _apart(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return spans without those that overlap an earlier one."""
    kept: list[Span] = []
    for span in sorted(spans, key=_in_text_order):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return tuple(kept)


def _in_text_order(span: Span) -> tuple[int, int]:
    return span.start, -span.end
