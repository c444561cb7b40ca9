"""The page and its widget."""

from nbannotate.widget.annotator import Annotator
from nbannotate.widget.keys import Keys, resolve_keys

__all__ = ["Annotator", "Keys", "resolve_keys"]
