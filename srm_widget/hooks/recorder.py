"""The hook on one layer: from what it returns to samples that are kept."""

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
    """What becomes a sample, and in which form; see `srm_widget.hooks.capture.capture`."""

    output: Output
    per: str
    feature_dim: int | None
    dtype: torch.dtype | None
    device: torch.device | None


class LayerRecorder:
    """Takes the samples of a layer each time that it runs.

    Parameters
    ----------
    layer
        Its name.
    rule
        What becomes a sample.
    passes
        The model's forward passes.
    sink
        Where the samples go.
    """

    def __init__(
        self, layer: str, rule: CaptureRule, passes: ForwardPasses, sink: SampleSink
    ) -> None:
        self.layer, self.sink = layer, sink
        self.n_seen = 0
        self.n_calls = 0
        self._rule, self._passes = rule, passes
        self._n_dims = 0
        self._came: torch.dtype | None = None
        self._device = rule.device
        passes.add(layer)

    def record(self, _module: nn.Module, _args: tuple[Any, ...], output: Any) -> None:
        """Take the samples in `output`; a forward hook."""
        if is_recomputing():
            return
        # What is made under inference_mode could not be written to after it.
        with torch.inference_mode(mode=False), torch.no_grad():
            tensor = part(output, self._rule.output, self.layer).detach()
            values = features_last(tensor, self._rule.per, self._rule.feature_dim, self.layer)
            self._check(values)
            batch = self._passes.batch(self.layer, values)
            dtype = self.sink.stored(self._rule.dtype or values.dtype)
            self._device = self._device or values.device
            self.sink.add(batch, dtype, self._device)
            self.n_calls += 1
            self.n_seen += batch.n_samples

    def _check(self, values: torch.Tensor) -> None:
        """Raise if the samples differ from those before in what they are."""
        if self._came is None:
            self._n_dims, self._came = values.shape[-1], values.dtype
        if values.shape[-1] != self._n_dims:
            raise ValueError(
                f"layer {self.layer!r}: expected samples of {self._n_dims} features like those "
                f"before, got {values.shape[-1]}"
            )
        if values.dtype != self._came and self._rule.dtype is None:
            raise TypeError(
                f"layer {self.layer!r}: expected samples of {self._came} like those before, got "
                f"{values.dtype}; say by dtype= what to keep them in"
            )


def is_recomputing() -> bool:
    """Whether a layer runs in a backward pass, once more, because of activation checkpointing."""
    task: Callable[[], int] = torch._C._current_graph_task_id  # noqa: SLF001
    return task() != -1
