"""One thread owns the model: it learns, chooses and copies, and nobody else touches it.

It keeps two promises. Whatever the model does, the session goes on: an error pauses the
model and is kept for a cell to see. And choosing comes before learning when the page
would otherwise wait, even between the steps of one update.
"""

from __future__ import annotations

import logging
import threading
import traceback
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from nbannotate.learning import (
    GivesWay,
    Interrupted,
    Learner,
    Predictor,
    UnmadeLearner,
    copy_nlp_of,
    takes_updates,
)
from nbannotate.session.advice import how_to_set_aside
from nbannotate.session.building import Build
from nbannotate.session.calls import Call, mend
from nbannotate.session.former_loops import note_in_loop
from nbannotate.session.new_labels import NewLabel, check_takes_labels, take_label
from nbannotate.session.progress import ModelStatus
from nbannotate.session.saving import Saving
from nbannotate.tasks import Answer

if TYPE_CHECKING:
    from spacy.language import Language

logger = logging.getLogger("nbannotate")
Result = TypeVar("Result")


class ModelThread:
    """Runs a learner in the background.

    Parameters
    ----------
    learner
        The model; from now on only this thread calls it. One that is yet to be made is made
        when it is first needed.
    choose
        Called on this thread, with the learner or None while it is paused, whenever
        there is something new to choose by. It must not raise for want of texts.
    is_starving
        Whether the session has no next task; then choosing comes first.
    on_status
        Called on this thread after each change of `status`.
    version
        The version that the learner starts from.
    saving
        Saves the model now and then.
    """

    def __init__(
        self,
        learner: Learner | UnmadeLearner,
        *,
        choose: Callable[[Predictor | None], None],
        is_starving: Callable[[], bool],
        on_status: Callable[[], None],
        version: str | None,
        saving: Saving,
    ) -> None:
        self._saving = saving
        self._making = threading.Lock()
        self._own = learner if isinstance(learner, UnmadeLearner) else self._adopt(learner)
        self._choose = choose
        self._is_starving = is_starving
        self._on_status = on_status
        self.version = version
        self.error: BaseException | None = None
        self._learned: list[str] = []
        self._build: Build | None = None
        self._pending: deque[Answer | NewLabel] = deque()
        self._learning: Answer | None = None
        self._calls: deque[Call] = deque()
        self._failed: list[Call] = []
        self._wants_choice = not isinstance(learner, UnmadeLearner)
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
            waits = len(self._waiting()) + (self._learning is not None)
            waits += self._build.n_waiting if self._build is not None else 0
            is_busy = self._is_busy or bool(self._pending) or waits > 0
            learns = is_busy and not self._is_stopping
            learned = len(self._learned) if takes_updates(self._own) else 0
            rebuild = self._rebuild
            error = self.error
        if error is not None:
            message = f"{type(error).__name__}: {error}"
            return ModelStatus("paused", learned, waits, self.version, message=message)
        if rebuild is not None:
            done, total = rebuild
            return ModelStatus("rebuilding", learned, waits, self.version, done=done, total=total)
        return ModelStatus("learning" if learns else "ready", learned, waits, self.version)

    @property
    def waiting(self) -> set[str]:
        """The ids of the answers that wait to be learned."""
        with self._changed:
            return {answer.answer_id for answer in self._waiting()}

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

    @property
    def _learner(self) -> Learner:
        with self._making:
            if isinstance(self._own, UnmadeLearner):
                self._own = self._adopt(self._own.make())
            return self._own

    def start(self) -> None:
        """Start the thread; what a model that is yet to be made can choose is chosen before."""
        if isinstance(self._own, UnmadeLearner):
            self._make_choice(self._own)
        self._thread.start()

    def learn(self, answer: Answer) -> None:
        """Learn an answer in the background; of one that is ignored there is nothing to learn."""
        with self._changed:
            if answer.answer != "ignore":
                self._pending.append(answer)
            self._wants_choice |= answer.answer == "ignore" or self.error is not None
            self._changed.notify_all()

    def check_takes_labels(self) -> None:
        """Raise a PipelineError if the model cannot take labels midway."""
        check_takes_labels(self._own)

    def add_label(self, label: str) -> None:
        """Let the model know one more label, after the answers so far, in the background."""
        with self._changed:
            self._pending.append(NewLabel(label))
            self._changed.notify_all()

    def unlearn(self, answer: Answer) -> None:
        """Make the model one that never saw an answer, in the background."""

        def forget(learner: Learner) -> None:
            if answer.answer_id in self._learned:
                self._forget(learner, answer)
            elif answer in self._pending:
                self._pending.remove(answer)

        with self._changed:
            if self._build is not None:
                self._build.leave_out(answer)
            if answer in self._pending:
                self._pending.remove(answer)
                self._wants_choice = True
                self._changed.notify_all()
                return
        self.call(forget)

    def rebuild(self, answers: list[Answer], remembered: Sequence[Answer] = ()) -> None:
        """Learn stored answers from the start, in the background.

        Parameters
        ----------
        answers
            Oldest first.
        remembered
            Answers that are in the model already; they are replayed only.
        """
        build = self._build = Build(answers, remembered)

        def make(learner: Learner) -> None:
            if answers:
                self._tell_progress(0, len(answers))
            with self._changed:
                build.is_running = True
            try:
                n_anew = build.make(learner, self._saving.snapshots, self._tell_progress)
                self._learned = build.learned
                self._saving.begin(self._learned, n_anew)
                self._build = None
            finally:
                build.is_running = False
                self._rebuild = None

        self.call(make)

    def replace(
        self, learner: Learner, version: str | None, standing: Callable[[], list[Answer]]
    ) -> Future[None]:
        """Put another model into the loop; a paused loop goes on.

        What the former one had learned is saved as a version before it goes.

        Parameters
        ----------
        learner, version
            The model.
        standing
            Returns the stored answers that do not wait to be learned; they are remembered.
        """

        def swap(_: None) -> None:
            self._saving.wait()
            is_whole = was_whole and self.error is None and self._build is None
            if self._saving.n_unsaved and is_whole:
                self._save(in_background=False)
            earlier = standing()
            learner.remember(earlier)
            self._own = self._adopt(learner)
            self.version = version
            self._learned = [each.answer_id for each in earlier]
            self._saving.begin(self._learned, 0)
            self._build = None
            go_on()

        def go_on() -> None:
            with self._changed:
                self.error = None
                self._failed.clear()

        was_whole = self.error is None
        go_on()
        return self.call(swap, needs_model=False)

    def resume(self) -> None:
        """Go on after an error: what broke is mended, the answers that waited are learned."""
        with self._changed:
            self.error = None
            again = [call for call in self._failed if call.function is not mend]
            self._failed.clear()
            self._calls.extendleft(reversed(again))
            self._calls.appendleft(Call(mend, Future(), changes_model=True))
            self._wants_choice = True
            self._changed.notify_all()

    def call(
        self,
        function: Callable[[Any], Result],
        *,
        changes_model: bool = True,
        needs_model: bool = True,
    ) -> Future[Result]:
        """Call a function with the learner, on the thread that owns it.

        Parameters
        ----------
        function
            Is called with the learner.
        changes_model
            If so, an error pauses the model, and the call is made again when it goes on.
        needs_model
            If not, it is called with None, and a learner that is yet to be made is not made.
        """
        future: Future[Result] = Future()
        call = Call(function, future, changes_model, needs_model)
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
        key = (id(learner), learner.labels, tuple(self._learned))
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
        self._saving.wait()
        if self._saving.n_unsaved:
            self._save(in_background=False)

    def _work(self) -> None:
        if self._calls:
            self._answer(self._calls.popleft())
        elif self._wants_choice and (self._is_starving() or not self._learns()):
            self._make_choice()
        elif self._learns():
            self._learn_next()
        self._on_status_safely()

    def _forget(self, learner: Learner, answer: Answer) -> None:
        """Forget an answer; a model that stopped halfway, among others, is not to be saved."""
        try:
            learner.forget(answer)
        except BaseException:
            self._saving.n_unsaved = 0
            raise
        self._learned.remove(answer.answer_id)
        self._saving.n_unsaved += 1

    def _learns(self) -> bool:
        return bool(self._pending) and self.error is None

    def _answer(self, call: Call) -> None:
        try:
            result = call.function(self._learner if call.needs_model else None)
        except Interrupted as error:
            call.future.set_exception(error)
        except Exception as error:  # noqa: BLE001 - whatever a model raises must not end the loop
            if call.changes_model:
                self._pause(error)
                self._failed.append(replace(call, future=Future()))
            call.future.set_exception(error)
        else:
            call.future.set_result(result)

    def _learn_next(self) -> None:
        with self._changed:
            if not self._pending:
                return
            answer = self._pending.popleft()
            self._learning = answer if isinstance(answer, Answer) else None
        try:
            if isinstance(answer, NewLabel):
                self._take(answer.label)
            else:
                self._learner.update([answer])
        except Interrupted:
            self._put_off(answer)
            return
        except Exception as error:  # noqa: BLE001 - whatever a model raises must not end the loop
            self._put_off(answer)
            if isinstance(answer, Answer):
                error.add_note(how_to_set_aside(answer))
            self._pause(error)
            return
        finally:
            self._learning = None
        with self._changed:
            self._wants_choice = True
            self._saving.n_unsaved += 1
            if isinstance(answer, NewLabel):
                return
            self._learned.append(answer.answer_id)
        if self._saving.is_due:
            self._save(in_background=True)

    def _put_off(self, what: Answer | NewLabel) -> None:
        """Let the model take up later what it could not; half of a label is not to be saved."""
        with self._changed:
            self._pending.appendleft(what)
        if isinstance(what, NewLabel):
            self._saving.n_unsaved = 0

    def _take(self, label: str) -> None:
        """Let the model know a label; other models are built anew with it meanwhile."""
        try:
            self._own = self._adopt(take_label(self._learner, label, self._tell_progress))
        finally:
            self._rebuild = None

    def _adopt(self, learner: Learner) -> Learner:
        note_in_loop(learner)
        if isinstance(learner, GivesWay):
            learner.between_steps = self._give_way
        return learner

    def _give_way(self) -> None:
        """Between two steps of learning: stop if asked to, and choose if the page waits."""
        if self._is_stopping:
            raise Interrupted
        is_building = self._build is not None and self._build.is_running
        if self._wants_choice and not is_building and self._is_starving():
            self._make_choice()

    def _tell_progress(self, done: int, total: int) -> None:
        self._rebuild = (done, total)
        self._on_status_safely()

    def _waiting(self) -> list[Answer]:
        return [each for each in self._pending if isinstance(each, Answer)]

    def _save(self, *, in_background: bool) -> None:
        if self.error is not None:
            return
        self._saving.save(
            self._learner,
            parent=self.version,
            learned=self._learned,
            then=self._name_version,
            in_background=in_background,
        )

    def _name_version(self, version: str) -> None:
        self.version = version

    def _make_choice(self, unmade: UnmadeLearner | None = None) -> None:
        self._wants_choice = False
        try:
            self._choose((unmade or self._learner) if self.error is None else None)
        except Exception as error:  # noqa: BLE001 - whatever a model raises must not end the loop
            self._pause(error)
            self._choose(None)

    def _pause(self, error: Exception) -> None:
        notes = "".join(f" {note}" for note in getattr(error, "__notes__", ()))
        logger.warning("the model in the loop is paused: %s%s", error, notes, exc_info=error)
        self.error = error

    def _on_status_safely(self) -> None:
        try:
            self._on_status()
        except Exception:  # the page must never stop the model
            logger.exception("a listener of the session raised")
