"""What an output cell is given: the live scope or its page, and a picture for other readers."""

from __future__ import annotations

import base64
import io
import logging
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

import srm_widget as srm
from srm_widget.figures import palette, png

pytestmark = pytest.mark.usefixtures("wires")

LIVE = "application/vnd.jupyter.widget-view+json"
PNG = "image/png"
HOSTILE = ["<script>alert(1)</script>", r"$\frac{1}{0}$ & &amp;"]
MOST_BYTES = 64_000


def shown(scope: srm.SRMScope) -> tuple[dict[str, Any], dict[str, Any]]:
    bundle = scope._repr_mimebundle_()
    assert bundle is not None
    return bundle


def picture(scope: srm.SRMScope) -> bytes:
    return base64.b64decode(shown(scope)[0][PNG])


def pixels(scope: srm.SRMScope) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(picture(scope))).convert("RGB")).astype(int)


def test_the_bundle_has_the_scope_and_a_picture_that_needs_no_converting(
    scope: srm.SRMScope,
) -> None:
    data, metadata = shown(scope)
    assert data[LIVE]["model_id"] == scope.model_id
    assert set(data) == {"text/plain", LIVE, PNG}
    assert set(metadata) == {PNG}


def test_the_picture_is_the_figure(scope: srm.SRMScope) -> None:
    scope.pair, scope.theta = (1, 3), 2.0
    whole = np.asarray(
        Image.open(io.BytesIO(png.png(scope.figure(size=4.5)).data)).convert("RGB")
    ).astype(int)
    assert np.abs(pixels(scope) - whole).max() <= 16


def test_its_colours_are_those_of_the_classes(activations: np.ndarray) -> None:
    labels = [f"{n % 10}" for n in range(300)]
    found = pixels(srm.SRMScope(activations, labels=labels, epsilon=0.4)).reshape(-1, 3)
    for colour in palette.CLASSES[:10]:
        swatch = 255 * np.array(to_rgb(palette.blend(colour, 0.55)))
        assert np.abs(found - swatch).max(axis=1).min() <= 9


def test_it_says_how_large_it_is_and_in_words_what_is_seen(scope: srm.SRMScope) -> None:
    scope.title = "A <layer>"
    data, metadata = shown(scope)
    width, height = Image.open(io.BytesIO(picture(scope))).size
    assert metadata[PNG]["width"] == 432
    assert (metadata[PNG]["width"], metadata[PNG]["height"]) == (
        width * 2 / 3,
        round(height * 2 / 3),
    )
    assert metadata[PNG]["alt"] == data["text/plain"]
    assert data["text/plain"].startswith("A <layer>. Plane b₀ ∧ b₁: spotlight at 0° ±60°, ")
    assert "of 300 samples lit; isotropic data would light" in data["text/plain"]


def test_the_same_scope_gives_the_same_picture(activations: np.ndarray) -> None:
    first, second = (srm.SRMScope(activations, epsilon=0.5, theta=1.0) for _ in range(2))
    assert picture(first) == picture(second) == picture(first)
    second.theta = 1.1
    assert picture(first) != picture(second)


def test_letters_that_no_font_has_are_no_warning(activations: np.ndarray) -> None:
    names = ["層", "слой", "🙂", "ز", "$e$"]
    scope = srm.SRMScope(activations, directions=names, pair=(0, 2), title="層 🙂 $x$")
    assert "Plane 層 ∧ 🙂" in shown(scope)[1][PNG]["alt"]


@pytest.mark.parametrize("resolution", [4, 2880])
def test_it_is_small(resolution: int) -> None:
    many = np.random.default_rng(3).standard_normal((20_000, 5)).astype(np.float32)
    timeline = srm.Timeline()
    timeline.record(many, "a")
    timeline.record(many**3, "b")
    labels = [f"{'long ' * 5}{n % 10}" for n in range(20_000)]
    scope = srm.SRMScope(timeline, labels=labels, resolution=resolution, epsilon=0.4)
    assert len(picture(scope)) < MOST_BYTES
    scope.by_class = False
    assert len(picture(scope)) < MOST_BYTES


@pytest.mark.parametrize("display", ["live", "embed"])
def test_without_a_picture_the_scope_is_still_shown(
    scope: srm.SRMScope,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    display: str,
) -> None:
    def broken(*_: object) -> png.Png:
        raise RuntimeError("no ink")

    monkeypatch.setenv("SRM_WIDGET_DISPLAY", display)
    monkeypatch.setattr(png, "small_png", broken)
    monkeypatch.setattr(scope.log, "propagate", True)
    with caplog.at_level(logging.WARNING, logger=scope.log.name):
        data, metadata = shown(scope)
    assert set(data) == {"text/plain", LIVE if display == "live" else "text/html"}
    assert metadata == {}
    assert "<img" not in data.get("text/html", "")
    assert "shown without a picture" in caplog.text
    assert "no ink" in caplog.text


def test_where_frames_are_taken_out_a_picture_is_left(activations: np.ndarray) -> None:
    scope = srm.SRMScope(activations, title=HOSTILE[0], directions=[*HOSTILE, "c", "d", "e"])
    embedded = scope.embed()
    data, metadata = embedded._repr_mimebundle_()
    assert set(data) == {"text/plain", "text/html", PNG}
    assert data["text/html"] == embedded._repr_html_()
    assert metadata == shown(scope)[1]
    still = data["text/html"].rpartition("</iframe>")[2]
    assert still.startswith('<div class="srm-still" hidden><img alt="&lt;script&gt;alert(1)')
    assert still.count("<") == 3
    assert f'src="data:image/png;base64,{data[PNG]}"' in still
