"""The records that pass between the rooms: texts, tasks, answers.

They hold plain Python values, so that the store can write them, a learner can read
them and a test can build them. Character offsets count code points, end exclusive.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, TypedDict, get_args

if TYPE_CHECKING:
    from nbannotate.tasks.versions import Version

AnswerKind = Literal["accept", "reject", "ignore"]
ANSWER_KINDS: tuple[AnswerKind, ...] = get_args(AnswerKind)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A labelled stretch of a text.

    Parameters
    ----------
    start, end
        Character offsets in code points, end exclusive.
    label
        The span's label.
    score
        The model's probability in [0, 1], None for a span that no model suggested.

    Examples
    --------
    >>> Span(0, 4, "DRUG").text_of("Meth is bad")
    'Meth'
    """

    start: int
    end: int
    label: str
    score: float | None = field(default=None, compare=False)

    def text_of(self, text: str) -> str:
        """Return the characters of ``text`` that the span covers."""
        return text[self.start : self.end]

    def to_dict(self) -> dict[str, Any]:
        """Return the span as the page and the store write it."""
        plain: dict[str, Any] = {"start": self.start, "end": self.end, "label": self.label}
        if self.score is not None:
            plain["score"] = self.score
        return plain

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Span:
        """Read a span from a mapping with ``start``, ``end`` and ``label``."""
        return cls(int(plain["start"]), int(plain["end"]), str(plain["label"]), plain.get("score"))


@dataclass(frozen=True, slots=True, order=True)
class Relation:
    """A labelled arc from one span of a text to another.

    Parameters
    ----------
    head, child
        The spans that it goes from and to.
    label
        The relation's label.

    Examples
    --------
    >>> relation = Relation(Span(0, 4, "DRUG"), Span(8, 11, "EFFECT"), "causes")
    >>> relation.to_dict()["child"]
    {'start': 8, 'end': 11, 'label': 'EFFECT'}
    """

    head: Span
    child: Span
    label: str

    def to_dict(self) -> dict[str, Any]:
        """Return the relation as the page and the store write it, its spans without scores."""
        head, child = (replace(span, score=None).to_dict() for span in (self.head, self.child))
        return {"head": head, "child": child, "label": self.label}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Relation:
        """Read a relation from a mapping with ``head``, ``child`` and ``label``."""
        head, child = (Span.from_dict(plain[end]) for end in ("head", "child"))
        return cls(head, child, str(plain["label"]))


class Parts(TypedDict, total=False):
    """The parts of an answer as they are given; one that is left out, or None, says nothing.

    See `Said` for what they are. Spans and relations may be mappings, one label may stand
    alone, and so may the text of a single field.
    """

    spans: Iterable[Span | Mapping[str, Any]] | None
    accept: str | Iterable[str] | None
    inputs: str | Mapping[str, Any] | None
    relations: Iterable[Relation | Mapping[str, Any]] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What an answer says of its text, in parts; which of them, its view decides.

    Parameters
    ----------
    spans
        The spans that stand after the answer (spans view), or the span asked about (binary).
    accept
        The labels chosen (choice view).
    inputs
        What was written in each field, by its name (input view).
    relations
        The relations that stand after the answer (relations view); their ends are ``spans``.
    """

    spans: tuple[Span, ...] = ()
    accept: tuple[str, ...] = ()
    inputs: Mapping[str, str] = field(default_factory=dict)
    relations: tuple[Relation, ...] = ()

    @property
    def parts(self) -> dict[str, Any]:
        """All parts by their names."""
        return {name: getattr(self, name) for name in PARTS}


PARTS = tuple(part.name for part in fields(Said))
"""The names of an answer's parts."""


