"""Debian's packages, installed where this process may."""

from __future__ import annotations

import os
import shutil
import subprocess


def install(*names: str) -> None:
    """Install packages with apt; do nothing without apt, or as another user than root."""
    if not names or not shutil.which("apt-get") or os.geteuid() != 0:
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "-y", "--no-install-recommends", *names]):
        subprocess.run(["apt-get", "-qq", *words], env=environment, check=False)
