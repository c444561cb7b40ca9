"""Labels found by their names: how a loop comes to labels that it has never been given.

A model cannot doubt between labels of which it has seen none. Many labels are named by words
that their texts have, so that a few questions find them long before chance does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

HUMP = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])")
WORD = re.compile(r"[^\W\d_]+")

SHORTEST_STEM = 4
"""Letters from which on a word also stands for longer ones that begin with it."""

NAMED_FROM = 0.6
"""The share of a name's words that a text must have to name the label."""

LONGEST_ENDING = 3


class LabelNames:
    """Tells which labels a text names.

    Parameters
    ----------
    labels
        Names such as ``card_arrival``, ``CardArrival`` or ``card arrival``.

    Examples
    --------
    >>> LabelNames(["card_arrival", "refund"]).share_named("My cards never arrived", "refund")
    0.0
    >>> LabelNames(["card_arrival", "refund"]).share_named("Two refunds, please!", "refund")
    1.0
    """

    def __init__(self, labels: Iterable[str]) -> None:
        self._words = {label: _words_of_name(label) for label in labels}

    def share_named(self, text: str, label: str) -> float:
        """Return the share of a label's words that a text has, in [0, 1]."""
        words = self._words.get(label, ())
        in_text = {word.lower() for word in WORD.findall(text)}
        found = sum(any(_are_alike(word, other) for other in in_text) for word in words)
        return found / len(words) if words else 0.0

    def names_any(self, text: str, labels: Iterable[str]) -> bool:
        """Return whether a text names one of these labels."""
        return any(self.share_named(text, label) >= NAMED_FROM for label in labels)


def _words_of_name(label: str) -> tuple[str, ...]:
    words = (word.lower() for word in WORD.findall(HUMP.sub(" ", label)))
    return tuple(dict.fromkeys(word for word in words if len(word) > 1))


def _are_alike(one: str, other: str) -> bool:
    """Return whether two words are equal, or differ in a short ending alone."""
    shorter, longer = sorted((one, other), key=len)
    is_stem = len(shorter) >= SHORTEST_STEM and len(longer) - len(shorter) <= LONGEST_ENDING
    return one == other or (is_stem and longer.startswith(shorter))
