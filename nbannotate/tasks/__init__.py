"""What passes between the rooms: texts, tasks, answers, predictions, and the views of them."""

from nbannotate.tasks.catalog import VIEWS, find_view
from nbannotate.tasks.compare import (
    COMPARE,
    COMPARED,
    SIDES,
    TIE,
    CompareView,
    is_swapped,
    order_of,
)
from nbannotate.tasks.components import (
    COMPONENTS,
    PREFIXES,
    SPAN_COMPONENTS,
    Component,
    component_of,
    components_of,
    kinds_of,
)
from nbannotate.tasks.effort import AnnotatorTime
from nbannotate.tasks.given_relations import drawn_from, read_relations
from nbannotate.tasks.given_spans import read_spans, whole_spans, why_unshown
from nbannotate.tasks.gold import GoldText, read_gold
from nbannotate.tasks.graphemes import Unit, graphemes, whole_tokens, wide_graphemes
from nbannotate.tasks.hashing import input_hash, task_hash
from nbannotate.tasks.inputs import Input, begun_inputs, check_fields
from nbannotate.tasks.labels import check_known, check_labels, labels_given
from nbannotate.tasks.pages import add_label, join_views, share_labels
from nbannotate.tasks.parts import part_of
from nbannotate.tasks.prediction import Prediction
from nbannotate.tasks.records import (
    ANSWER_KINDS,
    PARTS,
    Answer,
    AnswerKind,
    Parts,
    Relation,
    Said,
    SourceText,
    Span,
    Task,
    task_of,
    with_labels,
)
from nbannotate.tasks.relations import check_relations
from nbannotate.tasks.signatures import names_parts
from nbannotate.tasks.spans import check_inside, check_spans, snap
from nbannotate.tasks.versions import (
    Disputed,
    Remark,
    Version,
    group_versions,
    in_dispute,
    leading,
    version_of,
)
from nbannotate.tasks.views import Layout, Settled, View

__all__ = [
    "ANSWER_KINDS",
    "COMPARE",
    "COMPARED",
    "COMPONENTS",
    "PARTS",
    "PREFIXES",
    "SIDES",
    "SPAN_COMPONENTS",
    "TIE",
    "VIEWS",
    "AnnotatorTime",
    "Answer",
    "AnswerKind",
    "CompareView",
    "Component",
    "Disputed",
    "GoldText",
    "Input",
    "Layout",
    "Parts",
    "Prediction",
    "Relation",
    "Remark",
    "Said",
    "Settled",
    "SourceText",
    "Span",
    "Task",
    "Unit",
    "Version",
    "View",
    "add_label",
    "begun_inputs",
    "check_fields",
    "check_inside",
    "check_known",
    "check_labels",
    "check_relations",
    "check_spans",
    "component_of",
    "components_of",
    "drawn_from",
    "find_view",
    "graphemes",
    "group_versions",
    "in_dispute",
    "input_hash",
    "is_swapped",
    "join_views",
    "kinds_of",
    "labels_given",
    "leading",
    "names_parts",
    "order_of",
    "part_of",
    "read_gold",
    "read_relations",
    "read_spans",
    "share_labels",
    "snap",
    "task_hash",
    "task_of",
    "version_of",
    "whole_spans",
    "whole_tokens",
    "why_unshown",
    "wide_graphemes",
    "with_labels",
]
