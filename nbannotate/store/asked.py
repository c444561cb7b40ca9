"""With which labels stored answers were asked, in the order in which the page shows them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def labels_asked(connection: DuckDBPyConnection, datasets: Iterable[str]) -> dict[str, list[str]]:
    """Return the labels of some datasets' sessions, those of the latest first.

    Returns
    -------
    dict
        ``labels``, of spans and texts, and ``relations``, each without doubles.
    """
    rows = connection.execute(
        "select config from session_starts where list_contains(?, dataset) "
        "order by started_at desc, rowid desc",
        [list(datasets)],
    ).fetchall()
    configs = [json.loads(config) for (config,) in rows]
    return {
        kind: list(dict.fromkeys(label for config in configs for label in config.get(kind, ())))
        for kind in ("labels", "relations")
    }
