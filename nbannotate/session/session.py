"""The loop without the page: the next task, an answer, undo.

Three promises hold it together. An answer is returned only once it is on disk, and
nothing the model does can lose or delay it. The next task is there before it is needed.
The log of answers is the truth: the model can always be rebuilt from it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from time import monotonic
from typing import Any, Unpack

from nbannotate.acquisition import Acquisition
from nbannotate.acquisition.patterns import PatternMatcher
from nbannotate.errors import AnswerError, SessionClosedError, StaleTaskError
from nbannotate.learning import Learner, Predictor, UnmadeLearner
from nbannotate.pool import Pool
from nbannotate.session.asked_before import Question, asked_before
from nbannotate.session.given_tasks import GivenTasks
from nbannotate.session.history import History
from nbannotate.session.html import HtmlOf
from nbannotate.session.identity import Identity
from nbannotate.session.lineage import Line, Lineage
from nbannotate.session.lineup import Lineup
from nbannotate.session.listeners import Listener, Listeners
from nbannotate.session.live import take_over
from nbannotate.session.progress import Phase, Progress
from nbannotate.session.questions import Questions
from nbannotate.session.revisable import Revisable
from nbannotate.store import Store
from nbannotate.tasks import (
    Answer,
    Parts,
    Task,
    Unit,
    View,
    add_label,
    check_labels,
    graphemes,
    names_parts,
    with_labels,
)

Tokenize = Callable[[str], list[tuple[int, int]]]


class Session(Revisable):
    """One annotator's run through a pool of texts, with or without a model.

    Parameters
    ----------
    store
        Where answers go.
    view
        How texts are asked about.
    labels
        The labels that answers may use.
    pool
        The texts, or a function of the session that returns them.
    tokenize
        Returns the character offsets of a text's tokens; called on any thread.
    dataset
        The name that the answers are kept under.
    session_id, annotator
        By default ``<annotator>-<start time>`` and the system's user. A session that is
        named again goes on where it was.
    learner
        The model in the loop, None for none. One that is yet to be made must have nothing to
        learn from the store: the first question is asked before it is there.
    line
        Where the learner begins, from `Lineage.find`; by default it learns every answer.
    strategy
        A query strategy's name, a function, or ``"auto"``.
    patterns
        Finds spans by the user's rules.
    seed
        Seeds every random choice.
    target
        The number of answers aimed for.
    learn_from
        Filters of the stored answers that the model is rebuilt from, beside the session's own;
        by default all.
    config
        Written into the store's record of the session.
    tasks
        What is asked, where that is known beforehand; by default it is chosen from the pool.
    html
        Makes what is shown of a task beside its text, None for nothing.
    by
        What spans begin and end with: tokens, or characters as a reader sees them, which
        need no ``tokenize``.

    Raises
    ------
    StoreError
        If the start of the session cannot be written.

    Examples
    --------
    >>> import nbannotate as nb
    >>> session = nb.textcat.manual(
    ...     ["I was charged twice", "The brake is loose"],
    ...     labels=["payment", "hardware"],
    ...     store=":memory:",
    ...     nlp=False,
    ... ).session
    >>> session.task.text
    'I was charged twice'
    >>> session.answer("accept", accept=["payment"]).label
    'payment'
    >>> session.progress.answered
    1
    >>> session.close()
    """

    def __init__(
        self,
        *,
        store: Store,
        view: View,
        labels: tuple[str, ...],
        pool: Pool | Callable[[Session], Pool],
        tokenize: Tokenize,
        dataset: str,
        session_id: str | None = None,
        annotator: str | None = None,
        learner: Learner | UnmadeLearner | None = None,
        line: Line | None = None,
        strategy: Any = "auto",
        patterns: PatternMatcher | None = None,
        seed: int = 0,
        target: int | None = None,
        learn_from: Mapping[str, Any] | None = None,
        config: Mapping[str, Any] | None = None,
        tasks: GivenTasks | None = None,
        html: HtmlOf | None = None,
        by: Unit = "token",
    ) -> None:
        self._lock = threading.RLock()
        self._ready = threading.Condition(self._lock)
        self.store = store
        self.view = view
        self.labels = labels
        self._identity = Identity.of(dataset, session_id, annotator)
        self.dataset = self._identity.dataset
        self.session_id = self._identity.session_id
        self.annotator = self._identity.annotator
        self.target, self.by, self.html = target, by, html
        self._tokenize = graphemes if by == "character" else tokenize
        self._lineage = Lineage.of(
            store, dataset, session_id, annotator, view, learn_from=learn_from, config=config
        )
        self._lineage.line = line or Line()
        self._listeners = Listeners()
        self._phase: Phase = "preparing"
        self._close_reason: str | None = None
        self._shown_at = monotonic()
        self._history = History(exclusive=view.exclusive, told=view.told, component=view.component)
        self._thread = None
        self.pool = pool(self) if callable(pool) else pool
        asking = Acquisition(strategy, view.layouts[0], exclusive=view.exclusive)
        self._questions = tasks or Questions(
            view, labels, self.pool, asking, patterns, seed, tokenize=self._tokenize, by=by
        )
        self._lineup = Lineup(self._questions.is_askable, self._as_shown)

        in_file = store.path if store.path != ":memory:" else f"memory {id(store)}"
        take_over((in_file, self.dataset, view.name, self._identity.takes_over), self)
        self._lineage.start(self.session_id, labels)
        self._resume()
        if learner is None:
            self._choose(None)
        else:
            self._start_model(learner, self._lineage.latest_version() or "base")

    @property
    def task(self) -> Task | None:
        """The task now shown, None at the end; waits while the first is prepared."""
        with self._ready:
            self._ready.wait_for(lambda: self._phase != "preparing")
            return self._lineup.shown

    @property
    def ahead(self) -> Task | None:
        """The task that is promised to follow the one now shown, None if not yet chosen."""
        with self._lock:
            return self._lineup.ahead

    @property
    def shown(self) -> Task | None:
        """The task now shown, None at the end or while one is prepared; never waits."""
        with self._lock:
            return self._lineup.shown

    @property
    def phase(self) -> Phase:
        """``"preparing"``, ``"asking"``, ``"paused"``, ``"finished"`` or ``"closed"``.

        ``"paused"``: texts are open, but only the paused model knows what to ask of them.
        """
        with self._lock:
            return self._phase

    def tokens(self, task: Task) -> list[tuple[int, int]]:
        """Return the character offsets of a task's tokens, shape (n_tokens, 2)."""
        return self._tokenize(task.text)

    @names_parts
    def answer(
        self,
        answer: str,
        *,
        task_hash: int | None = None,
        answer_id: str | None = None,
        seconds: float | None = None,
        flagged: bool = False,
        note: str | None = None,
        question: Question | None = None,
        **parts: Unpack[Parts],
    ) -> Answer:
        """Store the answer to the current task, and go on to the next.

        Parameters
        ----------
        answer
            ``"accept"``, ``"reject"`` or ``"ignore"``.
        task_hash
            The task that is answered, refused if it is no longer current.
        answer_id
            The answer's identity; one that was stored before is not stored again.
        seconds
            Time that the annotator took; by default measured here.
        flagged
            Mark it to be looked at again: ``store.annotations(where="flagged")``.
        note
            What is to be kept in writing beside it.
        question
            With ``task_hash``: what was asked by an earlier kernel, so that the answer is taken
            though another text is current, as long as its own is open.
        **parts
            ``spans``, for a spans view: the spans that stand; None accepts the suggestions.
            For a yes or no about a span: all spans of the text, stored as a correction.
            ``accept``, for a choice view: the labels chosen. ``inputs``, for an input view:
            what was written, by the field's name. ``relations``, for a relations view: the
            relations that stand, their ends among ``spans``.

        Returns
        -------
        Answer
            As it is on disk.

        Raises
        ------
        StaleTaskError
            If ``task_hash`` is not the current task's; nothing is stored.
        AnswerError
            If the answer does not fit the view, or there is no task.
        LabelError, SpanError
            If a label or a span cannot be used; nothing is stored.
        SessionClosedError
            If the session is closed.
        StoreError
            If the answer could not be written; the task stays current.
        TypeError
            If there is no part of a name; nothing is stored.
        """
        with self._ready:
            self._ready.wait_for(lambda: self._phase != "preparing")
            known = self._history.find(answer_id)
            if known is not None:
                return known
            task = self._asked(task_hash, question)
            stored = self._signed(
                task,
                answer,
                parts,
                answer_id=answer_id,
                seconds=monotonic() - self._shown_at if seconds is None else float(seconds),
                flagged=flagged,
                note=note,
                replaces=task.supersedes,
            )
            if not self.store.append(stored):
                raise StaleTaskError(
                    f"answer {answer_id!r} was stored before and taken back since; nothing was "
                    "stored: answer the task that is shown now, under an id of its own"
                )
            if (former := self._history.find(task.supersedes)) is not None:
                self._history.remove(former.answer_id)
            self._history.push(task, stored)
            self._questions.note(stored)
            if self._thread is not None:
                self._thread.learn(self._taught_by(stored))
            self._leave(task)
        self._listeners.tell("task")
        return stored

    def add_label(self, label: str, *, view: str | None = None) -> None:
        """Ask for one more label from now on; nothing that was answered or learned is lost.

        Answers given before say nothing of it, unless exactly one label applies and one was
        chosen: that one excludes it.

        Parameters
        ----------
        label
            A name that no label of the session has yet.
        view
            On a page of several views, the one that it is added to; by default the one that
            the model follows.

        Raises
        ------
        LabelError
            If it is empty, padded with space, no string, or one of the labels already, or no
            view of the page that takes labels has that name.
        PipelineError
            If a learner of one's own cannot take it.
        SessionClosedError
            If the session is closed.
        StoreError
            If it could not be written; then nothing has changed.
        """
        with self._ready:
            self._check_open()
            labels = check_labels((*self.labels, label))
            widened = add_label(self.view, label, to=view)
            is_of_model = not self.view.parts or widened.leading != self.view.leading
            learner = self._thread if is_of_model else None
            if learner is not None:
                learner.check_takes_labels()
            self._lineage.view = widened
            self._lineage.start(self.session_id, labels)
            self.labels, self.view = labels, widened
            self._questions.relabel(widened, labels)
            self._lineup.renew()
            if learner is not None:
                learner.add_label(label)
            if self._phase == "finished":
                self._advance()
        self._listeners.tell("labels")
        self._listeners.tell("task")

    @property
    def n_agreed(self) -> int:
        """How many open tasks can be accepted in one go, as they agree; 0 but in a review."""
        return 0

    @property
    def progress(self) -> Progress:
        """How far the session has come."""
        with self._lock:
            remaining = self._questions.remaining
            return self._history.progress(remaining=remaining, target=self.target)

    def subscribe(self, listener: Listener) -> None:
        """Call ``listener`` with what changed: ``"task"``, ``"ahead"`` or ``"status"``."""
        self._listeners.add(listener)

    def close(self, reason: str = "closed") -> None:
        """Stop asking, and stop the model's thread; the store stays open."""
        with self._ready:
            if self._phase == "closed":
                return
            self._phase = "closed"
            self._close_reason = reason
            self._ready.notify_all()
        if self._thread is not None:
            self._thread.stop()
        self._listeners.tell("task")

    def __repr__(self) -> str:
        return (
            f"Session({self.view.name!r}, dataset={self.dataset!r}, "
            f"session_id={self.session_id!r}, answered={len(self._history)}, {self.phase})"
        )

    def _resume(self) -> None:
        """Take up what is stored: what not to ask again, and this session's answers."""
        for answer in self.store.answers(dataset=self.dataset, annotator=self.annotator):
            if not self.view.covers(answer.view):
                continue
            self._questions.note(answer)
            if answer.session_id == self.session_id and self.view.takes_answer_of(answer.view):
                self._history.push(self._questions.recall(answer, self.labels), answer)

    def _as_shown(self, task: Task) -> Task:
        choice = self.view.block("choice")
        options = choice.labels if choice is not None and choice.labels else None
        labelled = with_labels(task, self.labels, options)
        if self.html is None or task.html is not None:
            return labelled
        return replace(labelled, html=self.html(task))

    def _asked(self, task_hash: int | None, question: Question | None) -> Task:
        """Return the task that is answered: the current one, or one that was asked before."""
        self._check_open()
        shown = self._lineup.shown
        if question is not None and task_hash is not None:
            if shown is not None and shown.task_hash == task_hash:
                return shown
            asked = asked_before(
                self._questions, self.pool, self.view, self.labels, question, task_hash
            )
            if asked is not None:
                return self._as_shown(asked)
        return self._current(task_hash)

    def _leave(self, task: Task) -> None:
        """Go on after an answer; one to a question from before leaves the current task."""
        shown = self._lineup.shown
        if (
            shown is None
            or shown.task_hash == task.task_hash
            or not self._questions.is_askable(shown)
        ):
            self._advance()
            return
        self._lineup.pass_over()
        if self._thread is None:
            self._choose(None)

    def _current(self, task_hash: int | None) -> Task:
        self._check_open()
        shown = self._lineup.shown
        if shown is None and self._phase == "paused":
            raise AnswerError(
                "there is no task to answer: the model is paused, and only it knows what to "
                "ask; let it go on with ann.resume()"
            )
        if shown is None:
            raise AnswerError(
                f"there is no task to answer: all texts of the source were answered "
                f"({len(self._history)} in this session); start the recipe with more texts"
            )
        if task_hash is not None and task_hash != shown.task_hash:
            raise StaleTaskError(self._history.why_stale(task_hash, shown))
        return shown

    def _check_open(self) -> None:
        if self._phase == "closed":
            raise SessionClosedError(
                f"session {self.session_id!r} is closed ({self._close_reason}); run the recipe's "
                f"cell again, or answer in the newer one"
            )

    def _advance(self) -> None:
        self._lineup.advance()
        self._shown_at = monotonic()
        if self._thread is None:
            self._choose(None)
        elif self._lineup.shown is None:
            self._phase = "preparing"
            self._thread.want_choice()

    @property
    def _is_closed(self) -> bool:
        return self._phase == "closed"

    def _is_starving(self) -> bool:
        with self._lock:
            return self._phase in {"preparing", "paused"}

    def _choose(self, learner: Predictor | None) -> None:
        """Choose the tasks at hand anew; the one shown and the one promised stay."""
        with self._lock:
            if self._phase == "closed":
                return
            on_page = self._lineup.on_page
        version = self._thread.version if self._thread is not None and learner else None
        # Scoring takes long and holds no lock: answers that come meanwhile are sorted out below.
        chosen = self._questions.choose(learner, without=on_page, version=version)
        with self._ready:
            if self._is_closed:
                return
            before = self._lineup.shown, self._lineup.ahead
            self._lineup.offer(chosen)
            shown, ahead = self._lineup.shown, self._lineup.ahead
            if before[0] is None:
                self._shown_at = monotonic()
            waits = learner is None and self._thread is not None and self.pool.remaining != 0
            self._phase = "asking" if shown else "paused" if waits else "finished"
            self._ready.notify_all()
        # Without a model this runs inside an answer, which tells of the task itself.
        if self._thread is not None and before[0] is None:
            self._listeners.tell("task")
        elif self._thread is not None and before[1] is None and ahead is not None:
            self._listeners.tell("ahead")
