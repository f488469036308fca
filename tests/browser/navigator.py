"""The map of all planes of a scope in a page: its parts, and ways to go about it."""

from __future__ import annotations

import math

from playwright.sync_api import Locator

from tests.browser.fake import Scope


def navigator(scope: Scope) -> Locator:
    return scope.view().get_by_role("group", name="Navigator")


def canvas(scope: Scope) -> Locator:
    return scope.view().get_by_role("application", name="Map of planes")


def line(scope: Scope) -> Locator:
    return scope.view().locator(".srm-map-line")


def hover(scope: Scope, row: float, column: float) -> str:
    """What the map says of the plane under a pointer at this share of its height and width."""
    scope.page.mouse.move(*scope.on_map(row, column))
    scope.painted()
    return line(scope).inner_text().replace("\u00a0", " ")


def zoom(scope: Scope, row: float, column: float, notches: int) -> None:
    """Turn the wheel with Control held."""
    scope.page.mouse.move(*scope.on_map(row, column))
    scope.page.keyboard.down("Control")
    for _ in range(abs(notches)):
        scope.page.mouse.wheel(0, -math.copysign(100, notches))
        scope.painted()
    scope.page.keyboard.up("Control")
    scope.painted()


def cell(k: int, of: int) -> float:
    return (k + 0.5) / of
