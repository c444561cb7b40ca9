"""Where texts come from, and which of them may still be asked about."""

from nbannotate.pool.pool import Pool, ReadGiven, SkippedRow

__all__ = ["Pool", "ReadGiven", "SkippedRow"]
