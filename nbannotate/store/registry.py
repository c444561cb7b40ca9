"""Which files are open in this process.

A notebook runs the cell that opens its store again and again, and DuckDB lets a process
have one instance per file. What this keeps true: all stores on one path share one
`Database` and one `AnswerLog`, and the last to go closes the file.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field
from pathlib import Path

from nbannotate.errors import StoreError
from nbannotate.store.database import MEMORY, Database
from nbannotate.store.log import AnswerLog


@dataclass(eq=False)
class OpenFile:
    """A database with its log, the number of stores that use it, and models asked for."""

    database: Database
    log: AnswerLog = field(init=False)
    users: int = 0
    models_asked_for: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.log = AnswerLog(self.database)


_files: dict[str, OpenFile] = {}
_lock = threading.RLock()


def acquire(path: str | os.PathLike[str], *, read_only: bool) -> OpenFile:
    """Open a file, or share the instance that this process has of it.

    Parameters
    ----------
    path
        A DuckDB file, which need not exist, or ``":memory:"`` for one of its own.
    read_only
        Open for reading. A file already open for writing is shared all the same.
    """
    if os.fspath(path) == MEMORY:
        return OpenFile(Database(MEMORY), users=1)
    real = str(Path(path).expanduser().resolve())
    with _lock:
        shared = _files.get(real)
        if shared is not None and shared.database.is_lost:
            _close(real)
            shared = None
        if shared is not None and shared.database.read_only and not read_only:
            raise StoreError(
                f"{real} is open in this kernel with read_only=True; close that store first"
            )
        if shared is None:
            shared = _files[real] = OpenFile(Database(real, read_only=read_only))
        shared.users += 1
        return shared


def release(file: OpenFile) -> None:
    """Give one use of a file back; the last use closes it."""
    with _lock:
        file.users -= 1
        if file.users > 0:
            return
        if _files.get(file.database.path) is file:
            _close(file.database.path)
        else:
            file.database.close()


def _close(path: str) -> None:
    _files.pop(path).database.close()
