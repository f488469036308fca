"""Previews of samples, small images or text, and the strip of those inside the spotlight."""

import logging
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any, NamedTuple

import numpy as np
import torch
from cachetools import LRUCache
from PIL import Image
from torch import Tensor

from srm_widget.engine.source import ResonanceSource
from srm_widget.plane.beam import Beam
from srm_widget.utils.text import printable
from srm_widget.view.legend import Legend
from srm_widget.view.marked_text import MarkedText, shown_text
from srm_widget.view.tokens import Tokens
from srm_widget.view.wire import PreviewKind, StripItem

MOST_PREVIEWS = 24
"""Previews in the strip."""

LONGEST_TEXT = 240
_MOST_PIXELS = 96
"""Largest width and height of a preview."""

_MOST_BYTES = 3_000
"""Most bytes of one image, so that two dozen stay below 100 KB."""

_WEBP_QUALITIES = 80, 50, 25
_MOST_CACHED = 1_024
_RANGE_SAMPLES = 1_000
"""Samples, about, that the range of the values is taken from."""

_CHANNELS = 1, 3, 4
_SINGLE_CHANNEL = "1", "L", "I", "F", "I;16", "I;16L", "I;16B"
"""Pillow's modes whose one channel is brightness; other modes are converted to RGB first."""

_EXPECTED = (
    "images of shape (N, H, W) or (N, H, W, 3), strings, marked texts, or a function of the row"
)
_TOKENS_HINT = (
    " tokens; srm.tokens(input_ids, tokenizer, acts.origins(name)) has those of a captured layer's "
    "rows, padding and a choice of them taken into account"
)
_log = logging.getLogger(__name__)


class SamplePreview(NamedTuple):
    """Preview of one sample: an image, a text, or why there is none.

    Attributes
    ----------
    kind
        "image" if `data` is one; "text" if `text` is the sample, "marked" if part of that is
        marked; "problem" if it says why the sample can not be shown.
    text
        At most `LONGEST_TEXT` characters.
    mark
        Where in `text` the marked part begins and ends, in characters.
    mime, data, width, height
        MIME type, bytes, and size in pixels of an image.
    """

    kind: PreviewKind
    text: str = ""
    mark: tuple[int, int] = (0, 0)
    mime: str = ""
    data: bytes = b""
    width: int = 0
    height: int = 0


class SamplePreviews:
    """Previews of the samples of all rows, each made when it is asked for.

    Parameters
    ----------
    source
        (N, H, W), (N, H, W, 1), (N, H, W, 3) or (N, H, W, 4) array or tensor: 8-bit values and
        booleans as they are, others from 0 to 1 if they lie there, else from the least to the
        largest value of a thousand images or so, evenly spaced. Or a sequence of strings, of
        `MarkedText`, as `tokens` makes one, or of images of any size; or a function of a row that
        returns one of them. Such single images are scaled by themselves.
    n_rows
        Rows of the activations.

    Attributes
    ----------
    n_rows
        Rows that have a sample; None for a function, which is asked for any row.

    Raises
    ------
    TypeError, ValueError
        If the samples are anything else, or not one a row.
    """

    def __init__(self, source: Any, n_rows: int) -> None:
        self._value_range: tuple[float, float] | None = None
        self._read = self._reader(source)
        self.n_rows = None if callable(source) else n_rows
        if self.n_rows is not None and len(source) != n_rows:
            hint = _TOKENS_HINT if isinstance(source, Tokens) else ""
            raise ValueError(f"expected {n_rows} samples, one a row, got {len(source)}{hint}")
        self._warned = False
        self._cache: LRUCache[int, SamplePreview] = LRUCache(_MOST_CACHED)

    def preview(self, row: int) -> SamplePreview:
        """Return the preview of a row; an error of the user's function becomes a "problem"."""
        cached = self._cache.get(row)
        if cached is not None:
            return cached
        if self.n_rows is not None and row >= self.n_rows:
            return SamplePreview("problem", text="no sample was given for this row")
        try:
            preview = _preview(self._read(row), self._value_range)
        except Exception as error:  # noqa: BLE001 - it is shown
            return self._problem(row, error)
        self._cache[row] = preview
        return preview

    def _problem(self, row: int, error: Exception) -> SamplePreview:
        """Log why a row can not be shown, the first time as a warning, and return it as text."""
        level = logging.DEBUG if self._warned else logging.WARNING
        self._warned = True
        _log.log(level, "Sample %d can not be shown", row, exc_info=error)
        try:
            reason = f"{type(error).__name__}: {error}"
        except Exception:  # noqa: BLE001 - an error whose text can not be made either
            reason = type(error).__name__
        return SamplePreview("problem", text=printable(reason, LONGEST_TEXT))

    def _reader(self, source: Any) -> Callable[[int], Any]:
        """Return a function that reads the sample of a row, or raise; set the common range."""
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
            some = _as_array(source[_evenly_spaced_rows(shape[0])])
            if (len(shape) == 1) != (some.dtype.kind in "OUT") or some.dtype.kind in "cV":
                what = f"shape {tuple(shape)} of {some.dtype}"
                raise TypeError(f"expected samples as {_EXPECTED}, got {what}")
            self._value_range = _value_range(some) if len(shape) > 1 else None
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


