"""What passes between the rooms: texts, tasks, answers, predictions, and the views of them."""

from nbannotate.tasks.catalog import VIEWS, find_view
from nbannotate.tasks.components import (
    COMPONENTS,
    SPAN_COMPONENTS,
    Component,
    component_of,
    components_of,
    kinds_of,
)
from nbannotate.tasks.effort import AnnotatorTime
from nbannotate.tasks.gold import GoldText, read_gold
from nbannotate.tasks.hashing import input_hash, task_hash
from nbannotate.tasks.labels import check_known, check_labels
from nbannotate.tasks.prediction import Prediction
from nbannotate.tasks.records import (
    ANSWER_KINDS,
    Answer,
    AnswerKind,
    Relation,
    SourceText,
    Span,
    Task,
    task_of,
    with_labels,
)
from nbannotate.tasks.spans import check_inside, check_spans, snap
from nbannotate.tasks.views import Layout, Settled, View

__all__ = [
    "ANSWER_KINDS",
    "COMPONENTS",
    "SPAN_COMPONENTS",
    "VIEWS",
    "AnnotatorTime",
    "Answer",
    "AnswerKind",
    "Component",
    "GoldText",
    "Layout",
    "Prediction",
    "Relation",
    "Settled",
    "SourceText",
    "Span",
    "Task",
    "View",
    "check_inside",
    "check_known",
    "check_labels",
    "check_spans",
    "component_of",
    "components_of",
    "find_view",
    "input_hash",
    "kinds_of",
    "read_gold",
    "snap",
    "task_hash",
    "task_of",
    "with_labels",
]
