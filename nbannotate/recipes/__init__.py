"""What a cell calls; each recipe composes the other rooms on one page."""

from nbannotate.recipes import ner, relations, spans, textcat
from nbannotate.recipes.annotate import annotate
from nbannotate.recipes.compare import compare
from nbannotate.recipes.review import review

__all__ = ["annotate", "compare", "ner", "relations", "review", "spans", "textcat"]
