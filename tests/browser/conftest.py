"""Fixtures of the browser tests: a Chromium, a real JupyterLab, pictures to look at."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Generator, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright

from tests.browser.browsers import KINDS
from tests.browser.coverage import Coverage
from tests.browser.fake import Scope, opened
from tests.browser.lab import Lab, LabServer, LentPages

ROOT = Path(__file__).parents[2]
COVERAGE = pytest.StashKey[Coverage]()
FAILED = pytest.StashKey[bool]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[COVERAGE] = Coverage()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Hosts first, pages last: files that take long at the end leave the other workers idle."""
    here = Path(__file__).parent
    items.sort(key=lambda item: here == item.path.parent and item.path.match("test_page*"))


@pytest.fixture(autouse=True, scope="module")
def coverage(request: pytest.FixtureRequest) -> Iterator[None]:
    """What runs of the page if asked for, except in hosts, whose own scripts cost far more."""
    counted = request.path.name.startswith(("test_page", "test_hosts_page", "test_saved_page"))
    with pytest.MonkeyPatch.context() as monkeypatch:
        if counted and os.environ.get("SRM_WIDGET_COVERAGE"):
            request.config.stash[COVERAGE].watch(monkeypatch)
        yield


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
def launch_browser(
    browser_type_launch_args: dict[str, Any], browser_name: str, playwright: Playwright
) -> Callable[..., Browser]:
    """The first browser that starts, in place of Playwright's own."""
    kind = KINDS[browser_name]
    return partial(kind.launch_first, playwright, **browser_type_launch_args)


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "viewport": {"width": 1280, "height": 800}}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


def photograph_failure(page: Page, request: pytest.FixtureRequest) -> None:
    """Save a picture of a page whose test has failed, where those of other pages are."""
    if request.node.stash.get(FAILED, False):
        name = re.sub(r"[^\w.-]+", "-", request.node.nodeid)
        folder = ROOT / request.config.getoption("output")
        page.screenshot(path=folder / name / "test-failed-1.png")


@pytest.fixture(scope="module")
def shared_page(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Page]:
    """A page for all tests of a file: in a new one the browser compiles the script anew."""
    context = browser.new_context(**browser_context_args)
    yield context.new_page()
    context.close()


@pytest.fixture
def scope(
    shared_page: Page, browser_context_args: dict[str, Any], request: pytest.FixtureRequest
) -> Iterator[Scope]:
    """The built page with a kernel of its own; size, media and pointer as in a new page."""
    shared_page.set_viewport_size(browser_context_args["viewport"])
    shared_page.emulate_media(
        color_scheme="null", reduced_motion="null", forced_colors="null", contrast="null"
    )
    shared_page.mouse.move(0, 0)
    try:
        yield from opened(shared_page)
    finally:
        photograph_failure(shared_page, request)
        shared_page.goto("about:blank")


@pytest.fixture
def fresh_scope(page: Page) -> Iterator[Scope]:
    """The same in a page of the test's own: for scripts that run first, or another screen."""
    yield from opened(page)


@pytest.fixture(scope="session")
def lab_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """One JupyterLab for all tests."""
    with LabServer(tmp_path_factory.mktemp("lab"), reuses_kernels=True) as server:
        yield server


@pytest.fixture(scope="session")
def lab_context(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[BrowserContext]:
    """Where all pages of JupyterLab are: the browser keeps its files and compiled scripts."""
    context = browser.new_context(**browser_context_args)
    yield context
    context.close()


@pytest.fixture(scope="session")
def lab_pages(lab_context: BrowserContext, request: pytest.FixtureRequest) -> LentPages:
    """Pages that JupyterLab stays in from one notebook to the next."""
    return LentPages(lab_context, lambda: request.session.testsfailed)


@pytest.fixture
def lab(
    lab_server: LabServer, lab_pages: LentPages, request: pytest.FixtureRequest
) -> Iterator[Lab]:
    """JupyterLab in a page that no other test has meanwhile; its notebook is left with the test."""
    page = lab_pages.take(1280, 800)
    lab = Lab(lab_server, page)
    yield lab
    photograph_failure(page, request)
    lab.close()
    lab_pages.give_back(page)


@pytest.fixture
def shot() -> Callable[[str, Locator | Page], Path]:
    """Save a picture of a page, or of one element of it, as ``artefacts/<name>.png``."""

    def take(name: str, of: Locator | Page) -> Path:
        stem = re.sub(r"[^\w.-]+", "-", name)
        path = ROOT / "artefacts" / f"{stem}.png"
        of.screenshot(path=path)
        return path

    return take
