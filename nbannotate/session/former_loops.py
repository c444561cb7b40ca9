"""Which learners were in a loop before: a second one does not begin with what they hold."""

from __future__ import annotations

from typing import Any
from weakref import WeakValueDictionary

_by_id: WeakValueDictionary[int, Any] = WeakValueDictionary()


def note_in_loop(learner: object) -> None:
    """Remember that a learner is in a loop, where it can be."""
    try:
        _by_id[id(learner)] = learner
    except TypeError:  # a class with slots and no weak references
        return


def was_in_loop(learner: object) -> bool:
    """Return whether a learner is known to have been in a loop."""
    return _by_id.get(id(learner)) is learner
