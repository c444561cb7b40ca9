"""Views: what an annotator is shown, and which answers fit it.

A view knows nothing of pages or models. It keeps one thing true: an answer that
`View.settle` lets through can be stored and learned from as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import index
from typing import Any, Literal

from nbannotate.errors import AnswerError, SpanError
from nbannotate.tasks.components import PREFIXES, SPAN_COMPONENTS, Component, component_of
from nbannotate.tasks.hashing import task_hash
from nbannotate.tasks.labels import check_known
from nbannotate.tasks.records import ANSWER_KINDS, AnswerKind, SourceText, Span, Task

Layout = Literal["spans", "choice", "binary"]


@dataclass(frozen=True, slots=True)
class Settled:
    """The parts of an answer that its view has checked."""

    answer: AnswerKind
    spans: tuple[Span, ...] = ()
    accept: tuple[str, ...] = ()
    label: str | None = None
    is_whole_text: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """One way of asking about a text.

    Parameters
    ----------
    name
        The name that is stored with each answer, such as ``"ner.correct"``.
    layout
        What the page draws: ``"spans"`` to mark, ``"choice"`` among labels, or
        ``"binary"``: accept or reject one suggestion.
    component
        The kind of pipeline component that can learn from the answers.
    exclusive
        For labels on a text: exactly one applies.
    shows_suggestions
        Whether a model's prediction is shown to be corrected. If not, it is stored with the
        answer all the same, so that it is known how good the model is.

    Raises
    ------
    ValueError
        If the name does not begin as those of the component's views do, or does not end
        with ``"teach"`` just when the layout is binary.
    """

    name: str
    layout: Layout
    component: Component
    exclusive: bool = False
    shows_suggestions: bool = True

    def __post_init__(self) -> None:
        """Refuse a name by which stored answers would be read as something else."""
        prefix = PREFIXES.get(self.component, self.component)
        kind = self.name.rpartition(".")[2]
        if component_of(self.name) != self.component or (
            (kind == "teach") != (self.layout == "binary")
        ):
            raise ValueError(
                f"view {self.name!r} has layout {self.layout!r} and component "
                f"{self.component!r}; stored answers are told apart by the name: call it "
                f"{prefix}.…, ending in .teach just when the layout is binary"
            )

    @property
    def asks_whole_text(self) -> bool:
        """Whether one accepted answer says all there is to say about the text."""
        return self.layout != "binary"

    @property
    def overlaps(self) -> bool:
        """Whether spans of one text may overlap, nest, or differ by their label alone."""
        return self.component == "spancat"

    def task_hash(
        self, text: SourceText, span: Span | None = None, label: str | None = None
    ) -> int:
        """Return the identity of this view's question about a text."""
        if span is not None:
            return task_hash(text.input_hash, self.component, span.start, span.end, span.label)
        if label is not None:
            return task_hash(text.input_hash, self.component, label)
        return task_hash(text.input_hash, self.component)

    def settle(
        self,
        task: Task,
        answer: str,
        *,
        spans: Iterable[Span | Mapping[str, Any]] | None = None,
        accept: str | Iterable[str] | None = None,
        tokens: Sequence[tuple[int, int]],
    ) -> Settled:
        """Check an answer against its task and return what is to be stored.

        Parameters
        ----------
        task
            The task that is answered.
        answer
            ``"accept"``, ``"reject"`` or ``"ignore"``.
        spans
            Spans layout: the spans that stand; None accepts the suggestions as they are.
            Binary layout on spans: all spans of the text, in the place of a yes or no.
        accept
            Choice layout: the labels chosen.
        tokens
            Character offsets of the text's tokens, shape (n_tokens, 2).

        Raises
        ------
        AnswerError
            If the answer is of another kind or has parts that the view does not take.
        LabelError
            If a label is not one of the task's.
        SpanError
            If a span is outside the text, off its tokens, or overlaps another where the
            view does not allow it.
        """
        if answer not in ANSWER_KINDS:
            raise AnswerError(
                f"answer {answer!r} is unknown; give one of {', '.join(map(repr, ANSWER_KINDS))}"
            )
        kind: AnswerKind = answer
        if spans is not None and self.reads_whole_text:
            return self._settle_whole_text(task, kind, spans, tokens)
        if spans is not None and self.layout != "spans":
            raise AnswerError(
                f"spans were given to a {self.name} task, which takes none; "
                + self._how_to_answer(task)
            )
        if accept is not None and self.layout != "choice":
            raise AnswerError(
                f"accept= was given to a {self.name} task, which takes none; "
                + self._how_to_answer(task)
            )
        if self.layout == "binary":
            return Settled(kind, spans=task.spans, label=task.label)
        if self.layout == "spans":
            standing = task.spans if spans is None else spans
            return Settled(kind, spans=check_spans(standing, task, tokens, overlaps=self.overlaps))
        return self._settle_choice(task, kind, accept)

    @property
    def reads_whole_text(self) -> bool:
        """Whether a yes-or-no question may be answered with all spans of its text."""
        return self.layout == "binary" and self.component in SPAN_COMPONENTS

    def asked(self, task: Task, settled: Settled) -> Task:
        """Return the question that was answered: the task, or one about its whole text."""
        if not settled.is_whole_text:
            return task
        return replace(
            task,
            view=self.name.replace(".teach", ".correct"),
            task_hash=task_hash(task.input_hash, self.component),
            spans=task.prediction or (),
            label=None,
            score=None,
        )

    def _settle_whole_text(
        self,
        task: Task,
        answer: AnswerKind,
        spans: Iterable[Span | Mapping[str, Any]],
        tokens: Sequence[tuple[int, int]],
    ) -> Settled:
        if answer != "accept":
            raise AnswerError(
                f"spans were given with answer {answer!r}; answer('accept', spans=[…]) says that "
                "these and no others are right, answer('reject') speaks of the one span shown"
            )
        checked = check_spans(spans, task, tokens, overlaps=self.overlaps)
        return Settled(answer, spans=checked, is_whole_text=True)

    def _settle_choice(
        self, task: Task, answer: AnswerKind, accept: str | Iterable[str] | None
    ) -> Settled:
        if isinstance(accept, str) or not isinstance(accept, Iterable):
            accept = None if accept is None else [accept]
        chosen = list(accept or ())
        for label in chosen:
            check_known(label, task.labels)
        if answer == "accept" and accept is None:
            raise AnswerError(
                "the answer accepts, but says no label; " + self._how_to_answer(task)
            )
        if answer == "accept" and self.exclusive and len(set(chosen)) != 1:
            raise AnswerError(
                f"{len(chosen)} labels were chosen ({', '.join(map(repr, chosen)) or 'none'}), "
                "but exactly one applies to a text here; " + self._how_to_answer(task)
            )
        ordered = tuple(label for label in task.labels if label in chosen)
        return Settled(answer, accept=ordered, label=ordered[0] if len(ordered) == 1 else None)

    def _how_to_answer(self, task: Task) -> str:
        if self.layout == "spans":
            return (
                f"answer('accept', spans=[{{'start': 0, 'end': 4, 'label': {task.labels[0]!r}}}])"
            )
        if self.layout == "choice":
            return f"answer('accept', accept=[{task.labels[0]!r}]), or answer('ignore')"
        return "answer('accept'), answer('reject') or answer('ignore')"


