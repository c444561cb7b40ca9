"""What a cell can do about an answer that the model cannot learn."""

from __future__ import annotations

from nbannotate.tasks import Answer


def how_to_set_aside(answer: Answer) -> str:
    """Return how to go on without an answer, for a cell to read."""
    return (
        f"(learning {answer.text[:40]!r}; ann.resume() tries again, "
        f"ann.session.change({answer.answer_id!r}, 'ignore') sets that answer aside)"
    )
