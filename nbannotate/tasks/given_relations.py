"""Relations that come with a row: as this package writes them, or by the index of a token.

It keeps one thing true: each relation of a row is read, or there is a sentence that says why not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from nbannotate.errors import AnswerError, LabelError, SpanError
from nbannotate.tasks.frame_cells import as_list, items_of
from nbannotate.tasks.records import Relation, Span
from nbannotate.tasks.relations import check_relations

Offsets = Sequence[tuple[int, int]]


def read_relations(
    text: str,
    row: Mapping[str, Any],
    spans: Sequence[Span],
    labels: tuple[str, ...],
    *,
    tokenize: Callable[[str], Offsets],
) -> tuple[tuple[Relation, ...], list[str]]:
    """Return the relations of a row between some spans, and what is wrong with the others.

    Parameters
    ----------
    text
        The row's text.
    row
        Its ``relations``: dicts with ``label``, ``head`` and ``child``. These are spans, as in
        ``store.annotations()``; or indices of tokens, with ``head_span`` and ``child_span``
        where there are any, as in Prodigy's files. Tokens are those of ``tokens``, where the
        row has them.
    spans
        Those that relations may lead to and from.
    labels
        The labels that relations may have.
    tokenize
        Returns the character offsets of a text's tokens; for rows without ``tokens``.

    Examples
    --------
    >>> spans = Span(0, 7, "DRUG"), Span(15, 21, "EFFECT")
    >>> row = {"relations": [{"head": 0, "child": 2, "label": "CAUSES"}]}
    >>> words = lambda text: [(0, 7), (8, 14), (15, 21)]
    >>> read, _ = read_relations("Aspirin causes nausea", row, spans, ("CAUSES",), tokenize=words)
    >>> read[0].head.label, read[0].child.label
    ('DRUG', 'EFFECT')
    """
    given, faults = items_of(row.get("relations"), "relations")
    found: list[Relation] = []
    for plain in given:
        try:
            read = _read(text, plain, row, spans, tokenize)
            found = [*check_relations([*found, read], spans, labels)]
        except (AnswerError, LabelError, SpanError) as error:
            faults.append(str(error))
    return tuple(found), faults


def _read(
    text: str,
    plain: object,
    row: Mapping[str, Any],
    spans: Sequence[Span],
    tokenize: Callable[[str], Offsets],
) -> Relation | Mapping[str, Any]:
    if isinstance(plain, Relation) or not isinstance(plain, Mapping):
        return plain  # type: ignore[return-value]  # told to be none by whoever checks it
    read = dict(plain)
    for end in ("head", "child"):
        stretch = plain.get(f"{end}_span")
        if isinstance(plain.get(end), int) or isinstance(stretch, Mapping):
            bounds = _bounds(stretch) or _token_at(plain.get(end), row, text, tokenize)
            read[end] = _span_over(bounds, stretch, spans, text)
    return read


def _bounds(stretch: object) -> tuple[int, int] | None:
    if not isinstance(stretch, Mapping):
        return None
    start, end = stretch.get("start"), stretch.get("end")
    return (start, end) if isinstance(start, int) and isinstance(end, int) else None


def _token_at(
    index: object, row: Mapping[str, Any], text: str, tokenize: Callable[[str], Offsets]
) -> tuple[int, int]:
    listed = as_list(row.get("tokens")) or ()
    tokens = [each for each in map(_bounds, listed) if each] or list(tokenize(text))
    if not isinstance(index, int) or not 0 <= index < len(tokens):
        raise AnswerError(
            f"a relation leads to token {index!r} of a text of {len(tokens)} tokens; give an "
            "index from 0, or the span itself"
        )
    return tokens[index]


def _span_over(
    bounds: tuple[int, int], stretch: object, spans: Sequence[Span], text: str
) -> Span | dict[str, Any]:
    """Return the span that was meant: that of the same bounds, or the shortest around them."""
    start, end = bounds
    label = stretch.get("label") if isinstance(stretch, Mapping) else None
    meant = [each for each in spans if label in (None, each.label)]
    around = [each for each in meant if each.start <= start and end <= each.end]
    if not around:
        raise AnswerError(
            f"a relation leads to {start}–{end} {text[start:end]!r}, where the row has no span"
            + (f" {label!r}" if label else "")
            + " that is asked for; give it among the row's spans, with a label of labels=[…]"
        )
    return min(around, key=lambda each: each.end - each.start)


def drawn_from(relations: Iterable[Relation], spans: Sequence[Span]) -> tuple[Relation, ...]:
    """Return the relations whose both ends are among some spans."""
    return tuple(each for each in relations if each.head in spans and each.child in spans)
