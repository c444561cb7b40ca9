"""Models that learn from answers.

Nothing here knows of pages, sessions or the store: texts and answers come in,
predictions go out.
"""

from nbannotate.learning.evidence import TextEvidence, gather
from nbannotate.learning.factory import make_learner
from nbannotate.learning.pipelines import find_component, prepare
from nbannotate.learning.protocol import (
    CanMend,
    GivesWay,
    Interrupted,
    KeepsSnapshots,
    Learner,
    Prediction,
    TakesLabels,
)
from nbannotate.learning.scoring import evaluate, evaluate_evidence, main_score, per_type
from nbannotate.learning.training import train

__all__ = [
    "CanMend",
    "GivesWay",
    "Interrupted",
    "KeepsSnapshots",
    "Learner",
    "Prediction",
    "TakesLabels",
    "TextEvidence",
    "evaluate",
    "evaluate_evidence",
    "find_component",
    "gather",
    "main_score",
    "make_learner",
    "per_type",
    "prepare",
    "train",
]
