"""Many passes over all evidence: what a cell does between rounds of annotation.

It learns from the same evidence by the same gradient as the loop, so that a retrained
model differs from the loop's by its passes alone. The weights kept are those that score
best on the evidence held out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nbannotate.errors import LearningError, NothingToLearnError, PipelineError
from nbannotate.learning.base import SpacyLearner
from nbannotate.learning.checkpoints import Checkpoint
from nbannotate.learning.evidence import TextEvidence
from nbannotate.learning.factory import learner_on
from nbannotate.learning.pipelines import find_component
from nbannotate.learning.scoring import evaluate_evidence, main_score
from nbannotate.learning.spacy_bow import BowLearner
from nbannotate.tasks import Component

if TYPE_CHECKING:
    from spacy.language import Language

BATCH_SIZE = 8
MIN_STEPS, MAX_STEPS = 300, 1500
MAX_ITERATIONS = 500
LEAST_GAIN = 1e-4
"""A run towards an optimum is the last one if it lowers the loss by no larger share."""

N_EVALUATIONS = 12
PATIENCE = 5
_LAST_RATE = 0.1


def train(
    nlp: Language,
    component: Component,
    evidence: Sequence[TextEvidence],
    held_out: Sequence[TextEvidence] = (),
    *,
    labels: Sequence[str],
    exclusive: bool = True,
    seed: int = 0,
    max_epochs: int | None = None,
    progress: Callable[[dict[str, Any]], None] | None = None,
) -> list[dict[str, Any]]:
    """Train a pipeline's component in place.

    Parameters
    ----------
    nlp
        From `prepare`.
    component
        ``"ner"``, ``"textcat"`` or ``"spancat"``.
    evidence
        What to learn from; texts of which nothing is known are passed over.
    held_out
        What to score on after some of the passes, to keep the best weights; without it
        the last ones are kept. A bag of words has an optimum, which is kept in any case.
    labels
        The labels that matter.
    exclusive
        For textcat: exactly one label applies.
    seed
        Fixes the order of texts and all other random choices.
    max_epochs
        Passes at most; by default as many as make 300 to 1,500 steps of 8 texts, for a
        bag of words as many as its optimum takes.
    progress
        Called with each row of the history as soon as it is known.

    Returns
    -------
    list of dict
        One row per scoring: ``epoch``, ``step``, ``loss`` (mean per text since the last
        row), ``score`` in [0, 1] (None without ``held_out``) and ``scores``.

    Raises
    ------
    NothingToLearnError
        If no text teaches anything.
    LearningError
        If the weights are no longer finite.
    PipelineError
        If the pipeline has no such component.
    """
    usable = [each for each in evidence if each.teaches]
    if not usable:
        raise NothingToLearnError(
            f"none of the {len(evidence)} texts given says anything about {component} with "
            f"the labels {', '.join(labels)}; give answers that accept or reject"
        )
    learner = _learner(nlp, component, labels, exclusive, seed)
    learner.expect(usable)
    has_optimum = isinstance(learner, BowLearner)
    if isinstance(learner, BowLearner):
        rows = _approaches(learner, usable, max_epochs)
    else:
        rows = _passes(learner, usable, *_plan(len(usable), max_epochs), seed)
    best: Checkpoint | None = None
    best_score, since_best = -1.0, 0
    history: list[dict[str, Any]] = []
    for row in rows:
        if held_out:
            row["scores"] = evaluate_evidence(
                nlp, held_out, component=component, labels=labels, exclusive=exclusive
            )
            row["score"] = main_score(row["scores"])
            since_best += 1
            if row["score"] > best_score:
                best_score, since_best = row["score"], 0
                best = learner.checkpoint()
        history.append(row)
        if progress is not None:
            progress(row)
        if since_best >= PATIENCE and not has_optimum:
            break
    if best is not None and not has_optimum:
        learner.restore(best)
    return history


def _learner(
    nlp: Language, component: Component, labels: Sequence[str], exclusive: bool, seed: int
) -> SpacyLearner:
    name = find_component(nlp, component, labels)
    if name is None:
        raise PipelineError(
            f"the pipeline has no {component}, its pipes are {nlp.pipe_names}; "
            "call prepare() first"
        )
    return learner_on(nlp, name, component, labels, exclusive=exclusive, seed=seed)


def _plan(n_texts: int, max_epochs: int | None) -> tuple[int, int]:
    """Return the passes to make, and the steps that they come to."""
    per_epoch = -(-n_texts // BATCH_SIZE)
    epochs = int(np.clip(30, -(-MIN_STEPS // per_epoch), max(1, MAX_STEPS // per_epoch)))
    epochs = epochs if max_epochs is None else max(1, min(epochs, max_epochs))
    return epochs, epochs * per_epoch


def _approaches(
    learner: BowLearner, evidence: Sequence[TextEvidence], max_epochs: int | None
) -> Iterator[dict[str, Any]]:
    """Come to the optimum in ever longer runs; one iteration is a pass over all texts."""
    left = MAX_ITERATIONS if max_epochs is None else max(1, max_epochs)
    n_steps, done, size, before = left, 0, 1, np.inf
    while left > 0:
        size = min(size, left)
        loss = learner.fit(evidence, max_iterations=size)
        left, done = left - size, done + size
        if before - loss <= LEAST_GAIN * abs(loss):
            left, n_steps = 0, done
        before, size = loss, 2 * size
        yield _history_row(n_steps, done, done, loss / len(evidence))


def _history_row(n_steps: int, epoch: int, step: int, loss: float) -> dict[str, Any]:
    return {
        "n_steps": n_steps,
        "epoch": epoch,
        "step": step,
        "loss": loss,
        "score": None,
        "scores": {},
    }


def _passes(
    learner: SpacyLearner,
    evidence: Sequence[TextEvidence],
    epochs: int,
    n_steps: int,
    seed: int,
) -> Iterator[dict[str, Any]]:
    rng = np.random.default_rng((seed, len(evidence)))
    every = max(1, n_steps // N_EVALUATIONS)
    step = n_seen = 0
    loss = 0.0
    for epoch in range(epochs):
        order = rng.permutation(len(evidence))
        for at in range(0, len(order), BATCH_SIZE):
            batch = [evidence[int(index)] for index in order[at : at + BATCH_SIZE]]
            share = 1.0 - (1.0 - _LAST_RATE) * step / n_steps
            loss += learner.learn(batch, rng, rate_share=share)
            step += 1
            n_seen += len(batch)
            if step % every == 0 or step == n_steps:
                if not np.isfinite(loss) or not learner.is_finite():
                    raise LearningError(
                        f"after {step} steps the weights are no numbers; start from another "
                        "pipeline, or leave out the texts that it cannot read"
                    )
                yield _history_row(n_steps, epoch + 1, step, loss / n_seen)
                loss, n_seen = 0.0, 0
