"""A learner made of two functions: one fits a model, one asks it.

One thing is kept true: the model is what ``fit`` makes of the answers that stand, in their
order. So undo, a restart and a rebuild need no code of the model's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from nbannotate.errors import LearningError
from nbannotate.learning.protocol import Progress
from nbannotate.learning.readings import clipped, is_probability
from nbannotate.tasks.labels import check_labels
from nbannotate.tasks.prediction import Prediction
from nbannotate.tasks.records import Answer, Span

Fit: TypeAlias = Callable[[list[Answer]], Any]
Predict: TypeAlias = Callable[[Any, list[str]], Sequence[Any]]


class RefitLearner:
    """Puts any model into the loop: scikit-learn, a Hugging Face classifier, one's own.

    Parameters
    ----------
    fit
        Takes the answers to learn from, oldest first, and returns a new model. Ignored
        tasks, rejects of whole texts and answers with other labels are left out; of a
        ``teach`` view some are rejects of their label or span, which ``answer.answer`` says.
        Equal answers should make equal models.
    predict
        Takes the model and texts, and returns one reading per text: a mapping from label
        to probability in [0, 1], a list of `Span`, or a `Prediction`.
    labels
        The labels that are asked about; what is predicted of others is left out. A session
        may add some, so a model of fixed labels takes its own from the answers.
    every
        Fit after each so many answers; more than 1 for a model that is slow to fit.
    ready
        Whether ``fit`` can be called with these answers; by default as soon as two of them
        differ in what they say, or one marks spans. Until then nothing is predicted.

    Raises
    ------
    LabelError
        If the labels cannot be used.
    ValueError
        If ``every`` is less than 1.

    Examples
    --------
    >>> import nbannotate as nb
    >>> from collections import Counter
    >>> def fit(answers):
    ...     return Counter(answer.label for answer in answers)
    >>> def predict(model, texts):
    ...     return [{label: n / model.total() for label, n in model.items()} for _ in texts]
    >>> labels = ["payment", "hardware"]
    >>> own = nb.RefitLearner(fit, predict, labels=labels)
    >>> ann = nb.textcat.manual(
    ...     ["Charged twice", "Flat tyre"], labels=labels, learner=own, store=":memory:"
    ... )
    >>> for label in labels:
    ...     _ = ann.session.answer("accept", accept=label)
    >>> ann.session.join()
    True
    >>> own.model
    Counter({'payment': 1, 'hardware': 1})
    >>> ann.close()
    """

    def __init__(
        self,
        fit: Fit,
        predict: Predict,
        *,
        labels: str | Iterable[str],
        every: int = 1,
        ready: Callable[[list[Answer]], bool] | None = None,
    ) -> None:
        if every < 1:
            raise ValueError(f"every={every} is no number of answers; give 1 or more")
        self._fit = fit
        self._predict = predict
        self._labels = check_labels(labels)
        self._every = every
        self._ready = ready or says_two_things
        self._answers: dict[str, Answer] = {}
        self._fitted: tuple[str, ...] = ()
        self._model: Any = None

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that predictions may carry."""
        return self._labels

    @property
    def learned(self) -> int:
        """How many answers the model was fitted on."""
        return len(self._fitted)

    @property
    def model(self) -> Any:
        """What ``fit`` returned last, None before; a later fit makes another."""
        return self._model

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        """Return one prediction per text, without changing the model.

        Raises
        ------
        LearningError
            If the function returned another number of readings, or what is no reading.
        """
        if self._model is None:
            return [Prediction() for _ in texts]
        said = list(self._predict(self._model, list(texts)))
        if len(said) != len(texts):
            raise LearningError(
                f"predict returned {len(said)} readings of {len(texts)} texts; return one per "
                "text, in their order"
            )
        return [self._read(each) for each in said]

    def update(self, answers: Sequence[Answer]) -> None:
        """Learn from new answers."""
        self._learn(self._answers | {answer.answer_id: answer for answer in answers})

    def forget(self, answer: Answer) -> None:
        """Make the model the one that never saw an answer."""
        self._learn({key: each for key, each in self._answers.items() if key != answer.answer_id})

    def remember(self, answers: Sequence[Answer]) -> None:
        """Learn these answers as well: a model that is fitted anew has no other memory."""
        self.update(answers)

    def rebuild(self, answers: Sequence[Answer], progress: Progress | None = None) -> None:
        """Make the model the one that saw exactly these answers: one fit."""
        self._learn({answer.answer_id: answer for answer in answers})
        if progress is not None:
            progress(len(answers), len(answers))

    def add_label(self, label: str) -> None:
        """Know one more label: answers that were left out for it are learned."""
        former = self._labels
        self._labels = check_labels((*former, label))
        try:
            self._learn(self._answers)
        except BaseException:
            self._labels = former
            raise

    def _learn(self, answers: dict[str, Answer]) -> None:
        """Fit on as many answers as make whole steps; if it raises, all is as it was."""
        teaching = [each for each in answers.values() if self._teaches(each)]
        due = teaching[: len(teaching) - len(teaching) % self._every]
        fitted = tuple(answer.answer_id for answer in due)
        if fitted != self._fitted:
            model = self._fit(due) if due and self._ready(due) else None
            self._model = model
            self._fitted = fitted if model is not None else ()
        self._answers = answers

    def _teaches(self, answer: Answer) -> bool:
        if answer.answer == "ignore" or (answer.answer == "reject" and not _is_binary(answer)):
            return False
        given = {span.label for span in answer.spans} | set(answer.accept)
        given |= {answer.label} if answer.label is not None else set()
        return given <= set(self._labels)

    def _read(self, said: Any) -> Prediction:
        if isinstance(said, Prediction):
            return said
        if isinstance(said, Mapping):
            return Prediction(
                cats={
                    label: _probability(said[label], label)
                    for label in self._labels
                    if label in said
                }
            )
        spans = list(said) if isinstance(said, Sequence) else [said]
        if not all(isinstance(span, Span) for span in spans):
            raise LearningError(
                f"predict returned {said!r}; return a mapping from label to probability, a list "
                "of nb.Span, or an nb.Prediction for each text"
            )
        known = tuple(sorted(span for span in spans if span.label in self._labels))
        return Prediction(spans=known, candidates=known)


def says_two_things(answers: Sequence[Answer]) -> bool:
    """Return whether answers differ in what they say, or mark a span in a whole text.

    Most classifiers cannot be fitted on a single class.

    Examples
    --------
    >>> says_two_things([])
    False
    """
    said = {(each.answer, each.label, each.accept) for each in answers}
    return len(said) > 1 or any(each.spans and not _is_binary(each) for each in answers)


def _is_binary(answer: Answer) -> bool:
    return answer.view.endswith(".teach")


def _probability(value: Any, label: str) -> float:
    number = float(value)
    if not is_probability(number):
        raise LearningError(
            f"predict returned {number} for {label!r}; probabilities lie in [0, 1]: apply "
            "a softmax or a sigmoid to scores first"
        )
    return clipped(number)
