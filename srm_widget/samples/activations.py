"""Activations as they come: checked, and turned into unit rows block by block."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Float64
from torch import Tensor

_ROWS_AT_ONCE = 1 << 22
"""Entries read, checked and normalised at once."""


def as_activations(activations: Any) -> Tensor | np.ndarray:
    """Activations as an (N, D) tensor or array, neither copied nor moved.

    Raises
    ------
    TypeError
        If the entries are not real numbers.
    ValueError
        If the shape is not (N, D) with N ≥ 1 and D ≥ 2.
    """
    values: Tensor | np.ndarray
    if isinstance(activations, Tensor):
        values = activations.detach()
    elif isinstance(activations, np.ndarray) or hasattr(activations, "__array__"):
        values = np.asarray(activations)
    else:
        values = _of_numbers(activations)
    if isinstance(activations, np.ma.MaskedArray):
        raise TypeError("expected activations without a mask, got a masked array; fill it")
    if isinstance(values, Tensor):
        real, how = not values.is_complex(), _unread(values)
    else:
        real, how = values.dtype.kind in "biuf" and values.dtype.itemsize <= 8, ""
    if not real or how:
        raise TypeError(
            f"expected activations that are dense real numbers, got {values.dtype}"
            f"{how and f', {how}'}"
        )
    if values.ndim != 2:
        raise ValueError(
            f"expected activations of shape (N, D), got {tuple(values.shape)}; "
            "reshape to one sample a row"
        )
    if values.shape[0] < 1 or values.shape[1] < 2:
        raise ValueError(
            "expected activations of shape (N, D) with N ≥ 1 samples and D ≥ 2 dimensions, "
            f"got {tuple(values.shape)}"
        )
    return values


def _unread(values: Tensor) -> str:
    """How a tensor holds its numbers, if that is not one beside the other; else nothing."""
    if values.is_nested:
        return "nested"
    if values.is_quantized:
        return "quantized"
    if values.is_meta:
        return "on the meta device, which holds no numbers"
    return "" if values.layout == torch.strided else str(values.layout)


def checked_width(activations: Tensor | np.ndarray, n_dims: int, n_directions: int) -> None:
    """Raise ``ValueError`` if activations are not as wide as the directions of a basis."""
    if activations.shape[1] != n_dims:
        raise ValueError(
            f"expected activations of shape (N, {n_dims}), as wide as the {n_directions} "
            f"directions of the basis, one a row, got {tuple(activations.shape)}"
        )


def _of_numbers(activations: Any) -> Tensor:
    try:
        return torch.as_tensor(activations)
    except (TypeError, ValueError, RuntimeError) as error:
        ragged = isinstance(error, ValueError) and "expected sequence of length" in str(error)
        kind = ValueError if ragged else TypeError
        raise kind(
            "expected activations of shape (N, D) that are real numbers, got "
            f"{type(activations).__name__} ({error})"
        ) from None


def computing_dtype(activations: Tensor | np.ndarray, asked: Any = None) -> torch.dtype:
    """Dtype to compute in: what is asked, else float64 for float64 and float32 for the rest.

    Raises
    ------
    TypeError
        If anything but float32 or float64 is asked for.
    """
    if asked is not None:
        name = str(asked).removeprefix("torch.") if isinstance(asked, torch.dtype) else asked
        try:
            kind = np.dtype(name).name
        except TypeError:
            kind = None
        if kind not in ("float32", "float64"):
            raise TypeError(f"expected dtype float32 or float64 to compute in, got {asked!r}")
        return torch.float64 if kind == "float64" else torch.float32
    wide = torch.float64 if isinstance(activations, Tensor) else np.dtype(np.float64)
    return torch.float64 if _native(activations.dtype) == wide else torch.float32


def _native(dtype: Any) -> Any:
    """The same dtype in this machine's byte order."""
    return dtype.newbyteorder("=") if isinstance(dtype, np.dtype) else dtype


def row_blocks(activations: Tensor | np.ndarray) -> Iterator[tuple[int, Tensor]]:
    """Blocks of rows as tensors of a floating dtype, so that no more than one block is copied."""
    n, d = activations.shape
    step = max(1, _ROWS_AT_ONCE // d)
    for first in range(0, n, step):
        rows = activations[first : first + step]
        if isinstance(rows, np.ndarray):
            _check_file(rows)
            exact = np.float64 if _native(rows.dtype) == np.float64 else np.float32
            rows = torch.from_numpy(rows.astype(exact, order="C"))
        plain = rows.is_floating_point() and rows.dtype.itemsize > 1
        yield first, rows if plain else rows.to(torch.float32)


def _check_file(rows: np.ndarray) -> None:
    """Raise ``ValueError`` if the file behind a memory map was cut short.

    To read beyond its end would end the process. A file that is cut short while a block is read,
    in some milliseconds, still does; one that is removed or replaced does not.
    """
    held: Any = rows
    while isinstance(held, np.ndarray):
        if isinstance(held, np.memmap) and not isinstance(held.base, np.ndarray):
            break
        held = held.base
    name = getattr(held, "filename", None)
    if name is None or not Path(name).is_file():
        return
    needed, size = held.offset + held.nbytes, Path(name).stat().st_size
    if size < needed:
        raise ValueError(
            f"expected {needed:,} bytes in {name}, which the activations are mapped to, got "
            f"{size:,}: it was cut short"
        )


def normalised(
    rows: Float[Tensor, "samples dims"], dtype: torch.dtype
) -> tuple[Float[Tensor, "samples dims"], Float64[Tensor, " samples"], Tensor]:
    """Unit rows in `dtype`, norms in float64, and which rows are finite; zero rows stay zero."""
    largest = rows.abs().amax(dim=1).double()
    finite = largest.isfinite()
    wide = rows.double()
    scale = torch.ones_like(largest)
    if rows.dtype == torch.float64:
        # Squares of float64 entries may overflow or vanish; those of narrower ones can not.
        scale = torch.where(finite & (largest > 0), largest, scale)
        wide = wide / scale[:, None]
    norms = torch.linalg.vector_norm(wide, dim=1)
    unit = wide / torch.where(norms > 0, norms, 1.0)[:, None]
    return unit.to(dtype), norms * scale, finite
