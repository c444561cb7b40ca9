"""A page of results, one section a benchmark."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path


def keep_section(path: Path, title: str, body: str) -> None:
    """Print a section, and put it into the page in the place of the one with its title."""
    section = f"# {title}\n\n{datetime.now(UTC):%Y-%m-%d}\n\n{body.strip()}\n"
    print(section)
    found = (
        re.split(r"^(?=# )", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        if path.exists()
        else []
    )
    others = [each.strip() for each in found if each.strip()]
    kept = [each for each in others if not each.startswith(f"# {title}\n")]
    path.write_text("\n\n".join([*kept, section]), encoding="utf-8")
