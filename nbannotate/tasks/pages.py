"""Several views on one page: one text, one answer, one row.

It keeps one thing true: each part of the answer belongs to one view of the page, and no
two views claim the same part or the same label.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from nbannotate.errors import LabelError
from nbannotate.tasks.components import kinds_of
from nbannotate.tasks.views import View


def join_views(views: Sequence[View]) -> View:
    """Return the view that asks all of these at once.

    The model in the loop follows the first that has a component.

    Parameters
    ----------
    views
        In the order shown; of each layout one at most.

    Raises
    ------
    ValueError
        If there is none, two have one layout, one asks several questions about a text
        (``teach``), or another than the one that the model follows shows suggestions.

    Examples
    --------
    >>> page = join_views([View("ner.manual", "spans", "ner"), View("tone", "choice")])
    >>> page.name, page.component
    ('ner.manual+tone', 'ner')
    """
    if not views:
        raise ValueError("view=[] names no view; give one, or several, such as ['ner.manual']")
    if len(views) == 1:
        return views[0]
    _check(views)
    leading = next((view for view in views if view.component), views[0])
    return View(
        name="+".join(view.name for view in views),
        layout=leading.layout,
        component=leading.component,
        exclusive=any(view.exclusive for view in views),
        shows_suggestions=leading.shows_suggestions,
        inputs=tuple(field for view in views for field in view.inputs),
        relations=tuple(label for view in views for label in view.relations),
        parts=tuple(views),
    )


def share_labels(view: View, labels: Mapping[str, tuple[str, ...]]) -> View:
    """Return a page whose views have these labels, by the view's name.

    A view with one label is not exclusive, as else nothing could be said but that it applies.

    Raises
    ------
    LabelError
        If a name is not that of one of the page's views that take labels, one of these is
        missing, or two have the same label.
    """
    takes = [block.name for block in view.blocks if block.takes_labels]
    if labels and not takes:
        raise LabelError(f"view {view.name!r} takes no labels; leave labels= out")
    if set(labels) != set(takes):
        raise LabelError(
            f"labels were given for {', '.join(map(repr, labels)) or 'no view'}; the views that "
            f"take labels are {', '.join(map(repr, takes)) or 'none'}: give each of them its own, "
            f"such as labels={{{', '.join(f'{name!r}: […]' for name in takes)}}}"
        )
    given = [label for name in takes for label in labels[name]]
    twice = sorted({label for label in given if given.count(label) > 1})
    if twice:
        raise LabelError(
            f"the label {twice[0]!r} is given to two views of one page, where a key and a "
            "colour could not tell them apart; call one of them otherwise"
        )
    if not view.parts:
        return _exclusive_among(view, given)
    parts = tuple(
        replace(_exclusive_among(block, own), labels=own)
        for block in view.parts
        for own in [labels.get(block.name, ())]
    )
    return replace(view, parts=parts, exclusive=any(part.exclusive for part in parts))


def _exclusive_among(view: View, labels: Sequence[str]) -> View:
    """Return the view, in which one label alone applies or does not: it excludes no other."""
    return replace(view, exclusive=False) if view.exclusive and len(labels) == 1 else view


def add_label(view: View, label: str, *, to: str | None = None) -> View:
    """Return the view with one more label, on a page for the view of a name.

    Parameters
    ----------
    view
        Its parts, if it is a page, have labels.
    label
        Checked already.
    to
        The view of the page that takes it; by default the one that the model follows.

    Raises
    ------
    LabelError
        If no view that takes labels has that name.
    """
    takes = [block.name for block in view.blocks if block.takes_labels]
    if not takes:
        raise LabelError(f"view {view.name!r} takes no labels, nor the label {label!r}")
    chosen = to or (view.leading.name if view.leading.name in takes else takes[0])
    if chosen not in takes:
        raise LabelError(
            f"no view {chosen!r} of this page takes the label {label!r}; there are "
            f"{', '.join(map(repr, takes))}"
        )
    if not view.parts:
        return view
    parts = tuple(
        replace(block, labels=(*block.labels, label)) if block.name == chosen else block
        for block in view.parts
    )
    return replace(view, parts=parts)


def _check(views: Sequence[View]) -> None:
    for view in views:
        if view.parts or view.name.endswith(".teach"):
            raise ValueError(
                f"{view.name!r} cannot stand beside other views: it "
                + ("is a page itself" if view.parts else "asks several questions about a text")
                + "; use a .manual or .correct view"
            )
    layouts = [layout for view in views for layout in view.layouts]
    kinds = [kind for view in views for kind in kinds_of(view.name)]
    if len(set(layouts)) < len(layouts) or len(set(kinds)) < len(kinds):
        raise ValueError(
            f"views {', '.join(repr(view.name) for view in views)} cannot stand on one page: "
            f"their layouts are {', '.join(layouts)}, and each may be there once"
        )
    followed = [view for view in views if view.component]
    for view in followed[1:]:
        if view.shows_suggestions:
            raise ValueError(
                f"{view.name!r} shows a model's suggestions, but the model of this page follows "
                f"{followed[0].name!r}, the first that one can learn from; put "
                f"{view.name!r} first, or use a .manual view"
            )
