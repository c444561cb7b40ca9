"""Servers as processes of their own: begun with a log, ended with all their kernels."""

from __future__ import annotations

import subprocess
from pathlib import Path

import psutil


def begin(
    command: list[str], *, environment: dict[str, str], log: Path, folder: Path
) -> subprocess.Popen[bytes]:
    """Start a server in a folder; what it prints goes to ``log``."""
    with log.open("wb") as lines:
        return subprocess.Popen(
            command,
            env=environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=lines,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def end(process: subprocess.Popen[bytes]) -> None:
    """Stop a server, and kill what it leaves behind."""
    family = psutil.Process(process.pid).children(recursive=True)
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for left_behind in family:
        if left_behind.is_running():
            left_behind.kill()
