"""Questions: from open texts and a model's readings to tasks, best first.

It keeps one thing true: while a text is open there is a task, with a model or without.
"""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import replace
from random import Random

from nbannotate.acquisition import Acquisition, Candidate, Experience, Plan
from nbannotate.acquisition.experience import LABEL_NAME
from nbannotate.acquisition.label_names import LabelNames
from nbannotate.acquisition.patterns import PatternMatcher
from nbannotate.learning import Predictor, read_texts, takes_updates, texts_at_once
from nbannotate.pool import Pool
from nbannotate.session.few_texts import FewTexts
from nbannotate.session.page_spans import given_spans, snapped, snapped_reading
from nbannotate.tasks import (
    SPAN_COMPONENTS,
    Answer,
    Prediction,
    SourceText,
    Span,
    Task,
    Unit,
    View,
    begun_inputs,
    drawn_from,
    part_of,
    task_hash,
)

WINDOW = 64
"""Open texts scored for each choice at most; scoring all of them chooses no better."""

FEWEST_SCORED = 4
"""Two of them may be on the page already."""

CHARACTERS_SCORED = 64_000
"""Where texts are so long that ``WINDOW`` of them are more than this, fewer are scored."""

QUESTIONS_AT_HAND = 32
"""Tasks kept ready, should answers come faster than the model can choose."""

ASKED_AGAIN_FROM = 0.05
"""After a text's first yes-or-no question, spans less probable than this are not asked."""

TEXTS_BETWEEN = 5
"""Other texts asked about before a text comes up again, where there are others."""

KEPT_EVERY = 5
"""Of so many texts one is kept for random questions, an unbiased sample of the source."""

NOTHING_FOUND = "nothing_found"
"""Why a word is asked about: the model finds nothing in the texts that were read."""

