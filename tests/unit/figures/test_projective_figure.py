"""Grids of densities as a figure: what is drawn is what was counted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

import srm_widget as srm
from srm_widget.figures.density_colours import DARK, LIGHT
from srm_widget.results.projective_grid import LEVELS
from tests.unit.support.models import models, timeline

HOSTILE = r"$\frac{1}{0}$ & <b>"


def panels(figure: Figure) -> list[Any]:
    return [axes for axes in figure.axes if axes.get_images()]


def texts(figure: Figure) -> list[str]:
    figure.draw_without_rendering()
    inside = [text.get_text() for axes in figure.axes for text in axes.texts]
    return inside + [text.get_text() for text in figure.texts]


@pytest.mark.parametrize("ratio", [False, True])
def test_each_panel_shows_its_own_density(*, ratio: bool) -> None:
    given = models()
    figure = srm.projective_grid(given, epsilon=0.6, bins=16, extent=5.0, ratio=ratio)
    shown = panels(figure)
    assert len(shown) == 6
    for axes, engine in zip(shown, [*given["one"], *given["other"]], strict=True):
        density = engine.ensemble_density(epsilon=0.6, bins=16, extent=5.0)
        (image,) = axes.get_images()
        ground = (image.get_array() == LIGHT.table(by_ratio=ratio)[0]).all(axis=2)
        drawn = ~ground[::-1].T
        assert drawn[density.counts > 0].all()
        if not ratio:
            assert not drawn[density.counts == 0].any()
        assert image.get_extent() == [-5.0, 5.0, -5.0, 5.0]
        assert f"{density.n_hits:,} hits" in axes.texts[0].get_text()


def test_rows_columns_and_what_it_rests_on_are_written() -> None:
    figure = srm.projective_grid(models(), epsilon=0.6)
    shown = panels(figure)
    assert [axes.get_title() for axes in shown] == ["epoch 0", "epoch 1", "epoch 2", "", "", ""]
    assert [axes.get_ylabel() for axes in shown] == ["one", "", "", "other", "", ""]
    facts = " ".join(reversed([text for text in texts(figure) if "hit" not in text[-5:]]))
    for part in ("ε = 0.6", "6 planes", "80 samples", "64 × 64"):
        assert part in facts


def test_steps_of_other_labels_are_written_over_each_panel() -> None:
    given = {"one": timeline(1, 2), "other": timeline(3, 4, prefix="layer")}
    shown = panels(srm.projective_grid(given, epsilon=0.6))
    assert [axes.get_title() for axes in shown] == ["epoch 0", "epoch 1", "layer 0", "layer 1"]


@pytest.mark.parametrize("raw", [False, True])
def test_nothing_overlaps_and_names_are_only_names(*, raw: bool) -> None:
    made = timeline(1, prefix=HOSTILE)
    figure = srm.projective_grid({f"{HOSTILE} " * 5: made}, epsilon=1.0, raw=raw, size=3.0)
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    (axes,) = panels(figure)
    title, weight = axes.title.get_window_extent(renderer), axes.texts[0].get_window_extent()
    assert axes.get_title().startswith("$")
    assert not title.overlaps(weight)
    inside = figure.bbox.get_points()
    for box in (title, weight, axes.yaxis.label.get_window_extent(renderer)):
        assert (box.get_points()[0] >= inside[0]).all()
        assert (box.get_points()[1] <= inside[1]).all()


@pytest.mark.parametrize("by_ratio", [False, True])
def test_colours_can_be_told_apart_from_nothing(*, by_ratio: bool) -> None:
    """The scale runs from one end to the other; no colour of it is that of the ground."""
    for theme in (LIGHT, DARK):
        table = theme.table(by_ratio=by_ratio).astype(int)
        assert table.shape == (2 + LEVELS, 3)
        assert (np.abs(table[1:] - table[0]).max(axis=1) >= 20).all()


@pytest.mark.parametrize(("size", "error"), [(1.0, ValueError), ("wide", TypeError)])
@pytest.mark.usefixtures("as_users")
def test_sizes_are_refused_as_those_of_figures(size: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="size"):
        srm.projective_grid(models(), size=size)


def test_it_tells_how_far_it_is() -> None:
    shares: list[float] = []
    srm.projective_grid(models(), epsilon=0.6, progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
