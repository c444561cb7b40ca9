"""Answers as rows of the file, and back.

What it keeps true: a row that could not be read back the same is refused before anything
is written; only what a model made is mended (a probability that is not a number becomes
null), because no model may lose an answer.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from nbannotate.errors import AnswerError
from nbannotate.tasks.records import ANSWER_KINDS, Answer, Relation, Said, Span

COLUMN_TYPES: dict[str, str] = {
    "seq": "bigint",
    "answer_id": "varchar",
    "dataset": "varchar",
    "session_id": "varchar",
    "annotator": "varchar",
    "view": "varchar",
    "input_hash": "bigint",
    "task_hash": "bigint",
    "text": "varchar",
    "answer": "varchar",
    "label": "varchar",
    "payload": "varchar",
    "score": "double",
    "why": "varchar",
    "model_version": "varchar",
    "seconds": "double",
    "created_at": "timestamp",
    "meta": "varchar",
    "replaces": "varchar",
    "undoes": "varchar",
}
TEXT_AT = list(COLUMN_TYPES).index("text")

# The columns of answer_log that `from_row` reads, in its order.
READ_COLUMNS = (
    "answer_id",
    "dataset",
    "session_id",
    "annotator",
    "view",
    "text",
    "input_hash",
    "task_hash",
    "answer",
    "created_at",
    "label",
    "score",
    "why",
    "model_version",
    "seconds",
    "replaces",
    "meta",
    "payload",
)

_REQUIRED = ("answer_id", "dataset", "session_id", "annotator", "view", "text")
_OPTIONAL = ("label", "why", "model_version", "replaces", "undoes", "note")
_INT64 = 2**63


def to_row(answer: Answer) -> list[Any]:
    """Return the values of an answer in the order of `COLUMN_TYPES`, ``seq`` still None.

    Raises
    ------
    AnswerError
        A field has the wrong type, or holds what JSON or UTF-8 cannot.
    """
    _check(answer)
    payload = _plain_parts(answer)
    if answer.suggested:
        payload["suggested"] = _plain_suggestion(answer.suggested)
    if answer.labels:
        payload["labels"] = list(answer.labels)
    if answer.foreseen is not None:
        payload["foreseen"] = [_plain_span(span) for span in answer.foreseen]
    if answer.labels_by_view:
        payload["labels_by_view"] = {k: list(v) for k, v in answer.labels_by_view.items()}
    if answer.flagged:
        payload["flagged"] = True
    if answer.note is not None:
        payload["note"] = answer.note
    return [
        None,
        answer.answer_id,
        answer.dataset,
        answer.session_id,
        answer.annotator,
        answer.view,
        int(answer.input_hash),
        int(answer.task_hash),
        answer.text,
        answer.answer,
        answer.label,
        to_json(payload, "spans, accept, suggested, labels, foreseen, inputs, relations or note")
        if payload
        else None,
        finite(answer.score),
        answer.why,
        answer.model_version,
        finite(answer.seconds),
        naive_utc(answer.created_at),
        to_json(dict(answer.meta), "meta") if answer.meta else None,
        answer.replaces,
        answer.undoes,
    ]


def from_row(row: tuple[Any, ...]) -> Answer:
    """Read an answer from a row of `READ_COLUMNS`."""
    *values, meta, payload = row
    fields: dict[str, Any] = dict(zip(READ_COLUMNS, values, strict=False))
    plain = json.loads(payload) if payload else {}
    suggested = plain.get("suggested", ())
    if not isinstance(suggested, dict):
        suggested = _read_spans(suggested)
    return Answer(
        **fields,
        **_read_parts(plain),
        suggested=suggested,
        labels=tuple(plain.get("labels", ())),
        foreseen=_read_spans(plain["foreseen"]) if "foreseen" in plain else None,
        flagged=bool(plain.get("flagged", False)),
        note=plain.get("note"),
        labels_by_view={k: tuple(v) for k, v in plain.get("labels_by_view", {}).items()},
        meta=json.loads(meta) if meta else {},
    )


def _plain_parts(said: Said) -> dict[str, Any]:
    """Return what an answer says as JSON values, without the parts that say nothing."""
    plain: dict[str, Any] = {
        "spans": [_plain_span(span) for span in said.spans],
        "accept": list(said.accept),
        "inputs": dict(said.inputs),
        "relations": [relation.to_dict() for relation in said.relations],
    }
    return {name: part for name, part in plain.items() if part}


def _read_parts(plain: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "spans": _read_spans(plain.get("spans", ())),
        "accept": tuple(plain.get("accept", ())),
        "inputs": plain.get("inputs", {}),
        "relations": tuple(Relation.from_dict(each) for each in plain.get("relations", ())),
    }


def to_json(value: object, name: str) -> str:
    """Return a value as strict JSON text.

    Parameters
    ----------
    value
        Dicts, lists, strings, numbers, booleans and None; no NaN, no infinity.
    name
        What it is, for the message.

    Raises
    ------
    AnswerError
        The value is not JSON, or holds characters that UTF-8 cannot write.
    """
    try:
        text = json.dumps(value, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
        text.encode("utf-8")
    except (TypeError, ValueError) as error:
        raise AnswerError(
            f"{name} cannot be stored as JSON: {error}. Allowed are dicts, lists, valid "
            "Unicode strings, finite numbers, booleans and None"
        ) from error
    return text


def finite(value: Any) -> float | None:
    """Return a number as a float, None for None, NaN and infinities."""
    if value is None or not math.isfinite(value):
        return None
    return float(value)


def naive_utc(moment: datetime) -> datetime:
    """Return a time as UTC without a zone; one without a zone is UTC already."""
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


def _check(answer: Answer) -> None:
    for name in _REQUIRED + _OPTIONAL:
        value = getattr(answer, name)
        if value is None and name in _OPTIONAL:
            continue
        if not isinstance(value, str) or (not value and name in _REQUIRED):
            raise AnswerError(f"{name} of an answer is {value!r}; it must be a non-empty str")
        try:
            value.encode("utf-8")
        except UnicodeEncodeError as error:
            raise AnswerError(
                f"{name} of an answer is not valid Unicode: a lone surrogate at character "
                f"{error.start}. Clean the source, for instance with "
                "text.encode('utf-8', 'replace').decode()"
            ) from None
    if answer.answer not in ANSWER_KINDS:
        raise AnswerError(f"answer is {answer.answer!r}; allowed are {', '.join(ANSWER_KINDS)}")
    for name in ("input_hash", "task_hash"):
        if not -_INT64 <= getattr(answer, name) < _INT64:
            raise AnswerError(f"{name} is {getattr(answer, name)!r}; it must fit in 64 bits")
    if not isinstance(answer.created_at, datetime):
        raise AnswerError(f"created_at is {answer.created_at!r}; it must be a datetime")


def _plain_span(span: Span) -> dict[str, Any]:
    plain = {"start": int(span.start), "end": int(span.end), "label": span.label}
    score = finite(span.score)
    return plain if score is None else {**plain, "score": score}


def _plain_suggestion(suggested: tuple[Span, ...] | Mapping[str, float | None]) -> Any:
    if isinstance(suggested, Mapping):
        return {label: finite(score) for label, score in suggested.items()}
    return [_plain_span(span) for span in suggested]


def _read_spans(plain: Iterable[Mapping[str, Any]]) -> tuple[Span, ...]:
    return tuple(Span.from_dict(span) for span in plain)
