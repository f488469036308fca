"""Rows and batches, as loops leave them in lists, joined to one array."""

from collections.abc import Sequence
from operator import attrgetter

import numpy as np
import torch
from torch import Tensor

from srm_widget.utils.room import check_room
from srm_widget.utils.ways_out import Wanted


def joined(parts: Sequence[Tensor | np.ndarray], wanted: Wanted, kind: str) -> Tensor | np.ndarray:
    """Return rows stacked, (N, D), batches joined, (N, D), or single numbers as a vector, (N,).

    They are copied once. Tensors go to the device of the first of them; dtypes that differ become
    the narrowest one that holds them all.

    Parameters
    ----------
    parts
        Arrays of one number of axes.
    wanted
        What they are to be, for messages.
    kind
        What they came as, for messages.

    Raises
    ------
    ValueError
        If they do not fit together; the message names the first that differs.
    MemoryError
        If there is no room for them.
    """
    _check_fit(parts, wanted, kind)
    check_room(sum(part.nbytes for part in parts), wanted, f"a {kind} of {len(parts):,} parts")
    is_batch = parts[0].ndim == 2
    if not any(isinstance(part, Tensor) for part in parts):
        arrays = _alike([np.asarray(part) for part in parts])
        if parts[0].ndim == 0:
            return np.stack(arrays)
        whole = np.concatenate(arrays)
        return whole if is_batch else whole.reshape(len(arrays), parts[0].shape[0])
    device = next(part.device for part in parts if isinstance(part, Tensor))
    tensors = _as_wide([_on(device, _as_tensor(part)) for part in parts])
    return torch.cat(tensors) if is_batch else torch.stack(tensors)


def _check_fit(parts: Sequence[Tensor | np.ndarray], wanted: Wanted, kind: str) -> None:
    first, name = tuple(parts[0].shape), wanted.name
    each = {0: "number", 1: "row", 2: "batch"}.get(len(first), "array")
    are_even = len(set(map(attrgetter("shape"), parts))) == 1
    for at, part in enumerate(parts[:1] if are_even else parts):
        shape = tuple(part.shape)
        if len(shape) > 2:
            raise ValueError(
                f"expected {wanted.numbers}, got a {kind} with an array of shape {shape}; "
                f"torch.cat([each.flatten(0, -2) for each in {name}]) makes a sample of every "
                "position"
            )
        if len(shape) != len(first):
            raise ValueError(
                f"expected {wanted.numbers}, got a {kind} of arrays of shape {first} and, entry "
                f"{at}, {shape}; give {name}[0] if what comes after it are its labels"
            )
        if shape[-1:] != first[-1:]:
            raise ValueError(
                f"expected {wanted.numbers}, every {each} as wide as the first, got {first[-1]} "
                f"numbers in {each} 0 and {shape[-1]} in {each} {at} of a {kind} of {len(parts):,}"
            )


def _as_tensor(part: Tensor | np.ndarray) -> Tensor:
    """Return an array as a tensor, not copied where torch can share it."""
    if isinstance(part, Tensor):
        return part
    native = part.dtype.newbyteorder("=")
    if native.kind == "V":
        return torch.from_numpy(part.astype(np.float32))
    shared = part.flags.writeable and native == part.dtype and all(s >= 0 for s in part.strides)
    return torch.from_numpy(part if shared else np.array(part, dtype=native))


def _on(device: torch.device, tensor: Tensor) -> Tensor:
    return tensor if tensor.device == device else tensor.to(device)


def _as_wide(tensors: list[Tensor]) -> list[Tensor]:
    """Return tensors of one dtype, the narrowest that holds them all."""
    dtypes = {tensor.dtype for tensor in tensors}
    if len(dtypes) == 1:
        return tensors
    # Torch promotes no float8.
    usable = [torch.float32 if _is_tiny(dtype) else dtype for dtype in dtypes]
    widest = usable[0]
    for dtype in usable[1:]:
        widest = torch.promote_types(widest, dtype)
    return [tensor.to(widest) for tensor in tensors]


def _is_tiny(dtype: torch.dtype) -> bool:
    return dtype.is_floating_point and dtype.itemsize == 1


def _alike(arrays: list[np.ndarray]) -> list[np.ndarray]:
    """Return arrays that NumPy can join: extension dtypes are joined with others as float32."""
    if len({array.dtype for array in arrays}) == 1:
        return arrays
    return [a.astype(np.float32) if a.dtype.kind == "V" else a for a in arrays]
