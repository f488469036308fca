"""Where captured samples go: into memory, into files, or straight on to something else."""

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor

from srm_widget.hooks.batch import Batch, SampleOrigins
from srm_widget.hooks.npy_files import AppendableNpy, SlottedNpy, opened, stored_dtype
from srm_widget.hooks.reservoir import Reservoir


@runtime_checkable
class Appendable(Protocol):
    """What samples can be handed to batch by batch."""

    def append(self, batch: Any, /) -> object:
        """Take samples, (n, D)."""


class SampleSink(ABC):
    """Takes the samples of one layer, batch by batch."""

    def stored(self, dtype: torch.dtype) -> torch.dtype:
        """Dtype in which samples of `dtype` are kept."""
        return dtype

    @abstractmethod
    def add(self, batch: Batch, dtype: torch.dtype, device: torch.device) -> None:
        """Take the samples of a batch in `dtype` on `device`, which are the same each time."""

    @abstractmethod
    def rows(self) -> Float[Tensor, "rows dims"]:
        """Samples kept, in the order they were seen."""

    @abstractmethod
    def origins(self) -> Int64[np.ndarray, "rows 2"]:
        """Item and position within it of each."""

    @abstractmethod
    def close(self) -> None:
        """Note that there are no more samples to come."""


class MemorySink(SampleSink):
    """Keeps all samples in memory."""

    def __init__(self) -> None:
        self._parts: list[Tensor] = []
        self._origins = SampleOrigins()

    def add(self, batch: Batch, dtype: torch.dtype, device: torch.device) -> None:
        """Copy the samples."""
        self._parts.append(batch.copied(dtype, device))
        self._origins.add(batch)

    def rows(self) -> Float[Tensor, "rows dims"]:
        """Samples kept; the parts become one."""
        if len(self._parts) > 1:
            self._parts = [torch.cat(self._parts)]
        return self._parts[0]

    def origins(self) -> Int64[np.ndarray, "rows 2"]:
        """Item and position within it of each."""
        return self._origins.all()

    def close(self) -> None:
        """Nothing is open; the parts become one when they are read."""


class FileSink(SampleSink):
    """Keeps all samples in a file.

    Parameters
    ----------
    path
        The .npy file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: AppendableNpy | None = None
        self._origins = SampleOrigins()

    def stored(self, dtype: torch.dtype) -> torch.dtype:
        """Dtype in the file."""
        return stored_dtype(dtype)

    def add(self, batch: Batch, dtype: torch.dtype, device: torch.device) -> None:
        """Write the samples at the file's end."""
        self._file = self._file or AppendableNpy(self._path, batch.n_dims, dtype)
        self._file.append(batch.copied(dtype, device))
        self._origins.add(batch)

    def rows(self) -> Float[Tensor, "rows dims"]:
        """Samples kept, over a memory map of the file."""
        return opened(self._path)

    def origins(self) -> Int64[np.ndarray, "rows 2"]:
        """Item and position within it of each."""
        return self._origins.all()

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()


class SlotBuffer:
    """Rows in memory that are written to slots in any order; there is room as it is needed."""

    def __init__(self, n_dims: int, dtype: torch.dtype, device: torch.device, size: int) -> None:
        self._size = size
        self._rows = torch.empty((0, n_dims), dtype=dtype, device=device)

    def write(self, slots: Int64[np.ndarray, " rows"], rows: Float[Tensor, "rows dims"]) -> None:
        """Put `rows` into `slots`."""
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
        """Copy of the rows in the slots `order`."""
        return self._rows[torch.from_numpy(order).to(self._rows.device)]

    def ordered(self, order: Int64[np.ndarray, " rows"]) -> Float[Tensor, "rows dims"]:
        """Rows in `order` for good."""
        if len(order) == len(self._rows) and _is_range(order):
            return self._rows
        return self.rows(order)


def _is_range(slots: Int64[np.ndarray, " rows"]) -> bool:
    """Whether slots follow one another."""
    return bool((np.diff(slots) == 1).all())


class ReservoirSink(SampleSink):
    """Keeps a uniform sample of all that came.

    Parameters
    ----------
    size
        How many samples to keep.
    seed
        Of the choice.
    path
        A .npy file to keep them in, or None for memory.
    """

    def __init__(self, size: int, seed: int, path: Path | None = None) -> None:
        self._reservoir = Reservoir(size, seed)
        self._path = path
        self._slots: SlotBuffer | SlottedNpy | None = None
        self._origins: Int64[np.ndarray, "slots 2"] = np.empty((0, 2), dtype=np.int64)
        self._ordered: Tensor | None = None

    def stored(self, dtype: torch.dtype) -> torch.dtype:
        """Dtype in the file, if there is one."""
        return dtype if self._path is None else stored_dtype(dtype)

    def add(self, batch: Batch, dtype: torch.dtype, device: torch.device) -> None:
        """Copy those samples that enter."""
        store = self._slots = self._slots or self._new_slots(batch.n_dims, dtype, device)
        index, slots = self._reservoir.offer(batch.n_samples)
        if len(index) == 0:
            return
        store.write(slots, batch.copied(dtype, device, index))
        needed, size = int(slots.max()) + 1, self._reservoir.size
        if needed > len(self._origins):
            grown = np.empty((min(size, max(needed, 2 * len(self._origins))), 2), dtype=np.int64)
            grown[: len(self._origins)] = self._origins
            self._origins = grown
        self._origins[slots] = batch.origins(index)

    def rows(self) -> Float[Tensor, "rows dims"]:
        """Samples kept, in the order they were seen."""
        if self._ordered is not None:
            return self._ordered
        if self._slots is None:
            raise RuntimeError("expected samples to come before they are read")
        return self._slots.rows(self._reservoir.order())

    def origins(self) -> Int64[np.ndarray, "rows 2"]:
        """Item and position within it of each."""
        return self._origins[self._reservoir.order()]

    def close(self) -> None:
        """Put the samples in order for good."""
        if self._slots is not None:
            self._ordered = self._slots.ordered(self._reservoir.order())
            self._slots = None

    def _new_slots(
        self, n_dims: int, dtype: torch.dtype, device: torch.device
    ) -> SlotBuffer | SlottedNpy:
        if self._path is None:
            return SlotBuffer(n_dims, dtype, device, self._reservoir.size)
        return SlottedNpy(self._path, n_dims, dtype, self._reservoir.size)


class ForwardingSink(SampleSink):
    """Hands the samples on and keeps none.

    Parameters
    ----------
    layer
        Name of the layer.
    to
        What they are appended to.
    """

    def __init__(self, layer: str, to: Appendable) -> None:
        self._layer, self._to = layer, to
        self._origins = SampleOrigins()

    def add(self, batch: Batch, dtype: torch.dtype, device: torch.device) -> None:
        """Append a copy of the samples, if there are any."""
        if batch.n_samples:
            self._to.append(batch.copied(dtype, device))
        self._origins.add(batch)

    def rows(self) -> Float[Tensor, "rows dims"]:
        """Nothing but an error: the samples went elsewhere."""
        raise RuntimeError(
            f"the samples of layer {self._layer!r} went into {type(self._to).__name__} and are not "
            "stored; capture without into= to have them here"
        )

    def origins(self) -> Int64[np.ndarray, "rows 2"]:
        """Item and position within it of all that were handed on."""
        return self._origins.all()

    def close(self) -> None:
        """Nothing is open."""
