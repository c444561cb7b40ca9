"""The learning benchmark's tables say what was run, and no more."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from tests.benchmarks.arms import OURS, RANDOM
from tests.benchmarks.datasets import read
from tests.benchmarks.report import each_checkpoint, headlines


def runs(**scores):
    """Return the curves of arms on one data set, scored every 25 answers of 10 seconds."""
    return pd.DataFrame(
        {"data": "d", "arm": arm, "seed": 0, "answers": n, "seconds": 10.0 * n, "loop": score}
        for arm, reached in scores.items()
        for n, score in zip((25, 50), reached, strict=True)
    ).assign(retrain=float("nan"))


@pytest.mark.parametrize(("reached", "share"), [((0.4, 0.6), 0.75), ((0.1, 0.4), float("inf"))])
def test_a_score_that_was_never_reached_is_not_left_out_of_the_mean(reached, share):
    table = headlines(runs(**{OURS.name: reached, RANDOM.name: (0.3, 0.5)}))
    assert table.loc["d", "seconds to random's last"] == pytest.approx(share)
    assert table.loc["mean", "seconds to random's last"] == pytest.approx(share)


def test_the_last_answers_are_shown_even_at_an_unusual_number():
    curves = runs(auto=(0.1, 0.2)).replace({"answers": {50: 30}})
    assert each_checkpoint(curves).index.tolist() == [("auto", 25), ("auto", 30)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("train.jsonl", "bank"), ("all.jsonl", "bank"), ("tweets.jsonl", "tweets")],
)
def test_files_beside_each_other_are_data_sets_of_their_own(name, expected, tmp_path):
    path = tmp_path / "bank" / name
    path.parent.mkdir()
    rows = [{"text": f"text {n}", "label": n % 2} for n in range(9)]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    data = read(path, n_pool=6, n_test=3, seed=0)
    assert (data.name, data.exclusive, set(data.labels)) == (expected, True, {"0", "1"})
    assert (len(data.pool), len(data.test)) == (6, 3)


def test_one_label_alone_is_not_exclusive(tmp_path):
    path = tmp_path / "train.jsonl"
    path.write_text('{"text": "a", "label": "A"}\n' * 9, encoding="utf-8")
    assert not read(path, n_pool=6, n_test=3, seed=0).exclusive
