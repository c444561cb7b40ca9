"""The characters of a text as a reader sees them: grapheme clusters, of one code point or more.

They stand in the place of tokens where a text has no good ones. What is kept true: no span that
begins and ends with them parts an emoji, a letter from its marks, or a return from its line feed.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

Unit = Literal["token", "character"]
"""What spans begin and end with."""

LINE_BREAKS = ("\r\n", "\n", "\r")


@cache
def _clusters() -> Any:
    import regex

    return regex.compile(r"\X")


def graphemes(text: str) -> list[tuple[int, int]]:
    r"""Return the offsets of all grapheme clusters of a text that are no line breaks.

    Parameters
    ----------
    text
        The text.

    Returns
    -------
    list of tuple of int
        Start and end in code points, shape (n_clusters, 2), as Unicode's Standard Annex 29
        cuts them.

    Examples
    --------
    >>> graphemes("e\u0301\r\nA")
    [(0, 2), (4, 5)]
    """
    found = (match.span() for match in _clusters().finditer(text))
    return [(start, end) for start, end in found if text[start:end] not in LINE_BREAKS]


def wide_graphemes(text: str) -> list[tuple[int, int]]:
    r"""Return those of more than one code point: with the text, they say what all are.

    Examples
    --------
    >>> wide_graphemes("e\u0301\r\nA")
    [(0, 2)]
    """
    return [(start, end) for start, end in graphemes(text) if end - start > 1]
