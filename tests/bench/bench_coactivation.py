"""Planted pairs of directions that fire together, and which ranking finds them.

``make bench-statistics``
"""

from __future__ import annotations

import argparse
from collections import Counter

import numpy as np
import torch

import srm_widget as srm

M, D, N, N_PAIRS = 256, 96, 20_000, 15
SEEDS = 5

WIDTHS = 8, 16, 32, 64, 128, 256
LEVELS = 3, 4, 5, 6, 6.83, 8, 10
"""D ε²: at 6.83 an ordinary projection, 1 / √D, is ε sin 22.5°, and can be lit between."""


def planted_pairs(
    n_samples: int = N, *, active: float, seed: int
) -> tuple[torch.Tensor, torch.Tensor, set[tuple[int, int]]]:
    """Samples made of few of M directions in D dimensions, of which some pairs fire together.

    Parameters
    ----------
    n_samples
        N.
    active
        Directions that a sample has in the mean; how often each fires follows a power law.
    seed
        Of all of it.

    Returns
    -------
    activations, basis, pairs
        (N, D), (M, D), and the pairs that both fire in one sample of a hundred, beyond chance.
    """
    generator = torch.Generator().manual_seed(seed)
    basis = torch.nn.functional.normalize(torch.randn(M, D, generator=generator), dim=1)
    share = 1.0 / torch.arange(1, M + 1)
    share = (active * share / share.sum()).clamp(max=0.9)[torch.randperm(M, generator=generator)]
    fires = torch.rand(n_samples, M, generator=generator) < share
    pairs = torch.randperm(M, generator=generator)[: 2 * N_PAIRS].view(-1, 2).tolist()
    for pair in pairs:
        fires[:, pair] |= torch.rand(n_samples, 1, generator=generator) < 0.01
    strengths = fires * (0.5 + torch.rand(n_samples, M, generator=generator))
    noise = 0.02 * torch.randn(n_samples, D, generator=generator)
    return strengths @ basis + noise, basis, {(min(pair), max(pair)) for pair in pairs}


def found_among(planes: np.ndarray, planted: set[tuple[int, int]]) -> int:
    """How many of some planes are planted pairs."""
    return sum((i, j) in planted for i, j in planes[:N_PAIRS].tolist())


def row(active: float, seeds: int) -> list[str]:
    """Rows of the table, one a ranking: precision, and how often one direction comes."""
    rankings = ("coactivation", None), ("alignment", None), ("peak", None), ("peak", 3)
    found: dict[tuple[str, int | None], list[tuple[int, int]]] = {each: [] for each in rankings}
    epsilons = []
    for seed in range(seeds):
        activations, basis, planted = planted_pairs(active=active, seed=seed)
        survey = srm.ResonanceEngine(activations, basis).survey(epsilon="auto")
        epsilons.append(survey.epsilon)
        for by, most in rankings:
            planes = survey.best(by, N_PAIRS, most).planes
            busiest = Counter(planes.ravel().tolist()).most_common(1)[0][1]
            found[by, most].append((found_among(planes, planted), busiest))
    rows = []
    for (by, most), results in found.items():
        hits, busiest_ones = zip(*results, strict=True)
        name = by if most is None else f"{by}, per_direction={most}"
        rows.append(
            f"| {active:g} | {name} | {np.mean(hits) / N_PAIRS:.2f} "
            f"({', '.join(map(str, hits))} of {N_PAIRS}) | {max(busiest_ones)} "
            f"| {min(epsilons):.2f} … {max(epsilons):.2f} |"
        )
    return rows


def narrow_row(n_dims: int, draws: int) -> str:
    """Row of the second table: of how many draws the planted pair is the first, and has a p."""
    cells = []
    for level in LEVELS:
        epsilon = (level / n_dims) ** 0.5
        if epsilon > 1:
            cells.append("-")
            continue
        first = small = 0
        for seed in range(draws):
            rows = np.random.default_rng(seed).standard_normal((500, n_dims))
            rows[:25, 1:3] += 6 * (n_dims / 24) ** 0.5
            found = srm.ResonanceEngine(rows.astype(np.float32)).coactive(epsilon=epsilon, top=1)
            is_first = found.planes.tolist() == [[1, 2]]
            first += is_first
            small += is_first and float(found.p[0]) < 0.05
        cells.append(f"{first}, {small}")
    return f"| {n_dims} | {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    seeds: int = parser.parse_args().seeds
    print(
        f"{N_PAIRS} planted pairs of {M} directions in {D} dimensions, N = {N:,}, {seeds} seeds; "
        f"the first {N_PAIRS} planes at the automatic ε\n"
    )
    print("| active a sample | ranked by | precision | most of one direction | ε |")
    print("|---|---|---|---|---|")
    for active in 4.0, 6.0, 8.0, 12.0, 16.0:
        print("\n".join(row(active, seeds)), flush=True)
    draws = 2 * seeds
    print(
        f"\nTwo neurons that fire together in 25 of 500 samples: in how many of {draws} draws they "
        "are the first pair, and have p < 0.05\n"
    )
    print(f"| D | {' | '.join(f'D ε² = {level:g}' for level in LEVELS)} |")
    print("|---" * (1 + len(LEVELS)) + "|")
    for n_dims in WIDTHS:
        print(narrow_row(n_dims, draws), flush=True)


if __name__ == "__main__":
    main()
