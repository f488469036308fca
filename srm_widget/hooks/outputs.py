"""Output of a layer: the tensor in it, and which of its axes holds the features."""

import dataclasses
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from srm_widget.utils.validation import choice

PER = "position", "sample"
_FEATURE_AXIS = {2: 1, 3: 2, 4: 1, 5: 1}
"""Axis of the features by the number of axes: (N, D), (N, T, D), (N, C, H, W), (N, C, T, H, W)."""

Output = int | str | tuple[int | str, ...] | Callable[[Any], Any] | None
"""Which part of an output to take; None is the first tensor in it."""


def checked_output(output: Any) -> Output:
    """Return `output` if it says which part of an output to take, or raise ``TypeError``."""
    keys = output if isinstance(output, tuple) else (output,)
    plain = all(isinstance(key, int | str) and not isinstance(key, bool) for key in keys)
    if output is None or (plain and keys) or callable(output):
        return output
    raise TypeError(
        "expected output as a position, a name, a tuple of them, or a function of the layer's "
        f"output, got {output!r}"
    )


def checked_per(per: Any, feature_dim: Any) -> tuple[str, int | None]:
    """Return `per` and `feature_dim` if they go together, or raise."""
    per = choice("per", per, PER)
    if feature_dim is None:
        return per, None
    axis = operator.index(feature_dim)
    if per == "sample":
        raise ValueError(
            f"expected no feature_dim with per='sample', which takes all axes but the first as "
            f"features, got {axis}"
        )
    if axis == 0:
        raise ValueError("expected feature_dim as an axis after the first, got 0")
    return per, axis


def part(output: Any, which: Output, layer: str) -> Tensor:
    """Return the tensor that `which` names in the output of `layer`.

    Raises
    ------
    KeyError
        If there is no such part; the message names what there is.
    TypeError
        If it is no tensor.
    """
    if which is None:
        found = _first_tensor(output)
    elif callable(which):
        found = which(output)
    else:
        found = output
        for key in which if isinstance(which, tuple) else (which,):
            found = _get_part(found, key, layer)
    if not isinstance(found, Tensor):
        what = "no tensor in it" if which is None else f"{type(found).__name__} at {which!r}"
        raise TypeError(
            f"layer {layer!r}: expected an output that is a tensor or holds one, got "
            f"{type(output).__name__} with {what}"
        )
    return found


def features_last(
    tensor: Tensor, per: str, feature_dim: int | None, layer: str
) -> Float[Tensor, "items *positions dims"]:
    """Return a view of an output, (N, …, D), whose last axis holds the features of a sample.

    Raises
    ------
    TypeError
        If the entries are not dense real floating-point numbers.
    ValueError
        If it is not clear from the shape which axis the features are on.
    """
    if tensor.is_nested:
        raise TypeError(
            f"layer {layer!r}: expected an output that is one dense tensor, got a nested one; "
            "output=lambda nested: nested.to_padded_tensor(0) makes it one"
        )
    if not tensor.is_floating_point() or tensor.layout != torch.strided:
        raise TypeError(
            f"layer {layer!r}: expected an output of dense real floating-point numbers, got "
            f"{tensor.dtype}, {tensor.layout}; output= chooses another part of it"
        )
    shape = tuple(tensor.shape)
    if tensor.ndim < 2:
        raise ValueError(
            f"layer {layer!r}: expected an output of shape (N, D), (N, T, D) or (N, C, H, W), got "
            f"{shape}; output= chooses another part of it"
        )
    if per == "sample":
        return tensor.flatten(1)
    axis = _FEATURE_AXIS.get(tensor.ndim) if feature_dim is None else feature_dim
    if axis is None:
        raise ValueError(
            f"layer {layer!r}: expected an output of 2 to 5 axes, got {shape}; say on which the "
            "features are by feature_dim=, or flatten each item by per='sample'"
        )
    if not 1 - tensor.ndim <= axis < tensor.ndim:
        raise ValueError(
            f"layer {layer!r}: expected feature_dim as an axis of {shape} after the first, got "
            f"{axis}"
        )
    return tensor.movedim(axis, -1)


def _get_part(value: Any, key: int | str, layer: str) -> Any:
    """Return the part of `value` at a position or under a name, or raise ``KeyError``."""
    if isinstance(key, str) and isinstance(value, Mapping):
        found, available = key in value, ", ".join(map(repr, value))
    elif isinstance(key, str):
        names = _fields(value)
        found, available = key in names, ", ".join(map(repr, names))
    elif isinstance(value, Mapping) and key in value:
        return value[key]
    else:
        parts = _parts(value)
        if -len(parts) <= key < len(parts):
            return parts[key]
        found, available = False, f"{len(parts)} parts"
    if not found:
        raise KeyError(
            f"layer {layer!r}: no {key!r} in its output, {type(value).__name__}; there are "
            f"{available or 'no names'}"
        )
    return value[key] if isinstance(value, Mapping) else getattr(value, str(key))


def _fields(value: Any) -> list[str]:
    """Return the names of the fields of a dataclass, a named tuple or another plain object."""
    if dataclasses.is_dataclass(value):
        return [field.name for field in dataclasses.fields(value)]
    if isinstance(value, Tensor):
        return []
    return list(getattr(value, "_fields", ()) or getattr(value, "__dict__", ()))


def _parts(value: Any) -> list[Any]:
    """Return the values in a tuple, dictionary or dataclass, in order; [] for anything else."""
    if isinstance(value, Mapping):
        return list(value.values())
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return list(value)
    if dataclasses.is_dataclass(value):
        return [getattr(value, name) for name in _fields(value)]
    return []


def _first_tensor(value: Any) -> Tensor | None:
    if isinstance(value, Tensor):
        return value
    for inner in _parts(value):
        found = _first_tensor(inner)
        if found is not None:
            return found
    return None


def first_length(*values: Any) -> int:
    """Return the length of the first axis of the first tensor in `values`; 0 if there is none."""
    found = _first_tensor(values)
    return 0 if found is None or found.ndim == 0 else len(found)
