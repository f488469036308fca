"""What a capture leaves as it was: outputs, gradients, mode, random state, hooks."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from srm_widget.hooks.capture import capture
from tests.unit.hooks.conftest import Convolutional, n_hooks


def step(model: Convolutional, images: Tensor) -> tuple[Tensor, list[Tensor | None]]:
    """Output and gradients of a step of training, dropout and running means included."""
    torch.manual_seed(5)
    model.zero_grad()
    output = model(images)
    output.square().sum().backward()
    return output.detach(), [
        None if each.grad is None else each.grad.clone() for each in model.parameters()
    ]


@pytest.mark.parametrize("keywords", [{}, {"max_samples": 20}, {"into": lambda _: []}])
def test_training_is_as_without(
    convolutional: Convolutional, noise: Callable[..., Tensor], keywords: dict[str, Any]
) -> None:
    plain = convolutional.train()
    watched = copy.deepcopy(plain)
    state = torch.random.get_rng_state()
    expected = step(plain, noise(4, 3, 6, 6))
    with capture(watched, "*", **keywords):
        output = step(watched, noise(4, 3, 6, 6))
    assert torch.equal(output[0], expected[0])
    for mine, other in zip(output[1], expected[1], strict=True):
        assert mine is not None
        assert other is not None
        assert torch.equal(mine, other)
    for name, value in plain.state_dict().items():
        assert torch.equal(watched.state_dict()[name], value)
    assert all(module.training for module in watched.modules())
    torch.random.set_rng_state(state)
    with capture(watched, "*", max_samples=3):
        pass
    assert torch.equal(torch.random.get_rng_state(), state)


def test_rows_are_what_the_layer_gave_though_the_next_works_in_place(
    convolutional: Convolutional, noise: Callable[..., Tensor]
) -> None:
    images = noise(2, 3, 4, 4)
    for most in (None, 32):
        with capture(convolutional, ["norm", "stage.0"], max_samples=most) as acts:
            convolutional(images)
        expected = convolutional.norm(convolutional.stem(images)).detach()
        rows = expected.movedim(1, -1).reshape(-1, 6)
        assert torch.equal(acts["norm"], rows)
        assert torch.equal(acts["stage.0"], rows.relu())
        assert (rows < 0).any()
        assert not acts["norm"].requires_grad


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
@pytest.mark.parametrize("most", [None, 20])
def test_modes_without_gradients(
    convolutional: Convolutional, noise: Callable[..., Tensor], mode: Any, most: int | None
) -> None:
    """What was kept in such a mode can be used out of it, and batches come in either."""
    images = noise(2, 3, 4, 4)
    with capture(convolutional, "stem", max_samples=most) as acts:
        with mode():
            convolutional(images)
        convolutional(images)
    assert not acts["stem"].is_inference()
    weight = torch.ones(6, requires_grad=True)
    (acts["stem"] * weight).sum().backward()
    acts["stem"].zero_()
    assert weight.grad is not None


def test_autocast(convolutional: Convolutional, noise: Callable[..., Tensor]) -> None:
    images = noise(2, 3, 4, 4)
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        with capture(convolutional, ["stem", "read"], max_samples=9) as acts:
            output = convolutional(images)
        expected = convolutional(images)
    assert torch.equal(output, expected)
    assert acts["stem"].dtype == torch.bfloat16
    assert torch.equal(acts["read"], expected)


def test_hooks_are_gone(convolutional: Convolutional, noise: Callable[..., Tensor]) -> None:
    before = n_hooks(convolutional)
    with capture(convolutional, "*"):
        assert n_hooks(convolutional) > before
    assert n_hooks(convolutional) == before


def test_hooks_are_gone_after_an_error(convolutional: Convolutional) -> None:
    with pytest.raises(RuntimeError, match="expected input"), capture(convolutional, "*") as acts:
        convolutional(torch.zeros(1, 4, 4, 4))
    assert n_hooks(convolutional) == 0
    assert acts.n_seen("stem") == 0


def test_what_came_before_an_error_is_kept(noise: Callable[..., Tensor]) -> None:
    class Fails(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first = nn.Identity()
            self.second = nn.Identity()
            self.fails = True

        def forward(self, x: Tensor) -> Tensor:
            x = self.first(x)
            if self.fails:
                raise ZeroDivisionError
            y: Tensor = self.second(x)
            return y

    model = Fails()
    with capture(model, ["first", "second"]) as acts:
        with pytest.raises(ZeroDivisionError):
            model(noise(2, 3))
        model.fails = False
        model(noise(2, 3, seed=1))
    assert torch.equal(acts["first"], torch.cat([noise(2, 3), noise(2, 3, seed=1)]))
    assert torch.equal(acts["second"], noise(2, 3, seed=1))
    # Items are those of the inputs: the second layer did not see the first two.
    assert acts.origins("first")[:, 0].tolist() == [0, 1, 2, 3]
    assert acts.origins("second")[:, 0].tolist() == [2, 3]


def test_hooks_are_gone_if_setting_them_fails(convolutional: Convolutional) -> None:
    class Refuses(nn.Module):
        def register_forward_hook(self, *_args: Any, **_kwargs: Any) -> Any:
            raise ZeroDivisionError

    convolutional.stage.append(Refuses())
    acts = capture(convolutional, "*")
    with pytest.raises(ZeroDivisionError), acts:
        pass
    assert n_hooks(convolutional) == 0


def test_hooks_of_others_stay(convolutional: Convolutional, noise: Callable[..., Tensor]) -> None:
    """And what they make of an output is what is captured."""
    handle = convolutional.stem.register_forward_hook(lambda _module, _args, output: output * 0)
    with capture(convolutional, "stem") as acts:
        convolutional(noise(1, 3, 4, 4))
    assert not acts["stem"].any()
    assert n_hooks(convolutional) == 1
    handle.remove()


def test_one_block_a_capture(convolutional: Convolutional) -> None:
    acts = capture(convolutional, "stem")
    with acts, pytest.raises(RuntimeError, match="one with block for each capture"):
        acts.__enter__()
    with pytest.raises(RuntimeError, match="one with block for each capture"), acts:
        pass
    assert n_hooks(convolutional) == 0


def test_one_capture_within_another(
    convolutional: Convolutional, noise: Callable[..., Tensor]
) -> None:
    with capture(convolutional, "stem") as outer:
        convolutional(noise(1, 3, 4, 4))
        with capture(convolutional, "stem") as inner:
            convolutional(noise(2, 3, 4, 4))
        convolutional(noise(3, 3, 4, 4))
    assert (outer.n_seen("stem"), inner.n_seen("stem")) == (96, 32)


def test_a_layer_used_twice_in_a_pass(noise: Callable[..., Tensor]) -> None:
    layer = nn.Linear(3, 3)
    model = nn.Sequential(layer, nn.ReLU(), layer)
    with capture(model, "0") as acts:
        model(noise(2, 3))
        model(noise(2, 3))
    assert acts.n_seen("0") == 8
    assert acts.origins("0")[:, 0].tolist() == [0, 1, 0, 1, 2, 3, 2, 3]


def test_layers_called_by_themselves(noise: Callable[..., Tensor]) -> None:
    model = nn.Sequential(nn.Linear(3, 3), nn.ReLU())
    with capture(model, "0") as acts:
        model[0](noise(2, 3))
        model[0](noise(1, 3))
        model(noise(2, 3))
    assert acts.origins("0")[:, 0].tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("reentrant", [False, True])
def test_what_is_computed_again_in_the_backward_pass_does_not_count(
    noise: Callable[..., Tensor], reentrant: bool
) -> None:
    class Checkpointed(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(3, 4)

        def forward(self, x: Tensor) -> Tensor:
            again: Tensor = checkpoint(self.layer, x, use_reentrant=reentrant)
            return again.relu()

    model = Checkpointed()
    with capture(model, "layer") as acts:
        model(noise(2, 3).requires_grad_()).sum().backward()
    assert acts.n_seen("layer") == 2
    assert model.layer.weight.grad is not None


@pytest.mark.cuda
@pytest.mark.parametrize("most", [None, 50])
def test_cuda(convolutional: Convolutional, noise: Callable[..., Tensor], most: int | None) -> None:
    images = noise(4, 3, 6, 6)
    mask = noise(4, 6, 6, seed=1) > 0
    with capture(convolutional, "stem", max_samples=most, mask=mask) as host:
        convolutional(images)
    model = copy.deepcopy(convolutional).cuda()
    for device, kind in (("cpu", "cpu"), (None, "cuda"), ("cuda", "cuda")):
        with capture(model, "stem", max_samples=most, mask=mask.cuda(), device=device) as acts:
            model(images.cuda())
        assert acts["stem"].device.type == kind
        assert np.array_equal(acts.origins("stem"), host.origins("stem"))
        assert torch.allclose(acts["stem"].cpu(), host["stem"], atol=1e-2)
