"""Pictures in any layout, as small images: arrays and tensors, encoded files, Pillow's images."""

import math
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from PIL import Image, ImageOps, UnidentifiedImageError
from torch import Tensor

from srm_widget.utils.arrays import as_countable

MOST_PIXELS = 96
"""Largest width and height of a preview."""

_CHANNELS = 1, 3, 4
SINGLE_CHANNEL = "1", "L", "I", "F", "I;16", "I;16L", "I;16B", "I;16N"
"""Pillow's modes whose one channel is brightness; other modes are converted to RGB first."""

_FORMATS = "PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM", "AVIF", "JPEG2000"
"""Encodings that are read: none that runs another program, as PostScript would."""

_SIGNATURES = b"\x89PNG", b"\xff\xd8\xff"
"""Beginnings of encoded pictures that no text has."""

_MOST_DECODED = 1 << 26
"""Most pixels of an encoded picture that are decoded, 268 MB in four channels."""

_MOST_READ = 1 << 12
"""Most rows and columns of a picture that are read of an array: of more, every second or so."""

_LEAST_WHITE = 128
"""Numbers from 0 to 255 count as levels of 8 bits if one of them is as bright as this."""

CHANNELS_HELP = "(H, W), (H, W, C) or (C, H, W) with C = 1, 3 or 4 channels"


class Scale(NamedTuple):
    """Values shown as black and as white, and whether they are a range that pictures come in."""

    black: float
    white: float
    is_usual: bool


class PictureReader:
    """Reader of pictures whose layout and range of values are decided once, for all of them.

    The axis of length 1, 3 or 4 holds the channels. Where the first and the last both could, it is
    the one that leaves the picture nearer to a square, then the first of a tensor and the last of
    an array. Values in [0, 1], in [-1, 1], or in [0, 255] and up to 128 at least, are shown from
    the lower to the upper end; others from their least to their largest.
    """

    def __init__(self) -> None:
        self._scales: dict[np.dtype[Any], Scale] = {}
        self._all_alike = False
        self._channels_first: bool | None = None
        self.is_ambiguous = False
        self.shape: tuple[int, ...] = ()

    def learn_stack(self, shape: tuple[int, ...], some: Any, is_tensor: bool) -> None:
        """Decide the layout and the range of a stack, (N, …), of which `some` rows are given.

        Raises
        ------
        TypeError, ValueError
            If they are no pictures.
        """
        pixels = as_array(some)
        if pixels.dtype.kind not in "biuf":
            raise TypeError(f"expected pictures of numbers, got {pixels.dtype}")
        self._learn_layout([(shape[1:], is_tensor)])
        if _channels_first(shape[1:], is_tensor) is None and not _is_grey(shape[1:]):
            raise ValueError(
                f"expected pictures (N, H, W), (N, H, W, C) or (N, C, H, W) with C = 1, 3 or 4 "
                f"channels, got shape {shape}{_shape_hint(shape[1:], 'samples', stacked=True)}"
            )
        self._scales, self._all_alike = {pixels.dtype: _scale([pixels])}, True

    def learn(self, pictures: Sequence[Any]) -> None:
        """Decide the layout and the range of pictures that come one by one, of a few of them."""
        arrays = [_thinned(as_array(each)) for each in pictures]
        are_tensors = [isinstance(each, Tensor) for each in pictures]
        self._learn_layout(
            [(a.shape, tensor) for a, tensor in zip(arrays, are_tensors, strict=True)]
        )
        by_dtype: dict[np.dtype[Any], list[np.ndarray]] = {}
        for array in arrays:
            by_dtype.setdefault(array.dtype, []).append(array)
        self._scales = {dtype: _scale(each) for dtype, each in by_dtype.items()}

    def _learn_layout(self, shapes: Sequence[tuple[tuple[int, ...], bool]]) -> None:
        clear = [_clear_order(shape) for shape, _ in shapes]
        self._channels_first = next((each for each in clear if each is not None), None)
        self.shape = shapes[0][0] if shapes else ()
        both = [each for each in shapes if _fits_both(each[0])]
        self.is_ambiguous = bool(both) and self._channels_first is None
        if self.is_ambiguous:
            self._channels_first = _channels_first(*both[0])

    @property
    def layout(self) -> str:
        """What was taken as channels, and as black and white, in words."""
        orders = {None: "one channel", True: "channels first", False: "channels last"}
        ranges = [
            f"black {each.black:.4g}, white {each.white:.4g}" for each in self._scales.values()
        ]
        by_itself = not self._all_alike and not all(each.is_usual for each in self._scales.values())
        said = (
            "each by its own least and largest value"
            if by_itself
            else "; ".join(dict.fromkeys(ranges))
        )
        return f"{orders[self._channels_first]}, {said}"

    def image(self, value: Any) -> Image.Image:
        """Return an array, a tensor or nested lists as an image of `MOST_PIXELS` at most, or raise.

        Raises
        ------
        TypeError
            If it is no picture; the message repeats its shape and names the call that helps.
        """
        pixels = as_array(value)
        while pixels.ndim > 3 and pixels.shape[0] == 1:
            pixels = pixels[0]
        order = _channels_first(pixels.shape, isinstance(value, Tensor))
        if _fits_both(pixels.shape) and self._channels_first is not None:
            order = self._channels_first
        is_picture = _is_grey(pixels.shape) or order is not None
        if not is_picture or pixels.size == 0 or pixels.dtype.kind not in "biuf":
            hint = _shape_hint(pixels.shape, "picture", stacked=False)
            raise TypeError(
                f"expected a picture {CHANNELS_HELP}, got shape {pixels.shape} of "
                f"{pixels.dtype}{hint}"
            )
        if order:
            pixels = np.moveaxis(pixels, 0, -1)
        pixels = _thinned(pixels)
        levels = _levels(pixels, self._scale_of(pixels))
        if levels.ndim == 3 and levels.shape[2] == 1:
            levels = levels[:, :, 0]
        return _shrink(Image.fromarray(np.ascontiguousarray(levels)))

    def _scale_of(self, pixels: np.ndarray) -> Scale:
        known = self._scales.get(pixels.dtype)
        if known is not None and self._all_alike:
            return known
        low, high = _extremes([pixels])
        if known is not None and known.is_usual and known.black <= low and high <= known.white:
            return known
        return _scale([pixels])


