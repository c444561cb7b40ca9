"""The tokens of a text, for the page and for checking answers, on any thread."""

from __future__ import annotations

import copy
import pickle
import threading
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from nbannotate.errors import PipelineError
from nbannotate.learning import blank_pipeline

if TYPE_CHECKING:
    from nbannotate.learning import Learner, UnmadeLearner

Tokenize = Callable[[str], list[tuple[int, int]]]

RULES = (
    "rules",
    "prefix_search",
    "suffix_search",
    "infix_finditer",
    "token_match",
    "url_match",
    "faster_heuristics",
)
"""What of a `spacy.tokenizer.Tokenizer` decides where it cuts."""


def own_tokenize(learner: Learner | UnmadeLearner | None, lang: str) -> Tokenize:
    """Return a tokenizer's offsets; it shares no vocabulary with the model's thread.

    Parameters
    ----------
    learner
        Its pipeline's tokenizer is taken, if it has one.
    lang
        The language whose tokenizer is taken otherwise. The sessions of a kernel share
        that of a blank pipeline, which takes longer to make than 20,000 texts to read.
    """
    nlp: Any = getattr(learner, "nlp", None)
    if nlp is None:
        return _blank(lang).offsets
    if _cuts_as_blank(nlp):
        return _blank(nlp.lang).offsets
    return _Tokens(_copied(nlp.tokenizer)).offsets


class _Tokens:
    """A tokenizer that any thread may use."""

    def __init__(self, tokenizer: Any) -> None:
        self.tokenizer = tokenizer
        self._lock = threading.Lock()

    def offsets(self, text: str) -> list[tuple[int, int]]:
        with self._lock:
            tokens = self.tokenizer(text)
        return [(token.idx, token.idx + len(token)) for token in tokens if not token.is_space]


@cache
def _blank(lang: str) -> _Tokens:
    return _Tokens(blank_pipeline(lang).tokenizer)


def _cuts_as_blank(nlp: Any) -> bool:
    """Return whether a pipeline has the tokenizer of the blank one of its language."""
    try:
        own, other = nlp.tokenizer, _blank(nlp.lang).tokenizer
    except (AttributeError, PipelineError):  # a language, or a pipeline, of the user's own
        return False
    return type(own) is type(other) and all(
        hasattr(own, name) and getattr(own, name) == getattr(other, name) for name in RULES
    )


def _copied(tokenizer: Any) -> Any:
    try:
        return pickle.loads(pickle.dumps(tokenizer))  # noqa: S301 - made in the same breath
    except Exception:  # noqa: BLE001 - one of the user's own may hold what cannot be pickled
        return copy.deepcopy(tokenizer)
