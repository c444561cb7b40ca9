"""What a model says of one text, in the words that every room understands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nbannotate.tasks.records import Span


@dataclass(frozen=True, slots=True)
class Prediction:
    """A model's reading of one text.

    Parameters
    ----------
    spans
        The best reading of the whole text, each span with its probability in [0, 1].
    candidates
        Spans worth a yes-or-no question with their probabilities, the best reading's and
        others, most probable first.
    cats
        Each label's probability in [0, 1].
    token_entropies
        The uncertainty of each token's tag, in nats, shape (n_tokens,).
    words
        The form of each of these tokens, such as its lower case; empty where it is not
        known.
    """

    spans: tuple[Span, ...] = ()
    candidates: tuple[Span, ...] = ()
    cats: Mapping[str, float] = field(default_factory=dict)
    token_entropies: tuple[float, ...] = ()
    words: tuple[str, ...] = ()
