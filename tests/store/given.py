"""Answers that the laws of the store are tried on."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime
from typing import Any

from nbannotate.tasks.hashing import input_hash, task_hash
from nbannotate.tasks.records import Answer, Span

NOON = datetime(2026, 11, 23, 12)  # noqa: DTZ001 - stored times are naive UTC
DRUG = Span(0, 4, "DRUG")
PLACE = Span(9, 15, "PLACE")


def an_answer(answer_id: str, **changes: Any) -> Answer:
    text = changes.pop("text", f"Meth 🙂 in Berlin, {answer_id}")
    text_hash = input_hash(text)
    fields: dict[str, Any] = {
        "dataset": "drugs",
        "session_id": "alice-1",
        "annotator": "alice",
        "view": "ner.correct",
        "input_hash": text_hash,
        "task_hash": task_hash(text_hash, "spans"),
        "answer": "accept",
        "created_at": NOON,
    }
    return Answer(answer_id=answer_id, text=text, **{**fields, **changes})


def a_full_answer(answer_id: str = "full", **changes: Any) -> Answer:
    return an_answer(
        answer_id,
        **{
            "spans": (DRUG, PLACE),
            "suggested": (Span(0, 4, "DRUG", 0.75), Span(9, 15, "DRUG", 0.5)),
            "score": 0.25,
            "why": "uncertain",
            "model_version": "v3",
            "seconds": 1.5,
            "meta": {"row": 7, "name": "Zoë", "tags": ["a", None]},
            "flagged": True,
            "inputs": {"reason": "日本語\n2", "título": ""},
            "labels_by_view": {"ner.manual": ("DRUG", "PLACE"), "tone": ("good",)},
            "note": "is it “Berlin” or “in Berlin”?\nAsk 🙂",
            **changes,
        },
    )


def an_undo(answer_id: str, of: str, **changes: Any) -> Answer:
    return an_answer(answer_id, undoes=of, **changes)


def run_python(code: str, *arguments: str) -> subprocess.Popen[str]:
    """Start a process that imports what this one does."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
    )
