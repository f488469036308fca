"""The strip of samples, and how much a scope sends for it."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image

import srm_widget as srm
from tests.unit.support import oracle
from tests.unit.support.wire import size

pytestmark = pytest.mark.usefixtures("wires")

LABELS = np.random.default_rng(3).integers(0, 3, 300)
TINY = np.random.default_rng(2).integers(0, 256, (300, 6, 5, 3), dtype=np.uint8)
STILL = {
    "_density",
    "_points",
    "_point_groups",
    "_cloud_frame",
    "_class_counts",
    "_counts",
    "_signed_counts",
    "_band",
    "_legend",
    "_layer",
    "_table_frame",
}


@pytest.mark.parametrize("pair", [(0, 1), (3, 2)])
def test_items_are_the_first_that_are_selected(
    activations: np.ndarray, pair: tuple[int, int]
) -> None:
    basis = srm.basis.simplex(5)
    scope = srm.SRMScope(activations, basis, epsilon=0.4, pair=pair, labels=LABELS, samples=TINY)
    scope.theta = 1.3
    scope.hidden_classes = [1]
    frame, images = scope._strip_frame, BytesIO(scope._strip)
    assert frame["n_lit"] == scope.n_selected > 24
    on_show = {"pair": pair, "theta": 1.3, "epsilon": 0.4}
    assert {name: frame[name] for name in on_show} == on_show
    rows = scope.selected[:24]
    assert [item["index"] for item in frame["items"]] == rows
    cosines = oracle.cosines(activations[rows], basis, *pair, [1.3])[:, 0].numpy()
    at = oracle.projection(oracle.unit(activations[rows]).numpy(), basis, *pair)[0]
    for item, row, cosine, place in zip(frame["items"], rows, cosines, at, strict=True):
        assert item["cosine"] == pytest.approx(cosine, abs=1e-6)
        assert item["at"] == pytest.approx(tuple(place.tolist()), abs=1e-6)
        assert (item["label"], item["group"]) == (str(LABELS[row]), LABELS[row])
        assert (item["kind"], item["mime"], item["text"]) == ("image", "image/png", "")
        with Image.open(BytesIO(images.read(item["bytes"]))) as image:
            assert (item["width"], item["height"]) == image.size
            np.testing.assert_array_equal(image, TINY[row])
    assert images.read() == b""


def test_the_strip_does_not_depend_on_how_many_are_listed(activations: np.ndarray) -> None:
    scope = srm.SRMScope(activations, epsilon=0.3, samples=TINY, max_selected=3)
    few = scope._strip_frame
    assert [item["index"] for item in few["items"][:3]] == scope.selected
    scope.max_selected = 1000
    assert scope._strip_frame == few
    assert len(few["items"]) == 24


def test_without_labels_or_light(activations: np.ndarray) -> None:
    scope = srm.SRMScope(activations, epsilon=0.5, samples=TINY)
    assert {(item["label"], item["group"]) for item in scope._strip_frame["items"]} == {
        (None, None)
    }
    scope.epsilon = 1.0
    assert (scope._strip_frame["items"], scope._strip) == ([], b"")


def test_only_samples_on_show_are_asked_for(scope: srm.SRMScope) -> None:
    asked: list[int] = []

    def sample(row: int) -> str:
        assert isinstance(row, int)
        asked.append(row)
        return str(row)

    scope.samples = sample
    seen = [0, 150, 299]  # tried at once, for errors to be told in the cell
    for theta in (0.0, 0.4, 3.0, 0.0):
        scope.theta = theta
        seen += scope.selected[:24]
        assert sorted(asked) == sorted(set(seen))
    scope.labels = LABELS
    scope.hidden_classes = [0, 1]
    seen += scope.selected[:24]
    scope.resolution, scope.cloud, scope.highlight, scope.table = 40, "off", [250], True
    assert sorted(asked) == sorted(set(seen))


def noisy(activations: np.ndarray, **asked: Any) -> srm.SRMScope:
    """A scope that has as much to send as there is: pictures of noise, a thousand selected."""
    rng = np.random.default_rng(5)
    rows = np.tile(activations, (5, 1))

    def picture(row: int) -> np.ndarray:
        return rng.integers(0, 256, (96, 96, 3), dtype=np.uint8)

    labels = np.tile(LABELS, 5)
    return srm.SRMScope(rows, epsilon=-0.9, labels=labels, samples=picture, table=True, **asked)


@pytest.mark.parametrize("cloud", ["points", "density", "ratio", "off"])
def test_a_turn_of_the_spotlight_is_a_small_message(activations: np.ndarray, cloud: str) -> None:
    scope = noisy(activations, cloud=cloud, resolution=2880, theta=0.0)
    opened = scope.comm.sent[0]["state"]
    assert STILL - opened.keys() == set()
    scope.comm.sent.clear()
    scope.set_state({"theta": 1.0})
    (update,) = scope.comm.updates()
    assert update.keys() & STILL == set()
    assert len(update["selected"]) == 1000
    assert len(update["_strip_frame"]["items"]) == 24
    assert 24 * 500 < len(update["_strip"]) <= 72_000
    assert size(update) <= 100_000


@pytest.mark.parametrize(
    ("change", "sent"),
    [
        ({"hidden_classes": [1]}, {"selected", "n_selected", "_strip_frame", "_strip", "_frame"}),
        ({"cloud": "points"}, {"_points", "_point_groups", "_density", "_cloud_frame", "_frame"}),
        ({"table_by": "count"}, {"_table_frame"}),
    ],
)
def test_only_what_changed_is_sent(
    activations: np.ndarray, change: dict[str, Any], sent: set[str]
) -> None:
    scope = noisy(activations, cloud="density")
    scope.comm.sent.clear()
    scope.set_state(change)
    (update,) = scope.comm.updates()
    assert update.keys() - change.keys() - {"_frame"} <= sent


@pytest.mark.parametrize("cloud", ["density", "ratio"])
def test_messages_are_no_larger_for_more_samples(cloud: str) -> None:
    def sizes(n: int) -> tuple[int, int]:
        rows = np.random.default_rng(1).standard_normal((n, 5)).astype(np.float32)
        asked: dict[str, Any] = {"labels": np.arange(n) % 3, "samples": str, "table": True}
        scope = srm.SRMScope(rows, epsilon=0.3, theta=0.0, cloud=cloud, max_selected=40, **asked)
        opened = size(scope.comm.sent[0]["state"])
        scope.comm.sent.clear()
        scope.set_state({"theta": 1.0})
        (update,) = scope.comm.updates()
        return opened, size(update)

    for few, many in zip(sizes(300), sizes(30_000), strict=True):
        assert abs(few - many) < 800