def _evenly_spaced_rows(n: int) -> slice:
    """Return a slice of about `_RANGE_SAMPLES` of n rows: not every array takes a list of rows."""
    n_some = min(n, _RANGE_SAMPLES)
    return slice(0, n, max(1, n // max(1, n_some)))


def _value_range(values: np.ndarray) -> tuple[float, float] | None:
    """Return the values shown as black and as white; None for those of 8 bits."""
    if values.dtype in (np.uint8, np.bool_):
        return None
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    return (0.0, 1.0) if low >= 0 and high <= 1 else (low, high)


def _preview(value: Any, value_range: tuple[float, float] | None) -> SamplePreview:
    """Return the preview of a sample; without a common range an image is scaled by itself."""
    if isinstance(value, str):
        return SamplePreview("text", text=printable(value, LONGEST_TEXT))
    if isinstance(value, MarkedText):
        return SamplePreview("marked", *shown_text(value, LONGEST_TEXT))
    if isinstance(value, Image.Image) and value.mode not in _SINGLE_CHANNEL:
        return _encode(_shrink(value.convert("RGBA" if value.has_transparency_data else "RGB")))
    pixels = _as_array(value)
    is_image = pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] in _CHANNELS)
    if not is_image or pixels.size == 0 or pixels.dtype.kind not in "biuf":
        what = f"shape {pixels.shape} of {pixels.dtype}" if pixels.ndim else repr(value)[:200]
        raise TypeError(
            f"expected an image (H, W), (H, W, 3), a string or a MarkedText, got {what}"
        )
    return _encode(_as_image(pixels, value_range))


def _as_array(value: Any) -> np.ndarray:
    if not isinstance(value, Tensor):
        return np.asarray(value)
    tensor = value.detach().cpu()
    return (tensor.float() if tensor.dtype == torch.bfloat16 else tensor).numpy()


def _as_image(pixels: np.ndarray, value_range: tuple[float, float] | None) -> Image.Image:
    if pixels.dtype == np.bool_:
        levels = pixels.astype(np.uint8) * np.uint8(255)
    elif pixels.dtype == np.uint8:
        levels = pixels
    else:
        low, high = value_range or _value_range(pixels) or (0.0, 1.0)
        # Halved: high - low of the largest floats is no float.
        scaled = (pixels.astype(np.float64) / 2 - low / 2) / ((high / 2 - low / 2) or 1.0)
        levels = np.rint(255 * np.nan_to_num(scaled).clip(0.0, 1.0)).astype(np.uint8)
    if levels.ndim == 3 and levels.shape[2] == 1:
        levels = levels[:, :, 0]
    return _shrink(Image.fromarray(np.ascontiguousarray(levels)))


def _shrink(image: Image.Image) -> Image.Image:
    image.thumbnail((_MOST_PIXELS, _MOST_PIXELS), Image.Resampling.LANCZOS)
    return image


def _encode(image: Image.Image) -> SamplePreview:
    """Encode as PNG if that is small enough, else as WebP of lower quality or smaller size."""
    while True:
        encodings = ("PNG", {}), *(("WEBP", {"quality": quality}) for quality in _WEBP_QUALITIES)
        for encoding, options in encodings:
            buffer = BytesIO()
            image.save(buffer, encoding, **options)
            data = buffer.getvalue()
            if len(data) <= _MOST_BYTES:
                mime = f"image/{encoding.lower()}"
                return SamplePreview("image", "", (0, 0), mime, data, image.width, image.height)
        image = image.resize((max(1, image.width // 2), max(1, image.height // 2)))


def preview_strip(
    previews: SamplePreviews,
    engine: ResonanceSource,
    pair: tuple[int, int],
    beam: Beam,
    legend: Legend | None,
) -> tuple[list[StripItem], bytes]:
    """Return the strip's items by falling cosine, and the bytes of its images one after another.

    Parameters
    ----------
    previews
        Previews of the samples.
    engine
        Engine of the activations.
    pair
        The plane.
    beam
        Samples inside the spotlight.
    legend
        Classes, if there are any.
    """
    rows = beam.indices[:MOST_PREVIEWS]
    coordinates = engine.coordinates(*pair, rows).tolist()
    items: list[StripItem] = []
    images = []
    for row, cosine, (a, c) in zip(rows.tolist(), beam.cosines.tolist(), coordinates, strict=False):
        preview = previews.preview(row)
        label, group = (None, None) if legend is None else legend.of_row(row)
        images.append(preview.data)
        items.append(
            {
                "index": row,
                "label": label,
                "group": group,
                "cosine": cosine,
                "at": (a, c),
                "kind": preview.kind,
                "text": preview.text,
                "mark": preview.mark,
                "mime": preview.mime,
                "bytes": len(preview.data),
                "width": preview.width,
                "height": preview.height,
            }
        )
    return items, b"".join(images)
