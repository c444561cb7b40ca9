"""What a cell of a frame holds, however the frame's library wraps it."""

from __future__ import annotations

from typing import Any


def unwrapped(value: Any) -> Any:
    """Return a NumPy array or number as Python's own, anything else as it is."""
    return value.tolist() if hasattr(value, "tolist") else value


def as_list(value: Any) -> list[Any] | None:
    """Return a cell as a list, None where it holds anything else.

    Examples
    --------
    >>> as_list(("a", "b")), as_list(float("nan"))
    (['a', 'b'], None)
    """
    plain = unwrapped(value)
    return list(plain) if isinstance(plain, (list, tuple)) else None


def items_of(value: Any, kind: str) -> tuple[list[Any], list[str]]:
    """Return what a cell lists, and what is wrong with one that holds anything but a list.

    Examples
    --------
    >>> items_of(None, "spans"), items_of("x", "spans")
    (([], []), ([], ["spans='x' are no list of spans"]))
    """
    if is_missing(value):
        return [], []
    listed = as_list(value)
    if listed is None:
        return [], [f"{kind}={str(value)[:80]!r} are no list of {kind}"]
    return listed, []


def is_missing(value: Any) -> bool:
    """Return whether a cell holds nothing: None, or what is not a number.

    Examples
    --------
    >>> is_missing(float("nan")), is_missing([])
    (True, False)
    """
    plain = unwrapped(value)
    return plain is None or bool(plain != plain)  # noqa: PLR0124 - not a number
