"""Mean and spread of the curves of all planes, from a sample of them."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from jaxtyping import Float64, Int64

from srm_widget.geometry.angular_grid import AngularGrid
from srm_widget.results.count_histogram import CountHistogram, checked_quantiles
from srm_widget.utils.validation import boolean


@dataclass(frozen=True, eq=False, repr=False)
class PlaneEnsemble:
    """Mean and standard deviation of f over planes, with what sampling planes leaves open.

    Made by `ResonanceEngine.ensemble`.

    Attributes
    ----------
    mean, std
        (K,) float64, over the planes drawn: estimates of those over all planes, `Survey.mean` and
        `Survey.std`; or these themselves where all planes were counted.
    mean_error, std_error
        (K,) float64, their standard errors from drawing planes, without replacement; 0 if all were
        counted. How samples vary is not in them. That of the spread is an approximation for many
        planes, and too small where hardly any plane drawn is lit.
    histogram
        How many of the planes drawn have which count at each angle.
    n_planes
        Planes drawn, uniformly among those there are.
    n_all
        Planes that there are.
    n_lit
        Planes drawn that light a sample at some angle, be it between two of the grid.
    planes
        (n, 2) int64, (i, j), i < j, those drawn.
    epsilon, resolution, n_samples, seed
        ε, K, N, and the seed of the draw.

    Examples
    --------
    >>> import torch
    >>> import srm_widget as srm
    >>> engine = srm.ResonanceEngine(torch.eye(12)[:3])
    >>> ensemble = engine.ensemble(epsilon=0.8, resolution=4, n_planes=20)
    >>> ensemble
    PlaneEnsemble(20 of 66 planes, drawn uniformly (seed 0), 9 of them lit, epsilon=0.8, 3 samples)
    >>> ensemble.mean.round(3).tolist(), ensemble.mean_error.round(3).tolist()
    ([0.15, 0.017, 0.0, 0.0], [0.032, 0.014, 0.0, 0.0])
    """

    mean: Float64[np.ndarray, " angles"]
    std: Float64[np.ndarray, " angles"]
    mean_error: Float64[np.ndarray, " angles"]
    std_error: Float64[np.ndarray, " angles"]
    histogram: CountHistogram = field(repr=False)
    n_all: int
    n_lit: int
    planes: Int64[np.ndarray, "drawn 2"] = field(repr=False)
    epsilon: float
    resolution: int
    n_samples: int
    seed: int

    @property
    def n_planes(self) -> int:
        """Planes drawn."""
        return len(self.planes)

    @property
    def angles(self) -> Float64[np.ndarray, " angles"]:
        """The K angles θ, (K,) radians."""
        return AngularGrid.uniform(self.resolution).angles

    def quantiles(self, q: Any, *, lit: bool = False) -> Float64[np.ndarray, "..."]:
        """Return quantiles of f at each θ over the planes drawn, or the lit ones of them.

        As `Survey.quantiles`, whose estimates they are. The share of all planes below one is off by
        some sqrt(q (1 - q) / n) of n planes drawn: those of q ± twice that say what it leaves open.

        Parameters
        ----------
        q, lit
            As for `Survey.quantiles`.

        Returns
        -------
        quantiles
            (K,) of a number q, (Q, K) of a sequence; NaN of lit planes if there are none.

        Raises
        ------
        TypeError, ValueError
            If a share is no number in 0 … 1, or `lit` neither True nor False.

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> engine.ensemble(epsilon=0.8, resolution=8).quantiles(0.5).round(2).tolist()
        [0.33, 0.0, 0.0, 0.0, 0.0, 0.0, 0.33, 0.0]
        """
        shares = checked_quantiles(q)
        n_planes = self.n_lit if boolean("lit", lit) else self.n_planes
        found = self.histogram.quantiles(shares.ravel(), n_planes) / self.n_samples
        return found.reshape(*shares.shape, self.resolution)

    def __repr__(self) -> str:
        drawn = f"{self.n_planes:,} of {self.n_all:,} planes, drawn uniformly (seed {self.seed})"
        if self.n_planes == self.n_all:
            drawn = f"all {self.n_all:,} planes"
        return (
            f"PlaneEnsemble({drawn}, {self.n_lit:,} of them lit, epsilon={self.epsilon:g}, "
            f"{self.n_samples:,} samples)"
        )
