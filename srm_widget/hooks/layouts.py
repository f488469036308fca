"""Layouts of layers: which axis of a layer's tensor holds the features, and which the items."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import torch
from jaxtyping import Int64
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from srm_widget.hooks.batch import Rows
from srm_widget.hooks.layers import Site, named_layers

_FEATURE_AXIS = {2: 1, 3: 2, 4: 1, 5: 1}
"""Axis of the features by the number of axes: (N, D), (N, T, D), (N, C, H, W), (N, C, T, H, W)."""

_FEATURES_LAST = (
    *(nn.Linear, nn.Bilinear, nn.LayerNorm, nn.RMSNorm, nn.Embedding, nn.EmbeddingBag),
    *(nn.RNNCell, nn.LSTMCell, nn.GRUCell),
)
_SEQUENCES = (
    *(nn.MultiheadAttention, nn.RNN, nn.LSTM, nn.GRU, nn.Transformer),
    *(nn.TransformerEncoder, nn.TransformerEncoderLayer),
    *(nn.TransformerDecoder, nn.TransformerDecoderLayer),
)
_RNNS = nn.RNN, nn.LSTM, nn.GRU
_SHUFFLES = nn.PixelShuffle, nn.PixelUnshuffle
_CHANNELS_AFTER_BATCH = (
    *(nn.BatchNorm1d, nn.SyncBatchNorm, nn.GroupNorm, nn.LocalResponseNorm, nn.ChannelShuffle),
    nn.Upsample,
)
_ELEMENTWISE = (
    *(nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.RReLU, nn.ELU, nn.SELU, nn.CELU, nn.GELU, nn.SiLU),
    *(nn.Mish, nn.Tanh, nn.Sigmoid, nn.LogSigmoid, nn.Softplus, nn.Softsign, nn.Softshrink),
    *(nn.Hardshrink, nn.Hardsigmoid, nn.Hardswish, nn.Hardtanh, nn.Tanhshrink, nn.Threshold),
    *(nn.PReLU, nn.Dropout, nn.AlphaDropout, nn.Identity),
)
_SPATIAL = re.compile(
    r"(?:(?:Adaptive|Fractional)?(?:Avg|Max|LP)(?:Un)?[Pp]ool|InstanceNorm|Conv(?:Transpose)?"
    r"|Dropout|(?:Reflection|Replication|Circular|Constant)Pad|ZeroPad)([123])d"
)
"""Names of torch's layers that take one to three axes of space after the channels."""

_SPATIAL_LAYERS = {layer.forward for name, layer in vars(nn).items() if _SPATIAL.fullmatch(name)}
"""What those layers run; layers of other axes of space that share it have other names."""


@dataclass(frozen=True)
class Convention:
    """What the class of a layer says of its tensors.

    Attributes
    ----------
    kind
        "last", features on the last axis; "sequence", so too, of sequences; "channels", before the
        axes of space.
    n_spatial
        Axes of space, None for any number.
    n_in, n_out
        Features of what goes in and comes out, None where the layer takes any.
    """

    kind: Literal["last", "sequence", "channels"]
    n_spatial: int | None = None
    n_in: int | None = None
    n_out: int | None = None

    def feature_axis(self, n_axes: int) -> int | None:
        """Return the axis of the features of a tensor, or None if it cannot be this layer's."""
        if self.kind != "channels":
            return n_axes - 1
        if self.n_spatial is None or n_axes == self.n_spatial + 2:
            return 1
        return 0 if n_axes == self.n_spatial + 1 else None


def convention(module: nn.Module) -> Convention | None:
    """Return what the class of a layer says of its tensors; None for classes that say nothing."""
    if _runs_as(module, _SEQUENCES):
        return Convention("sequence")
    if _runs_as(module, _FEATURES_LAST):
        return _features_last(module)
    axis = _named_axis(module)
    if axis is not None:
        return Convention("last" if axis == -1 else "channels")
    n_spatial = _n_spatial(module)
    if n_spatial is None and not _runs_as(module, _CHANNELS_AFTER_BATCH):
        return None
    n_in = _number(module, "in_channels", "num_features", "num_channels")
    n_out = _number(module, "out_channels", "num_features", "num_channels")
    return Convention("channels", n_spatial, n_in, n_out)


def _named_axis(module: nn.Module) -> int | None:
    """Return the axis of the features of a layer that is told which one it makes, 1 or -1."""
    if isinstance(module, nn.Flatten):
        return -1 if module.start_dim == 1 else None
    if isinstance(module, nn.GLU):
        return module.dim if module.dim in (-1, 1) else None
    return None


