"""Fixtures of the browser tests: a Chromium, a real JupyterLab, pictures to look at."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Playwright

from tests.browser import chromium
from tests.browser.lab import Lab, LabServer

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, Any], playwright: Playwright
) -> dict[str, Any]:
    return {**chromium.launch_args(playwright), **browser_type_launch_args}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "viewport": {"width": 1280, "height": 800}}


@pytest.fixture(scope="session")
def lab_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """One JupyterLab for all tests."""
    with LabServer(tmp_path_factory.mktemp("lab")) as server:
        yield server


@pytest.fixture
def lab(lab_server: LabServer, page: Page) -> Iterator[Lab]:
    """JupyterLab in the test's page; the kernel of what it opened ends with the test."""
    lab = Lab(lab_server, page)
    yield lab
    lab.close()


@pytest.fixture
def shot(request: pytest.FixtureRequest, page: Page) -> Callable[..., Path]:
    """Save a picture of the page, or of one element of it, as ``artefacts/<name>.png``."""

    def take(name: str, of: Locator | Page | None = None) -> Path:
        stem = re.sub(r"[^\w.-]+", "-", name)
        path = ROOT / "artefacts" / f"{stem}.png"
        (of or page).screenshot(path=path)
        return path

    return take
