"""Pictures in every common layout, range of values and wrapping."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from PIL import Image, features
from torch.utils.data import DataLoader, Dataset, Subset, TensorDataset

import srm_widget as srm
from srm_widget.view import pictures as pictures_module
from srm_widget.view.sample_previews import SamplePreviews
from tests.unit.view.test_sample_previews import decoded, noise, shown

pytestmark = pytest.mark.usefixtures("wires")
KINDS = ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM"]
KINDS += ["AVIF"] if features.check("avif") else []  # from Pillow 11.3 on


def last(pictures: np.ndarray) -> np.ndarray:
    """Channels first as a page shows them: channels last, a single one without its axis."""
    moved = np.moveaxis(pictures, 1, -1)
    return moved[..., 0] if moved.shape[-1] == 1 else moved


@pytest.mark.parametrize("n_channels", [1, 3, 4])
@pytest.mark.parametrize("wrap", [np.asarray, torch.from_numpy], ids=["array", "tensor"])
def test_channels_first(n_channels: int, wrap: Any) -> None:
    pictures = noise((5, n_channels, 6, 7))
    source = wrap(pictures)
    for way in (source, list(source), lambda row: source[row], [each[None] for each in source]):
        np.testing.assert_array_equal(shown(way, 5), last(pictures))
    as_floats = torch.from_numpy(pictures) / 255
    for dtype in (torch.float32, torch.float64):
        np.testing.assert_array_equal(shown(as_floats.to(dtype), 5), last(pictures))
    for small in (torch.float16, torch.bfloat16):
        near = shown(as_floats.to(small), 5).astype(int) - last(pictures)
        assert np.abs(near).max() <= 1


@given(st.tuples(st.integers(1, 9), st.integers(1, 9)), st.sampled_from([1, 3, 4]), st.booleans())
def test_a_layout_is_found_wherever_it_can_be_told(
    sides: tuple[int, int], n_channels: int, channels_first: bool
) -> None:
    height, width = sides
    picture = noise((height, width, n_channels))
    given_picture = np.moveaxis(picture, -1, 0) if channels_first else picture
    others = {given_picture.shape[0], given_picture.shape[-1]} - {n_channels}
    if not others or others & {1, 3, 4}:
        return  # both axes could hold channels
    found = shown([given_picture], 1)[0]
    np.testing.assert_array_equal(found, picture[..., 0] if n_channels == 1 else picture)


@pytest.mark.parametrize(
    ("shape", "tensor_first", "array_first"),
    [
        ((3, 3, 3), True, False),
        ((3, 4, 4), True, True),  # a square of three channels, not four of opacity
        ((4, 4, 3), False, False),
        ((1, 9, 3), True, True),
        ((3, 9, 1), False, False),
        ((3, 9, 3), True, False),
    ],
    ids=str,
)
def test_a_choice_is_made_for_all_and_said(
    shape: tuple[int, ...], tensor_first: bool, array_first: bool
) -> None:
    pictures = noise((4, *shape))
    for source, first in ((torch.from_numpy(pictures), tensor_first), (pictures, array_first)):
        order = "first" if first else "last"
        said = rf"pictures of shape \({str(shape)[1:-1]}\).* taken as channels {order}"
        expected = last(pictures) if first else last(np.moveaxis(pictures, -1, 1))
        for way in (source, list(source)):
            with pytest.warns(UserWarning, match=said):
                found = shown(way, 4)
            np.testing.assert_array_equal(found, expected)


def test_a_picture_that_is_clear_decides_for_the_others() -> None:
    pictures = [noise((3, 3, 3), seed=1), noise((3, 5, 6)), noise((3, 3, 3), seed=2)]
    previews = SamplePreviews(pictures, 3)
    found = decoded(previews.preview(0))
    np.testing.assert_array_equal(found, np.moveaxis(pictures[0], 0, -1))


@pytest.mark.parametrize(
    ("low", "high", "black", "white"),
    [
        (0, 1, 0, 1),
        (0.2, 0.9, 0, 1),
        (-1, 1, -1, 1),
        (-0.5, 0.8, -1, 1),
        (0, 255, 0, 255),
        (3, 200, 0, 255),
        (0, 16, 0, 16),
        (-2.1, 2.6, -2.1, 2.6),
        (0, 65535, 0, 65535),
    ],
)
def test_ranges_that_pictures_come_in(low: float, high: float, black: float, white: float) -> None:
    values = np.random.default_rng(0).uniform(low, high, (4, 5, 6))
    values[:, 0, 0], values[:, 0, 1] = low, high
    expected = 255 * (values - black) / (white - black)
    for source in (values, list(values), torch.from_numpy(values)):
        assert np.abs(shown(source, 4) - expected).max() <= 0.5 + 1e-9


@pytest.mark.parametrize(
    ("dtype", "values", "levels"),
    [
        (np.int64, [0, 200, 255], [0, 200, 255]),
        (np.int32, [0, 1, 1], [0, 255, 255]),
        (np.uint8, [0, 1, 1], [0, 255, 255]),  # a mask
        (np.uint16, [0, 65535, 13107], [0, 255, 51]),
        (np.int8, [-1, 0, 1], [0, 128, 255]),
        (bool, [False, True, True], [0, 255, 255]),
    ],
)
def test_integers(dtype: Any, values: list[int], levels: list[int]) -> None:
    pictures = np.array([[values]]).astype(dtype)
    for source in (pictures, list(pictures), lambda row: pictures[row]):
        assert shown(source, 1).tolist() == [[levels]]


def test_neighbours_have_one_scale_where_their_range_is_usual() -> None:
    """A dark picture stays dark beside others in [-1, 1], though it has no negative number."""
    bright = torch.tensor([[[-1.0, 1.0]]])
    found = shown([bright, bright * 0, bright], 3)
    assert found.tolist() == [[[0, 255]], [[128, 128]], [[0, 255]]]


class Pairs(Dataset[Any]):
    """A data set as torchvision has them."""

    def __init__(self, pictures: Sequence[Any], wrap: Any) -> None:
        self.pictures, self.wrap = pictures, wrap

    def __getitem__(self, row: int) -> Any:
        return self.wrap(self.pictures[row])

    def __len__(self) -> int:
        return len(self.pictures)


def png(picture: np.ndarray) -> bytes:
    file = BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()


WRAPS: dict[str, Any] = {
    "pair": lambda picture: (picture, 3),
    "label first": lambda picture: (3, picture),
    "pair of text": lambda picture: ["a text", picture],
    "two views": lambda picture: ((picture, 255 - picture), 1),
    "dict": lambda picture: {"label": 3, "image": picture},
    "other picture first": lambda picture: {"mask": picture > 9, "img": picture},
    "unknown name": lambda picture: {"label": "cat", "scan": picture},
    "pixel_values": lambda picture: {"pixel_values": torch.from_numpy(picture)[None], "id": "a"},
    "Pillow": lambda picture: (Image.fromarray(picture), 0),
    "encoded": png,
    "Hugging Face": lambda picture: {"image": {"bytes": png(picture), "path": None}, "label": 1},
    "lists": lambda picture: picture.tolist(),
}


@pytest.mark.parametrize("wrap", WRAPS.values(), ids=WRAPS)
def test_data_sets(wrap: Any) -> None:
    pictures = list(noise((6, 5, 7, 3)))
    if wrap is WRAPS["pixel_values"]:
        pictures = list(noise((6, 3, 5, 7)))
    expected = np.stack([np.moveaxis(p, 0, -1) if p.shape[0] == 3 else p for p in pictures])
    dataset = Pairs(pictures, wrap)
    for source in (dataset, dataset.__getitem__, [wrap(each) for each in pictures]):
        np.testing.assert_array_equal(shown(source, 6), expected)
    np.testing.assert_array_equal(shown(Subset(dataset, [4, 1]), 2), expected[[4, 1]])


def test_other_holders_of_pictures(tmp_path: Path) -> None:
    pictures = noise((4, 6, 5))
    np.save(tmp_path / "pictures.npy", pictures)
    tensors = TensorDataset(torch.from_numpy(pictures), torch.arange(4))
    table = {"image": list(pictures), "label": [0] * 4}
    stored = np.load(tmp_path / "pictures.npy", mmap_mode="r")
    for source in (
        tensors,
        table,
        stored,
        np.lib.stride_tricks.sliding_window_view(pictures, 1, 0)[..., 0],
    ):
        np.testing.assert_array_equal(shown(source, 4), pictures)


def test_batches_as_loops_leave_them() -> None:
    pictures = torch.from_numpy(noise((7, 3, 5, 6)))
    np.testing.assert_array_equal(shown(list(pictures.split(3)), 7), last(pictures.numpy()))
    texts = SamplePreviews([["a", "b"], ("c",)], 3)
    assert [texts.preview(row).text for row in range(3)] == ["a", "b", "c"]
    with pytest.raises(ValueError, match="one a row, got 3 batches of 7 in all"):
        SamplePreviews(list(pictures.split(3)), 8)


def test_batches_beside_their_labels_are_refused_with_the_call_that_takes_them_out() -> None:
    loader = DataLoader(
        TensorDataset(torch.from_numpy(noise((7, 3, 5, 6))), torch.arange(7)), batch_size=3
    )
    named = [{"label": labels, "image": images} for images, labels in loader]
    texts = [(torch.arange(2), ["a", "b"]), (torch.arange(1), ["c"])]
    cases: list[tuple[list[Any], Any]] = [(list(loader), 0), (named, "image"), (texts, 1)]
    for batches, key in cases:
        n_rows = sum(len(each[key]) for each in batches)
        with pytest.raises(ValueError, match=f"{len(batches)} batches of 2 parts") as refused:
            SamplePreviews(batches, n_rows)
        assert f"samples=[each[{key!r}] for each in batches]" in str(refused.value)
        assert SamplePreviews([each[key] for each in batches], n_rows).preview(n_rows - 1)


def test_pictures_of_unequal_sizes_in_one_tensor() -> None:
    parts = [torch.rand(3, 4, 5), torch.rand(3, 6, 5)]
    previews = SamplePreviews(torch.nested.nested_tensor(parts, layout=torch.jagged), 2)
    assert [(previews.preview(row).width, previews.preview(row).height) for row in (0, 1)] == [
        (5, 4),
        (5, 6),
    ]


def test_a_function_that_ends_before_the_rows_do() -> None:
    with pytest.raises(ValueError, match=r"rows 2, 4 can not be shown: IndexError: list index out"):
        SamplePreviews(lambda row: ["one", "two"][row], 5)


def test_a_data_set_with_a_shape_of_its_own() -> None:
    """As those of Hugging Face have: rows and columns, and rows are mappings."""

    class Table(Pairs):
        shape = (4, 2)

        def select(self, rows: Any) -> Any:
            return Subset(self, rows)

    pictures = list(noise((4, 6, 5)))
    table = Table(pictures, WRAPS["dict"])
    np.testing.assert_array_equal(shown(table, 4), np.stack(pictures))
    with pytest.raises(ValueError, match=r"expected 3 samples.*got 4; dataset.select\(rows\)"):
        SamplePreviews(table, 3)
    with pytest.raises(ValueError, match=r"got 4; torch.utils.data.Subset\(dataset, rows\) has"):
        SamplePreviews(Pairs(pictures, WRAPS["pair"]), 3)


def test_files(tmp_path: Path) -> None:
    """Paths are files, strings are texts."""
    pictures = list(noise((3, 6, 5, 3)))
    paths = []
    for row, kind in enumerate(("png", "webp", "tiff")):
        paths.append(tmp_path / f"{row}.{kind}")
        Image.fromarray(pictures[row]).save(paths[-1], lossless=True)
    np.testing.assert_array_equal(shown(paths, 3), np.stack(pictures))
    assert SamplePreviews(list(map(str, paths)), 3).preview(0).text == str(paths[0])
    by_path = [{"bytes": None, "path": str(path)} for path in paths]
    np.testing.assert_array_equal(shown(by_path, 3), np.stack(pictures))


@pytest.mark.parametrize("kind", KINDS)
def test_encodings(kind: str) -> None:
    file = BytesIO()
    rows, columns = np.mgrid[:300, :600]
    Image.fromarray(((rows < 150) & (columns < 300)).astype(np.uint8) * 255).save(file, kind)
    found = decoded(SamplePreviews([file.getvalue()], 1).preview(0)).astype(int)
    grey = found if found.ndim == 2 else found.max(axis=2)
    assert grey.shape == (48, 96)
    assert grey[:20, :44].min() > 200
    assert max(grey[28:].max(), grey[:, 52:].max()) < 55
    cut = file.getvalue()[: len(file.getvalue()) * 2 // 3]
    if kind in ("PNG", "JPEG"):
        with pytest.raises(ValueError, match=r"expected an? .*encoded picture"):
            SamplePreviews([cut], 1)


def test_photographs_are_upright() -> None:
    file = BytesIO()
    image = Image.new("L", (40, 20))
    exif = image.getexif()
    exif[0x0112] = 6  # to be turned by a quarter
    image.save(file, "JPEG", exif=exif)
    assert decoded(SamplePreviews([file.getvalue()], 1).preview(0)).shape[:2] == (40, 20)


def test_a_small_file_of_a_huge_picture_is_not_decoded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pictures_module, "_MOST_DECODED", 99)
    with pytest.raises(ValueError, match="of 99 pixels at most, got 10 × 12"):
        SamplePreviews([png(noise((12, 10)))], 1)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 50)
    with pytest.raises(ValueError, match="of 99 pixels at most: Image size"):
        SamplePreviews([png(noise((12, 10)))], 1)


def test_nothing_runs_another_program() -> None:
    """PostScript would be drawn by Ghostscript: here it is a text."""
    script = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n"
    assert SamplePreviews([script], 1).preview(0).kind == "text"


@pytest.mark.parametrize("mode", ["1", "L", "I", "F", "I;16", "I;16B"])
def test_modes_of_one_channel(mode: str) -> None:
    levels = np.array([[0, 255], [255, 0]])
    image = Image.fromarray(levels.astype(np.uint8)).convert("1" if mode == "1" else "I")
    if mode not in ("1", "I"):
        image = image.convert(mode)
    np.testing.assert_array_equal(shown([image], 1)[0], levels)


@pytest.mark.parametrize("mode", ["La", "RGBa", "RGBX", "YCbCr", "HSV", "LAB"])
def test_modes_that_are_converted(mode: str) -> None:
    assert SamplePreviews([Image.new(mode, (4, 3))], 1).preview(0).kind == "image"


def test_tensors_of_other_layouts() -> None:
    picture = torch.eye(5)
    expected = np.eye(5, dtype=np.uint8) * 255
    for way in (picture.to_sparse(), picture.T.conj(), picture.clone().requires_grad_()):
        np.testing.assert_array_equal(shown([way], 1)[0], expected)


def test_figures_are_refused_with_the_call_that_helps() -> None:
    figure = Figure()
    for source in (figure, [figure]):
        with pytest.raises(TypeError, match=r"figure.canvas.buffer_rgba\(\)\) is a picture"):
            SamplePreviews(source, 1)


def test_a_scope_says_what_it_took(scope: srm.SRMScope) -> None:
    scope.samples = torch.rand(300, 3, 8, 9)
    said = "of 300 rows: pictures (3, 8, 9), channels first, black 0, white 1>"
    assert repr(scope.samples).endswith(said)
    assert {item["kind"] for item in scope._strip_frame["items"]} == {"image"}
    scope.samples = lambda _: torch.randn(3, 8, 9)
    assert "each by its own least and largest value" in repr(scope.samples)
    before = scope._strip_frame
    with pytest.raises(TypeError, match=r"rows? 0.* got shape \(2, 8, 9\).*picture\[0\] is one of"):
        scope.samples = lambda _: torch.zeros(2, 8, 9)
    assert scope._strip_frame == before


def test_little_is_read_of_what_is_large() -> None:
    """Of a stack no more than the range needs, and of a huge picture every second or so."""
    asked: list[Any] = []

    class Stored:
        shape, dtype = (50, 4096, 4096), np.dtype(np.float32)

        def __getitem__(self, rows: Any) -> Any:
            asked.append(rows)
            some = range(50)[rows]
            count = len(some) if isinstance(rows, slice) else 1
            return np.broadcast_to(
                np.float32(0.5),
                (count, 4096, 4096)[-2 if count == 1 and isinstance(rows, int) else -3 :],
            )

    previews = SamplePreviews(Stored(), 50)
    assert asked == [slice(0, 50, 50)]
    assert decoded(previews.preview(3)).shape[:2] == (96, 96)
