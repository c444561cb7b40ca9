"""Annotate text in a notebook cell, with a spaCy pipeline in the loop.

>>> import nbannotate as nb
>>> ann = nb.textcat.manual(
...     ["I was charged twice", "The brake is loose"],
...     labels=["payment", "hardware"],
...     dataset="tickets",
...     store=":memory:",
... )
>>> ann.session.answer("accept", accept="payment").answer
'accept'
>>> ann.annotations().columns[:4].tolist()
['dataset', 'session_id', 'annotator', 'view']
>>> ann.close()
"""

from nbannotate.acquisition import STRATEGIES, Candidate, QueryStrategy
from nbannotate.cells import (
    SAMPLE_LABELS,
    Comparison,
    RetrainResult,
    retrain,
    sample_data,
    simulate,
)
from nbannotate.errors import (
    AnswerError,
    FilterError,
    KeyBindingError,
    LabelError,
    LearningError,
    NbannotateError,
    NothingToLearnError,
    PipelineError,
    SessionClosedError,
    SkippedRowsWarning,
    SourceError,
    SpanError,
    StaleTaskError,
    StoreError,
    StoreLockedError,
    StoreSchemaError,
)
from nbannotate.learning import Learner, RefitLearner, SuggestingLearner, evaluate, suggester
from nbannotate.recipes import annotate, compare, ner, relations, review, spans, textcat
from nbannotate.session import Estimate, Outlook, Progress, ReviewSession, Session
from nbannotate.store import Store
from nbannotate.tasks import (
    AnnotatorTime,
    Answer,
    Input,
    Prediction,
    Relation,
    SourceText,
    Span,
    Task,
    Version,
    View,
)
from nbannotate.widget import Annotator, CompareAnnotator, Rendering, ReviewAnnotator, show

__all__ = [
    "SAMPLE_LABELS",
    "STRATEGIES",
    "Annotator",
    "AnnotatorTime",
    "Answer",
    "AnswerError",
    "Candidate",
    "CompareAnnotator",
    "Comparison",
    "Estimate",
    "FilterError",
    "Input",
    "KeyBindingError",
    "LabelError",
    "Learner",
    "LearningError",
    "NbannotateError",
    "NothingToLearnError",
    "Outlook",
    "PipelineError",
    "Prediction",
    "Progress",
    "QueryStrategy",
    "RefitLearner",
    "Relation",
    "Rendering",
    "RetrainResult",
    "ReviewAnnotator",
    "ReviewSession",
    "Session",
    "SessionClosedError",
    "SkippedRowsWarning",
    "SourceError",
    "SourceText",
    "Span",
    "SpanError",
    "StaleTaskError",
    "Store",
    "StoreError",
    "StoreLockedError",
    "StoreSchemaError",
    "SuggestingLearner",
    "Task",
    "Version",
    "View",
    "annotate",
    "compare",
    "evaluate",
    "ner",
    "relations",
    "retrain",
    "review",
    "sample_data",
    "show",
    "simulate",
    "spans",
    "suggester",
    "textcat",
]