PATTERNS_FIRST = 10
"""Answers before which pattern matches are always asked first."""


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
    tokenize
        Returns the character offsets of a text's tokens; None if no words can be asked about.
    by
        What spans on the page begin and end with; to characters those of models and
        patterns are widened, which may part one.
    """

    def __init__(
        self,
        view: View,
        labels: tuple[str, ...],
        pool: Pool,
        acquisition: Acquisition,
        patterns: PatternMatcher | None = None,
        seed: int = 0,
        *,
        tokenize: Callable[[str], list[tuple[int, int]]] | None = None,
        by: Unit = "token",
    ) -> None:
        self.view = view
        self._by = by
        self.labels = labels = view.leading.labels or labels
        self.pool = pool
        self.acquisition = acquisition
        self.patterns = patterns
        self._label_names = LabelNames(labels)
        self._random = Random(seed)
        self._tokenize = tokenize
        self._few_texts = FewTexts(pool, seed=seed)
        self._asked: defaultdict[int, set[int]] = defaultdict(set)
        self._accepted: defaultdict[int, set[Span]] = defaultdict(set)
        self._recent: deque[int] = deque(maxlen=TEXTS_BETWEEN)
        self._experience = Experience(labels)
        self._experience_lock = threading.Lock()
        self._done_with: set[int] = set()

    @property
    def remaining(self) -> int | None:
        """How many texts are open, None while the source's end is not in sight."""
        return self.pool.remaining

    def recall(self, answer: Answer, labels: tuple[str, ...]) -> Task:
        """Return the task that a stored answer was given to."""
        return self.view.recalled(answer, labels)

    def note(self, answer: Answer) -> None:
        """Take note of an answer: what it settles is not asked again."""
        self._asked[answer.input_hash].add(answer.task_hash)
        with self._experience_lock:
            self._experience.add(part_of(answer, self.view.component))
        is_binary = answer.view.endswith(".teach")
        if not is_binary or self._settles_text(answer):
            self.pool.close_text(answer.input_hash)
            if is_binary and not (self.view.exclusive and answer.answer == "accept"):
                self._done_with.add(answer.input_hash)
            return
        if answer.answer == "accept":
            self._accepted[answer.input_hash].update(answer.spans)
        self._recent.append(answer.input_hash)

    def relabel(self, view: View, labels: tuple[str, ...]) -> None:
        """Ask with these labels; texts that were done with for want of others open again."""
        self.view = view
        self.labels = labels = view.leading.labels or labels
        self._label_names = LabelNames(labels)
        with self._experience_lock:
            self._experience.labels = labels
        done, self._done_with = list(self._done_with), set()
        for text_hash in done:
            self.pool.reopen_text(text_hash)

    def take_back(self, answer: Answer) -> None:
        """Undo what `note` did for an answer."""
        self._asked[answer.input_hash].discard(answer.task_hash)
        with self._experience_lock:
            self._experience.remove(part_of(answer, self.view.component))
        self._accepted[answer.input_hash].difference_update(answer.spans)
        self._done_with.discard(answer.input_hash)
        self.pool.reopen_text(answer.input_hash)

    def choose(
        self, learner: Predictor | None, *, without: Container[int], version: str | None
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
        plan = self._plan(learner)
        while True:
            texts: list[SourceText] = []
            tasks: list[Task] = []
            n_scored = self._n_scored()
            for window in self._windows(plan, learner, n_scored):
                texts += window
                if len(tasks) < n_scored // 2 or self._awaits_match(tasks):
                    tasks += self._tasks(window, learner, plan, without, version)
            tasks.sort(key=lambda task: (task.why == NOTHING_FOUND) - (task.why == "pattern"))
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

    def _plan(self, learner: Predictor | None) -> Plan | None:
        """Return by what to choose, None to ask in the order of the source."""
        if learner is None and not self.acquires_at_random:
            return None
        with self._experience_lock:
            return self.acquisition.plan(
                self._random,
                learned=learner.learned if learner else 0,
                experience=self._experience,
            )

    def _awaits_match(self, tasks: Sequence[Task]) -> bool:
        """Return whether patterns are to be asked first, and none has matched yet."""
        return self.patterns is not None and all(task.why != "pattern" for task in tasks)

    def _n_scored(self) -> int:
        """Return how many texts to score at once, by how long the source's texts are.

        Not by how long those are that were drawn: a long text would be asked more seldom.
        """
        affordable = CHARACTERS_SCORED / max(1.0, self.pool.mean_characters)
        return int(min(WINDOW, max(FEWEST_SCORED, affordable)))

    def _windows(
        self, plan: Plan | None, learner: Predictor | None, n_scored: int
    ) -> Iterator[list[SourceText]]:
        """Yield open texts to choose from: first those kept for audits, or the others.

        A text is kept by its hash alone, so that what the strategy likes to ask does not
        bias what is left to be drawn at random.
        """
        if plan is None:
            yield self.pool.first(WINDOW)
        elif few := texts_at_once(learner):
            yield self._few_texts.read(few)
        elif self.acquires_at_random:
            yield self.pool.window(n_scored, self._random)
        else:
            for kept in (plan.is_audit, not plan.is_audit):
                yield self.pool.window(
                    n_scored,
                    self._random,
                    where=lambda text_hash, kept=kept: is_kept(text_hash) == kept,  # type: ignore[misc]
                )

    def _tasks(
        self,
        texts: Sequence[SourceText],
        learner: Predictor | None,
        plan: Plan | None,
        without: Container[int],
        version: str | None,
    ) -> list[Task]:
        predictions = (
            read_texts(learner, [text.text for text in texts])
            if learner is not None
            else [Prediction() for _ in texts]
        )
        if self._by == "character":
            predictions = [
                snapped_reading(text.text, each, overlaps=self.view.overlaps)
                for text, each in zip(texts, predictions, strict=True)
            ]
        matches = self._match(texts)
        candidates: list[Candidate] = []
        words: list[Candidate] = []
        for text, prediction in zip(texts, predictions, strict=True):
            found = self._candidates(text, prediction, matches.get(text.input_hash, ()))
            candidates += [each for each in found if self._hash(each) not in without]
            if found or learner is None:
                continue
            word = self._word_of(text, prediction, learner)
            if word is None:
                self.pool.close_text(text.input_hash)
                self._done_with.add(text.input_hash)
            elif self._hash(word) not in without:
                words.append(word)
        if not candidates:
            return [self._task(each, NOTHING_FOUND, matches, version) for each in words]
        ordered, why = candidates, "in order"
        if plan is not None:
            ordered, why = (
                list(self.acquisition.rank(candidates, self._random, plan=plan)),
                plan.why,
            )
        ordered = self._rested_first(ordered)
        at_hand = ordered if matches else ordered[:QUESTIONS_AT_HAND]
        tasks = [self._task(each, why, matches, version) for each in at_hand]
        tasks = self._unseen_labels_first(tasks, plan)
        return self._pattern_matches_first(tasks, matches, learner)

    def _unseen_labels_first(self, tasks: list[Task], plan: Plan | None) -> list[Task]:
        if plan is None or not plan.seeks_labels:
            return tasks
        with self._experience_lock:
            unseen = self._experience.labels_to_find()
        for place, task in enumerate(tasks):
            if self._label_names.names_any(task.text, unseen):
                found = replace(task, why=LABEL_NAME)
                return [found, *tasks[:place], *tasks[place + 1 :]]
        return tasks

    def _candidates(
        self, text: SourceText, prediction: Prediction, matched: Sequence[Span]
    ) -> list[Candidate]:
        view = self.view
        if view.asks_whole_text:
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

    def _word_of(
        self, text: SourceText, prediction: Prediction, learner: Predictor
    ) -> Candidate | None:
        """Return a question about a word, so that a model which finds nothing yet can learn.

        Of a text of which nothing was asked; None where all there is to ask was asked.
        """
        if self._tokenize is None or self.view.component not in SPAN_COMPONENTS:
            return None
        tokens = self._tokenize(text.text)
        if not tokens or not takes_updates(learner) or self._asked.get(text.input_hash):
            return None
        place, label = divmod(text.input_hash, len(self.labels))
        start, end = tokens[place % len(tokens)]
        return Candidate(text, prediction, span=Span(start, end, self.labels[label]))

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
        reading: tuple[Span, ...] | None = None
        score = candidate.probability
        if "spans" in self.view.layouts:
            read = tuple(span for span in prediction.spans if span.label in self.labels)
            score = min((span.score for span in read if span.score is not None), default=None)
            if self.view.given_spans is None or (read and self.view.shows_suggestions):
                spans = self._worth_showing(read)
            else:
                spans = given_spans(text, matches, self.labels, overlaps=self.view.overlaps)
            if spans != read or not self.view.shows_suggestions:
                foreseen = read
        elif self.view.layout == "choice":
            options = {label: prediction.cats.get(label) for label in self.labels}
            score = max((p for p in options.values() if p is not None), default=None)
        elif self.view.layout == "binary" and candidate.span is not None:
            spans = (candidate.span,)
            reading = tuple(span for span in prediction.spans if span.label in self.labels)
            foreseen = prediction.spans if score is None else None
        if self.view.parts:
            spans, options = self._beside(text, spans, options, matches)
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
            prediction=reading,
            relations=drawn_from(text.relations, spans),
            inputs=begun_inputs(self.view.inputs, text.meta),
        )

    def _beside(
        self,
        text: SourceText,
        spans: tuple[Span, ...],
        options: dict[str, float | None],
        matches: Mapping[int, Sequence[Span]],
    ) -> tuple[tuple[Span, ...], dict[str, float | None]]:
        """Return what the page shows, with what no model says of its other blocks."""
        spans_view, choice = self.view.block("spans"), self.view.block("choice")
        if spans_view is not None and spans_view is not self.view.leading:
            marked = spans_view.labels
            spans = given_spans(text, matches, marked, overlaps=spans_view.overlaps)
        if choice is not None and choice is not self.view.leading:
            options = dict.fromkeys(choice.labels)
        return spans, options

    def _worth_showing(self, read: tuple[Span, ...]) -> tuple[Span, ...]:
        with self._experience_lock:
            lowest_score = self._experience.suggestions.lowest_score
        return tuple(span for span in read if span.score is None or span.score >= lowest_score)

    def _hash(self, candidate: Candidate) -> int:
        return self.view.task_hash(candidate.text, candidate.span, candidate.label)

    def _on_page(self, text: str, spans: tuple[Span, ...]) -> tuple[Span, ...]:
        return snapped(text, spans) if self._by == "character" else spans

    def _match(self, texts: Sequence[SourceText]) -> dict[int, tuple[Span, ...]]:
        if self.patterns is None:
            return {}
        found = {
            text.input_hash: self._on_page(text.text, self.patterns.match(text.text))
            for text in texts
        }
        return {text_hash: spans for text_hash, spans in found.items() if spans}

    def _pattern_matches_first(
        self, tasks: list[Task], matches: Mapping[int, Sequence[Span]], learner: Predictor | None
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
        """Return whether an accepted yes-or-no question has ruled a span out, or in.

        Where spans may overlap, an accepted one says nothing of the others.
        """
        return not self.view.overlaps and any(
            span.start < other.end and other.start < span.end
            for other in self._accepted.get(text_hash, ())
        )

    def _settles_text(self, known: Answer) -> bool:
        if self.view.component != "textcat":
            return False
        if self.view.exclusive and known.answer == "accept":
            return known.label in self.labels
        every = {task_hash(known.input_hash, "textcat", label) for label in self.labels}
        return every <= self._asked[known.input_hash]


def is_kept(text_hash: int) -> bool:
    """Return whether a text is kept for random questions while there are others."""
    return text_hash % KEPT_EVERY == 0
