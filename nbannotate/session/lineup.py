"""The line-up: the task shown, the one promised to follow it, and those at hand behind.

A promise is kept: the page may paint the promised task before it hears from the kernel,
so only an undo or a change of model ever puts another task in between.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from nbannotate.tasks import Task


class Lineup:
    """Holds the tasks that are next; not thread-safe, the session's lock guards it.

    Parameters
    ----------
    is_askable
        Whether a task that was chosen a while ago may still be asked.
    as_shown
        Returns a task with all that the page shows of it.
    """

    def __init__(
        self, is_askable: Callable[[Task], bool], as_shown: Callable[[Task], Task]
    ) -> None:
        self.shown: Task | None = None
        self.ahead: Task | None = None
        self._at_hand: deque[Task] = deque()
        self._is_askable = is_askable
        self._as_shown = as_shown

    @property
    def on_page(self) -> set[int]:
        """The task hashes that the page may be showing."""
        return {task.task_hash for task in (self.shown, self.ahead) if task is not None}

    def advance(self) -> None:
        """Show the promised task, or else the best at hand; none is shown if there is none."""
        self.shown, self.ahead = self.ahead or self._take(), None

    def step_back(self, task: Task) -> None:
        """Show an earlier task again; those that were next come after it."""
        for later in (self.ahead, self.shown):
            if later is not None:
                self._at_hand.appendleft(later)
        self.shown, self.ahead = self._as_shown(task), None
        self.promise()

    def offer(self, tasks: Iterable[Task]) -> None:
        """Replace the tasks at hand; what is shown or promised stays."""
        on_page = self.on_page
        self._at_hand = deque(task for task in tasks if task.task_hash not in on_page)
        self.keep()

    def keep(self) -> None:
        """Go on with the tasks at hand."""
        if self.shown is None:
            self.shown = self._take()
        self.promise()

    def retract(self) -> None:
        """Take the promise back, and what is at hand; the page must be told its new state."""
        self.ahead = None
        self._at_hand.clear()

    def pass_over(self) -> None:
        """Promise another task, where the promised one may not be asked any more."""
        if self.ahead is not None and not self._is_askable(self.ahead):
            self.ahead = None
        self.promise()

    def renew(self) -> None:
        """Show the tasks on the page as they are shown now; which ones they are stays."""
        if self.shown is not None:
            self.shown = self._as_shown(self.shown)
        if self.ahead is not None:
            self.ahead = self._as_shown(self.ahead)

    def promise(self) -> None:
        """Promise the best task at hand, unless one is promised already.

        It is never about the text shown: the answer to that may settle it.
        """
        if self.ahead is None and self.shown is not None:
            self.ahead = self._take(other_than=self.shown.input_hash)

    def _take(self, other_than: int | None = None) -> Task | None:
        """Take the first task at hand that may still be asked, of another text if one is given."""
        self._at_hand = deque(filter(self._is_askable, self._at_hand))
        for task in self._at_hand:
            if task.input_hash != other_than:
                self._at_hand.remove(task)
                return self._as_shown(task)
        return None
