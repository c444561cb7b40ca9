"""Relations as an answer gives them: read, and checked against its spans.

It keeps one thing true: both ends of a relation are spans of the same answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from nbannotate.errors import AnswerError
from nbannotate.tasks.labels import check_known
from nbannotate.tasks.records import Relation, Span
from nbannotate.tasks.spans import read_span


def check_relations(
    relations: Iterable[Relation | Mapping[str, Any]] | None,
    spans: Sequence[Span],
    labels: tuple[str, ...],
) -> tuple[Relation, ...]:
    """Return an answer's relations in the order of their heads.

    Parameters
    ----------
    relations
        Relations, or mappings with ``head`` and ``child`` (spans) and ``label``; None for none.
    spans
        The answer's spans, checked.
    labels
        The labels that relations may have.

    Raises
    ------
    AnswerError
        If a relation is malformed, leads from a span to itself, is given twice, or has an end
        that is not among ``spans``.
    LabelError
        If a label is not among ``labels``.
    SpanError
        If an end is no span.

    Examples
    --------
    >>> ends = Span(0, 7, "DRUG"), Span(15, 21, "EFFECT")
    >>> given = {"head": ends[0], "child": ends[1], "label": "CAUSES"}
    >>> check_relations([given], ends, ("CAUSES",))[0].child.start
    15
    """
    if relations is None:
        return ()
    if isinstance(relations, (str, Mapping)) or not isinstance(relations, Iterable):
        raise AnswerError(f"relations={relations!r} are no relations; give a list of them")
    checked: list[Relation] = []
    for given in relations:
        relation = _read(given)
        check_known(relation.label, labels)
        for name, end in (("head", relation.head), ("child", relation.child)):
            if end not in spans:
                raise AnswerError(
                    f"the {name} of a relation {relation.label!r} is {end.start}–{end.end} "
                    f"({end.label}), which is no span of the answer; give the span too, or "
                    "leave out the relation"
                )
        if relation.head == relation.child:
            raise AnswerError(
                f"a relation {relation.label!r} leads from {relation.head.start}–"
                f"{relation.head.end} ({relation.head.label}) to itself; give two spans"
            )
        if relation in checked:
            raise AnswerError(
                f"the relation {relation.label!r} from {relation.head.start}–"
                f"{relation.head.end} to {relation.child.start}–{relation.child.end} was given "
                "twice; give it once"
            )
        checked.append(relation)
    return tuple(sorted(checked))


def _read(given: Relation | Mapping[str, Any]) -> Relation:
    if isinstance(given, Relation):
        given = {"head": given.head, "child": given.child, "label": given.label}
    try:
        head, child, label = given["head"], given["child"], given["label"]
    except (KeyError, TypeError) as error:
        raise AnswerError(
            f"relation {given!r} lacks one of 'head', 'child', 'label'; give all three, head "
            "and child as spans: {'start': 0, 'end': 4, 'label': 'DRUG'}"
        ) from error
    if not isinstance(label, str):
        raise AnswerError(f"relation {given!r} has a label that is no string; give its name")
    return Relation(read_span(head), read_span(child), label)
