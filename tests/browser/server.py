"""A server in a process of its own, on a free port of this computer."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Self

from tests.waiting import until


class Server:
    """A Python module that serves while the block runs, with all its state in one folder."""

    _python = sys.executable

    def __init__(self, name: str, log: Path, health: str) -> None:
        self._name, self._log, self._health = name, log, health
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        arguments, folder, environment = self._prepare()
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                [self._python, "-m", *arguments],
                env=environment,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            until(self._answers, 120, lambda: f"{self._name} does not answer:\n{self.log}")
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    @property
    def log(self) -> str:
        return self._log.read_text()

    def call(self, path: str, method: str = "GET", body: bytes | None = None) -> bytes:
        """What the server answers, asked without a proxy."""
        request = urllib.request.Request(f"{self.url}/{path}", body, method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=30) as answer:
            answered: bytes = answer.read()
        return answered

    def _prepare(self) -> tuple[list[str], Path, dict[str, str]]:
        """Module and arguments, the folder to run in, and the environment."""
        raise NotImplementedError

    def _answers(self) -> bool:
        if self._process.poll() is not None:
            raise ChildProcessError(f"{self._name} ended:\n{self.log}")
        try:
            self.call(self._health)
        except urllib.error.URLError:
            return False
        return True

    def _stop(self) -> None:
        # On SIGTERM a server shuts down its kernels before it ends.
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise
