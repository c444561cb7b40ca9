"""The characters of a text as a reader sees them: grapheme clusters, of one code point or more.

They stand in the place of tokens where a text has no good ones. What is kept true: no span that
begins and ends with them parts an emoji, a letter from its marks, or a return from its line feed.
Where a text is marked by its tokens, those that share a character are picked as one.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Literal

Unit = Literal["token", "character"]
"""What spans begin and end with."""

LINE_BREAKS = ("\r\n", "\n", "\r")


JOINING = (
    r"[\p{Mark}\p{Format}\p{Regional_Indicator}\p{Emoji_Modifier}"
    r"\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]"
)
"""Without any of these no two code points are one character: most texts need no closer look."""


@cache
def _compiled(pattern: str) -> Any:
    import regex

    return regex.compile(pattern)


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
    found = (match.span() for match in _compiled(r"\X").finditer(text))
    return [(start, end) for start, end in found if text[start:end] not in LINE_BREAKS]


def wide_graphemes(text: str) -> list[tuple[int, int]]:
    r"""Return those of more than one code point: with the text, they say what all are.

    Examples
    --------
    >>> wide_graphemes("e\u0301\r\nA")
    [(0, 2)]
    """
    return [(start, end) for start, end in graphemes(text) if end - start > 1]


def whole_tokens(text: str, tokens: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    r"""Return the tokens of a text, those that share a character as one.

    A tokenizer takes an emoji apart at its joiners; who points at any part means the whole.

    Parameters
    ----------
    text
        The text.
    tokens
        Start and end in code points, shape (n_tokens, 2), in text order.

    Returns
    -------
    list of tuple of int
        Each begins where a token does and ends where one does.

    Examples
    --------
    >>> whole_tokens("so \U0001f1eb\U0001f1f7", [(0, 2), (3, 4), (4, 5)])
    [(0, 2), (3, 5)]
    """
    if text.isascii() or not _compiled(JOINING).search(text):
        return list(tokens)
    wide = iter(wide_graphemes(text))
    character = next(wide, None)
    whole: list[tuple[int, int]] = []
    for start, end in tokens:
        while character is not None and character[1] <= start:
            character = next(wide, None)
        if whole and character is not None and character[0] < min(start, whole[-1][1]):
            whole[-1] = (whole[-1][0], end)
        else:
            whole.append((start, end))
    return whole
