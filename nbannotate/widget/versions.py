"""Versions as the page reads them: what each says, and what of it others do not say.

It keeps one thing true: of a blind comparison no name is sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby
from re import findall
from typing import Any, TypedDict

from nbannotate.tasks import Span, Version, in_dispute, leading

COMPARED_WORDS = 4_000
"""Of longer written outputs no differences are sought: it would take seconds."""


class WireVersion(TypedDict):
    """One version; ``differs`` is true of what not all accepted versions have.

    ``lacks`` are the spans of others where this one has none. ``output`` is a written
    text in pieces, None where none was written. ``names`` is empty where they are hidden.
    """

    names: list[str]
    answer: str
    spans: list[dict[str, Any]]
    lacks: list[dict[str, Any]]
    labels: list[dict[str, Any]]
    output: list[dict[str, Any]] | None
    remarks: list[dict[str, Any]]
    leads: bool


def wire_versions(versions: Sequence[Version], *, blind: bool) -> list[WireVersion]:
    """Return versions as the page reads them.

    Parameters
    ----------
    versions
        In the order shown.
    blind
        Whether to leave out who said so.
    """
    spans, labels = in_dispute(versions)
    lead = leading(versions)
    outputs = _outputs(versions)
    return [
        {
            "names": [] if blind else list(version.names),
            "answer": version.answer,
            "spans": [
                {**span.to_dict(), "differs": span in spans} for span in sorted(version.spans)
            ],
            "lacks": [span.to_dict() for span in sorted(spans) if _lacks(version, span)],
            "labels": [{"label": label, "differs": label in labels} for label in version.accept],
            "output": output,
            "remarks": [
                {"name": remark.name, "flagged": remark.flagged, "note": remark.note}
                for remark in (() if blind else version.remarks)
            ],
            "leads": not blind and version is lead,
        }
        for version, output in zip(versions, outputs, strict=True)
    ]


def _lacks(version: Version, span: Span) -> bool:
    """Return whether an accepted version has nothing where others have this span."""
    return version.answer == "accept" and not any(
        span.start < own.end and own.start < span.end for own in version.spans
    )


def _outputs(versions: Sequence[Version]) -> list[list[dict[str, Any]] | None]:
    """Return what is written in pieces, those that differ told apart where there are two."""
    written = [version.output for version in versions]
    if len(written) != 2 or written[0] is None or written[1] is None:
        return [None if each is None else [_piece(each, differs=False)] for each in written]
    one, other = (findall(r"\w+|\W", each) for each in written if each is not None)
    if max(len(one), len(other)) > COMPARED_WORDS:
        return [[_piece(each, differs=False)] for each in written if each is not None]
    same_in_one: set[int] = set()
    same_in_other: set[int] = set()
    for block in SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks():
        same_in_one.update(range(block.a, block.a + block.size))
        same_in_other.update(range(block.b, block.b + block.size))
    return [_pieces(one, same_in_one), _pieces(other, same_in_other)]


def _pieces(words: Sequence[str], same: set[int]) -> list[dict[str, Any]]:
    def runs() -> Iterator[dict[str, Any]]:
        for differs, places in groupby(range(len(words)), key=lambda place: place not in same):
            yield _piece("".join(words[place] for place in places), differs=differs)

    return list(runs())


def _piece(text: str, *, differs: bool) -> dict[str, Any]:
    return {"text": text, "differs": differs}
