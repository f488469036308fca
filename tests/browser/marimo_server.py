"""A real marimo, offline and apart from its user's settings, with one notebook."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Literal, Self

from playwright.sync_api import Browser, Page, Route

from tests.browser.lab import until

CONFIG = """
[runtime]
auto_instantiate = true  # also when a notebook is opened to be edited
[server]
disable_file_downloads = true
"""


class MarimoServer:
    """A notebook as an app ("run") or in the editor ("edit"), on a free port of this computer."""

    def __init__(self, folder: Path, notebook: Path, mode: Literal["run", "edit"] = "run") -> None:
        self._folder, self._mode = folder, mode
        folder.mkdir(parents=True)
        # A copy: marimo leaves its caches beside a notebook.
        self._notebook = Path(shutil.copy(notebook, folder / notebook.name))
        self._log = folder / "server.log"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        config = self._folder / "config/marimo"
        config.mkdir(parents=True)
        (config / "marimo.toml").write_text(CONFIG)
        where = ["--host", "127.0.0.1", "--port", str(self.port), "--headless", "--no-token"]
        homes = {"HOME": "home", "XDG_CONFIG_HOME": "config", "XDG_CACHE_HOME": "cache"}
        paths = {name: str(self._folder / part) for name, part in homes.items()}
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "marimo", self._mode, str(self._notebook), *where],
                env={**os.environ, **paths, "MARIMO_SKIP_UPDATE_CHECK": "1"},
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            until(self._answers, 60, lambda: f"marimo does not answer:\n{self.log}")
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    @property
    def log(self) -> str:
        return self._log.read_text()

    def _answers(self) -> bool:
        if self._process.poll() is not None:
            raise ChildProcessError(f"marimo ended:\n{self.log}")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"{self.url}/health", timeout=30) as answer:
                return bool(answer.status == 200)
        except urllib.error.URLError:
            return False

    def _stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise


class Visit:
    """The notebook in a page that reaches no other server; what went wrong is in `problems`."""

    def __init__(self, server: MarimoServer, browser: Browser) -> None:
        self.problems: list[str] = []
        self.page: Page = browser.new_page(viewport={"width": 1100, "height": 900})
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self._inside = f"{server.url}/", "data:", "blob:"
        self.page.route("**/*", self._pass)
        self.page.goto(server.url)

    def close(self) -> None:
        self.page.close()

    def _pass(self, route: Route) -> None:
        if route.request.url.startswith(self._inside):
            route.continue_()
        else:
            self.problems.append(route.request.url)
            route.abort()
