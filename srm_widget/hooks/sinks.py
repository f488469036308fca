"""Sinks of captured samples: keep them in memory or in files, all or some, or forward them."""

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor

from srm_widget.hooks.batch import Batch, SampleOrigins
from srm_widget.hooks.npy_files import AppendableNpy, SlottedNpy, file_dtype, map_rows
from srm_widget.hooks.reservoir import Reservoir


@runtime_checkable
class Appendable(Protocol):
    """Object that batches of samples can be appended to, such as a `ResonanceEngine`."""

    def append(self, batch: Any, /) -> object:
        """Append samples, (n, D)."""


class SampleSink(ABC):
    """Sink of the samples of one layer, which come batch by batch."""

    def stored_dtype(self, dtype: torch.dtype) -> torch.dtype:
        """Return the dtype in which samples of `dtype` are kept."""
        return dtype

    @abstractmethod
    def add(self, batch: Batch, dtype: torch.dtype, device: torch.device) -> None:
        """Take the samples of a batch in `dtype` on `device`, which are the same each time."""

    @abstractmethod
    def rows(self) -> Float[Tensor, "rows dims"]:
        """Return the samples kept, in the order they were seen."""

    @abstractmethod
    def origins(self) -> Int64[np.ndarray, "rows 2"]:
        """Return item and position within it of each sample."""

    @property
    def n_chosen(self) -> int | None:
        """How many of the samples that came are kept; None for all."""
        return None

    @abstractmethod
    def close(self) -> None:
        """End: no more samples come."""


class MemorySink(SampleSink):
    """Sink that keeps all samples in memory."""

    def __init__(self) -> None:
        self._parts: list[Tensor] = []
        self._origins = SampleOrigins()

    def add(self, batch: Batch, dtype: torch.dtype, device: torch.device) -> None:
        """Copy the samples."""
        self._parts.append(batch.copy_rows(dtype, device))
        self._origins.add(batch)

    def rows(self) -> Float[Tensor, "rows dims"]:
        """Return the samples kept; their copies are joined the first time."""
        if len(self._parts) > 1:
            self._parts = [torch.cat(self._parts)]
        return self._parts[0]

    def origins(self) -> Int64[np.ndarray, "rows 2"]:
        """Return item and position within it of each sample."""
        return self._origins.all()

    def close(self) -> None:
        """Do nothing: no file is open."""


