"""Snapshots of a model in memory.

Restoring one makes weights and optimizer exactly what they were when it was taken, so
that an undone answer leaves no trace.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from thinc.api import Model, Optimizer

Key = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Weights, their averages, and the optimizer's state at one moment."""

    params: dict[Key, Any]
    mom1: dict[Key, Any]
    mom2: dict[Key, Any]
    nr_update: dict[Key, int]
    averages: dict[Key, Any] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        model: Model[Any, Any],
        optimizer: Optimizer,
        averages: Mapping[Key, Any] | None = None,
    ) -> Checkpoint:
        """Copy the state of a model and its optimizer; averages are never changed in place."""
        return cls(
            {
                (node.id, name): node.get_param(name).copy()
                for node in model.walk()
                for name in node.param_names
                if node.has_param(name)
            },
            {key: moment.copy() for key, moment in optimizer.mom1.items()},
            {key: moment.copy() for key, moment in optimizer.mom2.items()},
            dict(optimizer.nr_update),
            dict(averages or {}),
        )

    def restore(self, model: Model[Any, Any], optimizer: Optimizer) -> None:
        """Put a model and its optimizer back into this state."""
        for node in model.walk():
            for name in node.param_names:
                if (node.id, name) in self.params:
                    node.set_param(name, self.params[node.id, name].copy())
                if node.has_grad(name):
                    node.set_grad(name, node.get_grad(name) * 0)
        optimizer.mom1 = {key: moment.copy() for key, moment in self.mom1.items()}
        optimizer.mom2 = {key: moment.copy() for key, moment in self.mom2.items()}
        optimizer.nr_update.clear()
        optimizer.nr_update.update(self.nr_update)

    @property
    def n_bytes(self) -> int:
        """Memory taken, in bytes."""
        return sum(
            array.nbytes
            for arrays in (self.params, self.mom1, self.mom2, self.averages)
            for array in arrays.values()
        )


class KeptCheckpoints:
    """Checkpoints to go back to, each under the number of updates before it.

    The farther back, the sparser: the gap between two is about in proportion to their age,
    so that few checkpoints make both a short way back and a long one cheap.

    Parameters
    ----------
    max_bytes
        Beyond this some are dropped; the newest is always kept.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._kept: list[tuple[int, Checkpoint]] = []
        self._n_bytes = 0

    def push(self, index: int, checkpoint: Checkpoint) -> None:
        """Keep the state before update number ``index``, which is later than all others."""
        self._kept.append((index, checkpoint))
        self._n_bytes += checkpoint.n_bytes
        while self._n_bytes > self._max_bytes and len(self._kept) > 1:
            self._drop(self._least_missed())

    def pop_latest(self, index: int) -> tuple[int, Checkpoint] | None:
        """Take out the last state up to the one before update ``index``; later ones are dropped.

        Returns
        -------
        tuple or None
            The number of updates before it, at most ``index``, and the state.
        """
        while self._kept and self._kept[-1][0] > index:
            self._drop(-1)
        return self._drop(-1) if self._kept else None

    def latest(self, index: int) -> tuple[int, Checkpoint] | None:
        """Return the last state up to the one before update ``index``, else the oldest.

        All are kept. None if there is none.
        """
        oldest = self._kept[0] if self._kept else None
        return next((each for each in reversed(self._kept) if each[0] <= index), oldest)

    def change(self, changed: Callable[[Checkpoint], Checkpoint]) -> None:
        """Put another in the place of each."""
        self._kept = [(index, changed(checkpoint)) for index, checkpoint in self._kept]
        self._n_bytes = sum(checkpoint.n_bytes for _, checkpoint in self._kept)

    def clear(self) -> None:
        """Drop all."""
        self._kept.clear()
        self._n_bytes = 0

    def _drop(self, at: int) -> tuple[int, Checkpoint]:
        dropped = self._kept.pop(at)
        self._n_bytes -= dropped[1].n_bytes
        return dropped

    def _least_missed(self) -> int:
        """Return the position of that which leaves the smallest gap for its age."""
        indices = [0, *(index for index, _ in self._kept)]
        now = indices[-1] + 1
        return min(
            range(len(self._kept) - 1),
            key=lambda at: (indices[at + 2] - indices[at]) / (now - indices[at + 1]),
        )
