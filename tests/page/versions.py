"""Tasks with versions as the kernel sends them, for the page's tests and pictures."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from nbannotate.tasks import Relation, Span, Version, leading
from nbannotate.tasks.versions import Remark
from nbannotate.widget.keys import REVIEW_KEYS
from nbannotate.widget.versions import wire_versions

REVIEW = {"versions": "review", "view": "ner.review", "dataset": "drugs-reviewed", "session_id": "rita-1",
          "has_model": False, "keys": {name: list(keys) for name, keys in REVIEW_KEYS.items()}}  # fmt: skip
LABEL_REVIEW = {**REVIEW, "view": "textcat.review", "blocks": ["choice"], "exclusive": True}
PART_REVIEW = {
    **REVIEW, "view": "spans.review+relations+input", "blocks": ["spans", "relations", "input"], "overlaps": True,
    "relations": [{"name": "CAUSES", "key": "1", "color": 0}, {"name": "TREATS", "key": "2", "color": 2}],
    "inputs": [{"name": "reason", "placeholder": "", "multiline": False, "required": False}],
}  # fmt: skip
BINARY_REVIEW = {**REVIEW, "view": "ner.review.teach", "blocks": ["binary"]}
COMPARE = {
    "versions": "compare", "view": "compare", "dataset": "compare", "session_id": "rita-1",
    "blocks": ["choice"], "exclusive": True, "has_model": False, "names": ["left", "right", "tie"],
}  # fmt: skip


def over(text: str, *wanted: tuple[str, str]) -> tuple[Span, ...]:
    """Spans over the words named."""
    return tuple(
        Span(text.index(words), text.index(words) + len(words), label) for words, label in wanted
    )


def task(
    text: str, versions: Sequence[Version], *, blind: bool = False, **more: Any
) -> dict[str, Any]:
    wired = json.loads(json.dumps(wire_versions(versions, blind=blind)))
    lead = next((each for each in wired if each["leads"] and each["answer"] == "accept"), None)
    spans = [
        {key: value for key, value in span.items() if key != "differs"}
        for span in (lead["spans"] if lead else [])
    ]
    return {"text": text, "versions": wired, "spans": spans, **begun_with(versions), "why": "versions differ",
            "why_text": "The annotators differ about it.", **more}  # fmt: skip


def begun_with(versions: Sequence[Version]) -> dict[str, Any]:
    """What the kernel sends of the leading version, beside its spans."""
    lead = leading(versions)
    if lead is None or lead.answer != "accept":
        return {}
    relations = [each.to_dict() for each in lead.relations]
    return {"relations": relations, "inputs": dict(lead.inputs)}


def spans_task(text: str, versions: Mapping[str, Sequence[tuple[str, str]]]) -> dict[str, Any]:
    """Each name, or several with commas between, and the words that were marked."""
    return task(
        text,
        [
            Version(tuple(who.split(",")), spans=over(text, *wanted))
            for who, wanted in versions.items()
        ],
    )


def related(text: str, head: tuple[str, str], label: str, child: tuple[str, str]) -> Relation:
    """A relation between two spans, by their words and labels."""
    return Relation(*over(text, head), *over(text, child), label)


def labels_task(
    text: str, versions: Mapping[str, Sequence[str]], names: Sequence[str]
) -> dict[str, Any]:
    options = [{"label": name, "score": None} for name in names]
    said = [
        Version(tuple(who.split(",")), accept=tuple(chosen)) for who, chosen in versions.items()
    ]
    return task(text, said, options=options)


def pair(text: str, left: Version, right: Version) -> dict[str, Any]:
    options = [{"label": side, "score": None} for side in COMPARE["names"]]
    return task(text, [left, right], blind=True, options=options, why="the two differ")


__all__ = [
    "BINARY_REVIEW",
    "COMPARE",
    "LABEL_REVIEW",
    "PART_REVIEW",
    "REVIEW",
    "Remark",
    "labels_task",
    "over",
    "pair",
    "related",
    "spans_task",
    "task",
]
