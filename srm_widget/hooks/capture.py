"""Capture activations of a model's layers by forward hooks: `capture` and `Captured`."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, SupportsIndex

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn

from srm_widget.engine.engine import ResonanceEngine
from srm_widget.hooks.calls import Hook
from srm_widget.hooks.forward_passes import ForwardPasses
from srm_widget.hooks.layers import Layers, is_compiled, matching_sites, name_hint, named_layers
from srm_widget.hooks.layouts import Layouts
from srm_widget.hooks.masks import Mask
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
from srm_widget.utils.calls import explained
from srm_widget.utils.text import brief
from srm_widget.utils.users_line import warn
from srm_widget.utils.validation import did_you_mean


class Captured(Mapping[str, Any]):
    """Activations by layer, (N, D) each; made by `capture`, filled inside its ``with`` block.

    Attributes
    ----------
    names
        Names of the captured layers, in the order they were asked for; without those left out.
    left_out
        Layers that a pattern met and that gave nothing usable, by name, and why not: no tensor or
        one of integers, axes that are not clear, a mask that does not fit; and after the block
        those that did not run.

    Examples
    --------
    >>> import torch
    >>> import srm_widget as srm
    >>> model = torch.nn.Sequential(torch.nn.ReLU(), torch.nn.Flatten())
    >>> with srm.capture(model, ["0", "1"]) as acts:
    ...     _ = model(torch.tensor([[3.0, -1.0], [0.0, 2.0]]))
    >>> acts.names
    ('0', '1')
    >>> acts["0"].tolist()
    [[3.0, 0.0], [0.0, 2.0]]
    """

    def __init__(
        self, model: nn.Module, recorders: dict[str, LayerRecorder], passes: ForwardPasses
    ) -> None:
        self._recorders = recorders
        self._passes = passes
        self._pending: nn.Module | None = model
        self._has_ended = False
        self._exit_stack: ExitStack | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the captured layers."""
        return tuple(name for name in self._recorders if not self._why_left_out(name))

    @property
    def left_out(self) -> dict[str, str]:
        """Layers that a pattern met and that gave nothing usable, by name, and why not."""
        reasons = {name: self._why_left_out(name) for name in self._recorders}
        return {name: reason for name, reason in reasons.items() if reason}

    def __enter__(self) -> "Captured":
        """Register the hooks."""
        if self._pending is None:
            raise RuntimeError(
                "expected one with block for each capture, got another; call capture(…) again"
            )
        model, self._pending = self._pending, None
        with ExitStack() as stack:
            for recorder in self._recorders.values():
                stack.callback(recorder.sink.close)
            if is_compiled(model):
                stack.enter_context(_eager_stance())
            root = named_layers(model)[""]
            takes_hooks = not isinstance(root, torch.jit.ScriptModule)
            if takes_hooks:
                begin = root.register_forward_pre_hook(Hook(self._passes.begin), with_kwargs=True)
                stack.callback(begin.remove)
            for recorder in self._recorders.values():
                stack.callback(recorder.hook())
            if takes_hooks:
                # After the layers, since the model may be one of them.
                end = root.register_forward_hook(Hook(self._passes.end), always_call=True)
                stack.callback(end.remove)
            self._exit_stack = stack.pop_all()
        return self

    @explained
    def __exit__(self, kind: type[BaseException] | None, *_error: object) -> None:
        """Remove the hooks, close the sinks, and raise what went wrong with a layer that was named.

        Raises
        ------
        TypeError, ValueError, KeyError, RuntimeError
            Of the first layer, or of the mask, that something went wrong with inside the block,
            unless the block raised itself.

        Warns
        -----
        UserWarning
            If layers that a pattern met are left out because of what they gave, or if passes ran
            the same tokens again, as generation without a cache does.
        """
        if self._exit_stack is not None:
            self._exit_stack.close()
            self._exit_stack = None
        self._has_ended = True
        if kind is not None:
            return
        failed = [each for each in self._recorders.values() if each.error is not None]
        refused = [each.error for each in failed if not each.site.by_pattern]
        if len(failed) == len(self._recorders):
            refused = refused or [each.error for each in failed]
        errors = [each for each in (self._passes.error, *refused) if each is not None]
        if errors:
            for other in errors[1:]:
                errors[0].add_note(f"Also: {other.args[0]}")
            raise errors[0]
        if self._passes.n_reruns:
            warn(
                f"in {self._passes.n_reruns} of the passes, the tokens of the one before were run "
                "again with one more, as generation without a cache does: samples of the same "
                "tokens are there several times; generate with a cache, or capture one pass over "
                "the finished sequences"
            )
        if failed:
            first = failed[0]
            others = f", and {len(failed) - 1} more" if len(failed) > 1 else ""
            warn(
                f"left out {first.layer!r}: {_reason(first)}{others}; left_out has all, and "
                "exclude= leaves layers out unsaid"
            )

    def __getstate__(self) -> dict[str, Any]:
        """Return what was captured, without the model; raise ``TypeError`` inside the block."""
        if not self._has_ended:
            raise TypeError(
                "expected a capture whose with block has ended, to copy or pickle it, got one that "
                "still listens to its model"
            )
        return {
            **dict.fromkeys(("_passes", "_pending", "_exit_stack")),
            "_recorders": self._recorders,
            "_has_ended": True,
        }

    @explained
    def __getitem__(self, name: str) -> Float[Tensor, "samples dims"]:
        """Return the samples of a layer, (N, D), in the order they were seen.

        Raises
        ------
        KeyError
            If the layer was not captured, or left out; the message says why.
        RuntimeError
            If it never ran, or its samples went elsewhere by ``into``.
        """
        return self._recorder_that_ran(name).sink.rows()

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)

    def __contains__(self, name: Any) -> bool:
        return name in self._recorders and not self._why_left_out(name)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    def __repr__(self) -> str:
        seen = ", ".join(f"{name!r}: {self._extent(name)}" for name in self.names)
        left_out = f"; {len(self.left_out)} left out" if self.left_out else ""
        return f"<{type(self).__name__} {seen}{left_out}>"

    @explained
    def engine(self, name: str, basis: Any = None, **keywords: Any) -> ResonanceEngine:
        """Return a `ResonanceEngine` of the samples of a layer.

        Parameters
        ----------
        name
            Name of the layer.
        basis, **keywords
            As for `ResonanceEngine`.

        Examples
        --------
        >>> import torch
        >>> import srm_widget as srm
        >>> model = torch.nn.Sequential(torch.nn.ReLU())
        >>> with srm.capture(model, "0") as acts:
        ...     _ = model(torch.tensor([[3.0, 1.0], [1.0, 3.0], [-1.0, -2.0]]))
        >>> engine = acts.engine("0")
        >>> engine.n_samples, engine.n_zero
        (3, 1)
        """
        return ResonanceEngine(self[name], basis, **keywords)

    def n_seen(self, name: str) -> int:
        """Return how many samples the layer gave, those that a mask leaves out not counted.

        Parameters
        ----------
        name
            Name of the layer.

        Examples
        --------
        >>> import torch
        >>> import srm_widget as srm
        >>> model = torch.nn.Sequential(torch.nn.ReLU())
        >>> with srm.capture(model, "0", max_samples=5) as acts:
        ...     _ = model(torch.randn(20, 3))
        >>> len(acts["0"]), acts.n_seen("0")
        (5, 20)
        """
        return self._recorder(name).n_seen

    @explained
    def origins(self, name: str) -> Int64[np.ndarray, "samples 2"]:
        """Return where each sample comes from: number of its item, and position within that item.

        Items are counted over all passes of the model, so that the number is the row in inputs,
        labels or images that were fed in order; where the model is given no tensor, or the layer
        runs outside of a call of the model, it is the row in what the layer gave. The position is
        flat: y · W + x in a layer of shape (N, C, H, W), the token in one of shape (N, T, D),
        counted on in passes with a cache, 0 where a sample is a whole item. That a model hands its
        layers the items in another order can not be seen here.

        Parameters
        ----------
        name
            Name of the layer.

        Returns
        -------
        origins
            (N, 2) int64, item and position of every row.

        Raises
        ------
        RuntimeError
            If it cannot be known which item is which, such as in a layer that ran on parts of the
            batch, on flattened tokens, or in several threads; the message says why.

        Examples
        --------
        >>> import torch
        >>> import srm_widget as srm
        >>> model = torch.nn.Sequential(torch.nn.Linear(4, 2))
        >>> with srm.capture(model, "0") as acts:
        ...     _ = model(torch.randn(2, 3, 4))  # two sequences of three tokens
        >>> acts.origins("0").tolist()
        [[0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [1, 2]]
        """
        recorder = self._recorder_that_ran(name)
        if recorder.unknown_items:
            raise RuntimeError(
                f"layer {name!r}: which item each sample is of cannot be known: "
                f"{recorder.unknown_items}"
            )
        return recorder.sink.origins()

    def layout(self, name: str) -> str:
        """Return what was taken as features and items of a layer, and what that rests on.

        It names the tensor that was taken where there are several, the axes in the first call, and
        whether the layer's class says so or it is a guess from the sizes of layers around it, or
        from the number of axes; `capture` takes ``feature_dim`` where it is wrong.

        Parameters
        ----------
        name
            Name of the layer.

        Examples
        --------
        >>> import torch
        >>> import srm_widget as srm
        >>> model = torch.nn.Sequential(torch.nn.Linear(4, 2))
        >>> with srm.capture(model, "0") as acts:
        ...     _ = model(torch.randn(2, 3, 4))
        >>> acts.layout("0")
        '(2, 3, 2): items on axis 0, features on axis 2; as the class Linear says'
        """
        return self._recorder_that_ran(name).layout

    def _extent(self, name: str) -> str:
        """Return how many samples a layer gave, and how many of them are kept, in words."""
        n_seen, n_chosen = self.n_seen(name), self._recorder(name).sink.n_chosen
        chosen = "" if n_chosen in (None, n_seen) else f"{n_chosen:,} kept of "
        return f"{chosen}{n_seen:,} seen"

    def _recorder(self, name: str) -> LayerRecorder:
        given: Any = name
        if not isinstance(given, str):
            hint = name_hint(given) or "; layers are named by strings, .names lists them"
            raise KeyError(f"no layer {brief(given)} was captured{hint}")
        if name not in self._recorders:
            raise KeyError(f"no layer {name!r} was captured{did_you_mean(name, self.names)}")
        return self._recorders[name]

    def _why_left_out(self, name: str) -> str:
        """Return why a layer that a pattern met is left out, "" if it is not."""
        recorder = self._recorders[name]
        if not recorder.site.by_pattern:
            return ""
        if recorder.error is not None:
            return _reason(recorder)
        did_not_run = self._has_ended and recorder.n_calls == 0
        return "it did not run in the with block" if did_not_run else ""

    def _recorder_that_ran(self, name: str) -> LayerRecorder:
        recorder, reason = self._recorder(name), self._why_left_out(name)
        if reason:
            raise KeyError(f"layer {name!r} was left out: {reason}")
        if recorder.error is not None:
            raise recorder.error
        if self._pending is not None:
            raise RuntimeError(
                f"expected the model to run inside `with srm.capture(…) as acts:`, got layer "
                f"{name!r} asked for before any with block"
            )
        if recorder.n_calls == 0:
            raise RuntimeError(
                f"layer {name!r} did not run inside the with block, so there is nothing of it; nor "
                "is there of a layer that runs inside a compiled function"
            )
        return recorder


