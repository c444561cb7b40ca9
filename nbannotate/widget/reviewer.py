"""The annotator of a review: what it does beside deciding one text after another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbannotate.errors import NbannotateError
from nbannotate.session import ReviewSession, batch_of
from nbannotate.widget.annotator import Annotator
from nbannotate.widget.keys import REVIEW_KEYS


class ReviewAnnotator(Annotator):
    """The widget that `nbannotate.review` returns and a cell shows.

    Parameters
    ----------
    session
        The reviewer's loop.
    **keywords
        As for `Annotator`.

    Examples
    --------
    >>> import nbannotate as nb
    >>> store = nb.Store(":memory:")
    >>> for who in ("alice", "bob"):
    ...     ann = nb.textcat.manual(
    ...         ["Hi"], labels="A,B", dataset="d", store=store, annotator=who, nlp=False
    ...     )
    ...     _ = ann.session.answer("accept", accept="A")
    ...     ann.close()
    >>> review = nb.review(store, "d", reviewer="carol")
    >>> review.accept_agreed()
    1
    >>> review.annotations().accept.tolist()
    [['A']]
    >>> review.close()
    """

    _actions = REVIEW_KEYS
    _versions = "review"

    def __init__(self, session: ReviewSession, **keywords: Any) -> None:
        self._reviewing = session
        super().__init__(session, **keywords)

    @property
    def session(self) -> ReviewSession:
        """The loop without the page."""
        return self._reviewing

    @property
    def n_agreed(self) -> int:
        """How many texts are open on which all annotators agree."""
        return self.session.n_agreed

    def accept_agreed(self) -> int:
        """Decide all open texts on which the annotators agree; one undo takes all of them back.

        Returns
        -------
        int
            How many were decided; see `ReviewSession.accept_agreed` for what it raises.
        """
        return self.session.accept_agreed()

    def _dispatch(self, message: Mapping[str, Any]) -> None:
        if message.get("type") != "accept_agreed":
            super()._dispatch(message)
            return
        try:
            n_texts = self.session.accept_agreed()
        except NbannotateError as error:
            self.send({"type": "error", "error": str(error)})
            self._send_state(None)
        else:
            self._send_state(None, hint=f"accepted {_agreed(n_texts)}")

    def _undo(self) -> None:
        n_before = len(self.session.history)
        try:
            undone = self.session.undo()
        except NbannotateError as error:
            self.send({"type": "error", "error": str(error)})
            self._send_state(None)
            return
        if undone is None or batch_of(undone) is None:
            self._send_state(self._restored(undone))
        else:
            n_texts = n_before - len(self.session.history)
            self._send_state(None, hint=f"undone: {_agreed(n_texts)}")


def _agreed(n_texts: int) -> str:
    return f"{n_texts:,} agreed {'text' if n_texts == 1 else 'texts'}"
