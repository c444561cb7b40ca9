"""One thread owns the model: it learns, chooses and copies, and nobody else touches it.

It keeps two promises. Whatever the model does, the session goes on: an error pauses the
model and is kept for a cell to see. And choosing comes before learning when the page
would otherwise wait.
"""

from __future__ import annotations

import logging
import threading
import traceback
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from nbannotate.learning import KeepsSnapshots, Learner, copy_nlp_of, takes_updates
from nbannotate.session.progress import ModelStatus
from nbannotate.tasks import Answer

if TYPE_CHECKING:
    from spacy.language import Language

SNAPSHOT_EVERY = 20
"""Answers learned between two snapshots; a killed kernel learns at most so many again."""

logger = logging.getLogger("nbannotate")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Call:
    """A function to be called on the model's thread."""

    function: Callable[[Learner], Any]
    future: Future[Any]
    changes_model: bool


class ModelThread:
    """Runs a learner in the background.

    Parameters
    ----------
    learner
        The model; from now on only this thread calls it.
    choose
        Called on this thread, with the learner or None while it is paused, whenever
        there is something new to choose by. It must not raise for want of texts.
    is_starving
        Whether the session has no next task; then choosing comes first.
    on_status
        Called on this thread after each change of `status`.
    version
        The version that the learner starts from.
    snapshots
        The folder for snapshots of the model, None to keep none.
    """

    def __init__(
        self,
        learner: Learner,
        *,
        choose: Callable[[Learner | None], None],
        is_starving: Callable[[], bool],
        on_status: Callable[[], None],
        version: str | None,
        snapshots: Path | None = None,
    ) -> None:
        self._snapshots = snapshots
        self._learner = learner
        self._choose = choose
        self._is_starving = is_starving
        self._on_status = on_status
        self.version = version
        self.error: BaseException | None = None
        self._learned: list[str] = []
        self._pending: deque[Answer] = deque()
        self._learning: Answer | None = None
        self._calls: deque[Call] = deque()
        self._failed: list[Call] = []
        self._wants_choice = True
        self._is_stopping = False
        self._is_busy = False
        self._rebuild: tuple[int, int] | None = None
        self._copy: tuple[object, Language] | None = None
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="nbannotate-model", daemon=True)

    @property
    def status(self) -> ModelStatus:
        """What the model is doing."""
        with self._changed:
            waits = len(self._pending) + (self._learning is not None)
            learned = len(self._learned) if takes_updates(self._learner) else 0
            rebuild = self._rebuild
            error = self.error
            is_busy = self._is_busy
        if error is not None:
            message = f"{type(error).__name__}: {error}"
            return ModelStatus("paused", learned, waits, self.version, message=message)
        if rebuild is not None:
            done, total = rebuild
            return ModelStatus("rebuilding", learned, waits, self.version, done=done, total=total)
        return ModelStatus(
            "learning" if waits or is_busy else "ready", learned, waits, self.version
        )

    @property
    def waiting(self) -> set[str]:
        """The ids of the answers that wait to be learned."""
        with self._changed:
            return {answer.answer_id for answer in self._pending}

    @property
    def traceback(self) -> str | None:
        """The traceback of the error that paused the model."""
        error = self.error
        return "".join(traceback.format_exception(error)) if error is not None else None

    @property
    def nlp(self) -> Language:
        """A copy of the pipeline as it is now; the same copy until it has learned more."""
        if self._is_stopping:
            self._thread.join()
            return self._copy_nlp(self._learner)
        return self.call(self._copy_nlp, changes_model=False).result()

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def learn(self, answer: Answer) -> None:
        """Learn an answer in the background."""
        with self._changed:
            self._pending.append(answer)
            self._wants_choice |= self.error is not None
            self._changed.notify_all()

    def unlearn(self, answer: Answer) -> None:
        """Make the model one that never saw an answer, in the background."""

        def forget(learner: Learner) -> None:
            if answer.answer_id in self._learned:
                learner.forget(answer)
                self._learned.remove(answer.answer_id)
            elif answer in self._pending:
                self._pending.remove(answer)

        with self._changed:
            if answer in self._pending:
                self._pending.remove(answer)
                self._wants_choice = True
                self._changed.notify_all()
                return
        self.call(forget)

    def rebuild(self, answers: list[Answer]) -> None:
        """Learn stored answers from the start, in the background."""

        def build(learner: Learner) -> None:
            def progress(done: int, total: int) -> None:
                self._rebuild = (done, total)
                self._on_status()

            progress(0, len(answers))
            try:
                if isinstance(learner, KeepsSnapshots):
                    learner.rebuild(answers, progress, self._snapshots)
                else:
                    learner.rebuild(answers, progress)
                self._learned = [each.answer_id for each in answers]
            finally:
                self._rebuild = None

        self.call(build)

    def replace(
        self, learner: Learner, version: str | None, standing: Callable[[], list[Answer]]
    ) -> Future[None]:
        """Put another model into the loop; a paused loop goes on.

        Parameters
        ----------
        learner, version
            The model.
        standing
            Returns the stored answers that do not wait to be learned; they are remembered.
        """

        def swap(_: Learner) -> None:
            earlier = standing()
            learner.remember(earlier)
            self._learner = learner
            self.version = version
            self._learned = [each.answer_id for each in earlier]

        with self._changed:
            self.error = None
            self._failed.clear()
        return self.call(swap)

    def resume(self) -> None:
        """Go on after an error: the answers that waited are learned."""
        with self._changed:
            self.error = None
            self._calls.extendleft(reversed(self._failed))
            self._failed.clear()
            self._wants_choice = True
            self._changed.notify_all()

    def call(
        self, function: Callable[[Learner], Result], *, changes_model: bool = True
    ) -> Future[Result]:
        """Call a function with the learner, on the thread that owns it.

        Parameters
        ----------
        function
            Is called with the learner.
        changes_model
            If so, an error pauses the model, and the call is made again when it goes on.
        """
        future: Future[Result] = Future()
        call = Call(function, future, changes_model)
        if threading.current_thread() is self._thread:
            self._answer(call)
            return future
        with self._changed:
            if self._is_stopping:
                future.set_exception(RuntimeError("the session is closed; its model has stopped"))
                return future
            self._calls.append(call)
            self._wants_choice |= changes_model
            self._changed.notify_all()
        return future

    def want_choice(self) -> None:
        """Choose again when there is time."""
        with self._changed:
            self._wants_choice = True
            self._changed.notify_all()

    def join(self, timeout_seconds: float | None = None) -> bool:
        """Wait until every answer so far is learned and the next question chosen.

        Returns
        -------
        bool
            False if the time ran out first.
        """
        with self._changed:
            return self._changed.wait_for(self._is_idle, timeout_seconds)

    def stop(self) -> None:
        """Stop the thread after what it is doing; what is pending stays in the store."""
        with self._changed:
            self._is_stopping = True
            self._changed.notify_all()
        if self._thread is not threading.current_thread() and self._thread.is_alive():
            self._thread.join()
        while self._calls:
            self._calls.popleft().future.set_exception(
                RuntimeError("the session is closed; its model has stopped")
            )

    def _copy_nlp(self, learner: Learner) -> Language:
        key = (id(learner), tuple(self._learned))
        if self._copy is None or self._copy[0] != key:
            self._copy = key, copy_nlp_of(learner)
        return self._copy[1]

    def _is_idle(self) -> bool:
        learns = bool(self._pending) and self.error is None
        waits = learns or bool(self._calls) or self._wants_choice or self._is_busy
        return self._is_stopping or not waits

    def _run(self) -> None:
        while True:
            with self._changed:
                self._is_busy = False
                is_idle = self._is_idle()
                if is_idle:
                    self._changed.notify_all()
            if is_idle:
                self._on_status_safely()
            with self._changed:
                self._changed.wait_for(lambda: self._is_stopping or not self._is_idle())
                if self._is_stopping:
                    self._changed.notify_all()
                    break
                self._is_busy = True
            self._work()
        self._save_snapshot()

    def _work(self) -> None:
        if self._calls:
            self._answer(self._calls.popleft())
        elif self._wants_choice and (self._is_starving() or not self._learns()):
            self._make_choice()
        elif self._learns():
            self._learn_next()
        self._on_status_safely()

    def _learns(self) -> bool:
        return bool(self._pending) and self.error is None

    def _answer(self, call: Call) -> None:
        try:
            result = call.function(self._learner)
        except Exception as error:  # noqa: BLE001 - whatever a model raises must not end the loop
            if call.changes_model:
                self._pause(error)
                self._failed.append(Call(call.function, Future(), changes_model=True))
            call.future.set_exception(error)
        else:
            call.future.set_result(result)

    def _learn_next(self) -> None:
        with self._changed:
            if not self._pending:
                return
            answer = self._learning = self._pending.popleft()
        try:
            self._learner.update([answer])
        except Exception as error:  # noqa: BLE001 - whatever a model raises must not end the loop
            with self._changed:
                self._pending.appendleft(answer)
            self._pause(error)
            return
        finally:
            self._learning = None
        with self._changed:
            self._learned.append(answer.answer_id)
            self._wants_choice = True
        if len(self._learned) % SNAPSHOT_EVERY == 0:
            self._save_snapshot()

    def _save_snapshot(self) -> None:
        if self._snapshots is None or not self._learned or self.error is not None:
            return
        if isinstance(self._learner, KeepsSnapshots):
            try:
                self._learner.save_snapshot(self._snapshots)
            except OSError as error:  # a full disk must cost no answer, and a snapshot is a cache
                logger.warning("no snapshot of the model was written: %s", error)

    def _make_choice(self) -> None:
        self._wants_choice = False
        try:
            self._choose(self._learner if self.error is None else None)
        except Exception as error:  # noqa: BLE001 - whatever a model raises must not end the loop
            self._pause(error)
            self._choose(None)

    def _pause(self, error: Exception) -> None:
        logger.warning("the model in the loop is paused: %s", error, exc_info=error)
        self.error = error

    def _on_status_safely(self) -> None:
        try:
            self._on_status()
        except Exception:  # the page must never stop the model
            logger.exception("a listener of the session raised")
