"""What the model's thread is asked to do, beside learning and choosing."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from nbannotate.learning import CanMend, Learner


@dataclass(frozen=True, slots=True)
class Call:
    """A function to be called on the model's thread, with the model unless it needs none."""

    function: Callable[[Any], Any]
    future: Future[Any]
    changes_model: bool
    needs_model: bool = True


def mend(learner: Learner) -> None:
    """Mend what others broke in a learner, if it can be mended."""
    if isinstance(learner, CanMend):
        learner.mend()
