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


def components_of(view_name: str) -> tuple[Component, ...]:
    """Return the components that learn from a view's answers, one a block at most.

    The name of a view of several blocks joins theirs by ``"+"``.

    Examples
    --------
    >>> components_of("ner.manual+textcat.manual+input")
    ('ner', 'textcat')
    """
    prefixes = (block.partition(".")[0] for block in view_name.split("+"))
    found = (_COMPONENT_BY_PREFIX.get(prefix) for prefix in prefixes)
    return tuple(component for component in found if component is not None)


def kinds_of(view_name: str) -> frozenset[str]:
    """Return what a view asks of a text: of each block its component, or else its name.

    Examples
    --------
    >>> sorted(kinds_of("ner.manual+input"))
    ['input', 'ner']
    """
    return frozenset(component_of(block) or block for block in view_name.split("+"))


def component_of(view_name: str) -> Component | None:
    """Return the first component that learns from a view's answers, None where none does.

    Examples
    --------
    >>> component_of("spans.manual"), component_of("review")
    ('spancat', None)
    """
    return next(iter(components_of(view_name)), None)
