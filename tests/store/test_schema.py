"""Files of other versions of nbannotate."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from nbannotate.errors import StoreError, StoreSchemaError
from nbannotate.store import Store, schema
from tests.store.given import an_answer


def test_a_newer_file_is_refused_with_both_versions_and_left_alone(path: Path):
    newer = len(schema.MIGRATIONS) + 1
    with Store(path) as store:
        store.append(an_answer("a"))
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "insert into nbannotate_migrations values (?, now()::timestamp, '9.9', '9.9')", [newer]
        )
    before = path.read_bytes()
    for read_only in (False, True):
        with pytest.raises(StoreSchemaError, match=rf"version {newer}.*up to version {newer - 1}"):
            Store(path, read_only=read_only)
    assert path.read_bytes() == before


def test_an_older_file_is_brought_up_to_date_with_its_answers(
    path: Path, monkeypatch: pytest.MonkeyPatch
):
    with Store(path) as store:
        store.append(an_answer("a"))
    later = ("create table later (a int)", "create view later_view as from later")
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, later))
    with pytest.raises(StoreSchemaError, match="without read_only=True"):
        Store(path, read_only=True)
    for _ in range(2):
        with Store(path) as store:
            assert len(store.answers()) == 1
            assert store.sql("from later_view").empty
            versions = store.sql("select version from nbannotate_migrations order by 1")
            assert versions["version"].tolist() == list(range(1, len(schema.MIGRATIONS) + 1))


def test_a_migration_that_fails_changes_nothing(path: Path, monkeypatch: pytest.MonkeyPatch):
    with Store(path) as store:
        store.append(an_answer("a"))
    failing = ("create table half (a int)", "create table answers (a int)")
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, failing))
        with pytest.raises(StoreError, match="answers"):
            Store(path)
    with Store(path) as store:
        assert len(store.answers()) == 1
        assert "half" not in store.sql("show tables")["name"].tolist()


def test_a_users_own_tables_in_the_file_are_kept(path: Path):
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table prices as select 42 as price")
    with Store(path) as store:
        store.append(an_answer("a"))
        assert store.sql("from prices")["price"].tolist() == [42]


def test_a_users_table_in_the_way_is_reported(path: Path):
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table answers (mine int)")
    with pytest.raises(StoreError, match="answers"):
        Store(path)


def test_no_table_has_an_index_or_a_key(store: Store):
    assert store.sql("from duckdb_indexes()").empty
    constraints = store.sql("from duckdb_constraints()")
    assert constraints.empty


def test_a_file_from_before_inputs_gets_the_column_and_keeps_its_answers(
    path: Path, monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:2])
        with Store(path) as store:
            store.append(an_answer("old", flagged=True))
            assert "inputs" not in store.sql("from annotations").columns
    with Store(path) as store:
        store.append(an_answer("new", text="another", inputs={"reason": "so"}))
        rows = store.annotations()
        assert rows["answer_id"].tolist() == ["old", "new"]
        assert rows["inputs"].tolist() == [{}, {"reason": "so"}]
        assert rows["flagged"].tolist() == [True, False]


def test_a_file_from_before_flags_and_notes_gets_the_columns_and_keeps_its_answers(
    path: Path, monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:1])
        with Store(path) as store:
            store.append(an_answer("old"))
            assert "flagged" not in store.sql("from annotations").columns
    with Store(path) as store:
        store.append(an_answer("new", text="another", flagged=True, note="see"))
        rows = store.sql("select answer_id, flagged, note from annotations order by 1")
        assert rows["answer_id"].tolist() == ["new", "old"]
        assert rows["flagged"].tolist() == [True, False]
        assert rows["note"].tolist()[0] == "see"
        assert [len(store.sql(f"from {view}")) for view in ("sessions", "datasets", "spans")]
