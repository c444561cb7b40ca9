"""What an answer costs on disk: `Store.append` beside a bare DuckDB insert of the same row.

Run ``python -m tests.benchmarks.store [answers]``. The two take turns in one process, so
that whatever slows the machine down slows both; read the ratio before the milliseconds.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from nbannotate.store import Store
from nbannotate.store.rows import COLUMN_TYPES, to_row
from nbannotate.tasks.hashing import input_hash, task_hash
from nbannotate.tasks.records import Answer, Span


def an_answer(number: int) -> Answer:
    text = f"{number}: the tablets of 20 mg are taken twice a day, in Berlin as in Oslo."
    text_hash = input_hash(text)
    return Answer(
        answer_id=f"{number:032x}",
        dataset="drugs",
        session_id="alice-morning",
        annotator="alice",
        view="ner.correct",
        text=text,
        input_hash=text_hash,
        task_hash=task_hash(text_hash, "spans"),
        answer="accept",
        created_at=datetime.now(UTC).replace(tzinfo=None),
        spans=(Span(5, 12, "FORM"), Span(16, 21, "DOSE")),
        suggested=(Span(5, 12, "FORM", 0.9), Span(49, 55, "DOSE", 0.2)),
        score=0.2,
        why="uncertain",
        model_version="v1",
        seconds=2.5,
        meta={"row": number},
    )


def bare_insert(path: Path) -> Callable[[Answer], object]:
    connection = duckdb.connect(str(path))
    columns = ", ".join(f'"{name}" {kind}' for name, kind in COLUMN_TYPES.items())
    connection.execute(f"create table answers ({columns})")
    query = f"insert into answers values ({', '.join('?' for _ in COLUMN_TYPES)})"
    return lambda answer: connection.execute(query, to_row(answer))


def bare_append(path: Path) -> Callable[[Answer], object]:
    file = path.open("ab", buffering=0)

    def append(answer: Answer) -> None:
        file.write(repr(to_row(answer)).encode())
        os.fsync(file.fileno())

    return append


def milliseconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1e3


def row(name: str, taken: list[float]) -> str:
    taken = sorted(taken)
    p50, p95 = (taken[int(len(taken) * share)] for share in (0.5, 0.95))
    return f"{name:<34}{p50:9.2f}{p95:9.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("answers", type=int, nargs="?", default=500)
    answers = [an_answer(number) for number in range(parser.parse_args().answers)]
    with tempfile.TemporaryDirectory() as name, Store(Path(name) / "store.duckdb") as store:
        folder = Path(name)
        ways = {
            "Store.append": store.append,
            "bare DuckDB insert, same columns": bare_insert(folder / "bare.duckdb"),
            "bare file append and fsync": bare_append(folder / "bare.jsonl"),
        }
        taken: dict[str, list[float]] = {way: [] for way in ways}
        for answer in answers:
            for way, append in ways.items():
                taken[way].append(milliseconds(lambda: append(answer)))  # noqa: B023
        print(f"{len(answers)} answers, ms{'p50':>{34 - len(str(len(answers))) - 4}}      p95")
        for way, each in taken.items():
            print(row(way, each))
        for way, read in {
            "Store.answered": lambda: store.answered("drugs"),
            "Store.answers": lambda: store.answers("drugs"),
            "Store.annotations": lambda: store.annotations("drugs"),
            "Store.checkpoint": store.checkpoint,
        }.items():
            print(row(way, [milliseconds(read) for _ in range(20)]))


if __name__ == "__main__":
    main()
