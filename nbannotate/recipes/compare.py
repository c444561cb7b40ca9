"""``nb.compare``: two models' outputs side by side, to say blind which is better."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from nbannotate.errors import LabelError, SourceError
from nbannotate.pool import Pool
from nbannotate.recipes.outputs import component_in_common, find_model, read_outputs
from nbannotate.recipes.tokenizing import own_tokenize
from nbannotate.session import Session, TasksOnDemand
from nbannotate.session.tasks_on_demand import Make
from nbannotate.store import Store
from nbannotate.tasks import (
    COMPARE,
    COMPARED,
    SIDES,
    Answer,
    Component,
    SourceText,
    Span,
    Task,
    Version,
    is_swapped,
    task_hash,
    task_of,
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
    left out, and counted as they come up. The others are asked in random order, so that the
    answers speak for the whole source whenever you stop. ``ann.result()`` says who wins, and
    how surely.

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
        Each is asked once for each text, a few texts ahead of the questions and partly in the
        background; a pipeline is copied, so that it stays as it is now.
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
        If the source cannot be read, one of the first texts has no output, or one model
        writes texts and the other does not. Later texts of which a model says nothing that
        can be used are left out, with a notice; see ``ann.failures``.

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
    names = _two_names(models)
    opened = store if isinstance(store, Store) else Store(store)
    pool = Pool(source, text_column)
    pool.first(len(pool) + 1)
    texts = list(pool)
    found = {name: find_model(models[name], name, texts, opened) for name in names}
    shared = component_in_common(found.values(), component)
    Random(seed).shuffle(texts)
    tasks = TasksOnDemand(texts, _making(found, shared, seed=seed), _recalled)
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
        config={"models": list(names), "seed": seed, "target": target},
        tasks=tasks,
    )
    return CompareAnnotator(
        session, tasks=tasks, names=names, instructions=instructions, keys=keys
    )


def _making(models: Mapping[str, object], component: Component | None, *, seed: int) -> Make:
    """Return what asks both models about texts, and makes tasks of those on which they differ."""
    one, other = models
    columns = {model for model in models.values() if isinstance(model, str)}

    def make(texts: Sequence[SourceText]) -> list[Task | None]:
        outputs = [
            read_outputs(models[name], name, texts, component=component) for name in (one, other)
        ]
        return [
            None
            if first.content == second.content
            else _task(text, first, second, columns=columns, seed=seed)
            for text, first, second in zip(texts, *outputs, strict=True)
        ]

    return make


def _recalled(answer: Answer) -> Task:
    """Return the task that an answer was given to, by what it keeps of both outputs."""
    about = answer.meta.get(COMPARED, {})
    versions = tuple(_version(name, about["outputs"][name]) for name in about.get("order", ()))
    return replace(task_of(answer, SIDES), options=dict.fromkeys(SIDES), versions=versions)


def _version(name: str, plain: Any) -> Version:
    """Return an output as it was before it was stored; see `_plain`."""
    if isinstance(plain, str):
        return Version((name,), output=plain)
    if plain and isinstance(plain[0], Mapping):
        return Version((name,), spans=tuple(Span.from_dict(each) for each in plain))
    return Version((name,), accept=tuple(plain))


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
