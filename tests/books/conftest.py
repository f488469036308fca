"""Fixtures of the books: the same Chromium as that of the browser tests."""

from tests.browser.conftest import launch_browser

__all__ = ["launch_browser"]
