"""What a retrain cell gets back: the pipeline, its scores, and how they came about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure
    from spacy.language import Language

HEADLINES = {
    r"ents_f": "entities F",
    r"spans_.*_f": "spans F",
    r"(ents|spans_.*)_p": "precision",
    r"(ents|spans_.*)_r": "recall",
    r"cats_macro_f": "labels macro F",
    r"cats_accuracy": "labels accuracy",
    r"binary_accuracy": "accuracy of accept or reject",
}


@dataclass(frozen=True)
class RetrainResult:
    """A trained model, as `retrain` returns it.

    Parameters
    ----------
    nlp
        The trained pipeline.
    scores
        spaCy's scores on what was held out, in [0, 1]; empty when nothing was.
    per_label
        One row a label: component, label, p, r, f in [0, 1], and n held out.
    history
        One row a scoring during training: component, epoch, step, loss, score.
    version
        Its name in ``store.models()``.
    path
        Where it is saved; None for a store in memory.
    n_learned, n_held_out
        Texts learned from, and scored on.
    filters
        Which answers it was trained from.
    """

    nlp: Language
    scores: Mapping[str, Any]
    per_label: pd.DataFrame
    history: pd.DataFrame
    version: str
    path: Path | None = None
    n_learned: int = 0
    n_held_out: int = 0
    filters: Mapping[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Say what came out in one line."""
        shown = ", ".join(
            f"{words} {value:.3f}"
            for pattern, words in HEADLINES.items()
            for name, value in self.scores.items()
            if isinstance(value, float) and re.fullmatch(pattern, name)
        )
        return (
            f"RetrainResult({self.version}: {shown or 'not scored'}; learned from "
            f"{self.n_learned} texts, scored on {self.n_held_out})"
        )

    def plot(self) -> Figure:
        """Plot the score over training, and the F-score of each label.

        Returns
        -------
        matplotlib.figure.Figure
            Two panels; shown by the cell whose last line it is.

        Raises
        ------
        ModuleNotFoundError
            If matplotlib is not installed.
        """
        try:
            from nbannotate.cells.figures import ShownFigure
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError(
                "plots need matplotlib; install it with: pip install 'nbannotate[lab]'"
            ) from error
        n_labels = max(1, len(self.per_label))
        figure = ShownFigure(figsize=(9, max(2.6, 0.9 + 0.28 * n_labels)), layout="constrained")
        over_time, by_label = figure.subplots(1, 2)
        for component, rows in self.history.groupby("component", sort=False):
            values = rows["score"].fillna(-rows["loss"])
            over_time.plot(rows["step"], values, marker="o", markersize=3, label=component)
        over_time.set(xlabel="step", ylabel="held-out score" if self.scores else "−loss")
        if len(self.history["component"].unique()) > 1:
            over_time.legend(frameon=False)
        names = [f"{row.label}  ({row.n})" for row in self.per_label.itertuples()]
        bars = by_label.barh(names, self.per_label["f"])
        by_label.bar_label(bars, fmt="%.2f", padding=3)
        by_label.invert_yaxis()
        by_label.set(xlim=(0, 1.12), xlabel="F-score (n held out)")
        for axes in (over_time, by_label):
            axes.spines[["top", "right"]].set_visible(False)
        figure.suptitle(repr(self)[len("RetrainResult(") : -1], fontsize=9)
        return figure

    def _repr_html_(self) -> str:
        from html import escape

        table = self.per_label.to_html(index=False, float_format="{:.2f}".format)
        return f"<p>{escape(repr(self))}</p>{table}"
