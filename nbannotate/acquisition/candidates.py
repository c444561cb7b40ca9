"""Candidates: the questions that could be asked next, with what the model says of them."""

from __future__ import annotations

from dataclasses import dataclass

from nbannotate.tasks import Prediction, SourceText, Span


@dataclass(frozen=True, slots=True)
class Candidate:
    """One question that could be asked.

    Parameters
    ----------
    text
        The text asked about.
    prediction
        The model's reading of it.
    exclusive
        Whether exactly one of the prediction's ``cats`` applies.
    span, label
        What a binary view asks about.
    probability
        For a binary view: the model's probability in [0, 1] that the answer is accept.
    """

    text: SourceText
    prediction: Prediction
    exclusive: bool = False
    span: Span | None = None
    label: str | None = None
    probability: float | None = None
