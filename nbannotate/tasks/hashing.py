"""The identity of texts and of questions.

64 bits, because texts are deduplicated by it: with 32 bits, as in Prodigy's files, a
pool of 100,000 texts would lose one to a collision more often than not.
"""

from __future__ import annotations

import json
from hashlib import blake2b
from json.encoder import encode_basestring_ascii

_encode = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


def _hash(encoded: str) -> int:
    digest = blake2b(encoded.encode("ascii"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def input_hash(text: str) -> int:
    """Return the identity of a text, a signed 64-bit integer.

    Examples
    --------
    >>> input_hash("a") == input_hash("a"), input_hash("a") == input_hash("a ")
    (True, False)
    """
    return _hash(f"[{encode_basestring_ascii(text)}]")  # several times as fast as a list


def task_hash(text_hash: int, kind: str, *asked: object) -> int:
    """Return the identity of a question about a text, a signed 64-bit integer.

    Parameters
    ----------
    text_hash
        The text's `input_hash`.
    kind
        What sort of thing is asked, such as ``"spans"``.
    asked
        What in particular is asked: the span's offsets and label, or the label.
    """
    return _hash(_encode((text_hash, kind, *asked)))
