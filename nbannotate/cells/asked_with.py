"""How stored answers were asked: with which labels, and whether exactly one applied."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from nbannotate.tasks import Answer, component_of

if TYPE_CHECKING:
    from nbannotate.store import Store


def configs_of(store: Store, answers: Iterable[Answer]) -> list[dict[str, Any]]:
    """Return what was recorded of the sessions that answers were given in, in their order."""
    sessions = dict.fromkeys((each.dataset, each.session_id) for each in answers)
    return [store.session_config(dataset, session_id) for dataset, session_id in sessions]


def asked_with(
    store: Store, answers: Sequence[Answer], component: str | None = None
) -> tuple[tuple[str, ...], bool]:
    """Return the labels that the answers' sessions had, and whether exactly one applies.

    Parameters
    ----------
    store
        Where the sessions are recorded.
    answers
        What was answered; labels that only answers have come last.
    component
        Of pages with several views, only those count that this component learns from.
    """
    labels: dict[str, None] = {}
    exclusive = True
    for config in configs_of(store, answers):
        by_view = config.get("labels_by_view") or {"": config.get("labels", ())}
        for view, offered in by_view.items():
            if not view or component is None or component_of(view) == component:
                labels |= dict.fromkeys(offered)
        exclusive = exclusive and bool(config.get("exclusive", True))
    for answer in answers:
        given = [span.label for span in answer.spans] + list(answer.accept)
        labels |= dict.fromkeys(given + ([answer.label] if answer.label else []))
    return tuple(labels), exclusive
