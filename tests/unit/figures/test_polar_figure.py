"""Figures of the scope: what they show is what was counted."""

from __future__ import annotations

import io
import math
import re
import subprocess
import sys
from itertools import combinations
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

import srm_widget as srm
from srm_widget.figures import palette, polar_axes
from srm_widget.figures.plot_data import percent
from srm_widget.geometry.angular_grid import TURN
from srm_widget.results.count_histogram import BAND_QUANTILES
from srm_widget.utils.text import shorten_middle

pytestmark = pytest.mark.usefixtures("wires")

CSS = Path(__file__).parents[3] / "js/src"
SKEW = np.array([[1, 0, 0, 0, 0], [0.8, 0.6, 0, 0, 0], [0, 0, 1, 0, 0]])
HOSTILE = ["<script>alert(1)</script>", r"$\frac{1}{0}$ & \alpha"]


def axes(figure: Figure) -> Any:
    (only,) = figure.axes
    assert only.name == "polar"
    return only


def areas(figure: Figure, colour: str) -> list[np.ndarray]:
    """(K + 1, 2) angles and radii of the areas with an outline of some colour."""
    edges = [mpl.colors.to_hex(patch.get_edgecolor()) for patch in axes(figure).patches]
    found = [p for p, edge in zip(axes(figure).patches, edges, strict=True) if edge == colour]
    return [patch.get_xy()[:-1] for patch in found]  # closed once more by Matplotlib


def texts(figure: Figure) -> list[str]:
    figure.draw_without_rendering()
    inside = [text.get_text() for text in axes(figure).texts]
    legends = [text.get_text() for legend in figure.legends for text in legend.get_texts()]
    return inside + legends + [text.get_text() for text in figure.texts]


def angle_of(figure: Figure, text: str) -> float:
    (found,) = [label for label in axes(figure).texts if label.get_text() == text]
    return float(found.get_position()[0])


def test_the_curve_is_the_resonance(scope: srm.SRMScope) -> None:
    (curve,) = areas(scope.figure(), palette.CURVE)
    np.testing.assert_allclose(curve[:-1, 0], scope.resonance.angles)
    np.testing.assert_array_equal(curve[:-1, 1], scope.resonance.values[0])
    np.testing.assert_array_equal(curve[-1] - [TURN, 0], curve[0])


def test_the_curves_of_all_planes_lie_behind_as_quantiles(scope: srm.SRMScope) -> None:
    survey = scope.survey
    figure = scope.figure()
    quantiles = survey.quantiles(BAND_QUANTILES, lit=True)
    lines = {mpl.colors.to_hex(line.get_color()): line for line in axes(figure).lines}
    closed = lines[polar_axes.MEDIAN["color"]].get_ydata()
    np.testing.assert_allclose(closed[:-1], quantiles[2], rtol=1e-6)
    said = f"all {survey.n_planes} planes: median, 25–75, 5–95 %"
    assert said in texts(figure)
    scope.signed = True
    assert said not in texts(scope.figure())


@pytest.mark.parametrize("size", [2.0, 5.0])
def test_what_was_done_to_the_activations_stands_below(size: float) -> None:
    rows = np.random.default_rng(0).standard_normal((20_000, 3))
    scope = srm.SRMScope(rows, center="mean", min_norm=0.9, epsilon=0.5, navigator=False)
    figure = scope.figure(size=size)
    figure.draw_without_rendering()
    written = " ".join(text.get_text() for text in figure.texts).replace(" · ", " ")
    assert scope.resonance.preparation == scope.engine.preparation
    assert written.endswith(scope.engine.preparation.replace(" · ", " "))
    width = figure.bbox.width
    for text in figure.texts:
        box = text.get_window_extent()
        assert box.x0 >= 0, text
        assert box.x1 <= width, text


def test_the_band_is_the_interval(scope: srm.SRMScope) -> None:
    (band,) = axes(scope.figure()).collections
    (path,) = band.get_paths()
    low, high = scope.resonance.interval()
    assert path.vertices[:, 1].min() == pytest.approx(low.min())
    assert path.vertices[:, 1].max() == pytest.approx(
        min(high.max(), axes(scope.figure()).get_rmax())
    )


def test_both_lobes_of_the_signed_resonance(scope: srm.SRMScope) -> None:
    scope.signed = True
    figure = scope.figure()
    (positive,), (negative,) = (areas(figure, each) for each in (palette.CURVE, palette.NEGATIVE))
    signed = scope.resonance.signed[0]
    np.testing.assert_array_equal(positive[:-1, 1], signed.clip(0))
    np.testing.assert_array_equal(negative[:-1, 1], (-signed).clip(0))
    assert "isotropic" not in texts(figure)


