"""The store: every answer, session and model version in one local DuckDB file.

Nothing outside this folder writes SQL. What it keeps true: an answer that `Store.append`
returned for is on disk, once, and no later row ever changes it.
"""

from nbannotate.store.store import Store

__all__ = ["Store"]
