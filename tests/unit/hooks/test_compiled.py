"""Compiled models: captured as if they were not, and left as compiled as they were."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from srm_widget.hooks.capture import capture
from tests.unit.hooks.conftest import n_hooks

pytestmark = pytest.mark.filterwarnings("default::DeprecationWarning")


class Backend:
    """Counts what it is given to compile, and how often that runs."""

    def __init__(self) -> None:
        self.compiled = self.ran = 0

    def __call__(self, graph: torch.fx.GraphModule, _inputs: Any) -> Callable[..., Any]:
        self.compiled += 1

        def run(*args: Any) -> Any:
            self.ran += 1
            return graph.forward(*args)

        return run


@pytest.fixture
def backend() -> Iterator[Backend]:
    torch._dynamo.reset()
    yield Backend()
    torch._dynamo.reset()


class Part(nn.Module):
    """Two layers, called by a forward that is not torch's own, which it would not compile."""

    def __init__(self, first: nn.Module, second: nn.Module) -> None:
        super().__init__()
        self.first, self.second = first, second

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.second(self.first(x))
        return y


def plain() -> Part:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = Part(nn.Linear(4, 6), Part(nn.ReLU(), nn.Linear(6, 3)))
        return model.requires_grad_(requires_grad=False)


NAMES = ("first", "second", "second.first", "second.second")


def whole(backend: Backend) -> Any:
    return torch.compile(plain(), backend=backend)


def in_part(backend: Backend) -> nn.Module:
    model = plain()
    model.second = torch.compile(model.second, backend=backend)  # type: ignore[assignment]
    return model


def in_place(backend: Backend) -> nn.Module:
    model = plain()
    model.compile(backend=backend)
    return model


def by_its_forward(backend: Backend) -> nn.Module:
    model = plain()
    model.forward = torch.compile(model.forward, backend=backend)  # type: ignore[method-assign]
    return model


@pytest.mark.parametrize("made", [whole, in_part, in_place, by_its_forward])
@pytest.mark.parametrize("ran_before", [True, False])
def test_compiled_models(
    backend: Backend,
    noise: Callable[..., Tensor],
    made: Callable[[Backend], nn.Module],
    ran_before: bool,
) -> None:
    x = noise(5, 4)
    with capture(plain_model := plain(), ["*"]) as expected:
        output = plain_model(x)
    model = made(backend)
    if ran_before:
        model(x)
    compiled, ran = backend.compiled, backend.ran
    with capture(model, ["*"]) as acts:
        assert torch.equal(model(x), output)
    assert acts.names == expected.names == ("", *NAMES)
    for name in acts:
        assert torch.equal(acts[name], expected[name])
    assert (backend.compiled, backend.ran) == (compiled, ran)
    assert n_hooks(model) == 0
    assert torch.equal(model(x), output)
    assert backend.ran > ran
    assert backend.compiled == max(1, compiled)


def test_compiled_code_is_used_again_after_an_error(
    backend: Backend, noise: Callable[..., Tensor]
) -> None:
    model = whole(backend)
    model(noise(5, 4))
    with pytest.raises(ZeroDivisionError), capture(model, "second"):
        raise ZeroDivisionError
    model(noise(5, 4))
    assert (backend.compiled, backend.ran) == (1, 2)


def test_models_that_are_not_compiled_leave_compiled_ones_alone(
    backend: Backend, noise: Callable[..., Tensor]
) -> None:
    other = whole(backend)
    with capture(plain(), "second"):
        other(noise(5, 4))
    assert backend.ran == 1
