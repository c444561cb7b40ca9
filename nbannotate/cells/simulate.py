"""Answers from gold labels, through the same session that a person answers.

For tests, for benchmarks, and for the question "how many answers would I need?".
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Mapping
from random import Random
from typing import TYPE_CHECKING, Any, Protocol

from tqdm.auto import tqdm

from nbannotate.errors import PipelineError, SourceError
from nbannotate.learning import evaluate
from nbannotate.session import Session
from nbannotate.tasks import (
    SPAN_COMPONENTS,
    AnnotatorTime,
    GoldText,
    Span,
    Task,
    View,
    input_hash,
    read_gold,
    snap,
)

if TYPE_CHECKING:
    import pandas as pd

CHECKPOINTS = (25, 50, 100, 200, 400, 800, 1600)
SHOWN_SCORES = re.compile(r"(ents|spans_.*)_[prf]|cats_macro_f|cats_micro_f|cats_acc")


class HasSession(Protocol):
    """An Annotator, as far as this page is concerned."""

    @property
    def session(self) -> Session:
        """The loop without the page."""


class Oracle:
    """Knows the right answer to every task about a gold text.

    Parameters
    ----------
    gold
        Rows as `read_gold` takes them.
    mistakes
        Share of answers that are wrong, in [0, 1].
    corrects
        Correct the model's whole reading where the span asked about is wrong.
    seed
        Draws the mistakes.

    Raises
    ------
    ValueError
        If ``mistakes`` is no share.

    Examples
    --------
    >>> oracle = Oracle([{"text": "Charged twice", "label": "payment"}])
    >>> oracle.knows("Charged twice"), oracle.knows("Flat tyre")
    (True, False)
    """

    def __init__(
        self,
        gold: pd.DataFrame | Iterable[Mapping[str, Any]],
        *,
        mistakes: float = 0.0,
        corrects: bool = False,
        seed: int = 0,
    ) -> None:
        if not 0.0 <= mistakes <= 1.0:
            raise ValueError(f"mistakes={mistakes!r} is no share; give a number from 0 to 1")
        self._gold = {input_hash(row.text): row for row in read_gold(gold)}
        self._mistakes = mistakes
        self._corrects = corrects
        self._random = Random(seed)
        self.snapped = 0

    def knows(self, text: str) -> bool:
        """Return whether the text is among the gold."""
        return input_hash(text) in self._gold

    def answer(self, session: Session, task: Task) -> dict[str, Any]:
        """Return the answer to a task, as the arguments of `Session.answer`.

        It is right, but for the share of mistakes. A text that is not among the gold is
        ignored.

        Raises
        ------
        SourceError
            If the gold row says nothing of what the view asks about.
        """
        answer = self._right(session, task)
        if self._mistakes and self._random.random() < self._mistakes:
            return self._wrong(session, task, answer)
        return answer

    def _wrong(self, session: Session, task: Task, right: dict[str, Any]) -> dict[str, Any]:
        if right["answer"] == "ignore":
            return right
        if session.view.layout == "binary":
            return {"answer": "reject" if right["answer"] == "accept" else "accept"}
        if session.view.shows("spans"):
            left_out = self._random.choice([*right["spans"], None])
            return right | {"spans": [span for span in right["spans"] if span != left_out]}
        labels = session.view.leading.labels or task.labels
        other = self._random.choice(labels)
        if session.view.exclusive:
            others = [label for label in labels if label not in right["accept"]]
            return right | {"accept": [self._random.choice(others or list(labels))]}
        toggled = set(right["accept"]) ^ {other}
        return right | {"accept": [label for label in labels if label in toggled]}

    def _right(self, session: Session, task: Task) -> dict[str, Any]:
        gold = self._gold.get(task.input_hash)
        if gold is None:
            return {"answer": "ignore"}
        right: dict[str, Any] = {"answer": "accept"}
        for block in session.view.blocks:
            right |= self._right_part(session, block, task, gold)
            if right["answer"] == "ignore":
                return {"answer": "ignore"}
        return right

    def _right_part(
        self, session: Session, block: View, task: Task, gold: GoldText
    ) -> dict[str, Any]:
        if block.component in SPAN_COMPONENTS:
            right = self._spans(session, task, gold)
            if "spans" in block.layouts:
                return {"spans": right}
            is_right = task.spans[0] in right
            is_read_right = task.prediction is not None and set(task.prediction) == set(right)
            if is_read_right or (self._corrects and not is_right):
                return {"spans": right}
            return {"answer": "accept" if is_right else "reject"}
        if block.layout == "input" and not any(field.required for field in block.inputs):
            return {}
        if gold.labels is None or not block.takes_labels:
            raise SourceError(
                f"the gold for {gold.text[:60]!r} has no 'label' or 'labels', or nothing else "
                f"that {block.name} asks for"
            )
        if block.layout == "binary":
            return {"answer": "accept" if task.label in gold.labels else "reject"}
        chosen = [label for label in block.labels or task.labels if label in gold.labels]
        if block.exclusive and len(chosen) != 1:
            return {"answer": "ignore"}
        return {"accept": chosen}

    def _spans(self, session: Session, task: Task, gold: GoldText) -> list[Span]:
        if gold.spans is None:
            raise SourceError(
                f"the gold for {gold.text[:60]!r} has no 'spans', which {session.view.name} "
                "asks for"
            )
        tokens = session.tokens(task)
        right: list[Span] = []
        for span in sorted(gold.spans):
            snapped = snap(span, tokens) if span.label in task.labels else None
            clashes = right and snapped is not None and snapped.start < right[-1].end
            if snapped is None or snapped in right or (clashes and not session.view.overlaps):
                self.snapped += span.label in task.labels
                continue
            self.snapped += snapped != span
            right.append(snapped)
        return right


def simulate(
    annotator: HasSession | Session,
    gold: pd.DataFrame | Iterable[Mapping[str, Any]],
    n: int = 200,
    *,
    test: pd.DataFrame | Iterable[Mapping[str, Any]] | None = None,
    every: int | None = None,
    mistakes: float = 0.0,
    corrects: bool = False,
    seed: int = 0,
    time: AnnotatorTime | None = None,
    progress: bool = True,
) -> pd.DataFrame:
    """Answer up to ``n`` tasks from gold labels; the model learns from each, as ever.

    A yes or no about a span is given for the model's whole reading where that is right, as
    one key does on the page. After each answer the model is waited for, as it would be
    ready for a person, who takes seconds. The answers are stored like any other.

    Parameters
    ----------
    annotator
        The widget or its session.
    gold
        Rows with the pool's texts and their right answers; texts without are ignored.
    n
        The most answers to give.
    test
        Held-out gold; the loop's model is scored on it on the way.
    every
        Score after each ``every`` answers; by default after 25, 50, 100, 200, 400, …
    mistakes
        Share of answers that are wrong, in [0, 1]: another label, yes for no, a span
        left out.
    corrects
        In a view that asks about one span: where it is wrong, correct the whole reading, as
        ``e`` does on the page, instead of rejecting the span.
    seed
        Draws the mistakes.
    time
        The model of the annotator's time; its seconds are stored with each answer.
    progress
        Show a progress bar.

    Returns
    -------
    DataFrame
        One row a checkpoint: ``answers`` given; the ``seconds`` that they would have taken
        a person; ``accuracy`` of suggestions before they
        were learned from, in [0, 1]; and with ``test`` the scores under spaCy's names.

    Raises
    ------
    SourceError
        If a gold row cannot be read, or says nothing of what the view asks about.

    Examples
    --------
    >>> import nbannotate as nb
    >>> rows = [{"text": "Charged twice", "label": "payment"}]
    >>> ann = nb.textcat.manual(rows, labels=["payment", "hardware"], store=":memory:", nlp=False)
    >>> nb.simulate(ann, rows, n=1, progress=False).answers.tolist()
    [1]
    >>> ann.close()
    """
    import pandas as pd

    session = annotator if isinstance(annotator, Session) else annotator.session
    oracle = Oracle(gold, mistakes=mistakes, corrects=corrects, seed=seed)
    held_out = _scored_on(session, test)
    time = time or AnnotatorTime()
    spent = 0.0
    given = unknown = 0
    rows: list[dict[str, Any]] = []
    with tqdm(total=n, desc="answers", disable=not progress) as bar:
        while given < n and (task := session.task) is not None:
            unknown += not oracle.knows(task.text)
            answer = oracle.answer(session, task)
            n_tokens = len(session.tokens(task))
            seconds = time.of(session.view, task, n_tokens=n_tokens, **answer)
            session.answer(**answer, task_hash=task.task_hash, seconds=seconds)
            session.join()
            spent += seconds
            given += 1
            bar.update()
            is_due = given % every == 0 if every else given in CHECKPOINTS
            if is_due or given == n:
                rows.append(_row(session, given, spent, held_out))
    if given and (not rows or rows[-1]["answers"] != given):
        rows.append(_row(session, given, spent, held_out))
    if unknown:
        _warn(f"{unknown} texts of the pool are not among the gold; they were ignored")
    if oracle.snapped:
        _warn(f"{oracle.snapped} gold spans were off the tokens; they were widened or left out")
    return pd.DataFrame(rows)


def _scored_on(
    session: Session, test: pd.DataFrame | Iterable[Mapping[str, Any]] | None
) -> list[GoldText] | None:
    """Return what the loop's model is scored on, None with a warning where it cannot be."""
    held_out = read_gold(test) if test is not None else None
    if held_out is None or session.model.state == "none":
        return None
    try:
        session.nlp  # noqa: B018 - raises where the learner has none
    except PipelineError as error:
        _warn(f"nothing is scored on test=: {error}", stacklevel=4)
        return None
    return held_out


def _row(
    session: Session, given: int, spent: float, held_out: list[GoldText] | None
) -> dict[str, Any]:
    accuracy = session.progress.accuracy
    row: dict[str, Any] = {"answers": given, "seconds": spent, "accuracy": accuracy}
    if held_out is not None:
        scores = evaluate(session.nlp, held_out)
        row |= {
            name: value
            for name, value in scores.items()
            if value is not None and SHOWN_SCORES.fullmatch(name)
        }
    return row


def _warn(message: str, stacklevel: int = 3) -> None:
    warnings.warn(message, UserWarning, stacklevel=stacklevel)
