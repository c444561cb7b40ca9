"""Tasks that are made when they are about to be asked, because making one takes a model's time.

It keeps one thing true: what is asked, and in which order, does not depend on when it is made.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Container, Iterable, Sequence

from nbannotate.learning import Predictor
from nbannotate.session.given_tasks import GivenTasks
from nbannotate.tasks import Answer, SourceText, Task

Make = Callable[[Sequence[SourceText]], Sequence[Task | None]]
"""Makes the tasks of some texts, None of a text about which there is nothing to ask."""

NEEDED = 2
"""Tasks without which the page would have to wait: the one shown, and the one promised."""

READY = 16
"""Tasks that are made ahead, in the background."""

AT_ONCE = 8
"""Texts that are made into tasks at once: pipelines are faster so."""

logger = logging.getLogger("nbannotate")


class TasksOnDemand(GivenTasks):
    """Asks about texts in their order; their tasks are made a few at a time.

    Parameters
    ----------
    texts
        In the order in which they are asked.
    make
        Makes their tasks. What it raises of the first texts is raised; later ones of which it
        raises are left out, and are in `failures`.
    recall
        Returns the task that an answer was given to.
    """

    def __init__(
        self, texts: Iterable[SourceText], make: Make, recall: Callable[[Answer], Task]
    ) -> None:
        super().__init__(())
        self._make = make
        self._recalled = recall
        self._unread = deque(texts)
        self._made: deque[Task] = deque()
        self._reading = threading.Lock()
        self._in_background: threading.Thread | None = None
        self._answered: set[int] = set()
        self.n_looked_at = 0
        self.n_without = 0
        self.failures: dict[str, str] = {}
        self._read()

    @property
    def remaining(self) -> int | None:
        """How many tasks are open, None while there are texts that were not looked at."""
        self._take_in()
        return None if self._unread or self._reading.locked() else len(self._open)

    def recall(self, answer: Answer, labels: tuple[str, ...]) -> Task:
        """Return the task that an answer was given to, by what the answer recalls of it."""
        if answer.task_hash not in self._by_hash:
            self._by_hash[answer.task_hash] = self._recalled(answer)
        return super().recall(answer, labels)

    def note(self, answer: Answer) -> None:
        """Take note of an answer: its task is not asked, whenever it is made."""
        self._answered.add(answer.task_hash)
        super().note(answer)

    def take_back(self, answer: Answer) -> None:
        """Undo what `note` did for an answer: its task is the next that is asked."""
        self._answered.discard(answer.task_hash)
        super().take_back(answer)

    def choose(
        self, learner: Predictor | None, *, without: Container[int], version: str | None
    ) -> list[Task]:
        """Return the next open tasks, made by now; it waits only where there are too few."""
        self._take_in()
        while self._unread and self._n_open_without(without) < NEEDED:
            self._read()
            self._take_in()
        if self._unread and len(self._open) < READY and not self._is_reading:
            self._in_background = threading.Thread(target=self._read_ahead, daemon=True)
            self._in_background.start()
        return super().choose(learner, without=without, version=version)

    def _n_open_without(self, without: Container[int]) -> int:
        return sum(task_hash not in without for task_hash in self._open)

    @property
    def _is_reading(self) -> bool:
        return self._in_background is not None and self._in_background.is_alive()

    def _read_ahead(self) -> None:
        while self._unread and len(self._open) + len(self._made) < READY:
            self._read()

    def _read(self) -> None:
        """Make the tasks of the next texts; whoever is at it is waited for."""
        with self._reading:
            texts = [self._unread.popleft() for _ in range(min(AT_ONCE, len(self._unread)))]
            tasks = list(self._tasks(texts))
            self.n_looked_at += len(texts)
            for task in tasks:
                if task is None:
                    self.n_without += 1
                else:
                    self._made.append(task)

    def _tasks(self, texts: Sequence[SourceText]) -> Iterable[Task | None]:
        """Return the tasks of texts, one by one where one of them raises."""
        is_first = not self._made and not self._by_hash and not self.n_without
        try:
            return self._make(texts)
        except Exception as error:
            if is_first:
                raise
            if len(texts) > 1:
                return [task for text in texts for task in self._tasks([text])]
            logger.exception("a text is left out of what is asked: %s", texts[0].text[:60])
            self.failures[texts[0].text] = f"{type(error).__name__}: {error}"
            return []

    def _take_in(self) -> None:
        """Let what was made be asked, in the order of the texts."""
        while self._made:
            task = self._made.popleft()
            known = self._by_hash.setdefault(task.task_hash, task)
            if task.task_hash not in self._answered and task.task_hash not in self._open:
                self._open[task.task_hash] = known
                self.n_open_by_why[task.why] += 1
