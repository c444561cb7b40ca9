"""The page and its widget."""

from nbannotate.widget.annotator import Annotator
from nbannotate.widget.keys import Keys, resolve_keys
from nbannotate.widget.rendering import Rendering, show

__all__ = ["Annotator", "Keys", "Rendering", "resolve_keys", "show"]
