"""What a user may run on the store: one statement that reads.

Two fences, either of which is enough for an honest mistake: the statement's kind is
checked before it runs, and it runs in a read-only transaction on an instance that cannot
open other files. What this keeps true: no text from a cell or a filter changes the log.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbannotate.errors import FilterError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, Statement

_READING = ("SELECT", "EXPLAIN")


def reading_statement(connection: DuckDBPyConnection, query: str) -> Statement:
    """Parse a query and return its one statement.

    Parameters
    ----------
    connection
        Any connection; nothing is run on it.
    query
        One SELECT (or WITH, FROM, VALUES, DESCRIBE, SHOW, SUMMARIZE, EXPLAIN) in DuckDB's SQL.

    Raises
    ------
    FilterError
        The text is not SQL, or not exactly one statement that reads.
    """
    statements = _parsed(connection, query, query)
    if len(statements) != 1:
        raise FilterError(f"sql() runs exactly one statement, not {len(statements)}: {query!r}")
    if statements[0].type.name not in _READING:
        raise FilterError(
            f"sql() reads only: a {statements[0].type.name} statement is not allowed, use SELECT "
            "(or WITH, DESCRIBE, SHOW, EXPLAIN). Answers are written by store.append()"
        )
    return statements[0]


def check_condition(connection: DuckDBPyConnection, condition: str) -> None:
    """Refuse a ``where`` that is not one SQL expression.

    Parameters
    ----------
    connection
        Any connection; nothing is run on it.
    condition
        What stands after WHERE, such as ``"session_id like 'alice%'"``.

    Raises
    ------
    FilterError
        The text is empty, no expression, more than one, or has parameters.
    """
    if not condition.strip():
        raise FilterError(
            f"where={condition!r}: give one SQL condition, such as \"session_id like 'alice%'\""
        )
    # Text that closes one kind of bracket to escape cannot also fit in the other kind.
    for opening, closing in ("()", "[]"):
        query = f"select {opening}\n{condition}\n{closing} is not null"
        statements = _parsed(connection, query, condition)
        if len(statements) != 1 or statements[0].type.name != "SELECT":
            raise FilterError(f"where={condition!r}: give one SQL condition, not a statement")
        if statements[0].named_parameters:
            raise FilterError(
                f"where={condition!r} has parameters; write the values in it, or use "
                "store.sql(query, parameters)"
            )


def _parsed(connection: DuckDBPyConnection, query: str, given: str) -> list[Statement]:
    import duckdb

    try:
        return connection.extract_statements(query)
    except duckdb.Error as error:
        raise FilterError(f"{given!r} is not SQL that DuckDB can read: {error}") from error
