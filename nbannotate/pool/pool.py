"""The pool: texts that may still be asked about.

It keeps one thing true: every row of the source is either in the pool once, a
duplicate that was counted, or in `Pool.skipped` with the reason.
"""

from __future__ import annotations

import json
import logging
import math
import threading
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import TYPE_CHECKING, Any

from nbannotate.errors import SkippedRowsWarning, SourceError
from nbannotate.pool.sources import ALLOWED, Row, open_source
from nbannotate.tasks import Relation, SourceText, Span, input_hash

if TYPE_CHECKING:
    import pandas as pd

logger = logging.getLogger("nbannotate")

MAX_CHARACTERS = 1_000_000
"""spaCy refuses longer texts."""

ReadGiven = Callable[[SourceText], tuple[SourceText, list[str]]]

_GIVEN = {"spans", "relations"}

STREAM_BUFFER = 1_000
"""Texts held ready of a source that has no end in sight."""


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A row of the source that holds no usable text.

    Parameters
    ----------
    row
        The row's position in the source, from 0.
    value
        The start of what stands there.
    reason
        Why it cannot be asked about.
    """

    row: int
    value: str
    reason: str


class Pool:
    """Texts read from a source, deduplicated, each open until it is closed. Thread-safe.

    Parameters
    ----------
    source
        A list of str or dict, Series, DataFrame, path, DuckDB relation, or iterable of
        Docs. An iterator is read as texts are needed.
    text_column
        The column or key that holds the text.
    read_given
        Reads the spans and relations that came with a text, and says what is wrong with others,
        which are listed in `left_out`; None where they are of no use.

    Raises
    ------
    SourceError
        If the source is of an unknown kind, or holds no usable text.

    Examples
    --------
    >>> pool = Pool(["one", "two", "one"])
    >>> len(pool), pool.duplicates
    (2, 1)
    """

    def __init__(
        self, source: object, text_column: str = "text", *, read_given: ReadGiven | None = None
    ) -> None:
        opened = open_source(source, text_column)
        self.name = opened.name
        self.duplicates = 0
        self.skipped_rows: list[SkippedRow] = []
        self.left_out_rows: list[SkippedRow] = []
        self._read_given = read_given
        self._lock = threading.RLock()
        self._reading = threading.RLock()
        self._texts: dict[int, SourceText | str] = {}
        self._open: dict[int, None] = {}
        self._closed: set[int] = set()
        self._n_characters = 0
        self._rows: Iterator[tuple[int, Row | str]] | None = enumerate(opened.rows)
        with self._reading:
            self._read(STREAM_BUFFER if opened.is_stream else None)
        if not self._texts and self._rows is None:
            raise SourceError(self._no_text_message())
        if self.skipped_rows:
            warnings.warn(self.skipped_message(), SkippedRowsWarning, stacklevel=3)

    def __len__(self) -> int:
        """Return how many different texts have been read."""
        return len(self._texts)

    def __iter__(self) -> Iterator[SourceText]:
        """Iterate over the texts read so far, in the order of the source."""
        return map(_filled, self._texts.items())

    def __getitem__(self, text_hash: int) -> SourceText:
        """Return a text by its ``input_hash``."""
        return _filled((text_hash, self._texts[text_hash]))

    def __contains__(self, text_hash: object) -> bool:
        """Return whether a text of this ``input_hash`` was read."""
        return text_hash in self._texts

    @property
    def is_exhausted(self) -> bool:
        """Whether the source has been read to its end."""
        return self._rows is None

    @property
    def remaining(self) -> int | None:
        """How many texts are open, None while the source's end is not in sight."""
        return len(self._open) if self.is_exhausted else None

    @property
    def mean_characters(self) -> float:
        """The mean length of the texts read so far, in code points."""
        return self._n_characters / max(1, len(self._texts))

    @property
    def skipped(self) -> pd.DataFrame:
        """The rows that were skipped, with columns row, value and reason."""
        import pandas as pd

        return pd.DataFrame(
            [(skip.row, skip.value, skip.reason) for skip in self.skipped_rows],
            columns=["row", "value", "reason"],
        )

    @property
    def left_out(self) -> pd.DataFrame:
        """What came with a text and is not shown with it, with columns row, value and reason."""
        import pandas as pd

        return pd.DataFrame(
            [(each.row, each.value, each.reason) for each in self.left_out_rows],
            columns=["row", "value", "reason"],
        )

    def close_text(self, text_hash: int) -> None:
        """Take a text out of the pool; one that is yet to be read stays out as well."""
        with self._lock:
            self._open.pop(text_hash, None)
            self._closed.add(text_hash)

    def reopen_text(self, text_hash: int) -> None:
        """Put a text back into the pool, as the next of its order."""
        with self._lock:
            self._closed.discard(text_hash)
            if text_hash in self._texts and text_hash not in self._open:
                self._open = {text_hash: None, **self._open}

    def is_open(self, text_hash: int) -> bool:
        """Return whether a text may still be asked about."""
        return text_hash in self._open

    def first(self, n_texts: int) -> list[SourceText]:
        """Return up to ``n_texts`` open texts in the order of the source."""
        self._refill(n_texts)
        with self._lock:
            return [self[text_hash] for text_hash in islice(self._open, n_texts)]

    def window(
        self, n_texts: int, random: Random, *, where: Callable[[int], bool] | None = None
    ) -> list[SourceText]:
        """Return up to ``n_texts`` open texts chosen at random, each at most once.

        Parameters
        ----------
        n_texts
            The most texts to return.
        random
            Draws them.
        where
            Whether a text may be drawn, by its hash; by default each may.
        """
        self._refill(n_texts)
        with self._lock:
            drawable = list(self._open) if where is None else list(filter(where, self._open))
            chosen = random.sample(drawable, min(n_texts, len(drawable)))
            return [self[text_hash] for text_hash in chosen]

    def skipped_message(self) -> str:
        """Return one sentence on the rows that were skipped."""
        reasons = Counter(skip.reason for skip in self.skipped_rows)
        listed = "; ".join(f"{count} × {reason}" for reason, count in reasons.most_common(4))
        first = ", ".join(str(skip.row) for skip in self.skipped_rows[:5])
        rows = "row was" if len(self.skipped_rows) == 1 else "rows were"
        return (
            f"{len(self.skipped_rows)} {rows} skipped ({listed}; first at {first}); "
            "see ann.skipped for the list"
        )

    def _refill(self, n_texts: int) -> None:
        # A lock of its own: a source may ask its session things, which waits for an answer.
        with self._reading:
            brought = 1
            while (
                self._rows is not None
                and brought
                and len(self._open) < max(n_texts, STREAM_BUFFER)
            ):
                before = len(self._texts)
                try:
                    self._read(STREAM_BUFFER)
                except Exception as error:
                    logger.exception("the source raised; it is taken to end here")
                    self._rows = None
                    reason = f"the source raised {type(error).__name__}: {error}; it ended here"
                    number = len(self._texts) + self.duplicates + len(self.skipped_rows)
                    self.skipped_rows.append(SkippedRow(number, "", reason))
                brought = len(self._texts) - before

    def _read(self, n_rows: int | None) -> None:
        taken = 0
        while self._rows is not None and (n_rows is None or taken < n_rows):
            pair = next(self._rows, None)
            if pair is None:
                self._rows = None
                return
            taken += 1
            with self._lock:
                self._take(*pair)

    def _take(self, number: int, row: Row | str) -> None:
        if isinstance(row, str):
            if _why_unusable(row) is None:
                self._add(row)
                return
            row = Row(row)
        reason = row.fault or _why_unusable(row.value)
        if reason is None:
            try:
                text = _source_text(str(row.value), row.meta)
            except (ValueError, TypeError, RecursionError) as error:
                reason = f"what came beside it cannot be used: {error}"
        if reason is not None:
            shown = repr(row.value if row.value is not None else dict(row.meta) or None)
            self.skipped_rows.append(SkippedRow(number, shown[:80], reason))
            return
        self._add(self._with_given(number, text))

    def _with_given(self, number: int, text: SourceText) -> SourceText:
        if self._read_given is None or not _GIVEN & text.meta.keys():
            return text
        read, faults = self._read_given(text)
        self.left_out_rows += [SkippedRow(number, text.text[:80], fault) for fault in faults]
        return read

    def _add(self, text: SourceText | str) -> None:
        """Add a text unless it is there."""
        plain = text if isinstance(text, str) else text.text
        text_hash = input_hash(plain) if isinstance(text, str) else text.input_hash
        if text_hash in self._texts:
            self.duplicates += 1
            return
        self._texts[text_hash] = text
        self._n_characters += len(plain)
        if text_hash not in self._closed:
            self._open[text_hash] = None

    def _no_text_message(self) -> str:
        if not self.skipped_rows:
            return f"the source ({self.name}) is empty; give {ALLOWED}"
        return (
            f"the source ({self.name}) holds no usable text: {self.skipped_message()}; "
            "name the column that holds the texts with text_column=…"
        )


