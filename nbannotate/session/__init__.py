"""The loop: it asks, stores, learns. It knows nothing of Jupyter."""

from nbannotate.session.lineage import Line, Lineage
from nbannotate.session.progress import ModelStatus, Progress
from nbannotate.session.session import Session

__all__ = ["Line", "Lineage", "ModelStatus", "Progress", "Session"]
