"""Telling pipelines apart by what they have learned."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from spacy.language import Language


def weights_digest(nlp: Language) -> str:
    """Return a digest of all weights of a pipeline's components, "" where there are none.

    Word vectors, which training leaves as they are, are not looked at.

    Examples
    --------
    >>> import spacy
    >>> weights_digest(spacy.blank("en"))
    ''
    """
    from thinc.api import Model
    from thinc.util import to_numpy

    digest = blake2b(digest_size=8)
    has_weights = False
    for name, pipe in nlp.pipeline:
        model = getattr(pipe, "model", None)
        for position, node in enumerate(model.walk() if isinstance(model, Model) else ()):
            for param in node.param_names:
                if node.has_param(param):
                    has_weights = True
                    digest.update(f"{name} {position} {param}".encode())
                    values = to_numpy(node.get_param(param))  # type: ignore[no-untyped-call]
                    digest.update(np.ascontiguousarray(values).data)
    return digest.hexdigest() if has_weights else ""
