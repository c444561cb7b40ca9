"""Models that learn from answers.

Nothing here knows of pages, sessions or the store: texts and answers come in,
predictions go out.
"""

from nbannotate.learning.evidence import TextEvidence, gather
from nbannotate.learning.factory import make_learner
from nbannotate.learning.pipelines import blank_pipeline, find_component, prepare
from nbannotate.learning.protocol import (
    CanMend,
    GivesWay,
    HasPipeline,
    Interrupted,
    KeepsSnapshots,
    Learner,
    Prediction,
    Predictor,
    TakesLabels,
    copy_nlp_of,
    takes_updates,
    texts_at_once,
)
from nbannotate.learning.readings import read_texts
from nbannotate.learning.refit import RefitLearner
from nbannotate.learning.scoring import evaluate, evaluate_evidence, main_score, per_type
from nbannotate.learning.suggester import (
    SuggestingLearner,
    find_suggesters,
    spans_key_of,
    suggester,
)
from nbannotate.learning.training import train
from nbannotate.learning.unmade import UnmadeLearner
from nbannotate.learning.weights import weights_digest

__all__ = [
    "CanMend",
    "GivesWay",
    "HasPipeline",
    "Interrupted",
    "KeepsSnapshots",
    "Learner",
    "Prediction",
    "Predictor",
    "RefitLearner",
    "SuggestingLearner",
    "TakesLabels",
    "TextEvidence",
    "UnmadeLearner",
    "blank_pipeline",
    "copy_nlp_of",
    "evaluate",
    "evaluate_evidence",
    "find_component",
    "find_suggesters",
    "gather",
    "main_score",
    "make_learner",
    "per_type",
    "prepare",
    "read_texts",
    "spans_key_of",
    "suggester",
    "takes_updates",
    "texts_at_once",
    "train",
    "weights_digest",
]
