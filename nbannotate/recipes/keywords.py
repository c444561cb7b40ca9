"""The keywords that every recipe passes on to `annotate`, typed once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypedDict

from nbannotate.acquisition import QueryStrategy
from nbannotate.learning import Learner
from nbannotate.session import Html
from nbannotate.store import Store
from nbannotate.tasks import Input, Unit
from nbannotate.widget import Keys


class Keywords(TypedDict, total=False):
    """See `annotate` for what each one means."""

    learner: Learner | None
    dataset: str
    store: Store | str | Path
    session_id: str | None
    annotator: str | None
    text_column: str
    inputs: str | Input | Iterable[str | Input]
    html: Html | None
    patterns: str | Path | Iterable[Mapping[str, Any]] | None
    strategy: str | QueryStrategy
    learn_from: Mapping[str, Any] | None
    lang: str
    by: Unit
    seed: int
    target: int | None
    instructions: str | None
    keys: Keys | None
