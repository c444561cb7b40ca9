"""The one who knows the right answers: gold, told in the words of any view.

One thing is kept true: what of the gold cannot be told is counted, and never left out
without a word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from random import Random
from typing import TYPE_CHECKING, Any

from nbannotate.errors import SourceError
from nbannotate.session import Session
from nbannotate.tasks import (
    SPAN_COMPONENTS,
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
        self._met: dict[str, None] = {}
        self._asked: dict[str, None] = {}
        self._n_unknown = self._n_silent = self._n_not_one = self._n_snapped = 0

    def knows(self, text: str) -> bool:
        """Return whether the text is among the gold."""
        return input_hash(text) in self._gold

    @property
    def remarks(self) -> list[str]:
        """What could not be answered as the gold has it, a sentence each."""
        remarks = []
        if self._n_unknown:
            remarks.append(f"{self._n_unknown} texts of the pool are not among the gold")
        if self._n_silent:
            remarks.append(f"the gold says nothing of what is asked about {self._n_silent} texts")
        if self._n_not_one:
            remarks.append(
                f"{self._n_not_one} texts have none of the labels asked about, or several where "
                "exactly one applies"
            )
        remarks = [f"{remark}; they were ignored" for remark in remarks]
        if self._n_snapped:
            remarks.append(
                f"{self._n_snapped} gold spans were off the tokens; they were widened or left out"
            )
        if self._met and self._asked.keys().isdisjoint(self._met):
            remarks.append(
                f"none of the gold's labels is asked about: the gold has {_few(self._met)}, asked "
                f"is {_few(self._asked)}"
            )
        return remarks

    def answer(self, session: Session, task: Task) -> dict[str, Any]:
        """Return the answer to a task, as the arguments of `Session.answer`.

        It is right, but for the share of mistakes. A text is ignored that is not among the
        gold, of which the gold says nothing, or of whose labels exactly one should apply and
        does not.

        Raises
        ------
        SourceError
            If no gold row says anything of what the view asks about.
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
            self._n_unknown += 1
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
        is_about = "spans" if block.component in SPAN_COMPONENTS else "labels"
        if block.layout == "input" and not any(field.required for field in block.inputs):
            return {}
        if not self._says(gold, is_about, block):
            self._n_silent += 1
            return {"answer": "ignore"}
        if is_about == "spans":
            right = self._spans(session, task, gold)
            if "spans" in block.layouts:
                return {"spans": right}
            is_right = task.spans[0] in right
            is_read_right = task.prediction is not None and set(task.prediction) == set(right)
            if is_read_right or (self._corrects and not is_right):
                return {"spans": right}
            return {"answer": "accept" if is_right else "reject"}
        said = gold.labels or ()
        self._meet(said, block.labels or task.labels)
        if block.layout == "binary":
            return {"answer": "accept" if task.label in said else "reject"}
        chosen = [label for label in block.labels or task.labels if label in said]
        if block.exclusive and len(chosen) != 1:
            self._n_not_one += 1
            return {"answer": "ignore"}
        return {"accept": chosen}

    def _says(self, gold: GoldText, is_about: str, block: View) -> bool:
        """Return whether a row says something of spans, or of labels; some row must."""
        is_asked = is_about == "spans" or block.takes_labels
        if is_asked and getattr(gold, is_about) is not None:
            return True
        if is_asked and any(getattr(row, is_about) is not None for row in self._gold.values()):
            return False
        wanted = "'spans'" if is_about == "spans" else "'label' or 'labels'"
        raise SourceError(
            f"the gold has no {wanted}, or nothing else that {block.name} asks for; see for "
            f"instance the row of {gold.text[:60]!r}"
        )

    def _meet(self, said: Iterable[str], asked: Iterable[str]) -> None:
        """Remember labels of the gold, and those that were asked about."""
        self._met |= dict.fromkeys(said)
        self._asked |= dict.fromkeys(asked)

    def _spans(self, session: Session, task: Task, gold: GoldText) -> list[Span]:
        spans = sorted(gold.spans or ())
        self._meet((span.label for span in spans), task.labels)
        tokens = session.tokens(task)
        right: list[Span] = []
        for span in spans:
            snapped = snap(span, tokens) if span.label in task.labels else None
            clashes = right and snapped is not None and snapped.start < right[-1].end
            if snapped is None or snapped in right or (clashes and not session.view.overlaps):
                self._n_snapped += span.label in task.labels
                continue
            self._n_snapped += snapped != span
            right.append(snapped)
        return right


def _few(labels: Iterable[str]) -> str:
    return ", ".join(repr(label) for label in list(labels)[:5])
