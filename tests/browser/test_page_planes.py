"""The order of planes, what they have in common, and the scale of gain, in the built page."""

from __future__ import annotations

import numpy as np

from tests.browser.fake import Scope, small


def test_the_press_of_a_mouse_looks_ahead_by_pixels_and_a_key_by_planes(scope: Scope) -> None:
    scope.open(small(48, navigator=False))
    scope.kernel("kernel.model.receive({ _frame: { ...kernel.model.get('_frame'), era: 1 } })")
    scope.kernel("kernel.held = true")
    slider = scope.slider("Rotation plane")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box
    wished = "scope.kernel.heard.filter(({ type }) => type === 'ahead').at(-1)?.planes ?? []"
    scope.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    scope.page.mouse.down()
    scope.wait(f"{wished}.some(([position]) => position > 520)")
    places = np.sort([position for position, _ in scope.page.evaluate(wished)])
    assert np.diff(places).min() > 1
    scope.page.mouse.up()
    slider.press("ArrowRight")
    scope.wait(f"{wished}.some(([first], k, all) => all.some(([other]) => other === first + 1))")
