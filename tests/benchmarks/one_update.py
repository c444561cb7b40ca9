"""The loop that today's best known tool documents: one simple update an answer, none again.

Its makers write of it that in the loop there is "only one simple update", and to users that
of whole answers ``nlp.update`` is to be called. So that is what these learners do: spaCy's
own update, with spaCy's own settings, on spaCy's own components. Sources:
https://support.prodi.gy/t/updated-model-in-ner-teach/1010 and
https://support.prodi.gy/t/active-learning-and-update-function/3938.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import spacy

from nbannotate.learning.alignment import aligned_only
from nbannotate.learning.base import SpacyLearner
from nbannotate.learning.evidence import TextEvidence
from nbannotate.learning.pipelines import seeded
from nbannotate.learning.spacy_ner import NerLearner
from nbannotate.learning.spacy_spancat import SpancatLearner
from nbannotate.learning.spacy_textcat import TextcatLearner

if TYPE_CHECKING:
    import numpy as np
    from spacy.tokens import Doc
    from spacy.training import Example
    from thinc.api import Optimizer


class OneUpdate(SpacyLearner):
    """Learns an answer by one call of ``nlp.update``; reads as ours of the same component."""

    def _make_optimizer(self) -> Optimizer:
        return self.nlp.create_optimizer()

    def _learn_from(self, new: Sequence[TextEvidence], rng: np.random.Generator) -> None:
        self.nlp.update([self._example(each) for each in new], sgd=self._optimizer)

    def _example(self, evidence: TextEvidence) -> Example:
        from spacy.training import Example

        doc = self.nlp.make_doc(evidence.text)
        return Example.from_dict(doc, self._annotations(evidence, doc))

    @abstractmethod
    def _annotations(self, evidence: TextEvidence, doc: Doc) -> dict[str, Any]:
        """Return what is known of a text in the form that spaCy reads."""


class OneUpdateNer(OneUpdate, NerLearner):
    """Of named entities."""

    def _annotations(self, evidence: TextEvidence, doc: Doc) -> dict[str, Any]:
        return {"entities": _spans(evidence, doc)}


class OneUpdateSpancat(OneUpdate, SpancatLearner):
    """Of spans that may overlap."""

    def _annotations(self, evidence: TextEvidence, doc: Doc) -> dict[str, Any]:
        return {"spans": {self.pipe.key: _spans(evidence, doc)}}


class OneUpdateTextcat(OneUpdate, TextcatLearner):
    """Of labels of texts."""

    def _annotations(self, evidence: TextEvidence, doc: Doc) -> dict[str, Any]:
        return {"cats": dict(evidence.cats)}


KINDS: dict[str, type[OneUpdate]] = {
    "ner": OneUpdateNer,
    "spancat": OneUpdateSpancat,
    "textcat": OneUpdateTextcat,
}


def one_update(
    component: str, labels: tuple[str, ...], exclusive: bool, seed: int
) -> SpacyLearner:
    """Return the learner, on a pipeline that spaCy has made."""
    several = component == "textcat" and not exclusive
    name = "textcat_multilabel" if several else component
    nlp = spacy.blank("en")
    pipe: Any = nlp.add_pipe(name)
    for label in labels:
        pipe.add_label(label)
    with seeded(seed):
        nlp.initialize()
    settings: dict[str, Any] = {"exclusive": exclusive} if component == "textcat" else {}
    return KINDS[component](nlp, name, labels, seed=seed, **settings)


def _spans(evidence: TextEvidence, doc: Doc) -> list[tuple[int, int, str]]:
    """Return the spans on the tokens; spaCy reads no others."""
    return [
        (span.start, span.end, span.label)
        for _, span in aligned_only(doc, evidence.spans, evidence.text)
    ]
