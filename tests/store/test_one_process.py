"""One process writes a file; the others are told who it is."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from nbannotate.errors import StoreError, StoreLockedError
from nbannotate.store import Store
from tests.store.given import an_answer, run_python

OPENS = """
import sys
from nbannotate.store import Store
from nbannotate.errors import StoreLockedError
try:
    Store(sys.argv[1], read_only=len(sys.argv) > 2)
    print("opened")
except StoreLockedError as error:
    print("locked:", error)
"""
HOLDS = """
import sys
from nbannotate.store import Store
store = Store(sys.argv[1], read_only=len(sys.argv) > 2)
print("ready", flush=True)
sys.stdin.readline()
"""
HOLDS_WITHOUT_US = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
"""


@contextmanager
def another_process(code: str, *arguments: str) -> Iterator[int]:
    with run_python(code, *arguments) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "ready\n"
            yield process.pid
        finally:
            process.stdin.close()
            process.wait()


def opened_elsewhere(*arguments: str) -> str:
    output, _ = run_python(OPENS, *arguments).communicate(timeout=60)
    return output.strip()


def test_a_second_process_is_told_which_file_and_which_process(filed: Store, path: Path):
    for mode in ([], ["read_only"]):
        refusal = opened_elsewhere(str(path), *mode)
        assert refusal.startswith(f"locked: {path} is open in process {os.getpid()} on ")
        assert "store.backup(" in refusal
        assert "shut that kernel down" in refusal


def test_a_store_is_refused_while_another_process_holds_the_file(path: Path):
    with another_process(HOLDS, str(path)) as pid, pytest.raises(StoreLockedError, match=str(pid)):
        Store(path)
    with Store(path) as store:
        assert store.append(an_answer("a"))


@pytest.mark.skipif(sys.platform == "win32", reason="flock is POSIX")
def test_the_lock_survives_a_copy_of_the_file_in_the_same_process(filed: Store, path: Path):
    # Closing any descriptor of the file drops the lock that DuckDB itself took.
    path.read_bytes()
    assert opened_elsewhere(str(path)).startswith("locked:")


def test_a_file_held_without_nbannotate_is_reported_just_so(path: Path):
    with (
        another_process(HOLDS_WITHOUT_US, str(path)) as pid,
        pytest.raises(StoreLockedError, match=f"process {pid}"),
    ):
        Store(path)


def test_processes_may_read_one_file_together_while_none_writes(path: Path):
    Store(path).close()
    with another_process(HOLDS, str(path), "read_only"):
        with Store(path, read_only=True) as reader:
            assert reader.answers() == []
        with pytest.raises(StoreLockedError):
            Store(path)


def test_a_lock_left_by_a_killed_process_is_no_obstacle(path: Path):
    with run_python(HOLDS, str(path)) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.kill()
    assert json.loads(Path(f"{path}.lock").read_text())["pid"] == process.pid
    with Store(path) as store:
        assert store.append(an_answer("a"))


def test_a_file_opened_by_duckdb_in_this_process_is_explained(path: Path):
    with duckdb.connect(str(path)), pytest.raises(StoreError, match=r"duckdb\.connect"):
        Store(path)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_child_neither_writes_nor_closes_its_parents_file(path: Path):
    code = """
import os, sys
from nbannotate.errors import StoreError
from nbannotate.store import Store
from tests.store.given import an_answer
store = Store(sys.argv[1])
store.append(an_answer("a"))
child = os.fork()
if child == 0:
    try:
        store.append(an_answer("b"))
    except StoreError as error:
        print("refused" if "fork" in str(error) else error, flush=True)
    store.close()
    os._exit(0)
_, status = os.waitpid(child, 0)
print(status, store.append(an_answer("c")), os.path.exists(sys.argv[1] + ".lock"))
"""
    output, _ = run_python(code, str(path)).communicate(timeout=60)
    assert output.split() == ["refused", "0", "True", "True"]
    with Store(path) as store:
        assert [answer.answer_id for answer in store.answers()] == ["a", "c"]


def test_a_read_only_store_reads_and_refuses_every_write(path: Path):
    with Store(path) as store:
        store.append(an_answer("a"))
    with Store(path, read_only=True) as reader:
        assert len(reader.answers()) == 1
        assert "read_only=True" in repr(reader)
        for write in (
            lambda: reader.append(an_answer("b")),
            lambda: reader.append_many([an_answer("b")]),
            lambda: reader.add_model("drugs", kind="loop"),
            lambda: reader.add_session("drugs", "s", annotator="a", view="v"),
            reader.checkpoint,
        ):
            with pytest.raises(StoreError, match="read_only=True"):
                write()
        with pytest.raises(StoreError, match="close that store first"):
            Store(path)


def test_a_read_only_store_beside_a_writing_one_sees_its_answers(filed: Store, path: Path):
    with Store(path, read_only=True) as reader:
        filed.append(an_answer("a"))
        assert len(reader.answers()) == 1
        with pytest.raises(StoreError):
            reader.append(an_answer("b"))
    assert filed.append(an_answer("b"))


def test_a_path_that_cannot_be_a_store_is_refused_with_a_reason(tmp_path: Path):
    (tmp_path / "notes.txt").write_text("not a database, though long enough" * 1000)
    (tmp_path / "empty").touch()
    for name, reason in [
        ("nowhere/answers.duckdb", "no folder"),
        ("notes.txt", "not a DuckDB file"),
        ("empty", "not a DuckDB file"),
        (".", "is a folder"),
    ]:
        with pytest.raises(StoreError, match=reason):
            Store(tmp_path / name)
    with pytest.raises(StoreError, match="does not exist"):
        Store(tmp_path / "missing.duckdb", read_only=True)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["empty", "notes.txt"]
