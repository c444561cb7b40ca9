"""The loop's model beside a full retrain on the same answers, and beside random questions.

Run by ``make bench-learning``. Without ``--data`` it runs on the messages that ship; with it,
on each file of JSON lines given: rows with ``text`` and ``spans`` (ner, or spancat where some
overlap) or ``label`` (textcat). The last third of a file is held out, unless a ``test.jsonl`` lies beside it.
"""

from __future__ import annotations

import argparse
import json
from itertools import pairwise
from pathlib import Path

import pandas as pd

import nbannotate as nb
from nbannotate.tasks import GoldText, read_gold

HEADLINE = {"ner": "ents_f", "spancat": "spans_sc_f", "textcat": "cats_macro_f"}
VIEW = {"ner": "ner.correct", "spancat": "spans.correct", "textcat": "textcat.manual"}


def read(path: Path, most: int) -> tuple[str, list[dict], list[dict]]:
    """Return the name, the rows to ask about and the rows held out."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    beside = path.with_name("test.jsonl")
    if beside.exists() and beside != path:
        lines = beside.read_text(encoding="utf-8").splitlines()
        return path.parent.name, rows[:most], [json.loads(line) for line in lines]
    cut = len(rows) * 2 // 3
    return path.parent.name, rows[: min(cut, most)], rows[cut:]


def components_of(rows: list[dict]) -> list[str]:
    """Return the components that rows are gold for."""
    spans = "spancat" if any(map(overlap, rows)) else "ner"
    return [each for each, key in ((spans, "spans"), ("textcat", "label")) if key in rows[0]]


def overlap(row: dict) -> bool:
    """Return whether two spans of a row share characters."""
    spans = sorted((span["start"], span["end"]) for span in row.get("spans") or ())
    return any(latter[0] < former[1] for former, latter in pairwise(spans))


def labels_of(rows: list[GoldText]) -> tuple[str, ...]:
    """Return the labels that gold rows have, the most frequent first."""
    given = [
        label for row in rows for label in (row.labels or [span.label for span in row.spans or ()])
    ]
    return tuple(pd.Series(given).value_counts().index)


def curve(
    component: str, pool: list[dict], test: list[dict], strategy: str, seed: int, answers: int
) -> pd.DataFrame:
    """Return the loop's scores at each checkpoint, and a retrain's at the last."""
    labels = labels_of(read_gold(pool))
    with nb.Store(":memory:") as store:
        ann = nb.annotate(
            pool, view=VIEW[component], labels=labels, dataset="bench", store=store,
            strategy=strategy, seed=seed,
        )  # fmt: skip
        scores = nb.simulate(ann, pool, n=answers, test=test, progress=False)
        result = nb.retrain(store, "bench", evaluation=0.0, seed=seed, progress=False)
        ann.close()
    headline = HEADLINE[component]
    table = scores[["answers"]].assign(loop=scores[headline], retrain=None)
    table.loc[table.index[-1], "retrain"] = nb.evaluate(result.nlp, test)[headline]
    return table.assign(strategy=strategy, seed=seed)


def main() -> None:
    """Print mean and deviation over seeds, a block a data set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, nargs="*", default=[], help="files of JSON lines")
    parser.add_argument("--answers", type=int, default=200)
    parser.add_argument("--pool", type=int, default=1000, help="texts asked about at most")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--strategies", nargs="+", default=["auto", "random"])
    options = parser.parse_args()
    sample = nb.sample_data().to_dict("records")
    blocks = [read(path, options.pool) for path in options.data] or [
        ("bike_share", sample[:300], sample[300:])
    ]
    for name, pool, test in blocks:
        for component in components_of(pool):
            runs = pd.concat(
                curve(component, pool, test, strategy, seed, options.answers)
                for strategy in options.strategies
                for seed in range(options.seeds)
            )
            runs[["loop", "retrain"]] = runs[["loop", "retrain"]].astype(float)
            table = runs.groupby(["strategy", "answers"])[["loop", "retrain"]].agg(["mean", "std"])
            print(f"\n{name}, {component}: {HEADLINE[component]}")
            print(table.round(3).to_string(), flush=True)


if __name__ == "__main__":
    main()
