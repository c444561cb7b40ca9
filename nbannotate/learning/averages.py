"""The mean of a model's weights over its latest updates: what predictions are made with.

A loop learns at a constant rate, so that its weights tremble around what they have
learned. Their mean does not; a full retrain gets there by letting its rate fall. The
weights learned on are left as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from nbannotate.learning.checkpoints import Key

if TYPE_CHECKING:
    from thinc.api import Model

Averages = dict[Key, Any]


def averaged_with(
    averages: Mapping[Key, Any], model: Model[Any, Any], *, decay: float, n_updates: int
) -> Averages:
    """Return the averages after one more update of a model.

    Parameters
    ----------
    averages
        Those before the update; empty before the first.
    model
        As it is after the update.
    decay
        The share of the former averages, in [0, 1). The first updates count for more.
    n_updates
        Updates before this one.

    Notes
    -----
    Source: Polyak and Juditsky (1992), "Acceleration of stochastic approximation by
    averaging"; the exponential form and its warm-up are those in common use.
    """
    kept = min(decay, (1 + n_updates) / (10 + n_updates))
    moved: Averages = {}
    for node in model.walk():
        for name in node.param_names:
            if node.has_param(name):
                now = node.get_param(name)
                former = averages.get((node.id, name))
                moved[node.id, name] = (
                    now.copy() if former is None else former + (1.0 - kept) * (now - former)
                )
    return moved


@contextmanager
def in_place_of_weights(averages: Mapping[Key, Any], model: Model[Any, Any]) -> Iterator[None]:
    """Put averages into a model for the time of the block."""
    nodes = {node.id: node for node in model.walk()}
    weights = {(node, name): nodes[node].get_param(name) for node, name in averages}
    for (node, name), average in averages.items():
        nodes[node].set_param(name, average)
    try:
        yield
    finally:
        for (node, name), weight in weights.items():
            nodes[node].set_param(name, weight)
