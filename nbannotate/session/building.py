"""Learning stored answers from the start, as after a restart.

One thing is kept true: a build that failed is made again with those of its answers that
then stand, and says which one it could not learn.
"""

from __future__ import annotations

from collections.abc import Sequence
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
        Whether it is being made now.
    learned : list of str
        The ids of all answers that the model knows, once it is made.
    """

    def __init__(self, answers: Sequence[Answer], remembered: Sequence[Answer]) -> None:
        self._answers = tuple(answers)
        self._remembered = tuple(remembered)
        self._taken_back: set[str] = set()
        self.is_running = False
        self.learned: list[str] = []

    @property
    def answers(self) -> list[Answer]:
        """The answers to be learned that stand."""
        return self._standing(self._answers)

    @property
    def n_waiting(self) -> int:
        """How many answers wait for it to be made again."""
        return 0 if self.is_running else len(self.answers)

    def leave_out(self, answer: Answer) -> None:
        """Do not learn an answer; if it is being made now, not when it is made again."""
        self._taken_back.add(answer.answer_id)

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
        answers, remembered = self.answers, self._standing(self._remembered)
        n_anew = self._learn(learner, answers, remembered, snapshots, progress)
        self.learned = [each.answer_id for each in (*remembered, *answers)]
        return n_anew

    def _standing(self, answers: Sequence[Answer]) -> list[Answer]:
        return [each for each in answers if each.answer_id not in self._taken_back]

    @staticmethod
    def _learn(
        learner: Learner,
        answers: list[Answer],
        remembered: list[Answer],
        snapshots: Path | None,
        progress: Progress,
    ) -> int:
        if not isinstance(learner, KeepsSnapshots):
            learner.rebuild(answers, progress)
            learner.remember(remembered)
            return 0
        n_learned = 0

        def count(done: int, total: int) -> None:
            nonlocal n_learned
            n_learned += 1
            progress(done, total)

        more = {"remembered": remembered} if remembered else {}
        try:
            learner.rebuild(answers, count, snapshots, **more)
        except Interrupted:
            raise
        except Exception as error:
            learns_in_turn = not getattr(learner, "has_optimum", False)
            if learns_in_turn and learner.learned < len(answers):
                error.add_note(how_to_set_aside(answers[learner.learned]))
            raise
        return n_learned
