"""Scores of a pipeline on gold annotations, under spaCy's own names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nbannotate.errors import PipelineError
from nbannotate.learning.evidence import TextEvidence
from nbannotate.learning.pipelines import find_component
from nbannotate.tasks import GoldText, Span, read_gold

if TYPE_CHECKING:
    import pandas as pd
    from spacy.language import Language
    from spacy.training import Example


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
        A pipeline with a ner or textcat component.
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
        spans; ``cats_score``, ``cats_micro_f``, ``cats_macro_f``, ``cats_f_per_type``, … and
        ``cats_accuracy`` for labels.

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
    rows = read_gold(gold)
    with_spans = [row for row in rows if row.spans is not None]
    with_labels = [row for row in rows if row.labels is not None]
    scores: dict[str, Any] = {}
    if with_spans and find_component(nlp, "ner") is not None:
        scores |= _score_spans(nlp, with_spans, labels)
    if with_labels and find_component(nlp, "textcat") is not None:
        scores |= _score_cats(nlp, with_labels, labels)
    if not scores:
        raise PipelineError(
            f"the gold has {'spans' if with_spans else 'labels'}, but the pipeline's pipes are "
            f"{nlp.pipe_names or 'none'}; spans are scored of a ner, labels of a textcat"
        )
    return scores


def evaluate_evidence(
    nlp: Language,
    evidence: Sequence[TextEvidence],
    *,
    component: str,
    labels: Sequence[str],
    exclusive: bool = True,
) -> dict[str, Any]:
    """Score a pipeline on what answers have shown.

    Returns
    -------
    dict
        As of `evaluate`, on the texts of which all is known; and, if there are others,
        ``binary_accuracy`` in [0, 1]: the share of their answers that the pipeline would
        have given.
    """
    complete = [each for each in evidence if each.is_complete(component, labels, exclusive)]
    partial = [
        each
        for each in evidence
        if each.teaches and not each.is_complete(component, labels, exclusive)
    ]
    scores: dict[str, Any] = {}
    if complete:
        scores = evaluate(nlp, [_to_gold(each, component) for each in complete], labels=labels)
    if partial:
        scores["binary_accuracy"] = _binary_accuracy(nlp, partial, component, exclusive)
    return scores


def main_score(scores: Mapping[str, Any]) -> float:
    """Return the one number by which models are compared, in [0, 1]."""
    for name in ("ents_f", "cats_score", "binary_accuracy"):
        if scores.get(name) is not None:
            return float(scores[name])
    return 0.0


def _score_spans(
    nlp: Language, rows: Sequence[GoldText], labels: Sequence[str] | None
) -> dict[str, Any]:
    from spacy.scorer import Scorer

    counted = set(labels or {span.label for row in rows for span in row.spans or ()})
    examples = list(_examples(nlp, rows))
    for example, row in zip(examples, rows, strict=True):
        _set_spans(example, [span for span in row.spans or () if span.label in counted])
        if counted:
            example.predicted.set_ents(
                [span for span in example.predicted.ents if span.label_ in counted],
                default="outside",
            )
    scores: dict[str, Any] = Scorer.score_spans(examples, "ents", has_annotation=lambda _: True)
    nothing: dict[str, Any] = {"ents_per_type": {}}
    return {
        name: nothing.get(name, 0.0) if value is None else value for name, value in scores.items()
    }


def _set_spans(example: Example, spans: Iterable[Span]) -> None:
    chunks = (
        example.reference.char_span(
            span.start, span.end, label=span.label, alignment_mode="expand"
        )
        for span in spans
    )
    from spacy.util import filter_spans

    example.reference.set_ents(
        filter_spans(chunk for chunk in chunks if chunk is not None), default="outside"
    )


def _score_cats(
    nlp: Language, rows: Sequence[GoldText], labels: Sequence[str] | None
) -> dict[str, Any]:
    from spacy.scorer import Scorer

    name = find_component(nlp, "textcat") or ""
    pipe: Any = nlp.get_pipe(name)
    counted = list(labels or pipe.labels)
    several = nlp.get_pipe_meta(name).factory == "textcat_multilabel"
    examples = list(_examples(nlp, rows))
    right = 0
    for example, row in zip(examples, rows, strict=True):
        chosen = set(row.labels or ())
        example.reference.cats = {label: float(label in chosen) for label in counted}
        read = example.predicted.cats
        if several:
            right += {label for label in counted if read.get(label, 0.0) >= 0.5} == (
                chosen & set(counted)
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
    if component == "ner":
        return GoldText(evidence.text, evidence.spans, None)
    chosen = tuple(label for label, value in evidence.cats.items() if value == 1.0)
    return GoldText(evidence.text, None, chosen)


def _binary_accuracy(
    nlp: Language, evidence: Sequence[TextEvidence], component: str, exclusive: bool
) -> float:
    right = asked = 0
    docs = nlp.pipe([each.text for each in evidence])
    for each, doc in zip(evidence, docs, strict=True):
        if component == "ner":
            found = {(span.start_char, span.end_char, span.label_) for span in doc.ents}
            for span in each.spans + each.rejected:
                asked += 1
                predicted = (span.start, span.end, span.label) in found
                right += predicted == (span in each.spans)
            continue
        best = max(doc.cats, key=doc.cats.__getitem__)
        for label, value in each.cats.items():
            asked += 1
            said = label == best if exclusive else doc.cats.get(label, 0.0) >= 0.5
            right += said == (value == 1.0)
    return right / max(asked, 1)