def _n_spatial(module: nn.Module) -> int | None:
    """Return how many axes of space a layer takes after the channels; None for other layers."""
    if _runs_as(module, _SHUFFLES):
        return 2
    if _runs_as(module, (nn.Unfold,)):
        return 1
    if _forward(module) not in _SPATIAL_LAYERS:
        return None
    name = next(
        found
        for each in type(module).__mro__
        if each.__module__.startswith("torch.nn.") and (found := _SPATIAL.search(each.__name__))
    )
    return int(name[1])


def _features_last(module: nn.Module) -> Convention | None:
    """Return the convention of a layer of this kind; None if it normalizes several axes."""
    shape = getattr(module, "normalized_shape", None)
    if shape is not None:
        return Convention("last", None, shape[0], shape[0]) if len(shape) == 1 else None
    n_in = _number(module, "in_features", "input_size")
    n_out = _number(module, "out_features", "embedding_dim", "hidden_size")
    return Convention("last", None, n_in, n_out)


@dataclass(frozen=True)
class Layout:
    """Which axes of a layer's tensor hold its features and its items, and what says so.

    Attributes
    ----------
    feature_axis
        Axis of the features.
    item_axis
        Axis of the items, None where the tensor is one item without a batch.
    said
        What it was taken from, in words.
    is_guess
        Whether the layer's class does not say it.
    unknown_items
        Why it cannot be known which item is which, "" where it can.
    """

    feature_axis: int
    item_axis: int | None
    said: str
    is_guess: bool
    unknown_items: str = ""


