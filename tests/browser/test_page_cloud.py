"""The samples under the curve: as points, as a density, or as its ratio to isotropy."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.fake import Scope, small


def choice(scope: Scope) -> Locator:
    return scope.view().get_by_role("combobox", name="Samples as", exact=True)


def cloud(scope: Scope, side: str = "unlit") -> Locator:
    return scope.view().locator(f".srm-density-{side}")


def colour(scope: Scope, side: str, a: float, c: float) -> list[int]:
    """Strongest colour, with its opacity, of the density's picture around the place (a, c)."""
    found: list[int] = cloud(scope, side).evaluate(
        """(canvas, [a, c]) => {
            const at = value => Math.floor((value + 1) / 2 * canvas.width) - 2;
            const copy = document.createElement('canvas');
            copy.width = copy.height = 5;
            const context = copy.getContext('2d');
            context.drawImage(canvas, at(a), at(-c), 5, 5, 0, 0, 5, 5);
            const { data } = context.getImageData(0, 0, 5, 5);
            const pixels = Array.from({ length: 25 }, (_, k) => [...data.slice(4 * k, 4 * k + 4)]);
            return pixels.reduce((most, each) => (each[3] > most[3] ? each : most));
        }""",
        [a, c],
    )
    return found


@pytest.mark.firefox
def test_a_density_stands_where_the_samples_do(scope: Scope) -> None:
    # In the plane of b0 and b1, three samples up on the right and one far down.
    samples = [[0.6, 0.5, 0.3, 0.55]] * 3 + [[0.1, -0.7, 0.5, 0.5]]
    layer = {**small(4), "samples": samples, "epsilon": 0.6, "theta": 0.7}
    scope.open({**layer, "cloud": "density"})
    right, down = (0.6, 0.5), (0.1, -0.7)
    ink = {place: colour(scope, "unlit", *place) for place in (right, down)}
    assert ink[right][3] > ink[down][3] > 30
    assert ink[right][0] == pytest.approx(ink[right][2], abs=12)
    for a, c in (right, down):
        assert colour(scope, "unlit", a, -c)[3] == 0
        assert colour(scope, "unlit", -a, c)[3] == 0
    red, _, blue, _ = colour(scope, "lit", *right)
    assert red > blue + 100
    expect(scope.view().locator(".srm-cloud-ends")).to_have_text("13 a cell")

    scope.page.evaluate("document.body.className = 'dark'")
    expect(scope.view()).to_have_attribute("data-srm-theme", "dark")
    scope.painted()
    assert colour(scope, "unlit", *right)[0] > ink[right][0] + 50


@pytest.mark.parametrize("cloud_of", ["plane", "all"])
def test_a_turn_of_the_beam_draws_only_what_is_lit(scope: Scope, cloud_of: str) -> None:
    scope.open(small(6, epsilon=0.5, cloud="density", cloud_of=cloud_of))
    pictures = {side: cloud(scope, side) for side in ("unlit", "lit")}
    # A picture that comes into sight is drawn anew: by the end of a drag it has come.
    scope.drag(scope.place(0, 1), scope.place(2, 1))
    scope.painted()
    for canvas in pictures.values():
        canvas.evaluate(
            """canvas => {
                const context = canvas.getContext('2d');
                const draw = context.drawImage;
                canvas.drawn = 0;
                context.drawImage = (...args) => {
                    canvas.drawn += 1;
                    return draw.apply(context, args);
                };
            }"""
        )
    seen = set()
    for theta in (0.3, 1.0, 4.0):
        scope.drag(scope.place(scope.trait("theta"), 1), scope.place(theta, 1))
        assert scope.trait("theta") == pytest.approx(theta, abs=0.01)
        scope.painted()
        seen.add(pictures["lit"].evaluate("canvas => canvas.toDataURL()"))
    assert len(seen) == 3
    expect(pictures["unlit"]).to_have_js_property("drawn", 0)
    assert pictures["lit"].evaluate("canvas => canvas.drawn") >= 3
    scope.slider("Rotation plane").press("ArrowRight")
    scope.painted()
    # All planes are the same in every plane.
    expect(pictures["unlit"]).to_have_js_property("drawn", int(cloud_of == "plane"))


def test_pictures(scope: Scope, shot: Callable[..., Path]) -> None:
    for kind in ("density", "ratio"):
        more = {"epsilon": 0.6, "theta": math.radians(140), "resolution": 90, "navigator": False}
        scope.open(small(8, 3000, cloud=kind, **more))
        for look in scope.looks():
            assert scope.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            assert shot(f"page-cloud-{kind}-{look}", scope.view()).stat().st_size > 0
