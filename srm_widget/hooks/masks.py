"""Masks of captured samples: which items, or which of their positions, are kept."""

import inspect
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Int64
from torch import Tensor, nn

from srm_widget.hooks.batch import Rows
from srm_widget.utils.validation import did_you_mean

Flags = Bool[np.ndarray, "..."]

_MARKS_PADDING = "*key_padding_mask*"
"""Names of arguments that are True at padding, by torch's own convention."""

_OF_PAIRS = "mask", "src_mask", "tgt_mask", "memory_mask", "attn_mask"
"""Names of arguments of torch's own layers that are masks of pairs of positions."""

_SWITCHED_OFF = -1e4
"""Numbers of an additive mask from here down switch a position off, as −inf does."""


class Mask:
    """Mask over the items, or over their positions, that says which samples to keep.

    Parameters
    ----------
    model
        The model, whose ``forward`` a name is an argument of.
    mask
        Name of an argument, function of the arguments, tensor, or None for all.
    keeps
        Value that keeps a sample; None is True, and False for an argument named
        ``…key_padding_mask…``.

    Raises
    ------
    KeyError
        If the model's ``forward`` has no argument of that name.
    TypeError
        If the mask is of floating-point numbers, or `keeps` no boolean.
    ValueError
        For `keeps` without a mask; if it is None for another argument that is named for padding.
    """

    def __init__(self, model: nn.Module, mask: Any, keeps: bool | None = None) -> None:
        if keeps is not None and not isinstance(keeps, bool):
            raise TypeError(f"expected mask_keeps as True, False or None, got {keeps!r}")
        if keeps is not None and mask is None:
            raise ValueError(f"expected mask= beside mask_keeps, got mask_keeps={keeps} alone")
        self._function: Callable[..., Any] | None = None
        self._fixed: Flags | None = None
        self._keeps = keeps
        self._name, self._has_decoder_mask = mask, False
        if isinstance(mask, str):
            self._function = _argument_getter(model, mask)
            if mask in _OF_PAIRS and type(model).__module__.startswith("torch.nn."):
                raise ValueError(
                    f"expected a mask that says which samples to keep, got mask={mask!r}, which "
                    f"{type(model).__name__} takes for pairs of positions; "
                    "mask='src_key_padding_mask' and the like say which are padding"
                )
            self._has_decoder_mask = (
                f"decoder_{mask}" in inspect.signature(model.forward).parameters
            )
            if keeps is None and "pad" in mask and not fnmatchcase(mask, _MARKS_PADDING):
                raise ValueError(
                    f"expected mask_keeps= beside mask={mask!r}, which some models have True at "
                    "padding and others where there is none: mask_keeps=False if True is padding, "
                    "True if not"
                )
            if keeps is None:
                self._keeps = not fnmatchcase(mask, _MARKS_PADDING)
        elif callable(mask) and not isinstance(mask, Tensor):
            self._function = mask
        elif mask is not None:
            self._fixed = self._flags(mask)

    @property
    def needs_arguments(self) -> bool:
        """Whether it depends on the arguments of a call of the model."""
        return self._function is not None

    def of(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Flags | None:
        """Return the flags for a call of the model with these arguments, None to keep all."""
        if self._function is None:
            return self._fixed
        with torch.inference_mode(mode=False), torch.no_grad():
            mask = self._function(*args, **kwargs)
        return None if mask is None else self._flags(mask)

    def check_layer(self, layer: str) -> None:
        """Raise ``ValueError`` if the mask is of an encoder's positions and the layer a decoder's.

        They may be equally many. Attention from a decoder to an encoder has keys of the encoder's.
        """
        if not self._has_decoder_mask:
            return
        parts = layer.lower().split(".")
        depth = next((at for at, part in enumerate(parts) if part.startswith("decoder")), None)
        if depth is None or any("enc" in part or "cross" in part for part in parts[depth + 1 :]):
            return
        raise ValueError(
            f"layer {layer!r}: expected a mask of the decoder's positions, got {self._name!r}, of "
            f"the encoder's; mask='decoder_{self._name}' is the other"
        )

    def without_arguments(self) -> Flags | None:
        """Return the flags where no call of the model is known, None to keep all."""
        return self._fixed

    def _flags(self, mask: Any) -> Flags:
        """Return what `mask` keeps, or raise ``TypeError``: of a float mask it is not clear."""
        tensor = mask.detach() if isinstance(mask, Tensor) else torch.as_tensor(mask)
        if tensor.is_floating_point():
            is_off = tensor <= _SWITCHED_OFF
            is_additive = bool((is_off | (tensor == 0)).all())
            # Zeros alone may be those of a mask that is multiplied by, which would keep nothing.
            if is_additive and (self._keeps is False or tensor.ndim > 2 or bool(is_off.any())):
                return (~is_off).cpu().numpy()
            if self._keeps is False:
                raise TypeError(
                    "expected a padding mask of booleans, or of numbers that are 0 or −inf, got "
                    f"others of {tensor.dtype}"
                )
        if tensor.is_floating_point() or tensor.is_complex():
            raise TypeError(
                f"expected a mask of booleans or integers, non-zero to keep, got {tensor.dtype}; "
                "a function of the arguments makes them, such as lambda attention_mask, **others: "
                "attention_mask > 0"
            )
        if tensor.ndim == 1 and tensor.dtype != torch.bool and bool((tensor > 1).any()):
            raise TypeError(
                f"expected a mask of flags, got integers up to {int(tensor.max())}, one an item, "
                "like lengths; lambda lengths, **others: torch.arange(T) < lengths[:, None] makes "
                "flags of them, (N, T)"
            )
        return ((tensor == 0) if self._keeps is False else (tensor != 0)).cpu().numpy()


def kept_positions(
    flags: Flags, rows: Rows, layer: str, *, last_columns: bool
) -> Int64[np.ndarray, " samples"]:
    """Return the flat positions of samples that a mask keeps.

    Parameters
    ----------
    flags
        One an item, or one a position.
    rows
        What the layer gave.
    layer
        Name of the layer, for the message.
    last_columns
        Whether a mask of more columns than there are positions stands for them by its last ones, as
        in a pass that goes on with a cache.

    Raises
    ------
    ValueError
        If the mask is neither one flag an item nor one a position.
    """
    if rows.places is not None:
        return _kept_ragged(flags, rows, rows.places, layer)
    shape, given = tuple(rows.values.shape[:-1]), flags.shape
    while flags.ndim > len(shape) and 1 in flags.shape[1:]:
        # Of all heads and all queries alike, as attention takes it.
        flags = flags.squeeze(flags.shape.index(1, 1))
    if last_columns and len(shape) == flags.ndim == 2 and flags.shape[1] > shape[1]:
        flags = flags[:, flags.shape[1] - shape[1] :]
    if flags.shape not in (shape, shape[:1]):
        items = f"{shape[:1]}, one flag an item"
        expected = items if len(shape) == 1 else f"{shape}, one flag a position, or {items}"
        pairs = (
            "; a mask of pairs of positions, as attention takes it, does not say which are padding:"
            " pass a function of the arguments, such as lambda input_ids, **others: input_ids != 0"
        )
        raise ValueError(
            f"layer {layer!r}: expected a mask of shape {expected}, got {given}"
            f"{pairs if len(given) == 4 and len(shape) == 2 else ''}"
        )
    if len(shape) > flags.ndim:
        flags = np.broadcast_to(flags.reshape(-1, *[1] * (len(shape) - 1)), shape)
    return np.flatnonzero(flags)


def _kept_ragged(
    flags: Flags, rows: Rows, places: Int64[np.ndarray, "rows 2"], layer: str
) -> Int64[np.ndarray, " samples"]:
    items, positions = places.T
    longest = int(positions.max(initial=-1)) + 1
    if flags.ndim == 1 and len(flags) == rows.n_items:
        return np.flatnonzero(flags[items])
    if flags.ndim != 2 or len(flags) != rows.n_items or flags.shape[1] < longest:
        raise ValueError(
            f"layer {layer!r}: expected a mask of shape ({rows.n_items}, {longest}), one flag a "
            f"position, or ({rows.n_items},), one flag an item, got {flags.shape}"
        )
    return np.flatnonzero(flags[items, positions])


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
