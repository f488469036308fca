"""Pictures of samples: exact where they are small, small where they are not."""

from __future__ import annotations

import math
from io import BytesIO
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from srm_widget.view.sample_previews import SamplePreview, SamplePreviews

pytestmark = pytest.mark.usefixtures("wires")

WAYS: dict[str, Any] = {
    "array": lambda pictures: pictures,
    "tensor": torch.from_numpy,
    "list": list,
    "list of tensors": lambda pictures: list(torch.from_numpy(pictures)),
    "function": lambda pictures: lambda row: pictures[row],
}
SHAPES = [(7, 5, 4), (7, 5, 4, 1), (7, 5, 4, 3), (7, 5, 4, 4), (7, 1, 1), (7, 2, 1, 3)]
each_way = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
each_shape = pytest.mark.parametrize("shape", SHAPES, ids=str)


def decoded(preview: SamplePreview) -> np.ndarray:
    """Pixels of what is sent, which is as small as it is said to be."""
    assert (preview.kind, preview.text) == ("image", "")
    assert len(preview.data) <= 3_000
    with Image.open(BytesIO(preview.data)) as image:
        assert image.size == (preview.width, preview.height)
        assert max(image.size) <= 96
        assert preview.mime == Image.MIME[image.format or ""]
        return np.asarray(image)


def shown(source: Any, n_rows: int) -> np.ndarray:
    previews = SamplePreviews(source, n_rows)
    return np.stack([decoded(previews.preview(row)) for row in range(n_rows)])


def noise(shape: tuple[int, ...], seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def without_grey_axis(pictures: np.ndarray) -> np.ndarray:
    return pictures[..., 0] if pictures.shape[3:] == (1,) else pictures


@each_way
@each_shape
def test_bytes_and_switches_are_shown_as_they_are(way: Any, shape: tuple[int, ...]) -> None:
    pictures: np.ndarray = noise(shape)
    np.testing.assert_array_equal(shown(way(pictures), 7), without_grey_axis(pictures))
    switches = pictures > 99
    expected = 255 * without_grey_axis(switches).astype(np.uint8)
    np.testing.assert_array_equal(shown(way(switches), 7), expected)


@pytest.mark.parametrize("low", [0.0, -3.0, 0.25])
@pytest.mark.parametrize("high", [1.0, 17.0, 0.75])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@each_way
def test_other_values_have_one_scale(way: Any, dtype: type, low: float, high: float) -> None:
    """That of all pictures in an array, and its own for a single one."""
    pictures: np.ndarray = np.random.default_rng(1).uniform(low, high, (7, 5, 4)).astype(dtype)
    pictures[0] = low + (pictures[0] - low) / 4
    source = way(pictures)
    alone = callable(source) or isinstance(source, list)
    axes = (1, 2) if alone else (0, 1, 2)
    exact = pictures.astype(np.float64)
    black, white = (end(axis=axes, keepdims=True) for end in (exact.min, exact.max))
    inside = (black >= 0) & (white <= 1)
    black, white = np.where(inside, 0.0, black), np.where(inside, 1.0, white)
    expected = 255 * (exact - black) / (white - black)
    assert np.abs(shown(source, 7) - expected).max() <= 0.5 + 1e-9


@pytest.mark.parametrize("dtype", [np.int8, np.int64, np.uint16, np.float32])
def test_levels_of_integers(dtype: type) -> None:
    """Not of eight bits: black is the least of them, white the largest."""
    pictures: np.ndarray = np.array([[[100, 101]], [[102, 105]]]).astype(dtype)
    assert shown(pictures, 2).tolist() == [[[0, 51]], [[102, 255]]]
    assert shown(list(pictures), 2).tolist() == [[[0, 255]], [[0, 255]]]


@pytest.mark.parametrize(
    ("picture", "levels"),
    [
        ([0.0, math.nan, 1.0], [0, 0, 255]),
        ([-1.0, math.inf, -math.inf, 1.0], [0, 255, 0, 255]),
        ([math.nan, math.nan], [0, 0]),
        ([7.0, 7.0], [0, 0]),
        ([1.0, 1.0], [255, 255]),
        ([-1e308, 1e308], [0, 255]),
    ],
)
@pytest.mark.parametrize("way", ["array", "list"])
def test_pixels_that_are_no_numbers(way: str, picture: list[float], levels: list[int]) -> None:
    source = np.array([[picture]])
    assert shown(source if way == "array" else list(source), 1).tolist() == [[levels]]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK"])
def test_pillow_shows_the_same(mode: str) -> None:
    """What Pillow itself makes of the picture in colours and opacity."""
    original = Image.fromarray(noise((5, 4, 4)))
    image = original.convert("RGB" if mode == "CMYK" else "RGBA").convert(mode)
    preview = SamplePreviews([image], 1).preview(0)
    decoded(preview)
    with Image.open(BytesIO(preview.data)) as found:
        np.testing.assert_array_equal(found.convert("RGBA"), image.convert("RGBA"))


@pytest.mark.parametrize(
    "shape",
    [(96, 96), (96, 96, 3), (96, 96, 4), (97, 95, 1), (700, 1100, 3), (1, 5000), (5000, 1, 3)],
    ids=str,
)
@pytest.mark.parametrize("dtype", [np.uint8, np.float64])
def test_noise_of_any_size_is_small(shape: tuple[int, ...], dtype: type) -> None:
    pictures: np.ndarray = noise((1, *shape)).astype(dtype)
    height, width = decoded(SamplePreviews(pictures, 1).preview(0)).shape[:2]
    longest = max(height, width)
    assert longest >= 24
    assert min(height, width) == pytest.approx(longest * min(shape[:2]) / max(shape[:2]), abs=1)


def test_large_pictures_keep_what_is_in_them() -> None:
    rows, columns = np.mgrid[:300, :600]
    found = decoded(SamplePreviews([(rows < 150) & (columns < 300)], 1).preview(0)).astype(int)
    assert found.shape[:2] == (48, 96)
    grey = found if found.ndim == 2 else found.max(axis=2)
    assert grey[:20, :44].min() > 200
    assert max(grey[28:].max(), grey[:, 52:].max()) < 55


def test_pictures_of_several_sizes_and_kinds() -> None:
    pictures: list[Any] = [noise((3, 4)), noise((5, 2, 3)), "text", Image.new("L", (2, 6), 9)]
    previews = SamplePreviews(pictures, 4)
    assert [previews.preview(row).kind for row in range(4)] == ["image", "image", "text", "image"]
    sizes = [(previews.preview(row).width, previews.preview(row).height) for row in (0, 1, 3)]
    assert sizes == [(4, 3), (2, 5), (2, 6)]


def test_tensors_may_be_part_of_a_graph() -> None:
    pictures = torch.rand(2, 3, 4, requires_grad=True).transpose(1, 2)
    expected = np.rint(255 * pictures.detach().double().numpy())
    np.testing.assert_array_equal(shown(pictures, 2), expected)


def test_the_callers_pictures_stay_as_they_are() -> None:
    pictures: np.ndarray = np.random.default_rng(0).standard_normal((2, 200, 100))
    before = pictures.copy()
    shown(pictures, 2)
    np.testing.assert_array_equal(pictures, before)
