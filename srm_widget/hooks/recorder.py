"""Forward hook on one layer: takes the samples in its output or input, hands them to a sink."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from srm_widget.hooks.batch import Rows
from srm_widget.hooks.calls import Hook, counts
from srm_widget.hooks.forward_passes import ForwardPasses
from srm_widget.hooks.layers import INPUT, Site
from srm_widget.hooks.layouts import Layout, Layouts, features_last
from srm_widget.hooks.outputs import Output, arguments, part
from srm_widget.hooks.sinks import SampleSink

_SAYS_ITEMS = ", item_dim= of the items"
"""End of what a layout was taken from, where the caller says on which axis the items are."""


@dataclass(frozen=True)
class CaptureRule:
    """What becomes a sample, and in which dtype and where it is kept.

    The attributes are arguments of `srm_widget.hooks.capture.capture`, checked.
    """

    output: Output
    per: str
    feature_dim: int | None
    item_dim: int | None
    dtype: torch.dtype | None
    device: torch.device | None


class LayerRecorder:
    """Recorder of the samples of one layer, each time that the layer runs.

    What goes wrong is kept and not raised, so that it does not end the forward pass of the model;
    nothing is recorded after it.

    Parameters
    ----------
    layer
        Name of the layer, with ":in" for what goes into it.
    site
        Where the samples are taken from.
    rule
        What becomes a sample.
    layouts
        Layouts of the model's layers.
    passes
        The model's forward passes, which number the items and know the mask.
    sink
        Where the samples go.

    Attributes
    ----------
    n_seen
        Samples that the layer gave, those that the mask leaves out not counted.
    n_calls
        Calls of the layer that were recorded.
    layout
        What was taken as features and items in the first call, and why, in words.
    unknown_items
        Why it cannot be known which item each sample is of, "" where it can.
    error
        What went wrong, or None.
    """

    def __init__(
        self,
        layer: str,
        site: Site,
        rule: CaptureRule,
        *,
        layouts: Layouts,
        passes: ForwardPasses,
        sink: SampleSink,
    ) -> None:
        self.layer, self.site, self.sink = layer, site, sink
        self.n_seen = 0
        self.n_calls = 0
        self.layout = ""
        self.unknown_items = ""
        self.error: Exception | None = None
        self._rule, self._layouts, self._passes = rule, layouts, passes
        self._side = "input" if site.takes_input else "output"
        self._known: dict[tuple[tuple[int, ...], int | None], Layout] = {}
        self._n_dims = 0
        self._first_dtype: torch.dtype | None = None
        self._device = rule.device
        self._lock = threading.Lock()
        passes.add(layer)

    def __getstate__(self) -> dict[str, Any]:
        # What was recorded, without the model.
        site = replace(self.site, module=nn.Identity())
        kept = "layer", "sink", "n_seen", "n_calls", "layout", "unknown_items", "error"
        return {"site": site, **{name: getattr(self, name) for name in kept}}

    def hook(self) -> Callable[[], None]:
        """Register the hook on the layer, and return what removes it.

        Raises
        ------
        TypeError
            If a layer that was named is in TorchScript, which takes no hooks.
        """
        if isinstance(self.site.module, torch.jit.ScriptModule):
            self.error = TypeError(
                f"layer {self.layer!r}: expected a module of Python code, got one in TorchScript, "
                "which takes no hooks; capture from the model before torch.jit.script"
            )
            if not self.site.by_pattern:
                raise self.error
            return _nothing
        if self.site.takes_input:
            before = self.site.module.register_forward_pre_hook(
                Hook(self._record_input), with_kwargs=True
            )
            return before.remove
        return self.site.module.register_forward_hook(Hook(self._record_output)).remove

    def _record_output(self, _module: nn.Module, _args: tuple[Any, ...], output: Any) -> None:
        self._record(lambda: output)

    def _record_input(
        self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        self._record(lambda: arguments(module, args, kwargs))

    def _record(self, value: Callable[[], Any]) -> None:
        """Take the samples in what `value` returns."""
        if self.error is not None or not counts():
            return
        # Tensors made under inference_mode could not be written to after it.
        with self._lock, torch.inference_mode(mode=False), torch.no_grad():
            try:
                self._take(value())
            except Exception as error:  # noqa: BLE001 nothing may end the user's forward pass
                self.error = self._named(error)

    def _take(self, value: Any) -> None:
        found, chosen = part(value, self._rule.output, self.layer, self._side)
        rows, layout = self._rows(found)
        values = rows.values
        self._check(values)
        numbered = self._passes.batch(self.layer, rows)
        if numbered is None:
            return
        batch, unknown = numbered
        if self.n_calls == 0:
            self.layout = self._describe(found, layout, chosen)
        dtype = self.sink.stored_dtype(self._rule.dtype or values.dtype)
        self._device = self._device or values.device
        self.sink.add(batch, dtype, self._device)
        of_layout = "" if layout is None else layout.unknown_items
        self.unknown_items = self.unknown_items or of_layout or unknown
        self.n_calls += 1
        self.n_seen += batch.n_samples

    def _rows(self, found: Tensor | PackedSequence) -> tuple[Rows, Layout | None]:
        """Return the samples, and how they lie in a dense tensor, or raise."""
        data = found.data if isinstance(found, PackedSequence) else found
        is_ragged = isinstance(found, PackedSequence) or found.is_nested
        is_dense = is_ragged or data.layout == torch.strided
        if data.is_meta:
            raise TypeError(
                f"layer {self.layer!r}: expected an {self._side} that holds numbers, got one "
                "of the meta device, which has none"
            )
        if torch._C._functorch.is_batchedtensor(data):  # noqa: SLF001
            raise TypeError(
                f"layer {self.layer!r}: expected an {self._side} with all its axes, got one inside "
                "of torch.vmap, which hides the axis that it maps over; capture a layer around "
                "the mapped function, or call the model on the whole batch"
            )
        if not data.is_floating_point() or not is_dense:
            raise TypeError(
                f"layer {self.layer!r}: expected an {self._side} of dense real floating-point "
                f"numbers, got {data.dtype}, {data.layout}; output= chooses another part of it"
            )
        if is_ragged:
            return features_last(found, None, self._rule.per, self.layer), None
        tensor = data.detach()
        layout = self._layout(tensor)
        return features_last(tensor, layout, self._rule.per, self.layer), layout

    def _layout(self, tensor: Tensor) -> Layout:
        """Return how a dense tensor lies, or raise ``ValueError`` if it is not clear."""
        shape, axis = tuple(tensor.shape), self._rule.feature_dim
        if tensor.ndim < 2:
            raise ValueError(
                f"layer {self.layer!r}: expected an {self._side} of shape (N, D), (N, T, D) or "
                f"(N, C, H, W), got {shape}; output= chooses another part of it"
            )
        key = shape, self._passes.n_tokens
        known = self._known.get(key)
        if known is None:
            whole = self._rule.output in (None, 0, (0,))
            name = self.layer.removesuffix(INPUT) if self.site.takes_input else self.layer
            known = self._layouts.of(name, self.site, tensor, whole=whole, n_tokens=key[1])
            if self._rule.item_dim is not None:
                known = self._with_item_axis(known, shape, self._rule.item_dim)
            self._known = {key: known}
        if axis is not None:
            least = 1 if self._rule.item_dim is None else 0
            if not least - tensor.ndim <= axis < tensor.ndim:
                raise ValueError(
                    f"layer {self.layer!r}: expected feature_dim as an axis of {shape}"
                    f"{' after the first' * least}, got {axis}"
                )
            known = _with_feature_axis(known, axis % tensor.ndim)
        if self._rule.per == "position" and known.feature_axis == known.item_axis:
            raise ValueError(
                f"layer {self.layer!r}: expected an {self._side} of 2 to 5 axes, got {shape}; say "
                "on which the features are by feature_dim=, or flatten each item by per='sample'"
                if self._rule.item_dim is None
                else f"layer {self.layer!r}: expected features on another axis than item_dim, got "
                f"both on axis {known.item_axis} of {shape}; leave it out by exclude=, or say by "
                "feature_dim= on which the features are"
            )
        return known

    def _with_item_axis(self, layout: Layout, shape: tuple[int, ...], axis: int) -> Layout:
        """Return `layout` with its items where ``item_dim`` says."""
        if not -len(shape) <= axis < len(shape):
            raise ValueError(
                f"layer {self.layer!r}: expected item_dim as an axis of {shape}, got {axis}"
            )
        said = f"{layout.said}{_SAYS_ITEMS}"
        return replace(layout, item_axis=axis % len(shape), said=said, unknown_items="")

    def _describe(self, found: Tensor | PackedSequence, layout: Layout | None, chosen: str) -> str:
        """Return what was taken, in words."""
        if layout is None:
            said = "items of unequally many positions, features last"
        else:
            assert isinstance(found, Tensor)
            items = "one item" if layout.item_axis is None else f"items on axis {layout.item_axis}"
            features = f"features on axis {layout.feature_axis}"
            if self._rule.per == "sample":
                features = "all other axes as features"
            guess = "a guess, " if layout.is_guess else ""
            size = found.shape[layout.feature_axis]
            alike = [at for at in range(1, found.ndim) if found.shape[at] == size]
            if layout.is_guess and len(alike) > 1:
                guess = f"a guess among axes {', '.join(map(str, alike))} of that length, "
            said = f"{tuple(found.shape)}: {items}, {features}; {guess}{layout.said}"
        return f"{chosen}, {said}" if chosen else said

    def _named(self, error: Exception) -> Exception:
        """Return what to tell of an error: the tool's own words, or what was done meanwhile."""
        if f"layer {self.layer!r}" in str(error):
            return error
        kind = type(error) if type(error) in (TypeError, ValueError) else RuntimeError
        told = kind(
            f"layer {self.layer!r}: its samples could not be taken: {type(error).__name__}: {error}"
        )
        told.__cause__ = error
        return told

    def _check(self, values: Tensor) -> None:
        """Raise if the samples differ in D, or in dtype, from those of earlier calls."""
        if self._first_dtype is None:
            self._n_dims, self._first_dtype = values.shape[-1], values.dtype
        if values.shape[-1] != self._n_dims:
            raise ValueError(
                f"layer {self.layer!r}: expected samples of {self._n_dims} features like those "
                f"before, got {values.shape[-1]}"
            )
        if values.dtype != self._first_dtype and self._rule.dtype is None:
            raise TypeError(
                f"layer {self.layer!r}: expected samples of {self._first_dtype} like those before, "
                f"got {values.dtype}; say by dtype= what to keep them in"
            )


def _nothing() -> None:
    """Remove no hook."""


def _with_feature_axis(layout: Layout, axis: int) -> Layout:
    """Return `layout` with its features where ``feature_dim`` says."""
    says_items = layout.said.endswith(_SAYS_ITEMS)
    said = f"feature_dim= says so{_SAYS_ITEMS * says_items}"
    told = replace(layout, feature_axis=axis, said=said, is_guess=False)
    if says_items or layout.item_axis not in (None, axis):
        return told
    reason = f"feature_dim={axis} says otherwise of its axes than the layer's class"
    return replace(told, item_axis=0, unknown_items=reason)
