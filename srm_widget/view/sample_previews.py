"""What samples look like: pictures small enough to be sent, or text."""

import logging
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any, Literal, NamedTuple

import numpy as np
import torch
from cachetools import LRUCache
from PIL import Image
from torch import Tensor

from srm_widget.engine.counts_source import ResonanceSource
from srm_widget.plane.beam import Beam
from srm_widget.utils.arrays import evenly_spaced
from srm_widget.utils.text import printable
from srm_widget.view.legend import Legend

LONGEST_TEXT = 240
_SIDE = 96
_MOST_BYTES = 3_000
"""Of one picture, so that two dozen stay below 100 KB."""

_QUALITIES = 80, 50, 25
_KEPT = 1_024
_SCALED_BY = 1_000
_CHANNELS = 1, 3, 4
_SINGLE = "1", "L", "I", "F", "I;16", "I;16L", "I;16B"
"""Modes of one channel that are what they say; others are palettes, or not red, green and blue."""

_EXPECTED = "images of shape (N, H, W) or (N, H, W, 3), strings, or a function of the row"
_log = logging.getLogger(__name__)
MOST_SHOWN = 24


class SamplePreview(NamedTuple):
    """One sample as it is shown.

    Attributes
    ----------
    kind
        Whether `data` is an image, or `text` is the sample or why it can not be shown.
    text
        At most `LONGEST_TEXT` characters.
    mime, data, width, height
        Of an image; pixels.
    """

    kind: Literal["image", "text", "problem"]
    text: str = ""
    mime: str = ""
    data: bytes = b""
    width: int = 0
    height: int = 0


class SamplePreviews:
    """Samples of all rows, made ready one by one.

    Parameters
    ----------
    source
        (N, H, W), (N, H, W, 1), (N, H, W, 3) or (N, H, W, 4) array or tensor: 8-bit values and
        booleans as they are, others from 0 to 1 if they lie there, else from the least to the
        largest value of a thousand pictures or so, evenly spaced. Or a sequence of strings, or of
        pictures of any size; or a function of a row that returns either. Such single pictures are
        scaled by themselves.
    n_rows
        Rows of the activations.

    Attributes
    ----------
    n_rows
        Rows that have one; None for a function, which is asked for any row.

    Raises
    ------
    TypeError, ValueError
        If they are anything else, or not one a row.
    """

    def __init__(self, source: Any, n_rows: int) -> None:
        self._range: tuple[float, float] | None = None
        self._of = self._reader(source)
        self.n_rows = None if callable(source) else n_rows
        if self.n_rows is not None and len(source) != n_rows:
            raise ValueError(f"expected {n_rows} samples, one a row, got {len(source)}")
        self._warned = False
        self._made: LRUCache[int, SamplePreview] = LRUCache(_KEPT)

    def of(self, row: int) -> SamplePreview:
        """Sample of a row; what the user's function raises becomes a problem that is shown."""
        found = self._made.get(row)
        if found is not None:
            return found
        if self.n_rows is not None and row >= self.n_rows:
            return SamplePreview("problem", text="no sample was given for this row")
        try:
            made = _preview(self._of(row), self._range)
        except Exception as error:  # noqa: BLE001 - it is shown
            return self._problem(row, error)
        self._made[row] = made
        return made

    def _problem(self, row: int, error: Exception) -> SamplePreview:
        """Why a row can not be shown; with all details once, not at every turn of the spotlight."""
        level = logging.DEBUG if self._warned else logging.WARNING
        self._warned = True
        _log.log(level, "Sample %d can not be shown", row, exc_info=error)
        try:
            reason = f"{type(error).__name__}: {error}"
        except Exception:  # noqa: BLE001 - an error that can not even be told
            reason = type(error).__name__
        return SamplePreview("problem", text=printable(reason, LONGEST_TEXT))

    def _reader(self, source: Any) -> Callable[[int], Any]:
        if callable(source):
            return source
        if hasattr(source, "to_numpy"):  # a Series, whose items go by another name
            source = source.to_numpy()
        shape = getattr(source, "shape", None)
        listed = isinstance(source, Sequence) and not isinstance(source, str | bytes)
        if not (listed or shape):
            raise TypeError(f"expected samples as {_EXPECTED}, got {source!r:.200}")
        if shape:
            _check_shape(tuple(shape))
            first = _array(source[_spread(shape[0])])
            if (len(shape) == 1) != (first.dtype.kind in "OUT") or first.dtype.kind in "cV":
                what = f"shape {tuple(shape)} of {first.dtype}"
                raise TypeError(f"expected samples as {_EXPECTED}, got {what}")
            self._range = _range(first) if len(shape) > 1 else None
        return source.__getitem__


