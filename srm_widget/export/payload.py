"""Payload of a page: activations, labels and previews, from which it counts without a kernel."""

import datetime as dt
import json
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Annotated, Any, Literal, NamedTuple, TypedDict

import numpy as np
import torch
from jaxtyping import Float, Float64, Int64
from torch import Tensor

from srm_widget.engine.source import ResonanceSource
from srm_widget.geometry.basis import Basis
from srm_widget.results.isotropic_density import isotropic_share
from srm_widget.results.isotropy import isotropic_series
from srm_widget.utils.arrays import to_bytes
from srm_widget.utils.text import printable
from srm_widget.view.legend import LONGEST_NAME, Legend
from srm_widget.view.sample_previews import SamplePreview, SamplePreviews
from srm_widget.view.samples_in_plane import BINS

_ALIGNMENT = 8
_ORTHONORMAL_TOLERANCE = 1e-12
_FIRST_GUESS = 256
"""Rows of the first subsample that is tried, after a single row."""

_AIM, _ENOUGH = 0.99, 0.97
"""Share of the most bytes that a subsample is aimed at, and with which it is large enough."""

_MOST_GUESSES = 8
"""Subsamples that are tried before their size is bisected."""

PREVIEW_FORMATS = (
    ("problem", ""),
    ("text", ""),
    ("image", "image/png"),
    ("image", "image/webp"),
    ("marked", ""),
)
"""Kind and media type of a preview; a payload holds its index among them."""


ByteRange = tuple[Annotated[int, "offset"], Annotated[int, "length"]]
"""Offset and length of an array in `_held`, bytes."""


class PayloadStepFrame(TypedDict):
    """A step in `_held`."""

    label: str
    n_all: int
    """number of samples of the activations themselves"""
    n: int
    n_zero: int
    preparation: str
    """what was done to the activations before they were brought to unit length, "" for nothing"""
    n_dims: int
    """D, which need not be the same in all steps"""
    width: int
    """columns of coordinates in the span of the basis"""
    places: ByteRange | None
    """int32: indices of the held rows that it has; null is all of them"""
    columns: ByteRange
    """float32 (width, n): coordinates of the unit rows"""
    basis: ByteRange | None
    """float64 (directions, width): directions; null where they are the coordinates' own axes"""
    basis_name: str
    orthonormal: bool
    """whether every two directions are orthogonal"""
    clusters: ByteRange | None
    """int32 (n): group of samples that each hangs together with; null if each is by itself"""


class PayloadLabelFrame(TypedDict):
    """The classes in `_held`."""

    names: list[str]
    """of the classes"""
    codes: ByteRange
    """int32: class of each held row"""
    missing: int | None
    """code for "no class", if there is one"""
    group_of: list[int]
    """group that each class is drawn in"""
    groups: list[str]
    other: int | None
    n_classes: int


class PayloadPreviewFrame(TypedDict):
    """The previews of the samples in `_held`."""

    kinds: ByteRange
    """uint8: indices into `PREVIEW_FORMATS`"""
    widths: ByteRange
    """uint8"""
    heights: ByteRange
    """uint8"""
    sizes: ByteRange
    """uint16: bytes of each picture"""
    files: ByteRange
    """the pictures, one after another"""
    texts: list[str]
    """of the rows without a picture, in order"""
    marks: ByteRange
    """uint8 (rows with a marked text, 2): where the marked part begins and ends, in characters"""


class PayloadFrame(TypedDict):
    """`_held_frame`: describes the samples that the page holds in `_held`."""

    version: str
    """of srm_widget that wrote it"""
    saved: str
    """day of saving, as 2026-11-21; "" where the page read the samples from a file itself"""
    seed: int | None
    """seed of the random draw, where not all samples are held"""
    n_dims: int
    n_directions: int
    names: list[str]
    """of all directions"""
    isotropic_series: list[float]
    isotropic_cells: ByteRange
    """float32: share of isotropic data in the density's cells of positive coordinates"""
    rows: ByteRange | None
    """int32: rows of the activations that are held, rising; null is all from 0 on"""
    n_rows: int
    steps: list[PayloadStepFrame]
    labels: PayloadLabelFrame | None
    exhibits: PayloadPreviewFrame | None


