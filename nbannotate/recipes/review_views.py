"""How stored answers are reviewed: which of them together, and in which view.

It keeps one thing true: the view takes every part that its answers have, unless one component
of a page was named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from nbannotate.cells import asked_with, configs_of
from nbannotate.errors import LabelError, SourceError
from nbannotate.store import Store
from nbannotate.tasks import (
    PREFIXES,
    SPAN_COMPONENTS,
    Answer,
    Component,
    Input,
    View,
    check_labels,
    components_of,
    find_view,
    part_of,
    share_labels,
)

Labels = str | Iterable[str] | Mapping[str, str | Iterable[str]]


class Chosen(NamedTuple):
    """Answers that are reviewed together, and those to yes-or-no questions that are left out.

    ``components`` are those that learn from them, one a view of their page.
    """

    answers: list[Answer]
    left_out: list[Answer]
    components: tuple[Component, ...]


def choose_answers(answers: Sequence[Answer], component: Component | None, where: str) -> Chosen:
    """Return the answers that are reviewed: all of one kind, or those of one component.

    Parameters
    ----------
    answers
        What the filters leave.
    component
        Of pages of several views its part alone; None where there is one kind of answers.
    where
        The filters, for messages.

    Raises
    ------
    SourceError
        If there are none, or of several kinds and no component is named.
    """
    kinds = Counter(frozenset(components_of(answer.view)) for answer in answers)
    if component is not None:
        kinds = Counter({kind: n for kind, n in kinds.items() if component in kind})
    if not kinds:
        wanted = f" of component {component!r}" if component else ""
        raise SourceError(
            f"{where} leave no answers{wanted} to review, of {len(answers)} answers; see "
            "store.annotations(…) with the same filters, and store.datasets()"
        )
    if component is None and len(kinds) > 1:
        listed = ", ".join(
            f"{n} of {' and '.join(map(repr, sorted(kind))) or 'no component'}"
            for kind, n in kinds.items()
        )
        raise SourceError(
            f"{where} leave answers {listed}; say which with component=…, or with view=…"
        )
    about = [answer for answer in answers if frozenset(components_of(answer.view)) in kinds]
    components = (component,) if component else components_of(about[0].view)
    if component is not None:
        about = [
            part_of(answer, component) if len(components_of(answer.view)) > 1 else answer
            for answer in about
        ]
    whole = [answer for answer in about if not answer.view.endswith(".teach")]
    binary = [answer for answer in about if answer.view.endswith(".teach")]
    return Chosen(*((whole, binary) if whole else (binary, [])), components)


def review_view(
    store: Store,
    chosen: Chosen,
    *,
    labels: Labels | None,
    relations: str | Iterable[str] | None,
    exclusive: bool | None,
) -> tuple[View, tuple[str, ...]]:
    """Return the view in which answers are decided, and all labels of spans and texts.

    Parameters
    ----------
    store
        Where the answers' sessions are recorded.
    chosen
        The answers.
    labels, relations, exclusive
        As they were given; None for what was asked.

    Raises
    ------
    LabelError
        If a label is malformed, or labels are not given by view where there are several.
    SourceError
        If the answers have nothing that can be decided.
    """
    if exclusive is None:
        _, was_exclusive = asked_with(store, chosen.answers)
        exclusive = was_exclusive and all(len(each.accept) <= 1 for each in chosen.answers)
    names = _names(chosen)
    given = _by_view(labels, names)
    fields = _fields(chosen.answers)
    if not names and not fields:
        raise SourceError(
            f"answers to {chosen.answers[0].view!r} have no spans of a component, no relations "
            "and no fields to be decided; give view=… to review others"
        )
    related = _relation_labels(store, chosen.answers) if relations is None else relations
    view = find_view(
        [*names] or ["input"],
        exclusive=exclusive,
        inputs=fields,
        relations=related if any("relations" in name for name in names) else (),
    )
    by_view = {
        name: check_labels(given[name] if name in given else _asked(store, chosen, component))
        for name, component in names.items()
    }
    return share_labels(view, by_view), tuple(each for own in by_view.values() for each in own)


def _names(chosen: Chosen) -> dict[str, Component | None]:
    """Return the names of the views that decide spans and labels, with their components."""
    if chosen.answers[0].view.endswith(".teach"):
        return {f"{PREFIXES[each]}.review.teach": each for each in chosen.components}
    with_relations = any(_draws_relations(answer) for answer in chosen.answers)
    if not chosen.components:
        return {"relations.review": None} if with_relations else {}
    related = "+relations" if with_relations else ""
    return {
        f"{PREFIXES[each]}.review{related if each in SPAN_COMPONENTS else ''}": each
        for each in chosen.components
    }


def _draws_relations(answer: Answer) -> bool:
    return bool(answer.relations) or any(
        block == "relations" or block.startswith("relations.") for block in answer.view.split("+")
    )


def _fields(answers: Iterable[Answer]) -> tuple[Input, ...]:
    """Return the fields that were written in, with several lines where one has them."""
    multiline: dict[str, bool] = {}
    for answer in answers:
        for name, text in answer.inputs.items():
            multiline[name] = multiline.get(name, False) or "\n" in text
    return tuple(Input(name, multiline=lines) for name, lines in multiline.items())


def _asked(store: Store, chosen: Chosen, component: Component | None) -> tuple[str, ...]:
    parts = [part_of(answer, component) for answer in chosen.answers]
    return asked_with(store, parts, component)[0]


def _relation_labels(store: Store, answers: Sequence[Answer]) -> tuple[str, ...]:
    """Return the labels that relations were asked with, those that only answers have last."""
    labels: dict[str, None] = {}
    for config in configs_of(store, answers):
        labels |= dict.fromkeys(config.get("relations", ()))
    labels |= dict.fromkeys(each.label for answer in answers for each in answer.relations)
    return tuple(labels)


def _by_view(
    labels: Labels | None, names: Mapping[str, Component | None]
) -> dict[str, str | Iterable[str]]:
    if labels is None:
        return {}
    if not isinstance(labels, Mapping):
        if len(names) != 1:
            raise LabelError(
                f"labels={labels!r} were given to a review of {len(names)} views; give each its "
                f"own: labels={{{', '.join(f'{name!r}: […]' for name in names)}}}, or leave "
                "labels out"
            )
        return {next(iter(names)): labels}
    unknown = labels.keys() - names.keys()
    if unknown:
        raise LabelError(
            f"labels were given for {', '.join(map(repr, sorted(unknown)))}; this review has "
            f"{', '.join(map(repr, names))}"
        )
    return dict(labels)
