"""The ways of annotating that the learning benchmark sets side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import nbannotate as nb
from nbannotate.learning import make_learner
from nbannotate.learning.base import SpacyLearner
from tests.benchmarks.one_update import one_update

REFITTED_EVERY = 10


@dataclass(frozen=True)
class Arm:
    """One way of annotating: what learns, and by what the next text is chosen."""

    name: str
    strategy: str
    make: Callable[[str, tuple[str, ...], bool, int], Any]
    is_retrained: bool = False
    view: str = "correct"


def ours(component: str, labels: tuple[str, ...], exclusive: bool, seed: int) -> SpacyLearner:
    """The learner that ships."""
    return make_learner(component, labels=labels, exclusive=exclusive, seed=seed)  # type: ignore[arg-type]


def tfidf(component: str, labels: tuple[str, ...], exclusive: bool, seed: int) -> nb.RefitLearner:
    """Logistic regression on TF-IDF, refitted after each ten answers."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    def fit(answers: list[nb.Answer]) -> Any:
        model = make_pipeline(TfidfVectorizer(), LogisticRegression(C=10.0, max_iter=1000))
        return model.fit([each.text for each in answers], [each.label for each in answers])

    def predict(model: Any, texts: list[str]) -> list[dict[str, float]]:
        shares = model.predict_proba(texts)
        return [dict(zip(model.classes_, map(float, row), strict=True)) for row in shares]

    return nb.RefitLearner(fit, predict, labels=labels, every=REFITTED_EVERY)


OURS = Arm("auto", "auto", ours, is_retrained=True)
RANDOM = Arm("random", "random", ours)
MANUAL = Arm("manual, random", "random", ours, view="manual")
ONE_UPDATE = Arm("one update, moving average", "prefer_uncertain", one_update)
TFIDF = Arm("TF-IDF, margin", "margin", tfidf)


def arms_for(component: str, *, exclusive: bool) -> list[Arm]:
    """Return the arms that fit a component."""
    arms = [OURS, RANDOM, ONE_UPDATE]
    if component != "textcat":
        arms.append(MANUAL)
    return [*arms, TFIDF] if component == "textcat" and exclusive else arms
