"""What notebooks and sessions hold: a store on one DuckDB file.

What it keeps true: each method is one short transaction, safe on any thread, and sees
every answer that was acknowledged before it was called.
"""

from __future__ import annotations

import json
import os
import weakref
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, Unpack

from nbannotate.errors import FilterError, StoreError
from nbannotate.store import backup, registry
from nbannotate.store.asked import labels_asked
from nbannotate.store.filters import Filters, condition
from nbannotate.store.frames import ANNOTATION_COLUMNS, to_frame
from nbannotate.store.models import ModelVersions
from nbannotate.store.query import reading_statement
from nbannotate.store.rows import READ_COLUMNS, from_row
from nbannotate.tasks.records import Answer

if TYPE_CHECKING:
    import pandas as pd
    from duckdb import DuckDBPyConnection

_SPAN_COLUMNS = (
    'dataset, session_id, annotator, "view", answer, "start", "end", text, label, score, '
    "suggested, model_version, created_at, input_hash, task_hash, answer_id"
)


class Store(ModelVersions):
    """Answers, sessions and model versions in one local DuckDB file.

    The file is made when it does not exist. Stores on the same path in one process share
    one connection; another process is refused until the last of them is closed.

    Parameters
    ----------
    path
        The file, or ``":memory:"`` for a trial that is gone when it is closed.
    read_only
        Refuse every write; several processes may read one file so, while none writes.

    Raises
    ------
    StoreLockedError
        Another process holds the file; the message names it.
    StoreSchemaError
        A newer nbannotate wrote the file.
    StoreError
        The folder is missing, or the file is not DuckDB's.

    Examples
    --------
    >>> import nbannotate as nb
    >>> with nb.Store(":memory:") as store:
    ...     len(store.annotations())
    0
    """

    def __init__(
        self, path: str | os.PathLike[str] = "annotations.duckdb", *, read_only: bool = False
    ) -> None:
        file = registry.acquire(path, read_only=read_only)
        self._file = file
        self._read_only = read_only
        self._release = weakref.finalize(self, registry.release, file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        how = ", read_only=True" if self._read_only else ""
        return f"Store({self.path!r}{how})" + ("" if self._release.alive else " (closed)")

    @property
    def path(self) -> str:
        """The file's absolute path, or ``":memory:"``."""
        return self._file.database.path

    @property
    def models_path(self) -> Path | None:
        """Where models are saved, beside the file; None for a store in memory."""
        return None if self.path == ":memory:" else Path(self.path).with_suffix(".models")

    @property
    def read_only(self) -> bool:
        """Whether this store refuses to write."""
        return self._read_only

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return not self._release.alive

    def close(self) -> None:
        """Give the file back; the last store on it in this process closes it."""
        self._release()

    def append(self, answer: Answer) -> bool:
        """Write an answer to disk, once.

        Parameters
        ----------
        answer
            What is stored. With ``undoes`` it takes that answer back, with ``replaces`` it
            takes its place.

        Returns
        -------
        bool
            False when an answer of this ``answer_id`` is there already.

        Raises
        ------
        AnswerError
            The answer holds what cannot be stored: it is not valid Unicode or JSON.
        StoreError
            It could not be written. Appending it again is safe.
        """
        return self._writable().log.append(answer)

    def append_many(self, answers: Iterable[Answer]) -> int:
        """Write many answers in one transaction, and return how many were new.

        Parameters
        ----------
        answers
            In the order in which they were given; those already there are left out.
        """
        return self._writable().log.append_many(answers)

    def add_session(
        self,
        dataset: str,
        session_id: str,
        *,
        annotator: str,
        view: str,
        config: Mapping[str, Any] | None = None,
    ) -> None:
        """Record that a session was started, or started again.

        Parameters
        ----------
        dataset, session_id, annotator, view
            As in the session's answers.
        config
            JSON values; ``labels``, a list of str, is shown by `sessions`.
        """
        self._writable().log.add_session(
            dataset, session_id, annotator=annotator, view=view, config=config
        )

    def answers(
        self,
        dataset: str | Iterable[str] | None = None,
        *,
        after: int = 0,
        **filters: Unpack[Filters],
    ) -> list[Answer]:
        """Return the answers that stand, in the order in which they were stored.

        Parameters
        ----------
        dataset, filters
            See `annotations`.
        after
            Only those that were stored since `position` was this.
        """
        given = {"dataset": dataset, **filters}
        with self._reading() as connection:
            kept, values = condition(connection, given)
            columns = ", ".join(map(_quoted, READ_COLUMNS))
            query = (
                f"select {columns} from answer_log "
                f"where stands and seq > {int(after)} and {kept} order by seq"
            )
            return [from_row(row) for row in _run(connection, query, values).fetchall()]

    def replaced_by(self, answer_id: str) -> list[Answer]:
        """Return the answers whose place an answer took, directly or one after another.

        Parameters
        ----------
        answer_id
            The answer whose ``replaces`` is set.
        """
        columns = ", ".join(map(_quoted, READ_COLUMNS))
        query = f"""
            with root as (select place from replacements where answer_id = $id)
            select {columns} from answer_log
            where answer_id <> $id and answer_id in (
                select place from root
                union all select answer_id from replacements where place in (from root))
            order by seq"""
        with self._reading() as connection:
            return [
                from_row(row) for row in connection.execute(query, {"id": answer_id}).fetchall()
            ]

    def answered(
        self, dataset: str, annotator: str | None = None
    ) -> list[tuple[int, int, str, str]]:
        """Return what was answered: (input_hash, task_hash, view, answer), oldest first.

        Parameters
        ----------
        dataset
            The dataset.
        annotator
            Only this annotator's answers, None for everyone's.
        """
        with self._reading() as connection:
            kept, values = condition(connection, {"dataset": dataset, "annotator": annotator})
            query = (
                'select input_hash, task_hash, "view", answer from answer_log '
                f"where stands and {kept} order by seq"
            )
            found: list[tuple[int, int, str, str]] = connection.execute(query, values).fetchall()
            return found

    def annotations(
        self,
        dataset: str | Iterable[str] | None = None,
        *,
        history: bool = False,
        **filters: Unpack[Filters],
    ) -> pd.DataFrame:
        """Return one row per answer that stands, oldest first.

        Parameters
        ----------
        dataset, session_id, annotator, view, answer, model_version
            A str or several: rows with one of these.
        label
            A str or several: rows that ask about, choose or mark one of these labels.
        since, until
            From and up to (not including) a time: a datetime, a date or ISO 8601 text, UTC
            unless it has a zone. A date alone as ``until`` includes that day.
        where
            An SQL condition on the columns, such as ``"seconds < 2 and len(spans) > 1"``,
            or ``"flagged"``.
        history
            Also the answers that were taken back or replaced, told apart by the column
            ``stands``.

        Returns
        -------
        pandas.DataFrame
            Columns dataset, session_id, annotator, view, text, label, answer, spans (list
            of dict), accept (list of str), inputs (dict), relations (list of dict with head,
            child and label), score, why, model_version, seconds, created_at (UTC), flagged
            (bool), note, meta (dict), input_hash, task_hash, answer_id. Its ``attrs`` hold
            ``labels`` and ``relations`` in the order asked, by which `nbannotate.show` colours.

        Raises
        ------
        FilterError
            An unknown filter, or one that cannot mean anything.

        Examples
        --------
        >>> import nbannotate as nb
        >>> with nb.Store(":memory:") as store:
        ...     store.annotations("drugs", answer=["accept", "reject"], since="2026-11-01").empty
        True
        """
        given = {"dataset": dataset, **filters}
        columns = [*ANNOTATION_COLUMNS, *(["stands"] if history else [])]
        with self._reading() as connection:
            kept, values = condition(connection, given)
            query = (
                f"select {', '.join(map(_column, columns))} from answer_log "
                f"where {'true' if history else 'stands'} and {kept} order by seq"
            )
            rows = _run(connection, query, values).fetchall()
            asked = labels_asked(connection, {row[0] for row in rows})
        frame = to_frame(columns, rows)
        frame.attrs.update(asked)
        return frame

    def spans(
        self, dataset: str | Iterable[str] | None = None, **filters: Unpack[Filters]
    ) -> pd.DataFrame:
        """Return one row per span of the answers that stand, oldest answer first.

        Parameters
        ----------
        dataset, filters
            As for `annotations`; ``label`` and ``where`` are about the span's row.

        Returns
        -------
        pandas.DataFrame
            Columns dataset, session_id, annotator, view, answer, start, end (character
            offsets, end exclusive), text (of the span), label, score, suggested (whether
            the model had suggested just this span), model_version, created_at (UTC),
            input_hash, task_hash, answer_id.
        """
        given = {"dataset": dataset, **filters}
        with self._reading() as connection:
            kept, values = condition(connection, given, of_parts=True)
            query = f"select {_SPAN_COLUMNS} from spans where {kept}"
            result = _run(connection, query, values)
            return to_frame(_names(result), result.fetchall())

    def relations(
        self, dataset: str | Iterable[str] | None = None, **filters: Unpack[Filters]
    ) -> pd.DataFrame:
        """Return one row per relation of the answers that stand, oldest answer first.

        Parameters
        ----------
        dataset, filters
            As for `annotations`; ``label`` and ``where`` are about the relation's row.

        Returns
        -------
        pandas.DataFrame
            Columns dataset, session_id, annotator, view, answer, label, and of the spans that
            it leads from and to head_start, head_end (character offsets, end exclusive),
            head_text, head_label, child_start, child_end, child_text, child_label;
            created_at (UTC), input_hash, task_hash, answer_id.
        """
        given = {"dataset": dataset, **filters}
        with self._reading() as connection:
            kept, values = condition(connection, given, of_parts=True)
            result = _run(connection, f"select * from relations where {kept}", values)
            return to_frame(_names(result), result.fetchall())

    def sql(
        self, query: str, parameters: Sequence[Any] | Mapping[str, Any] | None = None
    ) -> pd.DataFrame:
        """Run one SELECT on the store.

        Parameters
        ----------
        query
            DuckDB's SQL on the views annotations, spans, relations, labels, sessions, examples and
            the tables answers, session_starts, model_versions. Times are UTC without a zone.
        parameters
            Values for ``?`` (a list) or ``$name`` (a dict).

        Raises
        ------
        FilterError
            The query is not one statement that reads, or DuckDB cannot run it.

        Examples
        --------
        >>> import nbannotate as nb
        >>> with nb.Store(":memory:") as store:
        ...     store.sql("select count(*) as n from annotations where answer = ?", ["accept"])
           n
        0  0
        """
        with self._reading() as connection:
            statement = reading_statement(connection, query)
            return _run(connection, statement, parameters).df()

    def datasets(self) -> pd.DataFrame:
        """Return one row per dataset: how many answers, texts, sessions, annotators, and when."""
        return self._frame("select * from datasets order by dataset")

    def sessions(self) -> pd.DataFrame:
        """Return one row per session: who, what, when, and how many answers that stand."""
        return self._frame("select * from sessions order by started_at, dataset, session_id")

    def position(self) -> int:
        """Return where the log of answers ends now; see ``after`` of `answers`."""
        with self._reading() as connection:
            last = connection.execute("select coalesce(max(seq), 0) from answers").fetchall()
        return int(last[0][0])

    def starts(self, dataset: str, annotator: str, view: str) -> list[dict[str, Any]]:
        """Return the configurations of one annotator's sessions, oldest first.

        Each holds ``session_id`` and ``started_at`` (UTC) beside what was recorded.
        """
        query = (
            "select session_id, started_at, config from session_starts "
            'where dataset = ? and annotator = ? and "view" = ? order by started_at, rowid'
        )
        with self._reading() as connection:
            rows = connection.execute(query, [dataset, annotator, view]).fetchall()
        return [
            {**json.loads(config), "session_id": session_id, "started_at": started_at}
            for session_id, started_at, config in rows
        ]

    def session_config(self, dataset: str, session_id: str) -> dict[str, Any]:
        """Return the configuration of a session's latest start, empty when there is none."""
        query = (
            "select config from session_starts where dataset = ? and session_id = ? "
            "order by started_at desc, rowid desc limit 1"
        )
        with self._reading() as connection:
            rows = connection.execute(query, [dataset, session_id]).fetchall()
        return dict(json.loads(rows[0][0])) if rows else {}

    def backup(self, path: str | os.PathLike[str]) -> str:
        """Write a copy of this moment's state while the store is in use; return its path.

        Parameters
        ----------
        path
            Where the copy goes; nothing may be there yet.

        Raises
        ------
        StoreError
            The path exists or cannot be written.
        """
        target = Path(path).expanduser().resolve()
        backup.copy_to(self._open().database, target)
        return str(target)

    def checkpoint(self) -> None:
        """Move the write-ahead log (``<file>.wal``) into the file: 3 to 20 ms.

        Nothing is safer on disk for it; the file alone is then complete.
        """
        self._writable().database.checkpoint()

    def _open(self) -> registry.OpenFile:
        if self.closed:
            raise StoreError(f"this store on {self.path} is closed; open it with nb.Store(path)")
        return self._file

    def _writable(self) -> registry.OpenFile:
        if self._read_only:
            raise StoreError(
                f"this store on {self.path} was opened with read_only=True; open it with "
                "nb.Store(path) to write to it"
            )
        return self._open()

    def _reading(self) -> AbstractContextManager[DuckDBPyConnection]:
        return self._open().database.reading()

    def _frame(self, query: str) -> pd.DataFrame:
        with self._reading() as connection:
            result = connection.execute(query)
            return to_frame(_names(result), result.fetchall())


def _column(name: str) -> str:
    """Name a column of answer_log; spans come as JSON text, read faster than structs."""
    if name in ("spans", "accept", "relations"):
        return f"cast(payload->'{name}' as varchar)"
    return _quoted(name)


def _quoted(name: str) -> str:
    return f'"{name}"'


def _names(result: DuckDBPyConnection) -> list[str]:
    return [column[0] for column in result.description or ()]


def _run(connection: DuckDBPyConnection, query: Any, values: Any) -> DuckDBPyConnection:
    """Run a query that a user had a hand in: what is wrong with it is a `FilterError`."""
    import duckdb

    wrong = (duckdb.ProgrammingError, duckdb.DataError, duckdb.PermissionException)
    try:
        return connection.execute(query, values)
    except (*wrong, duckdb.NotSupportedError, duckdb.TransactionException) as error:
        raise FilterError(f"DuckDB cannot run this query: {error}") from error
