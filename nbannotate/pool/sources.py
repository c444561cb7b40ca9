"""Reading texts from whatever a notebook has them in.

Every reader yields rows in the source's own order: the value that should be the text,
and the other columns. Whether the value is a usable text is for the pool to say, so
that a bad row is listed in one place whatever it came from.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbannotate.errors import SourceError

if TYPE_CHECKING:
    import pandas as pd

ALLOWED = (
    "a list of str or dict, a pandas Series or DataFrame, a path to a .jsonl, .csv, .txt or "
    ".parquet file, a DuckDB relation, an iterable of spaCy Docs, or a function of the "
    "session that returns any of these"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a source, not yet checked. A plain str stands for a row of nothing else.

    Parameters
    ----------
    value
        What stands where the text should be.
    meta
        The other columns.
    fault
        Why the row could not be read at all, None if it could.
    """

    value: object
    meta: Mapping[str, Any] = field(default_factory=dict)
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Rows, and whether they are all at hand or come one by one."""

    rows: Iterator[Row | str]
    is_stream: bool
    name: str


def open_source(source: object, text_column: str = "text") -> Source:
    """Return the rows of a source.

    Parameters
    ----------
    source
        Anything that `ALLOWED` names.
    text_column
        The column or key that holds the text.

    Raises
    ------
    SourceError
        If the source is of another kind, its file is missing, or no column has that name.

    Examples
    --------
    >>> list(open_source(["one", {"text": "two", "stars": 2}]).rows)
    ['one', Row(value='two', meta={'stars': 2}, fault=None)]
    """
    if isinstance(source, (str, Path)):
        return _open_path(source, text_column)
    kind = f"{type(source).__module__.partition('.')[0]}.{type(source).__name__}"
    if kind == "pandas.Series":
        return Source(map(_row_of, source), False, "Series")  # type: ignore[call-overload]
    if kind == "pandas.DataFrame":
        return Source(_frame_rows(source, text_column), False, "DataFrame")  # type: ignore[arg-type]
    if type(source).__name__ == "DuckDBPyRelation":
        return Source(_frame_rows(source.df(), text_column), False, "DuckDB relation")  # type: ignore[attr-defined]
    if isinstance(source, Mapping) or callable(source) or not isinstance(source, Iterable):
        raise SourceError(f"the source is of type {type(source).__name__}; allowed are {ALLOWED}")
    at_hand = isinstance(source, (list, tuple, set, frozenset)) or hasattr(source, "__len__")
    rows = (_read_value(value, text_column) for value in source)
    return Source(rows, not at_hand, type(source).__name__)


def _row_of(value: object) -> Row | str:
    return value if type(value) is str else Row(value)


def _read_value(value: object, text_column: str) -> Row | str:
    if type(value) is str:
        return value
    if isinstance(value, Mapping):
        if text_column not in value:
            keys = ", ".join(map(repr, value)) or "none"
            return Row(None, value, fault=f"no key {text_column!r} (keys: {keys})")
        meta = {str(key): other for key, other in value.items() if key != text_column}
        return Row(value[text_column], meta)
    if hasattr(value, "ents") and hasattr(value, "text"):
        return Row(value.text, dict(getattr(value, "user_data", {}).get("meta", {})))
    return Row(value)


def _open_path(path: str | Path, text_column: str) -> Source:
    file = Path(path).expanduser()
    readers: dict[str, Callable[[Path, str], Iterator[Row | str]]] = {
        ".jsonl": _read_jsonl,
        ".csv": _read_csv,
        ".txt": _read_txt,
        ".parquet": _read_parquet,
    }
    reader = readers.get(file.suffix.lower())
    if reader is None:
        raise SourceError(
            f"the source is the string {str(path)[:80]!r}, which is taken as a path, and a path "
            f"ends with one of {', '.join(readers)}; a single text goes into a list: [text]"
        )
    if not file.is_file():
        raise SourceError(
            f"there is no file {str(file)!r} (looked from {str(Path.cwd())!r}); check the path"
        )
    return Source(reader(file, text_column), False, file.name)


def _read_jsonl(file: Path, text_column: str) -> Iterator[Row | str]:
    with file.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                value = json.loads(line)
            except json.JSONDecodeError as error:
                yield Row(line.rstrip("\n"), fault=f"line {number} is not JSON: {error}")
                continue
            yield _read_value(value, text_column)


def _read_txt(file: Path, _: str) -> Iterator[Row | str]:
    with file.open(encoding="utf-8-sig") as lines:
        for line in lines:
            yield line.rstrip("\n")


def _read_csv(file: Path, text_column: str) -> Iterator[Row | str]:
    import pandas as pd

    columns = pd.read_csv(file, nrows=0, encoding="utf-8-sig").columns
    _check_column(list(columns), text_column, file.name)
    yield from _frame_rows(
        pd.read_csv(
            file,
            encoding="utf-8-sig",
            dtype={text_column: str},
            keep_default_na=False,
            na_values={column: [""] for column in columns},
        ),
        text_column,
    )


def _read_parquet(file: Path, text_column: str) -> Iterator[Row | str]:
    import duckdb

    with duckdb.connect() as connection:
        frame = connection.execute("select * from read_parquet(?)", [str(file)]).df()
    yield from _frame_rows(frame, text_column)


def _frame_rows(frame: pd.DataFrame, text_column: str) -> Iterator[Row | str]:
    columns = list(frame.columns)
    _check_column(columns, text_column, "the DataFrame")
    others = [column for column in columns if column != text_column]
    values = frame[text_column].tolist()
    if not others:
        yield from map(_row_of, values)
        return
    for value, meta in zip(values, frame[others].to_dict("records"), strict=True):
        yield Row(value, {str(key): other for key, other in meta.items()})


def _check_column(columns: list[Any], text_column: str, name: str) -> None:
    if text_column not in columns:
        raise SourceError(
            f"{name} has no column {text_column!r}; its columns are "
            f"{', '.join(map(repr, columns)) or 'none'}; name the one that holds the texts with "
            "text_column=…"
        )
    if columns.count(text_column) > 1:
        raise SourceError(f"{name} has the column {text_column!r} twice; give each its own name")
