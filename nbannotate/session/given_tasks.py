"""Tasks that were made beforehand, asked one after another.

It keeps one thing true: a task is open until it is answered, and open again when the
answer is taken back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator
from itertools import chain, islice

from nbannotate.learning import Predictor
from nbannotate.session.questions import QUESTIONS_AT_HAND
from nbannotate.tasks import Answer, Task, View, task_of, with_labels


class GivenTasks:
    """Asks the tasks it is given in their order; what `Questions` is to a pool of texts.

    Parameters
    ----------
    tasks
        The tasks, first those that are asked first.
    kept
        More tasks, which are not asked: their answers can be looked up and changed.
    answered
        The hashes of those that are answered already.
    """

    def __init__(
        self, tasks: Iterable[Task], kept: Iterable[Task] = (), *, answered: Iterable[int] = ()
    ) -> None:
        self._open = {task.task_hash: task for task in tasks}
        self._open_kept = {task.task_hash: task for task in kept}
        self._kept = frozenset(self._open_kept)
        self._by_hash = {**self._open_kept, **self._open}
        self.n_open_by_why = Counter(task.why for task in self._by_hash.values())
        for task_hash in answered:
            self._close(task_hash)

    def __iter__(self) -> Iterator[Task]:
        """Iterate over the tasks that are open, asked or not."""
        return chain(self._open.values(), self._open_kept.values())

    @property
    def remaining(self) -> int | None:
        """How many of the tasks that are asked are open, None where that is not known."""
        return len(self._open)

    def is_open(self, task_hash: int) -> bool:
        """Return whether a task is known, and no answer to it stands."""
        return task_hash in self._open or task_hash in self._open_kept

    def open_task(self, task_hash: int) -> Task | None:
        """Return an open task by its hash, None if there is none."""
        return self._open.get(task_hash) or self._open_kept.get(task_hash)

    def recall(self, answer: Answer, labels: tuple[str, ...]) -> Task:
        """Return the task that an answer was given to."""
        known = self._by_hash.get(answer.task_hash)
        return task_of(answer, labels) if known is None else with_labels(known, labels)

    def note(self, answer: Answer) -> None:
        """Take note of an answer: its task is not asked again, unless it is asked anew."""
        known = self._by_hash.get(answer.task_hash)
        if known is not None and known.supersedes != answer.answer_id:
            self._close(known.task_hash)

    def take_back(self, answer: Answer) -> None:
        """Undo what `note` did for an answer: its task is the next that is asked."""
        known = self._by_hash.get(answer.task_hash)
        if known is None or self.is_open(known.task_hash):
            return
        self.n_open_by_why[known.why] += 1
        if known.task_hash in self._kept:
            self._open_kept[known.task_hash] = known
        else:
            self._open = {known.task_hash: known, **self._open}

    def relabel(self, view: View, labels: tuple[str, ...]) -> None:
        """Ask with these labels; which tasks are open stays as it is."""

    def choose(
        self,
        learner: Predictor | None,  # noqa: ARG002 - what is asked is known beforehand
        *,
        without: Container[int],
        version: str | None,  # noqa: ARG002
    ) -> list[Task]:
        """Return the next open tasks, empty when none is left."""
        others = (task for task_hash, task in self._open.items() if task_hash not in without)
        return list(islice(others, QUESTIONS_AT_HAND))

    def is_askable(self, task: Task) -> bool:
        """Return whether a task may still be asked."""
        return self.is_open(task.task_hash)

    def _close(self, task_hash: int) -> None:
        closed = self._open.pop(task_hash, None) or self._open_kept.pop(task_hash, None)
        if closed is not None:
            self.n_open_by_why[closed.why] -= 1
