"""Projections of samples on all directions of a basis, made as they are needed."""

from collections.abc import Iterator
from functools import cached_property

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from srm_widget.geometry.basis import Basis
from srm_widget.samples.store import SampleStore

_AT_ONCE = 1 << 20
"""Projections made at once: few enough to be still in the cache when they are looked at."""

_COPIED = 1 << 27
"""Projections of which a copy is made, a row a sample: to pick some rows of a transposed matrix
reads nearly all of it."""

_TILE = 512


class Projections:
    """P = B̂ X̂ᵀ, a row a direction and a column a sample; for the standard basis the store's own.

    Parameters
    ----------
    store, basis
        Samples and directions.
    dtype
        To project in; the standard basis keeps the store's.
    """

    def __init__(self, store: SampleStore, basis: Basis, dtype: torch.dtype) -> None:
        self._store = store
        self._directions: Tensor | None = None
        if not basis.is_standard:
            self._directions = basis.directions.to(device=store.device, dtype=dtype)

    def of(self, columns: Float[Tensor, "dims samples"]) -> Float[Tensor, "directions samples"]:
        """Projections of unit columns."""
        directions = self._directions
        return columns if directions is None else directions @ columns.to(directions.dtype)

    def rows(self, since: int) -> Iterator[tuple[float, int, int, Float[Tensor, "some samples"]]]:
        """All projections of the samples from `since` on, in parts.

        Each with the share done, the first direction and the first sample of the part.
        """
        total = self.n_directions * (len(self._store) - since)
        done = 0
        for offset, columns in self._store.blocks(since):
            step = max(1, _AT_ONCE // columns.shape[1])
            for low in range(0, self.n_directions, step):
                projected = self.some(slice(low, low + step), columns)
                done += projected.numel()
                yield done / total, low, offset, projected

    def chunks(self, since: int, most: int) -> Iterator[Float[Tensor, "directions samples"]]:
        """Projections on all directions of at most `most` samples after another."""
        for _, columns in self._store.blocks(since):
            for low in range(0, columns.shape[1], most):
                yield self.of(columns[:, low : low + most])

    def at(
        self, directions: slice, samples: Int64[Tensor, " some"]
    ) -> Float[Tensor, "directions some"]:
        """Projections on `directions` of the samples at these indices."""
        if self._rows is not None:
            return self._rows[:, directions].index_select(0, samples).T
        blocks = list(self._store.blocks())
        if len(blocks) == 1:
            return self._picked(directions, blocks[0][1], samples)
        width = range(self.n_directions)[directions]
        out = torch.empty((len(width), len(samples)), dtype=self._dtype, device=samples.device)
        for offset, columns in blocks:
            local = samples - offset
            here = ((local >= 0) & (local < columns.shape[1])).nonzero().squeeze(1)
            out[:, here] = self._picked(directions, columns, local[here])
        return out

    def _picked(self, directions: slice, columns: Tensor, samples: Tensor) -> Tensor:
        if self._directions is None:
            return columns[directions].index_select(1, samples)
        return self.some(directions, columns.index_select(1, samples))

    def some(
        self, directions: slice, columns: Float[Tensor, "dims samples"]
    ) -> Float[Tensor, "some samples"]:
        """Projections of unit columns on some `directions`."""
        if self._directions is None:
            return columns[directions]
        return self._directions[directions] @ columns.to(self._directions.dtype)

    @cached_property
    def _rows(self) -> Float[Tensor, "samples directions"] | None:
        blocks = list(self._store.blocks())
        if self._directions is None and len(blocks) == 1 and blocks[0][1].numel() <= _COPIED:
            return _transposed(blocks[0][1])
        return None

    @property
    def n_directions(self) -> int:
        """M."""
        return self._store.n_dims if self._directions is None else len(self._directions)

    @property
    def _dtype(self) -> torch.dtype:
        return self._store.dtype if self._directions is None else self._directions.dtype


def _transposed(matrix: Float[Tensor, "rows columns"]) -> Float[Tensor, "columns rows"]:
    """Transposed copy, tile by tile: twice as fast as all at once where that is large."""
    n, m = matrix.shape
    out = matrix.new_empty((m, n))
    for row in range(0, n, _TILE):
        for column in range(0, m, _TILE):
            tile = matrix[row : row + _TILE, column : column + _TILE]
            out[column : column + _TILE, row : row + _TILE] = tile.T
    return out
