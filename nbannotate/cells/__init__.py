"""Helpers for the next cell: retrain, simulate, and data to try them on."""

from nbannotate.cells.asked_with import asked_with, configs_of
from nbannotate.cells.comparison import Comparison, tally
from nbannotate.cells.oracle import Oracle
from nbannotate.cells.result import RetrainResult
from nbannotate.cells.retrain import retrain
from nbannotate.cells.sample import SAMPLE_LABELS, sample_data
from nbannotate.cells.simulate import simulate

__all__ = [
    "SAMPLE_LABELS",
    "Comparison",
    "Oracle",
    "RetrainResult",
    "asked_with",
    "configs_of",
    "retrain",
    "sample_data",
    "simulate",
    "tally",
]
