"""The annotator of a blind comparison, and what it has found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbannotate.cells import Comparison, tally
from nbannotate.errors import LabelError
from nbannotate.session import Session, TasksOnDemand
from nbannotate.tasks import SIDES
from nbannotate.widget.annotator import Annotator

if TYPE_CHECKING:
    import pandas as pd


class CompareAnnotator(Annotator):
    """The widget that `nbannotate.compare` returns and a cell shows.

    Parameters
    ----------
    session
        The loop, which asks about two versions of each text.
    names
        The two models, in the order in which they were given.
    tasks
        What the session asks; it knows on how many texts both say the same.
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
        self, session: Session, *, tasks: TasksOnDemand, names: tuple[str, str], **keywords: Any
    ) -> None:
        self.names = names
        self._tasks = tasks
        super().__init__(session, **keywords)

    @property
    def n_alike(self) -> int:
        """On how many of the texts that were looked at so far both say the same."""
        return self._tasks.n_without

    @property
    def failures(self) -> pd.DataFrame:
        """The texts of which a model said nothing that can be used, with columns text, error."""
        import pandas as pd

        return pd.DataFrame(list(self._tasks.failures.items()), columns=["text", "error"])

    @property
    def _notices(self) -> list[str]:
        return [*super()._notices, *self._said_of_texts()]

    def _said_of_texts(self) -> list[str]:
        """Return what became of texts that are not asked about, a sentence each."""
        said = []
        if n_failed := len(self._tasks.failures):
            texts = "1 text is" if n_failed == 1 else f"{n_failed:,} texts are"
            said.append(f"{texts} left out: a model failed; ann.failures says why.")
        is_done = self._tasks.n_looked_at == len(self.session.pool)
        if is_done and (n_alike := self.n_alike):
            alike = "1 is" if n_alike == 1 else f"{n_alike:,} are"
            n_texts = f"{self._tasks.n_looked_at:,} texts"
            said.append(f"Of {n_texts} {alike} left out: both outputs are the same.")
        return said

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
