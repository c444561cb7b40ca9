"""Pipelines that suggest as they are: rules, language models, anything that sets a Doc.

Nothing is learned here. One thing is kept true: no text is read twice, and no more texts
at a time than are asked for, because reading one may cost a second and a cent.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbannotate.learning.base import MAX_CHARACTERS_READ
from nbannotate.learning.pipelines import FACTORIES, copy_pipeline, load_pipeline
from nbannotate.learning.protocol import Progress
from nbannotate.tasks.prediction import Prediction
from nbannotate.tasks.records import Answer, Span

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

TEXTS_AT_ONCE = 4
"""Two texts are on the page, one shown and one promised; two more are there to choose from."""

FEWEST_TEXTS = 3

SETS = {"ner": "doc.ents", "textcat": "doc.cats", "spancat": "doc.spans"}


class SuggestingLearner:
    """Suggests what a pipeline finds, and takes no update; see `suggester`.

    Parameters
    ----------
    nlp
        The pipeline; the learner owns it from now on.
    labels
        Of these alone is anything suggested; None for all.
    spans_key
        Spans are read from ``doc.spans[spans_key]``; None: from ``doc.ents``.
    window
        How many texts are read ahead for the next question.
    """

    learns = False
    learned = 0

    def __init__(
        self,
        nlp: Language,
        *,
        labels: Iterable[str] | None = None,
        spans_key: str | None = None,
        window: int = TEXTS_AT_ONCE,
    ) -> None:
        if window < FEWEST_TEXTS:
            raise ValueError(
                f"window={window} is too few: two texts are on the page already; give "
                f"{FEWEST_TEXTS} or more"
            )
        self.nlp = nlp
        self.window = window
        self._labels = None if labels is None else tuple(labels)
        self._spans_key = spans_key
        self._read: dict[str, Prediction] = {}

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that predictions may carry, empty for any."""
        return self._labels or ()

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        """Return one prediction per text; a text read before is not read again.

        Of a text longer than 50,000 characters, only so many are read.
        """
        new = [text for text in dict.fromkeys(texts) if text not in self._read]
        docs = self.nlp.pipe(text[:MAX_CHARACTERS_READ] for text in new)
        for text, doc in zip(new, docs, strict=True):
            self._read[text] = self._prediction(doc)
        return [self._read[text] for text in texts]

    def update(self, answers: Sequence[Answer]) -> None:
        """Learn nothing."""

    def forget(self, answer: Answer) -> None:
        """Forget nothing: nothing was learned."""

    def remember(self, answers: Sequence[Answer]) -> None:
        """Learn nothing."""

    def rebuild(self, answers: Sequence[Answer], progress: Progress | None = None) -> None:
        """Learn nothing."""

    def add_label(self, label: str) -> None:
        """Suggest one more label, where the pipeline finds it."""
        if self._labels is not None:
            self._labels += (label,)
            self._read.clear()

    def copy_nlp(self) -> Language:
        """Return a copy of the pipeline, where it can be copied."""
        return copy_where_possible(self.nlp)

    def _prediction(self, doc: Doc) -> Prediction:
        spans = tuple(self._spans(doc))
        cats = {
            label: min(1.0, max(0.0, float(score)))
            for label, score in doc.cats.items()
            if self._is_asked(label)
        }
        return Prediction(spans=spans, candidates=spans, cats=cats)

    def _spans(self, doc: Doc) -> Iterable[Span]:
        group: Any = doc.ents if self._spans_key is None else doc.spans.get(self._spans_key, ())
        scores = list(getattr(group, "attrs", {}).get("scores", ()))
        for at, found in enumerate(group):
            score = float(scores[at]) if len(scores) == len(group) else None
            words = [token for token in found if not token.is_space]
            if words and self._is_asked(found.label_):
                end = words[-1].idx + len(words[-1])
                yield Span(words[0].idx, end, found.label_, score)

    def _is_asked(self, label: str) -> bool:
        return self._labels is None or label in self._labels


