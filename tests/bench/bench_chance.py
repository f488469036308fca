"""What the rotation test finds in trained networks, and what it takes: ``make bench``."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import torch
from torch import Tensor

import srm_widget as srm
from srm_widget import datasets

SEEDS = 10
LEVEL = 0.05
N, D = 50_000, 1_536


def isotropic_tanh(x: Tensor) -> Tensor:
    """Tanh of the length alone, which tells no direction from another."""
    length = torch.linalg.vector_norm(x, dim=-1, keepdim=True)
    return x * (torch.tanh(length) / length.clamp_min(1e-12))


ACTIVATIONS: dict[str, str | Callable[[Tensor], Tensor]] = {
    "tanh": "tanh",
    "relu": "relu",
    "isotropic tanh": isotropic_tanh,
}


def found(name: str, seeds: int) -> str:
    """A row of the table: in how many networks the default test finds alignment."""
    tests = [
        srm.ResonanceEngine(
            datasets.digits_autoencoder(ACTIVATIONS[name], seed=seed).activations
        ).rotation_test()
        for seed in range(seeds)
    ]
    below = sum(test.p <= LEVEL for test in tests)
    values = ", ".join(f"{test.statistic:+.2f}" for test in tests)
    largest = max(test.p for test in tests)
    return f"| {name} | {below} of {seeds} | {largest:.3f} | {values} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    seeds: int = parser.parse_args().seeds
    print(f"Digits' autoencoders, 16 wide, {seeds} seeds; the default test at {LEVEL:.0%}\n")
    print("| bottleneck | found in | largest p | A₄ |\n|---|---|---|---|")
    for name in ACTIVATIONS:
        print(found(name, seeds))
    wide = srm.ResonanceEngine(torch.randn(N, D, generator=torch.Generator().manual_seed(0)))
    began = time.perf_counter()
    test = wide.rotation_test()
    seconds = time.perf_counter() - began
    print(
        f"\nN = {N:,}, D = {D:,}: {len(test.null)} rotations in {seconds:.0f} s, "
        f"of {test.n_samples:,} samples drawn at random"
    )


if __name__ == "__main__":
    main()
