"""What the answers so far tell a query strategy: which labels are rare, and what to trust.

One thing is kept true: trust is earned on random questions alone, so that a strategy is
never judged by the texts that it chose itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice

from nbannotate.acquisition.suggestions import Suggestions
from nbannotate.tasks import Answer, labels_given

AUDIT = "random"
"""Why a question was asked whose answer measures the model."""

AUDITS_SEEN = 60
"""The latest random questions that trust is judged by."""

AUDITS_NEEDED = 8
"""Random questions before which a model is neither trusted nor mistrusted."""

LABEL_NAME = "label_name"
"""Why a question was asked that may find a label never given."""

SOUGHT_AT_LEAST, SOUGHT_A_LABEL = 40, 4
"""Answers in all, and for each label, after which labels are no longer looked for by name."""

TRUST_AT_FIRST = 0.5

SKILL_TRUSTED = 0.1
"""A model with this share of the naive guess's error taken away is trusted in full.

Where labels are noisy the share stays near none; where they are not, a model reaches it within
some fifty answers, rare labels included.
"""


class Experience:
    """Answers that stand, as far as they bear on what to ask next.

    Parameters
    ----------
    labels
        Those that may be given; they may change.

    Examples
    --------
    >>> Experience().trust
    0.5
    """

    def __init__(self, labels: Sequence[str] = ()) -> None:
        self.labels = tuple(labels)
        self.counts: Counter[str] = Counter()
        self.suggestions = Suggestions()
        self._audits: dict[str, tuple[Mapping[str, float], frozenset[str]]] = {}

    def add(self, answer: Answer) -> None:
        """Count an answer."""
        self.counts.update(labels_given(answer))
        self.suggestions.add(answer)
        predicted = _predicted(answer)
        if predicted and answer.why == AUDIT and answer.answer != "ignore":
            self._audits[answer.answer_id] = predicted, _outcome(answer)

    def remove(self, answer: Answer) -> None:
        """Take back an answer that was counted."""
        self.counts.subtract(labels_given(answer))
        self.counts = +self.counts
        self.suggestions.remove(answer)
        self._audits.pop(answer.answer_id, None)

    @property
    def seeks_labels(self) -> bool:
        """Whether there are labels to find."""
        return bool(self.labels_to_find())

    def labels_to_find(self) -> tuple[str, ...]:
        """Return the labels never given, none once there are enough answers without them."""
        if self.counts.total() >= max(SOUGHT_AT_LEAST, SOUGHT_A_LABEL * len(self.labels)):
            return ()
        return tuple(label for label in self.labels if not self.counts[label])

    def rarity(self, label: str) -> float:
        """Return how rarely a label was given, in (0, 1]; 1 for one never given."""
        return float((self.counts[label] + 1) ** -0.5)

    @property
    def trust(self) -> float:
        """How far the model's doubts are worth following, in [0, 1].

        The Brier skill score of its predictions on the latest random questions, each beside
        a naive guess by the labels' shares among those before it, reaches 1 at
        ``SKILL_TRUSTED``. On noisy labels a model that knows little is unsure of what
        nobody can know, and its doubts lead away from what it could learn.

        Source of the score: Murphy (1973), "Hedging and skill scores for probability
        forecasts".
        """
        if len(self._audits) < AUDITS_NEEDED:
            return TRUST_AT_FIRST
        skill = self._skill()
        return min(1.0, max(0.0, skill / SKILL_TRUSTED))

    def _skill(self) -> float:
        n_audits = len(self._audits)
        audits = list(islice(self._audits.values(), max(0, n_audits - 2 * AUDITS_SEEN), None))
        seen: Counter[str] = Counter()
        error = naive_error = 0.0
        for n_seen, (predicted, outcome) in enumerate(audits):
            if n_seen >= len(audits) - AUDITS_SEEN:
                for label, probability in predicted.items():
                    is_so = label in outcome
                    guess = (seen[label] + 1) / (n_seen + max(2, len(predicted)))
                    error += (probability - is_so) ** 2
                    naive_error += (guess - is_so) ** 2
            seen.update(outcome)
        return 1.0 - error / naive_error if naive_error > 0 else 0.0


def _predicted(answer: Answer) -> Mapping[str, float]:
    if isinstance(answer.suggested, Mapping):
        return {label: score for label, score in answer.suggested.items() if score is not None}
    if answer.view.endswith(".teach") and answer.label and answer.score is not None:
        return {answer.label: answer.score}
    return {}


def _outcome(answer: Answer) -> frozenset[str]:
    return frozenset(labels_given(answer))