class Layouts:
    """Layouts of the layers of a model, from their classes or from those of layers around them.

    Parameters
    ----------
    model
        The model.
    """

    def __init__(self, model: nn.Module) -> None:
        self._layers = named_layers(model)
        self._names = list(self._layers)
        self._time_first = next(
            (name for name in self._names if batch_first(self._layers[name]) is False), None
        )

    def of(
        self,
        name: str,
        site: Site,
        tensor: Tensor,
        *,
        whole: bool = True,
        n_tokens: int | None = None,
    ) -> Layout:
        """Return the layout of what a layer gave, or was given.

        Parameters
        ----------
        name
            Name of the layer, without ":in".
        site
            The layer, and whether `tensor` went into it.
        tensor
            Of 2 axes at least.
        whole
            Whether it is what the layer is for, and not another part of its output.
        n_tokens
            Tokens of an item that the model is given, None if it is given none.
        """
        found = convention(site.module)
        if site.takes_input and _runs_as(site.module, (nn.Unfold,)):
            found = None  # another number of axes of space goes in than comes out
        kind = type(site.module).__name__
        axis = None if found is None else found.feature_axis(tensor.ndim)
        if found is not None and axis is not None:
            layout = Layout(axis, 0, f"as the class {kind} says", is_guess=False)
            source: Convention | None = found
        else:
            layout, source = self._guess(name, site, tensor)
            if source is None and layout.feature_axis == 1 and tensor.shape[1] == n_tokens:
                last = tensor.ndim - 1
                said = "from the number of axes, of which axis 1 is that of the tokens"
                layout = Layout(last, 0, said, is_guess=True)
        if source is not None and source.kind == "channels" and layout.feature_axis == 0:
            return replace(layout, item_axis=None)
        if source is not None and source.kind == "channels" and not layout.is_guess:
            return layout
        return self._with_items(name, site, tensor, layout, whole=whole)

    def _with_items(
        self, name: str, site: Site, tensor: Tensor, layout: Layout, *, whole: bool
    ) -> Layout:
        """Return `layout` with the axis of the items, from the sequence layer that it is in."""
        above = [name[:at] for at in range(len(name), -1, -1) if at == len(name) or name[at] == "."]
        for outer in dict.fromkeys([*above, ""]):
            first = batch_first(self._layers[outer])
            if first is None:
                continue
            # The weights of attention have items first, whatever the sequences have.
            may_be_weights = not first and not site.takes_input
            others = (*_RNNS, nn.MultiheadAttention) if may_be_weights else _RNNS
            if not whole and _runs_as(site.module, others):
                reason = "output= takes another part of it than the sequence"
                return replace(layout, unknown_items=reason)
            if tensor.ndim == 2:
                return replace(layout, item_axis=None)
            if tensor.ndim > 3:
                reason = f"it has {tensor.ndim} axes inside of {outer!r}"
                return replace(layout, unknown_items="" if first else reason)
            return replace(layout, item_axis=0 if first else 1)
        if self._time_first is not None:
            reason = (
                f"{self._time_first!r} has batch_first=False, so that the first axis may be the "
                "positions"
            )
            return replace(layout, unknown_items=reason)
        return layout

    def _guess(self, name: str, site: Site, tensor: Tensor) -> tuple[Layout, Convention | None]:
        """Return the layout that the size of an axis, or else the number of axes, suggests."""
        shape = tuple(tensor.shape)
        own = {
            len(each)
            for each in site.module.parameters(recurse=False)
            if each.ndim == 1 and not isinstance(each, nn.parameter.UninitializedParameter)
        }
        if len(own) == 1 and not list(site.module.children()):
            fitting = [axis for axis in (len(shape) - 1, 1) if shape[axis] in own]
            if fitting:
                said = f"its parameters are as long as axis {fitting[0]}"
                return Layout(fitting[0], 0, said, is_guess=True), None
        for other, found, is_next in self._around(name, site):
            axis = found.feature_axis(tensor.ndim)
            inside = other.startswith(f"{name}.") or not name
            width = found.n_in if inside and site.takes_input else found.n_out
            if axis is None or (axis == 0 and not is_next):
                if found.kind == "channels" and shape[1:].count(width or 0) == 1:
                    said = f"as long as the channels of {other!r}"
                    return Layout(shape.index(width, 1), 0, said, is_guess=True), None
                continue
            parent = self._layers[other.rpartition(".")[0]]
            fits = is_next and width is None and _runs_as(parent, (nn.Sequential,))
            if fits or (width is not None and shape[axis] == width):
                said = f"taken as in {other!r}, {type(self._layers[other]).__name__}"
                return Layout(axis, 0, said, is_guess=True), found
        return Layout(
            _FEATURE_AXIS.get(tensor.ndim, 0), 0, "from the number of axes", is_guess=True
        ), None

    def _around(self, name: str, site: Site) -> Iterator[tuple[str, Convention, bool]]:
        """Yield layers whose tensors are likely laid out like this one's, the likeliest first.

        These are the last ones in it, or the first for what goes in; then those before it. Told
        apart is the one right before a layer that works on each number by itself.
        """
        prefix = f"{name}." if name else ""
        inner = [each for each in self._names if each.startswith(prefix) and each != name]
        ends = inner if site.takes_input else inner[::-1]
        is_next = _runs_as(site.module, (nn.Sequential,))
        for other in ends:
            module = self._layers[other]
            if is_next and _runs_as(module, (*_ELEMENTWISE, nn.Sequential)):
                continue
            is_next = is_next and self._is_in_order(name, other)
            found = convention(module)
            if found is not None:
                yield other, found, is_next
            is_next = False
        is_next = _runs_as(site.module, _ELEMENTWISE)
        for other in reversed(self._names[: self._names.index(name)]):
            module = self._layers[other]
            if name.startswith(f"{other}.") or not other or _runs_as(module, _ELEMENTWISE):
                continue
            found = convention(module)
            if found is not None:
                yield other, found, is_next and self._follows(other, name)
            is_next = False

    def _follows(self, before: str, after: str) -> bool:
        """Return whether the order of two layers is that of their calls, or they are siblings."""
        outer, other = before.rpartition(".")[0], after.rpartition(".")[0]
        if outer == other:
            return True
        while outer and not f"{other}.".startswith(f"{outer}."):
            outer = outer.rpartition(".")[0]
        in_order = self._is_in_order(outer, before) and self._is_in_order(outer, after)
        return in_order and _runs_as(self._layers[outer], (nn.Sequential,))

    def _is_in_order(self, outer: str, inner: str) -> bool:
        """Return whether there are only ``Sequential`` modules between `outer` and one in it."""
        between = inner.rpartition(".")[0]
        while between != outer and between:
            if not _runs_as(self._layers[between], (nn.Sequential,)):
                return False
            between = between.rpartition(".")[0]
        return True


def batch_first(module: nn.Module) -> bool | None:
    """Return whether a layer of sequences has items on its first axis; None for other layers."""
    if not _runs_as(module, _SEQUENCES):
        return None
    inner: Any = module
    if isinstance(module, nn.TransformerEncoder | nn.TransformerDecoder):
        if len(module.layers) == 0:
            return None
        inner = module.layers[0]
    attention = getattr(inner, "self_attn", inner)
    return bool(getattr(attention, "batch_first", True))


