"""Which runs of a layer count: not those of copies, nor what is traced or run again."""

from __future__ import annotations

import asyncio
import copy
import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from srm_widget.hooks.capture import capture


class Linears(nn.Module):
    """A model of two layers."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(3, 4), nn.Linear(4, 2)

    def forward(self, x: Tensor) -> Tensor:
        scores: Tensor = self.second(self.first(x).relu())
        return scores


@pytest.mark.parametrize("reentrant", [False, True])
def test_a_whole_model_that_runs_again_in_the_backward_pass(
    noise: Callable[..., Tensor], reentrant: bool
) -> None:
    model = Linears()
    with capture(model, "first") as acts:
        for seed in range(3):
            x = noise(2, 3, seed=seed).requires_grad_()
            checkpoint(model, x, use_reentrant=reentrant).sum().backward()
    assert acts.origins("first")[:, 0].tolist() == [0, 1, 2, 3, 4, 5]


def test_copies_of_a_model_give_no_samples(noise: Callable[..., Tensor]) -> None:
    model, x = Linears(), noise(2, 3)
    stored = io.BytesIO()
    with capture(model, ["first", "second:in"]) as acts:
        copied = copy.deepcopy(model)
        torch.save(model, stored)
        assert torch.equal(copied(x), model(x))
        copied(x)
    stored.seek(0)
    loaded = torch.load(stored, weights_only=False)
    assert torch.equal(loaded(x), model(x))
    assert acts.n_seen("first") == acts.n_seen("second:in") == 2


def test_what_is_exported_is_as_without(noise: Callable[..., Tensor]) -> None:
    model, x = Linears(), noise(2, 3)
    without = torch.export.export(model, (x,), strict=False)
    with capture(model, "first") as acts:
        exported = torch.export.export(model, (x,), strict=False)
        model(x)
    assert str(exported.graph) == str(without.graph)
    assert acts.n_seen("first") == 2


@pytest.mark.filterwarnings("ignore:.*torch.jit.*is deprecated:DeprecationWarning")
def test_what_is_traced_is_as_without(noise: Callable[..., Tensor]) -> None:
    model, x = Linears(), noise(2, 3)
    with capture(model, "first") as acts:
        traced = torch.jit.trace(model, x, check_trace=False)
        model(x)
    assert torch.equal(traced(noise(5, 3)), model(noise(5, 3)))
    assert (acts.n_seen("first"), acts.origins("first")[:, 0].tolist()) == (2, [0, 1])


def test_a_model_that_calls_itself(noise: Callable[..., Tensor]) -> None:
    """Its items are those of the outer call."""

    class Recurs(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(3, 3)

        def forward(self, x: Tensor, depth: int = 2, split: bool = False) -> Any:
            y = self.layer(x)
            return self(y[: 1 if split else None], depth - 1) if depth else y

    model = Recurs()
    with capture(model, "layer") as acts:
        model(noise(2, 3))
        model(noise(3, 3))
    items = [0, 1] * 3 + [2, 3, 4] * 3
    assert acts.origins("layer")[:, 0].tolist() == items
    with capture(model, "layer") as acts:
        model(noise(2, 3), split=True)
    with pytest.raises(RuntimeError, match="called itself on 1 items in a pass on 2"):
        acts.origins("layer")


def test_after_an_interrupt(noise: Callable[..., Tensor]) -> None:
    """No hook hears of it, and the next pass is a pass of its own."""

    class Stops(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer, self.stops = nn.Linear(3, 3), True

        def forward(self, x: Tensor) -> Any:
            if self.stops:
                raise KeyboardInterrupt
            return self.layer(x)

    model = Stops()
    with capture(model, "layer") as acts:
        with pytest.raises(KeyboardInterrupt):
            model(noise(2, 3))
        model.stops = False
        model(noise(3, 3))
        model(noise(1, 3))
    assert acts.origins("layer")[:, 0].tolist() == [2, 3, 4, 5]


class Yields(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(3, 3)

    def forward(self, x: Tensor) -> Iterator[Tensor]:
        for part in x.split(1):
            yield self.layer(part)


class Awaits(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(3, 3)

    async def forward(self, x: Tensor) -> Any:
        await asyncio.sleep(0)
        return self.layer(x)


def test_layers_that_run_after_the_call_of_the_model(noise: Callable[..., Tensor]) -> None:
    async def both(model: nn.Module) -> None:
        await asyncio.gather(model(noise(2, 3)), model(noise(3, 3)))

    model: nn.Module
    for model in (Yields(), Awaits()):
        with capture(model, "layer") as acts:
            if isinstance(model, Yields):
                list(model(noise(5, 3)))
            else:
                asyncio.run(both(model))
        assert acts.n_seen("layer") == 5
        with pytest.raises(RuntimeError, match=r"outside of a call .* after one in which it did"):
            acts.origins("layer")


@pytest.mark.filterwarnings("ignore:.*torch.jit.*is deprecated:DeprecationWarning")
def test_a_model_in_torchscript(noise: Callable[..., Tensor]) -> None:
    model = torch.jit.script(Linears())
    for layers in ("first", "*"):
        with (
            pytest.raises(TypeError, match=r"layer '.*': expected a module of Python code"),
            capture(model, layers),
        ):
            model(noise(2, 3))


def test_tensors_without_numbers(noise: Callable[..., Tensor]) -> None:
    model = Linears().to("meta")
    with (
        pytest.raises(TypeError, match=r"layer 'first': .* holds numbers, got one of the meta"),
        capture(model, "first"),
    ):
        model(noise(2, 3).to("meta"))


def test_experts_that_happen_to_be_given_one_token(noise: Callable[..., Tensor]) -> None:
    """A text of five tokens, one of which goes to each expert: not the first position."""

    class Mixture(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.experts = nn.ModuleList(nn.Linear(3, 3) for _ in range(5))

        def forward(self, x: Tensor) -> Any:
            tokens = x.flatten(0, -2)
            return [expert(tokens[at : at + 1]) for at, expert in enumerate(self.experts)]

    model = Mixture()
    with capture(model, "experts.*") as acts:
        model(noise(1, 5, 3))
    for name in acts:
        with pytest.raises(RuntimeError, match="one of several experts"):
            acts.origins(name)
    with capture(model, "experts.0") as acts:
        model(noise(1, 3))
    assert acts.origins("experts.0").tolist() == [[0, 0]]
