"""What a model held in memory becomes when its output layer grows by a label.

spaCy puts a larger layer in the place of the old one. One thing is kept true: weights,
optimizer state and every checkpoint are those of before, with zeros for the new outputs,
so that an undo reaches back across the change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from nbannotate.learning.checkpoints import Checkpoint, Key

if TYPE_CHECKING:
    from thinc.api import Model


def growing(
    model: Model[Any, Any], grow: Callable[[], None]
) -> Callable[[Checkpoint], Checkpoint]:
    """Let a model grow, and return what makes an earlier checkpoint fit it.

    Parameters
    ----------
    model
        Keeps its layers' order while it grows; outputs are added at the end.
    grow
        Makes it grow.
    """
    before, former = [node.id for node in model.walk()], _shapes(model)
    grow()
    now = dict(zip(before, (node.id for node in model.walk()), strict=True))
    shapes = _shapes(model)

    def fit(arrays: Mapping[Key, Any]) -> dict[Key, Any]:
        return {
            (now[node], name): _padded(array, former[node, name], shapes[now[node], name])
            for (node, name), array in arrays.items()
            if (node, name) in former
        }

    def fitted(checkpoint: Checkpoint) -> Checkpoint:
        counts = {(now[n], name): k for (n, name), k in checkpoint.nr_update.items() if n in now}
        return Checkpoint(
            fit(checkpoint.params),
            fit(checkpoint.mom1),
            fit(checkpoint.mom2),
            counts,
            fit(checkpoint.averages),
        )

    return fitted


def _shapes(model: Model[Any, Any]) -> dict[Key, tuple[int, ...]]:
    return {
        (node.id, name): node.get_param(name).shape
        for node in model.walk()
        for name in node.param_names
        if node.has_param(name)
    }


def _padded(array: Any, former: tuple[int, ...], shape: tuple[int, ...]) -> Any:
    """Return an array for the new shape; the optimizer keeps its arrays flat."""
    if former == shape:
        return array
    padded = np.zeros(shape, dtype=array.dtype)
    padded[tuple(slice(0, length) for length in former)] = array.reshape(former)
    return padded.reshape(-1) if array.ndim == 1 else padded


def widened(learned: Any, fresh: Any) -> Any:
    """Return the weights of a layer made for more labels, with those learned for the first.

    Parameters
    ----------
    learned, fresh
        Labels come first on the first axis. A layer that reads a score of each label, and
        then something else, has more columns as well; for the labels known before, scores
        of new ones count for nothing.

    Examples
    --------
    >>> widened(np.array([1.0, 2.0]), np.array([0.0, 0.0, 9.0])).tolist()
    [1.0, 2.0, 9.0]
    >>> widened(np.array([[1.0, 7.0]]), np.full((2, 3), 9.0)).tolist()
    [[1.0, 0.0, 7.0], [9.0, 9.0, 9.0]]
    """
    result = fresh.copy()
    n_known = len(learned)
    if learned.ndim == 2 and fresh.shape[1] > learned.shape[1]:
        n_new = fresh.shape[1] - learned.shape[1]
        result[:n_known] = 0.0
        result[:n_known, :n_known] = learned[:, :n_known]
        result[:n_known, n_known + n_new :] = learned[:, n_known:]
    else:
        result[:n_known] = learned
    return result
