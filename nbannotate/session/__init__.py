"""The loop: it asks, stores, learns. It knows nothing of Jupyter."""

from nbannotate.session.estimates import Estimate
from nbannotate.session.lineage import Line, Lineage
from nbannotate.session.outlook import Outlook
from nbannotate.session.progress import ModelStatus, Progress
from nbannotate.session.session import Session

__all__ = ["Estimate", "Line", "Lineage", "ModelStatus", "Outlook", "Progress", "Session"]
