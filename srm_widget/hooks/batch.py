"""Samples of one call of a layer, and the item and position that each sample comes from."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor


@dataclass(frozen=True)
class Rows:
    """What a layer gave in one call, features last.

    Attributes
    ----------
    values
        (N, …, D), every position of every item a sample; or (n, D) where items have unequally many.
    places
        (n, 2), item and position of each of the n where items have unequally many, else None.
    """

    values: Float[Tensor, "items *positions dims"]
    places: Int64[np.ndarray, "rows 2"] | None = None
    n_ragged: int = 0

    @property
    def n_items(self) -> int:
        """Number of items."""
        return len(self.values) if self.places is None else self.n_ragged


@dataclass(frozen=True)
class Batch:
    """Samples of one call of a layer, not copied yet.

    Attributes
    ----------
    rows
        What the layer gave.
    kept
        Flat positions of the samples that the mask keeps, rising; None if it keeps all.
    first_item
        Number of the first item, counted over all forward passes.
    first_position
        Position of the first within its item, more than 0 where a pass goes on with a cache.
    """

    rows: Rows
    kept: Int64[np.ndarray, " samples"] | None
    first_item: int
    first_position: int = 0

    @property
    def n_dims(self) -> int:
        """D, features of a sample."""
        return self.rows.values.shape[-1]

    @property
    def n_flat(self) -> int:
        """Number of samples, those that are not kept too."""
        return math.prod(self.rows.values.shape[:-1])

    @property
    def n_samples(self) -> int:
        """Number of samples that are kept."""
        return self.n_flat if self.kept is None else len(self.kept)

    def copy_rows(
        self,
        dtype: torch.dtype,
        device: torch.device,
        index: Int64[np.ndarray, " rows"] | None = None,
    ) -> Float[Tensor, "rows dims"]:
        """Copy the samples at `index`, None for all that are kept, one a row."""
        if index is not None and len(index) == self.n_samples:
            index = None
        flat, values = self.kept if index is None else self._flat_positions(index), self.rows.values
        if flat is None:
            rows = torch.empty(values.shape, dtype=dtype, device=device)
            return rows.copy_(values).view(-1, self.n_dims)
        axes = np.unravel_index(flat, values.shape[:-1])
        rows = values[tuple(torch.from_numpy(axis).to(values.device) for axis in axes)]
        return rows.to(device, dtype)

    def origins(
        self, index: Int64[np.ndarray, " rows"] | None = None
    ) -> Int64[np.ndarray, "rows 2"]:
        """Return item and position within it of the samples at `index`, None for all kept."""
        flat = self._flat_positions(np.arange(self.n_samples) if index is None else index)
        first = np.array([self.first_item, self.first_position])
        if self.rows.places is not None:
            return self.rows.places[flat] + first
        n_positions = max(1, math.prod(self.rows.values.shape[1:-1]))
        return np.stack(np.divmod(flat, n_positions), axis=1) + first

    def _flat_positions(self, index: Int64[np.ndarray, " rows"]) -> Int64[np.ndarray, " rows"]:
        return index if self.kept is None else self.kept[index]


class SampleOrigins:
    """Items and positions of the samples of many batches, in a few bytes a batch.

    Without a mask a batch is stored as four numbers; with one, as a bit for every position too; and
    where items have unequally many positions, as two numbers a sample.
    """

    def __init__(self) -> None:
        self._batches: list[tuple[int, int, int, int, np.ndarray | None] | np.ndarray] = []

    def add(self, batch: Batch) -> None:
        """Add the items and positions of the samples of `batch`."""
        if batch.rows.places is not None:
            self._batches.append(batch.origins())
            return
        n_positions, mask = math.prod(batch.rows.values.shape[1:-1]), None
        if batch.kept is not None:
            flags = np.zeros(batch.n_flat, dtype=bool)
            flags[batch.kept] = True
            mask = np.packbits(flags)
        self._batches.append(
            (batch.first_item, batch.first_position, batch.n_flat, n_positions, mask)
        )

    def all(self) -> Int64[np.ndarray, "samples 2"]:
        """Return item and position within it of every sample, in the order they were seen."""
        parts = [np.empty((0, 2), dtype=np.int64)]
        for stored in self._batches:
            if isinstance(stored, np.ndarray):
                parts.append(stored)
                continue
            first_item, first_position, total, n_positions, mask = stored
            flat = np.arange(total)
            if mask is not None:
                flat = np.flatnonzero(np.unpackbits(mask, count=total))
            items, positions = np.divmod(flat, max(1, n_positions))
            parts.append(np.stack([items + first_item, positions + first_position], axis=1))
        return np.concatenate(parts)
