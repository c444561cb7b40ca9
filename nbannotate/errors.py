"""Every error that nbannotate raises on purpose.

Each says what was given, what is allowed and what to do, and inherits the built-in
that a caller would expect, so that ``except ValueError`` works as well as
``except nb.NbannotateError``::

    NbannotateError
    ├── LabelError (ValueError)           a label that is unknown, empty, padded or given twice
    ├── SpanError (ValueError)            offsets outside the text, off its tokens, or overlapping
    ├── AnswerError (ValueError)          an answer that does not fit the task's view
    │   └── StaleTaskError                an answer for a task that is no longer current
    ├── KeyBindingError (ValueError)      a key that is unknown, reserved or given twice
    ├── SourceError (ValueError)          texts that cannot be read, or none
    ├── PipelineError (ValueError)        an nlp that cannot be used
    ├── FilterError (ValueError)          a filter of annotations() that is unknown or malformed
    ├── NothingToLearnError (ValueError)  a filter that leaves no answers to train on
    ├── LearningError (RuntimeError)      the model could not learn, or has nothing to unlearn
    ├── PageError (ImportError)           files of the widget's page that do not fit together
    ├── SessionClosedError (RuntimeError) the session was closed or superseded by another cell
    └── StoreError (OSError)              the DuckDB file could not be opened, read or written
        ├── StoreLockedError              another kernel holds the file
        └── StoreSchemaError              the file was written by a newer nbannotate
"""

from __future__ import annotations

__all__ = [
    "AnswerError",
    "FilterError",
    "KeyBindingError",
    "LabelError",
    "LearningError",
    "NbannotateError",
    "NothingToLearnError",
    "PageError",
    "PipelineError",
    "SessionClosedError",
    "SkippedRowsWarning",
    "SourceError",
    "SpanError",
    "StaleTaskError",
    "StoreError",
    "StoreLockedError",
    "StoreSchemaError",
]


class NbannotateError(Exception):
    """The root of every error raised on purpose by nbannotate."""


class LabelError(NbannotateError, ValueError):
    """A label that is unknown, empty, padded with space or given twice."""


class SpanError(NbannotateError, ValueError):
    """Span offsets that lie outside the text, off its tokens, or overlap."""


class AnswerError(NbannotateError, ValueError):
    """An answer that does not fit the view of its task."""


class StaleTaskError(AnswerError):
    """An answer for a task that is no longer the current one; nothing is stored."""


class KeyBindingError(NbannotateError, ValueError):
    """A key of the page that is unknown, reserved or given twice."""


class SourceError(NbannotateError, ValueError):
    """A source of texts that cannot be read."""


class PipelineError(NbannotateError, ValueError):
    """A pipeline that lacks the component or the labels that the recipe needs."""


class FilterError(NbannotateError, ValueError):
    """A filter of stored answers that is unknown or malformed."""


class NothingToLearnError(NbannotateError, ValueError):
    """A choice of answers in which there is nothing to train or evaluate on."""


class LearningError(NbannotateError, RuntimeError):
    """A model that could not learn from answers, or that has no update to undo."""


class PageError(NbannotateError, ImportError):
    """Files of the widget's page that are missing or do not fit together."""


class SessionClosedError(NbannotateError, RuntimeError):
    """An answer to a session that was closed or superseded by another cell."""


class StoreError(NbannotateError, OSError):
    """The DuckDB file could not be opened, read or written."""


class StoreLockedError(StoreError):
    """Another kernel holds the DuckDB file."""


class StoreSchemaError(StoreError):
    """The file was written by a newer nbannotate than this one."""


class SkippedRowsWarning(UserWarning):
    """Rows of a source that hold no usable text were listed and skipped."""
