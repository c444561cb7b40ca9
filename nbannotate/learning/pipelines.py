"""Getting a pipeline ready to be taught.

The pipeline that comes out shares nothing with the one that went in: whatever the loop
does, the user's own object stays as it was.
"""

from __future__ import annotations

import copy
import random
import threading
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbannotate.errors import PipelineError
from nbannotate.learning.architectures import ner_config, spancat_config, textcat_config
from nbannotate.learning.growth import widened
from nbannotate.tasks import Component

if TYPE_CHECKING:
    from spacy.language import Language

FACTORIES: Mapping[str, tuple[str, ...]] = {
    "ner": ("ner", "beam_ner"),
    "textcat": ("textcat", "textcat_multilabel"),
    "spancat": ("spancat",),
}

_SEEDING = threading.RLock()

SPANCAT_PRIOR = 0.01
"""The probability that a new spancat gives to every span.

Nearly all spans of a text are no annotation. Started even, a model would suggest half of
them at first, and spend its first answers on unlearning that; see Lin et al. (2017),
"Focal loss for dense object detection", 4.1.
"""


def prepare(
    nlp: Language | str | Path | None = None,
    *,
    component: Component = "ner",
    labels: Sequence[str],
    exclusive: bool = True,
    lang: str = "en",
    seed: int = 0,
) -> Language:
    """Return an independent pipeline with a component that knows the labels.

    Parameters
    ----------
    nlp
        A pipeline, the directory or package name of one, or None for a blank one.
    component
        ``"ner"``, ``"textcat"`` or ``"spancat"``.
    labels
        The labels to be suggested. A trained component keeps its own beside them, and what
        it has learned; but a textcat that knows none of these, or is of the other kind (see
        ``exclusive``), is replaced by a new one, with a warning.
    exclusive
        For textcat: exactly one label applies. One label alone is never exclusive.
    lang
        The language of a blank pipeline.
    seed
        Seeds the first weights of a new component.

    Returns
    -------
    Language
        With one component of the kind asked for (see `find_component`), which listens to no
        other component.

    Raises
    ------
    PipelineError
        If ``nlp`` is not a pipeline, or a path that holds none, or ``lang`` is unknown.

    Examples
    --------
    >>> prepare(labels=["DRUG"]).pipe_names
    ['ner']
    """
    ready = _copy_or_load(nlp, lang)
    if find_component(ready, component) is None:
        _enable_disabled(ready, component)
    with seeded(seed):
        if component == "ner":
            _prepare_ner(ready, labels)
        elif component == "spancat":
            _prepare_spancat(ready, labels)
        else:
            _prepare_textcat(ready, labels, exclusive and len(labels) > 1)
        _set_aside_untrained(ready)
    return ready


def find_component(nlp: Language, component: str, labels: Sequence[str] = ()) -> str | None:
    """Return the name of the pipe of this kind, None if there is none.

    Of several the one that knows most of the labels, and then the fewest others.
    """
    named = [
        name for name in nlp.pipe_names if nlp.get_pipe_meta(name).factory in FACTORIES[component]
    ]

    def fit(name: str) -> tuple[int, int, bool, int]:
        known = set(nlp.get_pipe(name).labels) if labels else set()  # type: ignore[attr-defined]
        wanted = known & set(labels)
        return len(wanted), -len(known - wanted), name == component, named.index(name)

    return max(named, key=fit, default=None)


def _enable_disabled(nlp: Language, component: str) -> None:
    """Enable the component of this kind that is in the pipeline but disabled, if there is one."""
    for name in nlp.disabled:
        if nlp.get_pipe_meta(name).factory in FACTORIES[component]:
            nlp.enable_pipe(name)
            return


def _set_aside_untrained(nlp: Language) -> None:
    """Disable the pipes that were never initialized, so that the pipeline can be called.

    Layers that others listen to are initialized instead: they need no labels.
    """
    from thinc.api import Model

    for name, pipe in nlp.pipeline:
        if not isinstance(getattr(pipe, "model", None), Model) or _is_initialized(pipe):
            continue
        if hasattr(pipe, "listener_map"):
            _initialize(nlp, name, {})
        else:
            nlp.disable_pipe(name)


