"""What the tests of captures share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn


class Returns(nn.Module):
    """A model with one layer, "layer", that returns what it is told to; arguments are ignored."""

    def __init__(self, *outputs: Any) -> None:
        super().__init__()
        self.layer = _Layer(list(outputs))

    def forward(self, x: Any = None, attention_mask: Any = None, **others: Any) -> Any:
        return self.layer((x, attention_mask, others))


class _Layer(nn.Module):
    def __init__(self, outputs: list[Any]) -> None:
        super().__init__()
        self.outputs = outputs
        self.calls = 0

    def forward(self, _arguments: Any) -> Any:
        self.calls += 1
        return self.outputs[(self.calls - 1) % len(self.outputs)]


class Convolutional(nn.Module):
    """Two stages of convolutions, with an activation function that works in place."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 6, 3, padding=1)
        self.norm = nn.BatchNorm2d(6)
        self.stage = nn.Sequential(
            nn.ReLU(inplace=True), nn.Conv2d(6, 4, 2, stride=2), nn.Dropout(0.3)
        )
        self.read = nn.Linear(4, 5)

    def forward(self, images: Tensor) -> Tensor:
        maps = self.stage(self.norm(self.stem(images)))
        scores: Tensor = self.read(maps.mean(dim=(2, 3)))
        return scores


@pytest.fixture
def convolutional() -> Convolutional:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return Convolutional().eval()


@pytest.fixture
def noise() -> Callable[..., Tensor]:
    """Seeded normal numbers of any shape."""

    def of(*shape: int, seed: int = 0) -> Tensor:
        return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))

    return of


def n_hooks(model: nn.Module) -> int:
    """Forward hooks on the model and all in it."""
    kinds = (
        "_forward_hooks",
        "_forward_pre_hooks",
        "_forward_hooks_with_kwargs",
        "_forward_pre_hooks_with_kwargs",
        "_forward_hooks_always_called",
        "_backward_hooks",
    )
    return sum(len(getattr(module, kind)) for module in model.modules() for kind in kinds)
