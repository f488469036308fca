"""Fixtures of the hosts: the same Chromium as that of the browser tests."""

from tests.browser.conftest import launch_browser, shot

__all__ = ["launch_browser", "shot"]
