"""Versions of the loop's model, saved while the loop goes on.

It keeps two promises. Saving takes neither an answer's time nor the session's lock: a copy
is made where the model is at home, and written by a thread of its own. And what cannot be
saved (a full disk, a store in memory) costs a warning at most, never an answer or the model.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any

from nbannotate.store import Store

SAVED_EVERY = 100
"""Answers learned between two versions; a killed kernel learns at most so many again."""

logger = logging.getLogger("nbannotate")


class Versions:
    """Saves a loop's model as versions of kind ``"loop"``.

    Parameters
    ----------
    store
        Where they are recorded; a store in memory keeps none.
    dataset, session_id
        Whose loop it is.
    chosen
        The filters of the answers that the model learns from.
    scores
        Returns how well the model does, when a version is saved.
    """

    def __init__(
        self,
        store: Store,
        dataset: str,
        session_id: str,
        *,
        chosen: Mapping[str, Any],
        scores: Callable[[], Mapping[str, Any]],
    ) -> None:
        self._store = store
        self._dataset = dataset
        self._session_id = session_id
        self._filter = {"dataset": dataset, **{k: _plain(v) for k, v in chosen.items()}}
        self._scores = scores
        self._saving: threading.Thread | None = None

    @property
    def can_save(self) -> bool:
        """Whether there is a place to save to."""
        return self._store.models_path is not None and not self._store.closed

    def save(
        self,
        nlp: Any,
        *,
        parent: str | None,
        answers_seen: int,
        then: Callable[[str], None],
        in_background: bool = True,
    ) -> None:
        """Save a copy of the model.

        Parameters
        ----------
        nlp
            A pipeline that nobody else holds; what has no ``to_disk`` is not saved.
        parent
            The version that it goes on from.
        answers_seen
            How many answers it has learned.
        then
            Called with the version once it is saved.
        in_background
            Return before it is saved. A kernel that stops cannot start threads.
        """
        self.wait()
        if not hasattr(nlp, "to_disk"):
            return
        about = {
            "kind": "loop",
            "parent": parent if self._store.has_model(parent) else None,
            "filter": self._filter,
            "scores": dict(self._scores()),
            "session_id": self._session_id,
            "answers_seen": answers_seen,
        }

        def write() -> None:
            try:
                version, _ = self._store.save_model(self._dataset, nlp.to_disk, **about)
            except Exception as error:  # noqa: BLE001 - the answers are stored, a version is a copy
                logger.warning("no version of the model was saved: %s", error)
            else:
                then(version)

        if not in_background:
            write()
            return
        self._saving = threading.Thread(target=write, name="nbannotate-save", daemon=True)
        self._saving.start()

    def wait(self) -> None:
        """Wait until what is being saved is saved."""
        if self._saving is not None:
            self._saving.join()
            self._saving = None


def _plain(value: Any) -> Any:
    return value if isinstance(value, (str, int, float, list)) or value is None else str(value)
