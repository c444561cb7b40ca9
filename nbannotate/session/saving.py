"""When the loop's model is saved: for a restart, and as a version.

It keeps one thing true: what a model has learned since it was saved is counted, so that
nothing is saved twice, and nothing that was only half learned is.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
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
        Answers learned and unlearned since the model was saved.
    saved : tuple of str
        Ids of the answers that the saved model has learned.
    """

    def __init__(self, snapshots: Path | None, versions: Versions | None) -> None:
        self.snapshots = snapshots
        self._versions = versions
        self.n_unsaved = 0
        self.saved: tuple[str, ...] = ()

    def begin(self, learned: Sequence[str], n_anew: int) -> None:
        """Note what the model has learned at the start, and how many of it since it was saved."""
        self.n_unsaved = n_anew
        self.saved = () if n_anew else tuple(learned)

    @property
    def is_due(self) -> bool:
        """Whether so much was learned that the model is to be saved now."""
        return self.n_unsaved >= SAVED_EVERY

    def save(
        self,
        learner: Learner,
        *,
        parent: str | None,
        learned: Sequence[str],
        then: Callable[[str], None],
        in_background: bool,
    ) -> None:
        """Save the model, unless it is the one that is saved; what cannot be is a warning.

        Parameters
        ----------
        learner, parent, learned
            The model, the version that it goes on from, and the ids of what it has learned.
        then
            Called with the version once it is saved.
        in_background
            Return before the version is saved.
        """
        self.n_unsaved = 0
        if self.saved == tuple(learned):
            return
        self.saved = tuple(learned)
        try:
            if self.snapshots is not None and isinstance(learner, KeepsSnapshots):
                learner.save_snapshot(self.snapshots)
            has_learned = isinstance(learner, HasPipeline) and takes_updates(learner)
            if self._versions is not None and self._versions.can_save and has_learned:
                self._versions.save(
                    copy_nlp_of(learner),
                    parent=parent,
                    answers_seen=len(learned),
                    then=then,
                    in_background=in_background,
                )
        except Exception as error:  # noqa: BLE001 - the stored answers are the truth
            self.saved = ()
            logger.warning("the model was not saved: %s", error)

    def wait(self) -> None:
        """Wait until what is being saved is saved."""
        if self._versions is not None:
            self._versions.wait()
