"""Caches that a model is called with again: which earlier calls a call goes on with."""

import inspect
import weakref
from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, nn

_DEPTH = 6
"""How deep tensors are looked for in a cache: Cache, list of layers, layer, tuple, tensor."""

_TOKENS = "decoder_input_ids", "decoder_inputs_embeds", "input_ids", "inputs_embeds"
"""Arguments whose second axis is the positions of a pass, the first that is given."""


def takes_cache(module: nn.Module) -> bool:
    """Return whether a module's ``forward`` has an argument that is named like a cache."""
    try:
        names = inspect.signature(module.forward).parameters
    except (TypeError, ValueError):  # code that is not Python's, which does not tell
        return False
    return any(map(_is_cache_name, names))


def cache_in(arguments: Mapping[str, Any]) -> Any:
    """Return the argument that is a cache, or None."""
    for name, value in arguments.items():
        is_flag = value is None or isinstance(value, bool | int | str)
        is_index = isinstance(value, Tensor) and not value.is_floating_point()
        if _is_cache_name(name) and not is_flag and not is_index:
            return value
    return None


def without_cache(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments that are not named like a cache."""
    return {name: value for name, value in arguments.items() if not _is_cache_name(name)}


def n_positions(arguments: Mapping[str, Any], first: Any) -> int | None:
    """Return how many positions a model is given, by its tokens or its first tensor, or None."""
    tokens = tokens_given(arguments, first)
    return tokens.shape[1] if tokens is not None and tokens.ndim > 1 else None


def tokens_given(arguments: Mapping[str, Any], first: Any) -> Tensor | None:
    """Return the tokens that a model is given, or its first tensor, or None."""
    named = (arguments.get(name) for name in _TOKENS)
    found = next((each for each in named if isinstance(each, Tensor)), first)
    return found if isinstance(found, Tensor) else None


def _is_cache_name(name: str) -> bool:
    return "cache" in name or "past" in name


def stored_positions(cache: Any) -> int | None:
    """Return how many positions a cache says it holds, or None if it does not say."""
    length = getattr(cache, "get_seq_length", None)
    if not callable(length):
        return None
    try:
        return int(length())
    except Exception:  # noqa: BLE001 caches of states refuse: they hold no positions
        return None


def tensors_in(value: Any, depth: int = _DEPTH) -> Iterator[Tensor]:
    """Yield the tensors in nested containers and plain objects."""
    if isinstance(value, Tensor):
        yield value
        return
    if depth == 0 or isinstance(value, nn.Module | str | bytes | torch.dtype | torch.device):
        return
    if isinstance(value, Mapping):
        inner = list(value.values())
    elif isinstance(value, list | tuple):
        inner = list(value)
    else:
        inner = list(getattr(value, "__dict__", {}).values())
    for each in inner:
        yield from tensors_in(each, depth - 1)


class Sequences:
    """Sequences that passes with a cache go on with, each pass by some positions.

    Attributes
    ----------
    first_items
        Number of the first item by layer.
    n_items
        Number of sequences.
    n_positions
        Positions so far.
    """

    def __init__(self, n_items: int | None) -> None:
        self.first_items: dict[str, int] = {}
        self.n_items = n_items
        self.n_positions = 0
        self._tensors: list[weakref.ref[Tensor]] = []

    @property
    def is_alive(self) -> bool:
        """Whether a cache of these sequences is still there."""
        return any(each() is not None for each in self._tensors)

    def goes_on_with(self, cache: Any) -> bool:
        """Return whether `cache` is as the last pass left it, and no other."""
        held = next((each for each in tensors_in(cache) if each.numel()), None)
        return held is not None and any(each() is held for each in self._tensors)

    def end_pass(self, n_positions: int, *left: Any) -> None:
        """Note what a pass left, in which its cache may be."""
        self.n_positions += n_positions
        self._tensors = [weakref.ref(each) for each in tensors_in(left)]