class FileSink(SampleSink):
    """Sink that keeps all samples in a .npy file.

    Parameters
    ----------
    path
        Path of the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: AppendableNpy | None = None
        self._finished: Tensor | None = None
        self._origins = SampleOrigins()

    def stored_dtype(self, dtype: torch.dtype) -> torch.dtype:
        """Return the dtype in the file."""
        return file_dtype(dtype)

    def add(self, batch: Batch, dtype: torch.dtype, device: torch.device) -> None:
        """Append the samples to the file."""
        self._file = self._file or AppendableNpy(self._path, batch.n_dims, dtype)
        self._file.append(batch.copy_rows(dtype, device))
        self._origins.add(batch)

    def rows(self) -> Float[Tensor, "rows dims"]:
        """Return the samples kept, over a memory map of the file."""
        return map_rows(self._path) if self._finished is None else self._finished

    def origins(self) -> Int64[np.ndarray, "rows 2"]:
        """Return item and position within it of each sample."""
        return self._origins.all()

    def close(self) -> None:
        """Close the file, and keep hold of it: another capture may replace it."""
        if self._file is not None:
            self._file.close()
            self._file = None
            self._finished = map_rows(self._path)


class SlotBuffer:
    """Rows in memory that are written to slots in any order; it grows up to `size` slots."""

    def __init__(self, n_dims: int, dtype: torch.dtype, device: torch.device, size: int) -> None:
        self._size = size
        self._rows = torch.empty((0, n_dims), dtype=dtype, device=device)

    def write(self, slots: Int64[np.ndarray, " rows"], rows: Float[Tensor, "rows dims"]) -> None:
        """Write `rows` to `slots`."""
        needed = int(slots.max()) + 1
        if needed > len(self._rows):
            grown = self._rows.new_empty(
                (min(self._size, max(needed, 2 * len(self._rows))), self._rows.shape[1])
            )
            grown[: len(self._rows)] = self._rows
            self._rows = grown
        if _is_range(slots):
            self._rows[int(slots[0]) : needed] = rows
        else:
            self._rows[torch.from_numpy(slots).to(self._rows.device)] = rows

    def rows(self, order: Int64[np.ndarray, " rows"]) -> Float[Tensor, "rows dims"]:
        """Return a copy of the rows in the slots `order`."""
        return self._rows[torch.from_numpy(order).to(self._rows.device)]

    def finish(self, order: Int64[np.ndarray, " rows"]) -> Float[Tensor, "rows dims"]:
        """Return the rows in the slots `order`, without a copy if they lie in that order."""
        if len(order) == len(self._rows) and _is_range(order):
            return self._rows
        return self.rows(order)


def _is_range(slots: Int64[np.ndarray, " rows"]) -> bool:
    """Return whether each slot follows the one before."""
    return bool((np.diff(slots) == 1).all())


class ReservoirSink(SampleSink):
    """Sink that keeps a uniform random choice of the samples, in memory or in a .npy file.

    Parameters
    ----------
    size
        Most samples to keep.
    seed
        Seed of the choice.
    path
        Path of the file, or None for memory.
    """

    def __init__(self, size: int, seed: int, path: Path | None = None) -> None:
        self._reservoir = Reservoir(size, seed)
        self._path = path
        self._slots: SlotBuffer | SlottedNpy | None = None
        self._origins: Int64[np.ndarray, "slots 2"] = np.empty((0, 2), dtype=np.int64)
        self._finished: Tensor | None = None

    def stored_dtype(self, dtype: torch.dtype) -> torch.dtype:
        """Return the dtype in the file, if there is one."""
        return dtype if self._path is None else file_dtype(dtype)

    def add(self, batch: Batch, dtype: torch.dtype, device: torch.device) -> None:
        """Copy the samples that the reservoir chooses."""
        buffer = self._slots = self._slots or self._new_slots(batch.n_dims, dtype, device)
        index, slots = self._reservoir.offer(batch.n_samples)
        if len(index) == 0:
            return
        buffer.write(slots, batch.copy_rows(dtype, device, index))
        needed, size = int(slots.max()) + 1, self._reservoir.size
        if needed > len(self._origins):
            grown = np.empty((min(size, max(needed, 2 * len(self._origins))), 2), dtype=np.int64)
            grown[: len(self._origins)] = self._origins
            self._origins = grown
        self._origins[slots] = batch.origins(index)

    def rows(self) -> Float[Tensor, "rows dims"]:
        """Return the samples kept, in the order they were seen."""
        if self._finished is not None:
            return self._finished
        if self._slots is None:
            raise RuntimeError("expected samples to come before they are read")
        return self._slots.rows(self._reservoir.order())

    def origins(self) -> Int64[np.ndarray, "rows 2"]:
        """Return item and position within it of each sample."""
        return self._origins[self._reservoir.order()]

    @property
    def n_chosen(self) -> int:
        """How many of the samples that came are kept."""
        return len(self._reservoir)

    def close(self) -> None:
        """Put the samples in the order they were seen, and let go of the slots."""
        if self._slots is not None:
            self._finished = self._slots.finish(self._reservoir.order())
            self._slots = None

    def _new_slots(
        self, n_dims: int, dtype: torch.dtype, device: torch.device
    ) -> SlotBuffer | SlottedNpy:
        if self._path is None:
            return SlotBuffer(n_dims, dtype, device, self._reservoir.size)
        return SlottedNpy(self._path, n_dims, dtype, self._reservoir.size)


class ForwardingSink(SampleSink):
    """Sink that appends the samples to another object, and keeps none.

    Parameters
    ----------
    layer
        Name of the layer.
    target
        Object that they are appended to.
    """

    def __init__(self, layer: str, target: Appendable) -> None:
        self._layer, self._target = layer, target
        self._origins = SampleOrigins()

    def add(self, batch: Batch, dtype: torch.dtype, device: torch.device) -> None:
        """Append a copy of the samples, if there are any."""
        if batch.n_samples:
            self._target.append(batch.copy_rows(dtype, device))
        self._origins.add(batch)

    def rows(self) -> Float[Tensor, "rows dims"]:
        """Raise ``RuntimeError``: the samples went elsewhere."""
        raise RuntimeError(
            f"the samples of layer {self._layer!r} went into {type(self._target).__name__} and are "
            "not stored; capture without into= to have them here"
        )

    def origins(self) -> Int64[np.ndarray, "rows 2"]:
        """Return item and position within it of each sample that was forwarded."""
        return self._origins.all()

    def close(self) -> None:
        """Do nothing: no file is open."""
