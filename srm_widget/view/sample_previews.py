"""Previews of samples, small images or text, and the strip of those inside the spotlight."""

import logging
import math
import time
from collections.abc import Sequence
from io import BytesIO
from typing import Any, NamedTuple

from cachetools import LRUCache
from PIL import Image
from torch import Tensor

from srm_widget.engine.source import ResonanceSource
from srm_widget.plane.beam import Beam
from srm_widget.utils.text import first_few, printable
from srm_widget.utils.users_line import warn
from srm_widget.view.legend import Legend
from srm_widget.view.marked_text import shown_text
from srm_widget.view.pictures import PictureReader, small_image
from srm_widget.view.sample_rows import Sample, rows_of, sample_of
from srm_widget.view.wire import PreviewKind, StripItem

MOST_PREVIEWS = 24
"""Previews in the strip."""

LONGEST_TEXT = 240
_LONGEST_REASON = 800
_MOST_BYTES = 3_000
"""Most bytes of one image, so that two dozen stay below 100 KB."""

_WEBP_QUALITIES = 80, 50, 25
_MOST_CACHED = 1_024
_RANGE_SAMPLES = 1_000
"""Samples, about, that the range of the values of a stack is taken from."""

_RANGE_VALUES = 1 << 24
"""Values, about, that it is taken from at most."""

_LONGEST_TRIAL = 1.0
"""Seconds after which no further row is tried."""

_NO_SAMPLE = "no sample was given for this row"
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

    The first row, one in the middle and the last are tried at once: what can not be shown is told
    here, and not on the page.

    Parameters
    ----------
    source
        Array or tensor of pictures (N, H, W), (N, H, W, C) or (N, C, H, W) with C = 1, 3 or 4
        channels; a sequence, a Series or a data set of pictures, of any size, and texts; a table or
        mapping with a column of them; or a function of a row that returns one. A picture is an
        array, a tensor, an image of Pillow, encoded bytes or the path of a file; a text a string,
        bytes, a number or a `MarkedText`, as `tokens` makes one; (image, label) and mappings are
        what is seen in them. `PictureReader` says how layouts and ranges of values are told apart.
    n_rows
        Rows of the activations.
    n_dims
        D, for the message of an error; None if it is not known.

    Attributes
    ----------
    n_rows
        Rows that have a sample; None for a function, which is asked for any row.

    Raises
    ------
    TypeError, ValueError
        If the samples are anything else, not one a row, or none of the rows tried can be shown.

    Warns
    -----
    UserWarning
        If the first and the last axis of the pictures could both be the channels.
    """

    def __init__(self, source: Any, n_rows: int, n_dims: int | None = None) -> None:
        rows = rows_of(source, n_rows, n_dims)
        self._read, self.n_rows = rows.read, rows.n_rows
        self._reader = PictureReader()
        self._warned = False
        self._cache: LRUCache[int, SamplePreview] = LRUCache(_MOST_CACHED)
        if rows.stack is None:
            tried = sorted({0, n_rows // 2, n_rows - 1}) if n_rows else []
            self._try(tried, is_function=callable(source))
        else:
            shape = tuple(rows.stack.shape)
            some = rows.stack[_evenly_spaced_rows(shape)]
            self._reader.learn_stack(shape, some, is_tensor=isinstance(rows.stack, Tensor))
        if self._reader.is_ambiguous:
            warn(
                f"pictures of shape {self._reader.shape} may have their channels first or last, "
                f"and were taken as {self._reader.layout}; a function of the row that moves them, "
                "such as samples=lambda row: pictures[row].movedim(0, -1), says otherwise"
            )

    def __repr__(self) -> str:
        rows = "any row" if self.n_rows is None else f"{self.n_rows:,} rows"
        pictures = f": pictures {self._reader.shape}, {self._reader.layout}"
        return f"<{type(self).__name__} of {rows}{pictures if self._reader.shape else ''}>"

    def preview(self, row: int) -> SamplePreview:
        """Return the preview of a row; an error of the user's function becomes a "problem"."""
        cached = self._cache.get(row)
        if cached is not None:
            return cached
        if self.n_rows is not None and row >= self.n_rows:
            return SamplePreview("problem", text=_NO_SAMPLE)
        try:
            preview = _preview(sample_of(self._read(row)), self._reader)
        except Exception as error:  # noqa: BLE001 - it is shown
            return self._problem(row, error)
        self._cache[row] = preview
        return preview

    def _try(self, rows: Sequence[int], is_function: bool) -> None:
        """Read a few rows, learn how pictures are laid out, and raise if none can be shown."""
        samples: dict[int, Sample] = {}
        refused: dict[int, Exception] = {}
        began = time.perf_counter()
        for row in rows:
            try:
                samples[row] = sample_of(self._read(row))
            except Exception as error:  # noqa: BLE001 - it is raised if no row can be shown
                refused[row] = error
            if time.perf_counter() - began > _LONGEST_TRIAL:
                break
        self._reader.learn([each.value for each in samples.values() if each.kind == "array"])
        for row, sample in samples.items():
            try:
                self._cache[row] = _preview(sample, self._reader)
            except Exception as error:  # noqa: BLE001 - as above
                refused[row] = error
        if samples and is_function and {each.kind for each in samples.values()} == {"missing"}:
            raise TypeError(
                f"expected a function of the row that returns a picture or a text, got None of "
                f"row {first_few(list(samples))}"
            )
        # An index out of range is a mistake of all rows from there on.
        ended = [each for each in refused.values() if isinstance(each, IndexError)]
        if ended or (refused and refused.keys() >= samples.keys()):
            first = next(iter(ended or refused.values()))
            kind = TypeError if isinstance(first, TypeError) else ValueError
            reason = printable(_reason(first), _LONGEST_REASON)
            which = f"row{'s' * (len(refused) > 1)} {first_few(sorted(refused))}"
            raise kind(f"samples of {which} can not be shown: {reason}") from first
        for row, found in refused.items():
            self._problem(row, found)

    def _problem(self, row: int, error: Exception) -> SamplePreview:
        """Log why a row can not be shown, the first time as a warning, and return it as text."""
        level = logging.DEBUG if self._warned else logging.WARNING
        self._warned = True
        _log.log(level, "Sample %d can not be shown", row, exc_info=error)
        return SamplePreview("problem", text=printable(_reason(error), LONGEST_TEXT))


def _reason(error: Exception) -> str:
    """Return what is wrong, in words; errors of others by their class too."""
    try:
        said = str(error)
    except Exception:  # noqa: BLE001 - an error whose text can not be made either
        said = ""
    if said.startswith("expected "):
        return said
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def _evenly_spaced_rows(shape: tuple[int, ...]) -> slice:
    """Return a slice of some of the rows of a stack: not every array takes a list of rows."""
    n_some = max(1, min(_RANGE_SAMPLES, _RANGE_VALUES // max(1, math.prod(shape[1:]))))
    return slice(0, shape[0], max(1, shape[0] // n_some))


def _preview(sample: Sample, reader: PictureReader) -> SamplePreview:
    if sample.kind == "missing":
        return SamplePreview("problem", text=_NO_SAMPLE)
    if sample.kind == "text":
        return SamplePreview("text", text=printable(sample.value, LONGEST_TEXT))
    if sample.kind == "marked":
        return SamplePreview("marked", *shown_text(sample.value, LONGEST_TEXT))
    if sample.kind == "image":
        return _encode(small_image(sample.value))
    return _encode(reader.image(sample.value))


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
