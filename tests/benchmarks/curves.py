"""One way of annotating one data set, answered from gold labels, scored on the way."""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

import nbannotate as nb
from nbannotate.tasks import read_gold
from tests.benchmarks.arms import Arm, ours
from tests.benchmarks.datasets import Data

SCORED_EVERY = 25
RETRAINED_AT = (100, 200, 400)
CHECKPOINTS = (25, 50, 100, 200, 400)
TEACHING = ("yes or no", "wrong readings corrected")
PACE = "pace"
TAUGHT = 200
WARM_TEXTS = 50
PACED = 40
SECONDS_AN_ANSWER = 1.0
VIEW = {"ner": "ner", "textcat": "textcat", "spancat": "spans"}


def curve(data: Data, arm: Arm, seed: int, answers: int, mistakes: float) -> pd.DataFrame:
    """Return an arm's scores on the way, and a retrain's on the same answers."""
    rows: list[dict[str, Any]] = []
    seconds = 0.0
    with _quiet_store() as store:
        learner = arm.make(data.component, data.labels, data.exclusive, seed)
        ann = _annotate(data, arm, learner, store, seed)
        for given, stop in pairwise(sorted({*range(0, answers, SCORED_EVERY), answers})):
            scores = nb.simulate(
                ann, data.pool, n=stop - given, mistakes=mistakes, seed=seed + stop, progress=False
            )
            seconds += float(scores["seconds"].iloc[-1])
            row = {"answers": stop, "seconds": seconds, "loop": score(data, ann, learner)}
            if arm.is_retrained and stop in RETRAINED_AT:
                nlp = nb.retrain(store, "bench", evaluation=0.0, seed=seed, progress=False).nlp
                row["retrain"] = nb.evaluate(nlp, data.test)[data.headline]
            rows.append(row)
        ann.close()
    frame = pd.DataFrame(rows, columns=["answers", "seconds", "loop", "retrain"])
    return frame.assign(data=data.name, arm=arm.name, seed=seed)


def teach_curve(data: Data, seed: int, arm: str) -> pd.DataFrame:
    """Return what yes-or-no answers add to a model of a few texts, whose answers it keeps."""
    corrects = arm == TEACHING[1]
    recipes = nb.ner if data.component == "ner" else nb.spans
    warm_texts, pool = data.pool[:WARM_TEXTS], data.pool[WARM_TEXTS:]
    settings: dict[str, Any] = {"labels": data.labels, "dataset": "bench"}
    with _quiet_store() as store:
        manual = recipes.manual(_texts(warm_texts), store=store, nlp=False, **settings)
        nb.simulate(manual, warm_texts, n=WARM_TEXTS, progress=False)
        manual.close()
        warm = nb.retrain(store, "bench", evaluation=0.0, seed=seed, progress=False).nlp
        ann = recipes.teach(_texts(pool), store=store, nlp=warm, seed=seed, **settings)
        first = float(nb.evaluate(warm, data.test)[data.headline] or 0.0)
        rows = [{"answers": 0, "seconds": 0.0, "loop": first}]
        for given, stop in pairwise([0, *(n for n in CHECKPOINTS if n <= TAUGHT)]):
            scores = nb.simulate(
                ann, pool, n=stop - given, corrects=corrects, seed=seed + stop, progress=False
            )
            seconds = rows[-1]["seconds"] + float(scores["seconds"].iloc[-1])
            rows.append({"answers": stop, "seconds": seconds, "loop": score(data, ann, None)})
        ann.close()
    return pd.DataFrame(rows).assign(data=data.name, arm=arm, seed=seed)


def pace(data: Data, seed: int, answers: int) -> pd.DataFrame:
    """Return how long the model takes for an answer, and how many wait at one a second."""
    arm = Arm("pace", "auto", ours)
    with _quiet_store() as store:
        learner = arm.make(data.component, data.labels, data.exclusive, seed)
        ann = _annotate(data, arm, learner, store, seed)
        oracle = nb.cells.Oracle(data.pool)
        taken, waiting = [], []
        for number in range(answers + PACED):
            task = ann.session.task
            if task is None:
                break
            begun = time.perf_counter()
            ann.session.answer(**oracle.answer(ann.session, task), task_hash=task.task_hash)
            if number < answers:
                ann.session.join()
                taken.append(time.perf_counter() - begun)
                continue
            time.sleep(max(0.0, SECONDS_AN_ANSWER - (time.perf_counter() - begun)))
            waiting.append(ann.session.model.pending)
        ann.close()
    row = {
        "data": data.name,
        "median ms": 1000 * float(np.median(taken)),
        "95 % ms": 1000 * float(np.quantile(taken, 0.95)),
        "waiting at one a second": max(waiting, default=0),
    }
    return pd.DataFrame([row])


def score(data: Data, ann: nb.Annotator, learner: Any) -> float:
    """Return the held-out score of the model in the loop."""
    if learner is None or hasattr(learner, "nlp"):
        return float(nb.evaluate(ann.nlp, data.test)[data.headline] or 0.0)
    from sklearn.metrics import f1_score

    said = learner.predict([row["text"] for row in data.test])
    guessed = [max(each.cats, key=each.cats.get) if each.cats else "" for each in said]
    right = [row.labels[0] for row in read_gold(data.test) if row.labels]
    return float(f1_score(right, guessed, labels=data.labels, average="macro", zero_division=0))


def _annotate(data: Data, arm: Arm, learner: Any, store: nb.Store, seed: int) -> nb.Annotator:
    return nb.annotate(
        _texts(data.pool),
        view=f"{VIEW[data.component]}.{arm.view}",
        labels=data.labels,
        exclusive=data.exclusive,
        learner=learner,
        dataset="bench",
        store=store,
        strategy=arm.strategy,
        seed=seed,
    )


def _texts(rows: list[dict[str, Any]]) -> list[str]:
    """Return the texts alone: spans that come with them would be shown to the annotator."""
    return [row["text"] for row in rows]


@contextmanager
def _quiet_store() -> Iterator[nb.Store]:
    """Yield a store in memory; that gold spans lie off the tokens is no news here."""
    with nb.Store(":memory:") as store, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield store