def check_spans(
    spans: Iterable[Span | Mapping[str, Any]],
    task: Task,
    tokens: Sequence[tuple[int, int]],
    *,
    overlaps: bool = False,
) -> tuple[Span, ...]:
    """Return an answer's spans in reading order, without scores, each one once.

    A mapping may carry the span's ``text``; then it must be the very characters that
    the offsets cover, which catches a page that counts in other units. With ``overlaps``,
    spans may overlap, nest, and cover the same stretch under another label.

    Raises
    ------
    LabelError
        If a label is not one of the task's.
    SpanError
        If a span is malformed, outside the text, off its tokens, or overlaps another
        without ``overlaps``.
    """
    if not isinstance(spans, Iterable):
        raise SpanError(f"spans={spans!r} are no spans; give a list, empty where there are none")
    starts = {start for start, _ in tokens}
    ends = {end for _, end in tokens}
    checked: list[Span] = []
    for given in spans:
        span = _read_span(given)
        check_known(span.label, task.labels)
        check_inside(span, task.text)
        if isinstance(given, Mapping) and given.get("text", span.text_of(task.text)) != (
            span.text_of(task.text)
        ):
            raise SpanError(
                f"span {span.start}–{span.end} covers {span.text_of(task.text)!r}, but was given "
                f"with the text {given['text']!r}; offsets count code points, end exclusive"
            )
        if span.start not in starts or span.end not in ends:
            snapped = snap(span, tokens)
            raise SpanError(
                f"span {span.start}–{span.end} {span.text_of(task.text)!r} does not begin and end "
                "with a token, so that no model could learn it; "
                + (
                    f"the tokens it touches are {snapped.start}–{snapped.end} "
                    f"{snapped.text_of(task.text)!r}"
                    if snapped
                    else "it touches no token"
                )
            )
        checked.append(span)
    checked = sorted(set(checked))
    if overlaps:
        return tuple(checked)
    for former, latter in pairwise(checked):
        if latter.start < former.end:
            raise SpanError(
                f"spans {former.start}–{former.end} ({former.label}) and "
                f"{latter.start}–{latter.end} ({latter.label}) overlap; named entities may "
                "not: remove or shorten one of them, or annotate with nb.spans.manual"
            )
    return tuple(checked)


def check_inside(span: Span, text: str) -> None:
    """Raise if a span does not lie within a text.

    Raises
    ------
    SpanError
        If it does not, or is empty.
    """
    if not 0 <= span.start < span.end <= len(text):
        raise SpanError(
            f"span {span.start}–{span.end} ({span.label}) does not lie within the text of "
            f"{len(text)} characters; give 0 <= start < end <= {len(text)}, in code points, "
            "end exclusive"
        )


def snap(span: Span, tokens: Sequence[tuple[int, int]]) -> Span | None:
    """Return the span widened to the tokens it touches, None if it touches none.

    Examples
    --------
    >>> snap(Span(1, 3, "DRUG"), [(0, 4), (5, 7)])
    Span(start=0, end=4, label='DRUG', score=None)
    """
    touched = [(start, end) for start, end in tokens if start < span.end and end > span.start]
    if not touched:
        return None
    return Span(touched[0][0], touched[-1][1], span.label, span.score)


def _read_span(given: Span | Mapping[str, Any]) -> Span:
    if isinstance(given, Span):
        return Span(given.start, given.end, given.label)
    try:
        start, end, label = given["start"], given["end"], given["label"]
    except (KeyError, TypeError) as error:
        raise SpanError(
            f"span {given!r} lacks one of 'start', 'end', 'label'; give all three, such as "
            "{'start': 0, 'end': 4, 'label': 'DRUG'}"
        ) from error
    try:
        start, end = index(start), index(end)
    except TypeError as error:
        raise SpanError(
            f"span {given!r} has offsets that are no whole numbers; give them in code points"
        ) from error
    if not isinstance(label, str):
        raise SpanError(f"span {given!r} has a label that is no string; give the label's name")
    return Span(start, end, label)
