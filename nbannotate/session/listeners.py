"""Telling the page what changed; a page that breaks costs neither an answer nor the model."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Literal

Event = Literal["task", "ahead", "status", "labels"]
Listener = Callable[[Event], None]

logger = logging.getLogger("nbannotate")


class Listeners:
    """Those who are told what changed, in the order in which they came."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def add(self, listener: Listener) -> None:
        """Tell one more."""
        self._listeners.append(listener)

    def tell(self, event: Event) -> None:
        """Tell all; what one of them raises is logged."""
        for listener in list(self._listeners):
            try:
                listener(event)
            except Exception:
                logger.exception("a listener of the session raised")
