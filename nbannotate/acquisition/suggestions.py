"""Which of a model's spans are worth showing: those that save the annotator time.

A right suggestion saves marking the span; a wrong one has to be deleted or mended. So spans
are shown from that score on which would have saved most seconds on the latest answers. What
is held back is kept with the answer, so that the model can earn the page again.
"""

from __future__ import annotations

from collections import OrderedDict

import numpy as np

from nbannotate.tasks import AnnotatorTime, Answer, Span

SUGGESTIONS_SEEN = 60
"""The latest suggestions that the score is judged by."""

SUGGESTIONS_NEEDED = 12
"""Suggestions before which all are shown."""

NONE_IS_SHOWN = 1.01


class Suggestions:
    """What the model's spans were worth in the latest answers to whole texts.

    Examples
    --------
    >>> Suggestions().lowest_score
    0.0
    """

    def __init__(self) -> None:
        self._time = AnnotatorTime()
        self._saved: OrderedDict[str, list[tuple[float, float]]] = OrderedDict()
        self._lowest_score: float | None = None

    def add(self, answer: Answer) -> None:
        """Count the spans that the model found in an answered text."""
        saved = [
            (span.score, self._seconds_saved(answer, span))
            for span in _found(answer)
            if span.score is not None
        ]
        if saved:
            self._saved[answer.answer_id] = saved
            self._lowest_score = None

    def remove(self, answer: Answer) -> None:
        """Take back an answer that was counted."""
        self._saved.pop(answer.answer_id, None)
        self._lowest_score = None

    @property
    def lowest_score(self) -> float:
        """The score in [0, 1] from which on spans are worth showing; above 1 if none is."""
        if self._lowest_score is None:
            self._lowest_score = self._find_lowest_score()
        return self._lowest_score

    def _find_lowest_score(self) -> float:
        latest = self._latest()
        if len(latest) < SUGGESTIONS_NEEDED:
            return 0.0
        ranked = np.array(sorted(latest, reverse=True))
        saved = np.cumsum(ranked[:, 1])
        # Equal scores are shown together or not at all.
        is_last_of_score = np.append(np.diff(ranked[:, 0]) < 0, True)
        saved = np.where(is_last_of_score, saved, -np.inf)
        best = int(len(saved) - 1 - saved[::-1].argmax())
        if saved[best] <= 0:
            return NONE_IS_SHOWN
        return 0.0 if best == len(saved) - 1 else float(ranked[best, 0])

    def _latest(self) -> list[tuple[float, float]]:
        latest: list[tuple[float, float]] = []
        for saved in reversed(self._saved.values()):
            latest += saved
            if len(latest) >= SUGGESTIONS_SEEN:
                break
        return latest

    def _seconds_saved(self, answer: Answer, span: Span) -> float:
        """Return the seconds that the page would have saved by showing just this span."""
        spans = [Span(each.start, each.end, each.label) for each in answer.spans]
        alone = Span(span.start, span.end, span.label)

        def seconds(suggested: list[Span]) -> float:
            n_labels = max(1, len(answer.labels))
            return self._time.of_spans(
                n_tokens=0, n_labels=n_labels, suggested=suggested, spans=spans
            )

        return seconds([]) - seconds([alone])


def _found(answer: Answer) -> tuple[Span, ...]:
    """Return the spans that the model found, shown or not; none where it was not asked."""
    if answer.model_version is None or answer.answer != "accept":
        return ()
    if answer.foreseen is not None:
        return answer.foreseen
    is_correct = answer.view.endswith(".correct") and isinstance(answer.suggested, tuple)
    return answer.suggested if is_correct else ()  # type: ignore[return-value]
