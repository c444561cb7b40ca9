"""The views that ship, by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from nbannotate.tasks.components import component_of
from nbannotate.tasks.labels import check_labels
from nbannotate.tasks.views import View

VIEWS: dict[str, View] = {
    view.name: view
    for view in (
        View("ner.teach", "binary", "ner"),
        View("ner.correct", "spans", "ner"),
        View("ner.manual", "spans", "ner", shows_suggestions=False),
        View("spans.teach", "binary", "spancat"),
        View("spans.correct", "spans", "spancat"),
        View("spans.manual", "spans", "spancat", shows_suggestions=False),
        View("textcat.teach", "binary", "textcat"),
        View("textcat.correct", "choice", "textcat"),
        View("textcat.manual", "choice", "textcat", shows_suggestions=False),
        View("ner.review", "spans", "ner", shows_suggestions=False),
        View("spans.review", "spans", "spancat", shows_suggestions=False),
        View("textcat.review", "choice", "textcat", shows_suggestions=False),
        View("ner.review.teach", "binary", "ner", shows_suggestions=False),
        View("spans.review.teach", "binary", "spancat", shows_suggestions=False),
        View("textcat.review.teach", "binary", "textcat", shows_suggestions=False),
        View("relations.manual", "relations", shows_suggestions=False),
        View("ner.manual+relations", "relations", "ner", shows_suggestions=False),
        View("spans.manual+relations", "relations", "spancat", shows_suggestions=False),
    )
}


def find_view(view: str | View, *, exclusive: bool, relations: str | Iterable[str] = ()) -> View:
    """Return a view by its name.

    Parameters
    ----------
    view
        A name in ``VIEWS``, or a view of one's own.
    exclusive
        For labels on a text: exactly one applies.
    relations
        For a view of relations by its name: the labels that they may have.

    Raises
    ------
    ValueError
        If no view has that name, or labels are given for relations that it does not draw.
    LabelError
        If a relation's label is empty, padded or given twice.

    Examples
    --------
    >>> find_view("textcat.manual", exclusive=True).layout
    'choice'
    """
    if isinstance(view, View):
        return view
    if view not in VIEWS:
        raise ValueError(
            f"view {view!r} is unknown; give one of {', '.join(map(repr, VIEWS))}, or a View"
        )
    found = replace(VIEWS[view], exclusive=exclusive and component_of(view) == "textcat")
    labels = check_labels(relations) if relations else ()
    if labels and not found.shows("relations"):
        raise ValueError(
            f"view {view!r} draws no relations, but relations={list(labels)} were given; give "
            "none, or view='relations.manual'"
        )
    return replace(found, relations=labels)
