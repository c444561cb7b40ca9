"""Free text that an annotator writes: the fields, and what an answer has in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from nbannotate.errors import AnswerError
from nbannotate.tasks.records import AnswerKind


@dataclass(frozen=True, slots=True)
class Input:
    """A field to write in.

    Parameters
    ----------
    name
        Names the field on the page, and its text in ``inputs`` of an answer.
    placeholder
        Shown while it is empty.
    multiline
        Whether the text may have several lines.
    required
        Whether a text is accepted only with something written here.
    column
        The column of the source whose text is here to begin with; by default that of the
        field's name, if there is one.

    Raises
    ------
    ValueError
        If the name is empty, padded with space, or no string.

    Examples
    --------
    >>> Input("reason", placeholder="Why is it so?", multiline=True).required
    False
    """

    name: str
    placeholder: str = ""
    multiline: bool = False
    required: bool = False
    column: str | None = None

    def __post_init__(self) -> None:
        """Check the name."""
        given: object = self.name
        if not isinstance(given, str) or not given or given != given.strip():
            raise ValueError(
                f"an input was given the name {self.name!r}; names are strings that are not "
                "empty and have no space around them, such as nb.Input('reason')"
            )


def check_fields(inputs: str | Input | Iterable[str | Input]) -> tuple[Input, ...]:
    """Return the fields that a recipe names: each by an `Input`, or by its name alone.

    Raises
    ------
    ValueError
        If there is none, or two have one name.
    TypeError
        If one is neither a name nor an `Input`.

    Examples
    --------
    >>> [field.name for field in check_fields(["reason", Input("title", required=True)])]
    ['reason', 'title']
    """
    given = [inputs] if isinstance(inputs, (str, Input)) else inputs
    if not isinstance(given, Iterable):
        raise TypeError(f"inputs={inputs!r} names no fields; give names, or nb.Input(…)")
    fields: list[Input] = []
    for each in given:
        if not isinstance(each, (str, Input)):
            raise TypeError(f"inputs holds {each!r}; give the field's name, or nb.Input(…)")
        fields.append(Input(each) if isinstance(each, str) else each)
    names = [field.name for field in fields]
    if not names or len(set(names)) < len(names):
        raise ValueError(
            f"inputs={inputs!r} names {'a field twice' if names else 'no field'}; give each "
            "field a name of its own, such as inputs=['reason']"
        )
    return tuple(fields)


def begun_inputs(fields: Iterable[Input], row: Mapping[str, Any]) -> dict[str, str]:
    """Return what is in the fields to begin with: what the row brings for them.

    Parameters
    ----------
    fields
        The fields.
    row
        The columns beside a text: one of a field's name or `Input.column`, with a text, a
        number, or nothing; or ``inputs``, a mapping, as answers have it.

    Examples
    --------
    >>> begun_inputs([Input("reason"), Input("stars")], {"reason": "late", "stars": 2})
    {'reason': 'late', 'stars': '2'}
    """
    kept = row.get("inputs")
    earlier = kept if isinstance(kept, Mapping) else {}
    begun = {}
    for field in fields:
        value = row.get(field.column or field.name)
        if field.column is None and field.name in earlier:
            value = earlier[field.name]
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if (isinstance(value, str) and value) or (is_number and value == value):  # noqa: PLR0124
            begun[field.name] = str(value)
    return begun


def check_inputs(
    inputs: str | Mapping[str, Any] | None,
    fields: tuple[Input, ...],
    answer: AnswerKind,
    *,
    begun: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return what an answer has in each field, the empty string where it has nothing.

    Parameters
    ----------
    inputs
        A text by each field's name; a text alone where there is one field.
    fields
        Those that may be written in.
    answer
        Only an accept needs the fields that are required.
    begun
        What was in the fields before; it stays where ``inputs`` does not name the field.

    Raises
    ------
    AnswerError
        If there is no field of a name, a text is no string, or a required one is missing.

    Examples
    --------
    >>> check_inputs({"reason": "late"}, (Input("reason"), Input("title")), "accept")
    {'reason': 'late', 'title': ''}
    """
    allowed = ", ".join(repr(field.name) for field in fields)
    if isinstance(inputs, str) and len(fields) == 1:
        inputs = {fields[0].name: inputs}
    if inputs is not None and not isinstance(inputs, Mapping):
        raise AnswerError(
            f"inputs={inputs!r} are no texts by name; give inputs={{{fields[0].name!r}: '…'}}"
        )
    names = {field.name for field in fields}
    kept = {name: text for name, text in (begun or {}).items() if name in names}
    written = {**kept, **(inputs or {})}
    for name, text in written.items():
        if name not in names:
            raise AnswerError(f"there is no input {name!r} here; there are {allowed}")
        if not isinstance(text, str):
            raise AnswerError(f"input {name!r} was given {text!r}; give a str, '' for nothing")
    for field in fields:
        if answer == "accept" and field.required and not written.get(field.name, "").strip():
            raise AnswerError(
                f"input {field.name!r} is required and empty; write something there, or "
                "answer('ignore')"
            )
    return {field.name: written.get(field.name, "") for field in fields}
