"""The model of a session: its thread, its line, and what a cell may ask of it.

It keeps one thing true: whatever is asked of the model, the session's lock is not held
while it works.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from nbannotate.errors import PipelineError
from nbannotate.learning import Learner, Predictor, UnmadeLearner
from nbannotate.session.former_loops import was_in_loop
from nbannotate.session.lineage import Lineage
from nbannotate.session.lineup import Lineup
from nbannotate.session.listeners import Listeners
from nbannotate.session.model_thread import ModelThread
from nbannotate.session.progress import ModelStatus, Progress
from nbannotate.session.saving import Saving
from nbannotate.session.versions import Versions
from nbannotate.store import Store
from nbannotate.tasks import Answer, View

if TYPE_CHECKING:
    from spacy.language import Language


class ModelInLoop(ABC):
    """What a session does with its model, if it has one."""

    store: Store
    view: View
    labels: tuple[str, ...]
    dataset: str
    session_id: str
    _lock: threading.RLock
    _lineup: Lineup
    _lineage: Lineage
    _listeners: Listeners
    _thread: ModelThread | None

    @property
    @abstractmethod
    def progress(self) -> Progress:
        """How far the session has come."""

    @abstractmethod
    def _choose(self, learner: Predictor | None) -> None:
        """Choose the tasks at hand anew."""

    @abstractmethod
    def _is_starving(self) -> bool:
        """Whether there is no next task."""

    @abstractmethod
    def _check_open(self) -> None:
        """Raise if the session is closed."""

    @property
    def nlp(self) -> Language:
        """A copy of the pipeline as it is now, safe to call at any time.

        Raises
        ------
        PipelineError
            If there is no model in the loop.
        """
        if self._thread is None:
            raise PipelineError(
                f"there is no model in this {self.view.name} loop; start the recipe with nlp=…"
            )
        return self._thread.nlp

    def use(self, learner: Learner, version: str | None = None) -> None:
        """Put another model into the loop, and choose the next question by it.

        The answers stored so far are not learned again, but are replayed beside later ones.
        A restart goes on from there, if the version is one of ``store.models()``.

        Raises
        ------
        SessionClosedError
            If the session is closed.
        """
        with self._lock:
            self._check_open()
            self._lineup.retract()
        if self._thread is None:
            learner.remember(self._begin_at(version))
            self._start_model(learner, version, rebuild=False)
        else:
            self._thread.replace(learner, version, lambda: self._begin_at(version)).result()
        self.join()

    @property
    def model(self) -> ModelStatus:
        """What the model is doing."""
        return self._thread.status if self._thread is not None else ModelStatus("none")

    @property
    def model_traceback(self) -> str | None:
        """The traceback of the error that paused the model, None if it is not paused."""
        return self._thread.traceback if self._thread is not None else None

    def resume_model(self) -> None:
        """Let a paused model go on; the answers that waited are learned.

        Raises
        ------
        SessionClosedError
            If the session is closed.
        """
        with self._lock:
            self._check_open()
        if self._thread is not None:
            self._thread.resume()

    def join(self, timeout_seconds: float | None = None) -> bool:
        """Wait until the model has seen every answer so far, and the next is chosen.

        Returns
        -------
        bool
            False if ``timeout_seconds`` ran out first.
        """
        return self._thread.join(timeout_seconds) if self._thread is not None else True

    def _start_model(
        self, learner: Learner | UnmadeLearner, version: str | None, *, rebuild: bool = True
    ) -> None:
        is_second_loop = was_in_loop(learner)
        models = self.store.models_path
        versions = Versions(
            self.store,
            self.dataset,
            self.session_id,
            chosen=self._lineage.learn_from,
            scores=lambda: {"accuracy": self.progress.accuracy},
        )
        self._thread = ModelThread(
            learner,
            choose=self._choose,
            is_starving=self._is_starving,
            on_status=lambda: self._listeners.tell("status"),
            version=version,
            saving=Saving(models / "loop" if models is not None else None, versions),
        )
        if rebuild and not isinstance(learner, UnmadeLearner):
            remembered, earlier = self._lineage.split()
            # One that was in another loop forgets what it learned, or waits to learn, there.
            if remembered or earlier or learner.learned or is_second_loop:
                self._thread.rebuild(earlier, remembered)
        self._thread.start()

    def _begin_at(self, version: str | None) -> list[Answer]:
        """Begin the line anew; return the stored answers that do not wait to be learned."""
        with self._lock:
            waiting = self._thread.waiting if self._thread is not None else set()
            self._lineage.begin_at(version, sorted(waiting), self.session_id, self.labels)
            standing = self._lineage.standing()
            return [each for each in standing if each.answer_id not in waiting]
