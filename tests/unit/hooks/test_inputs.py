"""Samples of what goes into a layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from srm_widget.hooks.capture import capture
from tests.unit.hooks.conftest import Convolutional, n_hooks


class Gated(nn.Module):
    """A gated perceptron, whose hidden layer is no module's output."""

    def __init__(self) -> None:
        super().__init__()
        self.gate_proj, self.up_proj = nn.Linear(4, 6), nn.Linear(4, 6)
        self.down_proj = nn.Linear(6, 4)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.down_proj(self.gate_proj(x).sigmoid() * self.up_proj(x))
        return y


def test_the_hidden_layer_of_a_gated_perceptron(noise: Callable[..., Tensor]) -> None:
    blocks, x = (Gated(), Gated()), noise(5, 3, 4)
    model = nn.Sequential(*blocks)
    with capture(model, "*.down_proj:in") as acts:
        model(x)
    for block, name in zip(blocks, ("0.down_proj:in", "1.down_proj:in"), strict=True):
        hidden = block.gate_proj(x).sigmoid() * block.up_proj(x)
        assert torch.equal(acts[name], hidden.detach().flatten(0, 1))
        assert acts.origins(name)[4].tolist() == [1, 1]
        x = block(x)
    assert n_hooks(model) == 0


def test_as_it_was_before_the_layer_worked_in_place(
    convolutional: Convolutional, noise: Callable[..., Tensor]
) -> None:
    with capture(convolutional, ["norm", "stage.0:in", "stage.0"]) as acts:
        convolutional(noise(2, 3, 4, 4))
    assert torch.equal(acts["stage.0:in"], acts["norm"])
    assert (acts["norm"] < 0).any()
    assert torch.equal(acts["stage.0"], acts["norm"].relu())


class Takes(nn.Module):
    """A layer of several arguments, called by position and by keyword."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = _Adds()

    def forward(self, x: Tensor) -> Any:
        return self.layer(None, scale=x * 2, shift=x + 1, other=x - 1)


class _Adds(nn.Module):
    def forward(self, bias: Any, shift: Tensor, scale: Tensor, **more: Tensor) -> Tensor:
        assert bias is None
        return shift + scale + more["other"]


def test_the_first_tensor_among_the_arguments(noise: Callable[..., Tensor]) -> None:
    model, x = Takes(), noise(4, 3)
    with capture(model, "layer:in") as acts, capture(model, "layer:in", output="scale") as scale:
        model(x)
    assert torch.equal(acts["layer:in"], x + 1)  # in the order of forward, not of the call
    assert acts.layout("layer:in").startswith("shift of 3 tensors in its input, (4, 3): ")
    assert torch.equal(scale["layer:in"], x * 2)
    with capture(model, "layer:in", output="other") as other:
        model(x)
    assert torch.equal(other["layer:in"], x - 1)
    with (
        pytest.raises(KeyError, match=r"layer 'layer:in': no 'ends' in its input, dict; there are"),
        capture(model, "layer:in", output="ends"),
    ):
        model(x)


def test_what_goes_into_an_embedding_is_refused() -> None:
    model = nn.Sequential(nn.Embedding(5, 3))
    with (
        pytest.raises(TypeError, match=r"layer '0:in': expected an input of dense real.*int64"),
        capture(model, "0:in"),
    ):
        model(torch.tensor([[1, 2]]))


def test_arguments_that_do_not_fit_raise_what_they_raise_without() -> None:
    model = nn.Sequential(nn.Linear(3, 3))
    with pytest.raises(TypeError, match="forward"), capture(model, "0:in"):
        model[0](torch.zeros(1, 3), torch.zeros(1, 3))
