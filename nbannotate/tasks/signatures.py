"""What a notebook shows of a method that takes the parts of an answer: each by its name."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from nbannotate.tasks.records import Parts

Method = TypeVar("Method", bound=Callable[..., Any])


def names_parts(method: Method) -> Method:
    """Let a method with ``**parts: Unpack[Parts]`` show the parts as keywords.

    Examples
    --------
    >>> @names_parts
    ... def answer(answer: str, **parts: object) -> None: ...
    >>> list(inspect.signature(answer).parameters)
    ['answer', 'spans', 'accept', 'inputs', 'relations']
    """
    signature = inspect.signature(method)
    own = [each for each in signature.parameters.values() if each.kind is not each.VAR_KEYWORD]
    parts = [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=None,
            annotation=getattr(hint, "__forward_arg__", hint),
        )
        for name, hint in Parts.__annotations__.items()
    ]
    shown: Any = method
    shown.__signature__ = signature.replace(parameters=[*own, *parts])
    return method