def test_classes_add_up_to_the_curve(activations: np.ndarray) -> None:
    labels = np.array(["_under", "cat", "dog"])[np.arange(300) % 3]
    scope = srm.SRMScope(activations, labels=labels, epsilon=0.5, theta=0.0)
    figure = scope.figure()
    stack = [areas(figure, palette.CLASSES[group])[0][:-1, 1] for group in range(3)]
    np.testing.assert_allclose(stack[2], scope.resonance.values[0])
    only = scope.engine.class_curves(0, 1, labels, epsilon=0.5, resolution=360)
    np.testing.assert_allclose(stack[0], only.counts[0] / 300)
    assert {"cat", "dog", "_under"} <= set(texts(figure))
    scope.hidden_classes = [0]
    assert not areas(scope.figure(), palette.CLASSES[0])
    assert "_under" not in texts(scope.figure())
    scope.hidden_classes = [0, 1, 2]
    assert not {"cat", "dog"} & set(texts(scope.figure()))


def test_directions_stand_at_their_true_angles(activations: np.ndarray) -> None:
    names = ["edge", "corner", "third"]
    figure = srm.SRMScope(activations, SKEW, epsilon=0.5, directions=names).figure()
    alpha = math.acos(0.8)
    for text, angle in {"+edge": 0, "−edge": math.pi, "+corner": alpha}.items():
        assert angle_of(figure, text) == pytest.approx(angle)
    assert angle_of(figure, "−corner") == pytest.approx(alpha + math.pi)


def test_the_beam_reaches_as_far_as_the_cone(scope: srm.SRMScope) -> None:
    scope.theta = 1.0
    beam = axes(scope.figure()).patches[-1].get_xy()
    assert beam[:, 0].min() == pytest.approx(1.0 - math.acos(0.5))
    assert beam[:, 0].max() == pytest.approx(1.0 + math.acos(0.5))


def test_words_say_what_is_on_show(activations: np.ndarray) -> None:
    scope = srm.SRMScope(activations, epsilon=0.5, theta=math.radians(30), title="A layer")
    found = texts(scope.figure())
    lit = len(scope.engine.inside(0, 1, scope.theta, epsilon=0.5))
    facts = f"ε = 0.5 (±60°) · θ = 30° · lit {lit} of 300, {percent(lit / 300)} · isotropic"
    assert any(text.startswith(facts) for text in found)
    assert {"A layer", "b₀ ∧ b₁", "45°", "resonance f(θ)", "95 % interval"} <= set(found)


def test_the_legend_says_how_many_groups_the_band_is_of(activations: np.ndarray) -> None:
    scope = srm.SRMScope(activations, epsilon=0.5, groups=np.arange(300) % 25)
    assert "95 % interval (25 groups)" in texts(scope.figure())


def test_another_step_is_drawn_over_this_one(activations: np.ndarray) -> None:
    timeline = srm.Timeline()
    timeline.record(activations, "start")
    timeline.record(activations[:150] ** 3, "end")
    scope = srm.SRMScope(timeline, epsilon=0.5, scale="gain")
    figure = scope.figure()
    assert {"end (2 of 2)", "before: start"} <= set(texts(figure))
    first = timeline.step(0).engine.curve(*scope.pair, epsilon=0.5)
    (line,) = [line for line in axes(figure).lines if len(line.get_xdata()) == 361]
    np.testing.assert_allclose(line.get_ydata()[:-1], first.values[0])


def test_rings_count_in_isotropy(scope: srm.SRMScope) -> None:
    scope.scale = "gain"
    figure = scope.figure()
    assert any(text.endswith(" ×") for text in texts(figure))
    ring = axes(figure).get_yticks()[-1]
    label = next(text for text in texts(figure) if text.endswith(" ×"))
    assert ring / scope.resonance.isotropic == pytest.approx(float(label[:-2]))


@pytest.mark.parametrize(
    ("epsilon", "note"),
    [(1.0, "Nothing is lit at ε = 1: lower ε to 0."), (-1.0, ""), (0.9999, "Nothing is lit")],
)
def test_nothing_and_everything_lit(activations: np.ndarray, epsilon: float, note: str) -> None:
    figure = srm.SRMScope(activations, epsilon=epsilon).figure()
    found = " ".join(" ".join(texts(figure)).split())
    assert (note in found) if note else ("Nothing is lit" not in found)
    assert ("95 % interval" in found) == (not note)


def test_a_plane_without_samples(activations: np.ndarray) -> None:
    flat = activations * [0, 0, 1, 1, 1]
    figure = srm.SRMScope(flat, epsilon=0.5, pair=(0, 1)).figure()
    assert "No sample has a component" in " ".join(texts(figure))


