"""Capture activations of a model's layers by forward hooks: `capture` and `Captured`."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, SupportsIndex

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn

from srm_widget.engine.engine import ResonanceEngine
from srm_widget.hooks.forward_passes import ForwardPasses
from srm_widget.hooks.layers import is_compiled, matching_layers, named_layers
from srm_widget.hooks.npy_files import file_name
from srm_widget.hooks.outputs import Output, checked_output, checked_per
from srm_widget.hooks.recorder import CaptureRule, LayerRecorder
from srm_widget.hooks.reservoir import Reservoir
from srm_widget.hooks.sinks import (
    Appendable,
    FileSink,
    ForwardingSink,
    MemorySink,
    ReservoirSink,
    SampleSink,
)
from srm_widget.utils.validation import did_you_mean


class Captured(Mapping[str, Any]):
    """Activations by layer, (N, D) each; made by `capture`, filled inside its ``with`` block.

    Attributes
    ----------
    names
        Names of the captured layers, in the order they were asked for.
    """

    def __init__(
        self,
        model: nn.Module,
        layers: dict[str, nn.Module],
        recorders: dict[str, LayerRecorder],
        passes: ForwardPasses,
    ) -> None:
        self.names = tuple(recorders)
        self._recorders = recorders
        self._pending: tuple[nn.Module, dict[str, nn.Module], ForwardPasses] | None = (
            model,
            layers,
            passes,
        )
        self._exit_stack: ExitStack | None = None

    def __enter__(self) -> "Captured":
        """Register the hooks."""
        if self._pending is None:
            raise RuntimeError(
                "expected one with block for each capture, got another; call capture(…) again"
            )
        (model, layers, passes), self._pending = self._pending, None
        with ExitStack() as stack:
            for recorder in self._recorders.values():
                stack.callback(recorder.sink.close)
            if is_compiled(model):
                stack.enter_context(_eager_stance())
            root = named_layers(model)[""]
            begin = root.register_forward_pre_hook(passes.begin, with_kwargs=True)
            stack.callback(begin.remove)
            for name, layer in layers.items():
                hook = layer.register_forward_hook(self._recorders[name].record)
                stack.callback(hook.remove)
            # After the layers, since the model may be one of them.
            end = root.register_forward_hook(passes.end, always_call=True)
            stack.callback(end.remove)
            self._exit_stack = stack.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        """Remove the hooks, and close the sinks."""
        if self._exit_stack is not None:
            self._exit_stack.close()
            self._exit_stack = None

    def __getitem__(self, name: str) -> Float[Tensor, "samples dims"]:
        """Return the samples of a layer, (N, D), in the order they were seen.

        Raises
        ------
        KeyError
            If the layer was not captured.
        RuntimeError
            If it never ran, or its samples went elsewhere by ``into``.
        """
        return self._recorder_that_ran(name).sink.rows()

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)

    def __contains__(self, name: object) -> bool:
        return name in self._recorders

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    def __repr__(self) -> str:
        seen = ", ".join(f"{name!r}: {self.n_seen(name):,} seen" for name in self.names)
        return f"<{type(self).__name__} {seen}>"

    def engine(self, name: str, basis: Any = None, **keywords: Any) -> ResonanceEngine:
        """Return a `ResonanceEngine` of the samples of a layer.

        Parameters
        ----------
        name
            Name of the layer.
        basis, **keywords
            As for `ResonanceEngine`.
        """
        return ResonanceEngine(self[name], basis, **keywords)

    def n_seen(self, name: str) -> int:
        """Return how many samples the layer gave, those that a mask leaves out not counted."""
        return self._recorder(name).n_seen

    def origins(self, name: str) -> Int64[np.ndarray, "samples 2"]:
        """Return where each sample comes from: number of its item, and position within that item.

        Items are counted along the first axis, over all passes of the model, so that the number is
        the row in inputs, labels or images that were fed in order. The position is flat: y · W + x
        in a layer of shape (N, C, H, W), the token in one of shape (N, T, D), 0 where a sample is a
        whole item.
        """
        return self._recorder_that_ran(name).sink.origins()

    def _recorder(self, name: str) -> LayerRecorder:
        if name not in self._recorders:
            raise KeyError(f"no layer {name!r} was captured{did_you_mean(name, self.names)}")
        return self._recorders[name]

    def _recorder_that_ran(self, name: str) -> LayerRecorder:
        recorder = self._recorder(name)
        if recorder.n_calls == 0:
            raise RuntimeError(
                f"layer {name!r} did not run inside the with block, so there is nothing of it; nor "
                "is there of a layer that runs inside a compiled function"
            )
        return recorder


def capture(
    model: nn.Module,
    layers: str | Iterable[str],
    *,
    max_samples: SupportsIndex | None = None,
    per: str = "position",
    feature_dim: SupportsIndex | None = None,
    output: Output = None,
    mask: Any = None,
    dtype: Any = None,
    device: torch.device | str | None = "cpu",
    seed: int = 0,
    spill: str | Path | None = None,
    into: Any = None,
) -> Captured:
    """Capture the activations of a model's layers, as samples, in a ``with`` block.

    The rows are detached copies made at once, so that layers that work in place do not change them.
    Outputs, gradients, mode and random state are as without; the hooks are gone after the block,
    also after an error.

    Parameters
    ----------
    model
        Any module. Compiled ones run eagerly inside the block, and their code stays as it is.
    layers
        Names as in ``model.named_modules()``, "" for the model itself, or shell patterns, in which
        ``*`` crosses dots.
    max_samples
        Most samples to keep of each layer: a uniform choice among all that it gave. It does not
        depend on the batches, and layers that give equally many samples keep the same rows. None
        keeps all.
    per
        "position": (N, D) as it is, (N, T, D) a sample a token, (N, C, H, W) and (N, C, T, H, W) a
        sample a position, over C. "sample": all axes but the first are one vector.
    feature_dim
        Axis of the features in another layout: 1 for (N, C, L), -1 for (N, H, W, C).
    output
        Which part of a tuple, dictionary or dataclass: a position, a name, a tuple of them to go
        deeper, or a function of the output. None is the first tensor in it.
    mask
        Which samples to keep, by True or non-zero: a tensor, the name of an argument of the model's
        forward, or a function of those arguments. (N,) for items; of the shape of the positions,
        (N, T) or (N, H, W), for samples. An argument that is None keeps all.
    dtype, device
        Dtype and device of the samples kept. A dtype of None is that of the output, a device of
        None where it is.
    seed
        Seed of the choice by `max_samples`.
    spill
        Folder to keep the samples in, a .npy file a layer, in place of memory; bfloat16 becomes
        float32. Files of the same layers that are there are replaced.
    into
        Where samples go at once, nothing being stored: an object with ``append``, such as a
        `ResonanceEngine`, for one layer; a mapping from names to such; or a function of the name.

    Returns
    -------
    Captured
        Context manager for the ``with`` statement, and mapping from names to (N, D) tensors.

    Raises
    ------
    KeyError
        If a name or pattern matches nothing; the message names near misses.
    ValueError, TypeError
        For arguments that are not as above; and inside the block for outputs or masks that do not
        fit, naming the layer.
    """
    modules = matching_layers(model, layers)
    rule = CaptureRule(
        checked_output(output),
        *checked_per(per, feature_dim),
        _checked_dtype(dtype),
        None if device is None else torch.device(device),
    )
    passes = ForwardPasses(model, mask)
    sinks = _sinks(list(modules), max_samples, seed, spill, into)
    if spill is not None:
        if rule.device is not None and rule.device.type != "cpu":
            raise ValueError(f"expected no device beside spill, got {rule.device}")
        rule = replace(rule, device=torch.device("cpu"))
    recorders = {name: LayerRecorder(name, rule, passes, sink) for name, sink in sinks.items()}
    return Captured(model, modules, recorders, passes)


def _sinks(
    names: list[str],
    max_samples: SupportsIndex | None,
    seed: int,
    spill: str | Path | None,
    into: Any,
) -> dict[str, SampleSink]:
    """Return the sink of each layer's samples."""
    if into is not None:
        if max_samples is not None or spill is not None:
            raise ValueError(
                "expected into= without max_samples or spill, since nothing is stored then, got "
                f"max_samples={max_samples!r} and spill={spill!r}"
            )
        targets = _targets(names, into)
        return {name: ForwardingSink(name, target) for name, target in targets.items()}
    size = None if max_samples is None else Reservoir(max_samples, seed).size
    paths: dict[str, Path | None] = dict.fromkeys(names)
    if spill is not None:
        folder = Path(spill)
        folder.mkdir(parents=True, exist_ok=True)
        paths = {name: folder / file_name(name) for name in names}
    return {name: _sink(size, seed, path) for name, path in paths.items()}