class StepsMessage(TypedDict):
    """The samples that all steps share; the buffer holds the arrays of the frame."""

    type: Literal["steps"]
    frame: PayloadFrame


class Payload(NamedTuple):
    """Activations, and what belongs to them, as a page holds them.

    Attributes
    ----------
    frame
        Facts about them, and offset and length of each array in the data; nothing but JSON.
    data
        Arrays, little-endian, each beginning at a multiple of eight bytes.
    """

    frame: dict[str, Any]
    data: bytes

    @property
    def size(self) -> int:
        """Bytes that it takes in a page, where data are base64."""
        return len(as_json(self.frame).encode()) + 4 * -(-len(self.data) // 3)


_ESCAPED = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<\x85\u2028\u2029"}


def as_json(value: Any) -> str:
    """Return `value` as JSON in one line for a script element, which no text in it can end.

    Halves of surrogate pairs, which no file could hold, are escaped; so are Unicode's ends of lines
    and paragraphs, after which some readers would begin a line.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False).translate(_ESCAPED)
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


class PayloadContent(NamedTuple):
    """What is to be packed.

    Attributes
    ----------
    engines
        Engines of the activations, one a step.
    steps
        Labels of the steps.
    names
        Names of the M directions.
    legend
        Classes, if there are any.
    previews
        Previews of the samples, if there are any.
    """

    engines: Sequence[ResonanceSource]
    steps: Sequence[str]
    names: Sequence[str]
    legend: Legend | None = None
    previews: SamplePreviews | None = None


def pack_payload(
    content: PayloadContent, max_bytes: int, seed: int, page_bytes: int = 0
) -> Payload:
    """Pack all samples, or as large a uniform random subsample as fits.

    Parameters
    ----------
    content
        What is to be packed.
    max_bytes
        Most bytes that the payload may take in a page, ≥ 1.
    seed
        Seed of the draw, if one is needed.
    page_bytes
        Bytes of the page beside the payload, for the message of an error.

    Raises
    ------
    ValueError
        If not even one sample fits, or none of one of the steps.
    """
    order = np.random.default_rng(seed).permutation(rows_of_any(content.engines))
    previews: dict[int, SamplePreview] = {}

    def pack_first(n: int) -> Payload:
        return _pack_rows(content, order[:n], seed if n < len(order) else None, previews)

    smallest = pack_first(1)
    if smallest.size > max_bytes:
        raise ValueError(
            f"expected max_bytes of at least {smallest.size + page_bytes:,}, got "
            f"{max_bytes + page_bytes:,}"
        )
    payload = _largest_that_fits(pack_first, smallest, len(order), max_bytes)
    for step in payload.frame["steps"]:
        if step["n"] == 0:
            raise ValueError(
                f"expected room for samples of every step, got {payload.frame['n_rows']:,} rows "
                f"without one of the {step['n_all']:,} of step {step['label']!r}: raise max_bytes"
            )
    return payload


def _largest_that_fits(
    pack_first: Callable[[int], Payload], smallest: Payload, n_all: int, max_bytes: int
) -> Payload:
    """Pack the first of `n_all` rows, as many as fit or nearly so.

    How a page grows with its rows is not known beforehand: texts differ in length, and classes
    repeat.
    """
    largest, fitting, too_many = smallest, 1, n_all + 1
    n, guesses = _FIRST_GUESS, 0
    while too_many - fitting > 1 and largest.size < _ENOUGH * max_bytes:
        n = min(max(n, fitting + 1), too_many - 1)
        payload, guesses = pack_first(n), guesses + 1
        if payload.size <= max_bytes:
            largest, fitting = payload, n
        else:
            too_many = n
        bytes_per_row = max(1.0, (payload.size - smallest.size) / (n - 1))
        n = int(1 + (_AIM * max_bytes - smallest.size) / bytes_per_row)
        if guesses >= _MOST_GUESSES:
            n = (fitting + too_many) // 2
    return largest


def rows_of_any(engines: Sequence[ResonanceSource]) -> Int64[np.ndarray, " rows"]:
    """Return the rows that at least one of the engines has."""
    if all(engine.n_dropped == 0 for engine in engines):
        return np.arange(max(engine.n_rows for engine in engines))
    return np.unique(np.concatenate([engine.rows for engine in engines]))


class _ArrayBuffer:
    """Arrays one after another in one block of bytes, equal ones only once."""

    def __init__(self) -> None:
        self._parts: dict[bytes, ByteRange] = {}
        self._size = 0

    def add(self, values: np.ndarray, dtype: str) -> ByteRange:
        """Add an array if it is not there already; return its offset and length in bytes."""
        return self.add_bytes(to_bytes(values, dtype))

    def add_bytes(self, values: bytes) -> ByteRange:
        """`add` for bytes."""
        if values not in self._parts:
            self._parts[values] = (self._size, len(values))
            self._size += len(values) + -len(values) % _ALIGNMENT
        return self._parts[values]

    def all(self) -> bytes:
        """Return all arrays, each padded to `_ALIGNMENT` bytes."""
        return b"".join(values + bytes(-len(values) % _ALIGNMENT) for values in self._parts)


def _pack_rows(
    content: PayloadContent,
    rows: Int64[np.ndarray, " rows"],
    seed: int | None,
    previews: dict[int, SamplePreview],
) -> Payload:
    """Pack the samples of `rows`; their previews are taken from `previews`, and added to it."""
    rows = np.sort(rows)
    data = _ArrayBuffer()
    first = content.engines[0]
    all_of_them = np.array_equal(rows, np.arange(len(rows)))
    frame: PayloadFrame = {
        "version": version("srm_widget"),
        "saved": dt.datetime.now(dt.UTC).date().isoformat(),
        "seed": seed,
        "n_dims": first.n_dims,
        "n_directions": first.n_directions,
        "names": list(content.names),
        "isotropic_series": list(isotropic_series(first.n_dims)),
        "isotropic_cells": data.add(_isotropic_quarter(first.n_dims), "<f4"),
        "rows": None if all_of_them else data.add(rows, "<i4"),
        "n_rows": len(rows),
        "steps": [
            _step_frame(label, engine, rows, data, projected=_is_projected(engine, content.engines))
            for label, engine in zip(content.steps, content.engines, strict=True)
        ],
        "labels": None if content.legend is None else _labels_frame(content.legend, rows, data),
        "exhibits": None
        if content.previews is None
        else _previews_frame(_cached_previews(content.previews, rows, previews), data),
    }
    return Payload({**frame}, data.all())


def _isotropic_quarter(n_dims: int) -> Float64[np.ndarray, "half half"]:
    """Return the share of isotropic data in cells of positive coordinates; the others mirror it."""
    half = BINS // 2
    return isotropic_share(n_dims, BINS)[half:, half:]


def _is_projected(engine: ResonanceSource, engines: Sequence[ResonanceSource]) -> bool:
    """Return whether samples take the least room in axes of their engine's own basis.

    Where engines of several bases share the samples, these are held once, as they are.
    """
    m, d = engine.n_directions, engine.n_dims
    return m * sum(engine.shares_samples(other) for other in engines) <= max(m, d)


def _step_frame(
    label: str,
    engine: ResonanceSource,
    rows: Int64[np.ndarray, " rows"],
    data: _ArrayBuffer,
    *,
    projected: bool,
) -> PayloadStepFrame:
    """Add the unit rows of one step's samples to `data`; return facts about them."""
    kept = np.isin(rows, engine.rows, assume_unique=True)
    basis = engine.basis
    axes, directions = None, None if basis.is_standard else basis.directions
    if projected:
        axes, directions = _projection_axes(basis)
    held = rows[kept]
    units = engine.unit_rows(held)
    coordinates = units if axes is None else units @ axes.T.to(units)
    return {
        "label": label,
        "n_all": engine.n_samples,
        "n": int(kept.sum()),
        "n_zero": int((units == 0).all(dim=1).sum()),
        "preparation": engine.preparation_of(held),
        "n_dims": engine.n_dims,
        "width": coordinates.shape[1],
        "places": None if kept.all() else data.add(np.flatnonzero(kept), "<i4"),
        "columns": data.add(coordinates.T.cpu().numpy(), "<f4"),
        "basis": None if directions is None else data.add(directions.numpy(), "<f8"),
        "basis_name": basis.name,
        "orthonormal": engine.basis.is_orthonormal,
        "clusters": _clusters(engine, rows[kept], data),
    }


def _clusters(
    engine: ResonanceSource, rows: Int64[np.ndarray, " rows"], data: _ArrayBuffer
) -> ByteRange | None:
    """Add the groups of `rows` to `data`, numbered anew; None if the engine's samples have none."""
    if engine.groups is None:
        return None
    codes = engine.groups.codes[np.searchsorted(engine.rows, rows)]
    return data.add(np.unique(codes, return_inverse=True)[1], "<i4")


def _projection_axes(
    basis: Basis,
) -> tuple[Float[Tensor, "width dims"] | None, Float64[Tensor, "directions width"] | None]:
    """Return axes of the fewest coordinates that give all projections, and the directions in them.

    Axes of None are those of the activations; directions of None are the axes themselves.
    """
    if basis.is_standard:
        return None, None
    directions, m = basis.directions, basis.n_directions
    if m <= basis.n_dims:  # more directions are not orthonormal: no matrix of all their cosines
        gram = directions @ directions.T
        if (gram - torch.eye(m, dtype=gram.dtype)).abs().max() < _ORTHONORMAL_TOLERANCE:
            return directions, None
    if m >= basis.n_dims:
        return None, directions
    axes, triangle = torch.linalg.qr(directions.T)
    rows = triangle.T.contiguous()
    rows[basis.dead] = 0.0  # no rounding may give them a direction
    return axes.T, rows


def _labels_frame(
    legend: Legend, rows: Int64[np.ndarray, " rows"], data: _ArrayBuffer
) -> PayloadLabelFrame:
    """Add the classes of `rows` to `data`; return facts about the classes that occur in them."""
    labels = legend.labels
    present, codes = np.unique(labels.codes[rows], return_inverse=True)
    missing = np.flatnonzero(present == (-1 if labels.missing is None else labels.missing))
    return {
        "names": [printable(labels.names[code], LONGEST_NAME) for code in present],
        "codes": data.add(codes, "<i4"),
        "missing": int(missing[0]) if len(missing) else None,
        "group_of": legend.group_of[present].tolist(),
        "groups": legend.frame["names"],
        "other": legend.other,
        "n_classes": labels.n_classes,
    }


def _cached_previews(
    source: SamplePreviews, rows: Int64[np.ndarray, " rows"], previews: dict[int, SamplePreview]
) -> list[SamplePreview]:
    """Return the previews of `rows`, from `previews`, to which missing ones are added."""
    for row in rows.tolist():
        if row not in previews:
            previews[row] = source.preview(row)
    return [previews[row] for row in rows.tolist()]


def _previews_frame(previews: Sequence[SamplePreview], data: _ArrayBuffer) -> PayloadPreviewFrame:
    """Add kinds, sizes and images of previews to `data`; return where they are, and the texts."""
    kinds = [PREVIEW_FORMATS.index((each.kind, each.mime)) for each in previews]
    return {
        "kinds": data.add(np.array(kinds), "u1"),
        "widths": data.add(np.array([each.width for each in previews]), "u1"),
        "heights": data.add(np.array([each.height for each in previews]), "u1"),
        "sizes": data.add(np.array([len(each.data) for each in previews]), "<u2"),
        "files": data.add_bytes(b"".join(each.data for each in previews)),
        "texts": [each.text for each in previews if each.kind != "image"],
        "marks": data.add(np.array([e.mark for e in previews if e.kind == "marked"]), "u1"),
    }
