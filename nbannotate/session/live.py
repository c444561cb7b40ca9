"""Which sessions are live in this kernel, so that a cell that is run again takes over.

Without this, each run of a recipe's cell would leave a model thread behind, and two
pages could ask the same questions.
"""

from __future__ import annotations

import atexit
import threading
from typing import Protocol
from weakref import WeakSet, WeakValueDictionary


class Closable(Protocol):
    """A session, as far as this page is concerned."""

    def close(self, reason: str = ...) -> None:
        """Stop asking."""


_lock = threading.Lock()
_by_key: WeakValueDictionary[tuple[str, ...], Closable] = WeakValueDictionary()
_all: WeakSet[Closable] = WeakSet()


def take_over(key: tuple[str, ...], session: Closable) -> None:
    """Register a session, and close the one that it supersedes."""
    with _lock:
        former = _by_key.get(key)
        _by_key[key] = session
        _all.add(session)
    # What is registered last is called first: while the model's thread still calculates, neither
    # spaCy's libraries may be finalized nor the store be closed.
    atexit.unregister(close_all)
    atexit.register(close_all)
    if former is not None and former is not session:
        former.close("continued by a newer cell")


def close_all() -> None:
    """Close every session that is still live."""
    for session in list(_all):
        session.close("the kernel has stopped")
