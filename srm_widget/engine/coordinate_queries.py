"""Questions about the in-plane coordinates of samples: projection, radii, density."""

from collections.abc import Generator, Iterator
from typing import Any, SupportsIndex

import numpy as np
import torch
from jaxtyping import Float, Float64, Int64
from torch import Tensor

from srm_widget.concurrency.generators import blocking
from srm_widget.concurrency.threads import locked, locked_steps
from srm_widget.engine.parts import EngineParts
from srm_widget.geometry.arcs import least_lit_radius
from srm_widget.plane.density import Density, SquareBins
from srm_widget.results.isotropy import checked_epsilon
from srm_widget.samples.store import as_rows
from srm_widget.utils.validation import integer

_Piece = tuple[float, Float[Tensor, " some"], Float[Tensor, " some"]]
"""Share of the samples read, and the two in-plane coordinates of some of them."""


class CoordinateQueries(EngineParts):
    """The engine's questions about where samples lie in one plane, without a spotlight."""

    @locked
    def projection(
        self, i: SupportsIndex, j: SupportsIndex, *, epsilon: float = 0.0
    ) -> tuple[Float64[np.ndarray, "some 2"], Int64[np.ndarray, " some"]]:
        """Project raw activations on the plane (i, j), those of enough in-plane share (PPPM).

        Raw is not of unit length: where the engine centres activations, x here is centred too, and
        a row that counts as one of zeros is at the centre.

        Parameters
        ----------
        i, j
            As for `curve`.
        epsilon
            Least in-plane share ‖proj x‖ / ‖x‖, in [-1, 1]; 0 or less keeps all samples.

        Returns
        -------
        points
            (n, 2) float64, (x · e1, x · e2).
        indices
            (n,) int64 rows of the activations as they were given, rising.
        """
        index = self._plane_queries.indices_beyond(i, j, checked_epsilon(epsilon))
        norms = self._store.norms(index)
        points = self._plane_queries.coordinates(i, j, index) * norms[:, None]
        return points, self._store.rows(index)

    @locked
    def coordinates(
        self, i: SupportsIndex, j: SupportsIndex, indices: Any
    ) -> Float64[np.ndarray, "some 2"]:
        """Return the in-plane coordinates (x̂ · e1, x̂ · e2) in the plane (i, j), (n, 2).

        Parameters
        ----------
        i, j
            As for `curve`.
        indices
            Rows of the activations as they were given, any integers; those dropped have none.

        Raises
        ------
        IndexError
            If a row is out of range or was dropped.
        """
        index = self._store.sample_indices(as_rows(indices))
        return self._plane_queries.coordinates(i, j, index)

    @locked
    def radii(self, i: SupportsIndex, j: SupportsIndex) -> Float64[np.ndarray, " samples"]:
        """Return the in-plane radii r = hypot(x̂ · e1, x̂ · e2) of all samples, (N,).

        They lie in [0, 1], up to rounding; where r ≥ ε the sample is lit at some angle.

        Parameters
        ----------
        i, j
            As for `curve`.
        """
        return self._plane_queries.radii(i, j)

    @locked_steps
    def reach_steps(self, i: SupportsIndex, j: SupportsIndex) -> Generator[float, None, float]:
        """Return the largest of the `radii`: the ε above which the plane lights nothing.

        Parameters
        ----------
        i, j
            As for `curve`.

        Yields
        ------
        share
            Share done, rising to 1.

        Raises
        ------
        IndexError, ValueError
            If i equals j or either is out of range; if the two directions are parallel.
        """
        n_samples = len(self._store)
        pieces = self._plane_queries.coordinate_pieces(i, j, n_samples)

        def steps() -> Generator[float, None, float]:
            largest = 0.0
            for offset, a, c in pieces:
                largest = max(largest, float(torch.hypot(a.double(), c.double()).max()))
                yield (offset + len(a)) / n_samples
            return largest

        return steps()

    reach = blocking(reach_steps)

    @locked_steps
    def density_steps(
        self,
        i: SupportsIndex,
        j: SupportsIndex,
        *,
        bins: SupportsIndex = 128,
        epsilon: float = 0.0,
        raw: bool = False,
    ) -> Generator[float, None, Density]:
        """Count the samples in square bins of the plane (i, j): PPPM as a density.

        Parameters
        ----------
        i, j
            As for `curve`.
        bins
            Equal bins of each coordinate, ≥ 1.
        epsilon
            Least in-plane share ‖proj x‖ / ‖x‖ of the samples counted, as for `projection`.
        raw
            Whether to bin the raw activations (centred where the engine centres them), between
            plus and minus their largest coordinate, rather than their directions, between -1 and 1.

        Returns
        -------
        density
            ``counts`` (bins, bins) int64 and ``edges`` (bins + 1,) float64 of both coordinates.

        Yields
        ------
        share
            Share done, rising to 1.

        Raises
        ------
        IndexError
            If i equals j or either is out of range.
        ValueError
            If bins or ε are not as above, or the two directions are parallel.
        TypeError
            If bins is no integer.
        """
        n_bins = integer("bins", bins, least=1)
        min_share, n_samples = checked_epsilon(epsilon), len(self._store)
        # Made here, they refuse what is no plane at once; raw, they are gone through twice.
        passes = [self._pieces(i, j, n_samples, min_share, raw) for _ in range(1 + raw)]
        return self._density_steps(passes, n_samples, n_bins, raw)

    density = blocking(density_steps)

    def _density_steps(
        self, passes: list[Iterator[_Piece]], n_samples: int, n_bins: int, raw: bool
    ) -> Generator[float, None, Density]:
        extent, done = 1.0, 0.0
        if raw:
            extent, done = 0.0, 0.5
            for share, *piece in passes[0]:
                ends = (float(values.abs().max()) for values in piece if len(values))
                extent = max(extent, *ends, 0.0)
                yield share / 2
            extent = extent or 1.0
        bins = SquareBins(n_bins, extent, self._store.device)
        counts = torch.zeros((n_bins, n_bins), dtype=torch.int64, device=self._store.device)
        for share, a, c in passes[-1]:
            counts += bins.count(a, c)
            yield done + (1 - done) * share
        return Density(counts.cpu().numpy(), bins.edges, n_samples, self._store.n_dims, raw)

    def _pieces(
        self, i: SupportsIndex, j: SupportsIndex, n_samples: int, min_share: float, raw: bool
    ) -> Iterator[_Piece]:
        """Yield the in-plane coordinates of the first samples, piece by piece.

        Each piece is the share of the samples read, then the two coordinates of those samples
        whose in-plane share ‖proj x‖ / ‖x‖ is at least `min_share`.
        """
        unit_pieces = self._plane_queries.coordinate_pieces(i, j, n_samples)

        def pieces() -> Iterator[_Piece]:
            for offset, a, c in unit_pieces:
                norms = self._store.norms_from(offset, len(a)) if raw else None
                first, second = (a, c) if norms is None else (a * norms, c * norms)
                if min_share > 0:
                    kept = torch.hypot(a.double(), c.double()) >= least_lit_radius(min_share)
                    first, second = first[kept], second[kept]
                yield (offset + len(a)) / n_samples, first, second

        return pieces()
