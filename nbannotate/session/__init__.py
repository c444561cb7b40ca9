"""The loop: it asks, stores, learns. It knows nothing of Jupyter."""

from nbannotate.session.cases import Docket, batch_of, draw_up
from nbannotate.session.estimates import Estimate, Outlook
from nbannotate.session.given_tasks import GivenTasks
from nbannotate.session.html import Html, HtmlOf
from nbannotate.session.lineage import Line, Lineage
from nbannotate.session.page_spans import shown_spans
from nbannotate.session.progress import ModelStatus, Progress
from nbannotate.session.review import ReviewSession
from nbannotate.session.session import Session
from nbannotate.session.tasks_on_demand import TasksOnDemand

__all__ = [
    "Docket",
    "Estimate",
    "GivenTasks",
    "Html",
    "HtmlOf",
    "Line",
    "Lineage",
    "ModelStatus",
    "Outlook",
    "Progress",
    "ReviewSession",
    "Session",
    "TasksOnDemand",
    "batch_of",
    "draw_up",
    "shown_spans",
]
