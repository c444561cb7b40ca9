"""Recipes for named entities: ``nb.ner.teach``, ``nb.ner.correct``, ``nb.ner.manual``.

Each is `nbannotate.annotate` with a view; the keywords it does not name are passed on.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal, Unpack

from nbannotate.recipes.annotate import annotate
from nbannotate.recipes.keywords import Keywords

if TYPE_CHECKING:
    from pathlib import Path

    from spacy.language import Language

    from nbannotate.widget import Annotator

__all__ = ["correct", "manual", "teach"]


def teach(
    source: object,
    *,
    labels: str | Iterable[str],
    nlp: Language | str | Path | Literal[False] | None = None,
    **keywords: Unpack[Keywords],
) -> Annotator:
    """Accept or reject one suggested entity at a time; the model learns from each answer.

    Parameters
    ----------
    source
        The texts; see `nbannotate.annotate` for all kinds.
    labels
        The labels that answers may use.
    nlp
        A pipeline to start from (it is copied), the path of one, a version of
        ``store.models()``, None for a blank one, or False for no model.
    **keywords
        See `nbannotate.annotate`.

    Returns
    -------
    Annotator
        The widget, shown by the cell whose last line it is.

    Raises
    ------
    LabelError, SourceError, PipelineError, StoreError
        See `nbannotate.annotate`.

    Examples
    --------
    >>> import nbannotate as nb
    >>> ann = nb.ner.teach(["Meth is bad"], labels=["DRUG"], store=":memory:")
    >>> ann.session.task.label
    'DRUG'
    >>> ann.close()
    """
    return annotate(
        source,
        view="ner.teach",
        labels=labels,
        nlp=nlp,
        **keywords,
    )


def correct(
    source: object,
    *,
    labels: str | Iterable[str],
    nlp: Language | str | Path | Literal[False] | None = None,
    **keywords: Unpack[Keywords],
) -> Annotator:
    """Correct the model's whole prediction; the model learns from each answer.

    Parameters
    ----------
    source
        The texts; see `nbannotate.annotate` for all kinds.
    labels
        The labels that answers may use.
    nlp
        A pipeline to start from (it is copied), the path of one, a version of
        ``store.models()``, None for a blank one, or False for no model.
    **keywords
        See `nbannotate.annotate`.

    Returns
    -------
    Annotator
        The widget, shown by the cell whose last line it is.

    Raises
    ------
    LabelError, SourceError, PipelineError, StoreError
        See `nbannotate.annotate`.

    Examples
    --------
    >>> import nbannotate as nb
    >>> ann = nb.ner.correct(["Meth is bad"], labels=["DRUG"], store=":memory:")
    >>> meth = {"start": 0, "end": 4, "label": "DRUG"}
    >>> ann.session.answer("accept", spans=[meth]).spans
    (Span(start=0, end=4, label='DRUG', score=None),)
    >>> ann.close()
    """
    return annotate(
        source,
        view="ner.correct",
        labels=labels,
        nlp=nlp,
        **keywords,
    )


def manual(
    source: object,
    *,
    labels: str | Iterable[str],
    nlp: Language | str | Path | Literal[False] | None = False,
    **keywords: Unpack[Keywords],
) -> Annotator:
    """Mark entities from nothing, or from what patterns and the source bring.

    Parameters
    ----------
    source
        The texts; see `nbannotate.annotate` for all kinds.
    labels
        The labels that answers may use.
    nlp
        A pipeline to follow along: it chooses the texts and learns, but shows nothing.
        False for no model, None for a blank one.
    **keywords
        See `nbannotate.annotate`.

    Returns
    -------
    Annotator
        The widget, shown by the cell whose last line it is.

    Raises
    ------
    LabelError, SourceError, PipelineError, StoreError
        See `nbannotate.annotate`.

    Examples
    --------
    >>> import nbannotate as nb
    >>> rows = [{"label": "DRUG", "pattern": "Meth"}]
    >>> ann = nb.ner.manual(["Meth is bad"], labels=["DRUG"], patterns=rows, store=":memory:")
    >>> ann.session.task.spans[0].end
    4
    >>> ann.close()
    """
    return annotate(
        source,
        view="ner.manual",
        labels=labels,
        nlp=nlp,
        **keywords,
    )
