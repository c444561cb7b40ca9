"""Figures that a cell shows by themselves, whichever plotting backend the notebook has."""

from __future__ import annotations

from io import BytesIO

from matplotlib.figure import Figure


class ShownFigure(Figure):
    """A figure that is drawn where a cell returns it.

    Plain figures are shown only once the inline backend was loaded, and drawing by pyplot
    would show them twice and keep them alive.
    """

    def _repr_png_(self) -> bytes:
        drawn = BytesIO()
        self.savefig(drawn, format="png", dpi=self.dpi)
        return drawn.getvalue()
