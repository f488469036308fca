"""Masks: which samples are kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from srm_widget.hooks.capture import capture
from tests.unit.hooks.conftest import Returns

TOKENS = torch.tensor([[1, 1, 0], [0, 1, 1]])
KEPT = [[0, 0], [0, 1], [1, 1], [1, 2]]


def origins(model: Returns, mask: Any, *args: Any, layer: str = "layer", **kwargs: Any) -> Any:
    with capture(model, layer, mask=mask) as acts:
        model(*args, **kwargs)
    assert len(acts[layer]) == acts.n_seen(layer) == len(acts.origins(layer))
    return acts.origins(layer).tolist()


@pytest.fixture
def tokens(noise: Callable[..., Tensor]) -> Returns:
    return Returns(noise(2, 3, 4))


@pytest.mark.parametrize(
    "mask",
    [TOKENS, TOKENS.bool(), TOKENS.to(torch.uint8) * 3, TOKENS.numpy(), TOKENS.tolist()],
    ids=["int64", "bool", "uint8", "array", "list"],
)
def test_a_mask_of_tokens(tokens: Returns, mask: Any) -> None:
    assert origins(tokens, mask) == KEPT


def test_an_argument_of_the_model(tokens: Returns) -> None:
    assert origins(tokens, "attention_mask", None, TOKENS) == KEPT
    assert origins(tokens, "attention_mask", attention_mask=TOKENS) == KEPT
    assert origins(tokens, "kept", kept=TOKENS) == KEPT


def test_an_argument_that_was_not_given(tokens: Returns) -> None:
    assert len(origins(tokens, "attention_mask")) == 6
    assert len(origins(tokens, "attention_mask", attention_mask=None)) == 6
    assert len(origins(tokens, "kept")) == 6


def test_a_function_of_the_arguments(tokens: Returns) -> None:
    ids = torch.tensor([[5, 6, 0], [0, 7, 8]])
    assert origins(tokens, lambda x: x != 0, ids) == KEPT
    assert origins(tokens, lambda *, x: x["ids"] != 0, x={"ids": ids}) == KEPT
    assert len(origins(tokens, lambda _: None, ids)) == 6


def test_an_argument_of_another_name() -> None:
    with pytest.raises(KeyError, match="no argument 'inputs'; did you mean 'input'"):
        capture(nn.Linear(3, 3), "", mask="inputs")


def test_the_rows_are_those_kept(noise: Callable[..., Tensor]) -> None:
    maps = noise(2, 5, 3, 4)
    mask = noise(2, 3, 4, seed=1) > 0
    with capture(model := Returns(maps), "layer", mask=mask) as acts:
        model()
        model()
    expected = maps.movedim(1, -1)[mask]
    assert torch.equal(acts["layer"], torch.cat([expected, expected]))
    items, positions = acts.origins("layer").T
    assert np.array_equal(np.unique(items), np.arange(4))
    flat = maps.flatten(2)
    assert torch.equal(acts["layer"], flat[items % 2, :, positions])


def test_a_mask_of_items(noise: Callable[..., Tensor]) -> None:
    mask = torch.tensor([False, True])
    assert origins(Returns(noise(2, 4)), mask) == [[1, 0]]
    assert origins(Returns(noise(2, 3, 4)), mask) == [[1, 0], [1, 1], [1, 2]]
    with capture(model := Returns(noise(2, 4, 3, 3)), "layer", per="sample", mask=mask) as acts:
        model()
    assert torch.equal(acts["layer"], noise(2, 4, 3, 3)[1:].flatten(1))


def test_nothing_kept(noise: Callable[..., Tensor]) -> None:
    for most in (None, 5):
        with capture(
            model := Returns(noise(2, 4)), "layer", mask=[False, False], max_samples=most
        ) as acts:
            model()
        assert acts["layer"].shape == (0, 4)
        assert acts.origins("layer").shape == (0, 2)


def test_a_choice_among_those_kept(noise: Callable[..., Tensor]) -> None:
    mask = noise(40, 3, seed=1) > 0
    with capture(model := Returns(noise(40, 3, 4)), "layer", mask=mask, max_samples=20) as acts:
        model()
    assert acts["layer"].shape == (20, 4)
    assert acts.n_seen("layer") == int(mask.sum())
    items, positions = acts.origins("layer").T
    assert mask[items, positions].all()
    assert torch.equal(acts["layer"], noise(40, 3, 4)[items, positions])


@pytest.mark.parametrize("mask", [TOKENS.float(), TOKENS * 1j, [[0.0, 1.0, 1.0]] * 2])
def test_kinds_refused(tokens: Returns, mask: Any) -> None:
    with pytest.raises(TypeError, match="a mask of booleans or integers, non-zero to keep, got"):
        capture(tokens, "layer", mask=mask)
    with (
        pytest.raises(TypeError, match="a mask of booleans or integers"),
        capture(tokens, "layer", mask="attention_mask"),
    ):
        tokens(attention_mask=mask)


@pytest.mark.parametrize("shape", [(3,), (2, 1, 3, 3), (2, 4), (3, 2), ()])
def test_shapes_refused(tokens: Returns, shape: tuple[int, ...]) -> None:
    said = rf"layer 'layer': expected a mask of shape \(2, 3\).*\(2,\).*got \({str(shape)[1:-1]}\)"
    with (
        pytest.raises(ValueError, match=said),
        capture(tokens, "layer", mask=torch.ones(shape, dtype=torch.bool)),
    ):
        tokens()


def test_flat_samples_take_a_mask_of_items_alone(tokens: Returns) -> None:
    with (
        pytest.raises(ValueError, match=r"expected a mask of shape \(2,\), one flag an item, got"),
        capture(tokens, "layer", per="sample", mask=TOKENS),
    ):
        tokens()


def test_a_layer_outside_of_a_call_of_the_model(tokens: Returns) -> None:
    with (  # noqa: PT012 the end of the block speaks
        pytest.raises(RuntimeError, match="layer 'layer' ran outside of a call of the model"),
        capture(tokens, "layer", mask="attention_mask"),
    ):
        tokens(attention_mask=TOKENS)
        tokens.layer(None)


def test_a_pass_that_raised_is_over(noise: Callable[..., Tensor]) -> None:
    """Its mask does not stay for the layer alone, and the items of the next pass go on."""

    class Fails(Returns):
        def forward(self, x: Any = None, attention_mask: Any = None, **others: Any) -> Any:
            result = super().forward(x, attention_mask, **others)
            if x == "fail":
                raise OSError("after the layer")
            return result

    model = Fails(noise(2, 3, 4))
    with capture(model, "layer", mask="attention_mask") as acts:
        with pytest.raises(OSError, match="after the layer"):
            model("fail", TOKENS)
        assert acts.origins("layer").tolist() == KEPT
    with (  # noqa: PT012 the end of the block speaks
        pytest.raises(RuntimeError, match="outside of a call of the model"),
        capture(model, "layer", mask="attention_mask"),
    ):
        with pytest.raises(OSError, match="after the layer"):
            model("fail", TOKENS)
        model.layer(None)
    with capture(model, "layer") as acts:
        with pytest.raises(OSError, match="after the layer"):
            model("fail")
        model.layer(None)
        model()
    items = acts.origins("layer")[:, 0]
    assert items.tolist() == np.repeat(np.arange(6), 3).tolist()


def test_a_mask_that_is_changed_in_the_pass(noise: Callable[..., Tensor]) -> None:
    """It counts as it was when the pass began."""

    class Forgetful(Returns):
        def forward(self, x: Any = None, attention_mask: Any = None, **others: Any) -> Any:
            attention_mask.zero_()
            return super().forward(x, **others)

    assert origins(Forgetful(noise(2, 3, 4)), "attention_mask", None, TOKENS.clone()) == KEPT


def test_an_error_in_the_function(tokens: Returns) -> None:
    with (
        pytest.raises(RuntimeError, match=r"mask= failed.*TypeError.*not subscriptable"),
        capture(tokens, "layer", mask=lambda x: x["ids"]) as acts,
    ):
        tokens(None)
    assert acts.n_seen("layer") == 0


def test_a_mask_of_the_encoder_is_not_the_decoders(noise: Callable[..., Tensor]) -> None:
    """They may have equally many positions, as where all is padded to one length."""

    class Translates(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encoder, self.decoder = nn.Linear(3, 4), nn.ModuleDict()
            self.decoder["mlp"], self.decoder["cross_keys"] = nn.Linear(3, 4), nn.Linear(4, 4)

        def forward(
            self,
            x: Tensor,
            y: Tensor,
            attention_mask: Any = None,
            decoder_attention_mask: Any = None,
        ) -> Any:
            hidden = self.decoder["cross_keys"](self.encoder(x)), self.decoder["mlp"](y)
            return hidden, attention_mask, decoder_attention_mask

    model, x, y = Translates(), noise(2, 3, 3), noise(2, 3, 3, seed=1)
    masks = {"attention_mask": TOKENS, "decoder_attention_mask": 1 - TOKENS}
    names = ["encoder", "decoder.cross_keys"]
    with capture(model, names, mask="attention_mask") as acts:
        model(x, y, **masks)
    assert [acts.origins(name).tolist() for name in names] == [KEPT, KEPT]
    with (
        pytest.raises(
            ValueError, match=r"layer 'decoder.mlp': .* mask='decoder_attention_mask' is"
        ),
        capture(model, "decoder.mlp", mask="attention_mask"),
    ):
        model(x, y, **masks)
    with capture(model, "decoder.mlp", mask="decoder_attention_mask") as acts:
        model(x, y, **masks)
    assert acts.origins("decoder.mlp").tolist() == [[0, 2], [1, 0]]


@pytest.mark.parametrize("shape", [(2, 1, 1, 3), (2, 1, 3), (2, 3, 1)])
def test_axes_of_heads_and_queries(tokens: Returns, shape: tuple[int, ...]) -> None:
    """As attention takes a mask that is the same for all of them."""
    assert origins(tokens, "attention_mask", attention_mask=TOKENS.reshape(shape)) == KEPT


@pytest.mark.parametrize("off", [-torch.inf, torch.finfo(torch.float32).min, -1e4, -65504.0])
@pytest.mark.parametrize("name", ["attention_mask", "memory_key_padding_mask"])
def test_additive_masks(tokens: Returns, off: float, name: str) -> None:
    """Of both names alike: what is added to a score switches it off."""
    others: dict[str, Any] = {}
    added = torch.zeros(2, 3).masked_fill(TOKENS == 0, off)
    for mask in (added, added[:, None, None], added.half() if off == -torch.inf else added):
        others[name] = mask
        assert origins(tokens, name, **others) == KEPT
    others[name] = torch.zeros(2, 1, 1, 3)
    assert len(origins(tokens, name, **others)) == 6
    with (
        pytest.raises(TypeError, match=r"expected a (padding )?mask of booleans"),
        capture(tokens, "layer", mask=name),
    ):
        tokens(**{name: added + 0.5})


def test_zeros_may_be_either(tokens: Returns) -> None:
    """Added, they keep all; multiplied by, none."""
    said = r"a mask of booleans or integers.*lambda attention_mask, \*\*others: attention_mask > 0"
    with pytest.raises(TypeError, match=said), capture(tokens, "layer", mask="attention_mask"):
        tokens(attention_mask=torch.zeros(2, 3))


def test_lengths_are_no_flags(tokens: Returns) -> None:
    said = r"got integers up to 3, one an item, like lengths; .* torch.arange\(T\) < lengths"
    with pytest.raises(TypeError, match=said), capture(tokens, "layer", mask="lengths"):
        tokens(lengths=torch.tensor([2, 3]))
    made = origins(
        tokens,
        lambda lengths: torch.arange(3) < lengths[:, None],
        torch.tensor([2, 1]),
    )
    assert made == [[0, 0], [0, 1], [1, 0]]


@pytest.mark.parametrize("name", ["mask", "src_mask"])
def test_masks_of_pairs_are_told_by_their_names(name: str) -> None:
    """With as many items as positions their shape is that of a mask of padding."""
    layer = nn.TransformerEncoderLayer(4, 2, 4, batch_first=True)
    model = nn.TransformerEncoder(layer, 1) if name == "mask" else layer
    with pytest.raises(ValueError, match=f"mask='{name}', which .*; mask='src_key_padding_mask'"):
        capture(model, "", mask=name)
