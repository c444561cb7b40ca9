"""A text with its marks as HTML that needs no script and no measuring.

Spans that do not overlap are tinted stretches. Where some do, every span is a rule under its
words, each in a lane of its own, cut at every border of a span so that a browser may break
lines anywhere. A label stands in the line, behind the last character of its span: it collides
with nothing, is read aloud in its place, and is there where a style sheet is not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from itertools import pairwise

from nbannotate.tasks import Span

LANE_PIXELS = 4
RULE_PIXELS = 2

ColorOf = Callable[[str], int]
Places = Mapping[tuple[int, int, str], int]
"""The numbers of the spans that relations speak of."""


def draw_text(text: str, spans: Sequence[Span], color_of: ColorOf, places: Places) -> str:
    """Return a text with its spans as HTML.

    Parameters
    ----------
    text
        The text.
    spans
        Within the text; they may overlap and nest.
    color_of
        The number of a label's colour.
    places
        Numbers to be shown beside some spans' labels, by start, end and label.
    """
    ordered = sorted(spans, key=lambda span: (span.start, -span.end, span.label))
    tags = [_tag(span, color_of(span.label), places) for span in ordered]
    lanes = _lanes(ordered)
    if max(lanes, default=0) == 0:
        body = _flat(text, ordered, color_of, tags)
        return f'<div class="nba-still-words" dir="auto">{body}</div>'
    body = _laned(text, ordered, color_of, tags, lanes)
    depth = max(lanes) + 1
    kinds = "nba-still-words nba-still-laned"
    return f'<div class="{kinds}" dir="auto" style="--nba-depth:{depth}">{body}</div>'


def _flat(text: str, spans: Sequence[Span], color_of: ColorOf, tags: Sequence[str]) -> str:
    parts = []
    at = 0
    for span, tag in zip(spans, tags, strict=True):
        words = as_html(text, span.start, span.end)
        parts.append(as_html(text, at, span.start))
        parts.append(f'<mark class="nba-c{color_of(span.label)}">{words}{tag}</mark>')
        at = span.end
    return "".join([*parts, as_html(text, at)])


def _laned(
    text: str,
    spans: Sequence[Span],
    color_of: ColorOf,
    tags: Sequence[str],
    lanes: Sequence[int],
) -> str:
    def run(content: str, covering: Iterable[int]) -> str:
        rules = [_rule(lanes[i], color_of(spans[i].label)) for i in covering]
        if not rules:
            return content
        return f'<span class="nba-still-run" style="background:{",".join(rules)}">{content}</span>'

    parts = []
    cuts = sorted({0, len(text), *(at for span in spans for at in (span.start, span.end))})
    for start, end in pairwise(cuts):
        covering = [i for i, span in enumerate(spans) if span.start <= start < span.end]
        parts.append(run(as_html(text, start, end), covering))
        for i in [i for i in reversed(covering) if spans[i].end == end]:
            parts.append(run(tags[i], covering))
            covering.remove(i)
    return "".join(parts)


def as_html(text: str, start: int = 0, end: int | None = None) -> str:
    r"""Return a stretch of a text as HTML text, in which each line break is one character.

    A parser of HTML makes a break of a lone return, so that a pair parted by a tag would be two.

    Examples
    --------
    >>> as_html("<b>\r\n")
    '&lt;b&gt;\n'
    """
    stop = len(text) if end is None else end
    piece = text[start:stop]
    if piece.endswith("\r") and text[stop : stop + 1] == "\n":
        piece = piece[:-1]
    return escape(re.sub("\r\n?", "\n", piece)).replace("\0", "\N{SYMBOL FOR NULL}")


def _tag(span: Span, color: int, places: Places) -> str:
    place = places.get((span.start, span.end, span.label))
    number = "" if place is None else f"<sup>{place}</sup>"
    return f'<b class="nba-still-tag nba-c{color}">{as_html(span.label)}{number}</b>'


def _rule(lane: int, color: int) -> str:
    """Return the rule in a lane, one layer of a background that is measured from its foot."""
    up = f"(var(--nba-depth) - {lane + 1}) * {LANE_PIXELS}px"
    return (
        f"linear-gradient(var(--nba-{color}) 0 0) "
        f"0 calc(100% - {up})/100% {RULE_PIXELS}px no-repeat"
    )


def _lanes(spans: Sequence[Span]) -> list[int]:
    """Give each span, in text order, the first lane that is free where it begins."""
    free_from: list[int] = []
    lanes: list[int] = []
    for span in spans:
        free = (lane for lane, end in enumerate(free_from) if end <= span.start)
        lane = next(free, len(free_from))
        free_from[lane : lane + 1] = [span.end]
        lanes.append(lane)
    return lanes
