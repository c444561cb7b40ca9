"""Cases: what several annotators said of each question, and what is still to be decided.

It keeps one thing true: every answer that is reviewed is in one case, and a case that was
decided is asked again only when somebody has since said something else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from nbannotate.errors import NbannotateError
from nbannotate.tasks import (
    Answer,
    Said,
    Settled,
    SourceText,
    Span,
    Task,
    Version,
    View,
    check_known,
    group_versions,
    leading,
    version_of,
)

Ask = Literal["disagreements", "all"]
By = Literal["annotator", "session_id"]

REVIEWED = "reviewed"
"""Where in an answer's meta it is written what was decided by it."""

ASKED_FIRST = ("reopened", "versions differ", "to be mended", "flagged")
"""Why a case is asked in any review, in this order; the others when all are asked."""

ASKED_AFTER = ("one version", "only ignored", "agreed")


@dataclass(frozen=True, slots=True)
class Docket:
    """The cases of a review.

    Parameters
    ----------
    asked
        The tasks that are asked, in their order.
    others
        The tasks that are not.
    decided
        The hashes of the tasks that a decision stands on.
    """

    asked: tuple[Task, ...]
    others: tuple[Task, ...]
    decided: frozenset[int]

    @property
    def tasks(self) -> tuple[Task, ...]:
        """All tasks."""
        return self.asked + self.others

    def count(self, why: str) -> int:
        """Return how many undecided tasks are there for a reason."""
        open_now = (task for task in self.tasks if task.task_hash not in self.decided)
        return Counter(task.why for task in open_now)[why]


def draw_up(
    answers: Iterable[Answer],
    decisions: Iterable[Answer],
    *,
    view: View,
    labels: tuple[str, ...],
    by: By = "annotator",
    ask: Ask = "disagreements",
) -> Docket:
    """Gather answers into cases, and tell which of them are asked.

    Parameters
    ----------
    answers
        Those that are reviewed, oldest first; of one kind, as the view has them.
    decisions
        What was decided in earlier reviews, oldest first.
    view
        How the reviewer is asked.
    labels
        The labels that a decision may use.
    by
        Whose versions are told apart: annotators or sessions.
    ask
        ``"disagreements"``: where versions differ, or one is flagged. ``"all"``: also
        where there is but one version, and last where all agree.

    Raises
    ------
    LabelError
        If an answer uses a label that is not among those given.
    """
    decided = {answer.task_hash: _asked_part(view, answer) for answer in decisions}
    about: dict[Hashable, list[Answer]] = {}
    for answer in answers:
        about.setdefault(_question(view, answer), []).append(_asked_part(view, answer))
    tasks = [_task(given, decided, view=view, labels=labels, by=by) for given in about.values()]
    shown = ASKED_FIRST + (ASKED_AFTER if ask == "all" else ())
    asked = [task for why in shown for task in tasks if task.why == why]
    others = [task for task in tasks if task.why not in shown]
    closed = frozenset(
        task.task_hash for task in tasks if task.task_hash in decided and task.why != "reopened"
    )
    return Docket(tuple(asked), tuple(others), closed)


def decided_ids(answer: Answer) -> list[str]:
    """Return the ids of the answers that a reviewer's answer decided on."""
    about = answer.meta.get(REVIEWED)
    return list(about.get("answer_ids", ())) if isinstance(about, Mapping) else []


def _asked_part(view: View, answer: Answer) -> Answer:
    """Return an answer with those of its parts that the view decides."""
    nothing = Said().parts
    return replace(answer, **{part: nothing[part] for part in nothing.keys() - view.takes})


def _question(view: View, answer: Answer) -> Hashable:
    """Return what a question is told apart by, before it is hashed."""
    if view.asks_whole_text:
        return answer.input_hash
    return (answer.input_hash, answer.spans[0] if answer.spans else answer.label)


