"""From what a recipe is given to a learner that is ready to be asked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nbannotate.errors import PipelineError
from nbannotate.learning.base import SpacyLearner
from nbannotate.learning.pipelines import find_component, prepare
from nbannotate.learning.spacy_bow import BowLearner, bow_layers
from nbannotate.learning.spacy_ner import NerLearner
from nbannotate.learning.spacy_spancat import SpancatLearner
from nbannotate.learning.spacy_textcat import TextcatLearner
from nbannotate.tasks import Component

if TYPE_CHECKING:
    from spacy.language import Language


def make_learner(
    component: Component,
    nlp: Language | str | Path | None = None,
    *,
    labels: Sequence[str],
    exclusive: bool = True,
    seed: int = 0,
    lang: str = "en",
    first_labels: Sequence[str] = (),
) -> SpacyLearner:
    """Return a learner on a copy of a pipeline.

    Parameters
    ----------
    component
        ``"ner"``, ``"textcat"`` or ``"spancat"``.
    nlp
        A pipeline, the directory or package name of one, or None for a blank one; see
        `prepare`.
    labels
        The labels to suggest.
    exclusive
        For textcat: exactly one label applies. One label alone is never exclusive.
    seed
        Equal seeds and answers make equal models.
    lang
        The language of a blank pipeline.
    first_labels
        Those of the labels that the first answer to be learned was asked with, if it was
        not asked with all. A model that can grow begins with these and takes the others in
        the course of `Learner.rebuild`, so that it is the same as if they came midway.

    Raises
    ------
    PipelineError
        If ``nlp`` cannot be used.

    Examples
    --------
    >>> learner = make_learner("textcat", labels=["praise", "complaint"])
    >>> learner.predict(["Lovely!"])[0].cats
    {'praise': 0.5, 'complaint': 0.5}
    """
    first = tuple(label for label in labels if label in first_labels)
    begun_with = first if component == "ner" and first else tuple(labels)
    ready = prepare(
        nlp, component=component, labels=begun_with, exclusive=exclusive, lang=lang, seed=seed
    )
    name = find_component(ready, component, labels)
    if name is None:
        raise PipelineError(f"the pipeline has no {component}; its pipes are {ready.pipe_names}")
    learner = learner_on(ready, name, component, begun_with, exclusive=exclusive, seed=seed)
    if isinstance(learner, NerLearner):
        learner.wanted = tuple(labels)
    learner.remake = lambda base, more: make_learner(
        component, base, labels=more, exclusive=exclusive, seed=seed, lang=lang
    )
    return learner


def learner_on(
    nlp: Language,
    name: str,
    component: Component,
    labels: Sequence[str],
    *,
    exclusive: bool,
    seed: int,
) -> SpacyLearner:
    """Return the learner that suits a component of a pipeline from `prepare`."""
    if component == "ner":
        return NerLearner(nlp, name, labels, seed=seed)
    if component == "spancat":
        return SpancatLearner(nlp, name, labels, seed=seed)
    is_bow = bow_layers(nlp.get_pipe(name).model) is not None  # type: ignore[attr-defined]
    kind = BowLearner if is_bow else TextcatLearner
    return kind(nlp, name, labels, exclusive=exclusive, seed=seed)
