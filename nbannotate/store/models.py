"""Saved model versions: the folders that the rows of ``model_versions`` name.

What it keeps true: a recorded version's files are complete, what the loop saves on its own
stays bounded, and a version that somebody built upon is never thrown away.
"""

from __future__ import annotations

import os
import shutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from nbannotate.errors import StoreError
from nbannotate.store.frames import to_frame

if TYPE_CHECKING:
    from datetime import datetime

    import pandas as pd
    from duckdb import DuckDBPyConnection

    from nbannotate.store.registry import OpenFile

KEPT_LOOP_VERSIONS = 3
"""Newest versions of a dataset's loops whose files are kept; others only if used."""

_USED = """
select parent from model_versions where kind <> 'loop' and parent is not null
union select config->>'$.use.version' from session_starts
"""
_LOOPS = """
select version, path from model_versions where kind = 'loop' and dataset = ?
    and path is not null order by cast(version[2:] as bigint) desc
"""
ROWS = """
select m.*, s.annotator from model_versions m left join (
    select dataset, session_id, any_value(annotator) as annotator
    from session_starts group by dataset, session_id
) s on s.dataset = m.dataset and s.session_id = m.session_id
order by cast(m.version[2:] as bigint)
"""


def save(
    store: ModelVersions, dataset: str, write: Callable[[Path], object], about: Mapping[str, Any]
) -> tuple[str, Path | None]:
    """Write a model beside the store's file, then record it.

    Parameters
    ----------
    store, dataset, about
        As for `Store.add_model`.
    write
        Writes the model to the folder it is given, such as ``nlp.to_disk``.

    Returns
    -------
    version, path
        The path is None for a store in memory, which saves nothing.
    """
    folder = store.models_path
    if folder is None:
        return store.add_model(dataset, **about), None
    safe = "".join(c if c.isalnum() or c in "-_+." else "_" for c in dataset)
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f".{uuid4().hex}"
    try:
        write(unfinished)
        version = store.add_model(dataset, path=folder / f"{safe}-{{version}}", **about)
        path = folder / f"{safe}-{version}"
        unfinished.rename(path)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return version, path


def prune(
    folder: Path, connection: DuckDBPyConnection, dataset: str, asked_for: AbstractSet[str]
) -> list[str]:
    """Delete the files of a dataset's older loop versions; return which.

    The newest `KEPT_LOOP_VERSIONS` stay, and so does every version that a retrained model
    or a loop was started from, or that was asked for: one may be about to start from it.
    """
    used = asked_for | {row[0] for row in connection.execute(_USED).fetchall()}
    saved = [
        (version, Path(found))
        for version, recorded in connection.execute(_LOOPS, [dataset]).fetchall()
        if version not in used and (found := saved_path(recorded, folder)) is not None
    ]
    gone = []
    for version, path in saved[KEPT_LOOP_VERSIONS:]:
        if path.parent == folder:
            shutil.rmtree(path, ignore_errors=True)
            gone.append(version)
    return gone


def saved_path(path: str | None, folder: Path | None) -> str | None:
    """Return where what was recorded is now, None if it is gone or never was.

    A folder of models may have been moved together with the store's file: what lies in it
    under the recorded name is meant.
    """
    if path is None:
        return None
    moved = folder / Path(path).name if folder is not None else None
    found = moved if moved is not None and moved.exists() else Path(path)
    return str(found) if found.exists() else None


def find(
    store_path: str, folder: Path | None, recorded: Mapping[str, str | None], version: str
) -> Path:
    """Return where a version is saved.

    Raises
    ------
    StoreError
        If there is no such version, or nothing is saved of it.
    """
    if version not in recorded:
        raise unknown(store_path, recorded, version)
    path = recorded[version]
    if path is None:
        raise StoreError(
            f"nothing is saved of model version {version}: a store in memory keeps no models; "
            "give the pipeline itself, or open a store on a file before you annotate"
        )
    saved = saved_path(path, folder)
    if saved is None:
        kept = ", ".join(each for each, at in recorded.items() if saved_path(at, folder))
        raise StoreError(
            f"the files of model version {version} are gone from {path}; saved are: "
            f"{kept or 'none'}. Of the loop's own versions the newest {KEPT_LOOP_VERSIONS} are "
            "kept, and those that were used"
        )
    return Path(saved)


