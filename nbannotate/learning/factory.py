"""From what a recipe is given to a learner that is ready to be asked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nbannotate.errors import PipelineError
from nbannotate.learning.base import SpacyLearner
from nbannotate.learning.pipelines import find_component, prepare
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
    ready = prepare(
        nlp, component=component, labels=labels, exclusive=exclusive, lang=lang, seed=seed
    )
    name = find_component(ready, component)
    if name is None:
        raise PipelineError(f"the pipeline has no {component}; its pipes are {ready.pipe_names}")
    if component == "ner":
        return NerLearner(ready, name, labels, seed=seed)
    if component == "spancat":
        return SpancatLearner(ready, name, labels, seed=seed)
    return TextcatLearner(ready, name, labels, exclusive=exclusive, seed=seed)
