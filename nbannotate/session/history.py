"""What this session has answered so far, and how well the model foresaw it."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import islice

import numpy as np

from nbannotate.session.estimates import Estimate, Outlook, estimates
from nbannotate.session.foresight import foreseen
from nbannotate.session.progress import Progress
from nbannotate.tasks import Answer, Task, labels_given, part_of


class History:
    """The answers of a session that stand, oldest first; the session's lock guards it.

    Parameters
    ----------
    exclusive
        Of labels on a text, exactly one applies.
    told
        An answer as the annotator may know it: by that it is counted and found.
    component
        What the model in the loop learns to foresee of each answer.
    """

    def __init__(
        self,
        *,
        exclusive: bool,
        told: Callable[[Answer], Answer] = lambda answer: answer,
        component: str | None = None,
    ) -> None:
        self._told = told
        self._component = component
        self._answered: list[tuple[Task, Answer]] = []
        self._by_id: dict[str, Answer] = {}
        self._counts: Counter[str] = Counter()
        self._foresight = Foresight(exclusive=exclusive)

    def __len__(self) -> int:
        """Return how many answers stand."""
        return len(self._answered)

    @property
    def answers(self) -> list[Answer]:
        """The answers, oldest first."""
        return [answer for _, answer in self._answered]

    @property
    def last(self) -> tuple[Task, Answer] | None:
        """The last task and its answer, None if there is none."""
        return self._answered[-1] if self._answered else None

    def progress(self, *, remaining: int | None, target: int | None) -> Progress:
        """Return how far the session has come; see `Progress`."""
        live_accuracy, outlook = self._foresight.estimates
        return Progress(
            answered=len(self),
            remaining=remaining,
            target=target,
            accuracy=self._foresight.accuracy,
            counts=dict(+self._counts),
            live_accuracy=live_accuracy,
            outlook=outlook,
        )

    def find(self, answer_id: str | None) -> Answer | None:
        """Return the answer of this id, None if it is not among those that stand."""
        return self._by_id.get(answer_id) if answer_id is not None else None

    def push(self, task: Task, answer: Answer) -> None:
        """Add an answer."""
        self._answered.append((task, answer))
        self._by_id[answer.answer_id] = answer
        self._counts.update(labels_given(self._told(answer)))
        self._foresight.push(part_of(answer, self._component))

    def remove(self, answer_id: str) -> None:
        """Take an answer out, most often the last one."""
        at = self._position(answer_id)
        _, answer = self._answered.pop(at)
        del self._by_id[answer_id]
        self._counts.subtract(labels_given(self._told(answer)))
        self._foresight.remove(at)

    def entry(self, answer_id: str) -> tuple[Task, Answer] | None:
        """Return the answer of this id with its task, None if it is not among those that stand."""
        return self._answered[self._position(answer_id)] if answer_id in self._by_id else None

    def why_stale(self, task_hash: int, shown: Task) -> str:
        """Say why a task that is not the one shown takes no answer."""
        now = f"nothing was stored: answer the text that is shown now, {shown.text[:40]!r}"
        for task, answer in reversed(self._answered):
            if task.task_hash == task_hash:
                return (
                    f"{task.text[:40]!r} was answered elsewhere meanwhile ({answer.answer}); "
                    f"{now}, or change that answer: ann.session.change({answer.answer_id!r}, …)"
                )
        return f"the answer is for another text than the one shown; {now}"

    def search(self, words: Sequence[str], limit: int) -> list[Answer]:
        """Return up to ``limit`` answers that hold all of these words, newest first."""
        wanted = [word.casefold() for word in words]
        found = (
            answer
            for _, answer in reversed(self._answered)
            if all(word in _words_of(self._told(answer)) for word in wanted)
        )
        return list(islice(found, limit))

    def _position(self, answer_id: str) -> int:
        at = len(self._answered) - 1
        while self._answered[at][1].answer_id != answer_id:
            at -= 1
        return at


class Foresight:
    """What the model foresaw of each answer: a few bytes an answer, read when asked for.

    Parameters
    ----------
    exclusive
        Of labels on a text, exactly one applies.
    """

    def __init__(self, *, exclusive: bool) -> None:
        self._exclusive = exclusive
        self._right = array("d")
        self._possible = array("d")
        self._by_chance = array("d")
        self._estimates: tuple[Estimate | None, Outlook | None] | None = None

    def push(self, answer: Answer) -> None:
        """Add an answer."""
        right, possible, by_chance = foreseen(answer, exclusive=self._exclusive)
        self._right.append(right)
        self._possible.append(possible)
        self._by_chance.append(by_chance)
        self._estimates = None

    def remove(self, at: int) -> None:
        """Take out the answer at this position."""
        for column in (self._right, self._possible, self._by_chance):
            column.pop(at)
        self._estimates = None

    @property
    def accuracy(self) -> float | None:
        """The share of right suggestions, in [0, 1], None before there was one."""
        possible = float(np.sum(self._possible))
        return float(np.sum(self._right)) / possible if possible else None

    @property
    def estimates(self) -> tuple[Estimate | None, Outlook | None]:
        """How good the model is now, and what the next answers are expected to bring.

        Fitted once after each answer, when first asked for; each is None before there are
        enough answers.
        """
        if self._estimates is None:
            columns = (self._right, self._possible, self._by_chance)
            self._estimates = estimates(*(np.array(column) for column in columns))
        return self._estimates


def _words_of(answer: Answer) -> str:
    """Return all that an answer can be found by, without regard to case."""
    labels = [*answer.accept, *(span.label for span in answer.spans)]
    flag = "flagged" if answer.flagged else ""
    written = (answer.note or "", *answer.inputs.values())
    parts = (answer.text, answer.answer, answer.label or "", *labels, *written, flag)
    return "\n".join(parts).casefold()