def _check_shape(shape: tuple[int, ...]) -> None:
    if len(shape) in (1, 3) or (len(shape) == 4 and shape[3] in _CHANNELS):
        return
    hint = ""
    if len(shape) == 4 and shape[1] in _CHANNELS:
        hint = (
            "; move the channels last: samples.permute(0, 2, 3, 1), or np.moveaxis(samples, 1, 3)"
        )
    raise ValueError(f"expected samples as {_EXPECTED}, got shape {shape}{hint}")


def _spread(n: int) -> slice:
    picked = evenly_spaced(n, _SCALED_BY)
    return slice(0, n, max(1, n // max(1, len(picked))))


def _range(values: np.ndarray) -> tuple[float, float] | None:
    """Values that are black and white; None for those of 8 bits."""
    if values.dtype in (np.uint8, np.bool_):
        return None
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    return (0.0, 1.0) if low >= 0 and high <= 1 else (low, high)


def _preview(value: Any, common: tuple[float, float] | None) -> SamplePreview:
    if isinstance(value, str):
        return SamplePreview("text", text=printable(value, LONGEST_TEXT))
    if isinstance(value, Image.Image) and value.mode not in _SINGLE:
        return _encoded(_small(value.convert("RGBA" if value.has_transparency_data else "RGB")))
    pixels = _array(value)
    flat = pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] in _CHANNELS)
    if not flat or pixels.size == 0 or pixels.dtype.kind not in "biuf":
        what = f"shape {pixels.shape} of {pixels.dtype}" if pixels.ndim else repr(value)[:200]
        raise TypeError(f"expected an image (H, W), (H, W, 3) or a string, got {what}")
    return _encoded(_image(pixels, common))


def _array(value: Any) -> np.ndarray:
    if not isinstance(value, Tensor):
        return np.asarray(value)
    held = value.detach().cpu()
    return (held.float() if held.dtype == torch.bfloat16 else held).numpy()


def _image(pixels: np.ndarray, common: tuple[float, float] | None) -> Image.Image:
    if pixels.dtype == np.bool_:
        levels = pixels.astype(np.uint8) * np.uint8(255)
    elif pixels.dtype == np.uint8:
        levels = pixels
    else:
        low, high = common or _range(pixels) or (0.0, 1.0)
        # By halves: the range of the largest floats is no float.
        scaled = (pixels.astype(np.float64) / 2 - low / 2) / ((high / 2 - low / 2) or 1.0)
        levels = np.rint(255 * np.nan_to_num(scaled).clip(0.0, 1.0)).astype(np.uint8)
    if levels.ndim == 3 and levels.shape[2] == 1:
        levels = levels[:, :, 0]
    return _small(Image.fromarray(np.ascontiguousarray(levels)))


def _small(image: Image.Image) -> Image.Image:
    image.thumbnail((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    return image


def _encoded(image: Image.Image) -> SamplePreview:
    """The image without loss if it is small enough, else with as little as it takes."""
    while True:
        for form, options in (("PNG", {}), *(("WEBP", {"quality": q}) for q in _QUALITIES)):
            buffer = BytesIO()
            image.save(buffer, form, **options)
            data = buffer.getvalue()
            if len(data) <= _MOST_BYTES:
                mime = f"image/{form.lower()}"
                return SamplePreview("image", "", mime, data, image.width, image.height)
        image = image.resize((max(1, image.width // 2), max(1, image.height // 2)))


def preview_strip(
    previews: SamplePreviews,
    engine: ResonanceSource,
    pair: tuple[int, int],
    beam: Beam,
    legend: Legend | None,
) -> tuple[list[dict[str, Any]], bytes]:
    """Items of the strip by falling cosine, and the bytes of its images one after another.

    Parameters
    ----------
    previews
        The samples.
    engine
        Of the activations.
    pair
        The plane.
    beam
        Inside the spotlight.
    legend
        Classes, if there are any.
    """
    rows = beam.indices[:MOST_SHOWN]
    places = engine.coordinates(*pair, rows)
    items, images = [], []
    for row, cosine, at in zip(rows.tolist(), beam.cosines.tolist(), places.tolist(), strict=False):
        preview = previews.of(row)
        label, group = (None, None) if legend is None else legend.of_row(row)
        images.append(preview.data)
        items.append(
            {
                "index": row,
                "label": label,
                "group": group,
                "cosine": cosine,
                "at": at,
                "kind": preview.kind,
                "text": preview.text,
                "mime": preview.mime,
                "bytes": len(preview.data),
                "width": preview.width,
                "height": preview.height,
            }
        )
    return items, b"".join(images)
