"""Stored rows as the DataFrames that the next cell works on.

What it keeps true: a frame has the same columns and dtypes whether it has rows or none,
and its cells are plain Python: spans a list of dicts, accept a list of str, meta a dict.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

_HASHES = ("input_hash", "task_hash")
_NUMBERS = ("score", "seconds")
_COUNTS = (
    "start",
    "end",
    "head_start",
    "head_end",
    "child_start",
    "child_end",
    "answered",
    "accepted",
    "rejected",
    "ignored",
    "texts",
    "sessions",
    "annotators",
    "answers_seen",
)
_CLAIMS = ("stands", "suggested", "flagged")
_TIMES = ("created_at", "started_at", "last_answer_at")
_DICTS = ("meta", "inputs", "filter", "scores")
_LISTS = ("spans", "accept", "relations", "labels")

ANNOTATION_COLUMNS = (
    "dataset",
    "session_id",
    "annotator",
    "view",
    "text",
    "label",
    "answer",
    "spans",
    "accept",
    "inputs",
    "relations",
    "score",
    "why",
    "model_version",
    "seconds",
    "created_at",
    "flagged",
    "note",
    "meta",
    "input_hash",
    "task_hash",
    "answer_id",
)


def to_frame(columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> pd.DataFrame:
    """Build a DataFrame whose dtypes follow from the columns' names.

    Parameters
    ----------
    columns
        Names of columns that the store's views have.
    rows
        One tuple per row, as DuckDB fetches them; JSON may come as text.
    """
    import pandas as pd

    values = zip(*rows, strict=True) if rows else ((),) * len(columns)
    series = {
        name: _column(name, list(column)) for name, column in zip(columns, values, strict=True)
    }
    return pd.DataFrame(series, columns=list(columns))


def _column(name: str, values: list[Any]) -> pd.Series[Any]:
    import pandas as pd

    if name in _HASHES or name in _COUNTS:
        return pd.Series(values, dtype="int64")
    if name in _NUMBERS:
        return pd.Series(values, dtype="float64")
    if name in _CLAIMS:
        return pd.Series(values, dtype="bool")
    if name in _TIMES:
        return pd.Series(values, dtype="datetime64[us]").dt.tz_localize("UTC")
    if name in _DICTS:
        return _objects(values, dict)
    if name in _LISTS:
        return _objects(values, list)
    # Before pandas 3, dtype "str" would turn a missing value into the text "None".
    return pd.Series(values, dtype="str" if int(pd.__version__.split(".")[0]) >= 3 else "object")


def _objects(values: list[Any], empty: Callable[[], Any]) -> pd.Series[Any]:
    import pandas as pd

    read = [json.loads(value) if isinstance(value, str) else value for value in values]
    return pd.Series([empty() if value is None else value for value in read], dtype="object")
