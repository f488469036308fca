"""What assistive technology meets in a page: axe-core's rules, and the states to check them in."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "js" / "node_modules" / "axe-core" / "axe.min.js"

# Off by default in axe-core; the sizes of targets are of WCAG 2.2 AA.
ON = ("target-size",)

RUN = """([inside, on, off]) => axe.run(inside ?? document, {
    resultTypes: ["violations"],
    rules: Object.fromEntries(
        [...on.map((rule) => [rule, true]), ...off.map((rule) => [rule, false])]
            .map(([rule, enabled]) => [rule, { enabled }])
    ),
}).then(({ violations }) => violations.flatMap(({ id, help, nodes }) => nodes.map(
    ({ target, failureSummary }) => `${id} (${help}): ${target.join(" ")}: ${failureSummary}`
)))"""


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


def violations(page: Page, inside: str | None = ".srm-scope", off: tuple[str, ...] = ()) -> Any:
    """Every element that breaks a rule of axe-core.

    Parameters
    ----------
    inside
        The part of the page that is checked; with `None` all of it, page-level rules with it.
    off
        Rules that are not checked.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    return page.evaluate(RUN, [inside, list(ON), list(off)])
