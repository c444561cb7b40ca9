"""Questions: from open texts and a model's readings to tasks, best first.

It keeps one thing true: while a text is open there is a task, with a model or without.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from nbannotate.acquisition import Acquisition, Candidate
from nbannotate.acquisition.patterns import PatternMatcher
from nbannotate.learning import Learner, texts_at_once
from nbannotate.pool import Pool
from nbannotate.session.few_texts import FewTexts
from nbannotate.tasks import Answer, Prediction, SourceText, Span, Task, View, task_hash

WINDOW = 64
"""Open texts scored for each choice; scoring all of them chooses no better."""

QUESTIONS_AT_HAND = 32
"""Tasks kept ready, should answers come faster than the model can choose."""

ASKED_AGAIN_FROM = 0.05
"""After a text's first yes-or-no question, spans less probable than this are not asked."""

TEXTS_BETWEEN = 5
"""Other texts asked about before a text comes up again, where there are others."""

PATTERNS_FIRST = 10
"""Answers before which pattern matches are always asked first."""


@dataclass(frozen=True, slots=True)
class Known:
    """A stored answer, as far as it decides what not to ask again."""

    input_hash: int
    task_hash: int
    view: str
    answer: str
    label: str | None = None
    spans: tuple[Span, ...] = ()


class Questions:
    """Chooses the next tasks of a session.

    Parameters
    ----------
    view
        How texts are asked about.
    labels
        The labels that answers may use.
    pool
        The texts.
    acquisition
        Ranks candidates.
    patterns
        Finds spans by rules, or None.
    seed
        Seeds every random choice.
    """

    def __init__(
        self,
        view: View,
        labels: tuple[str, ...],
        pool: Pool,
        acquisition: Acquisition,
        *,
        patterns: PatternMatcher | None = None,
        seed: int = 0,
    ) -> None:
        self.view = view
        self.labels = labels
        self.pool = pool
        self.acquisition = acquisition
        self.patterns = patterns
        self._random = Random(seed)
        self._few_texts = FewTexts(pool, seed=seed)
        self._asked: defaultdict[int, set[int]] = defaultdict(set)
        self._accepted: defaultdict[int, set[Span]] = defaultdict(set)
        self._recent: deque[int] = deque(maxlen=TEXTS_BETWEEN)

    def note(self, known: Known, *, is_binary: bool) -> None:
        """Take note of an answer: what it settles is not asked again."""
        self._asked[known.input_hash].add(known.task_hash)
        if not is_binary or self._settles_text(known):
            self.pool.close_text(known.input_hash)
        elif is_binary:
            if known.answer == "accept":
                self._accepted[known.input_hash].update(known.spans)
            self._recent.append(known.input_hash)

    def take_back(self, answer: Answer) -> None:
        """Undo what `note` did for an answer."""
        self._asked[answer.input_hash].discard(answer.task_hash)
        self._accepted[answer.input_hash].difference_update(answer.spans)
        self.pool.reopen_text(answer.input_hash)

    def choose(
        self, learner: Learner | None, *, without: Container[int], version: str | None
    ) -> list[Task]:
        """Return up to ``QUESTIONS_AT_HAND`` tasks, best first, empty when none is left.

        Parameters
        ----------
        learner
            The model in the loop, None without one or while it is paused.
        without
            Task hashes that are on the page already.
        version
            The model's version, written into the tasks.
        """
        while True:
            if learner is None and not self.acquires_at_random:
                texts = self.pool.first(WINDOW)
            elif few := texts_at_once(learner):
                texts = self._few_texts.read(few)
            else:
                texts = self.pool.window(WINDOW, self._random)
            tasks = self._tasks(texts, learner, without, version)
            if tasks or all(self.pool.is_open(text.input_hash) for text in texts):
                return tasks[:QUESTIONS_AT_HAND]

    def is_askable(self, task: Task) -> bool:
        """Return whether a task that was chosen a moment ago may still be asked."""
        return (
            self.pool.is_open(task.input_hash)
            and task.task_hash not in self._asked[task.input_hash]
            and not any(self._is_settled(task.input_hash, span) for span in task.spans)
        )

    @property
    def acquires_at_random(self) -> bool:
        """Whether texts come in random order even without a model."""
        return self.acquisition.strategy == "random"

    def _tasks(
        self,
        texts: Sequence[SourceText],
        learner: Learner | None,
        without: Container[int],
        version: str | None,
    ) -> list[Task]:
        predictions = (
            learner.predict([text.text for text in texts])
            if learner is not None
            else [Prediction() for _ in texts]
        )
        matches = self._match(texts)
        candidates: list[Candidate] = []
        for text, prediction in zip(texts, predictions, strict=True):
            found = self._candidates(text, prediction, matches.get(text.input_hash, ()))
            open_now = [each for each in found if self._hash(each) not in without]
            if not found and learner is not None:
                self.pool.close_text(text.input_hash)
            candidates += open_now
        if not candidates:
            return []
        if learner is None and not self.acquires_at_random:
            ordered, why = candidates, "in order"
        else:
            ranking = self.acquisition.rank(
                candidates, self._random, learned=learner.learned if learner else 0
            )
            ordered, why = list(ranking.candidates), ranking.why
        ordered = self._rested_first(ordered)
        at_hand = ordered if matches else ordered[:QUESTIONS_AT_HAND]
        tasks = [self._task(each, why, matches, version) for each in at_hand]
        return self._pattern_matches_first(tasks, matches, learner)

    def _candidates(
        self, text: SourceText, prediction: Prediction, matched: Sequence[Span]
    ) -> list[Candidate]:
        view = self.view
        if view.layout != "binary":
            return [Candidate(text, prediction, view.exclusive)]
        asked = self._asked.get(text.input_hash, set())
        if view.component == "textcat":
            return [
                Candidate(
                    text,
                    prediction,
                    view.exclusive,
                    label=label,
                    probability=prediction.cats.get(label),
                )
                for label in self.labels
                if view.task_hash(text, label=label) not in asked
            ]
        suggested = {
            (span.start, span.end, span.label): span
            for span in (*matched, *prediction.candidates)
            if span.label in self.labels
        }
        return [
            Candidate(text, prediction, span=span, probability=span.score)
            for span in suggested.values()
            if view.task_hash(text, span=span) not in asked
            and not self._is_settled(text.input_hash, span)
            and (not asked or span.score is None or span.score >= ASKED_AGAIN_FROM)
        ]

    def _task(
        self,
        candidate: Candidate,
        why: str,
        matches: Mapping[int, Sequence[Span]],
        version: str | None,
    ) -> Task:
        text, prediction = candidate.text, candidate.prediction
        spans: tuple[Span, ...] = ()
        options: dict[str, float | None] = {}
        foreseen: tuple[Span, ...] | None = None
        score = candidate.probability
        if self.view.layout == "spans":
            spans = tuple(span for span in prediction.spans if span.label in self.labels)
            score = min((span.score for span in spans if span.score is not None), default=None)
            if not self.view.shows_suggestions:
                foreseen = spans
                spans = _without_overlaps(matches.get(text.input_hash, text.spans), self.labels)
        elif self.view.layout == "choice":
            options = {label: prediction.cats.get(label) for label in self.labels}
            score = max((p for p in options.values() if p is not None), default=None)
        elif candidate.span is not None:
            spans = (candidate.span,)
            foreseen = prediction.spans if score is None else None
        return Task(
            text=text.text,
            input_hash=text.input_hash,
            task_hash=self._hash(candidate),
            view=self.view.name,
            labels=self.labels,
            spans=spans,
            options=options,
            label=candidate.span.label if candidate.span else candidate.label,
            score=score,
            why=why,
            model_version=version,
            meta=text.meta,
            foreseen=foreseen if version is not None else None,
        )

    def _hash(self, candidate: Candidate) -> int:
        return self.view.task_hash(candidate.text, candidate.span, candidate.label)

    def _match(self, texts: Sequence[SourceText]) -> dict[int, tuple[Span, ...]]:
        if self.patterns is None:
            return {}
        found = {text.input_hash: self.patterns.match(text.text) for text in texts}
        return {text_hash: spans for text_hash, spans in found.items() if spans}

    def _pattern_matches_first(
        self, tasks: list[Task], matches: Mapping[int, Sequence[Span]], learner: Learner | None
    ) -> list[Task]:
        """Put a pattern match first: always at the start, then every other time."""
        if not matches:
            return tasks
        is_early = learner is None or learner.learned < PATTERNS_FIRST
        if not is_early and self._random.random() < 0.5:
            return tasks
        matched = {
            (text_hash, span.label) for text_hash, spans in matches.items() for span in spans
        }

        def is_match(task: Task) -> bool:
            if task.spans and self.view.layout == "binary":
                return task.spans[0] in matches.get(task.input_hash, ())
            if task.label is not None:
                return (task.input_hash, task.label) in matched
            return task.input_hash in matches

        first = [replace(task, why="pattern") for task in tasks if is_match(task)]
        return first + [task for task in tasks if not is_match(task)]

    def _rested_first(self, candidates: list[Candidate]) -> list[Candidate]:
        if self.view.asks_whole_text:
            return candidates
        recent = set(self._recent)
        rested: list[Candidate] = []
        others: list[Candidate] = []
        seen: set[int] = set()
        for candidate in candidates:
            text_hash = candidate.text.input_hash
            (others if text_hash in recent or text_hash in seen else rested).append(candidate)
            seen.add(text_hash)
        return rested + others

    def _is_settled(self, text_hash: int, span: Span) -> bool:
        """Return whether a span overlaps one that was accepted in a yes-or-no question."""
        return any(
            span.start < other.end and other.start < span.end
            for other in self._accepted.get(text_hash, ())
        )

    def _settles_text(self, known: Known) -> bool:
        if self.view.component != "textcat":
            return False
        if self.view.exclusive and known.answer == "accept":
            return known.label in self.labels
        every = {task_hash(known.input_hash, "textcat", label) for label in self.labels}
        return every <= self._asked[known.input_hash]


def _without_overlaps(spans: Iterable[Span], labels: tuple[str, ...]) -> tuple[Span, ...]:
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if span.label in labels and (not kept or span.start >= kept[-1].end):
            kept.append(span)
    return tuple(kept)
