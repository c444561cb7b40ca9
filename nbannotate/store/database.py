"""One DuckDB instance on one file: its connections, its lock, its recovery.

What it keeps true: one writer at a time, each read on a connection of its own inside a
read-only transaction, and no write to a file that is no longer the one at its path. An
instance that DuckDB gave up (a full disk does that) is opened anew at the next call.
"""

from __future__ import annotations

import contextlib
import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from nbannotate.errors import NbannotateError, StoreError
from nbannotate.store.lock import FileLock, locked_error
from nbannotate.store.schema import migrate

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY = ":memory:"
INTERRUPTED = "Query interrupted"

# A file written with DuckDB 2 stays readable with 1.5.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
    "storage_compatibility_version": "v1.5.0",
}
_READERS_TIMEOUT_SECONDS = 30.0


class Database:
    """A DuckDB file held open for this process.

    Parameters
    ----------
    path
        The file's real path, or ``":memory:"``.
    read_only
        Refuse every write; other processes may read at the same time.

    Raises
    ------
    StoreLockedError
        Another process holds the file.
    StoreSchemaError
        A newer nbannotate wrote the file.
    StoreError
        The file cannot be opened for another reason, which the message gives.
    """

    def __init__(self, path: str, *, read_only: bool = False) -> None:
        self.path = path
        self.read_only = read_only
        self._process = os.getpid()
        self._writing = threading.RLock()
        self._state = threading.Condition()
        self._readers = 0
        self._broken = self._unclean = self._closed = False
        self._lock = FileLock(path)
        self._inode: tuple[int, int] | None = None
        if not self.in_memory:
            self._check_path()
            self._lock.acquire(shared=read_only)
        try:
            self._connect()
        except BaseException:
            self._lock.release()
            raise

    @property
    def in_memory(self) -> bool:
        """Whether nothing of this database is ever on disk."""
        return self.path == MEMORY

    @property
    def is_lost(self) -> bool:
        """Whether the file was deleted or replaced since it was opened."""
        return self._inode is not None and self._inode != _inode(self.path)

    @contextlib.contextmanager
    def writing(self) -> Iterator[DuckDBPyConnection]:
        """Hold the one write connection, clean and on the right file.

        Raises
        ------
        StoreError
            The store is closed or read-only, or its file was deleted or replaced.
        """
        with self._writing:
            if self.read_only:
                raise StoreError(
                    f"{self.path} was opened with read_only=True; open it with "
                    "nb.Store(path) to write to it"
                )
            self._check_usable()
            if self._unclean:
                with contextlib.suppress(Exception):
                    self._writer.execute("rollback")
            self._unclean = True
            with self._explained():
                try:
                    yield self._writer
                except BaseException:
                    with contextlib.suppress(Exception):
                        self._writer.execute("rollback")
                    raise
            self._unclean = False

    @contextlib.contextmanager
    def reading(self) -> Iterator[DuckDBPyConnection]:
        """Hold a fresh connection in a read-only transaction, closed at the end."""
        with self._writing:
            self._check_usable(for_write=False)
            with self._state, self._explained():
                cursor = self._root.cursor()
                self._readers += 1
        try:
            with self._explained():
                cursor.execute("begin transaction read only")
                yield cursor
        finally:
            cursor.close()
            with self._state:
                self._readers -= 1
                self._state.notify_all()

    def checkpoint(self) -> None:
        """Move what the write-ahead log holds into the file itself."""
        with self.writing() as connection:
            connection.execute("checkpoint")

    def close(self) -> None:
        """Checkpoint, close the file and let other processes have it."""
        with self._writing:
            # A forked child must leave the parent's file, log and lock alone.
            if self._closed or self._process != os.getpid():
                return
            if not (self.read_only or self.in_memory or self._broken or self.is_lost):
                with contextlib.suppress(StoreError):
                    self.checkpoint()
            self._closed = True
            self._disconnect()
            self._lock.release()

    def _connect(self) -> None:
        import duckdb

        with explained(self.path):
            self._root = duckdb.connect(self.path, read_only=self.read_only, config=_CONFIG)
            try:
                self._root.execute("set lock_configuration = true")
                if migrate(self._root, self.path, read_only=self.read_only):
                    self._root.execute("checkpoint")
            except BaseException:
                self._root.close()
                raise
            self._writer = self._root.cursor()
            self._inode = None if self.in_memory else _inode(self.path)

    def _disconnect(self) -> None:
        with self._state:
            self._state.wait_for(lambda: self._readers == 0, _READERS_TIMEOUT_SECONDS)
            for connection in (self._writer, self._root):
                with contextlib.suppress(Exception):
                    connection.close()

    def _check_usable(self, *, for_write: bool = True) -> None:
        if self._closed:
            raise StoreError(f"{self.path} is closed; open it again with nb.Store(path)")
        if self._process != os.getpid():
            raise StoreError(
                f"{self.path} was opened by process {self._process}, of which this one is a "
                "fork; open it in one of the two only"
            )
        if (for_write or self._broken) and self.is_lost:
            raise StoreError(
                f"{self.path} was deleted or replaced while it was open; nothing was written. "
                "Put the file back, or save what this kernel still holds with "
                "store.backup('rescued.duckdb'), then open the store again"
            )
        if self._broken:
            self._disconnect()
            self._connect()
            self._broken = self._unclean = False

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        import duckdb

        try:
            with explained(self.path):
                yield
        except StoreError as error:
            cause = error.__cause__
            if isinstance(cause, (duckdb.FatalException, duckdb.InternalException)) or (
                "database has been invalidated" in str(cause)
            ):
                self._broken = True
            raise

    def _check_path(self) -> None:
        path = Path(self.path)
        if not path.parent.is_dir():
            raise StoreError(f"{path}: there is no folder {path.parent}; make it first")
        if path.is_dir():
            raise StoreError(f"{self.path} is a folder; give the name of a file in it")
        log = Path(f"{path}.wal")
        if not path.exists() and log.exists() and log.stat().st_size:
            raise StoreError(
                f"{path} is gone but {log.name} beside it still holds its latest answers, which "
                "a new file would wipe out. Put the file back, or delete that log as well"
            )
        if self.read_only and not path.exists():
            raise StoreError(
                f"{self.path} does not exist; without read_only=True it would be created"
            )


