"""Fixtures of the browser tests: a Chromium, a real JupyterLab, pictures to look at."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Playwright

from tests.browser import chromium
from tests.browser.coverage import Coverage
from tests.browser.lab import Lab, LabServer

ROOT = Path(__file__).parents[2]
COVERAGE = pytest.StashKey[Coverage]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[COVERAGE] = Coverage()


@pytest.fixture(autouse=True)
def coverage(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What runs of the page, except in hosts, whose own scripts would cost far more to count."""
    if request.path.name.startswith(("test_page", "test_hosts_page", "test_saved_page")):
        request.config.stash[COVERAGE].watch(monkeypatch)


def pytest_sessionfinish(session: pytest.Session) -> None:
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["coverage"] = session.config.stash[COVERAGE].report()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    if "coverage" in getattr(node, "workeroutput", {}):
        node.config.stash[COVERAGE].add(node.workeroutput["coverage"])


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    lines = config.stash[COVERAGE].summary()
    if lines:
        terminalreporter.section("lines of js/src that ran in the browser")
        terminalreporter.write_line("\n".join(lines))


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
