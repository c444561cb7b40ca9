"""What the learning benchmark found, as tables, as a page and as a plot."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from tests.benchmarks.arms import ONE_UPDATE, OURS, RANDOM
from tests.benchmarks.curves import CHECKPOINTS

UNITS = ("answers", "seconds")


KINDS = ("curve", "teach_curve", "pace")


def keep(frame: pd.DataFrame, kind: str, out: Path) -> None:
    """Add what one run found to a folder, so that a benchmark cut short is not lost."""
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"{kind}.csv"
    frame.to_csv(path, mode="a", header=not path.exists(), index=False)


def kept(kind: str, out: Path) -> pd.DataFrame:
    """Return all that runs of a kind have found, empty if none has."""
    path = out / f"{kind}.csv"
    return pd.read_csv(path) if path.exists() else pd.DataFrame()


def write(out: Path, *, draws: bool) -> None:
    """Print the tables of what a folder holds, and write them there, with a plot."""
    curves, teaching, pace = (kept(kind, out) for kind in KINDS)
    parts = ["# What the loop learns from each answer, and from each minute", ""]
    if len(curves):
        parts += ["## Beside random questions and a retrain", "", _table(headlines(curves)), ""]
    if len(teaching):
        parts += ["## Yes or no, from a model of 50 texts on", "", _table(gains(teaching)), ""]
    if len(pace):
        by_data = pace.groupby("data", sort=False).mean()
        parts += ["## In the background", "", _table(by_data), ""]
    for name, mine in curves.groupby("data", sort=False) if len(curves) else ():
        parts += [f"## {name}", "", _table(each_checkpoint(mine)), ""]
    page = "\n".join(parts)
    print(page)
    if draws:
        (out / "learning.md").write_text(page, encoding="utf-8")
    if draws and len(curves):
        plot(curves, out / "learning.png")


def headlines(curves: pd.DataFrame) -> pd.DataFrame:
    """Return one row a data set: what the loop is worth beside other ways."""
    rows = {}
    for name, mine in curves.groupby("data", sort=False):
        row: dict[str, float | None] = {}
        for answers, ratio in against_retrain(mine).items():
            row[f"loop / retrain at {answers}"] = ratio
        for unit in UNITS:
            row[f"{unit} to random's last"] = share_of_random(mine, unit)
        last = mine[mine["answers"] == mine["answers"].max()].groupby("arm")["loop"].mean()
        if ONE_UPDATE.name in last:
            ratio = last[OURS.name] / max(last[ONE_UPDATE.name], 1e-9)
            row[f"F / {ONE_UPDATE.name}"] = ratio
        rows[name] = row
    table = pd.DataFrame(rows).T.astype(float)
    table.loc["mean"] = table.mean()
    return table


def against_retrain(runs: pd.DataFrame) -> dict[int, float]:
    """Return the loop's score as a share of a retrain's, by the number of answers."""
    both = runs.dropna(subset=["retrain"]).groupby("answers")[["loop", "retrain"]].mean()
    ratio = both["loop"] / both["retrain"]
    return {int(str(answers)): float(share) for answers, share in ratio.items()}


def gains(teaching: pd.DataFrame) -> pd.DataFrame:
    """Return what yes-or-no answers added to the model that they started from."""
    rows = {}
    for (name, arm), mine in teaching.groupby(["data", "arm"], sort=False):
        means = mine.groupby("answers")[["loop", "seconds"]].mean()
        gained = means["loop"] - means["loop"].iloc[0]
        rows[name, arm] = {
            "warm": means["loop"].iloc[0],
            **{f"at {answers}": gain for answers, gain in gained.iloc[1:].items()},
            "lowest": gained.min(),
            "minutes": means["seconds"].iloc[-1] / 60,
        }
    return pd.DataFrame(rows).T


def each_checkpoint(runs: pd.DataFrame) -> pd.DataFrame:
    """Return mean and deviation over seeds at each usual number of answers, and at the last."""
    shown = runs[runs["answers"].isin({*CHECKPOINTS, runs["answers"].max()})]
    grouped = shown.assign(minutes=shown["seconds"] / 60).groupby(["arm", "answers"])
    means = grouped[["loop", "retrain", "minutes"]].mean()
    return means.assign(deviation=grouped["loop"].std(), seeds=grouped["loop"].count()).dropna(
        axis=1, how="all"
    )


def share_of_random(runs: pd.DataFrame, unit: str) -> float | None:
    """Return what "auto" needs to reach random's last score, as a share of what random took.

    Infinity where it never did, so that a mean does not pass over it; None without both arms.
    """
    means = runs.groupby(["arm", "answers"])[["loop", "seconds"]].mean().reset_index()
    ours, other = means[means["arm"] == OURS.name], means[means["arm"] == RANDOM.name]
    if ours.empty or other.empty:
        return None
    goal, whole = other["loop"].iloc[-1], other[unit].iloc[-1]
    before: tuple[float, float] = (0.0, 0.0)
    for reached, cost in zip(ours["loop"], ours[unit], strict=True):
        if reached >= goal:
            share = (goal - before[0]) / max(reached - before[0], 1e-9)
            return float((before[1] + share * (cost - before[1])) / whole)
        before = (float(reached), float(cost))
    return float("inf")


def plot(runs: pd.DataFrame, path: Path) -> None:
    """Draw each arm's curve over simulated minutes with its deviation, a panel a data set."""
    from matplotlib.figure import Figure

    names = list(runs["data"].unique())
    arms = dict.fromkeys((OURS.name, RANDOM.name, *sorted(runs["arm"].unique())))
    colours = {arm: f"C{place}" for place, arm in enumerate(arms)}
    figure = Figure(figsize=(4.5 * len(names), 3.4), layout="constrained")
    panels = figure.subplots(1, len(names), squeeze=False)[0]
    drawn = {}
    for axes, name in zip(panels, names, strict=True):
        for arm, mine in runs[runs["data"] == name].groupby("arm"):
            grouped = mine.assign(minutes=mine["seconds"] / 60).groupby("answers")
            minutes, means = grouped["minutes"].mean(), grouped["loop"].mean()
            spread = grouped["loop"].std().fillna(0.0)
            style = {"color": colours[str(arm)]}
            axes.fill_between(minutes, means - spread, means + spread, alpha=0.15, lw=0, **style)
            (drawn[arm],) = axes.plot(minutes, means, marker="o", markersize=3, **style)
        axes.set(title=name, xlabel="simulated minutes", ylabel="F")
        axes.spines[["top", "right"]].set_visible(False)
    figure.legend(
        drawn.values(),
        map(str, drawn),
        loc="outside lower center",
        ncols=len(drawn),
        frameon=False,
    )
    figure.savefig(path, dpi=110)


def _table(frame: pd.DataFrame) -> str:
    table: str = frame.round(3).reset_index().to_markdown(index=False)
    return table
