"""One network, one seed, and what is measured of it; notebook and bench repeat them."""

from functools import cache
from typing import NamedTuple

import numpy as np

import srm_widget as srm
from srm_widget.engine.engine import ResonanceEngine

from .functions import FUNCTIONS, along, in_bottleneck, thomson

WIDTH = 16
OTHER = 1000
"""Added to a seed: the start of a Thomson basis that the network has nothing to do with."""


class InBasis(NamedTuple):
    """How a network's samples stand in a basis, beside turned bases.

    Attributes
    ----------
    statistic
        A₄, or A(ε) where the basis is not orthonormal.
    low, high
        The middle 95 % of what turned bases give.
    effect
        How many standard deviations of these it is from their mean.
    p
        Of the rotation test.
    error
        Mean squared error of the reconstruction, after the last epoch but one.
    """

    statistic: float
    low: float
    high: float
    effect: float
    p: float
    error: float


def in_basis(
    trained: srm.datasets.TrainedAutoencoder, engine: ResonanceEngine, rotations: int, seed: int
) -> InBasis:
    """Test an engine's basis against turned ones."""
    test = engine.rotation_test(rotations=rotations, seed=seed)
    low, high = np.quantile(test.null, [0.025, 0.975]).tolist()
    return InBasis(test.statistic, low, high, test.effect, test.p, float(trained.losses[-1]))


class OverComplete(NamedTuple):
    """A network with tanh along M Thomson directions in its bottleneck.

    Attributes
    ----------
    opposite
        Pairs of directions that are opposite each other and span no plane.
    own
        In the function's directions.
    other
        In a Thomson basis found from another start: A(ε).
    """

    opposite: int
    own: InBasis
    other: float


def over_complete(m: int, seed: int, rotations: int) -> OverComplete:
    """Train one, and look at it in both bases; of every second image, to save time."""
    basis = thomson(m, WIDTH, seed)
    function = in_bottleneck(along(basis.directions), WIDTH)
    trained = srm.datasets.digits_autoencoder(function, width=WIDTH, seed=seed)
    rows = trained.activations[::2]
    engine = srm.ResonanceEngine(rows, basis)
    own = in_basis(trained, engine, rotations, seed)
    other = srm.ResonanceEngine(rows, thomson(m, WIDTH, OTHER + seed))
    cosines = np.triu(basis.directions @ basis.directions.T, 1)
    opposite = int((cosines < -1 + 1e-6).sum())
    return OverComplete(opposite, own, other.alignment(epsilon="auto"))


@cache  # the notebook looks at two of them twice
def autoencoder(name: str, width: int, seed: int, rotations: int) -> InBasis:
    """Train the digits' autoencoder, and look at it in its neurons."""
    trained = srm.datasets.digits_autoencoder(FUNCTIONS[name], width=width, seed=seed)
    return in_basis(trained, srm.ResonanceEngine(trained.activations), rotations, seed)


class Together(NamedTuple):
    """Whether the error of networks of one width goes with their alignment.

    Attributes
    ----------
    correlation
        Of the ranks within each width, over all networks.
    p
        How often shuffled networks of each width have one as far from 0.
    """

    correlation: float
    p: float


def together(
    errors: dict[int, list[float]], alignments: dict[int, list[float]], shuffles: int = 9999
) -> Together:
    """Correlate both within each width: across widths everything goes with everything."""
    rng = np.random.default_rng(0)
    ranks = [(_centred_ranks(errors[w]), _centred_ranks(alignments[w])) for w in errors]

    def correlation(pairs: list[tuple[np.ndarray, np.ndarray]]) -> float:
        one, other = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
        return float(one @ other / np.sqrt((one @ one) * (other @ other)))

    own = correlation(ranks)
    null = np.array(
        [
            correlation([(one, rng.permutation(other)) for one, other in ranks])
            for _ in range(shuffles)
        ]
    )
    p = (1 + (np.abs(null) >= abs(own) - 1e-12).sum()) / (1 + shuffles)
    return Together(own, float(p))


def _centred_ranks(values: list[float]) -> np.ndarray:
    return np.argsort(np.argsort(values)) - (len(values) - 1) / 2
