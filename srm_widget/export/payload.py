"""What a page needs to hold so that it can answer where no kernel does."""

import datetime as dt
import json
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Float64, Int64
from torch import Tensor

from srm_widget.engine.engine import ResonanceEngine
from srm_widget.geometry.basis import Basis
from srm_widget.results.isotropy import isotropic_series, isotropic_share
from srm_widget.utils.text import printable
from srm_widget.view.legend import LONGEST_NAME, Legend
from srm_widget.view.sample_previews import SamplePreview, SamplePreviews
from srm_widget.view.samples_in_plane import BINS

_ALIGNED = 8
_ORTHONORMAL = 1e-12
_PILOT = 256
_AIM, _ENOUGH = 0.99, 0.97
"""Share of the bytes at most that is aimed at, and with which a subsample is large enough."""

_GUESSES = 8
_KINDS = {"image/png": 2, "image/webp": 3}


class Payload(NamedTuple):
    """Activations as a page holds them.

    Attributes
    ----------
    frame
        Facts about them and where each array lies in the data; nothing but JSON.
    data
        Arrays, little-endian, each beginning at a multiple of eight bytes.
    """

    frame: dict[str, Any]
    data: bytes

    @property
    def size(self) -> int:
        """Bytes in a page, where data are base64."""
        return len(as_json(self.frame).encode()) + 4 * -(-len(self.data) // 3)


def as_json(value: Any) -> str:
    """JSON to stand in a page, where no letter of it can end the element it stands in.

    Halves of surrogate pairs, which no file could hold, are escaped.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False).replace("<", "\\u003c")
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


class PayloadContent(NamedTuple):
    """What is to be held.

    Attributes
    ----------
    engines
        One a step.
    steps
        Their labels.
    names
        Of the M directions.
    legend
        Classes, if there are any.
    previews
        What rows look like, if that is known.
    """

    engines: Sequence[ResonanceEngine]
    steps: Sequence[str]
    names: Sequence[str]
    legend: Legend | None = None
    previews: SamplePreviews | None = None


def pack_payload(content: PayloadContent, max_bytes: int, seed: int, beside: int = 0) -> Payload:
    """Hold all samples, or as large a uniform random subsample as fits.

    Parameters
    ----------
    content
        What is to be held.
    max_bytes
        Most bytes in a page, ≥ 1.
    seed
        Of the draw, if one is needed.
    beside
        Bytes that the page takes itself, for the message of an error.

    Raises
    ------
    ValueError
        If not even one sample fits, or none of one of the steps.
    """
    order = np.random.default_rng(seed).permutation(_candidates(content.engines))
    shown: dict[int, SamplePreview] = {}

    def first(n: int) -> Payload:
        return _packed(content, order[:n], seed if n < len(order) else None, shown)

    one = first(1)
    if one.size > max_bytes:
        raise ValueError(
            f"expected max_bytes of at least {one.size + beside:,}, got {max_bytes + beside:,}"
        )
    held = _fullest(first, one, len(order), max_bytes)
    for step in held.frame["steps"]:
        if step["n"] == 0:
            raise ValueError(
                f"expected room for samples of every step, got {held.frame['n_rows']:,} rows "
                f"without one of the {step['n_all']:,} of step {step['label']!r}: raise max_bytes"
            )
    return held


def _fullest(first: Callable[[int], Payload], one: Payload, n_all: int, max_bytes: int) -> Payload:
    """The first of `n_all` rows, as many as fit or nearly so.

    How a page grows with its rows is not known beforehand: texts differ in length, and classes
    repeat.
    """
    fitting, least, most = one, 1, n_all + 1
    n, guesses = _PILOT, 0
    while most - least > 1 and fitting.size < _ENOUGH * max_bytes:
        n = min(max(n, least + 1), most - 1)
        held, guesses = first(n), guesses + 1
        if held.size <= max_bytes:
            fitting, least = held, n
        else:
            most = n
        each = max(1.0, (held.size - one.size) / (n - 1))
        n = int(1 + (_AIM * max_bytes - one.size) / each)
        if guesses >= _GUESSES:
            n = (least + most) // 2
    return fitting


def _candidates(engines: Sequence[ResonanceEngine]) -> Int64[np.ndarray, " rows"]:
    """Rows that any of the engines has."""
    if all(engine.n_dropped == 0 for engine in engines):
        return np.arange(max(engine.n_rows for engine in engines))
    return np.unique(np.concatenate([engine.rows for engine in engines]))


class _Data:
    """Arrays one after another."""

    def __init__(self) -> None:
        self._parts: dict[bytes, list[int]] = {}
        self._size = 0

    def add(self, values: np.ndarray, dtype: str) -> list[int]:
        """Offset and length of the array, which is added if it is not there already."""
        return self.add_bytes(np.ascontiguousarray(values, dtype=dtype).tobytes())

    def add_bytes(self, values: bytes) -> list[int]:
        """The same for bytes."""
        if values not in self._parts:
            self._parts[values] = [self._size, len(values)]
            self._size += len(values) + -len(values) % _ALIGNED
        return self._parts[values]

    def whole(self) -> bytes:
        """All of them."""
        return b"".join(values + bytes(-len(values) % _ALIGNED) for values in self._parts)


def _packed(
    content: PayloadContent,
    picked: Int64[np.ndarray, " rows"],
    seed: int | None,
    shown: dict[int, SamplePreview],
) -> Payload:
    """Hold the rows picked; `shown` keeps what they look like, for the next time."""
    rows = np.sort(picked)
    data = _Data()
    first = content.engines[0]
    all_of_them = np.array_equal(rows, np.arange(len(rows)))
    frame = {
        "version": version("srm_widget"),
        "saved": dt.datetime.now(dt.UTC).date().isoformat(),
        "seed": seed,
        "n_dims": first.n_dims,
        "n_directions": first.n_directions,
        "basis": first.basis.name,
        "names": list(content.names),
        "isotropic_series": list(isotropic_series(first.n_dims)),
        "isotropic_cells": data.add(_quarter(first.n_dims), "<f4"),
        "rows": None if all_of_them else data.add(rows, "<i4"),
        "n_rows": len(rows),
        "steps": [
            {"label": label, **_step(engine, rows, data)}
            for label, engine in zip(content.steps, content.engines, strict=True)
        ],
        "labels": None if content.legend is None else _labels(content.legend, rows, data),
        "exhibits": None
        if content.previews is None
        else _previews(_looks(content.previews, rows, shown), data),
    }
    return Payload(frame, data.whole())


def _quarter(n_dims: int) -> Float64[np.ndarray, "half half"]:
    """Share of isotropic data in the cells with positive coordinates; the others mirror them."""
    half = BINS // 2
    return isotropic_share(n_dims, BINS)[half:, half:]


def _step(engine: ResonanceEngine, rows: Int64[np.ndarray, " rows"], data: _Data) -> dict[str, Any]:
    kept = np.isin(rows, engine.rows, assume_unique=True)
    axes, directions = _spanned(engine.basis)
    units = engine.unit_rows(rows[kept])
    coordinates = units if axes is None else units @ axes.T.to(units)
    return {
        "n_all": engine.n_samples,
        "n": int(kept.sum()),
        "n_zero": int((units == 0).all(dim=1).sum()),
        "width": coordinates.shape[1],
        "places": None if kept.all() else data.add(np.flatnonzero(kept), "<i4"),
        "columns": data.add(coordinates.T.cpu().numpy(), "<f4"),
        "basis": None if directions is None else data.add(directions.numpy(), "<f8"),
    }


def _spanned(
    basis: Basis,
) -> tuple[Float[Tensor, "width dims"] | None, Float64[Tensor, "directions width"] | None]:
    """Axes of the fewest coordinates that hold all projections, and the directions in them.

    None for the coordinates' own axes, of the activations or of what the directions span.
    """
    if basis.is_standard:
        return None, None
    directions = basis.directions
    gram = directions @ directions.T
    if (gram - torch.eye(len(gram), dtype=gram.dtype)).abs().max() < _ORTHONORMAL:
        return directions, None
    if basis.n_directions >= basis.n_dims:
        return None, directions
    axes, triangle = torch.linalg.qr(directions.T)
    return axes.T, triangle.T.contiguous()


def _labels(legend: Legend, rows: Int64[np.ndarray, " rows"], data: _Data) -> dict[str, Any]:
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


def _looks(
    previews: SamplePreviews, rows: Int64[np.ndarray, " rows"], shown: dict[int, SamplePreview]
) -> list[SamplePreview]:
    for row in rows.tolist():
        if row not in shown:
            shown[row] = previews.of(row)
    return [shown[row] for row in rows.tolist()]


def _previews(previews: Sequence[SamplePreview], data: _Data) -> dict[str, Any]:
    kinds = [_KINDS[e.mime] if e.kind == "image" else int(e.kind == "text") for e in previews]
    return {
        "kinds": data.add(np.array(kinds), "u1"),
        "widths": data.add(np.array([e.width for e in previews]), "u1"),
        "heights": data.add(np.array([e.height for e in previews]), "u1"),
        "sizes": data.add(np.array([len(e.data) for e in previews]), "<u2"),
        "files": data.add_bytes(b"".join(e.data for e in previews)),
        "texts": [e.text for e in previews if e.kind != "image"],
    }
