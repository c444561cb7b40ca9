"""The messages between the page and the kernel: their one written home.

State that survives lies in the `Session`; the page asks for it with ``hello``. No text
of the user's is ever in a synced trait, because notebooks are saved with their traits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Literal, TypedDict

from nbannotate.session import Session
from nbannotate.tasks import Answer, Task, whole_tokens, wide_graphemes
from nbannotate.widget.versions import WireVersion, wire_versions

RefusalReason = Literal["stale", "invalid", "store", "closed"]

SHOWN_META_CHARACTERS = 200
EXCERPT_CHARACTERS = 160
SPAN_CHARACTERS = 40
LISTED_SPANS = 6

_WHY_TEXTS = {
    "random": "Drawn at random, so that accuracy is measured fairly and rare cases turn up.",
    "margin": "The model's two best readings are nearly equally probable.",
    "entropy": "The model is unsure about many of its words.",
    "entropy_per_second": "The model is unsure about many of its words, for the time they take.",
    "distinct_entropy_per_second": (
        "The model is unsure about many different words of it, for the time they take."
    ),
    "mean_entropy": "The model is unsure about its words on average.",
    "least_confident": "The model's best reading is improbable.",
    "highest_scored": "The model is fairly sure of this; an accept confirms what it found.",
    "likely_accept": "The model thinks this is right, but an answer still tells it something.",
    "prefer_uncertain": "The model is less sure of this than of those it has just passed over.",
    "label_name": "It has words of a label's name that was not given yet.",
    "nothing_found": "The model finds nothing yet in the texts it has read; this is a guess.",
    "pattern": "One of your patterns matches.",
    "in order": "The next text of the source.",
    "versions differ": "The annotators differ about it.",
    "flagged": "Somebody flagged it, to be looked at again.",
    "one version": "One annotator alone has answered it.",
    "only ignored": "All who saw it ignored it.",
    "agreed": "All annotators agree about it.",
    "to be mended": "All agree, but their answer does not fit the labels or overlaps itself.",
    "reopened": "It was decided before; since then somebody has said something else.",
    "the two differ": "The two outputs differ about it.",
}


class WireTask(TypedDict):
    """A task as the page reads it; offsets in code points, hashes as strings.

    JavaScript's numbers hold 53 bits, the hashes have 64.
    """

    task_hash: str
    input_hash: str
    text: str
    tokens: Sequence[tuple[int, int]] | None
    wide: Sequence[tuple[int, int]]
    spans: list[dict[str, Any]]
    options: list[dict[str, Any]]
    prediction: list[dict[str, Any]] | None
    label: str | None
    score: float | None
    why: str
    why_text: str
    model_version: str | None
    meta: dict[str, Any]
    versions: list[WireVersion]
    relations: list[dict[str, Any]]
    inputs: dict[str, str]
    html: str | None


class Status(TypedDict):
    """Everything on the page's quiet lines.

    ``progress`` has ``live_accuracy``: ``{value, low, high, n}`` or null, and ``outlook``:
    ``{answers, value, low, high}`` or null; see `Progress`. ``n_agreed`` counts the texts of
    a review that can be accepted in one go.
    """

    phase: str
    progress: dict[str, Any]
    model: dict[str, Any]
    notices: list[str]
    n_agreed: int


class HistoryRow(TypedDict):
    """An earlier answer in a line: the beginning of its text, and what was said of it."""

    answer_id: str
    excerpt: str
    answer: str
    label: str | None
    accept: list[str]
    spans: list[dict[str, str]]
    more_spans: int
    inputs: str
    flagged: bool
    note: str | None


def wire_task(session: Session, task: Task | None) -> WireTask | None:
    """Return a task as the page reads it.

    What a view does not show is not sent: a page that holds it could show it.
    """
    if task is None:
        return None
    is_shown = session.view.shows_suggestions
    options = task.options if is_shown else dict.fromkeys(task.options)
    by_character = session.by == "character"
    return {
        "task_hash": str(task.task_hash),
        "input_hash": str(task.input_hash),
        "text": task.text,
        "tokens": None if by_character else whole_tokens(task.text, session.tokens(task)),
        "wide": wide_graphemes(task.text) if by_character else [],
        "spans": [span.to_dict() for span in task.spans],
        "options": [{"label": name, "score": score} for name, score in options.items()],
        "prediction": (
            None if task.prediction is None else [span.to_dict() for span in task.prediction]
        ),
        "label": task.label,
        "score": task.score if is_shown else None,
        "why": task.why,
        "why_text": _WHY_TEXTS.get(task.why, f"Chosen by the strategy {task.why!r}."),
        "model_version": task.model_version,
        "meta": _short_scalars(task.meta, without=session.html.column if session.html else None),
        "versions": wire_versions(
            task.versions, blind=session.view.is_blind, decided=task.supersedes
        ),
        "relations": [relation.to_dict() for relation in task.relations],
        "inputs": dict(task.inputs),
        "html": task.html,
    }


def wire_status(session: Session, notices: list[str]) -> Status:
    """Return the session's state as the page reads it."""
    return {
        "phase": session.phase,
        "progress": asdict(session.progress),
        "model": asdict(session.model),
        "notices": notices,
        "n_agreed": session.n_agreed,
    }


def wire_restored(answer: Answer | None) -> dict[str, Any] | None:
    """Return what had been answered, so that the page can put it back to be mended."""
    if answer is None:
        return None
    return {
        "answer": answer.answer,
        "spans": [span.to_dict() for span in answer.spans],
        "accept": list(answer.accept),
        "inputs": dict(answer.inputs),
        "relations": [relation.to_dict() for relation in answer.relations],
        "flagged": answer.flagged,
        "note": answer.note,
    }


def wire_history(words: str, found: Sequence[Answer]) -> dict[str, Any]:
    """Return the answers found by some words as the page lists them, newest first."""
    return {"type": "history", "words": words, "rows": [_wire_row(each) for each in found]}


def _wire_row(answer: Answer) -> HistoryRow:
    spans = answer.spans[:LISTED_SPANS]
    return {
        "answer_id": answer.answer_id,
        "excerpt": " ".join(answer.text[: 2 * EXCERPT_CHARACTERS].split())[:EXCERPT_CHARACTERS],
        "answer": answer.answer,
        "label": answer.label,
        "accept": list(answer.accept),
        "spans": [
            {"label": span.label, "text": span.text_of(answer.text)[:SPAN_CHARACTERS]}
            for span in spans
        ],
        "more_spans": len(answer.spans) - len(spans),
        "inputs": " · ".join(filter(None, answer.inputs.values()))[:EXCERPT_CHARACTERS],
        "flagged": answer.flagged,
        "note": answer.note,
    }


def _short_scalars(meta: Mapping[str, Any], *, without: str | None) -> dict[str, Any]:
    # Columns such as gold labels or tokens are neither short nor for the annotator's eyes.
    return {
        key: value
        for key, value in meta.items()
        if isinstance(value, (str, int, float, bool))
        and len(str(value)) <= SHOWN_META_CHARACTERS
        and not key.startswith("_")
        and key != without
        and key not in {"label", "labels", "spans", "accept", "answer", "inputs", "relations"}
    }
