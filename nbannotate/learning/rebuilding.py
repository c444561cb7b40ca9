"""How a learner comes to be again: from stored answers, a snapshot, or with one more label.

One thing is kept true: however it came to be, the model is the one that learned the same
answers one by one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbannotate.errors import PipelineError
from nbannotate.learning.checkpoints import Checkpoint, KeptCheckpoints
from nbannotate.learning.pipelines import copy_pipeline, put_back
from nbannotate.learning.protocol import GivesWay, Progress
from nbannotate.learning.snapshots import (
    fingerprint,
    read_contents,
    read_snapshot,
    write_snapshot,
)
from nbannotate.tasks.records import Answer

if TYPE_CHECKING:
    from spacy.language import Language
    from thinc.api import Optimizer


class Rebuildable(ABC):
    """The part of a learner that makes it anew; `SpacyLearner` is the other part."""

    component: str
    ways_back: tuple[int, ...] = (8, 64)
    """How many answers back there is a snapshot too, about."""
    name: str
    nlp: Language
    pipe: Any
    between_steps: Callable[[], None] | None = None
    remake: Callable[[Language, Sequence[str]], Rebuildable] | None = None
    _labels: tuple[str, ...]
    _exclusive: bool
    _budget: Any
    _seed: int
    _base: Checkpoint
    _optimizer: Optimizer
    _part: tuple[str, Any]
    _remembered: list[Answer]
    _kept: KeptCheckpoints
    _updates: list[tuple[Answer, ...]]

    @abstractmethod
    def update(self, answers: Sequence[Answer]) -> None:
        """Learn from new answers, replaying earlier ones."""

    @abstractmethod
    def remember(self, answers: Sequence[Answer]) -> None:
        """Replay these answers beside later ones."""

    @abstractmethod
    def checkpoint(self) -> Checkpoint:
        """Return a copy of the weights and of the optimizer's state."""

    @abstractmethod
    def restore(self, checkpoint: Checkpoint) -> None:
        """Put back weights and optimizer."""

    def _own_settings(self) -> tuple[object, ...]:
        """Return what else, beside the settings of every learner, decides what is learned."""
        return ()

    @abstractmethod
    def is_finite(self) -> bool:
        """Whether every weight is a number."""

    @abstractmethod
    def _start_over(self) -> None:
        """Make the model the one at the start."""

    @abstractmethod
    def _grow_for(self, answers: Sequence[Answer] | None) -> None:
        """Take the labels that these answers were asked with."""

    @abstractmethod
    def _recall(self, updates: Sequence[tuple[Answer, ...]]) -> None:
        """Make the evidence that of these updates."""

    @abstractmethod
    def _relearn(
        self, updates: Sequence[tuple[Answer, ...]], progress: Progress | None = None
    ) -> None:
        """Start over and learn these."""

    def rebuild(
        self,
        answers: Sequence[Answer],
        progress: Progress | None = None,
        snapshots: Path | None = None,
        remembered: Sequence[Answer] = (),
    ) -> None:
        """Make the model the one that saw exactly these answers, one update each.

        Parameters
        ----------
        answers
            Oldest first.
        progress
            Called after each answer with (answers done, answers in all).
        snapshots
            The folder that `save_snapshot` wrote to; answers in a snapshot that fits are
            not learned anew.
        remembered
            Answers that the base model has seen; they are replayed, not learned.
        """
        self._remembered = list(remembered)
        self._start_over()
        begun = self._resume(answers, snapshots) if snapshots is not None else 0
        self._learn_in_order([(answer,) for answer in answers], progress, begun=begun)

    def _learn_in_order(
        self,
        updates: Sequence[tuple[Answer, ...]],
        progress: Progress | None = None,
        *,
        begun: int = 0,
    ) -> None:
        """Learn updates of which the first ones are learned already."""
        for done, answers in enumerate(updates[begun:], start=begun + 1):
            self._grow_for(answers)
            self.update(answers)
            if progress is not None:
                progress(done, len(updates))
        self._grow_for(None)

    def with_label(self, label: str, progress: Progress | None = None) -> Rebuildable:
        """Return a new learner that knows one more label, and has learned the same answers.

        Parameters
        ----------
        label
            A label that it does not know.
        progress
            Called after each answer with (answers done, answers in all).

        Raises
        ------
        PipelineError
            If it was not made by `make_learner`.
        """
        if self.remake is None:
            raise PipelineError(
                f"this {type(self).__name__} cannot take the label {label!r}: it was not made "
                "by make_learner(), which says how to make it anew"
            )
        learner = self.remake(self._copy_of_base(), (*self._labels, label))
        if isinstance(learner, GivesWay):
            learner.between_steps = self.between_steps
        learner.remember(self._remembered)
        learner._learn_in_order(self._updates, progress)  # noqa: SLF001  one of its own kind
        return learner

    def mend(self) -> None:
        """Make the model whole again after it was broken from outside.

        A component that was taken out of the pipeline is put back, and weights that are no
        numbers are learned anew.
        """
        factory, config = self._part
        put_back(self.nlp, self.name, self.pipe, factory=factory, config=config)
        if not self.is_finite():
            self._relearn(list(self._updates))

    def save_snapshot(self, folder: Path) -> None:
        """Write the model and what it has learned to a folder, for `rebuild`.

        A few states from before are written too, so that undo is quick after a restart.
        """
        if any(len(update) != 1 for update in self._updates):
            return
        n_learned = len(self._updates)
        states = {self._fingerprint: (n_learned, self.checkpoint())}
        for back in self.ways_back:
            if (found := self._kept.latest(n_learned - back)) is not None:
                states[self._before(back)] = found
        for name, (n_before, checkpoint) in states.items():
            contents = {
                "learned": [update[0].answer_id for update in self._updates[:n_before]],
                "remembered": [answer.answer_id for answer in self._remembered],
                "labels": list(self._labels),
            }
            write_snapshot(folder, name, self.pipe.model, checkpoint, contents)

    def _before(self, back: int) -> str:
        return f"{self._fingerprint}-{back}"

    def _resume(self, answers: Sequence[Answer], folder: Path) -> int:
        """Take up the last snapshot that holds the first of these answers; return how many."""
        fitting = self._fitting(answers, folder)
        for n_learned, (name, labels) in sorted(fitting.items()):
            known = self._labels
            self._grow_for(answers[:n_learned])
            if self._labels != known:
                self._kept.clear()  # what was learned from there on was learned without a label
            if labels != list(self._labels):
                continue
            checkpoint = read_snapshot(folder, name, self.pipe.model)
            if checkpoint is not None:
                self._kept.push(n_learned, checkpoint)
        last = self._kept.pop_latest(len(answers))
        if last is None or last[0] != max(fitting):
            self._start_over()
            return 0
        n_learned, checkpoint = last
        self.restore(checkpoint)
        self._recall([(answer,) for answer in answers[:n_learned]])
        return n_learned

    def _fitting(
        self, answers: Sequence[Answer], folder: Path
    ) -> dict[int, tuple[str, list[str]]]:
        """Return name and labels of the snapshots that hold the first answers, by how many."""
        ids = [answer.answer_id for answer in answers]
        remembered = [answer.answer_id for answer in self._remembered]
        fitting: dict[int, tuple[str, list[str]]] = {}
        for name in (*map(self._before, self.ways_back), self._fingerprint):
            contents = read_contents(folder, name)
            if contents is None or contents["remembered"] != remembered:
                continue
            learned = contents["learned"]
            if learned == ids[: len(learned)]:
                fitting[len(learned)] = name, contents["labels"]
        return fitting

    def _copy_of_base(self) -> Language:
        """Return a copy of the pipeline as it was at the start."""
        _ = self._fingerprint  # that of the start
        now = self.checkpoint()
        self._base.restore(self.pipe.model, self._optimizer)
        twin = copy_pipeline(self.nlp)
        self.restore(now)
        return twin

    @cached_property
    def _fingerprint(self) -> str:
        settings = (self.component, self._labels, self._exclusive, self._budget, self._seed)
        return fingerprint(self.pipe.model, self._base, *settings, *self._own_settings())
