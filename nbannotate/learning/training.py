"""Many passes over all evidence: what a cell does between rounds of annotation.

It learns from the same evidence by the same gradient as the loop, so that a retrained
model differs from the loop's by its passes alone. The weights kept are those that score
best on the evidence held out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nbannotate.errors import LearningError, NothingToLearnError, PipelineError
from nbannotate.learning.base import SpacyLearner
from nbannotate.learning.checkpoints import Checkpoint
from nbannotate.learning.evidence import TextEvidence
from nbannotate.learning.pipelines import find_component
from nbannotate.learning.scoring import evaluate_evidence, main_score
from nbannotate.learning.spacy_ner import NerLearner
from nbannotate.learning.spacy_spancat import SpancatLearner
from nbannotate.learning.spacy_textcat import TextcatLearner
from nbannotate.tasks import Component

if TYPE_CHECKING:
    from spacy.language import Language

BATCH_SIZE = 8
MIN_STEPS, MAX_STEPS = 300, 1500
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
        the last ones are kept.
    labels
        The labels that matter.
    exclusive
        For textcat: exactly one label applies.
    seed
        Fixes the order of texts and all other random choices.
    max_epochs
        Passes at most; by default as many as make 300 to 1,500 steps of 8 texts.
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
    epochs, n_steps = _plan(len(usable), max_epochs)
    best: Checkpoint | None = None
    best_score, since_best = -1.0, 0
    history: list[dict[str, Any]] = []
    for row in _passes(learner, usable, epochs, n_steps, seed):
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
        if since_best >= PATIENCE:
            break
    if best is not None:
        learner.restore(best)
    return history


def _learner(
    nlp: Language, component: Component, labels: Sequence[str], exclusive: bool, seed: int
) -> SpacyLearner:
    name = find_component(nlp, component)
    if name is None:
        raise PipelineError(
            f"the pipeline has no {component}, its pipes are {nlp.pipe_names}; "
            "call prepare() first"
        )
    if component == "ner":
        return NerLearner(nlp, name, labels, seed=seed)
    if component == "spancat":
        return SpancatLearner(nlp, name, labels, seed=seed)
    return TextcatLearner(nlp, name, labels, exclusive=exclusive, seed=seed)


def _plan(n_texts: int, max_epochs: int | None) -> tuple[int, int]:
    """Return the passes to make, and the steps that they come to."""
    per_epoch = -(-n_texts // BATCH_SIZE)
    epochs = int(np.clip(30, -(-MIN_STEPS // per_epoch), max(1, MAX_STEPS // per_epoch)))
    epochs = epochs if max_epochs is None else max(1, min(epochs, max_epochs))
    return epochs, epochs * per_epoch


def _passes(
    learner: SpacyLearner,
    evidence: Sequence[TextEvidence],
    epochs: int,
    n_steps: int,
    seed: int,
) -> Any:
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
                yield {
                    "n_steps": n_steps,
                    "epoch": epoch + 1,
                    "step": step,
                    "loss": loss / n_seen,
                    "score": None,
                    "scores": {},
                }
                loss, n_seen = 0.0, 0
