"""The few texts that a slow learner reads ahead.

A fast model scores a new sample of the pool for each choice. One that takes a second a
text (a language model behind a network) is given the same few texts until they are
answered: one more text read for each answer.
"""

from __future__ import annotations

from random import Random

from nbannotate.pool import Pool
from nbannotate.tasks import SourceText


class FewTexts:
    """Open texts drawn at random, kept until they are closed.

    Parameters
    ----------
    pool
        The texts.
    seed
        Seeds the draws.
    """

    def __init__(self, pool: Pool, *, seed: int) -> None:
        self._pool = pool
        self._random = Random(seed)
        self._kept: list[SourceText] = []

    def read(self, n_texts: int) -> list[SourceText]:
        """Return up to ``n_texts`` open texts, those that were returned before first."""
        self._kept = [text for text in self._kept if self._pool.is_open(text.input_hash)]
        if len(self._kept) < n_texts:
            known = {text.input_hash for text in self._kept}
            drawn = self._pool.window(n_texts, self._random)
            self._kept += [text for text in drawn if text.input_hash not in known]
        return self._kept[:n_texts]