def unknown(store_path: str, known: Iterable[str], version: str) -> StoreError:
    """Return the error for a version that is not in the file."""
    names = ", ".join(known) or "none yet"
    return StoreError(f"{store_path} has no model version {version!r}; it has {names}")


class ModelVersions(ABC):
    """What a store knows of models: which versions there are, and where they are saved."""

    _file: OpenFile

    @property
    @abstractmethod
    def path(self) -> str:
        """The file's absolute path, or ``":memory:"``."""

    @property
    @abstractmethod
    def models_path(self) -> Path | None:
        """Where models are saved, beside the file; None for a store in memory."""

    @abstractmethod
    def _writable(self) -> OpenFile:
        """Return the open file, if it may be written to."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[DuckDBPyConnection]:
        """Hold a connection to read by."""

    def add_model(
        self,
        dataset: str,
        *,
        kind: str,
        parent: str | None = None,
        filter: Mapping[str, Any] | None = None,
        scores: Mapping[str, Any] | None = None,
        path: str | os.PathLike[str] | None = None,
        session_id: str | None = None,
        answers_seen: int = 0,
    ) -> str:
        """Record a model version and return its name: ``"v1"``, then ``"v2"``.

        Parameters
        ----------
        dataset
            What it was trained on.
        kind
            How it came about, such as ``"retrain"``.
        parent
            The version it goes on from.
        filter, scores
            JSON values: which answers it saw, and how well it does on others.
        path
            Where it is saved; ``{version}`` in it becomes the name.
        session_id
            The session whose loop it belongs to, if any.
        answers_seen
            How many answers it was trained on.
        """
        return self._writable().log.add_model(
            dataset,
            kind=kind,
            parent=parent,
            filter=filter,
            scores=scores,
            path=None if path is None else os.fspath(path),
            session_id=session_id,
            answers_seen=answers_seen,
        )

    def save_model(
        self, dataset: str, write: Callable[[Path], object], **about: Any
    ) -> tuple[str, Path | None]:
        """Write a model to a folder beside the file and record it; return version and path.

        Parameters
        ----------
        dataset
            What it was trained on.
        write
            Writes the model to the folder it is given, such as ``nlp.to_disk``. A store in
            memory does not call it, and the path is None.
        about
            As for `add_model`: kind, parent, filter, scores, session_id, answers_seen.
        """
        saved = save(self, dataset, write, about)
        if about.get("kind") == "loop" and self.models_path is not None:
            with self._reading() as connection:
                prune(self.models_path, connection, dataset, self._file.models_asked_for)
        return saved

    def models(self) -> pd.DataFrame:
        """Return one row per model version, oldest first, with its parent, filter and scores.

        The path is None where nothing is saved: of a store in memory, and of the loop's own
        versions (kind ``"loop"``) but the newest three of a dataset and those that were used.
        """
        with self._reading() as connection:
            result = connection.execute(ROWS)
            names = [column[0] for column in result.description or ()]
            rows = result.fetchall()
        at, folder = names.index("path"), self.models_path
        return to_frame(
            names, [(*row[:at], saved_path(row[at], folder), *row[at + 1 :]) for row in rows]
        )

    def loop_versions(self, dataset: str) -> list[tuple[str, str | None, datetime]]:
        """Return version, session and time (UTC, naive) of what loops saved, newest first."""
        query = """
            select version, session_id, created_at from model_versions
            where kind = 'loop' and dataset = ? order by cast(version[2:] as bigint) desc
        """
        with self._reading() as connection:
            return connection.execute(query, [dataset]).fetchall()

    def model_path(self, version: str) -> str | None:
        """Return where a model version is saved, None for one that was not.

        Raises
        ------
        StoreError
            There is no such version.
        """
        known = self._recorded_paths()
        if version not in known:
            raise unknown(self.path, known, version)
        return saved_path(known[version], self.models_path) or known[version]

    def saved_model(self, version: str) -> Path:
        """Return where the files of a model version are; while the store is open they stay.

        Raises
        ------
        StoreError
            There is no such version, or nothing is saved of it.
        """
        self._file.models_asked_for.add(version)
        return find(self.path, self.models_path, self._recorded_paths(), version)

    def has_model(self, version: object) -> bool:
        """Return whether this is the name of a version of `models`."""
        return isinstance(version, str) and version in self._recorded_paths()

    def _recorded_paths(self) -> dict[str, str | None]:
        query = "select version, path from model_versions order by cast(version[2:] as bigint)"
        with self._reading() as connection:
            return dict(connection.execute(query).fetchall())
