"""Versions as the page reads them: what each says, and what of it others do not say.

It keeps one thing true: of a blind comparison no name is sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby
from re import findall
from typing import Any, TypedDict

from nbannotate.tasks import Disputed, Span, Version, in_dispute, leading

COMPARED_WORDS = 4_000
"""Of longer written outputs no differences are sought: it would take seconds."""


class WireVersion(TypedDict):
    """One version; ``differs`` is true of what not all accepted versions have.

    ``lacks`` are the spans of others where this one has none, ``lacks_relations`` the
    relations of others that it has not. ``output`` is a written text in pieces, None where
    none was written; ``fields`` have a name and such pieces. ``names`` is empty where they
    are hidden. ``leads`` is true of what the page begins with.
    """

    names: list[str]
    answer: str
    spans: list[dict[str, Any]]
    lacks: list[dict[str, Any]]
    labels: list[dict[str, Any]]
    relations: list[dict[str, Any]]
    lacks_relations: list[dict[str, Any]]
    fields: list[dict[str, Any]]
    output: list[dict[str, Any]] | None
    remarks: list[dict[str, Any]]
    leads: bool


def wire_versions(
    versions: Sequence[Version], *, blind: bool, decided: str | None = None
) -> list[WireVersion]:
    """Return versions as the page reads them.

    Parameters
    ----------
    versions
        In the order shown.
    blind
        Whether to leave out who said so.
    decided
        The id of the answer by which it was decided before: the page begins with that one.
    """
    disputed = in_dispute(versions)
    lead = next((each for each in versions if decided in each.answer_ids), leading(versions))
    fields = _fields(versions, disputed)
    return [
        {
            "names": [] if blind else list(version.names),
            "answer": version.answer,
            "spans": [
                {**span.to_dict(), "differs": span in disputed.spans}
                for span in sorted(version.spans)
            ],
            "lacks": [span.to_dict() for span in sorted(disputed.spans) if _lacks(version, span)],
            "labels": [
                {"label": label, "differs": label in disputed.labels} for label in version.accept
            ],
            "relations": [
                {**each.to_dict(), "differs": each in disputed.relations}
                for each in sorted(version.relations)
            ],
            "lacks_relations": [
                each.to_dict()
                for each in sorted(disputed.relations.difference(version.relations))
                if version.answer == "accept"
            ],
            "fields": written,
            "output": output,
            "remarks": [
                {"name": remark.name, "flagged": remark.flagged, "note": remark.note}
                for remark in (() if blind else version.remarks)
            ],
            "leads": not blind and version is lead,
        }
        for version, output, written in zip(
            versions, _in_pieces([each.output for each in versions]), fields, strict=True
        )
    ]


def _fields(versions: Sequence[Version], disputed: Disputed) -> list[list[dict[str, Any]]]:
    """Return each version's fields, and what not all accepted versions have written in them."""
    fields: list[list[dict[str, Any]]] = [[] for _ in versions]
    accepting = [place for place, each in enumerate(versions) if each.answer == "accept"]
    for name in dict.fromkeys(name for each in versions for name in each.inputs):
        differs = name in disputed.fields
        texts = [versions[place].inputs.get(name, "") for place in accepting]
        for place, pieces in zip(accepting, _in_pieces(texts, differ=differs), strict=True):
            fields[place].append({"name": name, "differs": differs, "pieces": pieces})
    return fields


def _lacks(version: Version, span: Span) -> bool:
    """Return whether an accepted version has nothing where others have this span."""
    return version.answer == "accept" and not any(
        span.start < own.end and own.start < span.end for own in version.spans
    )


def _in_pieces(
    written: Sequence[str | None], *, differ: bool = False
) -> list[list[dict[str, Any]] | None]:
    """Return texts in pieces: the words that two do not share, or else each as a whole."""
    if len(written) != 2 or written[0] is None or written[1] is None:
        return [None if each is None else _whole(each, differs=differ) for each in written]
    one, other = (findall(r"\w+|\W", each) for each in written if each is not None)
    if max(len(one), len(other)) > COMPARED_WORDS:
        return [_whole(each, differs=differ) for each in written if each is not None]
    same_in_one: set[int] = set()
    same_in_other: set[int] = set()
    for block in SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks():
        same_in_one.update(range(block.a, block.a + block.size))
        same_in_other.update(range(block.b, block.b + block.size))
    return [_pieces(one, same_in_one), _pieces(other, same_in_other)]


def _whole(text: str, *, differs: bool) -> list[dict[str, Any]]:
    return [_piece(text, differs=differs)] if text else []


def _pieces(words: Sequence[str], same: set[int]) -> list[dict[str, Any]]:
    def runs() -> Iterator[dict[str, Any]]:
        for differs, places in groupby(range(len(words)), key=lambda place: place not in same):
            yield _piece("".join(words[place] for place in places), differs=differs)

    return list(runs())


def _piece(text: str, *, differs: bool) -> dict[str, Any]:
    return {"text": text, "differs": differs}
