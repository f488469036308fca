"""Output or arguments of a layer: the tensor in them that samples are taken from."""

import dataclasses
import inspect
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from srm_widget.utils.validation import choice

PER = "position", "sample"

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


def checked_per(per: Any, feature_dim: Any, item_dim: Any) -> tuple[str, int | None, int | None]:
    """Return `per`, `feature_dim` and `item_dim` if they go together, or raise."""
    per = choice("per", per, PER)
    items = None if item_dim is None else operator.index(item_dim)
    if feature_dim is None:
        return per, None, items
    axis = operator.index(feature_dim)
    if per == "sample":
        raise ValueError(
            f"expected no feature_dim with per='sample', which takes all axes but the first as "
            f"features, got {axis}"
        )
    if axis == (items or 0):
        raise ValueError(
            f"expected feature_dim as an axis after the first, got {axis}"
            if items is None
            else f"expected feature_dim as another axis than item_dim, got {axis} for both"
        )
    return per, axis, items


def part(value: Any, which: Output, layer: str, side: str) -> tuple[Tensor | PackedSequence, str]:
    """Return the tensor that `which` names in `value`, and which one that is where it was chosen.

    Parameters
    ----------
    value
        Output of the layer, or its arguments by name.
    which
        As for `srm_widget.hooks.capture.capture`.
    layer
        Name of the layer, for messages.
    side
        What `value` is, for messages: "output" or "input".

    Raises
    ------
    KeyError
        If there is no such part; the message names what there is.
    TypeError
        If it is no tensor.
    RuntimeError
        If a function given for `which` fails.
    """
    said = ""
    if which is None:
        tensors = list(_tensors(value, ""))
        place, found = tensors[0] if tensors else ("", None)
        if len(tensors) > 1:
            said = f"{place} of {len(tensors)} tensors in its {side}"
    elif callable(which):
        try:
            found = which(value)
        except Exception as error:
            raise RuntimeError(
                f"layer {layer!r}: output= failed on its {side}, {type(value).__name__}: "
                f"{type(error).__name__}: {error}"
            ) from error
    else:
        found = value
        for key in which if isinstance(which, tuple) else (which,):
            found = _get_part(found, key, layer, side)
    if not isinstance(found, Tensor | PackedSequence):
        what = "no tensor in it" if which is None else f"{type(found).__name__} at {which!r}"
        raise TypeError(
            f"layer {layer!r}: expected an {side} that is a tensor or holds one, got "
            f"{type(value).__name__} with {what}"
        )
    return found, said


def arguments(module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of a call of `module` by name, in the order of its ``forward``."""
    signature = inspect.signature(module.forward)
    try:
        bound = signature.bind(*args, **kwargs).arguments
    except TypeError:
        # The call itself will say what is wrong with it.
        return {**{str(at): value for at, value in enumerate(args)}, **kwargs}
    named: dict[str, Any] = {}
    for name, value in bound.items():
        kind = signature.parameters[name].kind
        if kind is inspect.Parameter.VAR_POSITIONAL:
            named |= {f"{name}[{at}]": each for at, each in enumerate(value)}
        elif kind is inspect.Parameter.VAR_KEYWORD:
            named |= value
        else:
            named[name] = value
    return named


def _get_part(value: Any, key: int | str, layer: str, side: str) -> Any:
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
            f"layer {layer!r}: no {key!r} in its {side}, {type(value).__name__}; there are "
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


def _tensors(value: Any, place: str) -> Iterator[tuple[str, Tensor | PackedSequence]]:
    """Yield the tensors in nested tuples, dictionaries and dataclasses, and where each is."""
    if isinstance(value, Tensor | PackedSequence):
        yield place, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _tensors(inner, f"{place}.{key}" if place else str(key))
    else:
        for at, inner in enumerate(_parts(value)):
            yield from _tensors(inner, f"{place}[{at}]")


def first_tensor(value: Any) -> Tensor | PackedSequence | None:
    """Return the first tensor with an axis in nested tuples, dictionaries and dataclasses."""
    found = (tensor for _, tensor in _tensors(value, ""))
    return next((each for each in found if isinstance(each, PackedSequence) or each.ndim), None)
