"""Labels as a user gives them, checked once.

spaCy takes an unknown, padded or doubled label without a word and then trains on
nothing; here it is refused before the first question.
"""

from __future__ import annotations

from collections.abc import Iterable

from nbannotate.errors import LabelError
from nbannotate.tasks.records import Answer


def check_labels(labels: str | Iterable[str]) -> tuple[str, ...]:
    """Return the labels in the order given.

    Parameters
    ----------
    labels
        Label names, or one string with commas between them.

    Raises
    ------
    LabelError
        If a label is no string, is empty, has space around it or is given twice, or if
        there is none.

    Examples
    --------
    >>> check_labels("DRUG,DOSE")
    ('DRUG', 'DOSE')
    """
    if not isinstance(labels, Iterable):
        raise LabelError(f"labels={labels!r} are no labels; give names, such as labels=['PERSON']")
    given = tuple(labels.split(",")) if isinstance(labels, str) else tuple(labels)
    if not given:
        raise LabelError(
            "no labels were given; give at least one, such as labels=['PERSON', 'ORG']"
        )
    for label in given:
        if not isinstance(label, str):
            raise LabelError(
                f"label {label!r} is of type {type(label).__name__}; labels are strings: "
                f"write {str(label)!r}"
            )
        if not label.strip():
            raise LabelError(f"label {label!r} is empty; give each label a name")
        if label != label.strip():
            raise LabelError(
                f"label {label!r} has space around it; write {label.strip()!r}, as "
                "answers with and without the space would count as two labels"
            )
    twice = sorted({label for label in given if given.count(label) > 1})
    if twice:
        raise LabelError(f"labels given twice: {', '.join(map(repr, twice))}; give each one once")
    return given


def check_known(label: str, allowed: tuple[str, ...]) -> None:
    """Raise if an answer uses a label that the recipe does not have.

    Raises
    ------
    LabelError
        If ``label`` is not among ``allowed``.
    """
    if label not in allowed:
        raise LabelError(
            f"label {label!r} is not one of this recipe's labels: "
            f"{', '.join(map(repr, allowed))}; choose one of these, or start the recipe "
            "with the new label added to labels=[…]"
        )


def labels_given(answer: Answer) -> list[str]:
    """Return the labels that an accepted answer gives, one entry a span."""
    if answer.answer != "accept":
        return []
    given = [*(span.label for span in answer.spans), *answer.accept]
    return given or ([answer.label] if answer.label else [])
