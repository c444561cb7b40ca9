"""What comes with a row beside its text, as a view can show it: spans, relations, fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from nbannotate.errors import SourceError
from nbannotate.pool import Pool, ReadGiven
from nbannotate.recipes.tokenizing import Tokenize
from nbannotate.session import Session, shown_spans
from nbannotate.tasks import (
    Relation,
    SourceText,
    Unit,
    View,
    graphemes,
    read_relations,
    read_spans,
    whole_spans,
    why_unshown,
)


def pool_maker(
    source: object,
    view: View,
    labels: tuple[str, ...],
    text_column: str,
    *,
    tokenize: Tokenize,
    by: Unit,
) -> Callable[[Session], Pool]:
    """Return what reads a source for a session, with all that the view can show of its rows.

    Parameters
    ----------
    source
        As `nbannotate.annotate` takes it.
    view, labels
        What is asked.
    text_column
        The column that holds the text.
    tokenize, by
        What the index of a token means where rows bring no tokens of their own.

    Raises
    ------
    SourceError
        When it is called: if a field begins with a column that there is not, or as `Pool` does.
    """
    cut = graphemes if by == "character" else tokenize

    def make(session: Session) -> Pool:
        rows = source(session) if callable(source) else source
        pool = Pool(rows, text_column, read_given=_reading(view, labels, cut))
        _check_columns(view, pool)
        return pool

    return make


def _reading(view: View, labels: tuple[str, ...], tokenize: Tokenize) -> ReadGiven | None:
    """Return what reads the spans of a row that the view shows, and the relations between them."""
    marked = view.given_spans
    if marked is None:
        return None
    asked = marked.labels or labels

    def read(text: SourceText) -> tuple[SourceText, list[str]]:
        given, faults = read_spans(text.text, text.meta.get("spans"))
        spans, moved = whole_spans(text.text, given, tokenize)
        shown = shown_spans(spans, asked, overlaps=marked.overlaps)
        faults += [*moved, *why_unshown(text.text, spans, shown, asked)]
        relations: tuple[Relation, ...] = ()
        if marked.layout == "relations":
            related = marked.relations
            relations, wrong = read_relations(
                text.text, text.meta, shown, related, tokenize=tokenize
            )
            faults += wrong
        return replace(text, spans=spans, relations=relations), faults

    return read


def _check_columns(view: View, pool: Pool) -> None:
    """Raise if a field begins with a column that no text read so far has."""
    named = [field.column for field in view.inputs if field.column is not None]
    columns = dict.fromkeys(name for text in pool for name in text.meta) if named else {}
    for column in named:
        if column not in columns:
            raise SourceError(
                f"an input begins with the column {column!r}, which no row has; there are "
                f"{', '.join(map(repr, columns)) or 'none beside the text'}"
            )
