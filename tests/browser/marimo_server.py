"""A real marimo, offline and apart from its user's settings, with one notebook."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page

from tests.browser.page_errors import collect_errors
from tests.browser.server import Server

CONFIG = """
[runtime]
auto_instantiate = true  # also when a notebook is opened to be edited
[server]
disable_file_downloads = true
"""


class MarimoServer(Server):
    """A notebook as an app ("run") or in the editor ("edit")."""

    def __init__(self, folder: Path, notebook: Path, mode: Literal["run", "edit"] = "run") -> None:
        super().__init__("marimo", folder / "server.log", "health")
        self._folder, self._mode = folder, mode
        folder.mkdir(parents=True)
        # A copy: marimo leaves its caches beside a notebook.
        self._notebook = Path(shutil.copy(notebook, folder / notebook.name))

    def _prepare(self) -> tuple[list[str], Path, dict[str, str]]:
        config = self._folder / "config/marimo"
        config.mkdir(parents=True)
        (config / "marimo.toml").write_text(CONFIG)
        where = ["--host", "127.0.0.1", "--port", str(self.port), "--headless", "--no-token"]
        homes = {"HOME": "home", "XDG_CONFIG_HOME": "config", "XDG_CACHE_HOME": "cache"}
        paths = {name: str(self._folder / part) for name, part in homes.items()}
        environment = {**os.environ, **paths, "MARIMO_SKIP_UPDATE_CHECK": "1"}
        return ["marimo", self._mode, str(self._notebook), *where], self._folder, environment


class Visit:
    """The notebook in a page that reaches no other server; what went wrong is in `problems`."""

    def __init__(self, server: MarimoServer, browser: Browser) -> None:
        self.problems: list[str] = []
        self.page: Page = browser.new_page(viewport={"width": 1100, "height": 900})
        collect_errors(self.page, self.problems)
        self._inside = f"{server.url}/", "data:", "blob:"
        self.page.on("request", lambda asked: self._note(asked.url))
        self.page.goto(server.url)

    def close(self) -> None:
        self.page.close()

    def _note(self, url: str) -> None:
        if not url.startswith(self._inside):
            self.problems.append(url)
