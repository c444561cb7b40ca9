"""Where spans of characters lie on the tokens that a model reads.

Answers are stored as they were given. A span that does not begin and end with a token of the
pipeline, as may be where texts are marked by the character, is learned as the tokens that it
touches; a rejected one is passed over, because it says nothing of a longer one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from nbannotate.tasks.records import Span

if TYPE_CHECKING:
    from spacy.tokens import Doc
    from spacy.tokens import Span as SpacySpan


def touched_tokens(doc: Doc, span: Span, text: str) -> SpacySpan | None:
    """Return the tokens that a span touches with more than space, None if there are none.

    Parameters
    ----------
    doc
        The text as it is read; its end may be left out.
    span
        A span of the text.
    text
        The text itself.
    """
    words = span.text_of(text)
    start = span.start + len(words) - len(words.lstrip())
    end = span.start + len(words.rstrip())
    if start >= end:
        return None
    chunk = doc.char_span(start, end, label=span.label, alignment_mode="expand")
    if chunk is None or all(token.is_space for token in chunk):
        return None
    return chunk


def is_aligned(chunk: SpacySpan, span: Span) -> bool:
    """Return whether tokens begin and end where a span does."""
    return bool(chunk.start_char == span.start and chunk.end_char == span.end)


def aligned_only(doc: Doc, spans: Iterable[Span], text: str) -> list[tuple[SpacySpan, Span]]:
    """Return the spans that begin and end with a token, each with its tokens."""
    found = ((touched_tokens(doc, span, text), span) for span in spans)
    return [
        (chunk, span) for chunk, span in found if chunk is not None and is_aligned(chunk, span)
    ]


def without_overlaps(doc: Doc, spans: Iterable[Span], text: str) -> list[tuple[SpacySpan, Span]]:
    """Return spans with the tokens they touch; of those that share a token, one.

    Preferred is one that begins and ends with a token, then the longer one, then the earlier.
    """
    found = [(chunk, span) for span in spans if (chunk := touched_tokens(doc, span, text))]
    found.sort(key=lambda pair: (not is_aligned(*pair), pair[1].start - pair[1].end, pair[1]))
    taken: set[int] = set()
    kept = []
    for chunk, span in found:
        tokens = range(chunk.start, chunk.end)
        if taken.isdisjoint(tokens):
            taken.update(tokens)
            kept.append((chunk, span))
    return sorted(kept, key=lambda pair: pair[0].start)