def n_items_given(
    model: nn.Module, first: Tensor | PackedSequence | None, item_dim: int | None = None
) -> tuple[int, ...]:
    """Return how many items a model may be given: mostly one number, none if there is no telling.

    Parameters
    ----------
    model
        The model.
    first
        First tensor with an axis among its arguments, or None.
    item_dim
        Axis of the items in the layers, as the caller says; the model may be given them on that or
        on the first.
    """
    if first is None:
        return ()
    if isinstance(first, PackedSequence) or first.is_nested:
        n_ragged = first.batch_sizes[0] if isinstance(first, PackedSequence) else first.size(0)
        return (int(n_ragged),)
    if item_dim is not None:
        axes = [0, *([item_dim] if -first.ndim <= item_dim < first.ndim else [])]
        return tuple(dict.fromkeys(first.shape[axis] for axis in axes))
    while isinstance(model, nn.Sequential) and len(model):
        model = model[0]
    is_batch_first = batch_first(model)
    if is_batch_first is not None:
        return (1 if first.ndim == 2 else first.shape[0 if is_batch_first else 1],)
    found = convention(model)
    if found is not None and found.kind == "channels" and found.feature_axis(first.ndim) == 0:
        return (1,)
    return (len(first),)


def features_last(
    found: Tensor | PackedSequence, layout: Layout | None, per: str, layer: str
) -> Rows:
    """Return samples as rows, items first and features last.

    Parameters
    ----------
    found
        Dense, nested or packed tensor.
    layout
        Its axes; None for nested and packed ones.
    per
        "position" or "sample".
    layer
        Name of the layer, for messages.
    """
    if layout is None:
        if per == "sample":
            raise ValueError(
                f"layer {layer!r}: expected items of equally many positions with per='sample', got "
                f"a {_kind(found)}"
            )
        return _ragged_rows(found, layer)
    assert isinstance(found, Tensor)
    tensor, item_axis, feature_axis = found, layout.item_axis, layout.feature_axis
    if item_axis is None:
        tensor, item_axis, feature_axis = tensor[None], 0, feature_axis + 1
    if per == "sample":
        return Rows(tensor.movedim(item_axis, 0).flatten(1))
    return Rows(tensor.movedim((item_axis, feature_axis), (0, -1)))


def _ragged_rows(found: Tensor | PackedSequence, layer: str) -> Rows:
    """Return the rows of a nested or packed tensor, item by item."""
    if isinstance(found, PackedSequence):
        sizes = found.batch_sizes.cpu().numpy()
        order = found.sorted_indices
        numbers = np.arange(sizes[0]) if order is None else order.cpu().numpy()
        items = np.concatenate([numbers[:size] for size in sizes])
        positions = np.repeat(np.arange(len(sizes)), sizes)
        by_item = np.lexsort((positions, items))
        values = found.data.detach()[torch.from_numpy(by_item).to(found.data.device)]
        return Rows(values, np.stack([items, positions], axis=1)[by_item], len(numbers))
    parts = [part.detach() for part in found.unbind()]
    if not parts or any(part.ndim != 2 for part in parts):
        raise ValueError(
            f"layer {layer!r}: expected a nested tensor of items (T, D), got "
            f"{[tuple(part.shape) for part in parts[:3]]}"
        )
    lengths = [len(part) for part in parts]
    return Rows(torch.cat(parts), _places(lengths), len(parts))


def _places(lengths: list[int]) -> Int64[np.ndarray, "rows 2"]:
    """Return item and position of each row, of items of these lengths."""
    items = np.repeat(np.arange(len(lengths)), lengths)
    positions = np.concatenate([np.arange(length) for length in lengths])
    return np.stack([items, positions], axis=1)


def _kind(found: Tensor | PackedSequence) -> str:
    return "packed sequence" if isinstance(found, PackedSequence) else "nested tensor"


def _runs_as(module: nn.Module, classes: tuple[type[nn.Module], ...]) -> bool:
    """Return whether a layer computes what one of `classes` does, which a subclass need not."""
    forward = _forward(module)
    return any(forward is each.forward for each in classes)


def _forward(module: nn.Module) -> Any:
    """Return what a layer's class computes; None for scripted modules, whose class has none."""
    return getattr(type(module), "forward", None)


def _number(module: nn.Module, *names: str) -> int | None:
    """Return the first of these attributes that is a positive integer, or None."""
    values = (getattr(module, name, None) for name in names)
    return next((value for value in values if isinstance(value, int) and value > 0), None)
