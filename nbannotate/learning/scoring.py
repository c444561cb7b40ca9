"""Scores of a pipeline on gold annotations, under spaCy's own names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from nbannotate.errors import PipelineError
from nbannotate.learning.alignment import touched_tokens, without_overlaps
from nbannotate.learning.evidence import TextEvidence
from nbannotate.learning.pipelines import find_component
from nbannotate.tasks import (
    COMPONENTS,
    SPAN_COMPONENTS,
    Component,
    GoldText,
    Span,
    read_gold,
)

if TYPE_CHECKING:
    import pandas as pd
    from spacy.language import Language
    from spacy.tokens import Doc
    from spacy.tokens import Span as SpacySpan
    from spacy.training import Example

Known: TypeAlias = Mapping[str, frozenset[str]]
"""Of which labels all is known, by the text; of a text that is not here, of all."""

OVERLAPPING_F = re.compile(r"spans_.*_f")
"""The F-score of a spancat, whatever key it writes to."""


def evaluate(
    nlp: Language,
    gold: pd.DataFrame | Iterable[Mapping[str, Any] | GoldText],
    *,
    labels: Sequence[str] | None = None,
) -> dict[str, Any]:
    """Score a pipeline on gold annotations.

    Parameters
    ----------
    nlp
        A pipeline with a ner, spancat or textcat component.
    gold
        Rows with ``text`` and either ``spans`` (each with start, end, label), or ``label``,
        or ``labels``.
    labels
        The labels that count. By default those that occur in ``gold``, and for a textcat
        those it knows.

    Returns
    -------
    dict
        spaCy's scores, in [0, 1]: ``ents_p``, ``ents_r``, ``ents_f``, ``ents_per_type`` for
        the spans of a ner; ``spans_sc_p``, …, with the component's own key in the place of
        ``sc``, for those of a spancat; ``cats_score``, ``cats_micro_f``, ``cats_macro_f``,
        ``cats_f_per_type``, … and ``cats_accuracy`` for labels.

    Raises
    ------
    SourceError
        If there is no row, or one lacks what is needed.
    PipelineError
        If the pipeline has no component that could predict what gold holds.

    Examples
    --------
    >>> from nbannotate.learning import prepare
    >>> nlp = prepare(component="ner", labels=["DRUG"])
    >>> round(evaluate(nlp, [{"text": "No drugs.", "spans": []}])["ents_f"], 1)
    0.0
    """
    return _evaluate(nlp, read_gold(gold), labels, COMPONENTS, known={})


def _evaluate(
    nlp: Language,
    rows: Sequence[GoldText],
    labels: Sequence[str] | None,
    components: Iterable[Component],
    known: Known,
) -> dict[str, Any]:
    with_spans = [row for row in rows if row.spans is not None]
    with_labels = [row for row in rows if row.labels is not None]
    scores: dict[str, Any] = {}
    for component in components:
        if find_component(nlp, component) is None:
            continue
        if with_spans and component in SPAN_COMPONENTS:
            scores |= _score_spans(nlp, with_spans, labels, component, known)
        if with_labels and component == "textcat":
            scores |= _score_cats(nlp, with_labels, labels, known)
    if not scores:
        raise PipelineError(
            f"the gold has {'spans' if with_spans else 'labels'}, but the pipeline's pipes are "
            f"{nlp.pipe_names or 'none'}; spans are scored of a ner or spancat, labels of a "
            "textcat"
        )
    return scores


def evaluate_evidence(
    nlp: Language,
    evidence: Sequence[TextEvidence],
    *,
    component: Component,
    labels: Sequence[str],
    exclusive: bool = True,
) -> dict[str, Any]:
    """Score a pipeline on what answers have shown.

    Returns
    -------
    dict
        As of `evaluate`, on the texts that were answered as a whole, of each label on those
        of which the answer speaks; and, if there are others, ``binary_accuracy`` in [0, 1]:
        the share of their answers that the pipeline would have given.
    """
    complete = [each for each in evidence if each.is_complete(component, labels, exclusive)]
    partial = [
        each
        for each in evidence
        if each.teaches and not each.is_complete(component, labels, exclusive)
    ]
    scores: dict[str, Any] = {}
    if complete:
        gold = [_to_gold(each, component) for each in complete]
        known = {each.text: each.speaks_of(component) for each in complete}
        scores = _evaluate(nlp, gold, labels, [component], known)
    if partial:
        scores["binary_accuracy"] = _binary_accuracy(nlp, partial, component, labels, exclusive)
    return scores


def main_score(scores: Mapping[str, Any]) -> float:
    """Return the one number by which models of one component are compared, in [0, 1]."""
    spans = next((name for name in scores if OVERLAPPING_F.fullmatch(name)), "")
    for name in ("ents_f", spans, "cats_score", "binary_accuracy"):
        if scores.get(name) is not None:
            return float(scores[name])
    return 0.0


def per_type(scores: Mapping[str, Any], component: Component) -> Mapping[str, Any]:
    """Return precision, recall and F-score of each label, by label and ``"p"``, ``"r"``, ``"f"``.

    Examples
    --------
    >>> per_type({"spans_sc_per_type": {"DRUG": {"p": 1.0, "r": 0.5, "f": 0.67}}}, "spancat")
    {'DRUG': {'p': 1.0, 'r': 0.5, 'f': 0.67}}
    """
    kinds = {"ner": r"ents_per_type", "textcat": r"cats_f_per_type"}
    kind = kinds.get(component, r"spans_.*_per_type")
    return next((scores[name] for name in scores if re.fullmatch(kind, name)), {})


def _score_spans(
    nlp: Language,
    rows: Sequence[GoldText],
    labels: Sequence[str] | None,
    component: Component,
    known: Known,
) -> dict[str, Any]:
    from spacy.scorer import Scorer

    name: Any = find_component(nlp, component, labels or ())
    pipe: Any = nlp.get_pipe(name)
    key = None if component == "ner" else pipe.key
    counted = set(labels or {span.label for row in rows for span in row.spans or ()})

    def is_counted(text: str, label: str) -> bool:
        return (not counted or label in counted) and label in known.get(text, (label,))

    def found(doc: Doc, _: str) -> list[SpacySpan]:
        spans = doc.ents if key is None else doc.spans.get(key, ())
        return [span for span in spans if is_counted(doc.text, span.label_)]

    examples = list(_examples(nlp, rows))
    for example, row in zip(examples, rows, strict=True):
        _set_spans(example, [s for s in row.spans or () if is_counted(row.text, s.label)], key)
    scores: dict[str, Any] = Scorer.score_spans(
        examples,
        "ents" if key is None else f"spans_{key}",
        getter=found,
        has_annotation=lambda _: True,
        allow_overlap=key is not None,
    )
    return {
        name: ({} if name.endswith("_per_type") else 0.0) if value is None else value
        for name, value in scores.items()
    }


def _set_spans(example: Example, spans: Iterable[Span], key: str | None) -> None:
    """Write gold spans where the scorer looks for them: under a key, or None for entities."""
    doc = example.reference
    if key is None:
        chunks = [chunk for chunk, _ in without_overlaps(doc, spans, doc.text)]
        doc.set_ents(chunks, default="outside")
    else:
        touched = (touched_tokens(doc, span, doc.text) for span in spans)
        doc.spans[key] = [chunk for chunk in touched if chunk is not None]


def _score_cats(
    nlp: Language, rows: Sequence[GoldText], labels: Sequence[str] | None, known: Known
) -> dict[str, Any]:
    from spacy.scorer import Scorer

    name = find_component(nlp, "textcat", labels or ()) or ""
    pipe: Any = nlp.get_pipe(name)
    counted = [
        label
        for label in labels or pipe.labels
        if any(label in known.get(row.text, (label,)) for row in rows)
    ]
    several = nlp.get_pipe_meta(name).factory == "textcat_multilabel"
    examples = list(_examples(nlp, rows))
    right = 0
    for example, row in zip(examples, rows, strict=True):
        chosen = set(row.labels or ())
        said_of = [label for label in counted if label in known.get(row.text, (label,))]
        example.reference.cats = {label: float(label in chosen) for label in said_of}
        read = example.predicted.cats
        if several:
            right += {label for label in said_of if read.get(label, 0.0) >= 0.5} == (
                chosen & set(said_of)
            )
        else:
            right += max(counted, key=lambda label: read.get(label, 0.0)) in chosen
    scores: dict[str, Any] = Scorer.score_cats(
        examples,
        "cats",
        labels=counted,
        multi_label=several,
        threshold=0.5 if several else None,
    )
    scores["cats_score"] = scores["cats_macro_f"]
    scores["cats_score_desc"] = "macro F"
    scores["cats_accuracy"] = right / len(rows)
    return scores


def _examples(nlp: Language, rows: Sequence[GoldText]) -> Iterable[Example]:
    from spacy.training import Example

    texts = [row.text for row in rows]
    for text, predicted in zip(texts, nlp.pipe(texts), strict=True):
        yield Example(predicted, nlp.make_doc(text))


def _to_gold(evidence: TextEvidence, component: str) -> GoldText:
    if component in SPAN_COMPONENTS:
        return GoldText(evidence.text, evidence.spans, None)
    chosen = tuple(label for label, value in evidence.cats.items() if value == 1.0)
    return GoldText(evidence.text, None, chosen)


def _binary_accuracy(
    nlp: Language,
    evidence: Sequence[TextEvidence],
    component: str,
    labels: Sequence[str],
    exclusive: bool,
) -> float:
    right = asked = 0
    name = find_component(nlp, component, labels) or ""
    docs = nlp.pipe([each.text for each in evidence])
    for each, doc in zip(evidence, docs, strict=True):
        if component in SPAN_COMPONENTS:
            pipe: Any = nlp.get_pipe(name)
            spans = doc.ents if component == "ner" else doc.spans.get(pipe.key, ())
            found = {(span.start_char, span.end_char, span.label_) for span in spans}
            for span in each.spans + each.rejected:
                asked += 1
                predicted = (span.start, span.end, span.label) in found
                right += predicted == (span in each.spans)
            continue
        best = max(labels, key=lambda label: doc.cats.get(label, 0.0))
        for label, value in each.cats.items():
            asked += 1
            said = label == best if exclusive else doc.cats.get(label, 0.0) >= 0.5
            right += said == (value == 1.0)
    return right / max(asked, 1)