def _sink(size: int | None, seed: int, path: Path | None) -> SampleSink:
    if size is not None:
        return ReservoirSink(size, seed, path)
    return MemorySink() if path is None else FileSink(path)


def _targets(names: list[str], into: Any) -> dict[str, Appendable]:
    """Return the object that the samples of each layer are appended to, or raise."""
    if isinstance(into, Mapping):
        missing = [name for name in names if name not in into]
        if missing:
            raise KeyError(f"expected into= to have {missing[0]!r}, got {list(into)}")
        targets = {name: into[name] for name in names}
    elif hasattr(into, "append"):
        if len(names) > 1:
            raise ValueError(
                "expected one layer to go into one object, got "
                f"{', '.join(map(repr, names))}; pass a mapping or a function of the name"
            )
        targets = {names[0]: into}
    elif callable(into):
        targets = {name: into(name) for name in names}
    else:
        targets = {names[0]: into}
    for name, target in targets.items():
        if not callable(getattr(target, "append", None)):
            raise TypeError(
                f"expected something with append for layer {name!r}, got {type(target).__name__}"
            )
    return targets


def _checked_dtype(dtype: Any) -> torch.dtype | None:
    if dtype is None:
        return None
    checked = getattr(torch, dtype, None) if isinstance(dtype, str) else dtype
    if not isinstance(checked, torch.dtype) or not checked.is_floating_point:
        raise TypeError(f"expected a floating-point dtype of torch, got {dtype!r}")
    return checked


def _eager_stance() -> Any:
    """Return a context in which models run eagerly: compiled code would not call later hooks."""
    stance = getattr(torch.compiler, "set_stance", None)
    if stance is None:
        raise RuntimeError(
            f"expected torch 2.6 or newer to capture from a compiled model, got {torch.__version__}"
        )
    return stance("force_eager")
