"""The style of static renderings: the widget's colours, under other selectors."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from nbannotate.widget.joining import join_style

_PALETTE = re.compile(
    r"^\.nbannotate(?P<dark>\[data-theme=\"dark\"\])? \{(?P<colors>.*?)^\}\n",
    re.MULTILINE | re.DOTALL,
)
_COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)
_STILL = ".nba-still"
_DARK_NOTEBOOK = ':is([data-jp-theme-light="false"], [data-vscode-theme-kind*="dark"])'
_NO_NOTEBOOK = "body:not([data-jp-theme-light], [data-vscode-theme-kind])"


@cache
def still_style() -> str:
    """Return the style sheet of static renderings.

    The widget's script says which theme there is. Here it is told by the notebook's own
    attribute on the page or, outside a notebook, by the reader's system.
    """
    colors = join_style(root="colors.css")
    own = (Path(__file__).parent / "still.css").read_text(encoding="utf-8")
    sheet = _PALETTE.sub(_anchored, colors) + own
    return re.sub(r"\s*\n\s*", "\n", _COMMENT.sub("", sheet)).strip()


def _anchored(found: re.Match[str]) -> str:
    colors = found["colors"]
    if not found["dark"]:
        return f"{_STILL} {{{colors}}}\n"
    return (
        f"{_DARK_NOTEBOOK} {_STILL} {{{colors}}}\n"
        f"@media (prefers-color-scheme: dark) {{ {_NO_NOTEBOOK} {_STILL} {{{colors}}} }}\n"
    )
