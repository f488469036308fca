"""Samples out of one call of a layer, and where they come from."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor


@dataclass(frozen=True)
class Batch:
    """Samples that one call of a layer gave, not copied yet.

    Attributes
    ----------
    values
        (N, …, D), features last; every position of every item is a sample.
    kept
        Which of the samples count, as flat positions, rising; None is all.
    first_item
        Number of the first item.
    """

    values: Float[Tensor, "items *positions dims"]
    kept: Int64[np.ndarray, " samples"] | None
    first_item: int

    @property
    def n_dims(self) -> int:
        """D."""
        return self.values.shape[-1]

    @property
    def n_samples(self) -> int:
        """Samples that count."""
        return math.prod(self.values.shape[:-1]) if self.kept is None else len(self.kept)

    def copied(
        self,
        dtype: torch.dtype,
        device: torch.device,
        index: Int64[np.ndarray, " rows"] | None = None,
    ) -> Float[Tensor, "rows dims"]:
        """Copy of the samples at `index`, None for all that count, one a row."""
        if index is not None and len(index) == self.n_samples:
            index = None
        places = self.kept if index is None else self._places(index)
        if places is None:
            rows = torch.empty(self.values.shape, dtype=dtype, device=device)
            return rows.copy_(self.values).view(-1, self.n_dims)
        where = np.unravel_index(places, self.values.shape[:-1])
        picked = self.values[tuple(torch.from_numpy(axis).to(self.values.device) for axis in where)]
        return picked.to(device, dtype)

    def origins(
        self, index: Int64[np.ndarray, " rows"] | None = None
    ) -> Int64[np.ndarray, "rows 2"]:
        """Item and position within it of the samples at `index`, None for all that count."""
        places = self._places(np.arange(self.n_samples) if index is None else index)
        return np.stack(self._split(places), axis=1)

    def _places(self, index: Int64[np.ndarray, " rows"]) -> Int64[np.ndarray, " rows"]:
        return index if self.kept is None else self.kept[index]

    def _split(
        self, places: Int64[np.ndarray, " rows"]
    ) -> tuple[Int64[np.ndarray, " rows"], Int64[np.ndarray, " rows"]]:
        items, positions = np.divmod(places, max(1, math.prod(self.values.shape[1:-1])))
        return items + self.first_item, positions


class SampleOrigins:
    """Where all the samples of many batches come from, in a few bytes a batch.

    Without a mask a batch is told by three numbers; with one, by a bit for every position.
    """

    def __init__(self) -> None:
        self._batches: list[tuple[int, int, int, np.ndarray | None]] = []

    def add(self, batch: Batch) -> None:
        """Note where the samples of `batch` come from."""
        n_positions = math.prod(batch.values.shape[1:-1])
        total, mask = len(batch.values) * n_positions, None
        if batch.kept is not None:
            flags = np.zeros(total, dtype=bool)
            flags[batch.kept] = True
            mask = np.packbits(flags)
        self._batches.append((batch.first_item, total, n_positions, mask))

    def all(self) -> Int64[np.ndarray, "samples 2"]:
        """Item and position within it of every sample, in the order they were seen."""
        parts = [np.empty((0, 2), dtype=np.int64)]
        for first, total, n_positions, mask in self._batches:
            places = np.arange(total)
            if mask is not None:
                places = np.flatnonzero(np.unpackbits(mask, count=total))
            items, positions = np.divmod(places, max(1, n_positions))
            parts.append(np.stack([items + first, positions], axis=1))
        return np.concatenate(parts)
