"""Recipes for labels on texts: ``nb.textcat.teach``, ``.correct`` and ``.manual``.

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
    exclusive: bool = True,
    **keywords: Unpack[Keywords],
) -> Annotator:
    """Accept or reject one suggested label at a time; the model learns from each answer.

    Parameters
    ----------
    source
        The texts; see `nbannotate.annotate` for all kinds.
    labels
        The labels that answers may use.
    nlp
        A pipeline to start from (it is copied), the path of one, a version of
        ``store.models()``, None for a blank one, or False for no model.
    exclusive
        True when exactly one label applies to a text, False for any number. One label
        alone is never exclusive: it applies or not.
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
    >>> ann = nb.textcat.teach(["Charged twice"], labels=["payment"], store=":memory:")
    >>> ann.session.task.label
    'payment'
    >>> ann.close()
    """
    return annotate(
        source,
        view="textcat.teach",
        labels=labels,
        nlp=nlp,
        exclusive=exclusive,
        **keywords,
    )


def correct(
    source: object,
    *,
    labels: str | Iterable[str],
    nlp: Language | str | Path | Literal[False] | None = None,
    exclusive: bool = True,
    **keywords: Unpack[Keywords],
) -> Annotator:
    """Confirm or change the label that the model has chosen; it learns from each answer.

    Parameters
    ----------
    source
        The texts; see `nbannotate.annotate` for all kinds.
    labels
        The labels that answers may use.
    nlp
        A pipeline to start from (it is copied), the path of one, a version of
        ``store.models()``, None for a blank one, or False for no model.
    exclusive
        True when exactly one label applies to a text, False for any number. One label
        alone is never exclusive: it applies or not.
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
    >>> labels = ["payment", "hardware"]
    >>> ann = nb.textcat.correct(["Charged twice"], labels=labels, store=":memory:")
    >>> ann.session.answer("accept", accept="payment").accept
    ('payment',)
    >>> ann.close()
    """
    return annotate(
        source,
        view="textcat.correct",
        labels=labels,
        nlp=nlp,
        exclusive=exclusive,
        **keywords,
    )


def manual(
    source: object,
    *,
    labels: str | Iterable[str],
    nlp: Language | str | Path | Literal[False] | None = None,
    exclusive: bool = True,
    **keywords: Unpack[Keywords],
) -> Annotator:
    """Choose among labels; a model learns along, and its predictions are not shown.

    Parameters
    ----------
    source
        The texts; see `nbannotate.annotate` for all kinds.
    labels
        The labels that answers may use.
    nlp
        A pipeline to start from (it is copied), the path of one, a version of
        ``store.models()``, None for a blank one, or False for no model.
    exclusive
        True when exactly one label applies to a text, False for any number. One label
        alone is never exclusive: it applies or not.
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
    >>> labels = ["payment", "hardware"]
    >>> ann = nb.textcat.manual(["Charged twice"], labels=labels, store=":memory:", nlp=False)
    >>> ann.session.answer("accept", accept=["payment"]).label
    'payment'
    >>> ann.close()
    """
    return annotate(
        source,
        view="textcat.manual",
        labels=labels,
        nlp=nlp,
        exclusive=exclusive,
        **keywords,
    )