@contextlib.contextmanager
def explained(path: str) -> Iterator[None]:
    """Turn DuckDB's errors about a file into a `StoreError` that says what to do.

    Parameters
    ----------
    path
        The file, for the message.
    """
    import duckdb

    try:
        yield
    except NbannotateError:
        raise
    except duckdb.Error as error:
        raise _store_error(path, error) from error
    except RuntimeError as error:
        # How DuckDB reports the kernel's interrupt; a cell that is stopped must stop.
        if str(error) != INTERRUPTED:
            raise
        raise KeyboardInterrupt(INTERRUPTED) from error


def _store_error(path: str, error: Exception) -> StoreError:
    reason = str(error).strip()
    if "Could not set lock" in reason or "being used by another process" in reason:
        found = re.search(r"PID (\d+)", reason)
        return locked_error(path, {"pid": found.group(1)} if found else {})
    if "not a valid DuckDB database file" in reason:
        return StoreError(
            f"{path} is not a DuckDB file; give another name, or delete it if it is empty"
        )
    if "different configuration" in reason:
        return StoreError(
            f"{path} is open in this kernel already, through duckdb.connect() or another "
            "read_only; close that connection first. store.sql() runs any SELECT on it"
        )
    if "No space left" in reason or "File too large" in reason:
        return StoreError(
            f"{path}: the disk is full and this was not written. Free some space and try "
            "again: the store recovers by itself, and nothing written before is lost"
        )
    if "newer version" in reason:
        return StoreError(f"{path} needs a newer DuckDB (pip install -U duckdb): {reason}")
    return StoreError(f"{path}: {reason}")


def _inode(path: str) -> tuple[int, int] | None:
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
