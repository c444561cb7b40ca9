"""The data that ships, so that everything can be tried at once and offline."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

SAMPLE_LABELS: dict[str, tuple[str, ...]] = {
    "ner": ("PLACE", "PART"),
    "textcat": ("hardware", "payment", "account"),
}
"""The labels of the sample's gold, by component."""


def sample_data() -> pd.DataFrame:
    """Return 450 messages to a bike-share operator, with gold spans and categories.

    Returns
    -------
    DataFrame
        Columns text, spans (list of dict with start, end and label) and label.

    Examples
    --------
    >>> sample_data().columns.tolist()
    ['text', 'spans', 'label']
    """
    import pandas as pd

    lines = (files("nbannotate") / "data" / "bike_share.jsonl").read_text(encoding="utf-8")
    return pd.DataFrame([json.loads(line) for line in lines.splitlines()])
