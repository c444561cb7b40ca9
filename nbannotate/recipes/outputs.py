"""What a model says of many texts, whatever kind of model it is.

It keeps one thing true: every text has one output, or the error says which has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbannotate.errors import PipelineError, SourceError
from nbannotate.learning import find_component, find_suggesters, spans_key_of
from nbannotate.learning.pipelines import copy_pipeline, load_pipeline
from nbannotate.tasks import (
    COMPONENTS,
    Component,
    SourceText,
    Span,
    Version,
    check_inside,
)
from nbannotate.tasks.frame_cells import unwrapped

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

    from nbannotate.store import Store

LIKELY = 0.5
"""Where a text may have several labels, those at or above this probability are its output."""

ALLOWED = (
    "a spaCy pipeline, the path or package name of one, a version of store.models(), a function "
    "of a text, or a column of the source"
)


def find_model(given: object, name: str, texts: Sequence[SourceText], store: Store) -> object:
    """Return a pipeline that nobody else changes, a function, or the name of a column.

    Parameters
    ----------
    given
        What stands for the model.
    name
        What it is called, for messages.
    texts
        The source's texts, with the columns beside them.
    store
        Where versions of models are.

    Raises
    ------
    PipelineError
        If it is nothing that has outputs.
    """
    from spacy.language import Language

    if isinstance(given, str) and all(given in text.meta for text in texts):
        return given
    if isinstance(given, str) and not Path(given).exists() and store.has_model(given):
        return load_pipeline(store.saved_model(given))
    if isinstance(given, (str, Path)):
        return load_pipeline(given)
    nlp = given if isinstance(given, Language) else getattr(given, "nlp", None)
    if isinstance(nlp, Language):
        return copy_pipeline(nlp)
    if callable(given):
        return given
    raise PipelineError(f"{name!r} is {given!r}, which has no outputs; give {ALLOWED}")


def component_in_common(models: Iterable[object], component: Component | None) -> Component | None:
    """Return the component that all pipelines among some models have; None without any.

    Raises
    ------
    PipelineError
        If they have none in common, or several and none is named.
    """
    from spacy.language import Language

    pipelines = [model for model in models if isinstance(model, Language)]
    if not pipelines:
        return None
    shared = [each for each in COMPONENTS if all(_sets(nlp, each) for nlp in pipelines)]
    if component is not None and component in shared:
        return component
    if component is None and len(shared) == 1:
        return shared[0]
    pipes = "; ".join(str(nlp.pipe_names) for nlp in pipelines)
    raise PipelineError(
        f"the pipelines ({pipes}) have {', '.join(shared) or 'no component'} in common"
        + (f", not {component!r}" if component else "")
        + "; say which to compare with component=…, one of those that each of them has"
    )


def read_outputs(
    model: object,
    name: str,
    texts: Sequence[SourceText],
    *,
    component: Component | None,
) -> list[Version]:
    """Return what a model says of each text.

    Parameters
    ----------
    model
        From `find_model`.
    name
        What it is called.
    texts
        The texts.
    component
        Of a pipeline: what is read.

    Raises
    ------
    SourceError
        If there is no output for a text, or it is of an unknown kind.
    """
    from spacy.language import Language

    if isinstance(model, Language):
        docs = model.pipe(text.text for text in texts)
        return [_version_of_doc(name, doc, model, component) for doc in docs]
    read: Callable[[SourceText], object] = (
        (lambda text: text.meta[model])
        if isinstance(model, str)
        else (lambda text: model(text.text))  # type: ignore[operator]
    )
    return [_version(name, read(text), text) for text in texts]


def _version(name: str, output: object, text: SourceText) -> Version:
    if isinstance(output, str):
        return Version((name,), output=output)
    output = unwrapped(output)
    if isinstance(output, Mapping):
        return Version((name,), accept=_likely(output))
    if isinstance(output, (list, tuple)) and all(isinstance(each, str) for each in output):
        return Version((name,), accept=tuple(output))
    given: Any = output
    try:
        spans = [each if isinstance(each, Span) else Span.from_dict(each) for each in given]
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise SourceError(
            f"{name!r} says {str(output)[:80]!r} of {text.text[:60]!r}; an output is a string (a "
            "text), a list of strings (labels), a dict of labels and probabilities, or a list "
            "of spans with start, end and label"
        ) from error
    for span in spans:
        check_inside(span, text.text)
    return Version((name,), spans=_without_scores(spans))


def _version_of_doc(name: str, doc: Doc, nlp: Language, component: Component | None) -> Version:
    if component == "textcat":
        return Version((name,), accept=_likely(doc.cats, exclusive=_is_exclusive(nlp)))
    found: Any = doc.ents
    if component == "spancat":
        key = _spans_key(nlp)
        found = doc.spans.get(key, ())
    spans = [Span(span.start_char, span.end_char, span.label_) for span in found]
    return Version((name,), spans=_without_scores(spans))


def _without_scores(spans: Iterable[Span]) -> tuple[Span, ...]:
    return tuple(sorted({Span(span.start, span.end, span.label) for span in spans}))


def _likely(cats: Mapping[str, float], *, exclusive: bool = False) -> tuple[str, ...]:
    if exclusive and cats:
        return (max(cats, key=lambda label: cats[label]),)
    return tuple(label for label, score in cats.items() if score >= LIKELY)


def _is_exclusive(nlp: Language) -> bool:
    return any(nlp.get_pipe_meta(name).factory == "textcat" for name in nlp.pipe_names)


def _sets(nlp: Language, component: Component) -> bool:
    return find_component(nlp, component) is not None or bool(find_suggesters(nlp, component))


def _spans_key(nlp: Language) -> str | None:
    name = find_component(nlp, "spancat")
    if name is None:
        return spans_key_of(nlp, find_suggesters(nlp, "spancat"))
    return str(getattr(nlp.get_pipe(name), "key", "sc"))
