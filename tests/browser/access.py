"""What assistive technology meets in a page: axe-core's rules, and the states to check them in."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page

from tests.browser.fake import Scope, small

AXE = Path(__file__).parents[2] / "js" / "node_modules" / "axe-core" / "axe.min.js"

# Off by default in axe-core; the sizes of targets are of WCAG 2.2 AA.
ON = ("target-size",)

# What the looks of a page may break: colours, sizes and the order that goes with the width.
LOOKS = (
    "aria-hidden-focus",
    "color-contrast",
    "focus-order-semantics",
    "heading-order",
    "link-in-text-block",
    "scrollable-region-focusable",
    "tabindex",
    "target-size",
)

RUN = """([inside, on, off, only]) => axe.run(inside ?? document, {
    resultTypes: ["violations"],
    ...(only.length > 0 && { runOnly: { type: "rule", values: only } }),
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


def violations(
    page: Page,
    inside: str | None = ".srm-scope",
    off: tuple[str, ...] = (),
    only: tuple[str, ...] = (),
) -> Any:
    """Every element that breaks a rule of axe-core.

    Parameters
    ----------
    inside
        The part of the page that is checked; with `None` all of it, page-level rules with it.
    off
        Rules that are not checked.
    only
        Rules that are checked, if not all.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    return page.evaluate(RUN, [inside, [] if only else list(ON), list(off), list(only)])


def rested(scope: Scope) -> None:
    """Wait until all is drawn and nothing fades any more."""
    scope.painted()
    scope.page.evaluate(
        "Promise.allSettled(document.getAnimations().map(({ finished }) => finished))"
    )


def step(k: int, n_steps: int, n_samples: int = 60) -> dict[str, Any]:
    """Samples of one step of a timeline, which move towards the axes."""
    normal = np.random.default_rng(1).standard_normal((n_samples, 4))
    samples = np.sign(normal) * np.abs(normal) ** (1 + 2 * k / (n_steps - 1))
    return {"label": f"epoch {k}", "samples": samples.round(4).tolist()}


def timeline(n_steps: int = 4, **more: Any) -> dict[str, Any]:
    steps = [step(k, n_steps) for k in range(n_steps)]
    return small(4, steps=steps, resolution=120, **more)


def labelled(**more: Any) -> dict[str, Any]:
    """Samples of three classes."""
    return small(6, labels=[["cat", "dog", "owl"][k % 3] for k in range(300)], **more)


def pictured(**more: Any) -> dict[str, Any]:
    """Samples of three classes with a picture of 4 × 4 each."""
    slopes = np.random.default_rng(2).uniform(size=(300, 16)).round(2).tolist()
    return labelled(contents={"images": slopes}, epsilon=0.4, theta=1.0, **more)


def written(**more: Any) -> dict[str, Any]:
    """Samples of three classes with a text each, some too long for a tile; one has none to show."""
    texts = [f"text number {k} " * (1 + k % 9) for k in range(300)]
    contents = {"texts": texts, "problems": {3 * k: "no such file" for k in range(100)}}
    return labelled(contents=contents, epsilon=0.4, theta=1.0, **more)


def tokens(**more: Any) -> dict[str, Any]:
    """Samples of three classes with a text each of which a part is marked, far in for some."""
    befores = ["before it " * (k % 12) for k in range(300)]
    texts = [f"{before}␣token{k}{' after it' * (k % 7)}" for k, before in enumerate(befores)]
    marks = [(len(before), len(before) + len(f"␣token{k}")) for k, before in enumerate(befores)]
    contents = {"texts": texts, "marks": marks}
    return labelled(contents=contents, **{"epsilon": 0.4, "theta": 1.0} | more)