def _task_hash(view: View, answer: Answer) -> int:
    text = SourceText(answer.text, answer.input_hash)
    if view.asks_whole_text:
        return view.task_hash(text)
    span = answer.spans[0] if answer.spans else None
    return view.task_hash(text, span=span, label=answer.label)


def _task(
    given: Sequence[Answer],
    decisions: Mapping[int, Answer],
    *,
    view: View,
    labels: tuple[str, ...],
    by: By,
) -> Task:
    named = [(getattr(answer, by), answer) for answer in given]
    versions = group_versions(named)
    why = _why(versions)
    first = given[0]
    task_hash = _task_hash(view, first)
    decision = decisions.get(task_hash)
    begun: Said = leading(versions) or Said()
    is_reopened = decision is not None and _diverges(versions, decision)
    if decision is not None and is_reopened:
        why, begun = "reopened", decision
        versions = group_versions([*named, (f"{decision.annotator} (decided)", decision)])
    for label in _labels_of(versions):
        check_known(label, labels)
    is_binary = not view.asks_whole_text
    choice = view.block("choice")
    spans = first.spans if is_binary else begun.spans
    task = Task(
        text=first.text,
        input_hash=first.input_hash,
        task_hash=task_hash,
        view=view.name,
        labels=labels,
        spans=tuple(Span(span.start, span.end, span.label) for span in spans),
        options=dict.fromkeys(choice.labels or labels) if choice is not None else {},
        label=_asked_label(first) if is_binary else None,
        why=why,
        meta={**first.meta, REVIEWED: _about(given, versions, by)},
        versions=versions,
        relations=begun.relations,
        inputs=begun.inputs,
        supersedes=decision.answer_id if decision is not None and is_reopened else None,
    )
    if why == "agreed" and settle_agreed(view, task) is None:
        return replace(task, why="to be mended")
    return task


def settle_agreed(view: View, task: Task) -> Settled | None:
    """Return what the versions agree on, None where it does not fit the view."""
    version = leading(task.versions)
    if version is None:
        return None
    parts = view.say_again(version) if version.answer == "accept" else {}
    tokens = [(span.start, span.end) for span in version.spans]
    try:
        return view.settle(task, version.answer, tokens=tokens, **parts)
    except NbannotateError:
        return None


def _asked_label(answer: Answer) -> str | None:
    return answer.spans[0].label if answer.spans else answer.label


def _labels_of(versions: Iterable[Version]) -> Iterable[str]:
    for version in versions:
        yield from (span.label for span in version.spans)
        yield from version.accept


def _about(given: Sequence[Answer], versions: Sequence[Version], by: By) -> dict[str, Any]:
    return {
        "datasets": list(dict.fromkeys(answer.dataset for answer in given)),
        "by": by,
        "answer_ids": [each for version in versions for each in version.answer_ids],
    }


def _why(versions: Sequence[Version]) -> str:
    said = [version for version in versions if version.decides]
    if len(said) > 1:
        return "versions differ"
    if any(remark.flagged for version in versions for remark in version.remarks):
        return "flagged"
    if not said:
        return "only ignored"
    return "agreed" if len(said[0].names) > 1 else "one version"


def _diverges(versions: Sequence[Version], decision: Answer) -> bool:
    """Return whether a version that the decision did not know says something else."""
    known = set(decided_ids(decision))
    content = version_of("", decision).content
    return any(
        version.decides and version.content != content and not known.issuperset(version.answer_ids)
        for version in versions
    )


def in_one_go(task: Task, answer: Answer, batch: str) -> Answer:
    """Return an answer as one of many that were given at once."""
    about = {**task.meta[REVIEWED], "batch": batch}
    return replace(answer, meta={**task.meta, REVIEWED: about}, seconds=None)


def batch_of(answer: Answer) -> str | None:
    """Return what the answers given at once have in common, None for any other answer."""
    about = answer.meta.get(REVIEWED)
    return about.get("batch") if isinstance(about, Mapping) else None
