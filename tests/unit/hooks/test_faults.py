"""What goes wrong with a layer, which never ends a forward pass."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from srm_widget.hooks.capture import capture
from tests.unit.hooks.conftest import Returns, n_hooks


class Indexes(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x.argmax(dim=1)


class Says(nn.Module):
    def forward(self, x: Tensor) -> Any:
        return {"shape": str(x.shape)}


class Mixed(nn.Module):
    """Layers of all kinds of outputs; "never" does not run, "blocks" cannot."""

    def __init__(self) -> None:
        super().__init__()
        self.read, self.never = nn.Linear(4, 3), nn.Linear(3, 3)
        self.indexes, self.says = Indexes(), Says()
        self.blocks = nn.ModuleList([nn.Linear(3, 2)])

    def forward(self, x: Tensor) -> Tensor:
        x = self.read(x)
        self.indexes(x)
        self.says(x)
        y: Tensor = self.blocks[0](x)
        return y


def test_layers_that_a_pattern_met_are_left_out_and_listed(noise: Callable[..., Tensor]) -> None:
    model = Mixed()
    expected = model(noise(5, 4))
    said = r"left out 'indexes': .*torch\.int64.*, and 1 more; left_out has all"
    with pytest.warns(UserWarning, match=said) as warned, capture(model, "*") as acts:  # noqa: PT031 the end of the block speaks
        assert torch.equal(model(noise(5, 4)), expected)
        model(noise(2, 4))
    assert len(warned) == 1
    assert acts.names == tuple(acts) == ("", "read", "blocks.0")
    assert acts.n_seen("read") == 7
    assert list(acts.left_out) == ["never", "indexes", "says", "blocks"]
    assert acts.left_out["never"] == "it did not run in the with block"
    assert "dict with no tensor in it" in acts.left_out["says"]
    assert repr(acts).endswith("; 4 left out>")
    assert "says" not in acts
    with pytest.raises(KeyError, match="layer 'says' was left out: expected an output that is a"):
        acts["says"]
    assert n_hooks(model) == 0


def test_excluded_layers_are_not_warned_of(noise: Callable[..., Tensor]) -> None:
    model = Mixed()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with capture(model, "*", exclude=[model.says, "ind*"]) as acts:
            model(noise(5, 4))
    assert list(acts.left_out) == ["never", "blocks"]


@pytest.mark.parametrize("layers", ["indexes", ["*", "indexes"], ["indexes", "*"]])
def test_one_named_outright_is_refused_at_the_end(
    noise: Callable[..., Tensor], layers: Any
) -> None:
    model, ended = Mixed(), []
    with pytest.raises(TypeError, match="layer 'indexes'"), capture(model, layers) as acts:  # noqa: PT012 the end of the block speaks
        ended.append(model(noise(5, 4)))
        ended.append(model(noise(5, 4)))
    assert len(ended) == 2
    assert n_hooks(model) == 0
    with pytest.raises(TypeError, match="layer 'indexes'"):
        acts["indexes"]


def test_all_that_went_wrong_is_told(noise: Callable[..., Tensor]) -> None:
    model = Mixed()
    with pytest.raises(TypeError) as raised, capture(model, ["read", "says", "indexes"]):
        model(noise(5, 4))
    assert "layer 'says'" in str(raised.value)
    assert "layer 'indexes'" in raised.value.__notes__[0]


def test_a_pattern_that_gives_nothing_at_all_is_refused(noise: Callable[..., Tensor]) -> None:
    model = Mixed()
    with pytest.raises(TypeError, match="layer 'indexes'"), capture(model, "ind*"):
        model(noise(5, 4))


def test_an_error_of_the_block_comes_first(noise: Callable[..., Tensor]) -> None:
    model = Mixed()
    with pytest.raises(ZeroDivisionError), capture(model, "says"):
        raise ZeroDivisionError(str(model(noise(5, 4))))


def test_a_layer_that_gives_something_else_later(noise: Callable[..., Tensor]) -> None:
    class Two(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a, self.b = Returns(noise(4, 3), noise(4, 2)), nn.Linear(3, 3)

        def forward(self) -> None:
            self.a()
            self.b(noise(4, 3))

    model = Two()
    with pytest.warns(UserWarning, match="left out"), capture(model, "[ab]*") as acts:  # noqa: PT031 the end of the block speaks
        model()
        model()
    assert acts.names == ("b",)
    said = "expected samples of 3 features like those before, got 2, after 4 samples"
    assert acts.left_out["a.layer"] == said


class Refuses:
    def append(self, _batch: Any) -> None:
        raise OSError("disk full")


@pytest.mark.parametrize(
    ("keywords", "said"),
    [
        ({"output": lambda output: output.x}, r"layer 'layer': output= failed.*AttributeError"),
        ({"into": Refuses()}, r"layer 'layer': its samples could not be taken: OSError: disk full"),
        ({"mask": lambda: 1 / 0}, r"mask= failed on the arguments.*ZeroDivisionError"),
    ],
)
def test_errors_of_others_are_told_in_own_words(
    noise: Callable[..., Tensor], keywords: dict[str, Any], said: str
) -> None:
    model = Returns(noise(2, 3))
    with pytest.raises(RuntimeError, match=said) as raised, capture(model, "layer", **keywords):
        assert torch.equal(model(), noise(2, 3))
    assert raised.value.__cause__ is not None


def test_a_mask_that_does_not_fit_some_layers(noise: Callable[..., Tensor]) -> None:
    """A pattern meets a layer of whole items too, which a mask of tokens does not fit."""

    class Pools(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.tokens, self.pooled = nn.Linear(3, 3), nn.Linear(3, 3)

        def forward(self, x: Tensor, attention_mask: Tensor) -> Tensor:
            assert len(attention_mask) == len(x)
            y: Tensor = self.pooled(self.tokens(x)[:, 0])
            return y

    model, mask = Pools(), torch.tensor([[1, 1, 0], [0, 1, 1]])
    said = r"left out 'pooled': expected a mask of shape \(2,\)"
    with (
        pytest.warns(UserWarning, match=said),
        capture(model, "*", mask="attention_mask", exclude="") as acts,
    ):
        model(noise(2, 3, 3), mask)
    assert acts.names == ("tokens",)
    assert acts.origins("tokens").tolist() == [[0, 0], [0, 1], [1, 1], [1, 2]]


@pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")
def test_layers_that_take_no_hooks(noise: Callable[..., Tensor]) -> None:
    model = nn.Sequential(nn.Linear(3, 3), torch.jit.script(nn.Linear(3, 4)))
    with (
        pytest.warns(UserWarning, match="left out '1': .*TorchScript"),
        capture(model, "*") as acts,
    ):
        output = model(noise(4, 3))
    assert acts.names == ("", "0")
    assert torch.equal(acts[""], output.detach())
    with (
        pytest.raises(TypeError, match=r"layer '1': .*before torch\.jit\.script"),
        capture(model, "1"),
    ):
        pass
    assert n_hooks(model[0]) == 0


def test_mapped_functions_hide_an_axis(noise: Callable[..., Tensor]) -> None:
    class Maps(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(3, 4)

        def forward(self, x: Tensor) -> Any:
            return torch.func.vmap(self.layer)(x)

    model = Maps()
    with pytest.raises(TypeError, match=r"layer 'layer': .* inside of torch.vmap.*a layer around"):  # noqa: SIM117
        with capture(model, "layer"):
            assert model(noise(5, 6, 3)).shape == (5, 6, 4)
    with pytest.warns(UserWarning, match="left out 'layer'"), capture(model, "*") as acts:
        model(noise(5, 6, 3))
    assert acts[""].shape == (30, 4)
