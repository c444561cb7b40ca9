"""What the loop learns from each minute, beside other ways of annotating, in one run.

Run by ``make bench-learning``. Without ``--data`` it runs on the messages that ship; with it,
on each file of JSON lines given: rows with ``text`` and ``spans``, ``label`` or ``labels``.
Overlapping spans make a spancat, several labels a text that may have any number. The last
third of a file is held out, unless a ``test.jsonl`` lies beside it. Tables and a plot go to
``--out``.
"""

from __future__ import annotations

import argparse
import json
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import nbannotate as nb
from nbannotate.tasks import GoldText, read_gold
from tests.benchmarks.arms import OURS, RANDOM, Arm, arms_for

CHECKPOINTS = (25, 50, 100, 200, 400)
HEADLINE = {"ner": "ents_f", "textcat": "cats_macro_f", "spancat": "spans_sc_f"}
VIEW = {"ner": "ner.correct", "textcat": "textcat.correct", "spancat": "spans.correct"}


@dataclass(frozen=True)
class Data:
    """One data set, ready to be annotated."""

    name: str
    component: str
    exclusive: bool
    labels: tuple[str, ...]
    pool: list[dict[str, Any]]
    test: list[dict[str, Any]]


def read(path: Path, n_pool: int, n_test: int, seed: int) -> Data:
    """Read a file of JSON lines; the pool is drawn anew for each seed."""
    rows = _lines(path)
    beside = path.with_name("test.jsonl")
    order = np.random.default_rng(seed).permutation(len(rows))
    shuffled = [rows[int(index)] for index in order]
    if beside.exists() and beside != path:
        pool, test = shuffled, _lines(beside)
    else:
        pool, test = shuffled[: len(rows) * 2 // 3], shuffled[len(rows) * 2 // 3 :]
    return describe(path.parent.name, pool[:n_pool], test[:n_test])


def describe(name: str, pool: list[dict[str, Any]], test: list[dict[str, Any]]) -> Data:
    """Find out what kind of data it is."""
    gold = read_gold(pool)
    several = any(len(row.labels or ()) != 1 for row in gold)
    if "spans" in pool[0]:
        component = "spancat" if any(_overlap(row) for row in gold) else "ner"
    else:
        component = "textcat"
    return Data(
        name, component, component == "textcat" and not several, labels_of(gold), pool, test
    )


def labels_of(rows: Iterable[GoldText]) -> tuple[str, ...]:
    """Return the labels that gold rows have, the most frequent first."""
    given = [
        label for row in rows for label in (row.labels or [span.label for span in row.spans or ()])
    ]
    return tuple(pd.Series(given).value_counts().index)


def curve(data: Data, arm: Arm, seed: int, answers: int, mistakes: float) -> pd.DataFrame:
    """Return an arm's scores at each checkpoint, and a retrain's on the same answers."""
    rows: list[dict[str, Any]] = []
    headline = HEADLINE[data.component]
    given, seconds = 0, 0.0
    with nb.Store(":memory:") as store, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        learner = arm.make(data.component, data.labels, data.exclusive, seed)
        ann = nb.annotate(
            data.pool, view=VIEW[data.component], labels=data.labels, exclusive=data.exclusive,
            learner=learner, dataset="bench", store=store, strategy=arm.strategy, seed=seed,
        )  # fmt: skip
        for stop in [n for n in CHECKPOINTS if n <= answers]:
            scores = nb.simulate(
                ann, data.pool, n=stop - given, mistakes=mistakes, seed=seed + stop, progress=False
            )
            given, seconds = stop, seconds + float(scores["seconds"].iloc[-1])
            row = {
                "answers": stop,
                "seconds": seconds,
                "loop": score(data, ann, learner),
                "retrain": np.nan,
            }
            if arm.is_retrained and stop >= 100:
                nlp = nb.retrain(store, "bench", evaluation=0.0, seed=seed, progress=False).nlp
                row["retrain"] = nb.evaluate(nlp, data.test)[headline]
            rows.append(row)
        ann.close()
    return pd.DataFrame(rows).assign(data=data.name, arm=arm.name, seed=seed)


def score(data: Data, ann: nb.Annotator, learner: Any) -> float:
    """Return the held-out score of the model in the loop."""
    if hasattr(learner, "nlp"):
        return float(nb.evaluate(ann.nlp, data.test)[HEADLINE[data.component]] or 0.0)
    from sklearn.metrics import f1_score

    said = learner.predict([row["text"] for row in data.test])
    guessed = [max(each.cats, key=each.cats.get) if each.cats else "" for each in said]
    right = [row["label"] for row in data.test]
    return float(f1_score(right, guessed, labels=data.labels, average="macro", zero_division=0))


def share_of_random(runs: pd.DataFrame, unit: str) -> float | None:
    """Return what "auto" needs to reach random's last score, as a share of what random took."""
    means = runs.groupby(["arm", "answers"])[["loop", "seconds"]].mean().reset_index()
    ours, other = means[means["arm"] == OURS.name], means[means["arm"] == RANDOM.name]
    goal, whole = other["loop"].iloc[-1], other[unit].iloc[-1]
    before: tuple[float, float] = (0.0, 0.0)
    for reached, cost in zip(ours["loop"], ours[unit], strict=True):
        if reached >= goal:
            share = (goal - before[0]) / max(reached - before[0], 1e-9)
            return float((before[1] + share * (cost - before[1])) / whole)
        before = (float(reached), float(cost))
    return None


def report(runs: pd.DataFrame, out: Path | None) -> None:
    """Print the tables, and write them with a plot."""
    for name, mine in runs.groupby("data", sort=False):
        table = mine.groupby(["arm", "answers"])[["loop", "retrain", "seconds"]].agg(
            ["mean", "std"]
        )
        print(f"\n{name}")
        print(table.round(3).to_string())
        ratio = mine.dropna(subset=["retrain"]).groupby("answers")[["loop", "retrain"]].mean()
        print("loop against retrain:", (ratio["loop"] / ratio["retrain"]).round(3).to_dict())
        for unit in ("answers", "seconds"):
            share = share_of_random(mine, unit)
            print(
                f"{unit} to random's last score:",
                "not reached" if share is None else f"{share:.2f}",
            )
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        runs.to_csv(out / "learning.csv", index=False)
        plot(runs, out / "learning.png")


def plot(runs: pd.DataFrame, path: Path) -> None:
    """Draw each arm's curve over simulated minutes, a panel a data set."""
    from matplotlib.figure import Figure

    names = list(runs["data"].unique())
    figure = Figure(figsize=(4.5 * len(names), 3.4), layout="constrained")
    panels = figure.subplots(1, len(names), squeeze=False)[0]
    for axes, name in zip(panels, names, strict=True):
        for arm, mine in runs[runs["data"] == name].groupby("arm", sort=False):
            means = mine.groupby("answers")[["seconds", "loop"]].mean()
            axes.plot(means["seconds"] / 60, means["loop"], marker="o", markersize=3, label=arm)
        axes.set(title=name, xlabel="simulated minutes", ylabel="F")
        axes.spines[["top", "right"]].set_visible(False)
    panels[0].legend(frameon=False, fontsize=8)
    figure.savefig(path, dpi=110)


def main() -> None:
    """Run the arms on each data set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, nargs="*", default=[], help="files of JSON lines")
    parser.add_argument("--answers", type=int, default=200)
    parser.add_argument("--pool", type=int, default=1000, help="texts asked about at most")
    parser.add_argument("--test", type=int, default=1000, help="texts scored on at most")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--mistakes", type=float, default=0.0, help="share of wrong answers")
    parser.add_argument("--out", type=Path, help="folder for the table and the plot")
    options = parser.parse_args()
    runs = []
    for path in options.data or [None]:
        for seed in range(options.seeds):
            data = read(path, options.pool, options.test, seed) if path else sample()
            for arm in arms_for(data.component, exclusive=data.exclusive):
                runs.append(curve(data, arm, seed, options.answers, options.mistakes))
                print(data.name, arm.name, seed, runs[-1]["loop"].round(3).tolist(), flush=True)
    report(pd.concat(runs, ignore_index=True), options.out)


def sample() -> Data:
    """Return the messages that ship, with their spans."""
    rows = nb.sample_data().drop(columns="label", errors="ignore").to_dict("records")
    return describe("bike_share", rows[:300], rows[300:])


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _overlap(row: GoldText) -> bool:
    ordered = sorted(row.spans or ())
    return any(b.start < a.end for a, b in pairwise(ordered))


if __name__ == "__main__":
    main()
