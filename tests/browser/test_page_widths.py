"""The map in the built page at every width: drawn at its size, and hit where it is drawn."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.fake import Scope, small
from tests.browser.navigator import cell

NARROWEST, WIDEST = 320, 1100
DIRECTIONS = 6

# Views of every width, some at once, their canvases as new ones are. Of those whose canvas has not
# the size it is shown at, or whose cells are not all coloured up to their corners except for those
# of one direction: the width, the canvas and its place.
WRONG = """async ([from, to, n]) => {
    const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const copy = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const missesOf = (canvas, side) => {
        copy.canvas.width = canvas.width;
        copy.canvas.height = canvas.height;
        copy.drawImage(canvas, 0, 0);
        const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
        const isDrawn = (row, column) => {
            const [y, x] = [row, column].map((share) => Math.floor(share * side));
            return data[4 * (y * canvas.width + x) + 3] === 255;
        };
        const cells = Array.from({ length: n * n }, (_, k) => [Math.floor(k / n), k % n]);
        const corners = [[0.2, 0.8], [0.5, 0.5], [0.8, 0.2]];
        return cells.filter(([i, j]) =>
            corners.some(([a, b]) => isDrawn((i + a) / n, (j + b) / n) === (i === j)));
    };
    const wrong = [];
    for (let first = from; first <= to; first += scope.views.length) {
        scope.views.forEach(({ el }, k) => {
            el.style.width = `${Math.min(first + k, to)}px`;
            Object.assign(el.querySelector(".srm-map-canvas"), { width: 300, height: 150 });
        });
        await painted();
        scope.model.set("pair", scope.model.get("pair").toReversed());
        scope.model.save_changes();
        await painted();
        await painted();
        for (const { el } of scope.views) {
            const canvas = el.querySelector(".srm-map-canvas");
            const { width: across, height: down } = canvas;
            const shown = canvas.getBoundingClientRect();
            const side = Math.round(shown.width * devicePixelRatio);
            const misses = missesOf(canvas, side);
            if (across !== side || down !== side || misses.length > 0) {
                const size = [shown.width, shown.height];
                wrong.push({ width: el.style.width, across, down, size, misses });
            }
        }
    }
    return wrong;
}"""


@pytest.mark.firefox
def test_the_map_has_the_size_it_is_shown_at(scope: Scope) -> None:
    scope.open(small(DIRECTIONS, 60), views=8)
    wrong: list[dict[str, Any]] = scope.page.evaluate(WRONG, [NARROWEST, WIDEST, DIRECTIONS])
    assert wrong == []


@pytest.mark.parametrize(
    "width", [320, 348, 360, 803, pytest.param(804, marks=pytest.mark.firefox), 805, 1100]
)
def test_a_click_shows_the_plane_that_is_drawn_there(scope: Scope, width: int) -> None:
    scope.page.set_viewport_size({"width": width, "height": 900})
    scope.open(small(DIRECTIONS, 60))
    for i, j in ((4, 1), (1, 4), (5, 0), (0, 5)):
        scope.page.mouse.click(*scope.on_map(cell(i, DIRECTIONS), cell(j, DIRECTIONS)))
        scope.wait("scope.model.get('pair').join() === arg", f"{i},{j}")
        # Marked where it was pressed: the frame stands on a colour that the cell did not have.
        marked = scope.pixel(cell(i, DIRECTIONS), (j + 0.03) / DIRECTIONS)
        assert marked != scope.pixel(cell(i, DIRECTIONS), cell(j, DIRECTIONS))
