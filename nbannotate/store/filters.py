"""The filters of stored answers, as notebooks write them.

What it keeps true: the same keywords mean the same rows everywhere (`annotations`, `spans`,
`answers`, retraining), values are always bound and never pasted into SQL, and a filter that
cannot mean anything is refused instead of matching nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, TypedDict

from nbannotate.errors import FilterError
from nbannotate.store.query import check_condition
from nbannotate.store.rows import naive_utc
from nbannotate.tasks.records import ANSWER_KINDS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

OneOrMany = str | Iterable[str]
Moment = str | date | datetime


class Filters(TypedDict, total=False):
    """The keywords beside ``dataset``, each a value or None for "any".

    ``session_id``, ``annotator``, ``view``, ``label``, ``answer`` and
    ``model_version`` take a str or several; ``since`` and ``until`` a time (UTC unless it
    has a zone); ``where`` an SQL condition.
    """

    session_id: OneOrMany | None
    annotator: OneOrMany | None
    view: OneOrMany | None
    label: OneOrMany | None
    answer: OneOrMany | None
    model_version: OneOrMany | None
    since: Moment | None
    until: Moment | None
    where: str | None


ALLOWED = ("dataset", *Filters.__annotations__)
_EQUALITIES = ("dataset", "session_id", "annotator", "view", "answer", "model_version")
_ANY_LABEL = (
    "(coalesce(list_contains($label, label), false) or list_has_any(accept, $label)"
    " or list_has_any([s.label for s in spans], $label)"
    " or list_has_any([r.label for r in relations], $label))"
)
_OWN_LABEL = "list_contains($label, label)"


def condition(
    connection: DuckDBPyConnection, filters: Mapping[str, Any], *, of_parts: bool = False
) -> tuple[str, dict[str, Any]]:
    """Return an SQL condition and its parameters.

    Parameters
    ----------
    connection
        Any connection, to check ``where`` with.
    filters
        See `Filters`.
    of_parts
        Whether ``label`` is that of the row of one span or relation, not of a whole answer.

    Raises
    ------
    FilterError
        An unknown keyword, or a value that cannot be what the keyword means.
    """
    unknown = sorted(set(filters) - set(ALLOWED))
    if unknown:
        raise FilterError(f"unknown filter {', '.join(unknown)}; allowed are {', '.join(ALLOWED)}")
    given = {name: value for name, value in filters.items() if value is not None}
    values: dict[str, Any] = {}
    parts = [
        _is_one_of(name, _texts(name, given[name]), values)
        for name in _EQUALITIES
        if name in given
    ]
    if "label" in given:
        parts.append(_OWN_LABEL if of_parts else _ANY_LABEL)
        values["label"] = _texts("label", given["label"])
    if "since" in given:
        parts.append("created_at >= $since")
        values["since"] = moment("since", given["since"])
    if "until" in given:
        parts.append("created_at < $until")
        values["until"] = moment("until", given["until"], end_of_day=True)
    if "where" in given:
        if not isinstance(given["where"], str):
            raise FilterError(f"where={given['where']!r}: give SQL text such as 'seconds < 2'")
        check_condition(connection, given["where"])
        parts.append(f"(\n{given['where']}\n)")
    return " and ".join(parts) or "true", values


def moment(name: str, given: Moment, *, end_of_day: bool = False) -> datetime:
    """Read a time filter as naive UTC.

    Parameters
    ----------
    name
        The keyword, for the message.
    given
        A datetime, a date, or either in ISO 8601, such as ``"2026-11-23"`` or
        ``"2026-11-23T09:30+01:00"``.
    end_of_day
        Whether a date alone means the end of that day instead of its start.

    Raises
    ------
    FilterError
        The text is not a time, or the value is of another kind.

    Examples
    --------
    >>> moment("since", "2026-11-23T09:30+01:00")
    datetime.datetime(2026, 11, 23, 8, 30)
    """
    if isinstance(given, str):
        try:
            is_date = len(given) == len("2026-11-23")
            given = date.fromisoformat(given) if is_date else datetime.fromisoformat(given)
        except ValueError:
            raise _not_a_time(name, given) from None
    if isinstance(given, datetime):
        return naive_utc(given)
    if isinstance(given, date):
        return datetime.combine(given, time()) + timedelta(days=1 if end_of_day else 0)
    raise _not_a_time(name, given)


def _is_one_of(name: str, allowed: list[str], values: dict[str, Any]) -> str:
    """Compare with separate parameters: DuckDB pushes those below the window of the views."""
    bound = {f"{name}_{number}": value for number, value in enumerate(allowed)}
    values.update(bound)
    return f'"{name}" in ({", ".join(f"${key}" for key in bound)})' if bound else "false"


def _not_a_time(name: str, given: object) -> FilterError:
    return FilterError(
        f"{name}={given!r} is not a time; give a datetime, a date, or ISO 8601 text such as "
        "'2026-11-23' or '2026-11-23T09:30'"
    )


def _texts(name: str, given: object) -> list[str]:
    values: list[Any] = [given]
    if isinstance(given, Iterable) and not isinstance(given, str):
        values = list(given)
    wrong = [value for value in values if not isinstance(value, str)]
    if wrong:
        raise FilterError(f"{name}={given!r}: give a str or a list of str, not {wrong[0]!r}")
    if name == "answer" and not set(values) <= set(ANSWER_KINDS):
        raise FilterError(f"answer={given!r}; allowed are {', '.join(ANSWER_KINDS)}")
    return values
