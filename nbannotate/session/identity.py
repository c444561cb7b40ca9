"""Who answers, and under which names: what makes a settled answer one to be stored."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from uuid import uuid4

from nbannotate.errors import AnswerError
from nbannotate.tasks import SPAN_COMPONENTS, Answer, Settled, Span, Task, component_of


@dataclass(frozen=True, slots=True)
class Identity:
    """The names that a session's answers carry.

    Parameters
    ----------
    dataset, session_id, annotator
        As in ``store.annotations()``.
    takes_over
        A later session of the same value, dataset and view continues this one.
    """

    dataset: str
    session_id: str
    annotator: str
    takes_over: str

    @classmethod
    def of(cls, dataset: str, session_id: str | None, annotator: str | None) -> Identity:
        """Fill in ``<annotator>-<start time>`` and the system's user where no name was given."""
        who, takes_over = line_key(session_id, annotator)
        return cls(dataset, session_id or _by_start_time(who), who, takes_over)

    def sign(
        self,
        task: Task,
        settled: Settled,
        *,
        answer_id: str | None,
        seconds: float | None,
        flagged: bool = False,
        note: str | None = None,
        replaces: str | None = None,
        labels_by_view: Mapping[str, tuple[str, ...]] | None = None,
    ) -> Answer:
        """Return the answer to a task as it is to be stored.

        Raises
        ------
        AnswerError
            If the note is no text.
        """
        return Answer(
            answer_id=answer_id or uuid4().hex,
            dataset=self.dataset,
            session_id=self.session_id,
            annotator=self.annotator,
            view=task.view,
            text=task.text,
            input_hash=task.input_hash,
            task_hash=task.task_hash,
            answer=settled.answer,
            created_at=utc_now(),
            **settled.parts,
            label=settled.label,
            suggested=_suggested(task),
            foreseen=task.foreseen,
            score=task.score,
            why=task.why,
            model_version=task.model_version,
            seconds=seconds,
            meta=task.meta,
            labels=task.labels,
            replaces=replaces,
            flagged=bool(flagged),
            note=_checked_note(note),
            labels_by_view=labels_by_view or {},
        )


def taken_back(answer: Answer) -> Answer:
    """Return the row that takes an answer back: a row like any other, nothing is deleted."""
    return replace(answer, answer_id=uuid4().hex, undoes=answer.answer_id, created_at=utc_now())


def line_key(session_id: str | None, annotator: str | None) -> tuple[str, str]:
    """Return who annotates, and what a later session continues this one by."""
    who = annotator or system_user()
    return who, session_id or f"by {who}"


def system_user() -> str:
    """Return the name of the system's user, ``"annotator"`` where it has none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "annotator"


def utc_now() -> datetime:
    """Return the time as answers carry it: UTC, naive."""
    return datetime.now(UTC).replace(tzinfo=None)


def _checked_note(note: str | None) -> str | None:
    """Return a note without space around it, None where nothing is left."""
    if note is None:
        return None
    if not isinstance(note, str):
        raise AnswerError(f"note={note!r} is no text; give a str, or None for no note")
    return note.strip() or None


_started: set[str] = set()


def _by_start_time(annotator: str) -> str:
    """Return a session id that no session of this kernel has, readable first."""
    first = f"{annotator}-{datetime.now(UTC):%Y-%m-%d-%H%M%S}"
    names = (first if number == 1 else f"{first}-{number}" for number in count(1))
    named = next(name for name in names if name not in _started)
    _started.add(named)
    return named


def _suggested(task: Task) -> tuple[Span, ...] | Mapping[str, float | None]:
    is_on_spans = component_of(task.view) in SPAN_COMPONENTS
    return dict(task.options) if task.options and not is_on_spans else task.spans
