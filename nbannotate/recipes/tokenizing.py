"""The tokens of a text, for the page and for checking answers, on any thread."""

from __future__ import annotations

import copy
import pickle
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spacy.language import Language

    from nbannotate.learning import Learner

Tokenize = Callable[[str], list[tuple[int, int]]]


def blank(lang: str) -> Language:
    """Return a pipeline of a language that does nothing but tokenize."""
    import spacy

    return spacy.blank(lang)


def own_tokenize(learner: Learner | None, lang: str) -> Tokenize:
    """Return a tokenizer's offsets; it shares no vocabulary with the model's thread.

    Parameters
    ----------
    learner
        Its pipeline's tokenizer is taken, if it has one.
    lang
        The language whose tokenizer is taken otherwise.
    """
    nlp: Any = getattr(learner, "nlp", None) or blank(lang)
    try:
        tokenizer = pickle.loads(pickle.dumps(nlp.tokenizer))  # noqa: S301 - made in the same breath
    except Exception:  # noqa: BLE001 - one of the user's own may hold what cannot be pickled
        tokenizer = copy.deepcopy(nlp.tokenizer)
    lock = threading.Lock()

    def tokenize(text: str) -> list[tuple[int, int]]:
        with lock:
            tokens = tokenizer(text)
        return [(token.idx, token.idx + len(token)) for token in tokens if not token.is_space]

    return tokenize
