"""Samples of one call of a layer, and the item and position that each sample comes from."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor


@dataclass(frozen=True)
class Batch:
    """Samples of one call of a layer, not copied yet.

    Attributes
    ----------
    values
        (N, …, D), features last; every position of every item is a sample.
    kept
        Flat positions of the samples that the mask keeps, rising; None if it keeps all.
    first_item
        Number of the first item, counted over all forward passes.
    """

    values: Float[Tensor, "items *positions dims"]
    kept: Int64[np.ndarray, " samples"] | None
    first_item: int

    @property
    def n_dims(self) -> int:
        """D, features of a sample."""
        return self.values.shape[-1]

    @property
    def n_samples(self) -> int:
        """Number of samples that are kept."""
        return math.prod(self.values.shape[:-1]) if self.kept is None else len(self.kept)

    def copy_rows(
        self,
        dtype: torch.dtype,
        device: torch.device,
        index: Int64[np.ndarray, " rows"] | None = None,
    ) -> Float[Tensor, "rows dims"]:
        """Copy the samples at `index`, None for all that are kept, one a row."""
        if index is not None and len(index) == self.n_samples:
            index = None
        flat = self.kept if index is None else self._flat_positions(index)
        if flat is None:
            rows = torch.empty(self.values.shape, dtype=dtype, device=device)
            return rows.copy_(self.values).view(-1, self.n_dims)
        axes = np.unravel_index(flat, self.values.shape[:-1])
        rows = self.values[tuple(torch.from_numpy(axis).to(self.values.device) for axis in axes)]
        return rows.to(device, dtype)

    def origins(
        self, index: Int64[np.ndarray, " rows"] | None = None
    ) -> Int64[np.ndarray, "rows 2"]:
        """Return item and position within it of the samples at `index`, None for all kept."""
        flat = self._flat_positions(np.arange(self.n_samples) if index is None else index)
        items, positions = np.divmod(flat, max(1, math.prod(self.values.shape[1:-1])))
        return np.stack([items + self.first_item, positions], axis=1)

    def _flat_positions(self, index: Int64[np.ndarray, " rows"]) -> Int64[np.ndarray, " rows"]:
        return index if self.kept is None else self.kept[index]


class SampleOrigins:
    """Items and positions of the samples of many batches, in a few bytes a batch.

    Without a mask a batch is stored as three numbers; with one, as a bit for every position too.
    """

    def __init__(self) -> None:
        self._batches: list[tuple[int, int, int, np.ndarray | None]] = []

    def add(self, batch: Batch) -> None:
        """Add the items and positions of the samples of `batch`."""
        n_positions = math.prod(batch.values.shape[1:-1])
        total, mask = len(batch.values) * n_positions, None
        if batch.kept is not None:
            flags = np.zeros(total, dtype=bool)
            flags[batch.kept] = True
            mask = np.packbits(flags)
        self._batches.append((batch.first_item, total, n_positions, mask))

    def all(self) -> Int64[np.ndarray, "samples 2"]:
        """Return item and position within it of every sample, in the order they were seen."""
        parts = [np.empty((0, 2), dtype=np.int64)]
        for first, total, n_positions, mask in self._batches:
            flat = np.arange(total)
            if mask is not None:
                flat = np.flatnonzero(np.unpackbits(mask, count=total))
            items, positions = np.divmod(flat, max(1, n_positions))
            parts.append(np.stack([items + first, positions], axis=1))
        return np.concatenate(parts)
