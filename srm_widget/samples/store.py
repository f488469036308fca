"""Store of samples: their unit rows x̂ transposed, in blocks; and checks of sample indices.

A plane of the standard basis needs two columns and nothing else: a column of a block is contiguous,
and a block's columns fit the processor's cache.
"""

import copy
import hashlib
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, get_args

import numpy as np
import torch
from jaxtyping import Float, Float64, Int64
from torch import Tensor

from srm_widget.geometry.basis import Basis
from srm_widget.samples.activations import checked_width, computing_dtype, normalised, row_blocks
from srm_widget.samples.preparation import UNPREPARED, Preparation
from srm_widget.utils.arrays import as_countable, evenly_spaced, is_of_objects
from srm_widget.utils.inputs import as_numbers, is_array
from srm_widget.utils.tables import column_call, is_column, is_table
from srm_widget.utils.text import brief, first_few
from srm_widget.utils.validation import choice
from srm_widget.utils.ways_out import Wanted, type_name

BLOCK = 1 << 18
"""Samples a block holds at most."""

_ROWS_PROBED = 64
_NEAR = 1e-5
"""Rows that are looked at before stores are compared, and how near they have to be."""

NanPolicy = Literal["raise", "drop"]
NAN_POLICIES: tuple[NanPolicy, ...] = get_args(NanPolicy)
"""What to do with rows that hold NaN or infinity: refuse them all, or leave such rows out."""

_committing = threading.Lock()
"""Held while written rows become samples of a store, and while one is copied: an engine looks at
stores of others, which have locks of their own."""

_MAX_ROW = np.iinfo(np.int64).max
_INDICES = Wanted("sample indices, one dimension of integers", "rows")
_NO_ROW = bool, str, bytes, Sequence, Mapping
_NO_ROWS = str, bytes, bytearray, memoryview, Mapping
"""Iterables that are no sequences of row numbers."""


def checked_nan_policy(nan_policy: str) -> NanPolicy:
    """Return `nan_policy` if it is one of `NAN_POLICIES`, or raise ``ValueError``."""
    return choice("nan_policy", nan_policy, NAN_POLICIES)


class _ColumnBlock:
    """Up to `BLOCK` samples: their unit rows as columns, (D, capacity), and the rows' norms."""

    def __init__(self, n_dims: int, dtype: torch.dtype, device: torch.device) -> None:
        self.size = 0
        self.directions = torch.empty((n_dims, 0), dtype=dtype, device=device)
        self.norms = torch.empty(0, dtype=torch.float64, device=device)

    def reserve(self, room: int) -> None:
        """Make room for `room` more samples; capacity doubles, so that small batches stay cheap."""
        needed, capacity = self.size + room, self.norms.shape[0]
        if needed <= capacity:
            return
        grown = min(BLOCK, max(needed, 2 * capacity if capacity else needed))
        directions = self.directions.new_empty((self.directions.shape[0], grown))
        norms = self.norms.new_empty(grown)
        directions[:, : self.size] = self.directions[:, : self.size]
        norms[: self.size] = self.norms[: self.size]
        self.directions, self.norms = directions, norms

    def snapshot(self, size: int) -> "_ColumnBlock":
        """Return the first `size` samples, in the same memory, without room for more."""
        other = copy.copy(self)
        other.size = size
        other.directions = self.directions[:, :size]
        other.norms = self.norms[:size]
        return other

    def __getstate__(self) -> dict[str, Any]:
        parts = self.directions[:, : self.size], self.norms[: self.size]
        directions, norms = map(_without_room, parts)
        return {"size": self.size, "directions": directions, "norms": norms}


def _without_room(part: Tensor) -> Tensor:
    """Return `part`, in memory of its own if it is a part of more, which would be stored too."""
    return part if part.untyped_storage().nbytes() == part.nbytes else part.clone()


