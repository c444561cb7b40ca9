"""What an answer to several blocks at once says to one component.

One row holds the answers to all blocks of a page. A component learns from its part as from
an answer to that block alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from nbannotate.tasks.components import SPAN_COMPONENTS, component_of
from nbannotate.tasks.records import Answer


def part_of(answer: Answer, component: str | None) -> Answer:
    """Return an answer as the block of a component would have been answered alone.

    An answer to a view of one block, or of none of that component, is returned as it is.

    Examples
    --------
    >>> from datetime import datetime
    >>> answer = Answer(
    ...     *("1", "d", "s", "a", "ner.manual+textcat.manual", "Flat tyre", 1, 1, "accept"),
    ...     created_at=datetime(2026, 1, 1),
    ...     accept=("hardware",),
    ...     label="hardware",
    ... )
    >>> part_of(answer, "textcat").view, part_of(answer, "ner").accept
    ('textcat.manual', ())
    """
    blocks = answer.view.split("+")
    name = next((block for block in blocks if component_of(block) == component), None)
    if len(blocks) == 1 or component is None or name is None:
        return answer
    is_on_spans = component in SPAN_COMPONENTS
    suggested = answer.suggested
    return replace(
        answer,
        view=name,
        labels=_offered(answer, component),
        labels_by_view={},
        inputs={},
        spans=answer.spans if is_on_spans else (),
        relations=answer.relations if is_on_spans else (),
        accept=() if is_on_spans else answer.accept,
        label=None if is_on_spans else answer.label,
        suggested=() if is_on_spans == isinstance(suggested, Mapping) else suggested,
        foreseen=answer.foreseen if is_on_spans else None,
    )


def _offered(answer: Answer, component: str) -> tuple[str, ...]:
    """Return the labels that the block of a component offered."""
    by_view = answer.labels_by_view.items()
    return next((own for name, own in by_view if component_of(name) == component), answer.labels)
