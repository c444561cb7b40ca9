"""What this session has answered so far, and how well the model foresaw it."""

from __future__ import annotations

from collections.abc import Mapping

from nbannotate.session.progress import Agreement
from nbannotate.tasks import Answer, Task


class History:
    """The answers of a session that stand, oldest first; the session's lock guards it."""

    def __init__(self) -> None:
        self._answered: list[tuple[Task, Answer]] = []
        self._by_id: dict[str, Answer] = {}
        self._agreement = Agreement()

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

    @property
    def accuracy(self) -> float | None:
        """How well suggestions agreed with the answers, in [0, 1]."""
        return self._agreement.accuracy

    @property
    def counts(self) -> Mapping[str, int]:
        """How often each label was given."""
        return dict(+self._agreement.counts)

    def find(self, answer_id: str | None) -> Answer | None:
        """Return the answer of this id, None if it is not among those that stand."""
        return self._by_id.get(answer_id) if answer_id is not None else None

    def push(self, task: Task, answer: Answer) -> None:
        """Add an answer."""
        self._answered.append((task, answer))
        self._by_id[answer.answer_id] = answer
        self._agreement.add(answer)

    def pop(self) -> None:
        """Take back the last answer."""
        _, answer = self._answered.pop()
        del self._by_id[answer.answer_id]
        self._agreement.remove(answer)
