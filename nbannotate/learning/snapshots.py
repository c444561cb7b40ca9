"""Snapshots of a model on disk, so that a restart need not learn every answer again.

They are a cache: the stored answers are the truth, and a snapshot that does not fit them,
or cannot be read, is passed over. One thing is kept true: a model resumed from a snapshot
is exactly the one that learning the same answers in order would give.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np

from nbannotate.learning.checkpoints import Checkpoint, Key

if TYPE_CHECKING:
    from thinc.api import Model

KEPT = 4
"""Of so many base models, seeds and settings the snapshots are kept in a folder."""

_ARRAYS = ("params", "mom1", "mom2", "averages")
Positions = Mapping[int, int]


def fingerprint(model: Model[Any, Any], base: Checkpoint, *settings: object) -> str:
    """Return what a snapshot must have been made from to fit: base weights and settings."""
    positions = _positions(model)
    digest = blake2b(repr(settings).encode(), digest_size=12)
    for (node, name), array in sorted(
        base.params.items(), key=lambda each: (positions[each[0][0]], each[0][1])
    ):
        digest.update(f"{positions[node]}.{name}".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def write_snapshot(
    folder: Path,
    name: str,
    model: Model[Any, Any],
    checkpoint: Checkpoint,
    contents: Mapping[str, Sequence[str]],
) -> Path:
    """Write a snapshot; a reader sees the former one or this one, never half of one.

    Parameters
    ----------
    folder, name
        Where it goes, and its `fingerprint`, with what tells it from others of the same
        fingerprint after a dash.
    model
        The model that the checkpoint was taken of.
    checkpoint
        Weights and optimizer.
    contents
        What is in it, such as the ids of the answers learned, in their order.
    """
    positions = _positions(model)
    arrays = {
        f"{kind}/{positions[node]}/{param}": array
        for kind, by_key in asdict(checkpoint).items()
        if kind in _ARRAYS
        for (node, param), array in by_key.items()
        if node in positions
    }
    about = {
        "contents": {name: list(each) for name, each in contents.items()},
        "nr_update": {
            f"{positions[node]}/{param}": count
            for (node, param), count in checkpoint.nr_update.items()
            if node in positions
        },
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.npz"
    unfinished = folder / f".{name}-{os.getpid()}.tmp"
    with unfinished.open("wb") as file:
        np.savez(file, about=np.array(json.dumps(about)), **arrays)
    unfinished.replace(path)
    _prune(folder)
    return path


def read_contents(folder: Path, name: str) -> dict[str, list[str]] | None:
    """Return what is in a snapshot without reading its weights, None if there is none."""
    try:
        with np.load(folder / f"{name}.npz", allow_pickle=False) as file:
            return dict(json.loads(str(file["about"]))["contents"])
    except (OSError, ValueError, KeyError, BadZipFile, EOFError):
        return None


def read_snapshot(folder: Path, name: str, model: Model[Any, Any]) -> Checkpoint | None:
    """Return a snapshot's weights for a model of its shape, None if there is none."""
    nodes = {position: node for node, position in _positions(model).items()}
    try:
        with np.load(folder / f"{name}.npz", allow_pickle=False) as file:
            about = json.loads(str(file["about"]))
            found: dict[str, dict[Key, Any]] = {kind: {} for kind in _ARRAYS}
            for entry in file.files:
                if entry != "about":
                    kind, position, param = entry.split("/", 2)
                    found[kind][nodes[int(position)], param] = file[entry]
    except (OSError, ValueError, KeyError, BadZipFile, EOFError):
        return None
    counts: dict[Key, int] = {}
    for entry, count in about["nr_update"].items():
        position, param = entry.split("/", 1)
        counts[nodes[int(position)], param] = count
    return Checkpoint(nr_update=counts, **found)


def _positions(model: Model[Any, Any]) -> dict[int, int]:
    return {node.id: position for position, node in enumerate(model.walk())}


def _prune(folder: Path) -> None:
    newest_first = sorted(folder.glob("*.npz"), key=lambda path: -path.stat().st_mtime)
    kept = list(dict.fromkeys(path.stem.split("-")[0] for path in newest_first))[:KEPT]
    for path in newest_first:
        if path.stem.split("-")[0] not in kept:
            path.unlink(missing_ok=True)
