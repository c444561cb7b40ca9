"""The tables and views of a store, as numbered migrations.

What it keeps true: a file's schema and the record of it change in one transaction, so a
file is always at exactly one known version, and a file from the future is left alone.

Tables are append-only and have no primary key or index: replaying those from the
write-ahead log is where databases lose rows, and scans are fast enough without.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from typing import TYPE_CHECKING

from nbannotate.errors import StoreSchemaError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# A text stands in the first row that mentions its input_hash and is NULL in later ones,
# so that one INSERT is all an answer needs.
_ANSWERS = """
create table answers (
    seq bigint, answer_id varchar, dataset varchar, session_id varchar, annotator varchar,
    "view" varchar, input_hash bigint, task_hash bigint, text varchar, answer varchar,
    label varchar, payload json, score double, why varchar, model_version varchar,
    seconds double, created_at timestamp, meta json, replaces varchar, undoes varchar)
"""

_SESSION_STARTS = """
create table session_starts (
    session_id varchar, dataset varchar, annotator varchar, "view" varchar, config json,
    started_at timestamp)
"""

_MODEL_VERSIONS = """
create table model_versions (
    version varchar, dataset varchar, kind varchar, parent varchar, filter json,
    scores json, path varchar, session_id varchar, answers_seen bigint,
    created_at timestamp)
"""

_EXAMPLES = """
create view examples as
select input_hash, text, created_at as added_at from answers where text is not null
"""

# An undo of an undo brings the answer back; the last word on an answer counts. `depth` is
# how many undos stand on one another: odd takes the answer back, even restores it.
_TAKEN_BACK = """
create view taken_back as
with recursive undos as (
    select seq, answer_id, undoes from answers where undoes is not null
), words(seq, answer_id, target, depth) as (
    select u.seq, u.answer_id, u.undoes, 1
    from undos u anti join undos e on e.answer_id = u.undoes and e.seq < u.seq
    union all
    select u.seq, u.answer_id, w.target, w.depth + 1
    from undos u join words w on u.undoes = w.answer_id and w.seq < u.seq
)
select target as answer_id, max(seq) as seq from words
group by target having arg_max(depth, seq) % 2 = 1
"""

# An edit of an edit still takes the place of the first answer, whether or not the edit
# between them was taken back.
_REPLACEMENTS = """
create view replacements as
with recursive edits as (
    select seq, answer_id, replaces from answers
    where replaces is not null and undoes is null
), places(seq, answer_id, place) as (
    select l.seq, l.answer_id, l.replaces
    from edits l anti join edits e on e.answer_id = l.replaces and e.seq < l.seq
    union all
    select e.seq, e.answer_id, p.place
    from edits e join places p on e.replaces = p.answer_id and p.seq < e.seq
)
select seq, answer_id, place from places
"""

_ANSWER_LOG = """
create view answer_log as
with live as (
    select a.*, t.answer_id is null as effective,
        coalesce(r.place, a.answer_id) as place
    from answers a
    left join taken_back t on t.answer_id = a.answer_id and t.seq > a.seq
    left join replacements r on r.answer_id = a.answer_id
    where a.undoes is null
), newest as (
    select r.place, max(r.seq) as seq
    from replacements r
    left join taken_back t on t.answer_id = r.answer_id and t.seq > r.seq
    where t.answer_id is null
    group by r.place
), judged as (
    select l.*,
        coalesce(l.effective and not coalesce(n.seq > l.seq, false)
            and l.seq = max(l.seq) filter (where l.effective)
                over (partition by l.dataset, l.session_id, l.task_hash), false) as stands
    from live l left join newest n on n.place = l.place
)
select j.seq, j.dataset, j.session_id, j.annotator, j."view", e.text, j.label, j.answer,
    coalesce(from_json(j.payload->'spans',
        '[{"start":"BIGINT","end":"BIGINT","label":"VARCHAR","score":"DOUBLE"}]'), [])
        as spans,
    coalesce(from_json(j.payload->'accept', '["VARCHAR"]'), []) as accept,
    j.score, j.why, j.model_version, j.seconds, j.created_at, j.meta, j.input_hash,
    j.task_hash, j.answer_id, j.payload, j.replaces, j.stands
