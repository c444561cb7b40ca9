"""The views that ship, by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from nbannotate.tasks.components import component_of
from nbannotate.tasks.inputs import Input
from nbannotate.tasks.labels import check_labels
from nbannotate.tasks.pages import join_views
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
        View("relations.review", "relations", shows_suggestions=False),
        View("ner.review+relations", "relations", "ner", shows_suggestions=False),
        View("spans.review+relations", "relations", "spancat", shows_suggestions=False),
        View("input", "input", inputs=(Input("input"),)),
        View("binary", "binary"),
    )
}


def find_view(
    view: str | View | Sequence[str | View],
    *,
    exclusive: bool,
    inputs: tuple[Input, ...] = (),
    relations: str | Iterable[str] = (),
) -> View:
    """Return a view by its name, or the page of several.

    Parameters
    ----------
    view
        A name in ``VIEWS``, a view of one's own, or several of these: a page.
    exclusive
        For labels on a text: exactly one applies.
    relations
        The labels that relations may have. They are drawn in a view of them or, where there is
        none, between the spans of ``"ner.manual"`` or ``"spans.manual"``.
    inputs
        Fields to write in; they come last where no view has a place for them.

    Raises
    ------
    ValueError
        If no view has that name, the views cannot stand on one page, or labels are given for
        relations that none of them draws.
    LabelError
        If a relation's label is empty, padded or given twice.

    Examples
    --------
    >>> find_view("textcat.manual", exclusive=True).layout
    'choice'
    """
    several = _blocks_named(view) if isinstance(view, str) and view not in VIEWS else view
    named = [several] if isinstance(several, str | View) else list(several)
    views = [_find_one(each, exclusive=exclusive) for each in named]
    if inputs and not any(each.layout == "input" for each in views):
        views.append(VIEWS["input"])
    if inputs:
        views = [replace(each, inputs=inputs) if each.inputs else each for each in views]
    return join_views(_with_relations(views, check_labels(relations) if relations else ()))


def _blocks_named(name: str) -> list[str]:
    """Return the views that a page's name joins; relations belong to the spans before them.

    Examples
    --------
    >>> _blocks_named("ner.manual+relations+textcat.manual")
    ['ner.manual+relations', 'textcat.manual']
    """
    blocks: list[str] = []
    for part in name.split("+"):
        if blocks and f"{blocks[-1]}+{part}" in VIEWS:
            blocks[-1] += f"+{part}"
        else:
            blocks.append(part)
    return blocks


def _find_one(view: str | View, *, exclusive: bool) -> View:
    if isinstance(view, View):
        return view
    if view not in VIEWS:
        raise ValueError(
            f"view {view!r} is unknown; give one of {', '.join(map(repr, VIEWS))}, a View, or a "
            "list of these for a page of several"
        )
    return replace(VIEWS[view], exclusive=exclusive and component_of(view) == "textcat")


def _with_relations(views: list[View], labels: tuple[str, ...]) -> list[View]:
    """Return the views with relations drawn where spans are marked by hand."""
    if not labels:
        return views
    if not any(view.shows("relations") for view in views):
        views = [VIEWS.get(f"{view.name}+relations", view) for view in views]
    if not any(view.shows("relations") for view in views):
        able = ", ".join(repr(name) for name, view in VIEWS.items() if view.shows("relations"))
        raise ValueError(
            f"relations={list(labels)} were given to {'+'.join(view.name for view in views)!r}, "
            "which draws none: they are drawn between spans that are marked by hand. Leave them "
            f"out, or use 'ner.manual', 'spans.manual' or one of {able}"
        )
    return [replace(each, relations=labels) if each.shows("relations") else each for each in views]