def _is_grey(shape: tuple[int, ...]) -> bool:
    return len(shape) == 2


def _fits_both(shape: tuple[int, ...]) -> bool:
    return len(shape) == 3 and shape[0] in _CHANNELS and shape[2] in _CHANNELS


def _clear_order(shape: tuple[int, ...]) -> bool | None:
    """Return whether channels are first, None if the shape leaves it open or has none."""
    if len(shape) != 3 or _fits_both(shape):
        return None
    return True if shape[0] in _CHANNELS else False if shape[2] in _CHANNELS else None


def _channels_first(shape: tuple[int, ...], is_tensor: bool) -> bool | None:
    """Return whether channels are first, None if no axis can be theirs."""
    while len(shape) > 3 and shape[0] == 1:
        shape = shape[1:]
    if not _fits_both(shape):
        return _clear_order(shape)
    as_first, as_last = (max(side) / max(1, min(side)) for side in (shape[1:], shape[:2]))
    return is_tensor if as_first == as_last else as_first < as_last


def _shape_hint(shape: tuple[int, ...], name: str, *, stacked: bool) -> str:
    """Return the end of a refusal: the call that makes a picture of an array of this shape."""
    rows, each = ("-1, ", ":, ") if stacked else ("", "")
    if len(shape) == 1:
        for n_channels in (1, 3):
            side = math.isqrt(shape[0] // n_channels)
            if side > 1 and n_channels * side * side == shape[0]:
                channels = f"{n_channels}, " * (n_channels > 1)
                return f"; {name}.reshape({rows}{channels}{side}, {side}) has height and width"
        return "; a picture has height and width: reshape it, or give a function of the row"
    if len(shape) == 3 and min(shape) > 0:
        last = shape[2] < shape[0]
        one = "..., 0" if last else f"{each}0"
        return f"; {name}[{one}] is one of its {shape[2 if last else 0]} channels"
    return f"; {name}[{each}0] is the first of several" if len(shape) > 3 else ""


def as_array(value: Any) -> np.ndarray:
    """Return an array, a tensor or nested lists as a NumPy array that NumPy itself can count in."""
    if isinstance(value, Tensor):
        return as_countable(value if value.layout == torch.strided else value.to_dense())
    array = np.asarray(value)
    if array.dtype == object and array is not value and hasattr(value, "__dlpack__"):
        return np.from_dlpack(value)
    return as_countable(array)


def _thinned(array: np.ndarray) -> np.ndarray:
    """Return an array of `_MOST_READ` entries an axis at most, evenly spaced; a view of it."""
    return array[tuple(slice(None, None, -(-n // _MOST_READ) or 1) for n in array.shape)]


def _extremes(arrays: Sequence[np.ndarray]) -> tuple[float, float]:
    """Return the least and the largest finite value, 0 and 1 if there is none."""
    lows, highs = [], []
    for array in arrays:
        finite = array[np.isfinite(array)] if array.dtype.kind == "f" else array
        if finite.size:
            lows.append(float(finite.min()))
            highs.append(float(finite.max()))
    return (min(lows), max(highs)) if lows else (0.0, 1.0)


def _scale(arrays: Sequence[np.ndarray]) -> Scale:
    """Return the values shown as black and as white in pictures of one dtype."""
    low, high = _extremes([each for each in arrays if each.dtype.kind in "biuf"])
    if low >= 0 and high <= 1:
        return Scale(0.0, 1.0, is_usual=True)
    if low >= -1 and high <= 1:
        return Scale(-1.0, 1.0, is_usual=True)
    is_bytes = all(each.dtype == np.uint8 for each in arrays)
    if is_bytes or (low >= 0 and _LEAST_WHITE <= high <= 255):
        return Scale(0.0, 255.0, is_usual=True)
    return Scale(low, high, is_usual=False)


def _levels(pixels: np.ndarray, scale: Scale) -> np.ndarray:
    """Return `pixels` as levels of 8 bits."""
    low, high, _ = scale
    if pixels.dtype == np.bool_:
        return pixels.astype(np.uint8) * np.uint8(255)
    if pixels.dtype == np.uint8 and high == 255:
        return pixels
    # Halved: high - low of the largest floats is no float.
    scaled = (pixels.astype(np.float64) / 2 - low / 2) / ((high / 2 - low / 2) or 1.0)
    return np.rint(255 * np.nan_to_num(scaled).clip(0.0, 1.0)).astype(np.uint8)


def _shrink(image: Image.Image) -> Image.Image:
    image.thumbnail((MOST_PIXELS, MOST_PIXELS), Image.Resampling.LANCZOS)
    return image


def small_image(image: Image.Image) -> Image.Image:
    """Return an image of Pillow, of any mode with colours or opacity, as a small one in RGB(A)."""
    if image.mode == "La":
        image = image.convert("LA")
    return _shrink(image.convert("RGBA" if image.has_transparency_data else "RGB"))


def read_encoded(data: bytes | Path) -> Image.Image | None:
    """Return an encoded picture, of bytes or a file; None for bytes that are none.

    Raises
    ------
    ValueError
        If it is broken, or of more than 67 million pixels.
    TypeError
        If the file is no picture.
    OSError
        If the file can not be read.
    """
    if isinstance(data, Path):
        if data.exists() and not data.is_file():
            raise TypeError(f"expected a picture file, got {str(data)!r}, which is no file")
        with data.open("rb") as file:
            image = _decoded(file)
        if image is None:
            known = ", ".join(_FORMATS)
            raise TypeError(
                f"expected a picture file, one of {known}, got {str(data)!r}; its text is "
                ".read_text()"
            )
        return image
    image = _decoded(BytesIO(data))
    if image is None and data.startswith(_SIGNATURES):
        raise ValueError(
            f"expected an encoded picture, got {len(data)} bytes that begin like one and can not "
            "be read"
        )
    return image


def _decoded(file: Any) -> Image.Image | None:
    """Return the picture in a file of bytes, upright and small, or None if there is none."""
    Image.init()
    known = [each for each in _FORMATS if each in Image.OPEN]
    try:
        image = Image.open(file, formats=known)
    except Image.DecompressionBombError as error:
        raise ValueError(
            f"expected a picture of {_MOST_DECODED:,} pixels at most: {error}"
        ) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return None
    with image:
        if image.width * image.height > _MOST_DECODED:
            raise ValueError(
                f"expected a picture of {_MOST_DECODED:,} pixels at most, got {image.width:,} × "
                f"{image.height:,}"
            )
        # A JPEG is decoded at an eighth of its size where that is enough.
        image.draft(None, (2 * MOST_PIXELS, 2 * MOST_PIXELS))
        try:
            return ImageOps.exif_transpose(image)
        except (OSError, SyntaxError, ValueError) as error:
            raise ValueError(
                f"expected a whole encoded picture, got one of {image.format} that can not be "
                f"decoded: {error}"
            ) from None
