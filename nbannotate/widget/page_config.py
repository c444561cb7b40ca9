"""What the page is told of its session beside the tasks: labels, keys, fields, notices.

The configuration is kept in a trait, and so in saved notebooks: no text of the user's is in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from nbannotate.session import Session
from nbannotate.widget.keys import (
    DEFAULT_KEYS,
    Keys,
    further_keys,
    resolve_keys,
    resolve_relation_keys,
)
from nbannotate.widget.rendering.show import relation_color


def page_config(
    session: Session,
    instructions: str | None,
    keys: Keys | None,
    *,
    actions: Mapping[str, tuple[str, ...]] = DEFAULT_KEYS,
    versions: str | None = None,
    is_strict: bool = True,
) -> dict[str, Any]:
    """Return what the page is told once, and again when labels change; none of it is a text."""
    view = session.view
    groups = list(view.labels_by_view.values())
    of_actions, of_labels = resolve_keys(
        keys,
        session.labels,
        groups=groups,
        writes=view.shows("input"),
        relations=view.relations,
        is_strict=is_strict,
        actions=actions,
    )
    of_relations = resolve_relation_keys(keys, view.relations, of_actions, is_strict=is_strict)
    block_of = {
        label: block.layout for block in view.parts if block.labels for label in block.labels
    }
    return {
        "dataset": session.dataset,
        "view": session.view.name,
        "blocks": [layout for block in view.blocks for layout in block.layouts],
        "by": session.by,
        "exclusive": session.view.exclusive,
        "overlaps": session.view.overlaps,
        "session_id": session.session_id,
        "annotator": session.annotator,
        "labels": [
            {
                "name": name,
                "key": of_labels[i],
                "further_keys": further_keys(keys, name),
                "color": i,
                "block": block_of.get(name),
            }
            for i, name in enumerate(session.labels)
        ],
        "relations": [
            {
                "name": name,
                "key": of_relations[i],
                "further_keys": further_keys(keys, name),
                "color": relation_color(i),
            }
            for i, name in enumerate(view.relations)
        ],
        "inputs": [asdict(each) for each in view.inputs],
        "keys": of_actions,
        "instructions": instructions,
        "versions": versions,
        "has_model": session.model.state != "none",
    }


def notices_of(session: Session) -> list[str]:
    """Return what the annotator should know of the source, a sentence each."""
    said = []
    if session.pool.skipped_rows:
        said.append(session.pool.skipped_message())
    if left_out := session.pool.left_out_rows:
        given = (
            "1 span or relation" if len(left_out) == 1 else f"{len(left_out):,} spans or relations"
        )
        said.append(f"{given} not shown as given ({left_out[0].reason}); ann.left_out lists all.")
    if session.pool.duplicates:
        texts = "text was" if session.pool.duplicates == 1 else "texts were"
        said.append(f"{session.pool.duplicates} doubled {texts} left out.")
    if session.html is not None and session.html.failures:
        failures = session.html.failures
        texts = "1 text" if len(failures) == 1 else f"{len(failures)} texts"
        said.append(
            f"No html for {texts} ({next(iter(failures.values()))}); the text is shown. "
            "ann.html_errors lists them."
        )
    return said
