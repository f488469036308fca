"""Activations as they come in: checked, and normalised to unit rows block by block."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Float64
from torch import Tensor

from srm_widget.utils.inputs import as_matrix
from srm_widget.utils.ways_out import Wanted

_ACTIVATIONS = Wanted("activations that are dense real numbers", "activations")

_ENTRIES_AT_ONCE = 1 << 22
"""Entries of the activations that are read, checked and normalised at once."""


def as_activations(activations: Any) -> Tensor | np.ndarray:
    """Return activations as an (N, D) tensor or array, neither copied nor moved if they are one.

    Parameters
    ----------
    activations
        Anything `srm_widget.utils.inputs.as_numbers` takes.

    Raises
    ------
    TypeError
        If they are no dense real numbers.
    ValueError
        If the shape is not (N, D) with N ≥ 1 and D ≥ 2, or batches are of different widths.
    MemoryError
        If there is no room for what has to be joined or read.
    """
    values = as_differentiable(activations)
    return values.detach() if isinstance(values, Tensor) else values


def as_differentiable(activations: Any) -> Tensor | np.ndarray:
    """Return `as_activations` with the gradients that tensors among them have."""
    values = as_matrix(activations, _ACTIVATIONS, "activations of shape (N, D), got")
    if values.shape[0] < 1 or values.shape[1] < 2:
        raise ValueError(
            "expected activations of shape (N, D) with N ≥ 1 samples and D ≥ 2 dimensions, "
            f"got {tuple(values.shape)}"
        )
    return values


def checked_width(activations: Tensor | np.ndarray, n_dims: int, n_directions: int) -> None:
    """Raise ``ValueError`` if activations are not as wide as the directions of a basis."""
    if activations.shape[1] != n_dims:
        turned = ""
        if activations.shape[1] == n_directions:
            turned = "; basis.T has the directions in its rows if they are columns of the basis"
        elif activations.shape[0] == n_dims:
            turned = "; activations.T has the samples in its rows if they are columns"
        raise ValueError(
            f"expected activations of shape (N, {n_dims}), as wide as the {n_directions} "
            f"directions of the basis, one a row, got {tuple(activations.shape)}{turned}"
        )


def computing_dtype(activations: Tensor | np.ndarray, dtype: Any = None) -> torch.dtype:
    """Return the dtype to compute in: `dtype`, or float64 for float64 and float32 for others.

    Raises
    ------
    TypeError
        If `dtype` is anything but float32, float64 or None.
    """
    if dtype is not None:
        name = str(dtype).removeprefix("torch.") if isinstance(dtype, torch.dtype) else dtype
        try:
            kind = np.dtype(name).name
        except TypeError:
            kind = None
        if kind not in ("float32", "float64"):
            raise TypeError(f"expected dtype float32 or float64 to compute in, got {dtype!r}")
        return torch.float64 if kind == "float64" else torch.float32
    float64 = torch.float64 if isinstance(activations, Tensor) else np.dtype(np.float64)
    return torch.float64 if _native(activations.dtype) == float64 else torch.float32


def _native(dtype: Any) -> Any:
    """Return a dtype in this machine's byte order."""
    return dtype.newbyteorder("=") if isinstance(dtype, np.dtype) else dtype


def row_blocks(activations: Tensor | np.ndarray) -> Iterator[tuple[int, Tensor]]:
    """Yield blocks of rows as floating tensors, each with the index of its first row.

    No more than one block is copied at a time.
    """
    n, d = activations.shape
    step = max(1, _ENTRIES_AT_ONCE // d)
    for first in range(0, n, step):
        rows = activations[first : first + step]
        if isinstance(rows, np.ndarray):
            _check_file(rows)
            kind = np.float64 if _native(rows.dtype) == np.float64 else np.float32
            rows = torch.from_numpy(rows.astype(kind, order="C"))
        usable = rows.is_floating_point() and rows.dtype.itemsize > 1
        yield first, rows if usable else rows.to(torch.float32)


def _check_file(rows: np.ndarray) -> None:
    """Raise ``ValueError`` if the file behind a memory map was cut short.

    Reading beyond its end would kill the process. It still does if the file is cut short during
    the milliseconds in which a block is read; a file that is removed or replaced does no harm.
    """
    mapped: Any = rows
    while isinstance(mapped, np.ndarray):
        if isinstance(mapped, np.memmap) and not isinstance(mapped.base, np.ndarray):
            break
        mapped = mapped.base
    name = getattr(mapped, "filename", None)
    if name is None or not Path(name).is_file():
        return
    needed, size = mapped.offset + mapped.nbytes, Path(name).stat().st_size
    if size < needed:
        raise ValueError(
            f"expected {needed:,} bytes in {name}, which the activations are mapped to, got "
            f"{size:,}: it was cut short"
        )


def normalised(
    rows: Float[Tensor, "samples dims"], dtype: torch.dtype
) -> tuple[Float[Tensor, "samples dims"], Float64[Tensor, " samples"], Tensor]:
    """Divide rows by their Euclidean norms; rows of zeros stay zero.

    Parameters
    ----------
    rows
        (n, D) raw activations.
    dtype
        Of the unit rows.

    Returns
    -------
    unit
        (n, D) unit rows.
    norms
        (n,) float64.
    finite
        (n,) bool, which rows hold neither NaN nor infinity.
    """
    largest = rows.abs().amax(dim=1).double()
    finite = largest.isfinite()
    wide = rows.double()
    scale = torch.ones_like(largest)
    if rows.dtype == torch.float64:
        # Squares of float64 entries may overflow or vanish; those of narrower dtypes can not.
        scale = torch.where(finite & (largest > 0), largest, scale)
        wide = wide / scale[:, None]
    norms = torch.linalg.vector_norm(wide, dim=1)
    unit = wide / torch.where(norms > 0, norms, 1.0)[:, None]
    return unit.to(dtype), norms * scale, finite
