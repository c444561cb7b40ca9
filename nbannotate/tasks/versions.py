"""Versions: what several annotators, or several models, said of one text, side by side.

It keeps one thing true: two versions are told apart by what they say, never by who said it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from nbannotate.tasks.records import Answer, AnswerKind, Relation, Said, Span

_Said = TypeVar("_Said", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody left beside an answer, to be seen by whoever decides.

    Parameters
    ----------
    name
        Who left it.
    flagged
        Whether the answer is marked to be looked at again.
    note
        What is written beside it, None for nothing.
    """

    name: str
    flagged: bool
    note: str | None


@dataclass(frozen=True, slots=True)
class Version(Said):
    """One reading of a text, and everyone who gave it.

    Parameters
    ----------
    names
        Annotators, sessions or models, in the order in which they spoke.
    answer
        ``"accept"``, ``"reject"`` or ``"ignore"``.
    spans, accept, inputs, relations
        What was given; see `Said`.
    output
        What was written, where texts are compared.
    answer_ids
        The stored answers that say so, one a name; empty for models.
    remarks
        Flags and notes that came with them.
    """

    names: tuple[str, ...]
    answer: AnswerKind = "accept"
    output: str | None = None
    answer_ids: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()

    @property
    def decides(self) -> bool:
        """Whether it says anything of the text: one that is ignored does not."""
        return self.answer != "ignore"

    @property
    def content(self) -> Hashable:
        """What it says, whoever says it; of a text that is rejected or ignored just that.

        Neither the order in which it was said counts, nor space around what was written.
        """
        if self.answer != "accept":
            return (self.answer,)
        parts = (frozenset(part) for part in (self.spans, self.accept, self.relations))
        return (self.answer, *parts, self.written, self.output)

    @property
    def written(self) -> frozenset[tuple[str, str]]:
        """What was written, by the field's name; fields with nothing in them are left out."""
        return frozenset(
            (name, text.strip()) for name, text in self.inputs.items() if text.strip()
        )


@dataclass(frozen=True, slots=True)
class Disputed:
    """What some accepting versions say and others do not.

    Parameters
    ----------
    spans, labels, relations
        Those that not all have.
    fields
        The names of the fields in which they have not all written the same.
    """

    spans: frozenset[Span]
    labels: frozenset[str]
    relations: frozenset[Relation]
    fields: frozenset[str]


def group_versions(named: Iterable[tuple[str, Answer]]) -> tuple[Version, ...]:
    """Group the answers to one question by what they say, the most frequent first.

    Parameters
    ----------
    named
        Who answered, and the answer, oldest first; of several by one name the latest holds.

    Returns
    -------
    tuple of Version
        Those that decide nothing come last; of equally frequent ones the one that was
        said first comes first.

    Examples
    --------
    >>> from datetime import datetime
    >>> common = {"text": "Hi", "input_hash": 1, "task_hash": 2, "answer": "accept"}
    >>> a, b, c = (
    ...     Answer(
    ...         i, "d", "s", i, "textcat.manual", created_at=datetime.min, accept=(x,), **common
    ...     )
    ...     for i, x in [("a", "X"), ("b", "Y"), ("c", "Y")]
    ... )
    >>> [version.names for version in group_versions([("a", a), ("b", b), ("c", c)])]
    [('b', 'c'), ('a',)]
    """
    latest: dict[str, Answer] = {}
    for name, answer in named:
        latest.pop(name, None)
        latest[name] = answer
    groups: dict[Hashable, list[tuple[str, Version]]] = {}
    for name, answer in latest.items():
        version = version_of(name, answer)
        groups.setdefault(version.content, []).append((name, version))
    merged = [_merged([version for _, version in group]) for group in groups.values()]
    return tuple(sorted(merged, key=lambda each: (not each.decides, -len(each.names))))


def version_of(name: str, answer: Answer) -> Version:
    """Return what one answer says, without what a model thought of it."""
    remarked = answer.flagged or answer.note is not None
    return Version(
        names=(name,),
        answer=answer.answer,
        spans=tuple(map(_bare, sorted(answer.spans))),
        accept=answer.accept,
        inputs=answer.inputs,
        relations=tuple(
            Relation(_bare(each.head), _bare(each.child), each.label)
            for each in sorted(answer.relations)
        ),
        answer_ids=(answer.answer_id,),
        remarks=(Remark(name, answer.flagged, answer.note),) if remarked else (),
    )


def leading(versions: Sequence[Version]) -> Version | None:
    """Return the version that more names gave than any other, None where none leads.

    Examples
    --------
    >>> a, b = Version(("alice",)), Version(("bob", "carol"), answer="reject")
    >>> leading([b, a]).names, leading([a, Version(("dan",), answer="reject")])
    (('bob', 'carol'), None)
    """
    counted = sorted(
        (version for version in versions if version.decides),
        key=lambda version: -len(version.names),
    )
    if not counted or (len(counted) > 1 and len(counted[0].names) == len(counted[1].names)):
        return None
    return counted[0]


def in_dispute(versions: Sequence[Version]) -> Disputed:
    """Return what some accepting version says and another does not."""
    accepting = [version for version in versions if version.answer == "accept"]
    return Disputed(
        spans=_unshared([frozenset(version.spans) for version in accepting]),
        labels=_unshared([frozenset(version.accept) for version in accepting]),
        relations=_unshared([frozenset(version.relations) for version in accepting]),
        fields=frozenset(
            name for name, _ in _unshared([version.written for version in accepting])
        ),
    )


def _unshared(sets: Sequence[frozenset[_Said]]) -> frozenset[_Said]:
    if not sets:
        return frozenset()
    return frozenset.union(*sets) - frozenset.intersection(*sets)


def _bare(span: Span) -> Span:
    return Span(span.start, span.end, span.label)


def _merged(group: Sequence[Version]) -> Version:
    return replace(
        group[0],
        names=tuple(name for version in group for name in version.names),
        answer_ids=tuple(each for version in group for each in version.answer_ids),
        remarks=tuple(each for version in group for each in version.remarks),
    )