class SampleStore:
    """Unit rows x̂ of all samples, kept once, to which batches are appended.

    Parameters
    ----------
    n_dims
        D.
    dtype
        float32 or float64, to keep the columns in.
    device
        Where to keep them.
    preparation
        What is done to rows before they are brought to unit length.

    Attributes
    ----------
    n_zero, n_dropped
        Rows that count as zeros; rows left out because they held NaN or infinity.
    n_short
        Those of `n_zero` that are not zero themselves, only shorter than the least norm.
    """

    def __init__(
        self,
        n_dims: int,
        dtype: torch.dtype,
        device: torch.device,
        preparation: Preparation = UNPREPARED,
    ) -> None:
        self.n_dims, self.dtype, self.device = n_dims, dtype, device
        self.preparation = preparation
        self.n_zero = 0
        self.n_short = 0
        self.n_dropped = 0
        self._size = 0  # the blocks may have more while rows are appended, which may be refused yet
        self._blocks: list[_ColumnBlock] = []
        self._rows: list[Int64[np.ndarray, " batch"]] | None = None  # None: row n is sample n

    @staticmethod
    def of_columns(columns: Float[Tensor, "dims samples"]) -> "SampleStore":
        """Return a store of columns as they are, of any length: unit rows no longer."""
        store = SampleStore(columns.shape[0], columns.dtype, columns.device)
        rows = columns.T
        store._extend(rows, torch.linalg.vector_norm(rows.double(), dim=1), len(rows))
        store._size = len(rows)
        return store

    def __len__(self) -> int:
        return self._size

    def snapshot(self) -> "SampleStore":
        """Return a store of the samples there are now, in the same memory.

        What is appended to one of the two, the other does not see: columns that hold samples are
        never written to again, and a snapshot has no room for more beside them. Rows that another
        thread appends meanwhile are not in it.
        """
        with _committing:
            other = copy.copy(self)
            other._rows = None if self._rows is None else list(self._rows)  # noqa: SLF001
        other._blocks, left = [], len(other)  # noqa: SLF001
        for block in self._blocks:
            if not left:
                break
            size = min(block.size, left)
            other._blocks.append(block.snapshot(size))  # noqa: SLF001
            left -= size
        return other

    def check_size(self, n_samples: int) -> None:
        """Raise ``RuntimeError`` if samples were appended since there were `n_samples` of them."""
        if len(self) != n_samples:
            raise RuntimeError("samples were appended while planes were surveyed: start again")

    @property
    def nbytes(self) -> int:
        """Bytes of the columns, the norms and the row numbers."""
        kept = sum(block.directions.nbytes + block.norms.nbytes for block in self._blocks)
        return kept + sum(rows.nbytes for rows in self._rows or ())

    def fingerprint(self, n_samples: int) -> bytes:
        """Return what tells the first `n_samples` samples from others: a hash of a few unit rows.

        Real numbers that agree bit for bit in these rows are the same samples; those of a pattern,
        as rows of zeros and ones in turn, may be others.
        """
        rows = self.take(evenly_spaced(n_samples, _ROWS_PROBED)).cpu().contiguous()
        found = hashlib.blake2b(f"{n_samples} {rows.dtype}".encode(), digest_size=16)
        found.update(rows.numpy().tobytes())
        return found.digest()

    def alike(
        self, activations: Tensor | np.ndarray, others: Iterable["SampleStore"]
    ) -> "SampleStore | None":
        """Return a snapshot of one of `others` that holds what this store would, bit for bit.

        None if there is none, or rows are not finite. This store is empty and stays so. The rows
        are prepared block by block and compared: whether they are the very same tensor says
        nothing, as it may have been written to since.

        Parameters
        ----------
        activations
            As for `append`.
        others
            Stores, to which samples may be appended meanwhile.
        """
        snapshots = [other.snapshot() for other in others]
        left = [other for other in snapshots if self._may_equal(other, len(activations))]
        if not left:
            return None
        with torch.inference_mode(False), torch.no_grad():
            left = self._resembling(activations, left)
            for first, rows in row_blocks(activations) if left else ():
                unit, norms, finite = self._prepared(rows)
                if not finite.all():
                    return None
                left = [other for other in left if other._has(first, unit, norms)]  # noqa: SLF001
                if not left:
                    return None
        return left[0] if left else None

    def _resembling(
        self, activations: Tensor | np.ndarray, others: "list[SampleStore]"
    ) -> "list[SampleStore]":
        """Return those of `others` that hold the same in a few rows, the last among them.

        Data that differ do so nearly always there, and it costs nothing beside a block. Rounding
        may depend on how many rows are prepared at once, so that bits are not compared.
        """
        n = len(activations)
        every = max(1, n // _ROWS_PROBED)
        start = (n - 1) % every
        _, rows = next(iter(row_blocks(activations[start::every])))
        unit, norms, _ = self._prepared(rows)
        index = np.arange(start, n, every)[: len(unit)]
        return [other for other in others if other._is_close(index, unit, norms)]  # noqa: SLF001

    def _is_close(self, index: Int64[np.ndarray, " some"], unit: Tensor, norms: Tensor) -> bool:
        """Return whether the samples at `index` have nearly these unit rows and norms."""
        mine = torch.from_numpy(self.norms(index)).to(self.device)
        same_length = torch.allclose(mine, norms, rtol=_NEAR, atol=0.0)
        return same_length and torch.allclose(self.take(index), unit, rtol=0.0, atol=_NEAR)

    def _may_equal(self, other: "SampleStore", n_samples: int) -> bool:
        kinds = [(each.n_dims, each.dtype, each.device) for each in (self, other)]
        agrees = self.preparation.agrees(other.preparation)
        same = agrees and self.preparation.of_mean == other.preparation.of_mean
        return kinds[0] == kinds[1] and same and not other.n_dropped and len(other) == n_samples

    def _has(self, first: int, unit: Tensor, norms: Tensor) -> bool:
        """Return whether the samples from `first` on have these unit rows and norms."""
        done = 0
        for offset, columns in self.blocks(first):
            some = slice(done, min(done + columns.shape[1], len(unit)))
            n = some.stop - some.start
            mine = columns[:, :n].T, self.norms_from(offset, n)
            for one, other in zip(mine, (unit[some], norms[some]), strict=True):
                if not torch.equal(_bits(one), _bits(other)):
                    return False
            done = some.stop
            if done == len(unit):
                return True
        return False

    def append(self, activations: Tensor | np.ndarray, nan_policy: NanPolicy) -> None:
        """Append rows, normalised; on an error nothing is appended.

        Raises
        ------
        ValueError
            If rows hold NaN or infinity and the policy is "raise"; the message says how many, and
            which come first.
        """
        before = len(self)
        try:
            with torch.inference_mode(False), torch.no_grad():
                zero, short, dropped = self._append_finite(activations, nan_policy)
        except BaseException:
            self._truncate()
            raise
        with _committing:
            self._record_rows(before, before + self.n_dropped, len(activations), dropped)
            self.n_zero += zero
            self.n_short += short
            self.n_dropped += len(dropped)
            self._size = before + len(activations) - len(dropped)

    def _append_finite(
        self, activations: Tensor | np.ndarray, nan_policy: NanPolicy
    ) -> tuple[int, int, Int64[np.ndarray, " dropped"]]:
        """Append the finite rows; return how many count as zeros, how many of these are short.

        Last which rows were dropped.
        """
        bad: list[np.ndarray] = []
        zero = n_short = 0
        for first, rows in row_blocks(activations):
            unit, norms, finite = self._prepared(rows)
            if not finite.all():
                bad.append((~finite).nonzero().squeeze(1).cpu().numpy() + first)
                unit, norms = unit[finite], norms[finite]
            if not bad or nan_policy == "drop":
                short = self.preparation.short(norms)
                self._extend(unit, norms, len(activations) - first)
                n_short += int(short.sum())
                zero += int(((norms == 0) | short).sum())
        dropped = np.concatenate(bad) if bad else np.empty(0, dtype=np.int64)
        if len(dropped) and nan_policy == "raise":
            named = first_few(dropped.tolist())
            raise ValueError(
                f"expected finite activations, got NaN or infinity in {len(dropped)} of "
                f"{len(activations)} rows ({named}); nan_policy='drop' leaves such rows out"
            )
        return zero, n_short, dropped

    def _prepared(self, rows: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return unit rows, norms, and which rows are finite, of rows as they were given."""
        centred = self.preparation.centred(rows.to(self.device))
        unit, norms, finite = normalised(centred, self.dtype)
        short = self.preparation.short(norms)
        if short.any():
            unit = torch.where(short[:, None], 0.0, unit)
        return unit, norms, finite

    def blocks(self, since: int = 0) -> Iterator[tuple[int, Float[Tensor, "dims samples"]]]:
        """Yield blocks of unit columns from sample `since` on, each with its first sample."""
        offset = 0
        for block in self._blocks:
            low = max(since - offset, 0)
            if low < block.size:
                yield offset + low, block.directions[:, low : block.size]
            offset += block.size

    def norms(self, index: Int64[np.ndarray, " some"]) -> Float64[np.ndarray, " some"]:
        """Return the Euclidean norms of the rows of the samples at `index`, once centred."""
        norms = torch.cat([block.norms[: block.size] for block in self._blocks])
        return norms.cpu().numpy()[index]

    def norms_from(self, offset: int, n: int) -> Float64[Tensor, " some"]:
        """Return the norms of the rows of n samples of one block, from sample `offset` on."""
        block = self._blocks[offset // BLOCK]
        return block.norms[offset % BLOCK : offset % BLOCK + n]

    @property
    def lengths(self) -> Float64[Tensor, " samples"]:
        """Norms of the rows of all samples, once centred; 0 for those that are short."""
        norms = [block.norms[: block.size] for block in self._blocks]
        found = torch.cat(norms) if norms else torch.empty(0, dtype=torch.float64)
        return found.masked_fill(self.preparation.short(found), 0.0)

    @property
    def preparation_text(self) -> str:
        """What was done to the rows before they were brought to unit length; "" for nothing."""
        return self.preparation.text(self.n_short)

    def rows(self, index: Int64[np.ndarray, " some"]) -> Int64[np.ndarray, " some"]:
        """Return the rows of samples in the caller's own arrays, dropped rows counted too."""
        return index if self._rows is None else np.concatenate(self._rows)[index]

    def sample_indices(self, rows: Int64[np.ndarray, " some"]) -> Int64[np.ndarray, " some"]:
        """Return the indices of the samples in the caller's `rows`: the inverse of `rows`.

        Raises
        ------
        IndexError
            If a row is out of range or was dropped.
        """
        if self._rows is None:
            index, known = rows, (rows >= 0) & (rows < len(self))
        else:
            kept = np.concatenate(self._rows)
            index = np.searchsorted(kept, rows)
            known = kept[np.minimum(index, len(kept) - 1)] == rows
        if not known.all():
            raise IndexError(
                f"expected rows in 0 … {len(self) + self.n_dropped - 1} that were not dropped, "
                f"got {rows[~known][0]}"
            )
        return index.astype(np.int64)

    def sample(self, most: int) -> Float[Tensor, "some dims"]:
        """Return at most `most` unit rows, evenly spaced over the samples, (n, D)."""
        return self.take(evenly_spaced(len(self), most))

    def take(self, index: Int64[np.ndarray, " some"]) -> Float[Tensor, "some dims"]:
        """Return the unit rows of the samples at `index`, which rises, (n, D)."""
        parts = []
        for offset, columns in self.blocks():
            low, high = np.searchsorted(index, [offset, offset + columns.shape[1]])
            local = torch.from_numpy(index[low:high] - offset).to(self.device)
            parts.append(columns[:, local])
        return torch.cat(parts, dim=1).T

    def _extend(self, unit: Tensor, norms: Tensor, expected: int) -> None:
        """Append unit rows, the first of `expected` ones that room is made for."""
        done = 0
        while done < len(unit):
            if not self._blocks or self._blocks[-1].size == BLOCK:
                self._blocks.append(_ColumnBlock(self.n_dims, self.dtype, self.device))
            block = self._blocks[-1]
            step = min(BLOCK - block.size, len(unit) - done)
            block.reserve(min(BLOCK - block.size, expected - done))
            block.directions[:, block.size : block.size + step] = unit[done : done + step].T
            block.norms[block.size : block.size + step] = norms[done : done + step]
            block.size += step
            done += step

    def _truncate(self) -> None:
        """Drop the rows in the blocks that have not become samples."""
        excess = sum(block.size for block in self._blocks) - len(self)
        while excess:
            cut = min(excess, self._blocks[-1].size)
            self._blocks[-1].size -= cut
            excess -= cut
            if self._blocks[-1].size == 0:
                self._blocks.pop()

    def _record_rows(self, before: int, first: int, n_rows: int, dropped: np.ndarray) -> None:
        """Keep which of `n_rows` rows from row `first` on were appended to `before` samples."""
        if self._rows is None and len(dropped):
            self._rows = [np.arange(before)]
        if self._rows is not None:
            kept = np.setdiff1d(np.arange(n_rows), dropped, assume_unique=True)
            self._rows.append(kept + first)


def _bits(numbers: Tensor) -> Tensor:
    """Return floating numbers as integers of their bits: 0.0 and -0.0 are not the same."""
    return numbers.view(torch.int64 if numbers.dtype == torch.float64 else torch.int32)


def as_rows(rows: Any) -> Int64[np.ndarray, " some"]:
    """Return row numbers from any sequence, array or tensor of integers.

    Raises
    ------
    TypeError
        If they are anything else; a mask is no list of rows.
    IndexError
        If one does not fit into int64.
    """
    if not isinstance(rows, Iterable) or isinstance(rows, _NO_ROWS):
        raise TypeError(f"expected sample indices, got {brief(rows)}")
    is_whole = isinstance(rows, Tensor | np.ndarray) or is_array(rows)
    if is_whole and not is_of_objects(rows):
        found = as_numbers(rows, _INDICES)
        # NumPy's extensions have integers too, such as int4.
        if isinstance(found, np.ndarray) and found.dtype.kind == "V":
            found = found.astype(np.int64) if np.can_cast(found.dtype, np.int64) else found
        array = as_countable(found)
    else:
        array = _checked_array(list(rows))
    if array.size == 0:
        return np.empty(0, dtype=np.int64)
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise TypeError(
            "expected sample indices, one dimension of integers, got shape "
            f"{array.shape} of {array.dtype}{_indices_hint(rows, array)}"
        )
    if array.dtype.kind == "u" and array.max() > _MAX_ROW:
        raise IndexError(f"expected sample indices below 2⁶³, got {array.max()}")
    return array.astype(np.int64)


def _indices_hint(rows: Any, array: np.ndarray) -> str:
    """Return the end of a refusal: the call that makes indices of what came as `array`."""
    kind = array.dtype.kind
    if is_table(rows):
        return f"; {column_call(rows, 'rows')}"
    if kind == "b":
        return "; np.flatnonzero makes indices of a mask"
    if kind == "f" and np.ma.is_masked(rows):
        return "; rows.compressed() leaves out what is masked"
    if kind == "f" and is_column(rows) and np.isnan(array).any():
        return "; rows.dropna() leaves out what is missing"
    if kind == "f" and np.isfinite(array).all():
        call = "rows.long()" if isinstance(rows, Tensor) else "np.asarray(rows, dtype=int)"
        return f"; {call} makes integers of them"
    can_reshape = isinstance(rows, Tensor | np.ndarray) and kind in "iu" and 1 in array.shape
    return "; rows.reshape(-1) has one dimension" if can_reshape else ""


def _checked_array(rows: list[Any]) -> np.ndarray:
    """Return a list of numbers as an array; refuse others before they take up memory."""
    for row in rows:
        if len(getattr(row, "shape", ())) > 0:
            raise TypeError(
                f"expected sample indices, got {type_name(row)} of shape {tuple(row.shape)} among "
                "them; np.concatenate(rows) joins several arrays of them"
            )
        if row is None or row is np.ma.masked or isinstance(row, _NO_ROW):
            raise TypeError(f"expected sample indices, got {brief(row)} among them")
    return np.asarray(rows)


def as_sample_store(
    values: Tensor | np.ndarray,
    basis: Basis,
    device: torch.device,
    dtype: torch.dtype | None,
    nan_policy: NanPolicy,
    *,
    preparation: Preparation = UNPREPARED,
) -> SampleStore:
    """Return a new store of the activations, which must be as wide as `basis`.

    Raises
    ------
    ValueError
        If they are of another width, or not finite and the policy is "raise".
    """
    checked_width(values, basis.n_dims, basis.n_directions)
    preparation.check_width(basis.n_dims)
    store = SampleStore(basis.n_dims, dtype or computing_dtype(values), device, preparation)
    store.append(values, nan_policy)
    return store
