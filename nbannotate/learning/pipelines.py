"""Getting a pipeline ready to be taught.

The pipeline that comes out shares nothing with the one that went in: whatever the loop
does, the user's own object stays as it was.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from nbannotate.errors import PipelineError

if TYPE_CHECKING:
    from spacy.language import Language

Component = Literal["ner", "textcat"]
FACTORIES: Mapping[str, tuple[str, ...]] = {
    "ner": ("ner", "beam_ner"),
    "textcat": ("textcat", "textcat_multilabel"),
}


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
        ``"ner"`` or ``"textcat"``.
    labels
        The labels to be suggested. A trained ner keeps its own beside them; a textcat
        with other labels is built anew.
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
    with seeded(seed):
        if component == "ner":
            _prepare_ner(ready, labels)
        else:
            _prepare_textcat(ready, labels, exclusive and len(labels) > 1)
    return ready


def find_component(nlp: Language, component: str) -> str | None:
    """Return the name of the pipe of this kind, None if there is none."""
    named = [
        name for name in nlp.pipe_names if nlp.get_pipe_meta(name).factory in FACTORIES[component]
    ]
    return (component if component in named else named[-1]) if named else None


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


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seed the global generators that spaCy draws from, and put them back as they were."""
    import numpy as np

    python_state, numpy_state = random.getstate(), np.random.get_state()  # noqa: NPY002
    random.seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002
    try:
        yield
    finally:
        random.setstate(python_state)
        np.random.set_state(numpy_state)  # noqa: NPY002


def _copy_or_load(nlp: Language | str | Path | None, lang: str) -> Language:
    import spacy
    from spacy.language import Language

    if nlp is None:
        try:
            return spacy.blank(lang)
        except ImportError as error:
            raise PipelineError(
                f"lang={lang!r} is no language that spaCy knows; give a code such as 'en' or "
                "'de', or 'xx' for many languages"
            ) from error
    if isinstance(nlp, Language):
        return copy_pipeline(nlp)
    return load_pipeline(nlp)


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
    name = find_component(nlp, "ner")
    if name is None:
        pipe: Any = nlp.add_pipe("ner", config=_ner_config(has_vectors(nlp)))
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
    name = find_component(nlp, "textcat")
    if name is not None:
        pipe: Any = nlp.get_pipe(name)
        fits = nlp.get_pipe_meta(name).factory == factory and set(pipe.labels) == set(labels)
        if fits and _is_initialized(pipe):
            _stand_alone(nlp, name)
            return
        nlp.remove_pipe(name)
    nlp.add_pipe(factory, config=_textcat_config(exclusive))
    _initialize(nlp, factory, dict.fromkeys(labels, 0.0))


def has_vectors(nlp: Language) -> bool:
    """Return whether the pipeline has word vectors worth reading."""
    return bool(nlp.vocab.vectors.shape[1] > 0 and nlp.vocab.vectors.n_keys != 0)


def _is_initialized(pipe: Any) -> bool:
    nodes: list[Any] = list(pipe.model.walk())
    return all(node.has_param(name) for node in nodes for name in node.param_names)


def _initialize(nlp: Language, name: str, cats: Mapping[str, float]) -> None:
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
    if cats:
        pipe.initialize(lambda: examples, nlp=nlp, labels=list(cats))
    else:
        pipe.initialize(lambda: examples, nlp=nlp)


def _ner_config(with_vectors: bool) -> dict[str, Any]:
    return {
        "model": {
            "@architectures": "spacy.TransitionBasedParser.v2",
            "state_type": "ner",
            "extra_state_tokens": False,
            "hidden_width": 64,
            "maxout_pieces": 2,
            "use_upper": True,
            "nO": None,
            "tok2vec": {
                "@architectures": "spacy.Tok2Vec.v2",
                "embed": {
                    "@architectures": "spacy.MultiHashEmbed.v2",
                    "width": 96,
                    "attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE"],
                    "rows": [5000, 1000, 2500, 2500],
                    "include_static_vectors": with_vectors,
                },
                "encode": {
                    "@architectures": "spacy.MaxoutWindowEncoder.v2",
                    "width": 96,
                    "depth": 2,
                    "window_size": 1,
                    "maxout_pieces": 3,
                },
            },
        },
        "incorrect_spans_key": "incorrect_spans",
    }


def _textcat_config(exclusive: bool) -> dict[str, Any]:
    return {
        "model": {
            "@architectures": "spacy.TextCatBOW.v3",
            "exclusive_classes": exclusive,
            "length": 32768,
            "ngram_size": 1,
            "no_output_layer": False,
        }
    }
