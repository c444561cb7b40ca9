"""How long an answer takes a person: a model of the annotator's time, in seconds.

What a user pays is time, not answers. A long text costs its reading, a wrong suggestion
its mending. The model adds up what the annotator reads, decides, points at and types; it
looks at nothing but the question and its answer, so that strategies and views can be
compared by it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nbannotate.tasks.records import Span, Task
from nbannotate.tasks.views import View

KEYED_LABELS = 20
"""Labels that have a key on the page; others are chosen with the mouse."""

MARKED = 0.5
"""Labels of at least this probability are marked on the page, and accepted by one key."""


@dataclass(frozen=True, slots=True)
class AnnotatorTime:
    """Seconds that an answer takes, from what is read, decided, pointed at and typed.

    Reading speed is that of silent reading of non-fiction, 238 words a minute: Brysbaert
    (2019), "How many words do we read per minute?". The other times are those of the
    keystroke-level model: Card, Moran and Newell (1980), "The keystroke-level model for
    user performance time with interactive systems".

    Parameters
    ----------
    reading
        Seconds to read a token.
    deciding
        Seconds of thought before acting, once an answer (the model's M).
    key
        Seconds to press a key (K).
    pointing
        Seconds to point at a place with the mouse (P).
    button
        Seconds to press or to release the mouse's button (B).

    Examples
    --------
    >>> time = AnnotatorTime()
    >>> round(time.of_one_label(n_tokens=10, n_labels=3), 2)
    4.15
    """

    reading: float = 60 / 238
    deciding: float = 1.35
    key: float = 0.28
    pointing: float = 1.1
    button: float = 0.1

    def of(
        self,
        view: View,
        task: Task,
        *,
        n_tokens: int,
        answer: str,
        spans: Sequence[Span] | None = None,
        accept: Sequence[str] = (),
        inputs: Mapping[str, str] | None = None,
    ) -> float:
        """Return the seconds that an answer to a task takes.

        Parameters
        ----------
        view, task
            What is asked, and how.
        n_tokens
            Tokens of the task's text.
        answer, spans, accept, inputs
            The answer, as `Session.answer` takes it.

        Examples
        --------
        >>> import nbannotate as nb
        >>> session = nb.ner.manual(["Meth is bad"], labels=["DRUG"], store=":memory:").session
        >>> spans = [nb.Span(0, 4, "DRUG")]
        >>> time = AnnotatorTime()
        >>> round(time.of(session.view, session.task, n_tokens=3, answer="accept", spans=spans), 2)
        4.79
        >>> session.close()
        """
        if answer == "ignore" or (view.layout == "binary" and spans is None):
            return self.of_binary(n_tokens=n_tokens)
        if view.parts or view.inputs:
            return self._of_page(view, task, n_tokens, spans, accept, inputs)
        suggested = task.spans if view.shows("spans") else task.prediction or ()
        n_labels = len(task.labels)
        if view.layout == "choice":
            scores = task.options if view.shows_suggestions else {}
            marked = [label for label, score in scores.items() if (score or 0.0) >= MARKED]
            if view.exclusive and marked != list(accept):
                return self.of_one_label(n_tokens=n_tokens, n_labels=n_labels)
            return self.of_labels(
                n_tokens=n_tokens, n_labels=n_labels, marked=marked, chosen=accept
            )
        return self.of_spans(
            n_tokens=n_tokens,
            n_labels=n_labels,
            suggested=suggested,
            spans=suggested if spans is None else spans,
        )

    def _of_page(
        self,
        view: View,
        task: Task,
        n_tokens: int,
        spans: Sequence[Span] | None,
        accept: Sequence[str],
        inputs: Mapping[str, str] | None,
    ) -> float:
        """Add up what each block takes beyond reading, deciding and accepting once."""
        once = self.of_binary(n_tokens=n_tokens)
        seconds = once + sum(self.key * (1 + len(text)) for text in (inputs or {}).values())
        for block in view.blocks:
            labels = block.labels or task.labels
            if "spans" in block.layouts:
                standing = task.spans if spans is None else spans
                marking = self.of_spans(
                    n_tokens=n_tokens,
                    n_labels=len(labels),
                    suggested=task.spans,
                    spans=standing,
                )
                seconds += marking - once
            if block.layout == "choice":
                choosing = self.of_labels(
                    n_tokens=n_tokens, n_labels=len(labels), marked=(), chosen=accept
                )
                seconds += choosing - once
        return seconds

    def of_binary(self, *, n_tokens: int) -> float:
        """Return the seconds for a yes or no: read, decide, one key."""
        return self._before_acting(n_tokens) + self.key

    def of_one_label(self, *, n_tokens: int, n_labels: int) -> float:
        """Return the seconds to choose the one label that applies: to choose is to answer."""
        return self._before_acting(n_tokens) + self._choosing(n_labels)

    def of_labels(
        self, *, n_tokens: int, n_labels: int, marked: Sequence[str], chosen: Sequence[str]
    ) -> float:
        """Return the seconds to turn the labels marked into those chosen, and accept.

        Each label that is in one and not in the other is one stroke.
        """
        n_strokes = len(set(marked) ^ set(chosen))
        return self._before_acting(n_tokens) + n_strokes * self._choosing(n_labels) + self.key

    def of_spans(
        self, *, n_tokens: int, n_labels: int, suggested: Sequence[Span], spans: Sequence[Span]
    ) -> float:
        """Return the seconds to turn the suggested spans into the right ones, and accept.

        A missing span is dragged and given its label, a wrong one clicked and deleted. A
        suggestion that overlaps a missing span is mended instead: relabelled if only its
        label is wrong, else dragged anew.
        """
        wrong = sorted(set(suggested) - set(spans))
        missing = sorted(set(spans) - set(suggested))
        clicking = self.pointing + self.button
        dragging = 2 * clicking
        labelling = self._choosing(n_labels) if n_labels > 1 else 0.0
        seconds = self.of_binary(n_tokens=n_tokens)
        for span in wrong:
            twin = next((each for each in missing if _overlap(each, span)), None)
            if twin is None:
                seconds += clicking + self.key
                continue
            missing.remove(twin)
            is_same_stretch = (twin.start, twin.end) == (span.start, span.end)
            seconds += clicking + (self._choosing(n_labels) if is_same_stretch else dragging)
        return seconds + len(missing) * (dragging + labelling)

    def _before_acting(self, n_tokens: int) -> float:
        return self.reading * n_tokens + self.deciding

    def _choosing(self, n_labels: int) -> float:
        """Return the seconds to choose a label that the annotator has in mind."""
        return self.key if n_labels <= KEYED_LABELS else self.pointing + self.button


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end
