"""What lies where in one plane: the samples inside the spotlight, their classes, their density."""

import math
import operator
from collections.abc import Generator, Iterable, Iterator
from typing import Any, SupportsIndex

import numpy as np
import torch
from jaxtyping import Float, Float64, Int64
from torch import Tensor

from srm_widget.angles import AngularGrid
from srm_widget.beam import Beam, falling
from srm_widget.classcurves import ClassCurves
from srm_widget.density import Bins, Density
from srm_widget.directions import Directions, directions_steps
from srm_widget.holding import Holding
from srm_widget.null import checked_epsilon
from srm_widget.progress import finished
from srm_widget.samples import as_rows


class InPlane(Holding):
    """The questions a plane answers beside its curve."""

    def inside(
        self,
        i: SupportsIndex,
        j: SupportsIndex,
        theta: float,
        *,
        epsilon: float | str,
    ) -> Int64[np.ndarray, " inside"]:
        """Samples inside the spotlight at `theta` in the plane (i, j), by falling cosine.

        Parameters
        ----------
        i, j, epsilon
            As for `curve`.
        theta
            θ in radians, any finite number.

        Returns
        -------
        indices
            (n,) int64 rows of the activations as they were given, those dropped counted in; n is
            what the curve counts at θ. Equal cosines are in the order of the samples.
        """
        return self.beam(i, j, theta, epsilon=epsilon).indices

    def beam(
        self,
        i: SupportsIndex,
        j: SupportsIndex,
        theta: float,
        *,
        epsilon: float | str,
        labels: Any = None,
        only: Iterable[int] | None = None,
        most: SupportsIndex | None = None,
    ) -> Beam:
        """Samples inside the spotlight, as `inside`, with their cosines and their number by class.

        Parameters
        ----------
        i, j, theta, epsilon
            As for `inside`.
        labels
            Classes, as for `class_curves`.
        only
            Positions of the classes whose samples to list; None is all of them.
        most
            How many samples to list, the first by falling cosine; None is all of them.
        """
        if not math.isfinite(theta):
            raise ValueError(f"expected a finite angle theta, got {theta}")
        limit = None if most is None else operator.index(most)
        if limit is not None and limit < 0:
            raise ValueError(f"expected most ≥ 0 samples, got {limit}")
        index, cosines = self._computing.inside(i, j, theta, self.resolved_epsilon(epsilon))
        coded = None if labels is None else self._coded(labels)
        by_class = None if coded is None else coded.sizes_of(index)
        n_lit = len(index)
        if only is not None:
            if coded is None:
                raise TypeError("expected labels beside only=, which lists some classes")
            listed = coded.are_of(index, only)
            index, cosines = index[listed], cosines[listed]
        first = falling(cosines, limit)
        rows = self._samples.rows(index[first])
        return Beam(n_lit, len(index), rows, cosines[first], by_class)

    def class_curves(
        self,
        i: SupportsIndex,
        j: SupportsIndex,
        labels: Any,
        *,
        epsilon: float | str,
        resolution: SupportsIndex = 360,
        angles: Any = None,
    ) -> ClassCurves:
        """Resonance of the plane (i, j), class by class; the classes sum to `curve`.

        Parameters
        ----------
        i, j, epsilon, resolution, angles
            As for `curve`.
        labels
            Class of every row of the activations as they were given, those dropped counted in:
            integers, strings or a pandas categorical; see `srm_widget.labels.as_labels`.
        """
        grid = AngularGrid.uniform(resolution) if angles is None else AngularGrid.at(angles)
        fixed = self.resolved_epsilon(epsilon)
        coded = self._coded(labels)
        counts = self._computing.class_counts((i, j), fixed, grid, coded)
        return ClassCurves(coded.names, coded.sizes, grid.angles, counts, self.n_samples)

    def directions(self, *, epsilon: float | str, labels: Any = None) -> Directions:
        """Samples along each basis direction ±b_i, and how pure they are.

        A direction whose samples are nearly all of one class is a candidate for a grandmother
        neuron (arXiv 2505.13471).

        Parameters
        ----------
        epsilon
            ε in [-1, 1], or "auto".
        labels
            Classes, as for `class_curves`.
        """
        return finished(self.directions_steps(epsilon=epsilon, labels=labels), None, "directions")

    def directions_steps(
        self, *, epsilon: float | str, labels: Any = None
    ) -> Generator[float, None, Directions]:
        """`directions` in short steps, for those who have something else to do in between.

        Yields the share done, rising to 1; returns the table. Close it to cancel.
        """
        fixed = self.resolved_epsilon(epsilon)
        coded = None if labels is None else self._coded(labels)
        return directions_steps(self._samples, self.basis, fixed, coded)

    def projection(
        self, i: SupportsIndex, j: SupportsIndex, *, epsilon: float = 0.0
    ) -> tuple[Float64[np.ndarray, "some 2"], Int64[np.ndarray, " some"]]:
        """Raw activations projected on the plane (i, j), where enough of them lies in it (PPPM).

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
        index = self._computing.within(i, j, checked_epsilon(epsilon))
        norms = self._samples.norms(index)
        return self._computing.coordinates(i, j, index) * norms[:, None], self._samples.rows(index)

    def coordinates(
        self, i: SupportsIndex, j: SupportsIndex, indices: Any
    ) -> Float64[np.ndarray, "some 2"]:
        """Coordinates (x̂ · e1, x̂ · e2) in the unit disc of the plane (i, j).

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
        index = self._samples.places(as_rows(indices))
        return self._computing.coordinates(i, j, index)

    def radii(self, i: SupportsIndex, j: SupportsIndex) -> Float64[np.ndarray, " samples"]:
        """In-plane radii r = hypot(x̂ · e1, x̂ · e2) of all samples, (N,).

        They lie in [0, 1], up to rounding; where r ≥ ε the sample is lit at some angle.

        Parameters
        ----------
        i, j
            As for `curve`.
        """
        return self._computing.radii(i, j)

    def density(
        self,
        i: SupportsIndex,
        j: SupportsIndex,
        *,
        bins: SupportsIndex = 128,
        epsilon: float = 0.0,
        raw: bool = False,
    ) -> Density:
        """How many samples lie where in the plane (i, j): PPPM as a density.

        Parameters
        ----------
        i, j
            As for `curve`.
        bins
            Equal bins of each coordinate, ≥ 1.
        epsilon
            Least in-plane share ‖proj x‖ / ‖x‖ of the samples counted, as for `projection`.
        raw
            Whether to bin the raw activations, between plus and minus their largest coordinate,
            rather than their directions, between -1 and 1.
        """
        n_bins = operator.index(bins)
        if n_bins < 1:
            raise ValueError(f"expected bins ≥ 1, got {n_bins}")
        least = checked_epsilon(epsilon)
        extent = 1.0
        if raw:
            pieces = self._pieces(i, j, least, raw)
            ends = (float(values.abs().max()) for piece in pieces for values in piece)
            extent = max(ends, default=0.0) or 1.0
        found = Bins(n_bins, extent, self.device)
        counts = torch.zeros((n_bins, n_bins), dtype=torch.int64, device=self.device)
        for a, c in self._pieces(i, j, least, raw):
            counts += found.count(a, c)
        return Density(counts.cpu().numpy(), found.edges, self.n_samples, self.n_dims, raw)

    def _pieces(
        self, i: SupportsIndex, j: SupportsIndex, least: float, raw: bool
    ) -> Iterator[tuple[Float[Tensor, " some"], Float[Tensor, " some"]]]:
        """In-plane coordinates of the samples with at least that share in the plane."""
        for offset, a, c in self._computing.unit_disc(i, j):
            norms = self._samples.norms_from(offset, len(a)) if raw else None
            first, second = (a, c) if norms is None else (a * norms, c * norms)
            if least > 0:
                kept = torch.hypot(a, c) >= least
                first, second = first[kept], second[kept]
            if len(first):
                yield first, second