@dataclass(frozen=True, slots=True)
class SourceText:
    """One text of a source, with what came beside it.

    Parameters
    ----------
    text
        Never empty, valid Unicode.
    input_hash
        The text's identity: equal texts have equal hashes.
    meta
        The other columns of its row, as JSON values.
    spans
        Spans that came with the row (pre-annotation), shown by manual views only.
    relations
        Relations between them that came with the row, where they are drawn.
    """

    text: str
    input_hash: int
    meta: Mapping[str, Any] = field(default_factory=dict)
    spans: tuple[Span, ...] = ()
    relations: tuple[Relation, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """One question to the annotator.

    Parameters
    ----------
    text, input_hash, meta
        The text asked about, its identity, and what came beside it.
    task_hash
        The question's identity: the text, the view and, for a binary view, the span or
        label asked about.
    view
        The view's name, such as ``"ner.correct"``.
    labels
        The labels that an answer may use, in the order shown.
    spans
        The model's suggestions: the whole prediction for a spans view, the one span
        asked about for a binary view.
    options
        For a choice view: each label with the model's probability (None without a model).
        A view that shows no suggestions keeps the probabilities from the page.
    label
        For a binary view: the label asked about.
    score
        The model's probability in [0, 1] for what it suggests or, hidden, foresees; None
        where it says none.
    why
        Why this text is asked now, such as ``"uncertain"`` or ``"random"``.
    model_version
        The version of the model that asked, None without a model.
    prediction
        For a binary view on spans: the model's whole reading of the text, which an
        annotator may accept or mend in the place of a yes or no.
    foreseen
        The model's spans where ``spans`` are not they, lest they sway the annotator: stored
        with the answer, never sent to the page. None where ``spans`` or ``score`` say it all.
    versions
        What several annotators or models said of the text, where that is to be decided.
    supersedes
        The ``answer_id`` of an earlier answer whose place the new one takes, if any.
    html
        What is shown in the place of the text, or above it where the text is marked; it is
        safe to be shown. None for the text alone.
    relations
        Relations between ``spans`` that an answer begins with.
    inputs
        What is in the fields at the beginning, by their names.
    """

    text: str
    input_hash: int
    task_hash: int
    view: str
    labels: tuple[str, ...]
    spans: tuple[Span, ...] = ()
    options: Mapping[str, float | None] = field(default_factory=dict)
    label: str | None = None
    score: float | None = None
    why: str = "next"
    model_version: str | None = None
    prediction: tuple[Span, ...] | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)
    foreseen: tuple[Span, ...] | None = None
    versions: tuple[Version, ...] = ()
    supersedes: str | None = None
    html: str | None = None
    relations: tuple[Relation, ...] = ()
    inputs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer(Said):
    """One answer as it is stored: append-only, identified by the page.

    Parameters
    ----------
    answer_id
        Made by whoever gives the answer, so that delivering it twice stores it once.
    dataset, session_id, annotator, view
        What it belongs to, who gave it, and how it was asked.
    text, input_hash, task_hash
        What was asked about, and the identities of the text and of the question.
    answer
        ``"accept"``, ``"reject"`` or ``"ignore"``.
    spans, accept, inputs, relations
        What it says; see `Said`.
    label
        The label asked about (binary view) or the single label chosen (choice view).
    suggested
        What was suggested when it was asked: the spans, or the labels by probability
        (in a view that shows no suggestions the annotator did not see them).
    score, why, model_version
        Copied from the task.
    seconds
        Time from showing the task to answering it, None when unknown.
    created_at
        UTC, naive.
    meta
        What came beside the text.
    labels
        The labels that the task offered; of others the answer says nothing. Empty where it
        is not known, as in answers from elsewhere: then they are taken to be all labels.
    replaces
        The ``answer_id`` that this row takes the place of, if any.
    undoes
        The ``answer_id`` that this row takes back; then all else is a copy of that row.
    foreseen
        Copied from the task: the model's spans where the annotator did not see them.
    flagged
        Whether the annotator marked it to be looked at again; nothing is learned from that.
    note
        What the annotator wrote beside it, None for nothing.
    labels_by_view
        In a view of several blocks: the labels that each of those offered, by its name.
    """

    answer_id: str
    dataset: str
    session_id: str
    annotator: str
    view: str
    text: str
    input_hash: int
    task_hash: int
    answer: AnswerKind
    created_at: datetime
    label: str | None = None
    suggested: tuple[Span, ...] | Mapping[str, float | None] = ()
    score: float | None = None
    why: str | None = None
    model_version: str | None = None
    seconds: float | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    replaces: str | None = None
    undoes: str | None = None
    foreseen: tuple[Span, ...] | None = None
    flagged: bool = False
    note: str | None = None
    labels_by_view: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def task_of(answer: Answer, labels: tuple[str, ...]) -> Task:
    """Return the task that a stored answer was given to, as far as the answer recalls it."""
    suggested = answer.suggested
    return Task(
        text=answer.text,
        input_hash=answer.input_hash,
        task_hash=answer.task_hash,
        view=answer.view,
        labels=labels,
        spans=() if isinstance(suggested, Mapping) else suggested,
        options=dict(suggested) if isinstance(suggested, Mapping) else {},
        label=answer.label if answer.view.endswith(".teach") else None,
        score=answer.score,
        why=answer.why or "answered before",
        model_version=answer.model_version,
        meta=answer.meta,
        foreseen=answer.foreseen,
    )


def with_labels(
    task: Task, labels: tuple[str, ...], options: tuple[str, ...] | None = None
) -> Task:
    """Return the task as it is asked with these labels; of new ones no model speaks yet.

    Parameters
    ----------
    task
        As it was asked before.
    labels
        All labels that an answer may use now.
    options
        Those of them that the text as a whole may be given; by default all.

    Examples
    --------
    >>> task = Task("Hi", 1, 2, "textcat.manual", ("A",), options={"A": 0.5})
    >>> with_labels(task, ("A", "B")).options
    {'A': 0.5, 'B': None}
    """
    if task.labels == labels:
        return task
    offered = labels if options is None else options
    kept = {label: task.options.get(label) for label in offered} if task.options else {}
    return replace(task, labels=labels, options=kept)
