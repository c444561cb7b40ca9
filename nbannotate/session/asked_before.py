"""Questions that a page was asked by an earlier kernel, and answers only now.

It keeps one thing true: what an earlier kernel asked is asked again for the answer alone, and
only while the text is open, so that no text is answered twice.
"""

from __future__ import annotations

from typing import Any, TypedDict

from nbannotate.pool import Pool
from nbannotate.session.given_tasks import GivenTasks
from nbannotate.session.questions import Questions
from nbannotate.tasks import Span, Task, View, drawn_from


class Question(TypedDict, total=False):
    """What a page knows of a task that an earlier kernel sent it, as it was sent."""

    input_hash: str
    spans: list[dict[str, Any]]
    prediction: list[dict[str, Any]] | None
    options: list[dict[str, Any]]
    label: str | None
    score: float | None
    why: str
    model_version: str | None


def asked_before(
    questions: Questions | GivenTasks,
    pool: Pool,
    view: View,
    labels: tuple[str, ...],
    question: Question,
    task_hash: int,
) -> Task | None:
    """Return the task that an earlier kernel asked, None if it may not be answered any more.

    Parameters
    ----------
    questions
        What is asked now.
    pool
        The texts.
    view, labels
        How it is asked now; a question of another view is another question.
    question
        What the page was sent.
    task_hash
        The question's identity, which must be that of ``question``.
    """
    if isinstance(questions, GivenTasks):
        return questions.open_task(task_hash)
    text_hash = int(question["input_hash"])
    if text_hash not in pool or not pool.is_open(text_hash):
        return None
    text = pool[text_hash]
    spans = _spans(question.get("spans"))
    label = question.get("label")
    reading = question.get("prediction")
    is_binary = not view.asks_whole_text
    task = Task(
        text=text.text,
        input_hash=text_hash,
        task_hash=view.task_hash(
            text,
            span=spans[0] if is_binary and spans else None,
            label=label if is_binary and not spans else None,
        ),
        view=view.name,
        labels=labels,
        spans=spans,
        options={each["label"]: each["score"] for each in question.get("options") or ()},
        label=label,
        score=question.get("score"),
        why=question.get("why") or "asked before",
        model_version=question.get("model_version"),
        prediction=None if reading is None else _spans(reading),
        meta=text.meta,
        relations=drawn_from(text.relations, spans),
    )
    return task if task.task_hash == task_hash and questions.is_askable(task) else None


def _spans(plain: list[dict[str, Any]] | None) -> tuple[Span, ...]:
    return tuple(Span.from_dict(each) for each in plain or ())
