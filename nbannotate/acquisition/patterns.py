"""Patterns: spans that the user's own rules find, to ask about before a model can.

The rules are spaCy's, run by spaCy's ``SpanRuler``, in the file format that spaCy and
Prodigy share: one ``{"label": …, "pattern": …}`` a line.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbannotate.errors import LabelError, SourceError
from nbannotate.tasks import Span

if TYPE_CHECKING:
    from spacy.language import Language


class PatternMatcher:
    """Finds spans by token patterns or phrases.

    Parameters
    ----------
    patterns
        A path to a ``.jsonl`` file, or its rows: dicts with ``label`` and ``pattern``
        (a phrase, or a list of token attributes).
    labels
        The labels that patterns may carry.
    nlp
        The pipeline whose tokenizer is used. It must not be in use on another thread.
    overlaps
        Whether all matches count, or of those that overlap the longest.

    Raises
    ------
    SourceError
        If the file is missing or a row is no pattern.
    LabelError
        If a pattern's label is not among ``labels``.

    Examples
    --------
    >>> import spacy
    >>> rows = [{"label": "DRUG", "pattern": [{"lower": "meth"}]}]
    >>> PatternMatcher(rows, ("DRUG",), spacy.blank("en")).match("Meth is bad")
    (Span(start=0, end=4, label='DRUG', score=None),)
    """

    def __init__(
        self,
        patterns: str | Path | Iterable[Mapping[str, Any]],
        labels: tuple[str, ...],
        nlp: Language,
        *,
        overlaps: bool = False,
    ) -> None:
        from spacy.pipeline import SpanRuler

        rows = _read(patterns)
        for row in rows:
            if row["label"] not in labels:
                raise LabelError(
                    f"the pattern {row!r} has label {row['label']!r}; this recipe's labels are "
                    f"{', '.join(map(repr, labels))}"
                )
        self._nlp = nlp
        self._overlaps = overlaps
        self._ruler = SpanRuler(nlp, spans_key="patterns")
        for row in rows:
            try:
                self._ruler.add_patterns([{"label": row["label"], "pattern": row["pattern"]}])
            except ValueError as error:
                raise SourceError(f"spaCy cannot use the pattern {row!r}: {error}") from error

    def match(self, text: str) -> tuple[Span, ...]:
        """Return the spans found, each one once, in reading order."""
        from spacy.util import filter_spans

        if not len(self._ruler):
            return ()
        doc = self._ruler(self._nlp.make_doc(text))
        found = doc.spans["patterns"]
        kept = found if self._overlaps else filter_spans(found)
        return tuple(sorted({Span(span.start_char, span.end_char, span.label_) for span in kept}))


def _read(patterns: str | Path | Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    if isinstance(patterns, (str, Path)):
        file = Path(patterns).expanduser()
        if not file.is_file():
            raise SourceError(f"there is no pattern file {str(file)!r}; check the path")
        lines = file.read_text(encoding="utf-8-sig").splitlines()
        try:
            rows = [json.loads(line) for line in lines if line.strip()]
        except json.JSONDecodeError as error:
            raise SourceError(
                f"the pattern file {str(file)!r} is not JSON lines: {error}; write one "
                '{"label": "DRUG", "pattern": [{"lower": "meth"}]} a line'
            ) from error
    else:
        rows = list(patterns)
    for row in rows:
        is_pattern = isinstance(row, Mapping) and {"label", "pattern"} <= row.keys()
        if not is_pattern or not isinstance(row["pattern"], (str, list)):
            raise SourceError(
                f"{row!r} is no pattern; a pattern has a label and a pattern, such as "
                '{"label": "DRUG", "pattern": [{"lower": "meth"}]}'
            )
    return [dict(row) for row in rows]
