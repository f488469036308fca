"""Questions about the in-plane coordinates of samples: projection, radii, density."""

from collections.abc import Generator, Iterator
from typing import Any, SupportsIndex

import numpy as np
import torch
from jaxtyping import Float, Float64, Int64
from torch import Tensor

from srm_widget.concurrency.generators import Progress, blocking, reported
from srm_widget.concurrency.locks import locked, locked_steps
from srm_widget.engine.parts import EngineParts
from srm_widget.geometry.arcs import reaches
from srm_widget.results.density import Density
from srm_widget.results.isotropy import checked_epsilon
from srm_widget.samples.store import as_rows
from srm_widget.survey.density_counter import DensityCounter, DensitySpec, checked_density_spec
from srm_widget.survey.ensemble_density import (
    check_density_memory,
    ensemble_density_steps,
    extents,
)
from srm_widget.utils.calls import explain_calls

_Piece = tuple[float, Float[Tensor, " some"], Float[Tensor, " some"]]
"""Share of the samples read, and the two in-plane coordinates of some of them."""


@explain_calls
class CoordinateQueries(EngineParts):
    """The engine's questions about where samples lie in planes, without a spotlight."""

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

        Raises
        ------
        IndexError, ValueError
            As for `curve`.

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> points, rows = engine.projection(0, 1, epsilon=0.8)
        >>> points.round(3).tolist(), rows.tolist()
        ([[3.0, 1.0], [1.0, 3.0]], [0, 1])
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

        Returns
        -------
        coordinates
            (n, 2) float64, each in [-1, 1] up to rounding.

        Raises
        ------
        TypeError
            If `indices` are anything else.
        IndexError
            If a row is out of range or was dropped.
        ValueError
            If the two directions are parallel.

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> engine.coordinates(0, 1, [0, 2]).round(3).tolist()
        [[0.949, 0.316], [0.0, 0.0]]
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

        Returns
        -------
        radii
            (N,) float64, in the order of `ResonanceEngine.rows`.

        Raises
        ------
        IndexError, ValueError
            As for `curve`.

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> engine.radii(0, 2).round(3).tolist()
        [0.949, 0.316, 1.0]
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

        Returns
        -------
        float
            In [0, 1], up to rounding.

        Raises
        ------
        IndexError, ValueError
            If i equals j or either is out of range; if the two directions are parallel.

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> round(engine.reach(0, 2), 3)
        1.0
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
        extent: float | None = None,
        isotropic: bool = False,
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
            Whether to bin the raw activations (centred where the engine centres them) rather than
            their directions.
        extent
            The outermost edges are at plus and minus it, and samples beyond counted apart. None is
            1 for directions, for raw coordinates the largest of those counted.
        isotropic
            Whether to compute what isotropic directions of the samples' lengths would give, with
            which raw densities can be compared: see `ensemble_density`.

        Returns
        -------
        density
            ``counts`` (bins, bins) int64 and ``edges`` (bins + 1,) float64 of both coordinates:
            see `srm_widget.results.density.Density`.

        Yields
        ------
        share
            Share done, rising to 1.

        Raises
        ------
        IndexError
            If i equals j or either is out of range.
        ValueError
            If bins, ε or the extent are not as above, or the two directions are parallel.
        TypeError
            If bins is no integer, or the extent no number.

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> density = engine.density(0, 1, bins=4, raw=True, extent=4.0)
        >>> density.counts.tolist(), density.edges.tolist()
        ([[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 1, 1], [0, 0, 1, 0]], [-4.0, -2.0, 0.0, 2.0, 4.0])
        >>> density.n_hits, density.n_outside
        (3, 0)
        """
        spec = checked_density_spec(checked_epsilon(epsilon), bins, raw, extent, isotropic)
        n_samples = len(self._store)
        # Made here, they refuse what is no plane at once; where the extent of raw coordinates is
        # to be found, they are gone through twice.
        n_passes = 2 if spec.finds_extent else 1
        passes = [self._pieces(i, j, n_samples, spec) for _ in range(n_passes)]
        return self._density_steps(passes, n_samples, spec)

    density = blocking(density_steps)

    def _density_steps(
        self, passes: list[Iterator[_Piece]], n_samples: int, spec: DensitySpec
    ) -> Generator[float, None, Density]:
        largest, done = 0.0, 0.0
        if spec.finds_extent:
            done = 0.5
            for share, *piece in passes[0]:
                ends = (float(values.abs().max()) for values in piece if len(values))
                largest = max(largest, *ends, 0.0)
                yield share / 2
            spec = spec.within(largest)
        counter = DensityCounter(spec, self._store.device)
        for share, a, c in passes[-1]:
            counter.add(a, c)
            yield done + (1 - done) * share
        return counter.density(self._store, n_samples, n_planes=1)

    @locked_steps
    def ensemble_density_steps(
        self,
        *,
        epsilon: float | str = "auto",
        raw: bool = True,
        bins: SupportsIndex = 128,
        extent: float | None = None,
        isotropic: bool = False,
        progress: Progress = None,
    ) -> Generator[float, None, Density]:
        """Count in-plane coordinates of all planes i < j laid over one another, in square bins.

        The projective picture of the author's later work: in every plane the samples whose in-plane
        share ‖proj x‖ / ‖x‖ is at least ε (PPPM), at (x · e1, x · e2). The counts are those of
        `density` at the same ε, extent and bins, added up over all planes; samples are looked for
        in all planes at once, as for a survey.

        Parameters
        ----------
        epsilon
            Least in-plane share, in [-1, 1], or "auto". At 0 and below every sample counts in
            every plane, which takes as long as to count it there.
        raw
            Whether to bin the raw activations (centred where the engine centres them) rather than
            their directions.
        bins
            Equal bins of each coordinate, ≥ 1.
        extent
            The outermost edges are at plus and minus it, and samples beyond counted apart. None is
            1 for directions; for raw coordinates the largest projection of a sample on a direction,
            found in a pass of its own, or in a basis that is not orthonormal, where coordinates
            may be larger, the largest ‖x‖. State it for densities that are to be compared or added.
        isotropic
            Whether to compute what isotropic directions of the samples' lengths would give, so that
            `Density.isotropic` and `Density.ratio` can tell of raw coordinates too. Directions need
            no asking.
        progress
            As for `survey`.

        Yields
        ------
        share
            Share done, rising to 1.

        Returns
        -------
        density
            With ``n_planes``, ``n_hits`` and ``epsilon``: see `srm_widget.results.density.Density`.

        Raises
        ------
        ValueError
            If bins, ε or the extent are not as above; if no two directions span a plane.
        TypeError
            If bins is no integer, or the extent no number.
        MemoryError
            If there is no room for all pairs of directions, what is searched, or the bins.

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> density = engine.ensemble_density(epsilon=0.8, bins=4)
        >>> density.counts.tolist()
        [[0, 0, 0, 0], [0, 0, 0, 0], [2, 0, 0, 1], [0, 0, 3, 0]]
        >>> density.n_planes, density.n_hits, round(density.extent, 3)
        (3, 6, 3.0)
        """
        fixed = self._samples.resolved_epsilon(epsilon)
        spec = checked_density_spec(fixed, bins, raw, extent, isotropic)
        pairs = self._surveyor.checked_pairs()
        check_density_memory(self._store, pairs.basis, spec)
        return reported(ensemble_density_steps(self._store, pairs, spec), progress, "planes")

    ensemble_density = blocking(ensemble_density_steps)

    @locked_steps
    def coordinate_extent_steps(self) -> Generator[float, None, float]:
        """Find an extent that holds the raw coordinates of all samples in all planes, in one pass.

        The one that `ensemble_density` takes by itself; of several engines the largest is one in
        which their densities can be compared.

        Yields
        ------
        share
            Share done, rising to 1.

        Returns
        -------
        float
            In the units of the activations.

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> round(engine.coordinate_extent(), 3)
        3.0
        """
        found = extents(self._store, self._samples.basis)

        def steps() -> Generator[float, None, float]:
            largest = 0.0
            for share, extent in found:
                largest = max(largest, extent)
                yield share
            return largest

        return steps()

    coordinate_extent = blocking(coordinate_extent_steps)

    def _pieces(
        self, i: SupportsIndex, j: SupportsIndex, n_samples: int, spec: DensitySpec
    ) -> Iterator[_Piece]:
        """Yield the in-plane coordinates of the first samples, piece by piece.

        Each piece is the share of the samples read, then the two coordinates of those samples
        whose in-plane share ‖proj x‖ / ‖x‖ is at least ε.
        """
        unit_pieces = self._plane_queries.coordinate_pieces(i, j, n_samples)

        def pieces() -> Iterator[_Piece]:
            for offset, a, c in unit_pieces:
                norms = self._store.norms_from(offset, len(a)) if spec.raw else None
                first, second = (a, c) if norms is None else (a * norms, c * norms)
                if spec.epsilon > 0:
                    kept = reaches(a, c, spec.epsilon)
                    first, second = first[kept], second[kept]
                yield (offset + len(a)) / n_samples, first, second

        return pieces()
