"""From stored answers to a trained, scored and recorded model: what a retrain cell does."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from tqdm.auto import tqdm

from nbannotate.cells.asked_with import asked_with
from nbannotate.cells.holdout import hold_out
from nbannotate.cells.result import RetrainResult
from nbannotate.errors import NothingToLearnError
from nbannotate.learning import (
    TextEvidence,
    evaluate_evidence,
    gather,
    per_type,
    prepare,
    train,
)
from nbannotate.tasks import (
    COMPONENTS,
    SPAN_COMPONENTS,
    Answer,
    Component,
    GoldText,
    check_labels,
    components_of,
    input_hash,
    part_of,
    read_gold,
)

if TYPE_CHECKING:
    import pandas as pd
    from spacy.language import Language

    from nbannotate.store import Store
    from nbannotate.store.filters import Filters


@dataclass(frozen=True, slots=True)
class Plan:
    """What one component learns from and is scored on."""

    component: Component
    labels: tuple[str, ...]
    exclusive: bool
    learned: list[TextEvidence]
    held_out: list[TextEvidence]

    @property
    def n_flattering(self) -> int:
        """How many texts are scored on though they are learned."""
        return len(
            {each.input_hash for each in self.learned}
            & {each.input_hash for each in self.held_out}
        )


def retrain(
    store: Store,
    dataset: str | Iterable[str] | None = None,
    *,
    base: Any = None,
    evaluation: float | str | pd.DataFrame | Iterable[Mapping[str, Any]] = 0.2,
    labels: Iterable[str] | None = None,
    max_epochs: int | None = None,
    lang: str = "en",
    seed: int = 0,
    progress: bool = True,
    **filters: Unpack[Filters],
) -> RetrainResult:
    """Train a pipeline on stored answers, score it on others, save and record it.

    Whole-text answers are learned in full; a rejected span or label is learned as what is
    not so; ignored tasks, and rejects of whole texts, teach nothing.

    Parameters
    ----------
    store
        Where the answers are, and where the version is recorded.
    dataset
        The dataset or datasets to learn from; None for all.
    base
        None to start blank; a pipeline, a path, a version of ``store.models()``, a
        `RetrainResult`, or an Annotator: then training goes on from its model.
    evaluation
        What to score on: a share of the answered texts in [0, 1), the name of another
        dataset, or gold rows. There is a warning where these are learned, or were by ``base``
        as far as the store knows.
    labels
        The labels to learn, as recipes take them; by default those that the sessions had.
    max_epochs
        Passes over the answers at most; by default chosen by their number.
    lang
        The language of a blank pipeline.
    seed
        Fixes every random choice.
    progress
        Show a progress bar.
    **filters
        As in ``store.annotations``: session_id, annotator, view, label, answer, since,
        until, model_version, where.

    Returns
    -------
    RetrainResult
        With ``nlp``, ``scores``, ``per_label``, ``history``, ``version`` and ``plot()``.

    Raises
    ------
    NothingToLearnError
        If no answer that the filters leave teaches anything.
    FilterError
        If a filter is unknown or malformed.
    LabelError
        If a label is empty, padded or given twice.
    PipelineError
        If ``base`` is no pipeline.

    Examples
    --------
    >>> import nbannotate as nb
    >>> store = nb.Store(":memory:")
    >>> rows = nb.sample_data().head(20)
    >>> labels = nb.SAMPLE_LABELS["textcat"]
    >>> ann = nb.textcat.manual(rows, labels=labels, store=store, dataset="bikes", nlp=False)
    >>> _ = nb.simulate(ann, rows, n=20, progress=False)
    >>> result = nb.retrain(store, "bikes", max_epochs=2, progress=False)
    >>> result.version, result.n_learned, result.n_held_out
    ('v1', 16, 4)
    >>> ann.close()
    """
    answers = store.answers(dataset, **filters)
    labels = check_labels(labels) if labels is not None else None
    plans = [
        plan
        for component in COMPONENTS
        if (plan := _plan(store, answers, component, labels, evaluation, seed)) is not None
    ]
    if not plans:
        raise NothingToLearnError(
            f"none of the {len(answers)} answers that dataset={dataset!r} and "
            f"{dict(filters) or 'no filter'} leave teaches anything; see store.annotations(…) "
            "with the same filters"
        )
    started, parent = _base(store, base)
    _warn_of_flattery(plans)
    if isinstance(evaluation, (int, float)) and evaluation:
        _warn_of_learned_base(store, base, parent, {answer.dataset for answer in answers})
    nlp = _prepare(started, plans, lang=lang, seed=seed)
    history: list[dict[str, Any]] = []
    for plan in plans:
        history += _train(nlp, plan, max_epochs=max_epochs, seed=seed, progress=progress)
    scores = _score(nlp, plans)
    chosen = {"dataset": dataset, **filters}
    version, path = _record(store, nlp, chosen, parent=parent, scores=scores, n=len(answers))
    return RetrainResult(
        nlp=nlp,
        scores=scores,
        per_label=_per_label(plans, scores),
        history=_history(history),
        version=version,
        path=path,
        n_learned=sum(len(plan.learned) for plan in plans),
        n_held_out=sum(len(plan.held_out) for plan in plans),
        filters=chosen,
    )


def _plan(
    store: Store,
    answers: list[Answer],
    component: Component,
    labels: tuple[str, ...] | None,
    evaluation: Any,
    seed: int,
) -> Plan | None:
    about = [
        part_of(answer, component) for answer in answers if component in components_of(answer.view)
    ]
    if not about:
        return None
    known, exclusive = asked_with(store, about, component)
    wanted = labels if labels is not None else known
    exclusive = exclusive and len(wanted) > 1
    evidence = gather(about, component=component, labels=wanted, exclusive=exclusive)
    if not evidence:
        return None
    if isinstance(evaluation, (int, float)):
        complete = [each.is_complete(component, wanted, exclusive) for each in evidence]
        learned, held_out = hold_out(evidence, evaluation, complete, seed=seed)
        return Plan(component, wanted, exclusive, learned, held_out)
    held_out = _elsewhere(store, evaluation, component, wanted, exclusive)
    return Plan(component, wanted, exclusive, evidence, held_out)


def _warn_of_flattery(plans: list[Plan]) -> None:
    n_texts, n_held_out = max((plan.n_flattering, len(plan.held_out)) for plan in plans)
    if n_texts:
        warnings.warn(
            f"{n_texts} of the {n_held_out} texts in evaluation= are learned from too, which "
            "flatters the scores; give texts that were not answered, or a share of those that "
            "were, such as evaluation=0.2",
            UserWarning,
            stacklevel=3,
        )


def _warn_of_learned_base(
    store: Store, base: Any, version: str | None, datasets: set[str]
) -> None:
    """Warn if the model to start from is known to have learned what is held out as well."""
    session = getattr(base, "session", None)
    learned_from = {session.dataset} if session is not None and session.model.learned else set()
    models = store.models().set_index("version").to_dict("index")
    while version is not None and (model := models.get(version)) is not None:
        # Without scores nothing was held out; what was scored on elsewhere is not known.
        if model["kind"] != "retrain" or not model["scores"]:
            learned_from |= datasets if model["dataset"] == "all" else {model["dataset"]}
        version = model["parent"] if isinstance(model["parent"], str) else None
    if shared := learned_from & datasets:
        warnings.warn(
            f"base= has learned each answer of {', '.join(sorted(shared))}, also those held out "
            "now, which flatters the scores; start blank, or give as evaluation= texts that were "
            "not answered",
            UserWarning,
            stacklevel=3,
        )


def _elsewhere(
    store: Store, evaluation: Any, component: Component, labels: tuple[str, ...], exclusive: bool
) -> list[TextEvidence]:
    if isinstance(evaluation, str):
        answers = store.answers(evaluation)
        held_out = gather(answers, component=component, labels=labels, exclusive=exclusive)
        if not held_out:
            raise NothingToLearnError(
                f"evaluation={evaluation!r}: that dataset has no answers for {component}; the "
                f"datasets are {', '.join(map(repr, store.datasets()['dataset']))}"
            )
        return held_out
    return [
        evidence
        for row in read_gold(evaluation)
        if (evidence := _gold_evidence(row, component, labels)) is not None
    ]


def _gold_evidence(
    row: GoldText, component: Component, labels: tuple[str, ...]
) -> TextEvidence | None:
    text_hash = input_hash(row.text)
    if component in SPAN_COMPONENTS and row.spans is not None:
        spans = tuple(span for span in row.spans if span.label in labels)
        return TextEvidence(row.text, text_hash, spans, complete=True, labels=labels)
    if component == "textcat" and row.labels is not None:
        cats = {label: float(label in row.labels) for label in labels}
        return TextEvidence(row.text, text_hash, cats=cats)
    return None


def _base(store: Store, base: Any) -> tuple[Language | str | Path | None, str | None]:
    """Return the pipeline to start from, and its version if it has one."""
    if isinstance(base, str) and not Path(base).exists() and store.has_model(base):
        return store.saved_model(base), base
    version = getattr(base, "version", None)
    session = getattr(base, "session", None)
    if session is not None:
        version = session.model.version
    return getattr(base, "nlp", base), version if store.has_model(version) else None


def _prepare(
    base: Language | str | Path | None, plans: list[Plan], *, lang: str, seed: int
) -> Language:
    nlp: Any = base
    for plan in plans:
        nlp = prepare(
            nlp,
            component=plan.component,
            labels=plan.labels,
            exclusive=plan.exclusive,
            lang=lang,
            seed=seed,
        )
    prepared: Language = nlp
    return prepared


def _score(nlp: Language, plans: list[Plan]) -> dict[str, Any]:
    scores: dict[str, Any] = {}
    for plan in plans:
        if plan.held_out:
            scores |= evaluate_evidence(
                nlp,
                plan.held_out,
                component=plan.component,
                labels=plan.labels,
                exclusive=plan.exclusive,
            )
    return scores


def _train(
    nlp: Language, plan: Plan, *, max_epochs: int | None, seed: int, progress: bool
) -> list[dict[str, Any]]:
    with tqdm(desc=f"retrain {plan.component}", unit="step", disable=not progress) as bar:

        def show(row: dict[str, Any]) -> None:
            bar.total = row["n_steps"]
            score = "" if row["score"] is None else f"{row['score']:.3f}"
            bar.set_postfix({"loss": f"{row['loss']:.2f}", "score": score}, refresh=False)
            bar.update(row["step"] - bar.n)

        rows = train(
            nlp,
            plan.component,
            plan.learned,
            plan.held_out,
            labels=plan.labels,
            exclusive=plan.exclusive,
            max_epochs=max_epochs,
            seed=seed,
            progress=show,
        )
    return [{"component": plan.component, **row} for row in rows]


def _record(
    store: Store,
    nlp: Language,
    chosen: Mapping[str, Any],
    *,
    parent: str | None,
    scores: Mapping[str, Any],
    n: int,
) -> tuple[str, Path | None]:
    """Save the pipeline beside the database, then record it: a recorded version is complete."""
    dataset = chosen["dataset"]
    name = dataset if isinstance(dataset, str) else "+".join(dataset or ["all"])
    about: dict[str, Any] = {
        "kind": "retrain",
        "parent": parent,
        "filter": {key: _json(value) for key, value in chosen.items() if value is not None},
        "scores": scores,
        "answers_seen": n,
    }
    return store.save_model(name, nlp.to_disk, **about)


def _json(value: Any) -> Any:
    return (
        value
        if isinstance(value, (str, int, float))
        else ([str(each) for each in value] if isinstance(value, Iterable) else str(value))
    )


def _per_label(plans: list[Plan], scores: Mapping[str, Any]) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for plan in plans:
        by_label = per_type(scores, plan.component)
        for label in plan.labels:
            n = sum(
                sum(span.label == label for span in each.spans) + (each.cats.get(label) == 1.0)
                for each in plan.held_out
            )
            found = by_label.get(label) or dict.fromkeys("prf", float("nan"))
            rows.append(
                {
                    "component": plan.component,
                    "label": label,
                    **{k: found[k] for k in "prf"},
                    "n": n,
                }
            )
    return pd.DataFrame(rows, columns=["component", "label", "p", "r", "f", "n"])


def _history(rows: list[dict[str, Any]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(rows, columns=["component", "epoch", "step", "loss", "score"]).astype(
        {"score": "float64"}
    )
