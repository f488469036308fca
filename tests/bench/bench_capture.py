"""What it costs to capture layers of a network while it runs: ``make bench``."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

import srm_widget as srm
from tests.bench.bench_engine import Row, heading, medians, ms, show
from tests.unit.support import pretrained

IMAGES, PASSES, ROUNDS = 16, 3, 9
LAYERS = ["_blocks.*._bn0", "_blocks.15", "_conv_head"]
SMALL = ["_blocks.*._bn2", "_fc"]
MOST = 20_000


class Network:
    """A trained convolutional network, and crops of photos for it."""

    def __init__(self) -> None:
        self.model = pretrained.lite0()
        self.images = torch.cat([pretrained.crops(photo, 112) for photo in pretrained.photos()])
        self.images = self.images[:IMAGES]

    def forward(self, _turn: int) -> object:
        with torch.inference_mode():
            return [self.model(self.images) for _ in range(PASSES)]

    def captured(self, layers: list[str], **keywords: int) -> Callable[[int], object]:
        def run(turn: int) -> object:
            with srm.capture(self.model, layers, **keywords) as acts:  # type: ignore[arg-type]
                self.forward(turn)
            return acts

        return run

    def outputs(self, layers: list[str]) -> list[Tensor]:
        """What the layers return, features last, not copied."""
        with torch.inference_mode(), srm.capture(self.model, layers) as acts:
            self.model(self.images)
        found = []
        for name in acts:
            rows = acts[name].unflatten(0, (IMAGES, -1))
            side = round(rows.shape[1] ** 0.5)
            maps = rows.unflatten(1, (side, side)).movedim(-1, 1).contiguous()
            found.append(maps.movedim(1, -1))
        return found


def copied(outputs: list[Tensor]) -> Callable[[int], object]:
    """The copy itself: all outputs of all passes permuted into rows, and held."""
    return lambda _turn: [
        output.clone(memory_format=torch.contiguous_format)
        for _ in range(PASSES)
        for output in outputs
    ]


def overhead(network: Network, layers: list[str], what: str) -> list[Row]:
    outputs = network.outputs(layers)
    size = sum(output.numel() for output in outputs) * 4 / 2**20
    forward, all_kept, some_kept, copy = medians(
        ROUNDS,
        network.forward,
        network.captured(layers),
        network.captured(layers, max_samples=MOST),
        copied(outputs),
    )
    named = f"{what}: {len(outputs)} layers, {size:.0f} MiB of outputs a pass"
    beyond = all_kept - forward - copy
    return [
        (
            f"{named}; capture beyond the copy, over the passes",
            f"{ms(all_kept)} − {ms(forward)} − {ms(copy)}",
            f"{beyond / forward:+.1%}",
        ),
        (
            f"the same with max_samples = {MOST:,}",
            f"{ms(some_kept)} − {ms(forward)} − {ms(copy)}",
            f"{(some_kept - forward - copy) / forward:+.1%}",
        ),
    ]


def main() -> None:
    network = Network()
    print(heading(f"EfficientNet-Lite0, {PASSES} passes of {IMAGES} images"))
    show(overhead(network, LAYERS, "wide"))
    show(overhead(network, SMALL, "narrow"))


if __name__ == "__main__":
    main()
