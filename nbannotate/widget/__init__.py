"""The page and its widget."""

from nbannotate.widget.annotator import Annotator
from nbannotate.widget.comparer import CompareAnnotator
from nbannotate.widget.keys import Keys, resolve_keys, resolve_relation_keys
from nbannotate.widget.rendering import Rendering, show
from nbannotate.widget.reviewer import ReviewAnnotator

__all__ = [
    "Annotator",
    "CompareAnnotator",
    "Keys",
    "Rendering",
    "ReviewAnnotator",
    "resolve_keys",
    "resolve_relation_keys",
    "show",
]
