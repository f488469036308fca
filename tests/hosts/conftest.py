"""Fixtures of the hosts: the same Chromium as that of the browser tests."""

from tests.browser.conftest import browser_type_launch_args, shot

__all__ = ["browser_type_launch_args", "shot"]