def suggester(
    nlp: Language | str | Path,
    *,
    labels: Iterable[str] | None = None,
    spans_key: str | None = None,
    window: int = TEXTS_AT_ONCE,
) -> SuggestingLearner:
    """Return a learner that suggests what a pipeline finds, and never learns.

    For rules (an entity ruler, a matcher) and for large language models (such as
    spacy-llm). Whatever sets ``doc.ents``, ``doc.cats`` or ``doc.spans`` will do.

    Parameters
    ----------
    nlp
        The pipeline, or the directory or package name of one. It is copied; one that
        cannot be copied is run as it is, with a warning.
    labels
        Suggest these alone; None for all that the recipe asks about.
    spans_key
        Read spans from ``doc.spans[spans_key]``, for spans that may overlap; None to read
        ``doc.ents``.
    window
        How many texts are read ahead, at least 3: a call each, where a text is a call.
        Beyond these, one text is read per answer, and none twice.

    Returns
    -------
    SuggestingLearner
        To be given to a recipe as ``learner``.

    Raises
    ------
    PipelineError
        If ``nlp`` is no pipeline.
    ValueError
        If ``window`` is less than 3.

    Examples
    --------
    >>> import nbannotate as nb
    >>> import spacy
    >>> nlp = spacy.blank("en")
    >>> nlp.add_pipe("entity_ruler").add_patterns([{"label": "PART", "pattern": "brake"}])
    >>> ann = nb.ner.correct(
    ...     ["The brake is loose"], labels=["PART"], learner=nb.suggester(nlp), store=":memory:"
    ... )
    >>> ann.session.task.spans
    (Span(start=4, end=9, label='PART', score=None),)
    >>> ann.close()
    """
    from spacy.language import Language

    ready = copy_where_possible(nlp) if isinstance(nlp, Language) else load_pipeline(nlp)
    return SuggestingLearner(ready, labels=labels, spans_key=spans_key, window=window)


def find_suggesters(nlp: object, component: str) -> list[str]:
    """Return the pipes that set what a component would, if the pipeline has none that learns.

    Parameters
    ----------
    nlp
        A pipeline; anything else has none.
    component
        ``"ner"``, ``"textcat"`` or ``"spancat"``.

    Examples
    --------
    >>> import spacy
    >>> nlp = spacy.blank("en")
    >>> _ = nlp.add_pipe("entity_ruler")
    >>> find_suggesters(nlp, "ner"), find_suggesters(nlp, "textcat")
    (['entity_ruler'], [])
    """
    from spacy.language import Language

    if not isinstance(nlp, Language):
        return []
    made_by = {name: nlp.get_pipe_meta(name).factory for name in nlp.pipe_names}
    if set(made_by.values()) & set(FACTORIES.get(component, (component,))):
        return []
    return [name for name in made_by if _sets(nlp, name, component)]


def copy_where_possible(nlp: Language) -> Language:
    """Return a copy of a pipeline, or with a warning the pipeline itself."""
    try:
        return copy_pipeline(nlp)
    except Exception as error:  # noqa: BLE001 - a client of a remote model may hold anything
        warnings.warn(
            f"the pipeline {nlp.pipe_names} cannot be copied ({error}); it is run as it is: "
            "do not call it in a cell while the loop goes on",
            UserWarning,
            stacklevel=3,
        )
        return nlp


def _sets(nlp: Language, name: str, component: str) -> bool:
    meta, config = nlp.get_pipe_meta(name), nlp.get_pipe_config(name)
    if component == "ner" and config.get("annotate_ents"):
        return True
    # spacy-llm's factories are named llm, llm_ner, …; what they set depends on their task.
    is_language_model = meta.factory in {"llm", f"llm_{component}"}
    return is_language_model or SETS[component] in meta.assigns


def spans_key_of(nlp: Language, names: Sequence[str]) -> str | None:
    """Return the key under which the first of these pipes writes spans, None without one."""
    keys: list[Mapping[str, Any]] = [nlp.get_pipe_config(name) for name in names]
    return next((str(key["spans_key"]) for key in keys if key.get("spans_key")), None)
