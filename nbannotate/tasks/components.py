"""Which kind of pipeline component learns from which view: told by the view's name.

Stored answers carry the name alone, so it is what decides, today and after years.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

Component = Literal["ner", "textcat", "spancat"]
COMPONENTS: tuple[Component, ...] = get_args(Component)

SPAN_COMPONENTS: tuple[Component, ...] = ("ner", "spancat")
"""Those that find spans in a text; the others say something of it as a whole."""

PREFIXES: Mapping[Component, str] = {"ner": "ner", "textcat": "textcat", "spancat": "spans"}
"""How the names of a component's views begin."""

_COMPONENT_BY_PREFIX = {prefix: component for component, prefix in PREFIXES.items()}


def component_of(view_name: str) -> Component | None:
    """Return the component that learns from a view's answers, None where none does.

    Examples
    --------
    >>> component_of("spans.manual"), component_of("review")
    ('spancat', None)
    """
    return _COMPONENT_BY_PREFIX.get(view_name.partition(".")[0])
