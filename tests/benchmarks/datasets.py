"""The data that the learning benchmark annotates: any JSON lines, or the messages that ship."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import nbannotate as nb
from nbannotate.tasks import GoldText, read_gold

PARTS = {"all", "data", "dev", "train"}
"""Names of files that are called after the folder they are in."""

HEADLINE = {"ner": "ents_f", "textcat": "cats_macro_f", "spancat": "spans_sc_f"}


@dataclass(frozen=True)
class Data:
    """One data set, ready to be annotated."""

    name: str
    component: str
    exclusive: bool
    labels: tuple[str, ...]
    pool: list[dict[str, Any]]
    test: list[dict[str, Any]]

    @property
    def headline(self) -> str:
        """The score that counts, under spaCy's name."""
        return HEADLINE[self.component]


def read(path: Path, n_pool: int, n_test: int, seed: int) -> Data:
    """Read a file of JSON lines; the pool is drawn anew for each seed."""
    rows = _lines(path)
    beside = path.with_name("test.jsonl")
    order = np.random.default_rng(seed).permutation(len(rows))
    shuffled = [rows[int(index)] for index in order]
    if beside.exists() and beside != path:
        # Such files are often sorted by label: the first of them are not to be all.
        held_out = _lines(beside)
        chosen = np.random.default_rng(0).permutation(len(held_out))
        pool, test = shuffled, [held_out[int(index)] for index in chosen]
    else:
        pool, test = shuffled[: len(rows) * 2 // 3], shuffled[len(rows) * 2 // 3 :]
    name = path.parent.name if path.stem in PARTS else path.stem
    return describe(name, pool[:n_pool], test[:n_test])


def describe(name: str, pool: list[dict[str, Any]], test: list[dict[str, Any]]) -> Data:
    """Find out what kind of data it is."""
    gold = read_gold(pool)
    labels = labels_of(gold)
    is_exclusive = len(labels) > 1 and all(len(row.labels or ()) == 1 for row in gold)
    if "spans" in pool[0]:
        component = "spancat" if any(_overlap(row) for row in gold) else "ner"
    else:
        component = "textcat"
    return Data(name, component, component == "textcat" and is_exclusive, labels, pool, test)


def labels_of(rows: Iterable[GoldText]) -> tuple[str, ...]:
    """Return the labels that gold rows have, the most frequent first."""
    given = [
        label for row in rows for label in (row.labels or [span.label for span in row.spans or ()])
    ]
    return tuple(pd.Series(given).value_counts().index)


def sample(seed: int) -> Data:
    """Return the messages that ship, with their spans."""
    rows = (
        nb.sample_data().drop(columns="label", errors="ignore").sample(frac=1, random_state=seed)
    )
    shuffled = rows.to_dict("records")
    return describe("bike_share", shuffled[:300], shuffled[300:])


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _overlap(row: GoldText) -> bool:
    ordered = sorted(row.spans or ())
    return any(b.start < a.end for a, b in pairwise(ordered))
