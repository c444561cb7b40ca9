"""What was answered can be taken back, found again and changed; the log only ever grows.

It keeps one thing true: a changed answer counts as one given just now, in the store, in the
history and in the model, so that a restart makes the same of the log.
"""

from __future__ import annotations

import threading
from abc import abstractmethod
from collections.abc import Mapping
from time import monotonic
from typing import Any, Unpack, cast

from nbannotate.errors import AnswerError, StaleTaskError
from nbannotate.session.given_tasks import GivenTasks
from nbannotate.session.history import History
from nbannotate.session.identity import Identity, taken_back
from nbannotate.session.model_in_loop import ModelInLoop
from nbannotate.session.progress import Phase
from nbannotate.session.questions import Questions
from nbannotate.tasks import Answer, Parts, Task, View, names_parts, part_of

FOUND_AT_MOST = 50


class Revisable(ModelInLoop):
    """What a session does with answers that were given before."""

    _ready: threading.Condition
    _history: History
    _identity: Identity
    _phase: Phase
    _questions: Questions | GivenTasks
    _shown_at: float
    view: View

    @abstractmethod
    def tokens(self, task: Task) -> list[tuple[int, int]]:
        """Return the character offsets of a task's tokens."""

    @abstractmethod
    def _as_shown(self, task: Task) -> Task:
        """Return a task with all that the page shows of it now."""

    @abstractmethod
    def _advance(self) -> None:
        """Go on to the next task."""

    @property
    def history(self) -> list[Answer]:
        """This session's answers that stand, oldest first."""
        with self._lock:
            return self._history.answers

    def search(self, words: str = "", *, limit: int = FOUND_AT_MOST) -> list[Answer]:
        """Return this session's latest answers that hold all of some words, newest first.

        Parameters
        ----------
        words
            Each is looked for, whatever its case, in the text, the labels, the note and
            the answer; ``"flagged"`` finds those that are.
        limit
            At most so many are returned.

        Examples
        --------
        >>> import nbannotate as nb
        >>> session = nb.textcat.manual(
        ...     ["Charged twice", "Flat tyre"], labels=["A", "B"], store=":memory:", nlp=False
        ... ).session
        >>> for label in ("A", "B"):
        ...     _ = session.answer("accept", accept=label)
        >>> [answer.text for answer in session.search("TYRE")]
        ['Flat tyre']
        >>> session.close()
        """
        with self._lock:
            return self._history.search(words.split(), limit)

    def recall(self, answer_id: str) -> tuple[Task, Answer]:
        """Return an answer of this session that stands, and the task it was given to.

        Raises
        ------
        AnswerError
            If there is none of this id.
        """
        with self._lock:
            known = self._history.entry(answer_id)
            if known is None:
                raise AnswerError(
                    f"no answer of this session that stands has the id {answer_id!r}; "
                    "session.history lists those that do"
                )
            task, answer = known
            return self._as_shown(task), answer

    @names_parts
    def change(
        self,
        answer_id: str,
        answer: str,
        *,
        flagged: bool | None = None,
        note: str | None = None,
        new_id: str | None = None,
        seconds: float | None = None,
        **parts: Unpack[Parts],
    ) -> Answer:
        """Answer an earlier task anew; the model forgets the former answer and learns this.

        The former answer's row stays in the log and stands no more. The task that is shown
        stays.

        Parameters
        ----------
        answer_id
            The former answer, one of `history`.
        answer
            As in `Session.answer`.
        flagged, note
            None leaves them as they were; an empty note takes it away.
        new_id
            The identity of the changed answer; one that was stored before is not stored again.
        seconds
            Time that the change took, None where it is not known.
        **parts
            ``spans``, ``accept``, ``inputs``, ``relations``, as in `Session.answer`; those that
            are not given stay as they were.

        Returns
        -------
        Answer
            As it is on disk, with ``replaces`` set.

        Raises
        ------
        AnswerError, LabelError, SpanError
            If there is no such answer, or the new one does not fit; nothing is stored.
        SessionClosedError
            If the session is closed.
        StoreError
            If it could not be written; the former answer then stands.

        Examples
        --------
        >>> import nbannotate as nb
        >>> session = nb.textcat.manual(
        ...     ["Charged twice"], labels=["A", "B"], store=":memory:", nlp=False
        ... ).session
        >>> first = session.answer("accept", accept="B")
        >>> session.change(first.answer_id, "accept", accept="A").accept
        ('A',)
        >>> [answer.accept for answer in session.history]
        [('A',)]
        >>> session.close()
        """
        with self._ready:
            self._check_open()
            known = self._history.find(new_id)
            if known is not None:
                return known
            task, former = self.recall(answer_id)
            changed = self._signed(
                task,
                answer,
                self._with_former(parts, former, answer),
                answer_id=new_id,
                seconds=seconds,
                flagged=former.flagged if flagged is None else flagged,
                note=former.note if note is None else note,
                replaces=former.answer_id,
            )
            if not self.store.append(changed):
                raise StaleTaskError(
                    f"answer {new_id!r} was stored before and stands no more; nothing was "
                    "stored: change it under an id of its own"
                )
            self._put_in_place(task, former, changed)
            if self._phase == "finished":
                self._advance()
        self._listeners.tell("task")
        return changed

    def undo(self) -> Answer | None:
        """Take back the last answer: in the store, on the page and in the model.

        One that was changed is taken back with all that it was before.

        Returns
        -------
        Answer or None
            The answer that was taken back, None if there is none left.

        Raises
        ------
        SessionClosedError
            If the session is closed.
        StoreError
            If it could not be written; the answer then stands.
        """
        with self._ready:
            self._check_open()
            if self._history.last is None:
                return None
            task, answer = self._history.last
            if answer.replaces is None:
                self.store.append(taken_back(answer))
            else:
                former = self.store.replaced_by(answer.answer_id)
                self.store.append_many([taken_back(each) for each in (answer, *former)])
            self._history.remove(answer.answer_id)
            self._questions.take_back(answer)
            self._lineup.step_back(task)
            self._phase = "asking"
            self._shown_at = monotonic()
            if self._thread is not None:
                self._thread.unlearn(self._taught_by(answer))
            self._ready.notify_all()
        self._listeners.tell("task")
        return answer

    def _taught_by(self, answer: Answer) -> Answer:
        """Return what the model in the loop learns of an answer."""
        return part_of(answer, self.view.component)

    def _signed(self, task: Task, answer: str, parts: Parts, **about: Any) -> Answer:
        """Check an answer to a task, and return it as it is to be stored."""
        settled = self.view.settle(task, answer, tokens=self.tokens(task), **parts)
        return self._identity.sign(
            self.view.asked(task, settled),
            settled,
            labels_by_view=self.view.labels_by_view,
            **about,
        )

    def _with_former(self, parts: Parts, former: Answer, answer: str) -> Parts:
        """Return the parts of a changed answer with those of the former that it does not give."""
        kept: dict[str, Any] = {**self.view.say_again(former)}
        if answer != "accept" or former.answer != "accept":
            kept.pop("accept", None)
        given = {name: part for name, part in parts.items() if part is not None}
        if isinstance(given.get("inputs"), Mapping):
            given["inputs"] = {**kept.get("inputs", {}), **cast("Any", given["inputs"])}
        return cast("Parts", kept | given)

    def _put_in_place(self, task: Task, former: Answer, changed: Answer) -> None:
        """Let the changed answer count instead of the former one."""
        self._history.remove(former.answer_id)
        self._history.push(task, changed)
        self._questions.take_back(former)
        self._questions.note(changed)
        if self._thread is not None:
            self._thread.unlearn(self._taught_by(former))
            self._thread.learn(self._taught_by(changed))
