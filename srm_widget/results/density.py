"""In-plane density (PPPM): samples counted in square bins, and what isotropy would give."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from jaxtyping import Float64, Int64

from srm_widget.results.isotropic_density import isotropic_share
from srm_widget.utils.text import brief
from srm_widget.utils.validation import as_list, number


@dataclass(frozen=True, eq=False)
class Density:
    """In-plane density: samples counted in square bins of their in-plane coordinates.

    Of one plane, or of all planes laid over one another; then a sample is counted in every plane
    that it is near enough to.

    Attributes
    ----------
    counts
        (bins, bins) int64: ``counts[k, l]`` samples have their first coordinate in the k-th bin and
        their second in the l-th, as in ``numpy.histogram2d``.
    edges
        (bins + 1,) float64, edges of the bins of either coordinate.
    n_samples, n_dims
        N, all samples, and D.
    raw
        Whether the coordinates are those of the raw activations, (x · e1, x · e2), and not those
        of their directions, (x̂ · e1, x̂ · e2). Where the engine centres, x is centred too.
    epsilon
        Least in-plane share ‖proj x‖ / ‖x‖ of the samples counted; 0 or less counts all of them.
    n_planes
        Planes laid over one another.
    n_outside
        Samples of enough in-plane share beyond the outermost edges, where these were stated: added
        up over planes, as `counts`.
    of_lengths
        (bins, bins) float64, expected counts of isotropic directions of the lengths that the
        samples have; None if it was not asked for.

    Examples
    --------
    >>> import srm_widget as srm
    >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
    >>> density = engine.density(0, 1, bins=2)
    >>> density.counts.tolist(), density.edges.tolist()
    ([[0, 0], [0, 3]], [-1.0, 0.0, 1.0])
    >>> density.isotropic.round(2).tolist()  # of 3 samples
    [[0.75, 0.75], [0.75, 0.75]]
    """

    counts: Int64[np.ndarray, "bins bins"]
    edges: Float64[np.ndarray, " edges"]
    n_samples: int
    n_dims: int
    raw: bool
    epsilon: float = 0.0
    n_planes: int = 1
    n_outside: int = 0
    of_lengths: Float64[np.ndarray, "bins bins"] | None = None

    def __repr__(self) -> str:
        bins, kind = len(self.counts), "raw" if self.raw else "directions"
        planes = "1 plane" if self.n_planes == 1 else f"{self.n_planes:,} planes"
        return (
            f"Density({bins} × {bins} bins up to {self.extent:.3g}, {kind}, {self.n_hits:,} hits "
            f"in {planes}, epsilon={self.epsilon:g}, {self.n_samples:,} samples in {self.n_dims} "
            "dimensions)"
        )

    @property
    def extent(self) -> float:
        """The outermost edge."""
        return float(self.edges[-1])

    @property
    def n_hits(self) -> int:
        """Pairs of a plane and a sample of enough in-plane share, those outside counted in."""
        return int(self.counts.sum()) + self.n_outside

    @cached_property
    def isotropic(self) -> Float64[np.ndarray, "bins bins"]:
        """Expected counts of isotropic samples in each bin, (bins, bins), over all planes.

        N isotropic samples, of which those count whose in-plane share is at least ε: bins nearer
        to the centre than ε are empty, and of one that the circle of radius ε cuts only the part
        beyond it is integrated. Of raw coordinates it is that of isotropic directions as long as
        the samples are, where that was asked for: the circle is then another for every length.

        Raises
        ------
        ValueError
            If the coordinates are raw, and what the lengths would give was not asked for.
        """
        if not self.raw:
            share = isotropic_share(self.n_dims, len(self.counts), self.epsilon, self.extent)
            return self.n_samples * self.n_planes * share
        if self.of_lengths is None:
            raise ValueError(
                "expected coordinates of directions, got raw ones, of which isotropy gives other "
                "densities for other lengths: use raw=False, or ask with isotropic=True"
            )
        return self.of_lengths

    def ratio(self, least: float = 1.0) -> Float64[np.ndarray, "bins bins"]:
        """Return the counts divided by those of isotropy, (bins, bins).

        Parameters
        ----------
        least
            NaN stands where isotropy would give fewer: a ratio to less than a sample says little.

        Returns
        -------
        ratio
            (bins, bins) float64; 1 where there are as many as isotropy would give.

        Raises
        ------
        ValueError
            As for `isotropic`; or if `least` is below 0 or NaN.
        TypeError
            If it is no number.

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> engine.density(0, 1, bins=2).ratio(least=0.5).round(2).tolist()
        [[0.0, 0.0], [0.0, 4.0]]
        """
        fewest, expected = checked_least(least), self.isotropic
        known = (expected >= fewest) & (expected > 0)
        return np.divide(self.counts, expected, out=np.full(expected.shape, np.nan), where=known)

    @staticmethod
    def total(parts: "Sequence[Density]") -> "Density":
        """Return the density of the samples of all parts, counted in the same bins and planes.

        Parameters
        ----------
        parts
            Densities of other samples in the same bins and planes, at the same ε.

        Raises
        ------
        ValueError
            If there is no part, or they differ in anything but their samples.
        TypeError
            If a part is no density.

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> other = srm.ResonanceEngine([[-1, 4, 0]])
        >>> parts = [each.density(0, 1, bins=2) for each in (engine, other)]
        >>> total = parts[0].total(parts)
        >>> total.counts.tolist(), total.n_samples
        ([[0, 1], [0, 3]], 4)
        """
        try:
            parts = as_list(parts)
        except TypeError:
            raise TypeError(f"expected a list of densities, got {brief(parts)}") from None
        if not parts:
            raise ValueError("expected at least one density, got none")
        for part in parts:
            if not isinstance(part, Density):
                raise TypeError(f"expected densities, got {brief(part)} among them")
        first = parts[0]
        for other in parts:
            first.check_alike(other)
        lengths = [part.of_lengths for part in parts if part.of_lengths is not None]
        return replace(
            first,
            counts=np.sum([part.counts for part in parts], axis=0),
            n_samples=sum(part.n_samples for part in parts),
            n_outside=sum(part.n_outside for part in parts),
            of_lengths=np.sum(lengths, axis=0) if len(lengths) == len(parts) else None,
        )

    def check_alike(self, other: "Density") -> None:
        """Raise ``ValueError`` if `other` counts in other bins or planes, or at another ε."""
        for name in ("n_dims", "raw", "epsilon", "n_planes"):
            own, theirs = getattr(self, name), getattr(other, name)
            if own != theirs:
                raise ValueError(f"expected densities of the same {name}, got {own} and {theirs}")
        if not np.array_equal(self.edges, other.edges):
            raise ValueError(
                f"expected densities in the same bins, got {len(self.counts)} up to "
                f"{self.extent:g} and {len(other.counts)} up to {other.extent:g}: state extent=…"
            )


def checked_least(least: Any) -> float:
    """Return the fewest samples that isotropy has to give, checked."""
    fewest = number(least, "least")
    if not fewest >= 0:
        raise ValueError(f"expected least ≥ 0, got {fewest!r}")
    return fewest
