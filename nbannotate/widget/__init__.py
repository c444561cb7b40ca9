"""The page and its widget."""

from nbannotate.widget.annotator import Annotator

__all__ = ["Annotator"]