def test_counts_have_figures_too(activations: np.ndarray) -> None:
    counts = srm.ResonanceCounts(epsilon=[0.5], resolution=36)
    counts.append(activations)
    scope = srm.SRMScope(counts, theta=math.radians(33))
    assert any("at 30°" in text for text in texts(scope.figure()))


@pytest.mark.parametrize("kind", ["pdf", "png", "svg"])
@pytest.mark.parametrize("size", [2, 5.0, np.float32(8)])
def test_files(activations: np.ndarray, kind: str, size: float) -> None:
    labels = [f"{HOSTILE[n % 2]} {n % 12}" for n in range(300)]
    options: dict[str, Any] = {"directions": [*HOSTILE, "", " ", "層"], "title": "$x" * 50}
    scope = srm.SRMScope(activations, labels=labels, epsilon=0.5, **options)
    file = io.BytesIO()
    scope.pair = (0, 1)
    scope.figure(size=size).savefig(file, format=kind)
    assert file.tell() > 1000


@pytest.mark.parametrize("size", [2, 3.4, 5])
def test_all_words_are_inside_and_apart(activations: np.ndarray, size: float) -> None:
    names = [f"layer3.block2.conv{n}" for n in range(5)]
    labels = [f"a class of some length {n % 5}" for n in range(300)]
    options: dict[str, Any] = {"labels": labels, "directions": names, "title": "A title " * 9}
    figure = srm.SRMScope(activations, epsilon=0.4, **options).figure(size=size)
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw_without_rendering()
    own = [text for legend in figure.legends for text in legend.get_texts()]
    found = [*figure.texts, *axes(figure).texts, *own]
    boxes = [text.get_window_extent(renderer) for text in found]
    for text, box in zip(found, boxes, strict=True):
        inside = figure.bbox.padded(1)
        assert inside.contains(*box.min), text
        assert inside.contains(*box.max), text
    for (one, first), (other, second) in combinations(zip(found, boxes, strict=True), 2):
        assert not first.padded(-1).overlaps(second.padded(-1)), (one, other)


@pytest.mark.parametrize(
    ("size", "error", "message"),
    [
        ("large", TypeError, "expected size as a width in inches, got 'large'"),
        (True, TypeError, "got True"),
        (1.5, ValueError, "expected a size of at least 2 inches, got 1.5"),
        (math.nan, ValueError, "got nan"),
        (math.inf, ValueError, "got inf"),
    ],
)
def test_sizes_that_are_refused(
    scope: srm.SRMScope, size: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=re.escape(message)):
        scope.figure(size=size)


def test_a_notebook_shows_it(scope: srm.SRMScope) -> None:
    data, metadata = DisplayFormatter().format(scope.figure(size=4))
    image = Image.open(io.BytesIO(data["image/png"]))
    assert image.width == pytest.approx(1.5 * metadata["image/png"]["width"], abs=2)
    assert metadata["image/png"]["width"] == 4 * 96


def test_settings_of_the_user_stay_as_they_are(scope: srm.SRMScope) -> None:
    with mpl.rc_context({"text.usetex": True, "font.family": "serif", "axes.grid": True}):
        before = dict(mpl.rcParams)
        figure = scope.figure()
        scope._repr_mimebundle_()
        assert dict(mpl.rcParams) == before
        figure.savefig(io.BytesIO(), format="png")


def test_matplotlib_is_imported_with_the_first_figure() -> None:
    code = """
import sys, numpy, srm_widget
scope = srm_widget.SRMScope(numpy.eye(3))
assert "matplotlib" not in sys.modules
scope.figure().savefig("/dev/null", format="png")
assert "matplotlib.pyplot" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_colours_are_those_of_the_page() -> None:
    ground, classes = (
        (CSS / name).read_text().split('[data-srm-theme="dark"]')[0]
        for name in ("ui/theme.css", "views/readout/class-legend.css")
    )
    variable = re.compile(r"--srm-([\w-]+), (#\w{6})\)")
    page = dict(variable.findall(ground))
    own = {"curve": palette.CURVE, "negative": palette.NEGATIVE, "beam": palette.BEAM}
    own["beam-line"] = palette.BEAM_LINE
    assert own == {name: page[name] for name in own}
    assert tuple(colour for _, colour in variable.findall(classes)) == palette.CLASSES


@pytest.mark.parametrize(
    ("fraction", "text"),
    [(0, "0 %"), (1, "100 %"), (0.1234, "12.3 %"), (0.00123, "0.12 %"), (3e-13, "3 × 10⁻¹³")],
)
def test_per_cents(fraction: float, text: str) -> None:
    assert percent(fraction) == text


def test_names_are_shortened_in_the_middle() -> None:
    assert shorten_middle("layer3.conv2.neuron17", 9) == "laye…on17"
    assert shorten_middle("  a\n b ", 9) == "a b"
