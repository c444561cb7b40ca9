"""What comes with a row beside its text, as a view can show it: relations and fields."""

from __future__ import annotations

from collections.abc import Callable

from nbannotate.errors import SourceError
from nbannotate.pool import Pool, Relate
from nbannotate.recipes.tokenizing import Tokenize
from nbannotate.session import Session, shown_spans
from nbannotate.tasks import Relation, SourceText, Unit, View, graphemes, read_relations


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
        pool = Pool(rows, text_column, relate=_relating(view, labels, cut))
        _check_columns(view, pool)
        return pool

    return make


def _relating(view: View, labels: tuple[str, ...], tokenize: Tokenize) -> Relate | None:
    """Return what reads the relations of a row, between the spans that the view shows of it."""
    marked = view.block("relations")
    if marked is None:
        return None
    asked, related = marked.labels or labels, marked.relations

    def relate(text: SourceText) -> tuple[tuple[Relation, ...], list[str]]:
        spans = shown_spans(text.spans, asked, overlaps=marked.overlaps)
        return read_relations(text.text, text.meta, spans, related, tokenize=tokenize)

    return relate


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