def copy_pipeline(nlp: Language) -> Language:
    """Return a copy that shares nothing with ``nlp``, and rejects spans as it does.

    A deep copy forgets under which key a ner finds the spans known to be wrong, and
    then passes over them without a word; the key is put back.
    """
    try:
        twin = copy.deepcopy(nlp)
    except Exception:  # noqa: BLE001  whatever a user's component raises, bytes remain
        from spacy.util import load_model_from_config

        twin = load_model_from_config(nlp.config, vocab=True)
        twin.from_bytes(nlp.to_bytes())
    for name, pipe in nlp.pipeline:
        moves = getattr(pipe, "moves", None)
        if moves is not None:
            copied: Any = twin.get_pipe(name)
            copied.moves.cfg.update(moves.cfg)
            copied.cfg.update(getattr(pipe, "cfg", {}))
    return twin


def check_part(nlp: Language, name: str, pipe: object) -> None:
    """Raise if a component is no longer a pipeline's.

    Raises
    ------
    PipelineError
        If it was removed or replaced.
    """
    if name not in nlp.pipe_names or nlp.get_pipe(name) is not pipe:
        raise PipelineError(
            f"the component {name!r} was taken out of the loop's pipeline, which now has "
            f"{nlp.pipe_names or 'none'}; ann.resume() puts it back, ann.nlp is a copy to change"
        )


