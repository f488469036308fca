"""Classes in the built page: areas, points and shares by class, and their legend."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from tests.browser.fake import NBSP, Scope, small

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "\u202egnp.exe",
    "nul\x00nul",
    "x" * 100_000,
    "",
    "שלום עולם",
]


def labelled(names: list[str], n_samples: int = 240, **more: Any) -> dict[str, Any]:
    """Samples whose class is that of the half-axis they are nearest to, some noise apart."""
    layer = small(5, n_samples, **{"epsilon": 0.6, "by_class": True, **more})
    samples = np.array(layer["samples"])
    axis = np.abs(samples).argmax(axis=1)
    side = np.take_along_axis(samples, axis[:, None], 1)[:, 0] < 0
    return {**layer, "labels": [names[k % len(names)] for k in 2 * axis + side]}


def entries(scope: Scope, view: int = 0) -> Locator:
    return scope.view(view).locator(".srm-class-entries button")


def readout(scope: Scope) -> float:
    """Its height, px."""
    box = scope.view().locator(".srm-readout").bounding_box()
    assert box
    return box["height"]


@pytest.mark.firefox
def test_points_wear_the_colour_of_their_class(scope: Scope) -> None:
    scope.open(labelled(["a", "b"], theta=0.4))
    lit = scope.view().locator(".srm-points-lit")
    expect(lit).to_have_count(2)
    drawn = [(path.get_attribute("d") or "").count("M") for path in lit.all()]
    assert drawn == scope.trait("_frame")["class_lit"]
    colours = [path.evaluate("node => getComputedStyle(node).fill") for path in lit.all()]
    assert len(set(colours)) == 2
    entries(scope).first.click()
    expect(lit).to_have_count(1)
    assert lit.evaluate("node => getComputedStyle(node).fill") == colours[1]
    toggle = scope.button("Classes")
    toggle.click()
    assert scope.kernel("kernel.traits.by_class") is False
    expect(toggle).to_have_attribute("aria-pressed", "false")
    expect(lit).to_have_attribute("class", "srm-points srm-points-lit srm-plain")


def test_the_readout_says_of_which_classes_the_lit_samples_are(scope: Scope) -> None:
    scope.open(labelled(["a", "b", "c", "d", "e"], by_class=False, epsilon=0.3))
    lit = scope.trait("_frame")["class_lit"]
    order = sorted(range(5), key=lambda k: -lit[k])[:3]
    rows = scope.view().locator(".srm-class-rows .srm-row")
    expect(rows).to_have_count(3)
    for row, group in zip(rows.all(), order, strict=True):
        share = f"{100 * lit[group] / sum(lit):.1f}{NBSP}%"
        expect(row).to_have_text(f"{'abcde'[group]}{lit[group]} of {sum(lit)} · {share}")
    bar = scope.view().locator(".srm-class-bar span")
    widths = bar.evaluate_all("parts => parts.map(part => part.getBoundingClientRect().width)")
    np.testing.assert_allclose(widths, np.array(lit) / sum(lit) * sum(widths), atol=0.1)
    summary = scope.view().locator(".srm-polar > desc").text_content() or ""
    assert f" {'abcde'[order[0]]}: {lit[order[0]]} of {sum(lit)};" in summary
    expect(scope.view().locator(".srm-live")).to_have_text(summary)
    height = readout(scope)
    scope.slider("Epsilon").fill("1")
    expect(rows).to_have_count(0)
    assert readout(scope) == height


@pytest.mark.firefox
def test_names_are_shown_as_text_whatever_they_hold(
    scope: Scope, shot: Callable[..., Path]
) -> None:
    names = [*HOSTILE, *(f"式 {k}" for k in range(6))]
    layer = labelled(names)
    labels = [names[k % len(names)] for k in range(len(layer["labels"]))]
    scope.open({**layer, "labels": labels})
    shown = entries(scope).locator("bdi").all_text_contents()
    assert len(shown) == 10
    assert shown[-1] == "other: 3 classes"
    assert {*HOSTILE[:3], HOSTILE[5], "(empty)"} < set(shown)
    assert max(map(len, shown)) <= 60
    expect(entries(scope).last).to_have_class("srm-class srm-class-9")
    assert scope.view().locator("img").count() == 0
    for width in (320, 900):
        scope.resize(width)
        for box in (entry.bounding_box() for entry in entries(scope).all()):
            assert box
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
        assert scope.page.evaluate("document.documentElement.scrollWidth") <= width
        shot(f"page-classes-hostile-{width}", scope.view())


def test_pictures(scope: Scope, shot: Callable[..., Path]) -> None:
    more = {"theta": math.radians(80), "resolution": 180, "navigator": False}
    scope.open(labelled(list("0123456789"), 1500, **more))
    for look in scope.looks():
        assert scope.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert shot(f"page-classes-{look}", scope.view()).stat().st_size > 0
