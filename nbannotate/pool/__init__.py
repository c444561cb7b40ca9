"""Where texts come from, and which of them may still be asked about."""

from nbannotate.pool.pool import Pool, Relate, SkippedRow

__all__ = ["Pool", "Relate", "SkippedRow"]
