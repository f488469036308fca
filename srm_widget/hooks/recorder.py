"""Forward hook on one layer: takes the samples in its output, and hands them to a sink."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from srm_widget.hooks.forward_passes import ForwardPasses
from srm_widget.hooks.outputs import Output, features_last, part
from srm_widget.hooks.sinks import SampleSink


@dataclass(frozen=True)
class CaptureRule:
    """What becomes a sample, and in which dtype and where it is kept.

    The attributes are arguments of `srm_widget.hooks.capture.capture`, checked.
    """

    output: Output
    per: str
    feature_dim: int | None
    dtype: torch.dtype | None
    device: torch.device | None


class LayerRecorder:
    """Recorder of the samples of one layer, each time that the layer runs.

    Parameters
    ----------
    layer
        Name of the layer.
    rule
        What becomes a sample.
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
    """

    def __init__(
        self, layer: str, rule: CaptureRule, passes: ForwardPasses, sink: SampleSink
    ) -> None:
        self.layer, self.sink = layer, sink
        self.n_seen = 0
        self.n_calls = 0
        self._rule, self._passes = rule, passes
        self._n_dims = 0
        self._first_dtype: torch.dtype | None = None
        self._device = rule.device
        passes.add(layer)

    def record(self, _module: nn.Module, _args: tuple[Any, ...], output: Any) -> None:
        """Take the samples in `output`; a forward hook."""
        if is_recomputing():
            return
        # Tensors made under inference_mode could not be written to after it.
        with torch.inference_mode(mode=False), torch.no_grad():
            tensor = part(output, self._rule.output, self.layer).detach()
            values = features_last(tensor, self._rule.per, self._rule.feature_dim, self.layer)
            self._check(values)
            batch = self._passes.batch(self.layer, values)
            dtype = self.sink.stored_dtype(self._rule.dtype or values.dtype)
            self._device = self._device or values.device
            self.sink.add(batch, dtype, self._device)
            self.n_calls += 1
            self.n_seen += batch.n_samples

    def _check(self, values: torch.Tensor) -> None:
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


def is_recomputing() -> bool:
    """Return whether a layer runs again in a backward pass, because of activation checkpointing."""
    task: Callable[[], int] = torch._C._current_graph_task_id  # noqa: SLF001
    return task() != -1
