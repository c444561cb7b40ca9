"""The annotator of a blind comparison, and what it has found."""

from __future__ import annotations

from typing import Any

from nbannotate.cells import Comparison, tally
from nbannotate.errors import LabelError
from nbannotate.session import Session
from nbannotate.tasks import SIDES
from nbannotate.widget.annotator import Annotator


class CompareAnnotator(Annotator):
    """The widget that `nbannotate.compare` returns and a cell shows.

    Parameters
    ----------
    session
        The loop, which asks about two versions of each text.
    names
        The two models, in the order in which they were given.
    n_alike
        On how many texts both say the same.
    **keywords
        As for `Annotator`.

    Examples
    --------
    >>> import nbannotate as nb
    >>> ann = nb.compare(["Hi"], {"loud": str.upper, "same": str}, store=":memory:")
    >>> _ = ann.session.answer("accept", accept="same")
    >>> ann.result().wins
    {'loud': 0, 'same': 1}
    >>> ann.close()
    """

    _versions = "compare"

    def __init__(
        self, session: Session, *, names: tuple[str, str], n_alike: int, **keywords: Any
    ) -> None:
        self.names = names
        self.n_alike = n_alike
        super().__init__(session, notices=_notices(n_alike, len(session.pool)), **keywords)

    def add_label(self, label: str, *, view: str | None = None) -> CompareAnnotator:  # noqa: ARG002
        """Refuse: of two outputs one is better, or neither.

        Parameters
        ----------
        label, view
            Of no use here.

        Raises
        ------
        LabelError
            Always.
        """
        raise LabelError(
            f"label {label!r} cannot be added: a comparison is answered with "
            f"{', '.join(map(repr, SIDES))}"
        )

    def result(self) -> Comparison:
        """Return who wins so far, and how surely: of all answers of the dataset to these two.

        Examples
        --------
        >>> import nbannotate as nb
        >>> ann = nb.compare(["Hi"], {"loud": str.upper, "same": str}, store=":memory:")
        >>> ann.result()
        Comparison: loud better on 0 texts, same on 0, alike on 0.
        >>> ann.close()
        """
        session = self._session
        answers = session.store.answers(session.dataset, view=session.view.name)
        return tally(answers, self.names)


def _notices(n_alike: int, n_texts: int) -> list[str]:
    if not n_alike:
        return []
    said = "1 is" if n_alike == 1 else f"{n_alike:,} are"
    return [f"Of {n_texts:,} texts {said} left out: both outputs are the same."]
