"""What a cell calls; each recipe composes the other rooms on one page."""

from nbannotate.recipes import ner, spans, textcat
from nbannotate.recipes.annotate import annotate

__all__ = ["annotate", "ner", "spans", "textcat"]
