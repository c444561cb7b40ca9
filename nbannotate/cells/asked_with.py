"""How stored answers were asked: with which labels, and whether exactly one applied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nbannotate.tasks import Answer

if TYPE_CHECKING:
    from nbannotate.store import Store


def asked_with(store: Store, answers: Sequence[Answer]) -> tuple[tuple[str, ...], bool]:
    """Return the labels that the answers' sessions had, and whether exactly one applies.

    Parameters
    ----------
    store
        Where the sessions are recorded.
    answers
        What was answered; labels that only answers have come last.
    """
    labels: dict[str, None] = {}
    exclusive = True
    for dataset, session_id in dict.fromkeys((each.dataset, each.session_id) for each in answers):
        config = store.session_config(dataset, session_id)
        labels |= dict.fromkeys(config.get("labels", ()))
        exclusive = exclusive and bool(config.get("exclusive", True))
    for answer in answers:
        given = [span.label for span in answer.spans] + list(answer.accept)
        labels |= dict.fromkeys(given + ([answer.label] if answer.label else []))
    return tuple(labels), exclusive
