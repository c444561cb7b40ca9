"""The loop of a reviewer: versions of a text are decided, agreed ones in one go.

It keeps one thing true: what is accepted in one go is taken back in one go.
"""

from __future__ import annotations

from itertools import takewhile
from typing import Any
from uuid import uuid4

from nbannotate.errors import AnswerError
from nbannotate.session.cases import Docket, batch_of, in_one_go, settle_agreed
from nbannotate.session.given_tasks import GivenTasks
from nbannotate.session.identity import taken_back
from nbannotate.session.session import Session
from nbannotate.tasks import PARTS, Answer, Parts, Settled, Task, leading


class ReviewSession(Session):
    """One reviewer's run through the versions of several annotators.

    Parameters
    ----------
    docket
        What is to be decided, and what is decided already.
    **keywords
        As for `Session`, which asks the docket's tasks.

    Examples
    --------
    >>> import nbannotate as nb
    >>> store = nb.Store(":memory:")
    >>> for who, label in [("alice", "A"), ("bob", "B")]:
    ...     ann = nb.textcat.manual(
    ...         ["Hi"], labels="A,B", dataset="d", store=store, annotator=who, nlp=False
    ...     )
    ...     _ = ann.session.answer("accept", accept=label)
    ...     ann.close()
    >>> session = nb.review(store, "d", reviewer="carol").session
    >>> session.answer("accept", version=1).accept
    ('B',)
    >>> session.close()
    """

    def __init__(self, *, docket: Docket, **keywords: Any) -> None:
        self._given = GivenTasks(docket.asked, docket.others, answered=docket.decided)
        super().__init__(tasks=self._given, **keywords)

    @property
    def n_agreed(self) -> int:
        """How many open tasks there are on which all versions agree."""
        with self._lock:
            return self._given.n_open_by_why["agreed"]

    @property
    def agreed(self) -> list[Task]:
        """The open tasks on which all versions agree: what `accept_agreed` would accept."""
        with self._lock:
            return [task for task in self._given if task.why == "agreed"]

    def answer(self, answer: str, *, version: int | None = None, **keywords: Any) -> Answer:
        """Decide the current task, and go on to the next.

        Parameters
        ----------
        answer
            ``"accept"``, ``"reject"`` or ``"ignore"``.
        version
            The place, from 0, of the version in ``session.task.versions`` that is right.
        **keywords
            As for `Session.answer`. ``spans``, ``accept``, ``inputs`` and ``relations`` say what
            is right, in the place of a version; without any of these, the version that more
            annotators gave than any other.

        Raises
        ------
        AnswerError
            If there is no such version, or none leads and none is named; nothing is stored.
        """
        given = [f"{name}=" for name in PARTS if keywords.get(name) is not None]
        if version is not None and given:
            said = " and ".join(given)
            raise AnswerError(f"version={version} and {said} were given; give one, not both")
        names_version = version is not None or (not given and answer == "accept")
        if names_version and self._history.find(keywords.get("answer_id")) is None:
            with self._ready:
                self._ready.wait_for(lambda: self._phase != "preparing")
                task = self._asked(keywords.get("task_hash"), keywords.get("question"))
            keywords |= {"task_hash": task.task_hash, **self._of_version(task, version, answer)}
        return super().answer(answer, **keywords)

    def _of_version(self, task: Task, place: int | None, answer: str) -> Parts:
        """Return the parts of the version at a place, by default of the one that leads."""
        if self.view.layout == "binary":
            if place is not None:
                raise AnswerError(
                    "version= was given to a yes-or-no question; answer('accept') or "
                    "answer('reject')"
                )
            return {}
        if place is None:
            chosen = leading(task.versions)
            if chosen is None or chosen.answer != "accept":
                raise AnswerError(
                    "no version of this text is accepted by more annotators than any other; "
                    "say which is right with version=0, or what is right with "
                    f"{self._allowed_parts}"
                )
        elif not 0 <= place < len(task.versions):
            raise AnswerError(
                f"version={place} is none of the {len(task.versions)} versions of this text; "
                f"give a number from 0 to {len(task.versions) - 1}"
            )
        else:
            chosen = task.versions[place]
        if answer == "accept" and chosen.answer != "accept":
            raise AnswerError(
                f"version={place} says {chosen.answer!r} of this text: answer({chosen.answer!r}), "
                f"or say what is right with {self._allowed_parts}"
            )
        return self.view.say_again(chosen)

    @property
    def _allowed_parts(self) -> str:
        return " and ".join(f"{name}=" for name in PARTS if name in self.view.takes)

    def accept_agreed(self) -> int:
        """Decide all open tasks on which the versions agree, as they agree.

        Returns
        -------
        int
            How many were decided; all are on disk, or none.

        Raises
        ------
        SessionClosedError
            If the session is closed.
        StoreError
            If they could not be written; then none is decided.
        """
        with self._ready:
            self._check_open()
            batch = uuid4().hex
            given = [
                (task, in_one_go(task, self._sign_agreed(task, settled), batch))
                for task in self.agreed
                if (settled := settle_agreed(self.view, task)) is not None
            ]
            self.store.append_many([answer for _, answer in given])
            for task, answer in given:
                self._history.push(task, answer)
                self._given.note(answer)
            if given:
                self._leave_answered()
        self._listeners.tell("task")
        return len(given)

    def undo(self) -> Answer | None:
        """Take back the last answer, or all that were given with it in one go."""
        with self._ready:
            together = self._given_at_once()
            if together:
                self._check_open()
                self.store.append_many([taken_back(answer) for answer in together])
                for answer in together:
                    self._history.remove(answer.answer_id)
                    self._given.take_back(answer)
                self._leave_answered()
        if not together:
            return super().undo()
        self._listeners.tell("task")
        return together[0]

    def _given_at_once(self) -> list[Answer]:
        """Return the last answer and those given with it in one go, newest first."""
        answers = self._history.answers[::-1]
        batch = batch_of(answers[0]) if answers else None
        return list(takewhile(lambda each: batch_of(each) == batch, answers)) if batch else []

    def _sign_agreed(self, task: Task, settled: Settled) -> Answer:
        return self._identity.sign(task, settled, answer_id=None, seconds=None)

    def _leave_answered(self) -> None:
        """Go on to a task that is open, where the one shown or promised is so no more."""
        self._lineup.retract()
        shown = self._lineup.shown
        if shown is not None and self._given.is_open(shown.task_hash):
            self._choose(None)
        else:
            self._advance()
