"""What every learner on a spaCy component has in common: replay, undo, rebuild.

One thing is kept true: the model is a function of the base model, the seed and the
answers in their order. Nothing is drawn from global random state, and no clock is read.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nbannotate.errors import LearningError, PipelineError
from nbannotate.learning.averages import Averages, averaged_with, in_place_of_weights
from nbannotate.learning.checkpoints import Checkpoint, KeptCheckpoints
from nbannotate.learning.evidence import TextEvidence, merge
from nbannotate.learning.pipelines import check_part, copy_pipeline
from nbannotate.learning.products import quick_products
from nbannotate.learning.protocol import Progress
from nbannotate.learning.rebuilding import Rebuildable
from nbannotate.learning.replay import Budget, draw_batches
from nbannotate.tasks.prediction import Prediction
from nbannotate.tasks.records import Answer

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc
    from thinc.api import Optimizer

MAX_CHARACTERS_READ = 50_000
_CHECKPOINT_BYTES = 200_000_000


class SpacyLearner(Rebuildable):
    """A learner on one component of a spaCy pipeline.

    Parameters
    ----------
    nlp
        From `prepare`; the learner owns it from now on.
    name
        The component's name.
    labels
        The labels suggested, of those that the component knows.
    budget
        How much is learned from each answer.
    seed
        Fixes every random choice.

    Attributes
    ----------
    between_steps : callable or None
        Called between the steps of an update; what it raises ends the update, and the
        model is then the one before it. It may predict.
    remake : callable or None
        Makes a new learner of the same settings from a pipeline and labels.
    has_optimum : bool
        Whether the best weights for all that is known are found at once, instead of in steps
        on what is new.

    Raises
    ------
    PipelineError
        If a weight of the component is no number.
    """

    has_optimum = False

    def __init__(
        self, nlp: Language, name: str, labels: Sequence[str], *, budget: Budget, seed: int
    ) -> None:
        self.nlp = nlp
        pipe: Any = nlp.get_pipe(name)
        self.pipe = pipe
        self.name = name
        self._part = nlp.get_pipe_meta(name).factory, nlp.get_pipe_config(name)
        self._labels = tuple(labels)
        self._budget = budget
        self._seed = seed
        self._exclusive = True
        if not self.is_finite():
            raise PipelineError(
                f"the pipeline's {name!r} has weights that are no numbers (NaN or infinite), so "
                "that it can suggest and learn nothing; load it anew, or give another pipeline"
            )
        self._optimizer = self._make_optimizer()
        self._averages: Averages = {}
        self._base = self.checkpoint()
        self._kept = KeptCheckpoints(_CHECKPOINT_BYTES)
        self._grown_at = 0
        self._docs: dict[str, Doc] = {}
        self._remembered: list[Answer] = []
        self._forget_all()

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that predictions may carry."""
        return self._labels

    @property
    def learned(self) -> int:
        """How many answers the model has been taught."""
        return sum(len(update) for update in self._updates)

    def tokenize(self, text: str) -> list[tuple[int, int]]:
        """Return the character offsets of the tokens that are not whitespace."""
        return [
            (token.idx, token.idx + len(token))
            for token in self.nlp.tokenizer(text)
            if not token.is_space
        ]

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        """Return one prediction per text, without changing the model.

        Of a text longer than 50,000 characters, only so many are read.
        """
        check_part(self.nlp, self.name, self.pipe)
        docs = [self.nlp.tokenizer(text[:MAX_CHARACTERS_READ]) for text in texts]
        readable = [doc for doc in docs if any(not token.is_space for token in doc)]
        with (
            in_place_of_weights(self._averages, self.pipe.model),
            quick_products(self.pipe.model),
        ):
            predictions = iter(self._predict_docs(readable) if readable else [])
        empty = self._predict_nothing()
        return [
            next(predictions) if any(not token.is_space for token in doc) else empty
            for doc in docs
        ]

    def update(self, answers: Sequence[Answer]) -> None:
        """Learn from new answers, replaying earlier ones.

        Raises
        ------
        LearningError
            If the weights are no longer finite; the model is then the one before the call,
            and the answers are not counted as learned.
        PipelineError
            If the component was taken out of the pipeline.
        """
        check_part(self.nlp, self.name, self.pipe)
        checkpoint = self.checkpoint()
        n_updates = len(self._updates)
        try:
            self._apply(answers)
        except BaseException:
            if len(self._updates) > n_updates:
                self._forget_last()
            self.restore(checkpoint)
            raise
        self._kept.push(n_updates, checkpoint)

    def undo(self) -> None:
        """Make the model the one that never saw the last call of `update`.

        Raises
        ------
        LearningError
            If there is no update to undo.
        """
        if not self._updates:
            raise LearningError("there is no update to undo; the model is as it was at the start")
        self._relearn_from(len(self._updates) - 1, self._updates[:-1])

    def forget(self, answer: Answer) -> None:
        """Make the model the one that never saw an answer.

        Those that were learned since are learned again; of one that was only remembered, all.
        """
        if self._updates and self._updates[-1] == (answer,):
            self.undo()
            return
        remembered = self._remembered
        self._remembered = [each for each in remembered if each.answer_id != answer.answer_id]
        updates = [
            tuple(each for each in update if each.answer_id != answer.answer_id)
            for update in self._updates
        ]
        changed = (at for at, update in enumerate(updates) if update != self._updates[at])
        first = 0 if len(self._remembered) < len(remembered) else next(changed, None)
        if first is None:
            return
        try:
            self._relearn_from(first, [update for update in updates if update])
        except BaseException:
            self._remembered = remembered
            self._recall(self._updates)
            raise

    def _relearn_from(self, first: int, updates: Sequence[tuple[Answer, ...]]) -> None:
        """Learn these updates, of which those before the first were learned as they are."""
        before = list(self._updates)
        kept = self._kept.pop_latest(first)
        try:
            # Before a label came, answers were learned without it: they are to be so again.
            if kept is None or (kept[0] < self._grown_at and kept[0] < len(updates)):
                self._relearn(updates)
                return
            at, checkpoint = kept
            self._recall(updates[:at])
            self.restore(checkpoint)
            self._learn_in_order(updates, begun=at)
        except BaseException:
            # Whoever forgets it again is to find all that is to be learned without it.
            self._kept.clear()
            self._recall(before)
            raise

    def remember(self, answers: Sequence[Answer]) -> None:
        """Replay these answers beside later ones, without learning them now."""
        self._remembered += answers
        self._recall(self._updates)

    def learn(
        self, batch: Sequence[TextEvidence], rng: np.random.Generator, *, rate_share: float = 1.0
    ) -> float:
        """Take one step on a batch of evidence, and return its loss.

        Parameters
        ----------
        batch
            The evidence to learn from; it is not remembered.
        rng
            Draws the dropout.
        rate_share
            The share of the learn rate to use, in (0, 1].
        """
        with quick_products(self.pipe.model):
            loss = self._step(batch, rng, self._budget.dropout)
        self._optimizer.learn_rate = self._budget.learn_rate * rate_share
        self.pipe.model.finish_update(self._optimizer)
        return loss

    def checkpoint(self) -> Checkpoint:
        """Return a copy of the weights and of the optimizer's state."""
        return Checkpoint.of(self.pipe.model, self._optimizer, self._averages)

    def restore(self, checkpoint: Checkpoint) -> None:
        """Put back weights and optimizer; what was learned since is not forgotten as evidence."""
        checkpoint.restore(self.pipe.model, self._optimizer)
        self._averages = dict(checkpoint.averages)

    def copy_nlp(self) -> Language:
        """Return a copy of the pipeline that shares nothing with the learner's."""
        check_part(self.nlp, self.name, self.pipe)
        with in_place_of_weights(self._averages, self.pipe.model):
            return copy_pipeline(self.nlp)

    def expect(self, evidence: Iterable[TextEvidence]) -> None:
        """Get ready to learn from evidence; called whenever what is known has changed."""

    @abstractmethod
    def _predict_docs(self, docs: Sequence[Doc]) -> list[Prediction]:
        """Predict docs that each hold a word."""

    @abstractmethod
    def _predict_nothing(self) -> Prediction:
        """Predict a text without a word."""

    @abstractmethod
    def _step(
        self, batch: Sequence[TextEvidence], rng: np.random.Generator, dropout: float
    ) -> float:
        """Add the gradient of one batch to the model, and return the loss."""

    def _make_optimizer(self) -> Optimizer:
        from thinc.api import Adam

        optimizer: Optimizer = Adam(
            self._budget.learn_rate,
            beta1=0.9,
            beta2=0.999,
            eps=1e-8,
            L2=0.01,
            L2_is_weight_decay=True,
            grad_clip=1.0,
            use_averages=False,
        )
        return optimizer

    def _apply(self, answers: Sequence[Answer]) -> None:
        rng = np.random.default_rng((self._seed, len(self._updates)))
        self._updates.append(tuple(answers))
        touched = dict.fromkeys(answer.input_hash for answer in answers)
        was_known = not touched.keys().isdisjoint(self._evidence)
        for answer in answers:
            self._answers.setdefault(answer.input_hash, []).append(answer)
        for text in touched:
            self._refresh(text)
        self.expect(self._evidence.values())
        new = [self._evidence[text] for text in touched if text in self._evidence]
        if new or (was_known and self.has_optimum):
            # Numbers that are none are found by the check, on whichever thread they arose.
            with np.errstate(invalid="ignore", over="ignore"):
                self._learn_from(new, rng)
            self._check_finite(len(answers))

    def _learn_from(self, new: Sequence[TextEvidence], rng: np.random.Generator) -> None:
        """Take the steps of one update: on what is new, and on what was known before."""
        # In the order of the first answers, however what is known came about.
        earlier = {text: self._evidence[text] for text in self._answers if text in self._evidence}
        for batch in draw_batches(
            new, earlier, self._budget, rng, lambda text: len(self._doc(text))
        ):
            if self.between_steps is not None:
                self.between_steps()
            self.learn(batch, rng)
        if self._budget.decay:
            self._averages = averaged_with(
                self._averages,
                self.pipe.model,
                decay=self._budget.decay,
                n_updates=len(self._updates) - 1,
            )

    def _check_finite(self, n_answers: int) -> None:
        if not self.is_finite():
            raise LearningError(
                f"learning from {n_answers} answer(s) left the model with weights that are no "
                "numbers; the model was put back to what it was before. Leave these answers "
                "out, or start from another pipeline"
            )

    def _refresh(self, text: int) -> None:
        answers = self._answers.get(text)
        if not answers:
            self._answers.pop(text, None)
            self._evidence.pop(text, None)
            return
        evidence = merge(
            answers, component=self.component, labels=self._labels, exclusive=self._exclusive
        )
        if evidence.teaches:
            self._evidence[text] = evidence
        else:
            self._evidence.pop(text, None)

    def _relearn(
        self, updates: Sequence[tuple[Answer, ...]], progress: Progress | None = None
    ) -> None:
        self._start_over()
        self._learn_in_order(updates, progress)

    def _grow_for(self, answers: Sequence[Answer] | None) -> None:
        """Take the labels that these answers were asked with, None for all that are wanted.

        Only where a label can be taken without building the model anew; the model is then
        the same whether the label came at the start of the loop or midway.
        """

    def _forget_last(self) -> None:
        self._recall(self._updates[:-1])

    def _forget_all(self) -> None:
        self._recall(())

    def _recall(self, updates: Sequence[tuple[Answer, ...]]) -> None:
        """Make the evidence that of the remembered answers and of these updates."""
        self._updates: list[tuple[Answer, ...]] = list(updates)
        self._answers: dict[int, list[Answer]] = {}
        self._evidence: dict[int, TextEvidence] = {}
        for answers in (tuple(self._remembered), *self._updates):
            for answer in answers:
                self._answers.setdefault(answer.input_hash, []).append(answer)
        for text in list(self._answers):
            self._refresh(text)
        self.expect(self._evidence.values())

    def _start_over(self) -> None:
        self._kept.clear()
        self._grown_at = 0
        self._forget_all()
        self._base.restore(self.pipe.model, self._optimizer)
        self._averages = {}

    def _doc(self, text: str) -> Doc:
        """Return the text's tokens; kept, as earlier evidence is replayed many times."""
        if text not in self._docs:
            self._docs[text] = self.nlp.tokenizer(text[:MAX_CHARACTERS_READ])
        return self._docs[text]

    def is_finite(self) -> bool:
        """Whether every weight is a number."""
        return all(
            bool(np.isfinite(node.get_param(name)).all())
            for node in self.pipe.model.walk()
            for name in node.param_names
            if node.has_param(name)
        )