from judged j left join examples e on e.input_hash = j.input_hash
"""

_ANNOTATIONS = """
create view annotations as
select dataset, session_id, annotator, "view", text, label, answer, spans, accept, score,
    why, model_version, seconds, created_at, meta, input_hash, task_hash, answer_id
from answer_log where stands
"""

_SPANS = """
create view spans as
select dataset, session_id, annotator, "view", answer, span."start" as "start",
    span."end" as "end",
    substring(text, span."start" + 1, span."end" - span."start") as text,
    span.label as label, span.score as score,
    list_contains(coalesce([s.label || ':' || s."start" || ':' || s."end" for s in suggested],
        []), span.label || ':' || span."start" || ':' || span."end") as suggested,
    model_version, created_at, input_hash, task_hash, answer_id
from (
    select * exclude (spans), unnest(spans) as span,
        case when json_type(payload->'suggested') = 'ARRAY' then from_json(
            payload->'suggested',
            '[{"start":"BIGINT","end":"BIGINT","label":"VARCHAR","score":"DOUBLE"}]')
        end as suggested
    from answer_log where stands and json_array_length(payload->'spans') > 0)
order by seq, "start", "end"
"""

_LABELS = """
create view labels as
select dataset, session_id, annotator, "view", answer,
    unnest(case when len(accept) > 0 then accept else [label] end) as label, text, score,
    model_version, created_at, input_hash, task_hash, answer_id
from annotations
where len(accept) > 0 or (label is not null and len(spans) = 0)
"""

_SESSIONS = """
create view sessions as
with starts as (
    select dataset, session_id, arg_max(annotator, started_at) as annotator,
        arg_max("view", started_at) as "view", min(started_at) as started_at,
        arg_max(config, started_at) as config
    from session_starts group by dataset, session_id
), given as (
    select dataset, session_id, arg_max(annotator, seq) as annotator,
        arg_max("view", seq) as "view", min(created_at) as first_answer_at,
        max(created_at) as last_answer_at, count(*) as answered,
        count(*) filter (where answer = 'accept') as accepted,
        count(*) filter (where answer = 'reject') as rejected,
        count(*) filter (where answer = 'ignore') as ignored,
        sum(seconds) as seconds
    from answer_log where stands group by dataset, session_id
)
select dataset, session_id, coalesce(s.annotator, g.annotator) as annotator,
    coalesce(s."view", g."view") as "view",
    coalesce(s.started_at, g.first_answer_at) as started_at, g.last_answer_at,
    coalesce(g.answered, 0) as answered, coalesce(g.accepted, 0) as accepted,
    coalesce(g.rejected, 0) as rejected, coalesce(g.ignored, 0) as ignored, g.seconds,
    coalesce(from_json(s.config->'labels', '["VARCHAR"]'), []) as labels
from starts s full join given g using (dataset, session_id)
"""

_DATASETS = """
create view datasets as
with given as (
    select dataset, count(distinct input_hash) as texts, count(distinct annotator) as annotators
    from answer_log where stands group by dataset
)
select s.dataset, sum(s.answered)::bigint as answered, sum(s.accepted)::bigint as accepted,
    sum(s.rejected)::bigint as rejected, sum(s.ignored)::bigint as ignored,
    coalesce(any_value(g.texts), 0) as texts, count(*) as sessions,
    coalesce(any_value(g.annotators), 0) as annotators, min(s.started_at) as started_at,
    max(s.last_answer_at) as last_answer_at
