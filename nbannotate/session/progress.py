"""Where a session stands, in numbers that a cell or the page can show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from nbannotate.session.estimates import Estimate, Outlook

Phase = Literal["preparing", "asking", "paused", "finished", "closed"]
ModelState = Literal["none", "rebuilding", "learning", "ready", "paused"]


@dataclass(frozen=True, slots=True, repr=False)
class Progress:
    """How far a session has come; fields are readable as ``p.answered`` or ``p["answered"]``.

    Parameters
    ----------
    answered
        Answers of this session that stand.
    remaining
        Texts that may still be asked about, None while the source's end is not in sight.
    target
        The number of answers aimed for, None without a target.
    accuracy
        In [0, 1]: how well the model's suggestions, made before it saw the answers, agree
        with them (share of right labels; for spans the F-score). None before the first.
    counts
        How often each label was given.
    live_accuracy
        How well the model as it is now foresees the answers to questions drawn at random,
        which speak for the whole pool: an `Estimate` read off the session's learning curve.
        Of labels that exclude each other the share right; of several labels on a text
        the share of texts with just the right ones; of yes-or-no questions the share foreseen;
        of spans the F-score. None before ten of them could be compared. Where suggestions
        are shown to be corrected they sway the answers too: manual views measure free of
        that. Just after ``use`` the former model's answers are among them.
    outlook
        The accuracy on such questions to expect after 100 more answers, an `Outlook`. None
        before 50 answers could be compared, and while it would say nothing.
    """

    answered: int
    remaining: int | None
    target: int | None
    accuracy: float | None
    counts: Mapping[str, int] = field(default_factory=dict)
    live_accuracy: Estimate | None = None
    outlook: Outlook | None = None

    def __repr__(self) -> str:
        shown = {each.name: getattr(self, each.name) for each in fields(self)}
        if self.accuracy is not None:
            shown["accuracy"] = round(self.accuracy, 3)
        return f"Progress({', '.join(f'{name}={value}' for name, value in shown.items())})"

    def keys(self) -> Iterator[str]:
        """Iterate over the names of the fields, so that ``dict(progress)`` works."""
        return (each.name for each in fields(self))

    def __getitem__(self, name: str) -> Any:
        """Return a field by its name."""
        if name not in {each.name for each in fields(self)}:
            raise KeyError(name)
        return getattr(self, name)


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """What the model in the loop is doing.

    Parameters
    ----------
    state
        ``"none"`` without a model; ``"rebuilding"`` from stored answers; ``"learning"``;
        ``"ready"`` when it has seen every answer; ``"paused"`` after an error, until it
        is told to go on.
    learned, pending
        Answers of this session that it has seen, and that wait.
    version
        The version of ``store.models()`` that it was saved as last, or started from;
        ``"base"`` before there is one.
    message
        Why it is paused.
    done, total
        How far a rebuild has come, in answers; also while a label is added.
    """

    state: ModelState
    learned: int = 0
    pending: int = 0
    version: str | None = None
    message: str | None = None
    done: int | None = None
    total: int | None = None
