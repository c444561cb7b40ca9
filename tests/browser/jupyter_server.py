"""A real Jupyter server on a free port that reads and leaves nothing of the user's.

It serves JupyterLab at /lab and Notebook at /notebooks, with kernels of this interpreter
that import the very nbannotate that the tests import.
"""

from __future__ import annotations

import importlib.util
import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import psutil

from tests.browser import processes

START_SECONDS = 90.0
QUIET_SETTINGS = {
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False}
}


class JupyterServer:
    """One server, from entering the context to leaving it.

    Parameters
    ----------
    folder
        An empty folder: the settings land in it, the notebooks under ``notebooks/``.
    """

    def __init__(self, folder: Path) -> None:
        self.root = folder / "notebooks"
        self.data = folder / "data"
        self.log = folder / "server.log"
        self.token = secrets.token_hex(16)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.root.mkdir(parents=True)
        environment = _environment(self._folder)
        _write_settings(Path(environment["JUPYTERLAB_SETTINGS_DIR"]))
        self._process = processes.begin(
            self._command(), environment=environment, log=self.log, folder=self.root
        )
        try:
            self._wait_until_up()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            processes.end(self._process)

    def request(self, method: str, path: str, body: object = None) -> Any:
        """Return what the server's REST interface answers, None for an empty answer."""
        call = urllib.request.Request(
            f"{self.url}/{path.lstrip('/')}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"token {self.token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(call, timeout=30) as reply:
            content = reply.read()
        return json.loads(content) if content else None

    def session_of(self, path: str) -> dict[str, Any] | None:
        """Return the running session of the notebook at ``path``, None without one."""
        sessions = self.request("GET", "api/sessions")
        return next((one for one in sessions if one["path"] == path), None)

    def end_session_of(self, path: str) -> None:
        """Shut down the kernel of the notebook at ``path``, if it has one."""
        session = self.session_of(path)
        if session is not None:
            self.request("DELETE", f"api/sessions/{quote(session['id'])}")

    def kernel_process(self, kernel_id: str) -> psutil.Process:
        """Return the operating system's process of a kernel.

        It is found by its command line, so that a busy kernel is found too.
        """
        if self._process is None:
            message = "the server is not running; enter its context first"
            raise RuntimeError(message)
        for child in psutil.Process(self._process.pid).children(recursive=True):
            try:
                if any(kernel_id in word for word in child.cmdline()):
                    return child
            except psutil.Error:
                continue  # It ended between the listing and the look.
        raise LookupError(f"no process of kernel {kernel_id} is running")

    def _command(self) -> list[str]:
        return [
            *(sys.executable, "-m", "jupyter", "lab"),
            *("--no-browser", "--ip=127.0.0.1", f"--port={self.port}", "--port-retries=0"),
            "--allow-root",
            f"--IdentityProvider.token={self.token}",
            f"--ServerApp.root_dir={self.root}",
            # A kernel killed in its first ten seconds would come back where no page looks for it.
            "--KernelRestarter.random_ports_until_alive=False",
            # The tests read the notebook's model from the page.
            "--LabApp.expose_app_in_browser=True",
            "--JupyterNotebookApp.expose_app_in_browser=True",
        ]

    def _wait_until_up(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                break
            try:
                self.request("GET", "api/status")
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
            else:
                return
        tail = self.log.read_text(errors="replace")[-3000:]
        raise RuntimeError(f"the Jupyter server did not start; the end of its log:\n{tail}")


def _environment(folder: Path) -> dict[str, str]:
    places = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    environment = environment_of_kernels()
    for name, place in places.items():
        (folder / place).mkdir(parents=True, exist_ok=True)
        environment[name] = str(folder / place)
    return environment


def environment_of_kernels() -> dict[str, str]:
    """Return an environment in which a kernel imports what the tests import."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    spec = importlib.util.find_spec("nbannotate")
    for package in (spec.submodule_search_locations or []) if spec else []:
        earlier = environment.get("PYTHONPATH")
        places_of_import = filter(None, [str(Path(package).parent), earlier])
        environment["PYTHONPATH"] = os.pathsep.join(places_of_import)
    return environment


def _write_settings(folder: Path) -> None:
    for name, settings in QUIET_SETTINGS.items():
        place = folder / f"{name}.jupyterlab-settings"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps(settings))


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
