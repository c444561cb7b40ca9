"""A door into a kernel that has no other: code comes in, JSON goes out, beside the cells."""

from __future__ import annotations

import ast
import json
import os
import threading
import traceback
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Any

DOOR = "kernel.door"
KEY = b"tests"


def listen(namespace: dict[str, Any]) -> None:
    """Run code sent by `evaluate` in ``namespace``, on a thread of its own."""
    listener = Listener(("127.0.0.1", 0), authkey=KEY)
    threading.Thread(target=_serve, args=(listener, namespace), daemon=True).start()
    Path(DOOR).write_text(json.dumps([listener.address[1], os.getpid()]))


def evaluate(folder: Path, code: str) -> Any:
    """Run ``code`` in the kernel that works in ``folder``; return its last expression."""
    port, _ = json.loads((folder / DOOR).read_text())
    with Client(("127.0.0.1", port), authkey=KEY) as door:
        door.send(code)
        kind, told = door.recv()
    if kind == "raised":
        raise AssertionError(told)
    return json.loads(told)


def process_of(folder: Path) -> int | None:
    """Return the process that works in ``folder``, None where none has listened yet."""
    door = folder / DOOR
    return int(json.loads(door.read_text())[1]) if door.exists() else None


def _serve(listener: Listener, namespace: dict[str, Any]) -> None:
    while True:
        with listener.accept() as visitor:
            _answer(visitor, namespace)


def _answer(visitor: Connection, namespace: dict[str, Any]) -> None:
    try:
        body = ast.parse(visitor.recv()).body
        last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
        exec(compile(ast.Module(body, type_ignores=[]), "<test>", "exec"), namespace)
        value = eval(ast.unparse(last), namespace) if last else None
        visitor.send(("value", json.dumps(value, default=str)))
    except Exception:  # noqa: BLE001 - whatever it is, the test is told
        visitor.send(("raised", traceback.format_exc()))
