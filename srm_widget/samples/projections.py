"""Projections of the samples on all directions of a basis, computed as they are needed."""

from collections.abc import Iterator
from functools import cached_property

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from srm_widget.geometry.basis import Basis
from srm_widget.samples.store import SampleStore

_PROJECTIONS_AT_ONCE = 1 << 20
"""Projections computed at once: few enough to be still in the processor's cache when read."""

_MAX_COPIED = 1 << 27
"""Projections of which a copy is made at most, one sample a row: picking some samples from the
store, where each is a column, reads nearly all of it."""

_TILE = 512
"""Rows and columns transposed at once."""


class Projections:
    """Matrix P = B̂ X̂ᵀ of projections, one direction a row, one sample a column.

    For the standard basis it is the store itself. Nothing but parts of it is computed.

    Parameters
    ----------
    store, basis
        Samples and directions.
    dtype
        Of the projections; for the standard basis it is the store's.
    """

    def __init__(self, store: SampleStore, basis: Basis, dtype: torch.dtype) -> None:
        self._store = store
        self._directions: Tensor | None = None
        if not basis.is_standard:
            self._directions = basis.directions.to(device=store.device, dtype=dtype)

    def project(
        self, columns: Float[Tensor, "dims samples"]
    ) -> Float[Tensor, "directions samples"]:
        """Return the projections of unit columns on all directions."""
        directions = self._directions
        return columns if directions is None else directions @ columns.to(directions.dtype)

    def rows(self, since: int) -> Iterator[tuple[float, int, int, Float[Tensor, "some samples"]]]:
        """Yield all projections of the samples from `since` on, some directions at a time.

        Each part comes with the share done, its first direction and its first sample.
        """
        total = self.n_directions * (len(self._store) - since)
        done = 0
        for offset, columns in self._store.blocks(since):
            step = max(1, _PROJECTIONS_AT_ONCE // columns.shape[1])
            for low in range(0, self.n_directions, step):
                projected = self.project_on(slice(low, low + step), columns)
                done += projected.numel()
                yield done / total, low, offset, projected

    def chunks(self, since: int, most: int) -> Iterator[Float[Tensor, "directions samples"]]:
        """Yield the projections on all directions of at most `most` samples at a time."""
        for _, columns in self._store.blocks(since):
            for low in range(0, columns.shape[1], most):
                yield self.project(columns[:, low : low + most])

    def at(
        self, directions: slice, samples: Int64[Tensor, " some"]
    ) -> Float[Tensor, "directions some"]:
        """Return the projections on `directions` of the samples at these indices."""
        if self._sample_rows is not None:
            return self._sample_rows[:, directions].index_select(0, samples).T
        blocks = list(self._store.blocks())
        if len(blocks) == 1:
            return self._select(directions, blocks[0][1], samples)
        n_projected = len(range(self.n_directions)[directions])
        out = torch.empty((n_projected, len(samples)), dtype=self._dtype, device=samples.device)
        for offset, columns in blocks:
            local = samples - offset
            here = ((local >= 0) & (local < columns.shape[1])).nonzero().squeeze(1)
            out[:, here] = self._select(directions, columns, local[here])
        return out

    def _select(self, directions: slice, columns: Tensor, samples: Tensor) -> Tensor:
        """Return the projections on `directions` of some `samples` of one block."""
        if self._directions is None:
            return columns[directions].index_select(1, samples)
        return self.project_on(directions, columns.index_select(1, samples))

    def project_on(
        self,
        directions: slice | Int64[Tensor, " some"],
        columns: Float[Tensor, "dims samples"],
    ) -> Float[Tensor, "some samples"]:
        """Return the projections of unit columns on some `directions`."""
        if self._directions is None:
            return columns[directions]
        return self._directions[directions] @ columns.to(self._directions.dtype)

    @cached_property
    def _sample_rows(self) -> Float[Tensor, "samples directions"] | None:
        """Copy of the projections with one sample a row; None where there is none."""
        blocks = list(self._store.blocks())
        if self._directions is None and len(blocks) == 1 and blocks[0][1].numel() <= _MAX_COPIED:
            return _transposed(blocks[0][1])
        return None

    @property
    def n_directions(self) -> int:
        """M, directions of the basis."""
        return self._store.n_dims if self._directions is None else len(self._directions)

    @property
    def _dtype(self) -> torch.dtype:
        return self._store.dtype if self._directions is None else self._directions.dtype


def _transposed(matrix: Float[Tensor, "rows columns"]) -> Float[Tensor, "columns rows"]:
    """Return a transposed copy, made tile by tile: twice as fast for a large matrix."""
    n, m = matrix.shape
    out = matrix.new_empty((m, n))
    for row in range(0, n, _TILE):
        for column in range(0, m, _TILE):
            tile = matrix[row : row + _TILE, column : column + _TILE]
            out[column : column + _TILE, row : row + _TILE] = tile.T
    return out
