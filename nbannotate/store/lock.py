"""One process at a time: the sidecar file that says who holds a store.

DuckDB's own lock is dropped when any other code in the process closes the file (a
`shutil.copy` is enough), and then a second notebook's rows vanish. What this keeps true:
a `flock` on ``<file>.lock`` is held for as long as the store is open, whatever else
happens to the DuckDB file.

Where there is no `flock` (Windows, some network drives) DuckDB's own lock is all there is.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nbannotate.errors import StoreLockedError

try:
    import fcntl
except ImportError:  # Windows
    HAS_FLOCK = False
else:
    HAS_FLOCK = True

REMEDY = (
    "DuckDB lets one process at a time open a file, so read_only=True does not help while "
    "another one writes. Close it there: store.close(), or shut that kernel down. To look "
    "at the answers meanwhile, run store.backup('copy.duckdb') there and open the copy here."
)


class FileLock:
    """An advisory lock beside a file: one writer, or any number of readers.

    Parameters
    ----------
    path
        The file to guard; the lock is ``<path>.lock``.

    Examples
    --------
    >>> import tempfile
    >>> lock = FileLock(tempfile.mkdtemp() + "/answers.duckdb")
    >>> lock.acquire()
    >>> lock.release()
    """

    def __init__(self, path: str) -> None:
        self._guarded = path
        self._path = f"{path}.lock"
        self._descriptor: int | None = None
        self._shared = False

    def acquire(self, *, shared: bool = False) -> None:
        """Take the lock and write into it who holds it.

        Parameters
        ----------
        shared
            Let other readers in: for a store opened with ``read_only=True``.

        Raises
        ------
        StoreLockedError
            Another process holds it; the message names the file and the process.
        """
        while HAS_FLOCK and self._descriptor is None:
            try:
                descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            except OSError:
                return  # a folder that cannot be written: DuckDB's own lock remains
            if self._hold(descriptor, shared):
                self._descriptor, self._shared = descriptor, shared
                self._sign(descriptor)

    def release(self) -> None:
        """Give the lock back; does nothing when it is not held."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is None:
            return
        if not self._shared and _is_same_file(descriptor, self._path):
            Path(self._path).unlink()
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)

    def _hold(self, descriptor: int, shared: bool) -> bool:
        """Lock the open file; False when it was unlinked meanwhile and must be opened anew."""
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _read_holder(descriptor)
            os.close(descriptor)
            raise locked_error(self._guarded, holder) from None
        except OSError:
            return True  # a drive without flock
        if _is_same_file(descriptor, self._path):
            return True
        os.close(descriptor)
        return False

    def _sign(self, descriptor: int) -> None:
        holder = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        with contextlib.suppress(OSError):  # a full disk: the lock holds without a name in it
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, json.dumps(holder).encode(), 0)


def locked_error(path: str, holder: dict[str, Any]) -> StoreLockedError:
    """Build the error that names the file and whoever holds it.

    Parameters
    ----------
    path
        The DuckDB file.
    holder
        What is known of the process: ``pid``, ``host``, ``since``; may be empty.
    """
    who = f"process {holder['pid']}" if "pid" in holder else "another process"
    where = f" on {holder['host']}" if "host" in holder else ""
    since = f" since {holder['since']}" if "since" in holder else ""
    return StoreLockedError(f"{path} is open in {who}{where}{since}. {REMEDY}")


def _read_holder(descriptor: int) -> dict[str, Any]:
    try:
        holder = json.loads(os.pread(descriptor, 4096, 0))
    except (OSError, ValueError):
        return {}
    return holder if isinstance(holder, dict) else {}


def _is_same_file(descriptor: int, path: str) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), Path(path).stat())
    except OSError:
        return False
