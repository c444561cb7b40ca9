"""`store.sql` reads everything and writes nothing."""

from __future__ import annotations

import pytest

from nbannotate.errors import FilterError
from nbannotate.store import Store
from tests.store.given import a_full_answer, an_answer


def test_a_query_sees_the_answer_of_a_moment_ago(store: Store):
    query = "select session_id, count(*) as n from annotations where answer = ? group by 1"
    for number in range(1, 4):
        store.append(an_answer(str(number)))
        assert store.sql(query, ["accept"]).to_numpy().tolist() == [["alice-1", number]]


def test_parameters_may_have_names(store: Store):
    assert store.sql("select $a + $b as c", {"a": 1, "b": 2})["c"].tolist() == [3]


@pytest.mark.parametrize(
    "query",
    [
        "with a as (from annotations) select * from a",
        "from answers",
        "values (1)",
        "describe annotations",
        "show tables",
        "summarize answers",
        "explain select * from spans",
        "select unnest(spans).label from annotations; ",
        "from sessions union all by name from datasets",
    ],
)
def test_every_kind_of_reading_is_allowed(store: Store, query: str):
    store.append(a_full_answer())
    assert len(store.sql(query)) > 0 or "sessions" in query


@pytest.mark.parametrize(
    "query",
    [
        "delete from answers",
        "insert into answers (answer_id) values ('x')",
        "update answers set answer = 'reject'",
        "drop table answers",
        "create table mine (a int)",
        "create temp table mine (a int)",
        "alter table answers drop column text",
        "truncate answers",
        "select 1; delete from answers",
        "commit",
        "begin",
        "checkpoint",
        "vacuum",
        "pragma enable_profiling",
        "call pragma_version()",
        "set threads = 1",
        "attach ':memory:' as other",
        "copy answers to 'answers.csv'",
        "export database 'folder'",
        "load json",
        "prepare p as delete from answers",
        "explain analyze delete from answers",
        "with gone as (delete from answers returning *) from gone",
        "select nextval('numbers')",
        "from force_checkpoint()",
        "from read_csv('/etc/passwd')",
        "from '/etc/passwd'",
        "from glob('/*')",
        "from store",
        "select nonsense from annotations",
        "not sql at all",
        "",
    ],
)
def test_whatever_is_not_one_statement_that_reads_is_refused(filed: Store, query: str, tmp_path):
    filed.append(an_answer("a"))
    before = sorted(entry.name for entry in tmp_path.iterdir())
    with pytest.raises(FilterError):
        filed.sql(query)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == before
    assert len(filed.sql("from answers")) == 1
    assert filed.append(an_answer("b")) is True


@pytest.mark.parametrize("parameters", [None, [], [1, 2], {"a": 1}])
def test_parameters_that_do_not_fit_are_refused(store: Store, parameters):
    with pytest.raises(FilterError):
        store.sql("select ?", parameters)