def _filled(entry: tuple[int, SourceText | str]) -> SourceText:
    """Return a text as others see it; one with nothing beside it is kept as a plain str."""
    text_hash, text = entry
    return SourceText(text, text_hash) if isinstance(text, str) else text


def _why_unusable(value: object) -> str | None:
    if isinstance(value, str):
        if not value or value.isspace():
            return "empty text"
        if len(value) > MAX_CHARACTERS:
            return f"longer than {MAX_CHARACTERS:,} characters: split it"
        if not _is_valid_unicode(value):
            return "half a surrogate pair: not valid Unicode"
        return None
    if value is None:
        return "no text: None"
    if isinstance(value, float) and math.isnan(value):
        return "no text: NaN"
    kind = type(value).__name__
    return "no text: NaN" if kind in {"NAType", "NaTType"} else f"no text: of type {kind}"


def _is_valid_unicode(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _source_text(text: str, meta: Mapping[str, Any]) -> SourceText:
    return SourceText(text, input_hash(text), _as_json(meta) if meta else {})


def _as_json(meta: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns beside a text as JSON values: NaN as None, the unknown as str.

    Python writes NaN and Infinity, at any depth, as words that JSON does not have.
    """
    if all(_is_json_string(key) and _is_json_scalar(value) for key, value in meta.items()):
        return dict(meta)  # as nearly all rows are; the way through JSON takes ten times as long
    encoded = json.dumps(_plain(meta), ensure_ascii=False).encode("utf-8", "replace")
    decoded: dict[str, Any] = json.loads(encoded, parse_constant=lambda _: None)
    return decoded


def _is_json_scalar(value: object) -> bool:
    """Return whether JSON would give back the same value."""
    if type(value) is float:
        return math.isfinite(value)
    if type(value) is int:
        return value.bit_length() <= 64
    return value is None or type(value) is bool or _is_json_string(value)


def _is_json_string(value: object) -> bool:
    return type(value) is str and _is_valid_unicode(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Span | Relation):
        return _plain(value.to_dict())
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, (str, int, float, bool)) or value is None:
        return value
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    return None if type(value).__name__ in {"NAType", "NaTType"} else str(value)
