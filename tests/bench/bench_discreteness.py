"""Whether the density of all planes tells how discrete a layer is: two measures and their null.

Both are read off counts of raw coordinates, all samples in all planes (ε = 0), and compared with
turned bases that keep the samples' mean:

- *concentration*: the entropy of the counts in turned bases, less that in the basis, in bits;
- *lost dimensions*: of the information dimension, by how many bits the entropy grows where bins are
  halved (2 for data that fill a plane smoothly, 0 for points), that in turned bases less that in
  the basis.

Controls are made of known distributions: a measure of discreteness should be near 0 for those that
are continuous, along the basis or not, and large for those of a few values.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch

import srm_widget as srm
from srm_widget import datasets
from srm_widget.survey.random_rotations import RandomRotations
from tests.bench.bench_chance import ACTIVATIONS

SEEDS, ROTATIONS, BINS = 10, 39, 256
LEVEL = 0.05


class Measures(NamedTuple):
    """Of one basis: entropy of the counts, and its growth from bins twice as wide, in bits."""

    entropy: float
    dimension: float


def measures(activations: np.ndarray, basis: object, extent: float) -> Measures:
    """Measure the density of all planes of a basis."""
    engine = srm.ResonanceEngine(activations, basis)
    fine = engine.ensemble_density(epsilon=0.0, bins=BINS, extent=extent).counts
    coarse = fine.reshape(BINS // 2, 2, BINS // 2, 2).sum(axis=(1, 3))
    return Measures(entropy(fine), entropy(fine) - entropy(coarse))


def entropy(counts: np.ndarray) -> float:
    """Return the entropy of counts in bits."""
    share = counts[counts > 0] / counts.sum()
    return float(-(share * np.log2(share)).sum())


class Tested(NamedTuple):
    """A measure as the mean of the null less what was found, and its p by the null."""

    effect: float
    p: float


def tested(found: float, null: np.ndarray) -> Tested:
    """Compare a measure with that of turned bases, in both directions."""
    centre = null.mean()
    p = (1 + (np.abs(null - centre) >= abs(found - centre)).sum()) / (len(null) + 1)
    return Tested(float(centre - found), float(p))


def both(activations: np.ndarray, rotations: int) -> list[Tested]:
    """Test both measures of a layer."""
    extent = float(np.linalg.norm(activations.astype(np.float64), axis=1).max())
    store = srm.ResonanceEngine(activations)._store
    turns = RandomRotations(store, 0, keep_mean=True)
    basis = srm.basis.standard(activations.shape[1])
    null = np.array([measures(activations, turns.turned(basis), extent) for _ in range(rotations)])
    found = measures(activations, None, extent)
    return [tested(each, null[:, k]) for k, each in enumerate(found)]


def network(name: str) -> Callable[[int], np.ndarray]:
    return lambda seed: datasets.digits_autoencoder(ACTIVATIONS[name], seed=seed).activations


def control(draw: Callable[[np.random.Generator], np.ndarray]) -> Callable[[int], np.ndarray]:
    return lambda seed: draw(np.random.default_rng(seed)).astype(np.float32)


N, D = 1797, 16
LAYERS: dict[str, Callable[[int], np.ndarray]] = {
    "isotropic normals": control(lambda rng: rng.standard_normal((N, D))),
    "uniform in the cube (continuous)": control(lambda rng: rng.uniform(-1, 1, (N, D))),
    "Laplace (continuous, along the axes)": control(lambda rng: rng.laplace(size=(N, D))),
    "normals rounded to 8 values": control(
        lambda rng: np.round(rng.standard_normal((N, D)).clip(-2, 1.5) * 2) / 2
    ),
    "corners with noise 0.02": control(
        lambda rng: rng.choice([-1.0, 1.0], (N, D)) + 0.02 * rng.standard_normal((N, D))
    ),
    "ReLU of normals, untrained": control(lambda rng: rng.standard_normal((N, D)).clip(0)),
    "tanh of normals, untrained": control(lambda rng: np.tanh(rng.standard_normal((N, D)))),
    **{f"{name}, trained": network(name) for name in ACTIVATIONS},
}


def row(name: str, seeds: int, rotations: int) -> str:
    """Return a row of the table."""
    results = [both(LAYERS[name](seed), rotations) for seed in range(seeds)]
    cells = []
    for k in range(2):
        effects = [each[k].effect for each in results]
        below = sum(each[k].p <= LEVEL for each in results)
        cells.append(
            f"{np.median(effects):+.2f} ({min(effects):+.2f} … {max(effects):+.2f}) | "
            f"{below} of {seeds}"
        )
    return f"| {name} | {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--rotations", type=int, default=ROTATIONS)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    print(f"p ≤ {LEVEL} by {asked.rotations} turned bases; median (least … most) of the seeds\n")
    print("| layer | concentration, bits | p small | lost dimensions | p small |")
    print("| --- | --- | --- | --- | --- |")
    for name in LAYERS:
        print(row(name, asked.seeds, asked.rotations), flush=True)


if __name__ == "__main__":
    main()
