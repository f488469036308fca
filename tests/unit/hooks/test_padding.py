"""Padding masks of either convention, and nested tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from srm_widget.hooks.capture import capture
from tests.unit.hooks.conftest import Returns

PADDING = torch.tensor([[0, 0, 0, 0], [0, 0, 1, 1], [0, 0, 0, 1]]).bool()
KEPT = [[0, 0], [0, 1], [0, 2], [0, 3], [1, 0], [1, 1], [2, 0], [2, 1], [2, 2]]


def encoder(*, batch_first: bool = True, norm: bool = False) -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        layer = nn.TransformerEncoderLayer(8, 2, 12, batch_first=batch_first)
        last = nn.LayerNorm(8) if norm else None
        return nn.TransformerEncoder(layer, 2, last, enable_nested_tensor=batch_first).eval()


@pytest.mark.parametrize("batch_first", [False, True])
@pytest.mark.parametrize("training", [False, True])
@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors:UserWarning")
def test_what_marks_padding_keeps_the_rest(
    noise: Callable[..., Tensor], batch_first: bool, training: bool
) -> None:
    """In eval mode the layers of the encoder hand on nested tensors."""
    model = encoder(batch_first=batch_first).requires_grad_(requires_grad=training).train(training)
    x = noise(3, 4, 8)
    x = x if batch_first else x.movedim(0, 1)
    with capture(
        model, ["", "layers.*"], mask="src_key_padding_mask", exclude="*.out_proj"
    ) as acts:
        output = model(x, src_key_padding_mask=PADDING).detach()
    for name in acts:
        assert acts.origins(name).tolist() == KEPT
    items, positions = torch.tensor(KEPT).T
    by_item = output if batch_first else output.movedim(1, 0)
    assert torch.equal(acts[""], by_item[items, positions])
    assert torch.equal(acts["layers.1"], acts[""])


@pytest.mark.parametrize(
    ("mask", "keeps"),
    [
        (PADDING, False),
        (PADDING.long(), False),
        (~PADDING, True),
        (~PADDING, None),
        (torch.zeros(3, 4).masked_fill(PADDING, -torch.inf), False),
        (lambda: PADDING, False),
    ],
)
def test_what_keeps(noise: Callable[..., Tensor], mask: Any, keeps: bool | None) -> None:
    with capture(model := Returns(noise(3, 4, 2)), "layer", mask=mask, mask_keeps=keeps) as acts:
        model()
    assert acts.origins("layer").tolist() == KEPT


def test_the_caller_says_what_an_argument_means(noise: Callable[..., Tensor]) -> None:
    model = Returns(noise(3, 4, 2))
    given = {"decoder_key_padding_mask": ~PADDING, "pads": PADDING, "padding_mask": PADDING}
    keywords: list[dict[str, Any]] = [
        {"mask": "decoder_key_padding_mask", "mask_keeps": True},
        {"mask": "pads", "mask_keeps": False},
        {"mask": "padding_mask", "mask_keeps": False},
    ]
    for each in keywords:
        with capture(model, "layer", **each) as acts:
            model(**given)
        assert acts.origins("layer").tolist() == KEPT


@pytest.mark.usefixtures("as_users")
def test_keywords_refused(noise: Callable[..., Tensor]) -> None:
    model = Returns(noise(3, 4, 2))
    with pytest.raises(TypeError, match="mask_keeps as True, False or None, got 0"):
        capture(model, "layer", mask=PADDING, mask_keeps=0)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="mask= beside mask_keeps"):
        capture(model, "layer", mask_keeps=False)
    with pytest.raises(ValueError, match="mask_keeps= beside mask='padding_mask', which some"):
        capture(model, "layer", mask="padding_mask")
    with pytest.raises(TypeError, match="0 or −inf, got others"):
        capture(model, "layer", mask=torch.ones(3, 4), mask_keeps=False)


@pytest.mark.parametrize("layout", [torch.jagged, torch.strided])
@pytest.mark.parametrize("most", [None, 3])
@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors:UserWarning")
def test_nested_tensors(noise: Callable[..., Tensor], layout: Any, most: int | None) -> None:
    parts = [noise(2, 3), noise(3, 3, seed=1)]
    nested = torch.nested.nested_tensor(parts, layout=layout)
    with capture(model := Returns(nested), "layer", max_samples=most) as acts:
        model(nested)
        model(nested)
    expected = [[0, 0], [0, 1], [1, 0], [1, 1], [1, 2]]
    origins = acts.origins("layer").tolist()
    if most is None:
        assert origins == expected + [[item + 2, at] for item, at in expected]
    assert len(origins) == (most or 10)
    for row, (item, at) in zip(acts["layer"], origins, strict=True):
        assert torch.equal(row, parts[item % 2][at])


@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors:UserWarning")
def test_masks_of_nested_tensors(noise: Callable[..., Tensor]) -> None:
    nested = torch.nested.nested_tensor([noise(2, 3), noise(3, 3, seed=1)], layout=torch.jagged)
    model = Returns(nested)
    masks: list[tuple[Any, list[list[int]]]] = [
        ([False, True], [[1, 0], [1, 1], [1, 2]]),
        ([[0, 1, 1], [1, 0, 1]], [[0, 1], [1, 0], [1, 2]]),
    ]
    for mask, expected in masks:
        with capture(model, "layer", mask=mask) as acts:
            model()
        assert acts.origins("layer").tolist() == expected
    with (
        pytest.raises(
            ValueError, match=r"'layer': expected a mask of shape \(2, 3\), .* got \(3,\)"
        ),
        capture(model, "layer", mask=[1, 0, 1]),
    ):
        model()
    with (
        pytest.raises(ValueError, match="equally many positions with per='sample', got a nested"),
        capture(model, "layer", per="sample"),
    ):
        model()
