"""Labels of a text as an answer gives them: known, and as many as apply."""

from __future__ import annotations

from collections.abc import Iterable

from nbannotate.errors import AnswerError
from nbannotate.tasks.labels import check_known
from nbannotate.tasks.records import AnswerKind


def check_choice(
    accept: str | Iterable[str] | None,
    labels: tuple[str, ...],
    answer: AnswerKind,
    *,
    exclusive: bool,
    how_to_answer: str,
) -> tuple[str, ...]:
    """Return the labels that an answer chose, each once, in the order they were offered.

    Parameters
    ----------
    accept
        The labels as given, None where the answer does not say.
    labels
        Those that may be chosen.
    answer
        Only an accept needs a choice.
    exclusive
        Exactly one applies.
    how_to_answer
        Shown with an answer that is refused: one that would not be.

    Raises
    ------
    AnswerError
        If an accept says no label, or not exactly one where one applies.
    LabelError
        If a label is not among ``labels``.

    Examples
    --------
    >>> check_choice(
    ...     ["B", "A"], ("A", "B"), "accept", exclusive=False, how_to_answer="accept=['A']"
    ... )
    ('A', 'B')
    """
    if isinstance(accept, str) or not isinstance(accept, Iterable):
        accept = None if accept is None else [accept]
    chosen = list(accept or ())
    for label in chosen:
        check_known(label, labels)
    if answer == "accept" and accept is None:
        raise AnswerError(f"the answer accepts, but says no label; {how_to_answer}")
    if answer == "accept" and exclusive and len(set(chosen)) != 1:
        raise AnswerError(
            f"{len(chosen)} labels were chosen ({', '.join(map(repr, chosen)) or 'none'}), "
            f"but exactly one applies to a text here; {how_to_answer}{_of_one(labels)}"
        )
    return tuple(label for label in labels if label in chosen)


def _of_one(labels: tuple[str, ...]) -> str:
    """Return what to do where there is one label, and it need not apply."""
    return "" if len(labels) > 1 else "; start the recipe with exclusive=False if none may apply"
