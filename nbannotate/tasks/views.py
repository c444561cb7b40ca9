"""Views: what an annotator is shown, and which answers fit it.

A view knows nothing of pages or models. It keeps one thing true: an answer that
`View.settle` lets through can be stored and learned from as it is. A view may have several
blocks, each of which checks its own part of an answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Unpack, cast

from nbannotate.errors import AnswerError
from nbannotate.tasks.choices import check_choice
from nbannotate.tasks.components import (
    PREFIXES,
    SPAN_COMPONENTS,
    Component,
    component_of,
    components_of,
    kinds_of,
)
from nbannotate.tasks.given_relations import drawn_from
from nbannotate.tasks.hashing import task_hash
from nbannotate.tasks.inputs import Input, check_inputs
from nbannotate.tasks.records import (
    ANSWER_KINDS,
    PARTS,
    Answer,
    AnswerKind,
    Parts,
    Said,
    SourceText,
    Span,
    Task,
    task_of,
)
from nbannotate.tasks.relations import check_relations
from nbannotate.tasks.spans import check_spans

Layout = Literal["spans", "choice", "binary", "input", "relations"]

_TAKEN_BY: Mapping[str, Layout] = {
    "spans": "spans",
    "accept": "choice",
    "inputs": "input",
    "relations": "relations",
}
"""Which layout takes which part of an answer."""


@dataclass(frozen=True, slots=True)
class Settled(Said):
    """What an answer says, its parts checked by its view."""

    answer: AnswerKind
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
        What the page draws: ``"spans"`` to mark, ``"relations"`` to mark spans and draw
        relations between them, ``"choice"`` among labels, ``"input"`` to write, or
        ``"binary"``: accept or reject one suggestion or, without a component, the text as
        it is.
    component
        The kind of pipeline component that can learn from the answers, None where none can.
    exclusive
        For labels on a text: exactly one applies.
    shows_suggestions
        Whether a model's prediction is shown to be corrected. If not, it is stored with the
        answer all the same, so that it is known how good the model is.
    relations
        For the relations layout: the labels that relations may have.
    labels
        The labels that are this view's own where it stands beside others on a page.
    inputs
        Input layout: the fields.
    parts
        The views that a page is made of; see `join_views`, which fills in all the rest.

    Raises
    ------
    ValueError
        If the name does not begin as those of the component's views do, or does not end
        with ``"teach"`` just when the layout is binary, or there are inputs in another
        layout than that for them.

    Examples
    --------
    >>> View("tone", "choice", exclusive=True).shows("choice")
    True
    """

    name: str
    layout: Layout
    component: Component | None = None
    exclusive: bool = False
    shows_suggestions: bool = True
    relations: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    inputs: tuple[Input, ...] = ()
    parts: tuple[View, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a name by which stored answers would be read as something else."""
        if self.parts:
            return
        is_joined = "+" in self.name and self.layout != "relations"
        if (self.layout == "input") != bool(self.inputs) or is_joined:
            raise ValueError(
                f"view {self.name!r} has layout {self.layout!r} and inputs {self.inputs!r}; "
                "'input' is the layout that has inputs, and only pages and relations have a '+' "
                "in their name"
            )
        kind = self.name.rpartition(".")[2]
        is_named_right = component_of(self.name) == self.component and (
            self.component is None or (kind == "teach") == (self.layout == "binary")
        )
        if is_named_right:
            return
        said = f"view {self.name!r} has layout {self.layout!r} and component {self.component!r}; "
        if self.component is None:
            raise ValueError(
                f"{said}stored answers are told apart by the name: begin it otherwise than "
                f"with {', '.join(f'{prefix}.' for prefix in PREFIXES.values())}"
            )
        raise ValueError(
            f"{said}stored answers are told apart by the name: call it "
            f"{PREFIXES[self.component]}.…, ending in .teach just when the layout is binary"
        )

    @property
    def blocks(self) -> tuple[View, ...]:
        """What is asked beside one another about one text, each a view of one layout."""
        return self.parts or (self,)

    @property
    def leading(self) -> View:
        """The block that the loop's model follows: the first that has a component."""
        return next((block for block in self.blocks if block.component), self.blocks[0])

    def block(self, layout: Layout) -> View | None:
        """Return the block of a layout, None where there is none."""
        return next((block for block in self.blocks if layout in block.layouts), None)

    @property
    def given_spans(self) -> View | None:
        """The block that begins with the spans of the source's row, and with no model's."""
        marked = self.block("spans")
        if marked is self.leading and self.component and self.shows_suggestions:
            return None
        return marked

    @property
    def labels_by_view(self) -> dict[str, tuple[str, ...]]:
        """On a page, the labels of each block that has some, by its name."""
        return {block.name: block.labels for block in self.parts if block.labels}

    @property
    def takes_labels(self) -> bool:
        """Whether an answer may need a label."""
        marks = {"spans", "relations", "choice"}
        return any(block.layout in marks or block.component for block in self.blocks)

    def shows(self, layout: Layout) -> bool:
        """Whether one of the blocks has this layout; relations are drawn between spans."""
        return self.block(layout) is not None

    @property
    def layouts(self) -> tuple[Layout, ...]:
        """What the page draws of this block."""
        return ("spans", "relations") if self.layout == "relations" else (self.layout,)

    @property
    def asks_whole_text(self) -> bool:
        """Whether one accepted answer says all there is to say about the text."""
        return self.layout != "binary" or self.component is None

    @property
    def overlaps(self) -> bool:
        """Whether spans of one text may overlap, nest, or differ by their label alone."""
        return any(
            block.component == "spancat" or (block.layout == "relations" and not block.component)
            for block in self.blocks
        )

    def covers(self, view_name: str) -> bool:
        """Whether an answer to a view of this name says all that this view asks.

        Examples
        --------
        >>> View("ner.manual", "spans", "ner").covers("ner.correct")
        True
        """
        return kinds_of(self.name) <= kinds_of(view_name)

    def learns_from(self, view_name: str) -> bool:
        """Whether this view's model learns from an answer to a view of this name."""
        if self.component is None:
            return self.covers(view_name)
        return self.component in components_of(view_name)

    @property
    def _kind(self) -> str:
        return "+".join(sorted(kinds_of(self.name)))

    def task_hash(
        self, text: SourceText, span: Span | None = None, label: str | None = None
    ) -> int:
        """Return the identity of this view's question about a text."""
        if span is not None:
            return task_hash(text.input_hash, self._kind, span.start, span.end, span.label)
        if label is not None:
            return task_hash(text.input_hash, self._kind, label)
        return task_hash(text.input_hash, self._kind)

    @property
    def takes(self) -> frozenset[str]:
        """The names of the parts that an answer may have.

        Examples
        --------
        >>> View("tone", "choice").takes
        frozenset({'accept'})
        """
        return self._shown_parts | {"spans"} if self.reads_whole_text else self._shown_parts

    @property
    def _shown_parts(self) -> frozenset[str]:
        return frozenset(part for part, layout in _TAKEN_BY.items() if self.shows(layout))

    def taken(self, parts: Mapping[str, Any]) -> Parts:
        """Return those of some parts that an answer may have."""
        return cast("Parts", {name: parts[name] for name in self.takes & parts.keys()})

    def say_again(self, said: Said) -> Parts:
        """Return what was said before as the parts of a new answer, in the fields there are now.

        Of a yes-or-no question that is nothing: the answer says it all.
        """
        written = {each.name: said.inputs.get(each.name, "") for each in self.inputs}
        parts = said.parts | {"inputs": written}
        return cast("Parts", {name: parts[name] for name in self._shown_parts})

    def settle(
        self,
        task: Task,
        answer: str,
        *,
        tokens: Sequence[tuple[int, int]],
        **parts: Unpack[Parts],
    ) -> Settled:
        """Check an answer against its task and return what is to be stored.

        Parameters
        ----------
        task
            The task that is answered.
        answer
            ``"accept"``, ``"reject"`` or ``"ignore"``.
        tokens
            Character offsets of the text's tokens, shape (n_tokens, 2).
        **parts
            Spans: None accepts the suggestions as they are; of a yes-or-no question about a
            span, all spans of the text, in the place of a yes or no. Relations: None keeps
            those of the task whose ends stand. Inputs: fields that are not named stay as the
            task has them. Others: see `Parts`.

        Raises
        ------
        AnswerError
            If the answer is of another kind or has parts that the view does not take.
        LabelError
            If a label is not one of the task's.
        SpanError
            If a span is outside the text, off its tokens, or overlaps another where the
            view does not allow it.
        TypeError
            If there is no part of a name.
        """
        if answer not in ANSWER_KINDS:
            raise AnswerError(
                f"answer {answer!r} is unknown; give one of {', '.join(map(repr, ANSWER_KINDS))}"
            )
        kind: AnswerKind = answer
        given = {name: part for name, part in parts.items() if part is not None}
        for part in parts.keys() - PARTS:
            raise TypeError(f"an answer has no part {part!r}; it may have {', '.join(PARTS)}")
        for part in given.keys() - self.takes:
            was = f"{part}= was" if part == "accept" else f"{part} were"
            raise AnswerError(
                f"{was} given to a {self.name} task, which takes none; "
                + self._how_to_answer(task)
            )
        if "spans" in given and self.reads_whole_text:
            return self._settle_whole_text(task, kind, given["spans"], tokens)
        settled = Settled(kind)
        for block in self.blocks:
            settled = block.settle_block(settled, task, given, tokens, self._how_to_answer(task))
        return settled

    def settle_block(
        self,
        settled: Settled,
        task: Task,
        parts: Mapping[str, Any],
        tokens: Sequence[tuple[int, int]],
        how_to_answer: str,
    ) -> Settled:
        """Return what other blocks have settled with this block's part of the answer."""
        labels = self.labels or task.labels
        if self.layout == "binary":
            return replace(settled, spans=task.spans, label=task.label)
        if self.layout == "input":
            written = check_inputs(
                parts.get("inputs"), self.inputs, settled.answer, begun=task.inputs
            )
            return replace(settled, inputs=written)
        if "spans" in self.layouts:
            standing = parts.get("spans", task.spans)
            checked = check_spans(
                standing, replace(task, labels=labels), tokens, overlaps=self.overlaps
            )
            given = parts.get("relations", drawn_from(task.relations, checked))
            related = check_relations(given, checked, self.relations)
            return replace(settled, spans=checked, relations=related)
        chosen = check_choice(
            parts.get("accept"),
            labels,
            settled.answer,
            exclusive=self.exclusive,
            how_to_answer=how_to_answer,
        )
        return replace(settled, accept=chosen, label=chosen[0] if len(chosen) == 1 else None)

    @property
    def reads_whole_text(self) -> bool:
        """Whether a yes-or-no question may be answered with all spans of its text."""
        return self.layout == "binary" and self.component in SPAN_COMPONENTS

    @property
    def is_blind(self) -> bool:
        """Whether the annotator must not know who said what."""
        return False

    @property
    def whole_text_name(self) -> str:
        """The name under which an answer about the whole text is stored."""
        return self.name.replace(".review.teach", ".review").replace(".teach", ".correct")

    def takes_answer_of(self, view_name: str) -> bool:
        """Whether an answer that is stored under a name may have been given in this view.

        Examples
        --------
        >>> View("ner.teach", "binary", "ner").takes_answer_of("ner.correct")
        True
        """
        is_whole_text = self.reads_whole_text and view_name == self.whole_text_name
        return view_name == self.name or is_whole_text

    def told(self, answer: Answer) -> Answer:
        """Return a stored answer as the annotator may know it."""
        return answer

    def asked(self, task: Task, settled: Settled) -> Task:
        """Return the question that was answered: the task, or one about its whole text."""
        if not settled.is_whole_text:
            return task
        return replace(
            task,
            view=self.whole_text_name,
            task_hash=task_hash(task.input_hash, self._kind),
            spans=task.prediction or (),
            label=None,
            score=None,
        )

    def recalled(self, answer: Answer, labels: tuple[str, ...]) -> Task:
        """Return the question that a stored answer was given to, as far as it is known.

        Of a whole text in the place of a yes or no it is not stored which span was asked about:
        the question is then about the first that was read, or marked.
        """
        task = task_of(answer, labels)
        if answer.view == self.name or not self.reads_whole_text:
            return task
        about = (task.spans or answer.spans)[:1]
        return replace(
            task,
            view=self.name,
            spans=about,
            label=about[0].label if about else None,
            prediction=task.spans,
        )

    def _settle_whole_text(
        self,
        task: Task,
        answer: AnswerKind,
        spans: Any,
        tokens: Sequence[tuple[int, int]],
    ) -> Settled:
        if answer != "accept":
            raise AnswerError(
                f"spans were given with answer {answer!r}; answer('accept', spans=[…]) says that "
                "these and no others are right, answer('reject') speaks of the one span shown"
            )
        checked = check_spans(spans, task, tokens, overlaps=self.overlaps)
        return Settled(answer, spans=checked, is_whole_text=True)

    def _how_to_answer(self, task: Task) -> str:
        parts = [part for block in self.blocks if (part := block.example_of_part(task))]
        if not parts:
            return "answer('accept'), answer('reject') or answer('ignore')"
        return f"answer('accept', {', '.join(parts)}), or answer('ignore')"

    def example_of_part(self, task: Task) -> str:
        """Return this block's part of an answer as a user would write it, "" for none."""
        labels = self.labels or task.labels
        if "spans" in self.layouts:
            return f"spans=[{{'start': 0, 'end': 4, 'label': {labels[0]!r}}}]"
        if self.layout == "choice":
            return f"accept=[{labels[0]!r}]"
        return f"inputs={{{self.inputs[0].name!r}: '…'}}" if self.layout == "input" else ""
