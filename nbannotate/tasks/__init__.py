"""What passes between the rooms: texts, tasks, answers, predictions, and the views of them."""

from nbannotate.tasks.catalog import VIEWS, find_view
from nbannotate.tasks.gold import GoldText, read_gold
from nbannotate.tasks.hashing import input_hash, task_hash
from nbannotate.tasks.labels import check_known, check_labels
from nbannotate.tasks.prediction import Prediction
from nbannotate.tasks.records import (
    ANSWER_KINDS,
    Answer,
    AnswerKind,
    SourceText,
    Span,
    Task,
    task_of,
)
from nbannotate.tasks.views import (
    Component,
    Layout,
    Settled,
    View,
    check_inside,
    check_spans,
    snap,
)

__all__ = [
    "ANSWER_KINDS",
    "VIEWS",
    "Answer",
    "AnswerKind",
    "Component",
    "GoldText",
    "Layout",
    "Prediction",
    "Settled",
    "SourceText",
    "Span",
    "Task",
    "View",
    "check_inside",
    "check_known",
    "check_labels",
    "check_spans",
    "find_view",
    "input_hash",
    "read_gold",
    "snap",
    "task_hash",
    "task_of",
]
