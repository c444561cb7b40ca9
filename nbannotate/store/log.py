"""Appending to the log of answers, sessions and model versions.

What it keeps true: `append` returns only when the answer is on disk, and an answer_id is
in the file once, however often it is delivered and whatever interrupts the delivery.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from nbannotate.errors import StoreError
from nbannotate.store.database import INTERRUPTED
from nbannotate.store.rows import COLUMN_TYPES, TEXT_AT, finite, to_json, to_row
from nbannotate.tasks.records import Answer

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, Statement

    from nbannotate.store.database import Database

_INSERT = f"insert into answers values ({', '.join('?' for _ in COLUMN_TYPES)})"
_INSERT_MODEL = "insert into model_versions values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_MANY_ROWS = 20_000
_ATTEMPTS = 5


class AnswerLog:
    """The append-only log in one open file.

    It knows which answers and texts the file holds, so that an append is one INSERT
    without a look-up. Another process cannot add any: the file is locked.

    Parameters
    ----------
    database
        The open file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: tuple[set[str], set[int]] | None = None
        self._next_seq = 1
        self._insert: Statement | None = None  # parsed once: a tenth of an append

    def append(self, answer: Answer) -> bool:
        """Write one answer; False when its answer_id is there already.

        Raises
        ------
        AnswerError
            The answer cannot be written as it is.
        StoreError
            The answer is not on disk: delivering it again is safe.
        """
        row = to_row(answer)
        with self._database.writing() as connection:
            for attempt in range(_ATTEMPTS):
                try:
                    return self._append_row(connection, row) or attempt > 0
                except RuntimeError as error:
                    # Half of the inserts that a kernel interrupt breaks are committed:
                    # the next attempt looks in the file first.
                    if str(error) != INTERRUPTED:
                        raise
        raise StoreError(
            f"{self._database.path}: the answer was interrupted {_ATTEMPTS} times and may not "
            "be stored; answer again"
        )

    def append_many(self, answers: Iterable[Answer]) -> int:
        """Write answers in one transaction, all or none; return how many were new."""
        rows = [to_row(answer) for answer in answers]
        with self._database.writing() as connection:
            answer_ids, texts = self._load(connection)
            self._known = None
            new = list(_without_known(rows, answer_ids))
            for seq, row in enumerate(new, start=self._next_seq):
                row[0] = seq
                _mention_once(row, texts)
            connection.execute("begin")
            insert_rows(connection, "answers", list(COLUMN_TYPES.values()), new)
            connection.execute("commit")
            self._next_seq += len(new)
            self._known = answer_ids, texts
        return len(new)

    def add_session(
        self,
        dataset: str,
        session_id: str,
        *,
        annotator: str,
        view: str,
        config: Mapping[str, Any] | None = None,
    ) -> None:
        """Record that a session was started, or started again."""
        row = [session_id, dataset, annotator, view, to_json(dict(config or {}), "config"), _now()]
        with self._database.writing() as connection:
            connection.execute("insert into session_starts values (?, ?, ?, ?, ?, ?)", row)

    def add_model(
        self,
        dataset: str,
        *,
        kind: str,
        parent: str | None,
        filter: Mapping[str, Any] | None,
        scores: Mapping[str, Any] | None,
        path: str | None,
        session_id: str | None,
        answers_seen: int,
    ) -> str:
        """Record a model version and return its name, unique in the file."""
        with self._database.writing() as connection:
            found = connection.execute("select count(*) from model_versions").fetchall()
            version = f"v{found[0][0] + 1}"
            row = [
                version,
                dataset,
                kind,
                parent,
                to_json(dict(filter or {}), "filter"),
                to_json(_without_nan(scores or {}), "scores"),
                None if path is None else path.replace("{version}", version),
                session_id,
                answers_seen,
                _now(),
            ]
            connection.execute(_INSERT_MODEL, row)
        return version

    def _append_row(self, connection: DuckDBPyConnection, row: list[Any]) -> bool:
        answer_ids, texts = self._load(connection)
        if row[1] in answer_ids:
            return False
        # Forgotten until the row is surely written: whatever breaks in between, the next
        # append asks the file what it holds.
        self._known = None
        mentioned = list(row)
        mentioned[0] = self._next_seq
        _mention_once(mentioned, texts)
        if self._insert is None:
            (self._insert,) = connection.extract_statements(_INSERT)
        connection.execute(self._insert, mentioned)
        answer_ids.add(row[1])
        self._next_seq += 1
        self._known = answer_ids, texts
        return True

    def _load(self, connection: DuckDBPyConnection) -> tuple[set[str], set[int]]:
        if self._known is None:
            ids = connection.execute("select answer_id from answers").fetchall()
            texts = connection.execute("select input_hash from examples").fetchall()
            last = connection.execute("select coalesce(max(seq), 0) from answers").fetchall()
            self._next_seq = last[0][0] + 1
            self._known = {row[0] for row in ids}, {row[0] for row in texts}
        return self._known


def insert_rows(
    connection: DuckDBPyConnection, table: str, types: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Insert many rows by columns, a hundred times faster than row by row.

    Parameters
    ----------
    connection
        A connection in a transaction.
    table
        The table, of as many columns as ``types``.
    types
        The DuckDB type of each column's values.
    rows
        Each with one value per column.
    """
    columns = ", ".join(f"unnest(?::{kind}[])" for kind in types)
    for start in range(0, len(rows), _MANY_ROWS):
        chunk = [list(column) for column in zip(*rows[start : start + _MANY_ROWS], strict=True)]
        connection.execute(f"insert into {table} select {columns}", chunk)


def _without_known(rows: Iterable[list[Any]], answer_ids: set[str]) -> Iterator[list[Any]]:
    for row in rows:
        if row[1] not in answer_ids:
            answer_ids.add(row[1])
            yield row


def _mention_once(row: list[Any], texts: set[int]) -> None:
    """Drop the text of a row when an earlier row holds it."""
    text_hash = row[TEXT_AT - 2]
    if text_hash in texts:
        row[TEXT_AT] = None
    texts.add(text_hash)


def _without_nan(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _without_nan(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_nan(inner) for inner in value]
    if value is None or isinstance(value, (str, bool, int)):
        return value
    return finite(value)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
