"""A copy of a store while it is open.

Rows are read in one transaction and written to a new file: copying the file itself would
drop DuckDB's lock on it, and the instance may not open other files. What this keeps true:
the copy is one moment's state, and it appears at its path only when it is complete.
"""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from nbannotate.errors import StoreError
from nbannotate.store.database import Database
from nbannotate.store.log import insert_rows

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_TABLES = ("answers", "session_starts", "model_versions")
_ROWS = 20_000


def copy_to(source: Database, path: Path) -> None:
    """Write everything a store holds to a new file.

    Parameters
    ----------
    source
        The open store; others may read and append meanwhile.
    path
        Where the copy goes; nothing may be there yet.

    Raises
    ------
    StoreError
        The path exists, or cannot be written.
    """
    if path.exists():
        raise StoreError(f"{path} exists; a backup never overwrites, give another name")
    if not path.parent.is_dir():
        raise StoreError(f"{path}: there is no folder {path.parent}; make it first")
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=path.parent) as scratch:
        partial = Path(scratch) / "copy.duckdb"
        target = Database(str(partial))
        with contextlib.closing(target), source.reading() as read, target.writing() as write:
            write.execute("begin")
            for table in _TABLES:
                _copy_table(read, write, table)
            write.execute("commit")
        if path.exists():
            raise StoreError(f"{path} appeared meanwhile; a backup never overwrites")
        partial.rename(path)


def _copy_table(read: DuckDBPyConnection, write: DuckDBPyConnection, table: str) -> None:
    types = [row[1] for row in read.execute(f"describe {table}").fetchall()]
    result = read.execute(f"select * from {table}")
    while rows := result.fetchmany(_ROWS):
        insert_rows(write, table, types, rows)
