"""Recipes for spans that may overlap: ``nb.spans.teach``, ``.correct`` and ``.manual``.

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
    """Accept or reject one suggested span at a time; the model learns from each answer.

    Spans may overlap and nest: accepting one says nothing of the others.

    Parameters
    ----------
    source
        The texts; see `nbannotate.annotate` for all kinds.
    labels
        The labels that answers may use.
    nlp
        A pipeline to start from (it is copied), the path of one, None for a blank one,
        or False for no model.
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
    >>> ann = nb.spans.teach(["Meth is bad"], labels=["DRUG"], store=":memory:")
    >>> ann.session.task.label
    'DRUG'
    >>> ann.close()
    """
    return annotate(
        source,
        view="spans.teach",
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

    Spans may overlap and nest, and one stretch may have several labels.

    Parameters
    ----------
    source
        The texts; see `nbannotate.annotate` for all kinds.
    labels
        The labels that answers may use.
    nlp
        A pipeline to start from (it is copied), the path of one, None for a blank one,
        or False for no model.
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
    >>> texts, labels = ["IL-2 gene expression"], ["DNA", "protein"]
    >>> ann = nb.spans.correct(texts, labels=labels, store=":memory:")
    >>> protein = {"start": 0, "end": 4, "label": "protein"}
    >>> gene = {"start": 0, "end": 9, "label": "DNA"}
    >>> answer = ann.session.answer("accept", spans=[gene, protein])
    >>> [(span.text_of(answer.text), span.label) for span in answer.spans]
    [('IL-2', 'protein'), ('IL-2 gene', 'DNA')]
    >>> ann.close()
    """
    return annotate(
        source,
        view="spans.correct",
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
    """Mark spans from nothing, or from what patterns and the source bring.

    Spans may overlap and nest, and one stretch may have several labels.

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
    >>> rows = [{"label": "PLACE", "pattern": each} for each in ("New York", "York")]
    >>> ann = nb.spans.manual(["New York"], labels=["PLACE"], patterns=rows, store=":memory:")
    >>> [(span.start, span.end) for span in ann.session.task.spans]
    [(0, 8), (4, 8)]
    >>> ann.close()
    """
    return annotate(
        source,
        view="spans.manual",
        labels=labels,
        nlp=nlp,
        **keywords,
    )
