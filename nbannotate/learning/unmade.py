"""A learner that is yet to be made: to make one takes longer than to ask the first question.

It keeps one thing true: what it says before it is made is what a model says that was taught
nothing, so that the first question can be chosen by it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nbannotate.learning.protocol import Learner
from nbannotate.tasks.components import Component
from nbannotate.tasks.prediction import Prediction


@dataclass(frozen=True, slots=True)
class UnmadeLearner:
    """Predicts as the blank learner that it stands for.

    Parameters
    ----------
    make
        Makes the learner; called on the thread that will own it.
    component
        What it is to learn: of spans it finds none, of labels it is equally unsure.
    labels
        The labels that predictions carry.
    exclusive
        Whether exactly one of the labels applies.

    Examples
    --------
    >>> from nbannotate.learning import make_learner
    >>> unmade = UnmadeLearner(
    ...     lambda: make_learner("textcat", labels=["a", "b"]), "textcat", ("a", "b")
    ... )
    >>> unmade.predict(["Hello"]) == unmade.make().predict(["Hello"])
    True
    """

    make: Callable[[], Learner]
    component: Component
    labels: tuple[str, ...]
    exclusive: bool = True

    @property
    def learned(self) -> int:
        """How many answers it has been taught: none."""
        return 0

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        """Return one prediction per text, all alike."""
        if self.component != "textcat":
            return [Prediction() for _ in texts]
        is_choice = self.exclusive and len(self.labels) > 1
        probability = 1 / len(self.labels) if is_choice else 0.5
        return [Prediction(cats=dict.fromkeys(self.labels, probability)) for _ in texts]
