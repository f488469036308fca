"""Samples on disk: .npy files that grow, one a layer."""

import hashlib
import re
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int64
from numpy.lib import format as npy
from torch import Tensor

_NUMPY_DTYPES = MappingProxyType(
    {torch.float16: np.float16, torch.float32: np.float32, torch.float64: np.float64}
)
_SAFE_NAME = re.compile(r"[a-z0-9_][a-z0-9_.-]{0,99}")
_RESERVED_NAME = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)")
_COPIED_AT_ONCE = 1 << 22
"""Entries copied at once when the rows of a file are put in order."""


def file_name(layer: str) -> str:
    """Return a file name for a layer that every file system takes: the layer's, if it can be.

    In a name that is long, reserved somewhere, or has upper case or other characters, these are
    replaced and a digest is added, so that no two layers share a file.
    """
    if _SAFE_NAME.fullmatch(layer) and not _RESERVED_NAME.match(layer):
        return f"{layer}.npy"
    digest = hashlib.sha256(layer.encode()).hexdigest()[:16]
    readable = re.sub(r"[^a-z0-9_.-]", "_", layer.lower())[:60]
    return f"_{readable}~{digest}.npy"


def file_dtype(dtype: torch.dtype) -> torch.dtype:
    """Return the dtype that a .npy file keeps `dtype` in: float32 if NumPy does not have it."""
    return dtype if dtype in _NUMPY_DTYPES else torch.float32


def map_rows(path: Path) -> Tensor:
    """Return the rows of a file over a memory map; what is written to them stays in memory."""
    return torch.from_numpy(np.load(path, mmap_mode="c"))


class AppendableNpy:
    """.npy file of rows that is complete after every `append`.

    Parameters
    ----------
    path
        Path of the file. A file that is there is replaced; a process that has it open keeps it.
    n_dims
        D.
    dtype
        Dtype of the rows, one that NumPy has.
    """

    def __init__(self, path: Path, n_dims: int, dtype: torch.dtype) -> None:
        path.unlink(missing_ok=True)
        self.path, self.n_rows = path, 0
        self._n_dims, self._dtype = n_dims, np.dtype(_NUMPY_DTYPES[dtype])
        self._file = path.open("xb")
        self._write_header()

    def append(self, rows: Float[Tensor, "rows dims"]) -> None:
        """Append rows."""
        self._file.seek(self._header + self.n_rows * self._n_dims * self._dtype.itemsize)
        self._file.write(rows.numpy().tobytes())
        self.n_rows += len(rows)
        self._write_header()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _write_header(self) -> None:
        # NumPy pads the header so that a longer first axis does not change its length.
        self._file.seek(0)
        header: dict[str, Any] = {
            "descr": npy.dtype_to_descr(self._dtype),
            "fortran_order": False,
            "shape": (self.n_rows, self._n_dims),
        }
        npy.write_array_header_1_0(self._file, header)
        self._header = self._file.tell()
        self._file.flush()


class SlottedNpy:
    """File of rows that are written to slots in any order; `finish` puts them in order as .npy.

    Parameters
    ----------
    path, n_dims, dtype
        As for `AppendableNpy`.
    size
        How many slots there are; those never written to take no room where files can be sparse.
    """

    def __init__(self, path: Path, n_dims: int, dtype: torch.dtype, size: int) -> None:
        self.path = path
        self._n_dims, self._dtype = n_dims, dtype
        self._unordered = path.with_name(f"{path.name}~")
        self._unordered.unlink(missing_ok=True)
        self._slots: np.ndarray = np.memmap(
            self._unordered, _NUMPY_DTYPES[dtype], "w+", shape=(size, n_dims)
        )

    def write(self, slots: Int64[np.ndarray, " rows"], rows: Float[Tensor, "rows dims"]) -> None:
        """Write `rows` to `slots`."""
        self._slots[slots] = rows.numpy()

    def rows(self, order: Int64[np.ndarray, " rows"]) -> Float[Tensor, "rows dims"]:
        """Return a copy of the rows in the slots `order`."""
        return torch.from_numpy(np.asarray(self._slots[order]))

    def finish(self, order: Int64[np.ndarray, " rows"]) -> Float[Tensor, "rows dims"]:
        """Write the rows in the slots `order` to the .npy file, and return them; the slots go."""
        file = AppendableNpy(self.path, self._n_dims, self._dtype)
        n_rows = max(1, _COPIED_AT_ONCE // self._n_dims)
        for first in range(0, len(order), n_rows):
            file.append(self.rows(order[first : first + n_rows]))
        file.close()
        del self._slots
        self._unordered.unlink()
        return map_rows(self.path)
