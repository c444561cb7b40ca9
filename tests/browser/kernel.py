"""Running code in the very kernel that a page talks to, beside the page.

The page's prompt numbers and history stay as they are.
"""

from __future__ import annotations

import ast
import json
import uuid
from datetime import UTC, datetime
from typing import Any

import websocket

VALUE = "__import__('json').dumps({expression}, default=str)"


class KernelError(AssertionError):
    """The code raised in the kernel; the message is the kernel's traceback."""


def evaluate(url: str, token: str, kernel_id: str, code: str, *, timeout_seconds: float) -> Any:
    """Run ``code`` in a kernel and return its last expression, by way of JSON.

    Parameters
    ----------
    url, token
        The server's address (``http://…``) and token.
    kernel_id
        The kernel, as the server names it.
    code
        Statements; a last one that is an expression is what is returned. What JSON does
        not know is returned as its ``str``.
    timeout_seconds
        How long the kernel may take, waiting for its running cell included.

    Returns
    -------
    The value, None without a last expression.

    Raises
    ------
    KernelError
        The code raised.
    TimeoutError
        No reply came in time.
    """
    statements, expression = _split(code)
    socket = websocket.create_connection(
        f"{url.replace('http', 'ws', 1)}/api/kernels/{kernel_id}/channels",
        header=[f"Authorization: token {token}"],
        timeout=timeout_seconds,
    )
    try:
        request_id = _ask(socket, statements, expression)
        reply = _reply_to(socket, request_id)
    except websocket.WebSocketTimeoutException as error:
        raise TimeoutError(
            f"the kernel did not reply in {timeout_seconds} s to:\n{code}"
        ) from error
    finally:
        socket.close()
    return _value(reply, expression)


def _split(code: str) -> tuple[str, str | None]:
    body = ast.parse(code).body
    if not body or not isinstance(body[-1], ast.Expr):
        return code, None
    before = ast.unparse(ast.Module(body[:-1], type_ignores=[]))
    return before, ast.unparse(body[-1])


def _ask(socket: websocket.WebSocket, statements: str, expression: str | None) -> str:
    request_id = uuid.uuid4().hex
    header = {
        "msg_id": request_id,
        "msg_type": "execute_request",
        "username": "tests",
        "session": uuid.uuid4().hex,
        "date": datetime.now(UTC).isoformat(),
        "version": "5.3",
    }
    wanted = {} if expression is None else {"value": VALUE.format(expression=f"({expression})")}
    content = {
        "code": statements,
        "silent": False,
        "store_history": False,
        "user_expressions": wanted,
        "allow_stdin": False,
        "stop_on_error": False,
    }
    socket.send(
        json.dumps(
            {
                "channel": "shell",
                "header": header,
                "parent_header": {},
                "metadata": {},
                "content": content,
                "buffers": [],
            }
        )
    )
    return request_id


def _reply_to(socket: websocket.WebSocket, request_id: str) -> dict[str, Any]:
    while True:
        frame = socket.recv()
        if not frame:
            raise KernelError("the kernel's connection was closed before it replied")
        message = json.loads(frame)
        asked_by = message["parent_header"].get("msg_id")
        if message["header"]["msg_type"] == "execute_reply" and asked_by == request_id:
            content: dict[str, Any] = message["content"]
            return content


def _value(reply: dict[str, Any], expression: str | None) -> Any:
    if reply["status"] != "ok":
        raise KernelError("\n".join(reply.get("traceback") or [reply["status"]]))
    if expression is None:
        return None
    told = reply["user_expressions"]["value"]
    if told["status"] != "ok":
        raise KernelError("\n".join(told.get("traceback") or [told.get("evalue", "error")]))
    return json.loads(ast.literal_eval(told["data"]["text/plain"]))
