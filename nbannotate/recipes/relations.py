"""The recipe for relations between spans: ``nb.relations.manual``.

It is `nbannotate.annotate` with a view; the keywords it does not name are passed on.
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

__all__ = ["manual"]

_VIEWS = {
    None: "relations.manual",
    "spancat": "spans.manual+relations",
    "ner": "ner.manual+relations",
}


def manual(
    source: object,
    *,
    labels: str | Iterable[str],
    relations: str | Iterable[str],
    component: Literal["ner", "spancat"] | None = None,
    nlp: Language | str | Path | Literal[False] | None = False,
    **keywords: Unpack[Keywords],
) -> Annotator:
    """Mark spans, or take those that came with the texts, and draw relations between them.

    Parameters
    ----------
    source
        The texts; see `nbannotate.annotate` for all kinds. Rows may bring ``spans``.
    labels
        The labels that spans may have.
    relations
        The labels that relations may have. For dependencies, let the spans be words.
    component
        What the answers' spans train: ``"spancat"``, ``"ner"`` (then they may not overlap),
        or nothing. No model learns from relations.
    nlp
        With a component: a pipeline to follow along; it chooses the texts and learns from the
        spans, but shows nothing. False for no model, None for a blank one.
    **keywords
        See `nbannotate.annotate`.

    Returns
    -------
    Annotator
        The widget, shown by the cell whose last line it is. Its answers hold ``relations``;
        ``store.relations(…)`` has one row for each.

    Raises
    ------
    ValueError
        If ``component`` is another.
    LabelError, SourceError, PipelineError, StoreError
        See `nbannotate.annotate`.

    Examples
    --------
    >>> import nbannotate as nb
    >>> ann = nb.relations.manual(
    ...     ["Aspirin causes nausea"],
    ...     labels=["DRUG", "EFFECT"],
    ...     relations=["CAUSES"],
    ...     store=":memory:",
    ... )
    >>> drug = {"start": 0, "end": 7, "label": "DRUG"}
    >>> nausea = {"start": 15, "end": 21, "label": "EFFECT"}
    >>> causes = {"head": drug, "child": nausea, "label": "CAUSES"}
    >>> answer = ann.session.answer("accept", spans=[drug, nausea], relations=[causes])
    >>> ann.session.store.relations()[["head_text", "label", "child_text"]].values.tolist()
    [['Aspirin', 'CAUSES', 'nausea']]
    >>> ann.close()
    """
    if component not in _VIEWS:
        raise ValueError(
            f"component={component!r} finds no spans; give 'spancat', 'ner', or None for no model"
        )
    return annotate(
        source,
        view=_VIEWS[component],
        labels=labels,
        relations=relations,
        nlp=nlp,
        **keywords,
    )
