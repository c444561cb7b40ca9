"""What the loop asks of a learner, and no more.

Any model that can be wrapped in these methods can sit in the loop; `RefitLearner` makes
them of two functions. What is in no method of `Learner` is optional. The one law: `predict`
never changes the model, and learning is a function of the seed and of the answers in
their order, so that a learner can always be rebuilt from the store.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from nbannotate.errors import PipelineError
from nbannotate.tasks.prediction import Prediction
from nbannotate.tasks.records import Answer

if TYPE_CHECKING:
    from spacy.language import Language

__all__ = [
    "CanMend",
    "GivesWay",
    "HasPipeline",
    "Interrupted",
    "KeepsSnapshots",
    "Learner",
    "Prediction",
    "Predictor",
    "Progress",
    "TakesLabels",
    "copy_nlp_of",
    "takes_updates",
    "texts_at_once",
]

Progress = Callable[[int, int], None]
"""Called with (answers done, answers in all)."""


class Interrupted(Exception):  # noqa: N818 - nothing went wrong
    """Raised by `GivesWay.between_steps` to end an update early, without a trace."""


class Predictor(Protocol):
    """What questions are chosen by."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that predictions may carry."""

    @property
    def learned(self) -> int:
        """How many answers the model has been taught."""

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        """Return one prediction per text, without changing the model."""


@runtime_checkable
class Learner(Predictor, Protocol):
    """A model that is asked for predictions and taught by answers.

    A learner belongs to one thread at a time. The answers it is given are those that
    stand, oldest first; one that is ignored is never among them.
    """

    def update(self, answers: Sequence[Answer]) -> None:
        """Learn from new answers, replaying earlier ones."""

    def forget(self, answer: Answer) -> None:
        """Make the model the one that never saw an answer."""

    def remember(self, answers: Sequence[Answer]) -> None:
        """Replay these answers beside later ones; they need not be learned now."""

    def rebuild(self, answers: Sequence[Answer], progress: Progress | None = None) -> None:
        """Make the model the one that saw exactly these answers, in their order; maybe none."""


@runtime_checkable
class HasPipeline(Protocol):
    """A learner on a spaCy pipeline: ``ann.nlp`` and ``ann.save`` work, tokens are its own."""

    nlp: Language

    def copy_nlp(self) -> Language:
        """Return a copy of the pipeline that shares nothing with the learner's."""


@runtime_checkable
class KeepsSnapshots(Protocol):
    """A learner that can be taken up from disk after a restart."""

    def save_snapshot(self, folder: Path) -> None:
        """Write the model and what it has learned to a folder."""

    def rebuild(
        self,
        answers: Sequence[Answer],
        progress: Progress | None = None,
        snapshots: Path | None = None,
        remembered: Sequence[Answer] = (),
    ) -> None:
        """As `Learner.rebuild`, from the folder's snapshot where it fits.

        Parameters
        ----------
        answers, progress
            As in `Learner.rebuild`.
        snapshots
            The folder.
        remembered
            Answers that are in the base model already; they are replayed only.
        """


@runtime_checkable
class GivesWay(Protocol):
    """A learner that lets others go first between the steps of an update.

    What ``between_steps`` raises ends the update: the model is then the one before it.
    """

    between_steps: Callable[[], None] | None


@runtime_checkable
class TakesLabels(Protocol):
    """A learner that can be asked for one more label."""

    def with_label(self, label: str, progress: Progress | None = None) -> Learner:
        """Return the learner that knows the label as well and all that this one has learned.

        It may be this learner itself, or one that was built anew meanwhile. If it raises,
        this one is as it was.
        """


@runtime_checkable
class CanMend(Protocol):
    """A learner that can mend what others broke in it."""

    def mend(self) -> None:
        """Make the model whole again, with all that it has learned."""


def copy_nlp_of(learner: Learner) -> Language:
    """Return a copy of a learner's pipeline.

    Raises
    ------
    PipelineError
        If it has none.
    """
    if not hasattr(learner, "copy_nlp"):
        raise PipelineError(
            f"the model in the loop is a {type(learner).__name__}, which has no spaCy pipeline "
            "to call, copy or save; keep the learner that you gave to the recipe in a variable "
            "and ask it for its model (learner.model of an nb.RefitLearner)"
        )
    copy: Language = learner.copy_nlp()
    return copy


def takes_updates(learner: Predictor) -> bool:
    """Return whether a learner learns at all; one that does not says ``learns = False``."""
    return bool(getattr(learner, "learns", True))


def texts_at_once(learner: Predictor | None) -> int | None:
    """Return how many texts to read for a choice, None for as many as are wanted.

    A learner that is slow to predict, or dear, says it with an attribute ``window``; it is
    then given the same few texts until they are answered.
    """
    window: int | None = getattr(learner, "window", None)
    return window
