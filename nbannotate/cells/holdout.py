"""Which answers a model is scored on, told apart from those that it learns from.

It keeps one thing true: no text is on both sides.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

from nbannotate.errors import NothingToLearnError
from nbannotate.learning import TextEvidence


def hold_out(
    evidence: Sequence[TextEvidence], share: float, is_complete: Sequence[bool], *, seed: int
) -> tuple[list[TextEvidence], list[TextEvidence]]:
    """Split evidence into what is learned from and what is scored on.

    The choice depends on each text and the seed alone, so that a text held out today is
    held out tomorrow, when there are more answers. Texts of which all is known are
    scored on, unless there are none.

    Parameters
    ----------
    evidence
        What is known, one per text.
    share
        Share of texts to score on, in [0, 1).
    is_complete
        Whether all is known of a text, one per evidence.
    seed
        Another seed holds out other texts.

    Returns
    -------
    learned, held_out
        Lists of evidence.

    Raises
    ------
    ValueError
        If the share is not in [0, 1).
    NothingToLearnError
        If nothing is left to learn from.
    """
    if not 0 <= share < 1:
        raise ValueError(f"evaluation={share!r} is no share; give a number from 0 to below 1")
    eligible = [each for each, complete in zip(evidence, is_complete, strict=True) if complete]
    eligible = sorted(eligible or evidence, key=lambda each: _draw(each.input_hash, seed))
    n_held_out = round(share * len(eligible))
    if share > 0 and n_held_out == 0 and len(eligible) > 1:
        n_held_out = 1
    held_out = eligible[:n_held_out]
    chosen = {each.input_hash for each in held_out}
    learned = [each for each in evidence if each.input_hash not in chosen]
    if not learned:
        raise NothingToLearnError(
            f"{len(evidence)} answered text(s) are too few to learn from and to score on; answer "
            "more, or score on others with evaluation='another dataset' or a DataFrame"
        )
    return learned, held_out


def _draw(text_hash: int, seed: int) -> bytes:
    return blake2b(f"{seed}:{text_hash}".encode(), digest_size=8).digest()
