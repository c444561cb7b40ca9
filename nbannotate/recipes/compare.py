"""``nb.compare``: two models' outputs side by side, to say blind which is better."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

from nbannotate.errors import LabelError, SourceError
from nbannotate.pool import Pool
from nbannotate.recipes.outputs import component_in_common, find_model, read_outputs
from nbannotate.recipes.tokenizing import own_tokenize
from nbannotate.session import GivenTasks, Session
from nbannotate.store import Store
from nbannotate.tasks import (
    COMPARE,
    COMPARED,
    SIDES,
    Component,
    SourceText,
    Task,
    Version,
    is_swapped,
    task_hash,
)
from nbannotate.widget import CompareAnnotator, Keys


def compare(
    source: object,
    models: Mapping[str, object],
    *,
    component: Component | None = None,
    dataset: str = "compare",
    store: Store | str | Path = "annotations.duckdb",
    session_id: str | None = None,
    annotator: str | None = None,
    text_column: str = "text",
    lang: str = "en",
    seed: int = 0,
    target: int | None = None,
    instructions: str | None = None,
    keys: Keys | None = None,
) -> CompareAnnotator:
    """Compare two models' outputs, blind, and say which is better on each text.

    Both outputs are drawn as cards, what differs marked; which stands on the left is drawn
    anew for each text, and no name reaches the page. Texts on which both say the same are
    left out, and counted. The others are asked in random order, so that the answers speak
    for the whole source whenever you stop. ``ann.result()`` says who wins, and how surely.

    An answer's label is the name of the better model, or ``"tie"``; its
    ``meta["compared"]`` holds both outputs and the order in which they were shown.

    Parameters
    ----------
    source
        The texts, as in `nbannotate.annotate`.
    models
        Two, by name. Each a spaCy pipeline, the path or package name of one, a version of
        ``store.models()``, a `RetrainResult`, a function of a text, or the name of a
        column of the source. A function or a column gives spans (with start, end and
        label), labels (a list of str, or a dict with probabilities), or a text (a str).
        Each is asked once for each text, before the first question.
    component
        What is read of pipelines, where they have several components in common: ``"ner"``,
        ``"spancat"`` or ``"textcat"``.
    dataset, store, session_id, annotator, text_column, lang, target, instructions, keys
        As in `nbannotate.annotate`; the actions left, right and tie have keys as well.
    seed
        Draws which output stands on the left, and the order of the texts.

    Returns
    -------
    CompareAnnotator
        The widget; its ``result()`` is a `Comparison`.

    Raises
    ------
    ValueError
        If there are not two models, or one is called left, right or tie.
    PipelineError
        If one is no model, or the pipelines have not one component in common.
    SourceError
        If the source cannot be read, a text has no output, or one model writes texts and
        the other does not.

    Examples
    --------
    >>> import nbannotate as nb
    >>> ann = nb.compare(
    ...     ["a cat", "a dog"],
    ...     {"loud": str.upper, "quiet": lambda text: "A DOG" if "dog" in text else text},
    ...     store=":memory:",
    ... )
    >>> ann.n_alike, ann.session.task.text
    (1, 'a cat')
    >>> ann.session.answer("accept", accept="loud").label
    'loud'
    >>> ann.result().wins
    {'loud': 1, 'quiet': 0}
    >>> ann.close()
    """
    one, other = _two_names(models)
    opened = store if isinstance(store, Store) else Store(store)
    pool = Pool(source, text_column)
    pool.first(len(pool) + 1)
    texts = list(pool)
    found = {name: find_model(models[name], name, texts, opened) for name in (one, other)}
    shared = component_in_common(found.values(), component)
    columns = {model for model in found.values() if isinstance(model, str)}
    outputs = {
        name: read_outputs(model, name, texts, component=shared) for name, model in found.items()
    }
    tasks = [
        _task(text, first, second, columns=columns, seed=seed)
        for text, first, second in zip(texts, outputs[one], outputs[other], strict=True)
        if first.content != second.content
    ]
    Random(seed).shuffle(tasks)
    session = Session(
        store=opened,
        view=COMPARE,
        labels=SIDES,
        pool=pool,
        tokenize=own_tokenize(None, lang),
        dataset=dataset,
        session_id=session_id,
        annotator=annotator,
        seed=seed,
        target=target,
        config={"models": [one, other], "seed": seed, "target": target},
        tasks=GivenTasks(tasks),
    )
    return CompareAnnotator(
        session,
        names=(one, other),
        n_alike=len(texts) - len(tasks),
        instructions=instructions,
        keys=keys,
    )


def _two_names(models: Any) -> tuple[str, str]:
    if not isinstance(models, Mapping) or len(models) != 2:
        raise ValueError(
            f"models={str(models)[:80]}: give two by name, such as {{'v1': nlp_a, 'v2': nlp_b}}"
        )
    one, other = models
    for name in (one, other):
        if not isinstance(name, str) or not name or name in SIDES:
            raise LabelError(
                f"a model is called {name!r}; give it another name, a str that is none of "
                f"{', '.join(map(repr, SIDES))}"
            )
    return one, other


def _task(
    text: SourceText, first: Version, second: Version, *, columns: set[str], seed: int
) -> Task:
    _check_same_kind(text, first, second)
    by_name = {version.names[0]: _plain(version) for version in (first, second)}
    asked = task_hash(text.input_hash, COMPARE.name, sorted(by_name.items()))
    versions = (second, first) if is_swapped(seed, asked) else (first, second)
    about = {"order": [version.names[0] for version in versions], "outputs": by_name, "seed": seed}
    others = {key: value for key, value in text.meta.items() if key not in columns}
    return Task(
        text=text.text,
        input_hash=text.input_hash,
        task_hash=asked,
        view=COMPARE.name,
        labels=SIDES,
        options=dict.fromkeys(SIDES),
        why="the two differ",
        meta={**others, COMPARED: about},
        versions=versions,
    )


def _check_same_kind(text: SourceText, first: Version, second: Version) -> None:
    if (first.output is None) != (second.output is None):
        written, other = (first, second) if first.output is not None else (second, first)
        raise SourceError(
            f"of {text.text[:60]!r} {written.names[0]!r} writes a text and {other.names[0]!r} "
            "does not; compare two models that both give texts, or both spans or labels"
        )


def _plain(version: Version) -> Any:
    if version.output is not None:
        return version.output
    if version.spans:
        return [span.to_dict() for span in version.spans]
    return list(version.accept)
