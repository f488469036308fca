"""A JupyterLab of its own, in a Chromium of its own, for measurements."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.browsers import CHROMIUM
from tests.browser.lab import Lab, LabServer


@contextmanager
def jupyterlab(height: int = 900) -> Iterator[Lab]:
    """JupyterLab in a page 1,100 px wide."""
    with (
        tempfile.TemporaryDirectory() as folder,
        LabServer(Path(folder) / "lab") as server,
        sync_playwright() as playwright,
        CHROMIUM.launch_first(playwright) as browser,
    ):
        lab = Lab(server, browser.new_page(viewport={"width": 1100, "height": height}))
        yield lab
        lab.close()
