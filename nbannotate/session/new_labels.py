"""How a model takes a label while the loop runs, whatever kind of learner it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nbannotate.errors import PipelineError
from nbannotate.learning import Learner, TakesLabels, UnmadeLearner


@dataclass(frozen=True, slots=True)
class NewLabel:
    """A label that the model takes after the answers that were given without it."""

    label: str


def check_takes_labels(learner: Learner | UnmadeLearner) -> None:
    """Raise if a model cannot take labels midway; one that is yet to be made can.

    Raises
    ------
    PipelineError
        If it is a learner of the user's own that has no method for it.
    """
    if not isinstance(learner, (TakesLabels, UnmadeLearner)) and not hasattr(learner, "add_label"):
        raise PipelineError(
            f"the learner {type(learner).__name__} cannot take a label midway; give it a method "
            "add_label(label) that keeps what it has learned, or start its recipe again with "
            "the label added to labels=[…]"
        )


def take_label(learner: Any, label: str, progress: Callable[[int, int], None]) -> Learner:
    """Return the learner that knows the label as well: this one, or one built anew."""
    if label in learner.labels:
        known: Learner = learner
        return known
    if isinstance(learner, TakesLabels):
        return learner.with_label(label, progress)
    learner.add_label(label)
    taught: Learner = learner
    return taught