def put_back(
    nlp: Language, name: str, pipe: Any, *, factory: str, config: Mapping[str, Any]
) -> None:
    """Make a component a pipeline's again; one that was removed comes at the end."""
    if name not in nlp.component_names:
        settings = {key: value for key, value in config.items() if key != "factory"}
        nlp.add_pipe(factory, name=name, config=settings)
    nlp.enable_pipe(name)
    # There is no public way: add_pipe and replace_pipe both make a component anew.
    nlp._components[nlp.component_names.index(name)] = (name, pipe)  # noqa: SLF001


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seed the global generators that spaCy draws from, and put them back as they were.

    One thread at a time: models are made on the threads of their sessions.
    """
    import numpy as np

    with _SEEDING:
        python_state, numpy_state = random.getstate(), np.random.get_state()  # noqa: NPY002
        random.seed(seed)
        np.random.seed(seed % 2**32)  # noqa: NPY002
        try:
            yield
        finally:
            random.setstate(python_state)
            np.random.set_state(numpy_state)  # noqa: NPY002


def _copy_or_load(nlp: Language | str | Path | None, lang: str) -> Language:
    from spacy.language import Language

    if nlp is None:
        return blank_pipeline(lang)
    if isinstance(nlp, Language):
        return copy_pipeline(nlp)
    return load_pipeline(nlp)


def blank_pipeline(lang: str) -> Language:
    """Return a pipeline of a language that does nothing but tokenize.

    Raises
    ------
    PipelineError
        If spaCy does not know the language.
    """
    import spacy

    try:
        return spacy.blank(lang)
    except ImportError as error:
        raise PipelineError(
            f"lang={lang!r} is no language that spaCy knows; give a code such as 'en' or "
            "'de', or 'xx' for many languages"
        ) from error


def load_pipeline(nlp: object) -> Language:
    """Load a pipeline from the directory or package of that name.

    Raises
    ------
    PipelineError
        If there is none.
    """
    import spacy

    if not isinstance(nlp, (str, Path)):
        raise PipelineError(
            f"nlp is of type {type(nlp).__name__}; give a spaCy pipeline, the directory or "
            "package name of one, or None to start from a blank one"
        )
    try:
        return spacy.load(nlp)
    except OSError as error:
        path = Path(nlp)
        if path.is_dir():
            remedy = (
                "it is a directory without spaCy's config.cfg and meta.json; give the "
                "directory that nlp.to_disk() wrote"
            )
        elif path.exists():
            remedy = "it is a file; give the directory that nlp.to_disk() wrote"
        else:
            remedy = (
                "there is no such directory, and no such package is installed; check the "
                f"path, or install it with: python -m spacy download {path.name}"
            )
        raise PipelineError(f"nlp={str(nlp)!r} holds no pipeline: {remedy}") from error
    except ValueError as error:
        raise PipelineError(
            f"nlp={str(nlp)!r} could not be loaded: {error}; import the code that its "
            "components are defined in, then give it again"
        ) from error


def _stand_alone(nlp: Language, name: str) -> None:
    """Give a component its own copy of the layers that it listens to in another."""
    for upstream, pipe in nlp.pipeline:
        listeners = getattr(pipe, "listener_map", {}).get(name)
        if listeners:
            nlp.replace_listeners(upstream, name, _listener_paths(nlp.get_pipe_config(name)))


def _listener_paths(config: Mapping[str, Any], prefix: str = "") -> list[str]:
    paths: list[str] = []
    for key, value in config.items():
        if isinstance(value, Mapping):
            path = f"{prefix}{key}"
            if "Listener" in str(value.get("@architectures", "")):
                paths.append(path)
            else:
                paths.extend(_listener_paths(value, f"{path}."))
    return paths


def _prepare_ner(nlp: Language, labels: Sequence[str]) -> None:
    name = find_component(nlp, "ner", labels)
    if name is None:
        pipe: Any = nlp.add_pipe("ner", config=ner_config(has_vectors(nlp)))
        name = "ner"
    else:
        _stand_alone(nlp, name)
        pipe = nlp.get_pipe(name)
        if pipe.model.name != "parser_model":
            raise PipelineError(
                f"the pipeline's {name!r} has a model of the kind {pipe.model.name!r}; only "
                "spaCy's transition-based ner can learn in the loop: remove the component "
                "with nlp.remove_pipe(), and a new one is added"
            )
    for label in labels:
        pipe.add_label(label)
    if not _is_initialized(pipe):
        _initialize(nlp, name, {})
    pipe.model.attrs["unseen_classes"].clear()


def _prepare_textcat(nlp: Language, labels: Sequence[str], exclusive: bool) -> None:
    factory = "textcat" if exclusive else "textcat_multilabel"
    name = find_component(nlp, "textcat", labels)
    if name is not None:
        pipe: Any = nlp.get_pipe(name)
        if _is_initialized(pipe):
            is_of_kind = nlp.get_pipe_meta(name).factory == factory
            if is_of_kind and not set(pipe.labels).isdisjoint(labels):
                _stand_alone(nlp, name)
                if not set(labels) <= set(pipe.labels):
                    _widen(nlp, name, labels)
                return
            warnings.warn(_begins_anew(nlp, name, labels, exclusive), UserWarning, stacklevel=3)
        nlp.remove_pipe(name)
    new = factory if factory not in nlp.component_names else f"{factory}_in_loop"
    nlp.add_pipe(factory, new, config=textcat_config(exclusive))
    _initialize(nlp, new, dict.fromkeys(labels, 0.0))


def _begins_anew(nlp: Language, name: str, labels: Sequence[str], exclusive: bool) -> str:
    known: Sequence[str] = nlp.get_pipe(name).labels  # type: ignore[attr-defined]
    is_of_kind = (nlp.get_pipe_meta(name).factory == "textcat") == exclusive
    remedy = (
        f"to go on from it, ask for labels that it has: labels={list(known)!r}"
        if is_of_kind
        else f"to go on from it, ask with exclusive={not exclusive}"
    )
    return (
        f"the pipeline's {name!r} is left out of the loop, and a new one learns from nothing: "
        f"it is a {nlp.get_pipe_meta(name).factory} with the labels {', '.join(known)}, asked for "
        f"is {'exactly one' if exclusive else 'any number'} of {', '.join(labels)}; {remedy}"
    )


def _prepare_spancat(nlp: Language, labels: Sequence[str]) -> None:
    name = find_component(nlp, "spancat", labels)
    if name is None:
        _refuse_same_key(nlp)
        nlp.add_pipe("spancat", config=spancat_config(has_vectors(nlp)))
        _initialize_spancat(nlp, "spancat", labels)
        return
    _stand_alone(nlp, name)
    pipe: Any = nlp.get_pipe(name)
    if not {"tok2vec", "reducer", "scorer"} <= set(pipe.model.ref_names):
        raise PipelineError(
            f"the pipeline's {name!r} has a model of the kind {pipe.model.name!r}; only "
            "spaCy's SpanCategorizer can learn in the loop: remove the component with "
            "nlp.remove_pipe(), and a new one is added"
        )
    if not _is_initialized(pipe):
        _initialize_spancat(nlp, name, tuple(dict.fromkeys((*pipe.labels, *labels))))
    elif not set(labels) <= set(pipe.labels):
        _widen(nlp, name, labels)


def _refuse_same_key(nlp: Language) -> None:
    from spacy.pipeline.spancat import DEFAULT_SPANS_KEY

    for name in nlp.pipe_names:
        if nlp.get_pipe_config(name).get("spans_key") == DEFAULT_SPANS_KEY:
            raise PipelineError(
                f"the pipeline's {name!r} is a {nlp.get_pipe_meta(name).factory}, which writes to "
                f"doc.spans[{DEFAULT_SPANS_KEY!r}] as a spancat does; remove it with "
                f"nlp.remove_pipe({name!r}), or give it another spans_key"
            )


def _initialize_spancat(nlp: Language, name: str, labels: Sequence[str]) -> None:
    """Give every span the same small probability at first."""
    import numpy as np

    _initialize(nlp, name, {}, labels=labels)
    pipe: Any = nlp.get_pipe(name)
    output = _output_layer(pipe)
    output.set_param("W", np.zeros_like(output.get_param("W")))
    odds = np.log(SPANCAT_PRIOR / (1.0 - SPANCAT_PRIOR))
    output.set_param("b", np.full_like(output.get_param("b"), odds))


def _widen(nlp: Language, name: str, labels: Sequence[str]) -> None:
    """Replace a component by one that knows more labels, and all that the former one did."""
    former: Any = nlp.get_pipe(name)
    factory = nlp.get_pipe_meta(name).factory
    config = {key: value for key, value in nlp.get_pipe_config(name).items() if key != "factory"}
    at = nlp.component_names.index(name)
    nlp.remove_pipe(name)
    after = nlp.component_names[at] if at < len(nlp.component_names) else None
    nlp.add_pipe(factory, name, config=config, before=after)
    all_labels = tuple(dict.fromkeys((*former.labels, *labels)))
    if factory == "spancat":
        _initialize_spancat(nlp, name, all_labels)
    else:
        _initialize(nlp, name, dict.fromkeys(all_labels, 0.0))
    pipe: Any = nlp.get_pipe(name)
    for old, new in zip(former.model.walk(), pipe.model.walk(), strict=True):
        for param in old.param_names:
            new.set_param(param, widened(old.get_param(param), new.get_param(param)))


def _output_layer(pipe: Any) -> Any:
    """Return the layer that makes one number a label; its activation has no weights."""
    return [node for node in pipe.model.get_ref("scorer").walk() if node.has_param("W")][-1]


def untrained_labels(pipe: Any) -> frozenset[str]:
    """Return the labels of a spancat whose weights are those that it was made with."""
    weights = _output_layer(pipe).get_param("W")
    return frozenset(
        label for label, row in zip(pipe.labels, weights, strict=True) if not row.any()
    )


def has_vectors(nlp: Language) -> bool:
    """Return whether the pipeline has word vectors worth reading."""
    return bool(nlp.vocab.vectors.shape[1] > 0 and nlp.vocab.vectors.n_keys != 0)


def _is_initialized(pipe: Any) -> bool:
    nodes: list[Any] = list(pipe.model.walk())
    return all(node.has_param(name) for node in nodes for name in node.param_names)


def _initialize(
    nlp: Language, name: str, cats: Mapping[str, float], *, labels: Sequence[str] = ()
) -> None:
    from spacy.training import Example

    sample = ["The quick brown fox jumps over the lazy dog.", "Is it 25 °C in São Paulo?"]
    if cats:
        marks = [dict(cats) for _ in sample]
        for mark, label in zip(marks, cats, strict=False):
            mark[label] = 1.0
    else:
        marks = [{} for _ in sample]
    examples = [
        Example.from_dict(nlp.make_doc(text), {"cats": mark} if cats else {})
        for text, mark in zip(sample, marks, strict=True)
    ]
    pipe: Any = nlp.get_pipe(name)
    if cats or labels:
        pipe.initialize(lambda: examples, nlp=nlp, labels=list(cats or labels))
    else:
        pipe.initialize(lambda: examples, nlp=nlp)
