"""Answers as users hold them, in frames, dicts or records, read for drawing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, is_dataclass
from typing import Any

from nbannotate.errors import SourceError, SpanError
from nbannotate.tasks import Relation, Span, check_inside
from nbannotate.tasks.frame_cells import as_list, is_missing


@dataclass(frozen=True, slots=True)
class DrawnAnswer:
    """What is drawn of one answer.

    Parameters
    ----------
    text
        The text.
    spans, relations
        In reading order.
    labels
        What was said of the text as a whole.
    answer, annotator, note
        None where the row does not say.
    flagged
        Whether it is to be looked at again.
    inputs
        What was written into fields, by their names.
    """

    text: str
    spans: tuple[Span, ...] = ()
    relations: tuple[Relation, ...] = ()
    labels: tuple[str, ...] = ()
    answer: str | None = None
    annotator: str | None = None
    note: str | None = None
    flagged: bool = False
    inputs: Mapping[str, str] = field(default_factory=dict)

    @property
    def all_labels(self) -> tuple[str, ...]:
        """Every label of a span or of the text, once, spans first."""
        ends = (end for each in self.relations for end in (each.head, each.child))
        names = [span.label for span in (*self.spans, *ends)]
        return tuple(dict.fromkeys([*names, *self.labels]))


def read_rows(rows: object) -> list[DrawnAnswer]:
    """Read answers.

    Parameters
    ----------
    rows
        A DataFrame or one row of it, a dict, an `Answer`, or an iterable of dicts or
        Answers; each with ``text``, and the other columns of ``annotations()`` where it
        has them.

    Raises
    ------
    SourceError
        If a row has no text, or spans, labels or relations that are none.
    SpanError
        If a span does not lie within its text.
    """
    return [_read(number, row) for number, row in enumerate(_as_mappings(rows))]


def _as_mappings(rows: Any) -> list[Any]:
    if is_dataclass(rows) or isinstance(rows, Mapping):
        return [rows]
    if hasattr(rows, "columns") and hasattr(rows, "to_dict"):
        return list(rows.to_dict("records"))
    if hasattr(rows, "to_dict"):
        return [rows.to_dict()]
    if not isinstance(rows, Iterable) or isinstance(rows, (str, bytes)):
        raise SourceError(
            f"{str(rows)[:80]!r} holds no answers; give a DataFrame such as ann.annotations(), "
            "dicts with 'text' and 'spans', 'label' or 'accept', or Answers"
        )
    return list(rows)


def _read(number: int, row: Any) -> DrawnAnswer:
    if is_dataclass(row) and not isinstance(row, type):
        row = asdict(row)
    if not isinstance(row, Mapping) or not isinstance(row.get("text"), str):
        raise SourceError(
            f"row {number} is {str(row)[:80]!r}; give rows with 'text' (a string) and 'spans', "
            "'label' or 'accept'"
        )
    try:
        spans = tuple(sorted(_span(span) for span in _list(row, "spans")))
        relations = tuple(_relation(relation) for relation in _list(row, "relations"))
        chosen = _list(row, "accept")
        if not chosen and "answer_id" not in row:  # an answer's labels are those it was offered
            chosen = _list(row, "labels")
    except (KeyError, TypeError, ValueError) as error:
        raise SourceError(
            f"row {number} has spans, relations or labels that cannot be read ({error!r}); give "
            "lists of dicts with 'start', 'end' and 'label', offsets in code points"
        ) from error
    for span in (*spans, *(end for each in relations for end in (each.head, each.child))):
        try:
            check_inside(span, row["text"])
        except SpanError as error:
            raise SpanError(f"row {number}: {error}") from error
    label = _word(row, "label")
    if label and not spans and not chosen:
        chosen = [label]
    return DrawnAnswer(
        row["text"],
        spans,
        relations,
        tuple(str(each) for each in chosen),
        answer=_word(row, "answer"),
        annotator=_word(row, "annotator"),
        note=_word(row, "note"),
        flagged=str(row.get("flagged")) == "True",
        inputs=row["inputs"] if isinstance(row.get("inputs"), Mapping) else {},
    )


def _span(plain: Any) -> Span:
    return plain if isinstance(plain, Span) else Span.from_dict(plain)


def _relation(plain: Any) -> Relation:
    return plain if isinstance(plain, Relation) else Relation.from_dict(plain)


def _list(row: Mapping[str, Any], name: str) -> list[Any]:
    value: Any = row.get(name)
    if is_missing(value):
        return []
    listed = as_list(value)
    if listed is None:
        raise TypeError(f"{name} is {str(value)[:80]!r}, no list")
    return listed


def _word(row: Mapping[str, Any], name: str) -> str | None:
    value = row.get(name)
    return value if isinstance(value, str) and value else None
