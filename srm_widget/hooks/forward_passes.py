"""Forward passes of a model while it is captured: number their items, evaluate their masks."""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from jaxtyping import Int64
from torch import Tensor, nn

from srm_widget.hooks.batch import Batch
from srm_widget.hooks.outputs import first_length
from srm_widget.utils.validation import did_you_mean


class ItemCounter:
    """Counter of the items that a layer sees, over all passes of the model.

    A layer that runs several times in one pass sees the same items each time; for one that does not
    run in a pass as many items are counted as the model was given.
    """

    def __init__(self) -> None:
        self._first = 0
        self._n_items = 0
        self._has_run = False

    def begin(self, n_items: int) -> None:
        """Begin another pass, whose model is given `n_items` items as far as is known."""
        self._first += self._n_items
        self._n_items, self._has_run = n_items, False

    def first_item(self, n_items: int) -> int:
        """Return the number of the first of the `n_items` that the layer sees in this pass."""
        self._n_items = max(n_items, self._n_items) if self._has_run else n_items
        self._has_run = True
        return self._first


class ForwardPasses:
    """Forward pass that a model is in: numbers of its items, and its mask, for every layer's hook.

    Parameters
    ----------
    model
        The model; a call of it is a pass.
    mask
        Which samples to keep: the name of an argument of its ``forward``, a function of its
        arguments, a tensor, or None for all.
    """

    def __init__(self, model: nn.Module, mask: Any) -> None:
        self._mask = Mask(model, mask)
        self._items: dict[str, ItemCounter] = {}
        self._running = False

    def add(self, layer: str) -> None:
        """Begin to count items for `layer`."""
        self._items[layer] = ItemCounter()

    def begin(self, _model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Begin a pass with its arguments; a forward pre-hook."""
        self._mask.evaluate(args, kwargs)
        n_items = first_length(args, kwargs)
        for items in self._items.values():
            items.begin(n_items)
        self._running = True

    def end(self, _model: nn.Module, _args: tuple[Any, ...], _output: Any) -> None:
        """End the pass; a forward hook."""
        self._running = False
        self._mask.reset()

    def batch(self, layer: str, values: Tensor) -> Batch:
        """Return the samples in `values`, (N, …, D), which `layer` gave in this pass."""
        items, n_items = self._items[layer], len(values)
        if not self._running:
            items.begin(n_items)
        kept = self._mask.kept_positions(layer, values)
        return Batch(values, kept, items.first_item(n_items))


class Mask:
    """Mask over the items, or over their positions, that says which samples to keep.

    Parameters
    ----------
    model, mask
        As for `ForwardPasses`.

    Raises
    ------
    KeyError
        If the model's ``forward`` has no argument of that name.
    TypeError
        If the mask is of floating-point numbers.
    """

    def __init__(self, model: nn.Module, mask: Any) -> None:
        self._function: Callable[..., Any] | None = None
        self._fixed: np.ndarray | None = None
        self._current: np.ndarray | None = None
        self._evaluated = False
        if isinstance(mask, str):
            self._function = _argument_getter(model, mask)
        elif callable(mask) and not isinstance(mask, Tensor):
            self._function = mask
        elif mask is not None:
            self._fixed = self._current = _flags(mask)

    def evaluate(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Evaluate the mask on the arguments of a pass, if it depends on them."""
        if self._function is not None:
            with torch.inference_mode(mode=False), torch.no_grad():
                mask = self._function(*args, **kwargs)
            self._current = None if mask is None else _flags(mask)
            self._evaluated = True

    def reset(self) -> None:
        """Forget the mask of a pass that is over."""
        self._current, self._evaluated = self._fixed, False

    def kept_positions(self, layer: str, values: Tensor) -> Int64[np.ndarray, " samples"] | None:
        """Return the flat positions of `values`, (N, …, D), that the mask keeps; None for all.

        Raises
        ------
        ValueError
            If the mask is neither one flag an item nor one a position.
        RuntimeError
            If the layer ran outside of a pass, so that the mask is not known.
        """
        if self._function is not None and not self._evaluated:
            raise RuntimeError(
                f"layer {layer!r} ran outside of a call of the model, and the mask comes from the "
                "arguments of that call; call the model itself, not its forward"
            )
        if self._current is None:
            return None
        flags, shape = self._current, tuple(values.shape[:-1])
        if flags.shape not in (shape, shape[:1]):
            items = f"{shape[:1]}, one flag an item"
            expected = items if len(shape) == 1 else f"{shape}, one flag a position, or {items}"
            raise ValueError(
                f"layer {layer!r}: expected a mask of shape {expected}, got {flags.shape}"
            )
        if len(shape) > flags.ndim:
            flags = np.broadcast_to(flags.reshape(-1, *[1] * (len(shape) - 1)), shape)
        return np.flatnonzero(flags)


def _flags(mask: Any) -> np.ndarray:
    """Return `mask` as booleans, or raise ``TypeError``: what a float mask keeps is not clear."""
    tensor = mask.detach() if isinstance(mask, Tensor) else torch.as_tensor(mask)
    if tensor.is_floating_point() or tensor.is_complex():
        raise TypeError(
            f"expected a mask of booleans or integers, non-zero to keep, got {tensor.dtype}"
        )
    return (tensor != 0).cpu().numpy()


def _argument_getter(model: nn.Module, name: str) -> Callable[..., Any]:
    """Return a function of the arguments of ``model.forward`` that gives the one called `name`."""
    signature = inspect.signature(model.forward)
    parameters = signature.parameters.values()
    keywords = [each.name for each in parameters if each.kind is each.VAR_KEYWORD]
    named = [
        each.name for each in parameters if each.kind not in (each.VAR_KEYWORD, each.VAR_POSITIONAL)
    ]
    if name not in named and not keywords:
        raise KeyError(f"the model's forward has no argument {name!r}{did_you_mean(name, named)}")

    def argument(*args: Any, **kwargs: Any) -> Any:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        if name in named:
            return bound.arguments[name]
        return bound.arguments[keywords[0]].get(name)

    return argument
