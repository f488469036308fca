"""Forward passes of a model while it is captured: their arguments, items and masks."""

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
    """Numbers of the items that a layer sees, counted over all passes of the model.

    A layer that runs several times in one pass sees the same items each time; one that does not run
    in a pass counts as many items as the model was given.
    """

    def __init__(self) -> None:
        self._first = 0
        self._many = 0
        self._ran = False

    def begin(self, many: int) -> None:
        """Begin another pass, over `many` items as far as is known."""
        self._first += self._many
        self._many, self._ran = many, False

    def first_of(self, many: int) -> int:
        """Number of the first of the `many` items that the layer sees in this pass."""
        self._many = max(many, self._many) if self._ran else many
        self._ran = True
        return self._first


class ForwardPasses:
    """What the hooks of a model's layers need to know of the pass they are in.

    Parameters
    ----------
    model
        The model; a pass is a call of it.
    mask
        Which samples to keep: the name of an argument of its ``forward``, a function of its
        arguments, a tensor, or None for all.
    """

    def __init__(self, model: nn.Module, mask: Any) -> None:
        self._mask = Mask(model, mask)
        self._items: dict[str, ItemCounter] = {}
        self._running = False

    def add(self, layer: str) -> None:
        """Count items for `layer`."""
        self._items[layer] = ItemCounter()

    def begin(self, _model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Take the arguments of a pass that begins; a hook."""
        self._mask.take(args, kwargs)
        many = first_length(args, kwargs)
        for items in self._items.values():
            items.begin(many)
        self._running = True

    def end(self, _model: nn.Module, _args: tuple[Any, ...], _output: Any) -> None:
        """End the pass; a hook."""
        self._running = False
        self._mask.forget()

    def batch(self, layer: str, values: Tensor) -> Batch:
        """Samples of what `layer` gave in this pass, features last."""
        items, many = self._items[layer], len(values)
        if not self._running:
            items.begin(many)
        return Batch(values, self._mask.kept(layer, values), items.first_of(many))


class Mask:
    """Which samples to keep, by a mask over the items or over their positions.

    Parameters
    ----------
    model, mask
        As for `ForwardPasses`.
    """

    def __init__(self, model: nn.Module, mask: Any) -> None:
        self._of: Callable[..., Any] | None = None
        self._fixed: np.ndarray | None = None
        self._current: np.ndarray | None = None
        self._taken = False
        if isinstance(mask, str):
            self._of = _argument(model, mask)
        elif callable(mask) and not isinstance(mask, Tensor):
            self._of = mask
        elif mask is not None:
            self._fixed = self._current = _flags(mask)

    def take(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Take the mask from the arguments of a pass."""
        if self._of is not None:
            with torch.inference_mode(mode=False), torch.no_grad():
                mask = self._of(*args, **kwargs)
            self._current = None if mask is None else _flags(mask)
            self._taken = True

    def forget(self) -> None:
        """Forget the mask of a pass that is over."""
        self._current, self._taken = self._fixed, False

    def kept(self, layer: str, values: Tensor) -> Int64[np.ndarray, " samples"] | None:
        """Flat positions of `values`, (N, …, D), that the mask keeps; None is all.

        Raises
        ------
        ValueError
            If the mask is neither one flag an item nor one a position.
        RuntimeError
            If the layer ran outside of a pass, so that the mask is not known.
        """
        if self._of is not None and not self._taken:
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
    """`mask` as booleans, or ``TypeError``: of a float mask it is not clear what keeps."""
    tensor = mask.detach() if isinstance(mask, Tensor) else torch.as_tensor(mask)
    if tensor.is_floating_point() or tensor.is_complex():
        raise TypeError(
            f"expected a mask of booleans or integers, non-zero to keep, got {tensor.dtype}"
        )
    return (tensor != 0).cpu().numpy()


def _argument(model: nn.Module, name: str) -> Callable[..., Any]:
    """Function of the arguments of ``model.forward`` that gives the one called `name`."""
    signature = inspect.signature(model.forward)
    rest = [each.name for each in signature.parameters.values() if each.kind is each.VAR_KEYWORD]
    named = [
        each.name
        for each in signature.parameters.values()
        if each.kind not in (each.VAR_KEYWORD, each.VAR_POSITIONAL)
    ]
    if name not in named and not rest:
        raise KeyError(f"the model's forward has no argument {name!r}{did_you_mean(name, named)}")

    def of(*args: Any, **kwargs: Any) -> Any:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        if name in named:
            return bound.arguments[name]
        return bound.arguments[rest[0]].get(name)

    return of
