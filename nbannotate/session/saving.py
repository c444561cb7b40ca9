"""When the loop's model is saved: for a restart, and as a version.

It keeps one thing true: what a model has learned since it was saved is counted, so that
nothing is saved twice, and nothing that was only half learned is.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from nbannotate.learning import HasPipeline, KeepsSnapshots, Learner, copy_nlp_of, takes_updates
from nbannotate.session.versions import SAVED_EVERY, Versions

logger = logging.getLogger("nbannotate")


class Saving:
    """Saves a model once it has learned enough; only the model's thread may call it.

    Parameters
    ----------
    snapshots
        The folder for snapshots, None to keep none.
    versions
        Saves versions, None to keep none.

    Attributes
    ----------
    n_unsaved : int
        Answers learned since the model was saved.
    """

    def __init__(self, snapshots: Path | None, versions: Versions | None) -> None:
        self.snapshots = snapshots
        self._versions = versions
        self.n_unsaved = 0

    @property
    def is_due(self) -> bool:
        """Whether so much was learned that the model is to be saved now."""
        return self.n_unsaved >= SAVED_EVERY

    def save(
        self,
        learner: Learner,
        *,
        parent: str | None,
        answers_seen: int,
        then: Callable[[str], None],
        in_background: bool,
    ) -> None:
        """Save the model; what cannot be saved is a warning.

        Parameters
        ----------
        learner, parent, answers_seen
            The model, the version that it goes on from, and how much it has learned.
        then
            Called with the version once it is saved.
        in_background
            Return before the version is saved.
        """
        self.n_unsaved = 0
        try:
            if self.snapshots is not None and isinstance(learner, KeepsSnapshots):
                learner.save_snapshot(self.snapshots)
            has_learned = isinstance(learner, HasPipeline) and takes_updates(learner)
            if self._versions is not None and self._versions.can_save and has_learned:
                self._versions.save(
                    copy_nlp_of(learner),
                    parent=parent,
                    answers_seen=answers_seen,
                    then=then,
                    in_background=in_background,
                )
        except Exception as error:  # noqa: BLE001 - the stored answers are the truth
            logger.warning("the model was not saved: %s", error)

    def wait(self) -> None:
        """Wait until what is being saved is saved."""
        if self._versions is not None:
            self._versions.wait()
