"""HTML of one's own beside a text: made from its row, and made safe before a page has it.

What it keeps true: whatever the row or the user's function holds, the page gets no script,
no link that leads away, no request to another server and no style that reaches beyond its
own box. What cannot be made is listed, and the text is asked about all the same.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import nh3

from nbannotate.tasks import Task

logger = logging.getLogger("nbannotate")

Html = str | Callable[[dict[str, Any]], str]
"""The column that holds the HTML, or what makes it from a row."""

_TAGS = nh3.ALLOWED_TAGS - {"a", "area", "details", "map", "summary"}
_ATTRIBUTES = {
    "*": {"dir", "lang", "style", "title"},
    "col": {"span"},
    "colgroup": {"span"},
    "img": {"alt", "height", "src", "width"},
    "ol": {"reversed", "start", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
_STYLES = {
    *("color", "background-color", "opacity", "direction", "display", "gap", "flex-wrap"),
    *("font-family", "font-size", "font-style", "font-variant", "font-weight"),
    *("letter-spacing", "line-height", "text-align", "text-decoration", "text-transform"),
    *("vertical-align", "white-space", "width", "min-width", "max-width", "height", "max-height"),
    *("border", "border-bottom", "border-collapse", "border-color", "border-left"),
    *("border-radius", "border-right", "border-spacing", "border-style", "border-top"),
    *("border-width", "list-style-type", "margin", "margin-bottom", "margin-left"),
    *("margin-right", "margin-top", "padding", "padding-bottom", "padding-left"),
    *("padding-right", "padding-top"),
}
_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes=_ATTRIBUTES,
    filter_style_properties=_STYLES,
    url_schemes={"data"},
    url_relative="deny",
    link_rel=None,
)


def sanitized(html: str) -> str:
    """Return HTML without scripts, links, forms, identifiers and requests to other servers.

    Pictures stay where they are ``data:`` URLs, styles where they stand at an element and
    move nothing out of its place.

    Examples
    --------
    >>> sanitized('<b onclick="x()">Hi</b><script>x()</script> <a href="https://a.b">there</a>')
    '<b>Hi</b> there'
    """
    return _CLEANER.clean(html)


@dataclass(slots=True)
class HtmlOf:
    """Makes what is shown of a task, and keeps a list of what could not be made.

    Parameters
    ----------
    html
        The column that holds it, or a function that returns it. The function is given the
        row as a dict: the text and what came beside it.
    text_column
        The name that the text has in the row.

    Examples
    --------
    >>> show = HtmlOf(lambda row: f"<b>{row['title']}</b>")
    >>> show(Task("Hi", 1, 2, "binary", (), meta={"title": "A"}))
    '<b>A</b>'
    >>> show(Task("Ho", 3, 4, "binary", ())), show.failures
    (None, {'Ho': "KeyError: 'title'"})
    """

    html: Html
    text_column: str = "text"
    failures: dict[str, str] = field(default_factory=dict)

    @property
    def column(self) -> str | None:
        """The column that holds the HTML, None where a function makes it."""
        return self.html if isinstance(self.html, str) else None

    def __call__(self, task: Task) -> str | None:
        """Return a task's HTML, safe to be shown; None where it could not be made."""
        row = self._row(task)
        try:
            made = row[self.html] if isinstance(self.html, str) else self.html(row)
            if not isinstance(made, str):
                raise TypeError(f"the html is {made!r}; it must be a str")  # noqa: TRY301
            return sanitized(made)
        except Exception as error:  # whatever a user's function raises, the text is asked
            self.failures[task.text] = f"{type(error).__name__}: {error}"
            logger.debug("no html for a text", exc_info=True)
            return None

    def _row(self, task: Task) -> dict[str, Any]:
        meta: Mapping[str, Any] = task.meta
        return {"text": task.text, **meta, self.text_column: task.text}
