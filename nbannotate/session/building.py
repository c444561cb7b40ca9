"""Learning stored answers from the start, as after a restart.

One thing is kept true: a build that failed is made again with those of its answers that
then stand, and says which one it could not learn.
"""

from __future__ import annotations

from pathlib import Path

from nbannotate.learning import Interrupted, KeepsSnapshots, Learner
from nbannotate.learning.protocol import Progress
from nbannotate.session.advice import how_to_set_aside
from nbannotate.tasks import Answer


class Build:
    """What a learner is to be made of; the model's thread makes it.

    Parameters
    ----------
    answers
        To be learned, oldest first.
    remembered
        Answers that are in the model already; they are replayed only.

    Attributes
    ----------
    is_running : bool
        Whether it is being made now; what is taken back meanwhile is forgotten after it.
    """

    def __init__(self, answers: list[Answer], remembered: list[Answer]) -> None:
        self.answers = answers
        self.remembered = remembered
        self.is_running = False

    @property
    def learned(self) -> list[str]:
        """The ids of all answers that the model knows when it is made."""
        return [each.answer_id for each in (*self.remembered, *self.answers)]

    @property
    def n_waiting(self) -> int:
        """How many answers wait for it to be made again."""
        return 0 if self.is_running else len(self.answers)

    def leave_out(self, answer: Answer) -> None:
        """Do not learn an answer when it is made; if it is being made now, it is learned."""
        if self.is_running:
            return
        for kept in (self.answers, self.remembered):
            kept[:] = [each for each in kept if each.answer_id != answer.answer_id]

    def make(self, learner: Learner, snapshots: Path | None, progress: Progress) -> int:
        """Make the learner one that saw exactly these; return how many were learned anew.

        Parameters
        ----------
        learner
            The model.
        snapshots
            Where it may be taken up from.
        progress
            Called after each answer with (answers done, answers in all).
        """
        if not isinstance(learner, KeepsSnapshots):
            learner.rebuild(self.answers, progress)
            learner.remember(self.remembered)
            return 0
        n_learned = 0

        def count(done: int, total: int) -> None:
            nonlocal n_learned
            n_learned += 1
            progress(done, total)

        more = {"remembered": self.remembered} if self.remembered else {}
        try:
            learner.rebuild(self.answers, count, snapshots, **more)
        except Interrupted:
            raise
        except Exception as error:
            if learner.learned < len(self.answers):
                error.add_note(how_to_set_aside(self.answers[learner.learned]))
            raise
        return n_learned