from sessions s left join given g on g.dataset = s.dataset
group by s.dataset
"""


def _remade(view: str, before: str, after: str) -> str:
    """Return the statement that makes a view anew, with one part of it another."""
    return view.replace("create view", "create or replace view").replace(before, after)


_FLAGS_AND_NOTES = (
    _remade(
        _ANSWER_LOG,
        "j.created_at, j.meta,",
        "j.created_at, coalesce((j.payload->>'flagged')::boolean, false) as flagged,\n"
        "    j.payload->>'note' as note, j.meta,",
    ),
    _remade(_ANNOTATIONS, "created_at, meta,", "created_at, flagged, note, meta,"),
)

_INPUTS = (
    _remade(
        _FLAGS_AND_NOTES[0],
        "j.score, j.why,",
        "coalesce((j.payload->'inputs')::map(varchar, varchar), map {}) as inputs,\n"
        "    j.score, j.why,",
    ),
    _remade(_FLAGS_AND_NOTES[1], "accept, score,", "accept, inputs, score,"),
)

_RELATION_TYPE = """[{"head":{"start":"BIGINT","end":"BIGINT","label":"VARCHAR"},
        "child":{"start":"BIGINT","end":"BIGINT","label":"VARCHAR"},"label":"VARCHAR"}]"""

_RELATIONS = """
create view relations as
select dataset, session_id, annotator, "view", answer, relation.label as label,
    relation.head."start" as head_start, relation.head."end" as head_end,
    substring(text, head_start + 1, head_end - head_start) as head_text,
    relation.head.label as head_label,
    relation.child."start" as child_start, relation.child."end" as child_end,
    substring(text, child_start + 1, child_end - child_start) as child_text,
    relation.child.label as child_label,
    created_at, input_hash, task_hash, answer_id
from (
    select * exclude (relations), unnest(relations) as relation
    from answer_log where stands and json_array_length(payload->'relations') > 0)
order by seq, head_start, head_end, child_start, child_end, label
"""

_RELATED = (
    _remade(
        _INPUTS[0],
        "j.score, j.why,",
        f"coalesce(from_json(j.payload->'relations', '{_RELATION_TYPE}'), []) as relations,\n"
        "    j.score, j.why,",
    ),
    _remade(_INPUTS[1], "inputs, score,", "inputs, relations, score,"),
    _RELATIONS,
)

# Each entry is one version, never edited once released: a change is a new entry.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        _ANSWERS,
        _SESSION_STARTS,
        _MODEL_VERSIONS,
        _EXAMPLES,
        _TAKEN_BACK,
        _REPLACEMENTS,
        _ANSWER_LOG,
        _ANNOTATIONS,
        _SPANS,
        _LABELS,
        _SESSIONS,
        _DATASETS,
    ),
    _FLAGS_AND_NOTES,
    _INPUTS,
    _RELATED,
)

_RECORD = """
create table nbannotate_migrations (
    version integer, applied_at timestamp, nbannotate varchar, duckdb varchar)
"""


@cache
def package_version() -> str:
    """Return the installed version of nbannotate, ``"unknown"`` in a bare checkout."""
    try:
        return installed_version("nbannotate")
    except PackageNotFoundError:
        return "unknown"


def schema_version(connection: DuckDBPyConnection) -> int:
    """Return the version of the open file's schema, 0 for a file without one."""
    recorded = connection.execute(
        "select 1 from duckdb_tables() where table_name = 'nbannotate_migrations'"
    ).fetchall()
    if not recorded:
        return 0
    found = connection.execute("select max(version) from nbannotate_migrations").fetchall()
    return int(found[0][0] or 0)


def migrate(connection: DuckDBPyConnection, path: str, *, read_only: bool = False) -> int:
    """Bring the open file to the newest schema; return how many migrations were applied.

    Raises
    ------
    StoreSchemaError
        The file is newer than this package, or older and opened only for reading.
    """
    found, newest = schema_version(connection), len(MIGRATIONS)
    if found > newest:
        raise StoreSchemaError(
            f"{path} has schema version {found}; nbannotate {package_version()} reads up to "
            f"version {newest}. Upgrade it: pip install --upgrade nbannotate"
        )
    if read_only and found < newest:
        raise StoreSchemaError(
            f"{path} has schema version {found} and this nbannotate needs {newest}. "
            "Open it once without read_only=True, which brings it up to date"
            + ("." if found else ", or check the path: it holds no answers yet.")
        )
    if found < newest:
        _apply(connection, range(found + 1, newest + 1))
    return newest - found


def _apply(connection: DuckDBPyConnection, numbers: range) -> None:
    """Apply migrations in one transaction: each commit waits for the disk."""
    connection.execute("begin")
    try:
        for number in numbers:
            for statement in (_RECORD, *MIGRATIONS[0]) if number == 1 else MIGRATIONS[number - 1]:
                connection.execute(statement)
            connection.execute(
                "insert into nbannotate_migrations"
                " select ?, epoch_ms(epoch_ms(now())), ?, library_version from pragma_version()",
                [number, package_version()],
            )
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise
