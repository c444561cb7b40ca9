"""Answers from gold labels, through the same session that a person answers.

For tests, for benchmarks, and for the question "how many answers would I need?".
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from tqdm.auto import tqdm

from nbannotate.cells.oracle import Oracle
from nbannotate.errors import PipelineError
from nbannotate.learning import evaluate
from nbannotate.session import Session
from nbannotate.tasks import AnnotatorTime, GoldText, read_gold

if TYPE_CHECKING:
    import pandas as pd

CHECKPOINTS = (25, 50, 100, 200, 400, 800, 1600)
SHOWN_SCORES = re.compile(r"(ents|spans_.*)_[prf]|cats_macro_f|cats_micro_f|cats_acc")


class HasSession(Protocol):
    """An Annotator, as far as this page is concerned."""

    @property
    def session(self) -> Session:
        """The loop without the page."""


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
    one key does on the page. What cannot be answered as the gold has it is ignored, with a
    warning. After each answer the model is waited for, as it would be
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
        If a gold row cannot be read, or none says anything of what the view asks about.

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
    given = 0
    paused = _pause_of(session, "before the first answer")
    rows: list[dict[str, Any]] = []
    with tqdm(total=n, desc="answers", disable=not progress) as bar:
        while given < n and (task := session.task) is not None:
            answer = oracle.answer(session, task)
            n_tokens = len(session.tokens(task))
            seconds = time.of(session.view, task, n_tokens=n_tokens, **answer)
            session.answer(**answer, task_hash=task.task_hash, seconds=seconds)
            session.join()
            spent += seconds
            given += 1
            paused = paused or _pause_of(session, f"since answer {given}")
            bar.update()
            is_due = given % every == 0 if every else given in CHECKPOINTS
            if is_due or given == n:
                rows.append(_row(session, given, spent, held_out))
    if given and (not rows or rows[-1]["answers"] != given):
        rows.append(_row(session, given, spent, held_out))
    for remark in oracle.remarks:
        _warn(remark)
    if paused is not None:
        _warn(f"{paused}; it learned nothing from then on, ann.resume() lets it go on")
    return pd.DataFrame(rows)


def _pause_of(session: Session, when: str) -> str | None:
    model = session.model
    return f"the model is paused {when}: {model.message}" if model.state == "paused" else None


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
