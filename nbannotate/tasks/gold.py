"""Gold: texts whose right answers are known, as users hand them over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from numbers import Integral
from typing import TYPE_CHECKING, Any

from nbannotate.errors import SourceError
from nbannotate.tasks.frame_cells import as_list
from nbannotate.tasks.records import Span

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class GoldText:
    """One text with what is right about it.

    Parameters
    ----------
    text
        The text.
    spans
        All its spans, None where the row says nothing of spans.
    labels
        All its labels, None where the row says nothing of labels.
    """

    text: str
    spans: tuple[Span, ...] | None
    labels: tuple[str, ...] | None


def read_gold(
    gold: pd.DataFrame | Iterable[Mapping[str, Any] | GoldText],
) -> list[GoldText]:
    """Read gold rows.

    Parameters
    ----------
    gold
        A DataFrame or an iterable of dicts with ``text`` and ``spans`` (dicts with start,
        end and label), or ``label``, or ``labels``. A label that is a whole number, as in
        many tables, is read as its digits: 1 as ``"1"``.

    Raises
    ------
    SourceError
        If there is no row, or a row has no text or nothing that is gold.

    Examples
    --------
    >>> read_gold([{"text": "Charged twice", "label": "payment"}])[0].labels
    ('payment',)
    """
    rows = gold.to_dict("records") if hasattr(gold, "to_dict") else list(gold)
    if not rows:
        raise SourceError("the gold is empty; give rows with 'text' and 'spans', or 'label'")
    return [_read_row(number, row) for number, row in enumerate(rows)]


def _read_row(number: int, row: object) -> GoldText:
    if isinstance(row, GoldText):
        return row
    if not isinstance(row, Mapping) or not isinstance(row.get("text"), str):
        raise SourceError(
            f"gold row {number} is {str(row)[:80]!r}; give dicts with 'text' (a string) and "
            "'spans', 'label' or 'labels'"
        )
    spans = as_list(row.get("spans"))
    labels = as_list(row.get("labels"))
    if labels is None and isinstance(row.get("label"), str | Integral):
        labels = [row["label"]]
    if spans is None and labels is None:
        given = ", ".join(f"{key}={str(value)[:20]!r}" for key, value in row.items())
        raise SourceError(
            f"gold row {number} has {given}: nothing of it is gold; give 'spans', 'labels', or "
            "as 'label' a string or a whole number"
        )
    try:
        read = None if spans is None else tuple(Span.from_dict(span) for span in spans)
    except (KeyError, TypeError, ValueError) as error:
        raise SourceError(
            f"gold row {number} has spans={str(spans)[:80]}; give dicts with 'start', 'end' and "
            "'label', offsets in code points"
        ) from error
    return GoldText(
        row["text"], read, None if labels is None else tuple(str(label) for label in labels)
    )
