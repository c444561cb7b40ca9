"""What the loop asks of a learner, and no more.

Any model that can be wrapped in these methods can sit in the loop. The one law: `predict`
never changes the model, and learning is a function of the seed and of the answers in
their order, so that a learner can always be rebuilt from the store.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from nbannotate.tasks.prediction import Prediction
from nbannotate.tasks.records import Answer

if TYPE_CHECKING:
    from spacy.language import Language

__all__ = ["Learner", "Prediction", "Progress"]

Progress = Callable[[int, int], None]
"""Called with (answers done, answers in all)."""


@runtime_checkable
class Learner(Protocol):
    """A model that is asked for predictions and taught by answers.

    A learner belongs to one thread at a time. The answers it is given are those that
    stand, oldest first.
    """

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that predictions may carry."""

    @property
    def learned(self) -> int:
        """How many answers the model has been taught."""

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        """Return one prediction per text, without changing the model."""

    def tokenize(self, text: str) -> list[tuple[int, int]]:
        """Return the character offsets of the tokens that are not whitespace."""

    def update(self, answers: Sequence[Answer]) -> None:
        """Learn from new answers, replaying earlier ones."""

    def forget(self, answer: Answer) -> None:
        """Make the model the one that never saw an answer."""

    def remember(self, answers: Sequence[Answer]) -> None:
        """Replay these answers beside later ones, without learning them now."""

    def rebuild(self, answers: Sequence[Answer], progress: Progress | None = None) -> None:
        """Make the model the one that saw exactly these answers, one update each."""

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
    ) -> None:
        """As `Learner.rebuild`, from the folder's snapshot where it fits."""
