"""What the answers that stand say of a text, taken together.

The loop and a retrain both learn from this and from nothing else. One thing is kept
true: evidence never contradicts itself. No span is both accepted and rejected, no two
accepted named entities overlap, and of two answers about the same thing the later one holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from nbannotate.tasks.components import SPAN_COMPONENTS, components_of
from nbannotate.tasks.parts import part_of
from nbannotate.tasks.records import Answer, Span


@dataclass(frozen=True, slots=True)
class TextEvidence:
    """All that is known of one text.

    Parameters
    ----------
    text, input_hash
        The text and its identity.
    spans
        Spans known to be right, in reading order; of a ner never overlapping.
    complete
        Whether ``spans`` are all there are of the labels in ``labels``; of other labels
        there may be more.
    rejected
        Spans known to be wrong.
    labels
        The labels that whole-text answers spoke of; empty where there is none.
    cats
        What is known of the text's labels: 1.0 right, 0.0 wrong. A label that is not
        here is unknown, such as one that the recipe did not have when it asked.

    Examples
    --------
    >>> TextEvidence("Meth is bad", 7, spans=(Span(0, 4, "DRUG"),), complete=True).teaches
    True
    """

    text: str
    input_hash: int
    spans: tuple[Span, ...] = ()
    complete: bool = False
    rejected: tuple[Span, ...] = ()
    labels: tuple[str, ...] = ()
    cats: Mapping[str, float] = field(default_factory=dict)

    @property
    def teaches(self) -> bool:
        """Whether a model can learn anything from it."""
        return bool(self.complete or self.spans or self.rejected or self.cats)

    def is_complete(self, component: str, labels: Sequence[str], exclusive: bool = True) -> bool:
        """Return whether all is known of the text that a whole answer says.

        It may say nothing of a label that came later; see `speaks_of`.

        Parameters
        ----------
        component
            ``"ner"``, ``"textcat"`` or ``"spancat"``.
        labels
            The labels that the model is scored on.
        exclusive
            For textcat: exactly one label applies.
        """
        if component in SPAN_COMPONENTS:
            return self.complete and not set(labels).isdisjoint(self.labels)
        if exclusive and 1.0 in self.cats.values():
            return True
        is_whole = not exclusive and not self.cats.keys().isdisjoint(self.labels)
        return is_whole or all(label in self.cats for label in labels)

    def speaks_of(self, component: str) -> frozenset[str]:
        """Return the labels of which it is known which spans have them, or if they apply."""
        return frozenset(self.labels if component in SPAN_COMPONENTS else self.cats)


def gather(
    answers: Iterable[Answer],
    *,
    component: str,
    labels: Sequence[str],
    exclusive: bool = True,
) -> list[TextEvidence]:
    """Merge answers into what is known of each text.

    Parameters
    ----------
    answers
        Oldest first. A row that undoes or replaces another takes that one out.
    component
        ``"ner"``, ``"textcat"`` or ``"spancat"``: answers to views of other components are
        passed over.
    labels
        The labels that the model knows; parts of answers that name others are passed over.
    exclusive
        For textcat: exactly one label applies.

    Returns
    -------
    list of TextEvidence
        One per text that teaches something, in the order of its first such answer.

    Examples
    --------
    >>> gather([], component="ner", labels=["DRUG"])
    []
    """
    by_text: dict[int, list[Answer]] = {}
    for answer in _standing(answers):
        by_text.setdefault(answer.input_hash, []).append(answer)
    merged = (
        merge(about, component=component, labels=labels, exclusive=exclusive)
        for about in by_text.values()
    )
    return [evidence for evidence in merged if evidence.teaches]


def merge(
    answers: Sequence[Answer],
    *,
    component: str,
    labels: Sequence[str],
    exclusive: bool = True,
) -> TextEvidence:
    """Merge the standing answers about one text, oldest first, into its evidence."""
    known = frozenset(labels)
    relevant = [
        part_of(answer, component)
        for answer in answers
        if answer.answer != "ignore" and component in components_of(answer.view)
    ]
    if component in SPAN_COMPONENTS:
        return _merge_spans(answers[0], relevant, known, overlaps=component == "spancat")
    return _merge_cats(answers[0], relevant, known, tuple(labels), exclusive)


def _standing(answers: Iterable[Answer]) -> list[Answer]:
    rows = list(answers)
    gone = {row.undoes for row in rows} | {row.replaces for row in rows}
    return [row for row in rows if row.undoes is None and row.answer_id not in gone]


def _is_binary(answer: Answer) -> bool:
    return answer.view.endswith(".teach")


def _merge_spans(
    first: Answer, answers: Sequence[Answer], known: frozenset[str], *, overlaps: bool
) -> TextEvidence:
    closed: frozenset[str] = frozenset()
    right: dict[Span, None] = {}
    wrong: dict[Span, None] = {}
    for row in answers:
        accepted = [_plain(span) for span in row.spans if span.label in known]
        if _is_binary(row) and row.answer == "reject":
            wrong |= dict.fromkeys(accepted)
            right = {span: None for span in right if span not in wrong}
            continue
        if row.answer != "accept":
            continue
        if not _is_binary(row):
            spoken_of = (_asked(row) or known) & known
            accepted = sorted(span for span in accepted if span.label in spoken_of)
            accepted = accepted if overlaps else _without_overlaps(accepted)
            right = {span: None for span in right if span.label not in spoken_of}
            wrong = {span: None for span in wrong if span.label not in spoken_of}
            closed |= spoken_of
        if not overlaps:
            right = {
                span: None for span in right if not any(_overlap(span, new) for new in accepted)
            }
        right |= dict.fromkeys(accepted)
        wrong = {span: None for span in wrong if span not in right}
    return TextEvidence(
        first.text,
        first.input_hash,
        tuple(sorted(right)),
        complete=bool(closed),
        rejected=tuple(sorted(wrong)),
        labels=tuple(sorted(closed)),
    )


def _plain(span: Span) -> Span:
    return Span(span.start, span.end, span.label)


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _without_overlaps(spans: Sequence[Span]) -> list[Span]:
    kept: list[Span] = []
    for span in spans:
        if not any(_overlap(span, other) for other in kept):
            kept.append(span)
    return kept


def _merge_cats(
    first: Answer,
    answers: Sequence[Answer],
    known: frozenset[str],
    labels: tuple[str, ...],
    exclusive: bool,
) -> TextEvidence:
    cats: dict[str, float] = {}
    closed: frozenset[str] = frozenset()
    offered: frozenset[str] = frozenset()
    exclusively: frozenset[str] = frozenset()
    for row in answers:
        if not _is_binary(row):
            chosen = _chosen(row) & known
            if row.answer != "accept" or (exclusive and not chosen):
                continue
            # Exactly one applies, so that a choice excludes labels which came later as well.
            asked = known if exclusive else (_asked(row) or known) & known
            cats |= {label: float(label in chosen) for label in labels if label in asked}
            closed |= asked
        elif row.label is not None and row.label in known:
            asked = (_asked(row) or known) & known
            offered |= asked
            exclusively |= asked if len(asked) > 1 else frozenset()
            cats = _told(cats, row.label, labels, exclusive, is_right=row.answer == "accept")
    if exclusive and not any(cats.values()):
        is_none_of_them = bool(exclusively) and exclusively <= cats.keys()
        cats = {} if is_none_of_them else _by_elimination(cats, labels, offered)
    return TextEvidence(first.text, first.input_hash, cats=cats, labels=tuple(sorted(closed)))


def _told(
    cats: Mapping[str, float],
    label: str,
    labels: tuple[str, ...],
    exclusive: bool,
    *,
    is_right: bool,
) -> dict[str, float]:
    """Return what is known after a yes or no about one label."""
    if exclusive and is_right:
        return {each: float(each == label) for each in labels}
    if exclusive and cats.get(label) == 1.0:
        return {label: 0.0}  # that the others do not apply was concluded from it
    return {**cats, label: float(is_right)}


def _by_elimination(
    cats: dict[str, float], labels: tuple[str, ...], offered: frozenset[str]
) -> dict[str, float]:
    """Conclude from rejected labels, never that a label applies which was not yet offered."""
    left = [label for label in labels if label not in cats]
    if not left:
        return {}
    if len(left) == 1 and cats and offered >= set(labels):
        return {label: float(label == left[0]) for label in labels}
    return cats


def _asked(answer: Answer) -> frozenset[str]:
    """Return the labels that the answer speaks of, none if it is not known which."""
    if answer.labels:
        return frozenset(answer.labels)
    return frozenset(answer.suggested) if isinstance(answer.suggested, Mapping) else frozenset()


def _chosen(answer: Answer) -> frozenset[str]:
    if answer.accept:
        return frozenset(answer.accept)
    return frozenset() if answer.label is None else frozenset({answer.label})