@explained
def capture(
    model: nn.Module,
    layers: Layers,
    *,
    exclude: Layers | None = None,
    max_samples: SupportsIndex | None = None,
    per: str = "position",
    feature_dim: SupportsIndex | None = None,
    item_dim: SupportsIndex | None = None,
    output: Output = None,
    mask: Any = None,
    mask_keeps: bool | None = None,
    dtype: Any = None,
    device: torch.device | str | None = "cpu",
    seed: int = 0,
    spill: str | Path | None = None,
    into: Any = None,
) -> Captured:
    """Capture the activations of a model's layers, as samples, in a ``with`` block.

    The rows are detached copies made at once, so that layers that work in place do not change them.
    Outputs, gradients, mode and random state are as without; the hooks are gone after the block,
    also after an error. What goes wrong with a layer never ends a forward pass: it is raised when
    the block is left, or listed in ``left_out`` if a pattern met the layer.

    Parameters
    ----------
    model
        Any module. Compiled ones run eagerly inside the block, and their code stays as it is.
    layers
        Names as in ``model.named_modules()``, "" for the model itself, shell patterns, in which
        ``*`` crosses dots, modules themselves, or several of them. A name or pattern with ":in" at
        its end is what goes into a layer: the first tensor among its arguments.
    exclude
        What to leave out of `layers`, as names, patterns or modules; with ":in", only what goes in.
    max_samples
        Most samples to keep of each layer: a uniform choice among all that it gave. It does not
        depend on the batches, and layers that give equally many samples keep the same rows. None
        keeps all.
    per
        "position": (N, D) as it is, (N, T, D) a sample a token, (N, C, H, W) and (N, C, T, H, W) a
        sample a position, over C. "sample": all axes but the first are one vector. The classes of
        the layers say where features and items are: `Captured.layout` tells what was taken. Samples
        come item by item, those of layers with ``batch_first=False`` too.
    feature_dim
        Axis of the features in another layout: 1 for (N, C, L), -1 for (N, H, W, C).
    item_dim
        Axis of the items in layers where it is another than the first and `Captured.layout` does
        not know: 1 for (T, N, D). What the model is given may have them on that axis or the first.
    output
        Which part of a tuple, dictionary or dataclass: a position, a name, a tuple of them to go
        deeper, or a function of the output. None is the first tensor in it. With ":in", which of
        the arguments.
    mask
        Which samples to keep, by True or non-zero: a tensor, the name of an argument of the model's
        forward, or a function of those arguments. (N,) for items; of the shape of the positions,
        (N, T) or (N, H, W), for samples, with axes of length 1 as in (N, 1, 1, T) too. An argument
        that is None keeps all. In a pass that goes on with a cache, the last columns of a mask of
        the whole sequences count.
    mask_keeps
        Whether True, or non-zero, keeps a sample, or False does. None is True, and False for
        arguments named ``…key_padding_mask…``, which are True at padding. Numbers that are added to
        scores, 0 and −inf or −10,000 and less, keep where they are 0. Other arguments
        that are named for padding are of either convention, and it has to be said.
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
        For arguments that are not as above; and at the end of the block for outputs or masks that
        do not fit, naming the layer.

    Examples
    --------
    >>> import torch
    >>> import srm_widget as srm
    >>> model = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.ReLU())
    >>> with srm.capture(model, "1") as acts:
    ...     for batch in torch.randn(4, 10, 3):
    ...         _ = model(batch)
    >>> acts
    <Captured '1': 40 seen>
    >>> tuple(acts["1"].shape), acts.engine("1").n_samples
    ((40, 2), 40)
    """
    sites = matching_sites(model, layers, exclude)
    rule = CaptureRule(
        checked_output(output),
        *checked_per(per, feature_dim, item_dim),
        _checked_dtype(dtype),
        None if device is None else torch.device(device),
    )
    passes = ForwardPasses(model, Mask(model, mask, mask_keeps), rule.item_dim)
    sinks = _sinks(list(sites), max_samples, seed, spill, into)
    if spill is not None:
        if rule.device is not None and rule.device.type != "cpu":
            raise ValueError(f"expected no device beside spill, got {rule.device}")
        rule = replace(rule, device=torch.device("cpu"))
    layouts = Layouts(model)
    recorders = {
        name: LayerRecorder(name, sites[name], rule, layouts=layouts, passes=passes, sink=sink)
        for name, sink in sinks.items()
    }
    return Captured(model, recorders, passes)


def _reason(recorder: LayerRecorder) -> str:
    """Return why a layer was left out, in words."""
    said = str(recorder.error.args[0]) if recorder.error and recorder.error.args else ""
    after = f", after {recorder.n_seen:,} samples" if recorder.n_seen else ""
    return said.removeprefix(f"layer {recorder.layer!r}: ") + after


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
