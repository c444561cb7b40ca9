"""What is acknowledged is on disk, once, whatever happens next."""

from __future__ import annotations

import gc
import random
import sys
from pathlib import Path

import pytest

from nbannotate.errors import StoreError
from nbannotate.store import Store
from nbannotate.store.log import AnswerLog
from tests.store.given import a_full_answer, an_answer, run_python

ANNOTATES_UNTIL_KILLED = """
import sys
from nbannotate.store import Store
from tests.store.given import an_answer, an_undo
store, name = Store(sys.argv[1]), sys.argv[2]
for number in range(100_000):
    answer_id = f"{name}-{number}"
    if number % 10 == 9:
        store.append(an_undo(answer_id, of=f"{name}-{number - 1}"))
    else:
        store.append(an_answer(answer_id))
    print(answer_id, flush=True)
    if number % 50 == 49:
        store.checkpoint()
"""

FILLS_ITS_DISK = """
import os, resource, sys
from nbannotate.errors import StoreError
from nbannotate.store import Store
from tests.store.given import an_answer

def allow(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

def attempt(call):
    try:
        return str(call())
    except StoreError as error:
        return "full" if "disk is full" in str(error) else repr(error)

store = Store(sys.argv[1])
for number in range(60):
    store.append(an_answer(str(number), text=str(number) * 10_000))
allow(os.path.getsize(sys.argv[1]) + 5_000)
print(attempt(store.checkpoint))
print(attempt(lambda: store.append(an_answer("refused", text="x" * 100_000))))
print(attempt(lambda: len(store.answers())))
allow(resource.RLIM_INFINITY)
print(attempt(lambda: store.append(an_answer("refused", text="x" * 100_000))))
print(attempt(lambda: len(store.answers())))
"""


def test_a_killed_process_loses_and_doubles_no_acknowledged_answer(path: Path):
    chance = random.Random(0)
    acknowledged: list[str] = []
    for number in range(5):
        process = run_python(ANNOTATES_UNTIL_KILLED, str(path), str(number))
        with process:
            assert process.stdout is not None
            lines = chance.randrange(1, 120)
            acknowledged += [process.stdout.readline().strip() for _ in range(lines)]
            process.kill()
            acknowledged += process.stdout.read().split()
        with Store(path) as store:
            ids = store.sql("select answer_id from answers order by seq")["answer_id"].tolist()
            assert len(ids) == len(set(ids))
            assert [known for known in ids if known in set(acknowledged)] == acknowledged
            # At most the one being written when each process was killed.
            assert len(ids) - len(acknowledged) <= number + 1
            assert store.annotations(history=True)["text"].notna().all()


def test_an_answer_is_stored_once_across_reopenings(path: Path):
    for expected in (True, False, False):
        with Store(path) as store:
            assert store.append(a_full_answer()) is expected
            assert store.answers() == [a_full_answer()]


def test_closing_leaves_one_complete_file(path: Path):
    with Store(path) as store:
        store.append(an_answer("a"))
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_a_checkpoint_moves_the_answers_into_the_file_itself(filed: Store, path: Path, tmp_path):
    filed.append(an_answer("a"))
    filed.checkpoint()
    # Read by another process: closing a copy here would drop DuckDB's lock on the file.
    code = "import shutil, sys; shutil.copy(sys.argv[1], sys.argv[2])"
    output, _ = run_python(code, str(path), str(tmp_path / "copy.duckdb")).communicate(timeout=60)
    assert output == ""
    with Store(tmp_path / "copy.duckdb") as copy:
        assert [answer.answer_id for answer in copy.answers()] == ["a"]


@pytest.mark.parametrize("how", ["deleted", "replaced", "moved"])
def test_a_file_that_was_taken_away_takes_no_more_answers(filed: Store, path: Path, how, tmp_path):
    filed.append(an_answer("a"))
    if how == "moved":
        path.rename(tmp_path / "elsewhere.duckdb")
    else:
        path.unlink()
    if how == "replaced":
        path.write_bytes(b"something else")
    with pytest.raises(StoreError, match="deleted or replaced"):
        filed.append(an_answer("b"))
    rescued = filed.backup(tmp_path / "rescued.duckdb")
    with Store(rescued) as copy:
        assert [answer.answer_id for answer in copy.answers()] == ["a"]


def test_opening_a_path_anew_after_its_file_was_deleted_begins_afresh(filed: Store, path: Path):
    filed.append(an_answer("a"))
    path.unlink()
    with Store(path) as fresh:
        assert fresh.answers() == []
        assert fresh.append(an_answer("a")) is True
    with pytest.raises(StoreError, match="closed"):
        filed.answers()


def test_a_log_without_its_file_is_not_wiped_out(path: Path):
    Path(f"{path}.wal").write_bytes(b"answers")
    with pytest.raises(StoreError, match="latest answers"):
        Store(path)


@pytest.mark.parametrize("committed", [False, True])
def test_an_interrupted_append_is_stored_once_and_reported_as_stored(
    filed: Store, monkeypatch: pytest.MonkeyPatch, committed: bool
):
    append_row = AnswerLog._append_row
    interrupts = iter([True])

    def interrupted(self, connection, row):
        if next(interrupts, False):
            if committed:
                append_row(self, connection, row)
            self._known = None
            raise RuntimeError("Query interrupted")
        return append_row(self, connection, row)

    monkeypatch.setattr(AnswerLog, "_append_row", interrupted)
    assert filed.append(an_answer("a")) is True
    assert filed.append(an_answer("a")) is False
    assert len(filed.answers()) == 1


def test_an_interrupt_after_the_insert_leaves_no_second_row(filed: Store, monkeypatch):
    class Interrupted(set):
        def add(self, _):
            raise KeyboardInterrupt

    filed.append(an_answer("a"))
    known_ids, known_texts = filed._file.log._known
    filed._file.log._known = Interrupted(known_ids), known_texts
    with pytest.raises(KeyboardInterrupt):
        filed.append(an_answer("b"))
    assert filed.append(an_answer("b")) is False
    assert filed.append(an_answer("c")) is True
    numbers = filed.sql("select seq, answer_id from answers order by seq")
    assert numbers.to_numpy().tolist() == [[1, "a"], [2, "b"], [3, "c"]]


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are POSIX")
def test_a_store_recovers_by_itself_from_a_full_disk(path: Path):
    process = run_python(FILLS_ITS_DISK, str(path))
    output, _ = process.communicate(timeout=120)
    assert output.split() == ["full", "full", "60", "True", "61"]


def test_stores_on_one_path_share_what_they_know(filed: Store, path: Path):
    with Store(path.parent / "." / path.name) as second:
        assert second.append(an_answer("a")) is True
        assert filed.append(an_answer("a")) is False
        filed.append(an_answer("b"))
        assert [answer.answer_id for answer in second.answers()] == ["a", "b"]
    filed.append(an_answer("c"))
    assert len(filed.answers()) == 3


def test_a_store_that_is_dropped_gives_its_file_back(path: Path):
    store = Store(path)
    store.append(an_answer("a"))
    del store
    gc.collect()
    assert not Path(f"{path}.lock").exists()


def test_a_program_that_ends_without_closing_leaves_one_complete_file(path: Path):
    code = """
import sys
from nbannotate.store import Store
from tests.store.given import an_answer
store = Store(sys.argv[1])
store.append(an_answer("a"))
"""
    process = run_python(code, str(path))
    assert process.communicate(timeout=60) == ("", None)
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
