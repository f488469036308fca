"""The picture beside the live scope, for readers that show no widgets."""

from __future__ import annotations

import logging
import re
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest

import srm_widget as srm
from srm_widget.figures import svg

pytestmark = pytest.mark.usefixtures("wires")

SVG = "{http://www.w3.org/2000/svg}"
LIVE = "application/vnd.jupyter.widget-view+json"
HOSTILE = ["<script>alert(1)</script>", r"$\frac{1}{0}$ & &amp;"]
MOST_BYTES = 40_000


def picture(scope: srm.SRMScope) -> str:
    bundle = scope._repr_mimebundle_()
    assert bundle is not None
    svg: str = bundle[0]["image/svg+xml"]
    return svg


def corners(path: str) -> np.ndarray:
    """(n, 2) corners of a path of relative lines, in pixels."""
    assert set(re.findall("[a-z]", path)) <= {"m", "l", "z"}
    steps = np.array(re.findall(r"-?\d*\.?\d+", path), dtype=float).reshape(-1, 2)
    return steps.cumsum(axis=0)


def test_the_bundle_has_the_scope_and_a_picture(scope: srm.SRMScope) -> None:
    data, metadata = scope._repr_mimebundle_() or ({}, {})
    assert data[LIVE]["model_id"] == scope.model_id
    assert {"text/plain", LIVE, "image/svg+xml"} == set(data)
    assert metadata == {}


@pytest.mark.parametrize(("resolution", "every"), [(360, 1), (720, 2), (725, 3)])
def test_the_curve_of_the_picture_is_the_resonance(
    scope: srm.SRMScope, resolution: int, every: int
) -> None:
    scope.resolution = resolution
    paths = ET.fromstring(picture(scope)).iter(f"{SVG}path")
    (curve,) = [path.get("d", "") for path in paths if "0.1; stroke: #" in path.get("style", "")]
    angles, values = scope.resonance.angles[::every], scope.resonance.values[0, ::every]
    xy = corners(curve)[: len(angles)]
    # A similarity takes the points of f to those of the picture, up to its rounding.
    points = values * np.exp(-1j * angles)
    drawn = xy[:, 0] + 1j * xy[:, 1]
    scale, centre = np.polyfit(points, drawn, 1)
    assert abs(scale.imag) < 1e-3 * scale.real
    assert np.abs(scale * points + centre - drawn).max() < 0.11


def test_nothing_in_it_reaches_out_of_it(activations: np.ndarray) -> None:
    labels = [f"{n % 12} {HOSTILE[n % 2]}" for n in range(300)]
    options: dict[str, Any] = {"labels": labels, "title": HOSTILE[0], "epsilon": 0.5}
    svg = picture(srm.SRMScope(activations, directions=[*HOSTILE, "c", "d", "e"], **options))
    root = ET.fromstring(svg)
    names = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert names <= {"svg", "title", "g", "path", "text"}
    attributes = {name for element in root.iter() for name in element.attrib}
    assert not {name for name in attributes if name in ("id", "class") or "href" in name}
    assert "url(" not in svg
    assert "<style" not in svg


def test_names_are_text_and_nothing_else(activations: np.ndarray) -> None:
    title = r"<b>$\frac{1}{0}$</b> & 5"
    scope = srm.SRMScope(activations, directions=["$a$", "<i>", "c", "d", "e"], title=title)
    root = ET.fromstring(picture(scope))
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert {title, "+$a$", "−<i>", "$a$ ∧ <i>"} <= set(texts)


def test_it_has_a_name_that_says_what_is_seen(scope: srm.SRMScope) -> None:
    scope.title = "A <layer>"
    root = ET.fromstring(picture(scope))
    assert root.get("role") == "img"
    assert root[0].tag == f"{SVG}title"
    assert (root[0].text or "").startswith("A <layer>. Plane b₀ ∧ b₁: spotlight at 0° ±60°, ")
    assert "of 300 samples lit; isotropic data would light" in (root[0].text or "")


def test_the_same_scope_gives_the_same_picture(activations: np.ndarray) -> None:
    first, second = (srm.SRMScope(activations, epsilon=0.5, theta=1.0) for _ in range(2))
    assert picture(first) == picture(second) == picture(first)
    second.theta = 1.1
    assert picture(first) != picture(second)


def test_letters_of_any_script(activations: np.ndarray) -> None:
    names = ["層", "слой", "🙂", "ز", "e"]
    svg = picture(srm.SRMScope(activations, directions=names, pair=(0, 2), title="層 🙂"))
    assert "+層" in svg
    assert "−🙂" in svg


@pytest.mark.parametrize("resolution", [4, 360, 500, 2880])
def test_it_is_small(activations: np.ndarray, resolution: int) -> None:
    many = np.random.default_rng(3).standard_normal((20_000, 5)).astype(np.float32)
    timeline = srm.Timeline()
    timeline.record(many, "a")
    timeline.record(many**3, "b")
    labels = [f"{'long ' * 5}{n % 10}" for n in range(20_000)]
    scope = srm.SRMScope(timeline, labels=labels, resolution=resolution, epsilon=0.4)
    assert len(picture(scope).encode()) < MOST_BYTES
    scope.by_class = False
    assert len(picture(scope).encode()) < 0.6 * MOST_BYTES


def test_without_a_picture_the_scope_is_still_shown(
    scope: srm.SRMScope, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> str:
        raise RuntimeError("no ink")

    monkeypatch.setattr(svg, "inline_svg", broken)
    monkeypatch.setattr(scope.log, "propagate", True)
    with caplog.at_level(logging.WARNING, logger=scope.log.name):
        data, _ = scope._repr_mimebundle_() or ({}, {})
    assert data[LIVE]["model_id"] == scope.model_id
    assert "image/svg+xml" not in data
    assert "shown without a picture" in caplog.text
    assert "no ink" in caplog.text
