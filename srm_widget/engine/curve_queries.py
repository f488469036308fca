"""Questions about the spotlight in one plane: its curve, the samples inside, their classes."""

import math
from collections.abc import Generator, Iterable
from contextlib import closing
from typing import Any, SupportsIndex

import numpy as np
from jaxtyping import Int64

from srm_widget.concurrency.generators import blocking
from srm_widget.concurrency.locks import locked, locked_steps
from srm_widget.engine.parts import EngineParts
from srm_widget.geometry.angular_grid import DEFAULT_RESOLUTION, AngularGrid
from srm_widget.plane.beam import Beam, BeamBuilder
from srm_widget.results.curves import ClassCurves, Resonance
from srm_widget.utils.calls import explain_calls
from srm_widget.utils.validation import integer

_DIMS_PER_ARC = 64
"""Dimensions of a sample that are projected in the time in which its arc is found."""


@explain_calls
class CurveQueries(EngineParts):
    """The engine's questions about the spotlight in one plane."""

    @locked_steps
    def curve_steps(
        self,
        i: SupportsIndex,
        j: SupportsIndex,
        *,
        epsilon: float | str,
        resolution: SupportsIndex = DEFAULT_RESOLUTION,
        angles: Any = None,
    ) -> Generator[Resonance | None, None, Resonance]:
        """Compute the resonance of the plane (i, j).

        Parameters
        ----------
        i, j
            Directions; θ = 0 is b_i and θ grows towards b_j. (j, i) is the mirror of (i, j) and is
            read off it.
        epsilon
            ε in [-1, 1], or "auto" for `auto_epsilon`.
        resolution
            K ≥ 4, angles in the full turn.
        angles
            Any angles in radians instead.

        Yields
        ------
        so_far
            Resonance of the samples counted so far, as `progress_curve`; None where only some of
            the angles are still to be counted.

        Returns
        -------
        Resonance
            P = 1: ``counts`` (1, K), ``n_lit`` (1,) and so on.

        Raises
        ------
        IndexError
            If i equals j or either is out of range.
        ValueError
            If ε, resolution or angles are not as above, or the two directions are parallel.

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> curve = engine.curve(0, 1, epsilon=0.8, resolution=8)
        >>> curve.counts.tolist(), curve.n_samples
        ([[1, 2, 1, 0, 0, 0, 0, 0]], 3)
        >>> curve.n_lit.tolist(), curve.alignment.round(2).tolist()
        ([2], [0.28])
        """
        grid = AngularGrid.uniform(resolution) if angles is None else AngularGrid.at(angles)
        return self._plane_queries.curve_steps(i, j, self._samples.resolved_epsilon(epsilon), grid)

    curve = blocking(curve_steps)

    def progress_curve(
        self,
        i: SupportsIndex,
        j: SupportsIndex,
        *,
        epsilon: float | str,
        resolution: SupportsIndex = DEFAULT_RESOLUTION,
        angles: Any = None,
    ) -> Generator[Resonance, None, None]:
        """Compute `curve` in short steps: the resonance of more and more samples, at last of all.

        Each is that of the samples counted so far, ``n_samples`` of them (rows of zeros and rows
        left out are given for all samples). Blocks of samples are taken from everywhere, so that
        the first ones can stand for all, also where samples came in an order. Samples that are
        appended meanwhile are counted too. Close it to cancel: no count is kept then, and the next
        question is answered as if there had been none; projections that were made are kept.

        Parameters
        ----------
        i, j, epsilon, resolution, angles
            As for `curve`.

        Returns
        -------
        steps
            Of which the last is `curve`; it alone where nothing is left to count.

        Raises
        ------
        IndexError, ValueError
            As for `curve`, at once and not at the first step.

        Examples
        --------
        >>> import numpy as np
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine(np.random.default_rng(0).standard_normal((2_000, 3)))
        >>> counted = [curve.n_samples for curve in engine.progress_curve(0, 1, epsilon=0.8)]
        >>> counted[-1], counted == sorted(counted)
        (2000, True)
        """
        steps = self.curve_steps(i, j, epsilon=epsilon, resolution=resolution, angles=angles)

        def found() -> Generator[Resonance, None, None]:
            with closing(steps):
                try:
                    while True:
                        so_far = next(steps)
                        if so_far is not None and so_far.n_samples < self._samples.n_samples:
                            yield so_far
                except StopIteration as end:
                    curve: Resonance = end.value
            yield curve

        return found()

    @locked
    def n_to_read(self, i: SupportsIndex, j: SupportsIndex, *, epsilon: float | str) -> int:
        """Return the cost of a curve, in samples to read: 0 … N, more where some are to project.

        Parameters
        ----------
        i, j, epsilon
            As for `curve`.

        Returns
        -------
        n
            Samples, and for each coordinate that is to be projected first a share of one.
        """
        fixed = self._samples.resolved_epsilon(epsilon)
        n_samples, n_projections = self._plane_queries.n_to_read(i, j, fixed)
        return n_samples + n_projections * self._store.n_dims // _DIMS_PER_ARC

    def inside(
        self,
        i: SupportsIndex,
        j: SupportsIndex,
        theta: float,
        *,
        epsilon: float | str,
    ) -> Int64[np.ndarray, " inside"]:
        """Return the samples inside the spotlight at `theta`, by falling cosine.

        Parameters
        ----------
        i, j
            As for `curve`.
        theta
            θ in radians, any finite number.
        epsilon
            As for `curve`.

        Returns
        -------
        indices
            (n,) int64 rows of the activations as they were given, those dropped counted in; n is
            what the curve counts at θ. Equal cosines are in the order of the samples.

        Raises
        ------
        IndexError, ValueError
            As for `curve`; if θ is not finite.

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> engine.inside(0, 1, 0.7, epsilon=0.8).tolist()
        [0, 1]
        """
        return self.beam(i, j, theta, epsilon=epsilon).indices

    @locked_steps
    def beam_steps(
        self,
        i: SupportsIndex,
        j: SupportsIndex,
        theta: float,
        *,
        epsilon: float | str,
        labels: Any = None,
        only: Iterable[int] | None = None,
        most: SupportsIndex | None = None,
    ) -> Generator[float, None, Beam]:
        """Return the samples inside the spotlight with their cosines, and their number by class.

        Parameters
        ----------
        i, j, theta, epsilon
            As for `inside`.
        labels
            Classes, as for `class_curves`.
        only
            Positions of the classes whose samples to list; None is all of them.
        most
            Number of samples to list, the first by falling cosine; None is all of them.

        Returns
        -------
        beam
            ``indices`` (n,) int64 and ``cosines`` (n,) float64 of those listed; with labels,
            ``by_class`` (C,) int64 of all that are lit.

        Yields
        ------
        share
            Share done, rising to 1, of the samples there were when it was asked for.

        Raises
        ------
        IndexError, TypeError, ValueError
            As for `class_curves`; if `only` names no class or came without labels, θ is not finite
            or `most` is negative.

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> beam = engine.beam(0, 1, 0.7, epsilon=0.8, labels=["cat", "dog", "dog"])
        >>> beam.indices.tolist(), beam.cosines.round(3).tolist()
        ([0, 1], [0.929, 0.853])
        >>> beam.by_class.tolist(), beam.n_lit
        ([1, 1], 2)
        """
        if not math.isfinite(theta):
            raise ValueError(f"expected a finite angle theta, got {theta}")
        limit = None if most is None else integer("most", most, least=0)
        class_codes = None if labels is None else self._samples.encode_labels(labels)
        if only is not None and class_codes is None:
            raise TypeError("expected labels beside only=, which lists some classes")
        builder = BeamBuilder(class_codes, only, limit)
        pieces = self._plane_queries.inside(i, j, theta, self._samples.resolved_epsilon(epsilon))

        def steps() -> Generator[float, None, Beam]:
            for share, index, cosines in pieces:
                builder.add(index, cosines)
                yield share
            return builder.beam(self._store.rows)

        return steps()

    beam = blocking(beam_steps)

    @locked_steps
    def class_curves_steps(
        self,
        i: SupportsIndex,
        j: SupportsIndex,
        labels: Any,
        *,
        epsilon: float | str,
        resolution: SupportsIndex = DEFAULT_RESOLUTION,
        angles: Any = None,
    ) -> Generator[float, None, ClassCurves]:
        """Compute the resonance of the plane (i, j) class by class; the classes sum to `curve`.

        Parameters
        ----------
        i, j
            As for `curve`.
        labels
            Class of every row of the activations as they were given, those dropped counted in:
            integers, strings or a pandas categorical; see `srm_widget.samples.labels.as_labels`.
        epsilon, resolution, angles
            As for `curve`.

        Returns
        -------
        curves
            ``counts`` (C, K) int64 at the ``angles`` (K,), one row for each of the ``classes``.

        Yields
        ------
        share
            Share done, rising to 1.

        Raises
        ------
        IndexError, TypeError, ValueError
            As for `curve`; if the labels are none, or not as many as rows.

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> labels = ["cat", "dog", "dog"]
        >>> curves = engine.class_curves(0, 1, labels, epsilon=0.8, resolution=8)
        >>> curves.classes, curves.sizes.tolist()
        (('cat', 'dog'), [1, 2])
        >>> curves.counts.tolist()
        [[1, 1, 0, 0, 0, 0, 0, 0], [0, 1, 1, 0, 0, 0, 0, 0]]
        """
        grid = AngularGrid.uniform(resolution) if angles is None else AngularGrid.at(angles)
        class_codes = self._samples.encode_labels(labels)
        count_steps = self._plane_queries.class_steps(
            (i, j), self._samples.resolved_epsilon(epsilon), grid, class_codes
        )

        def steps() -> Generator[float, None, ClassCurves]:
            counts = yield from count_steps
            return ClassCurves(
                class_codes.names, class_codes.sizes, grid.angles, counts, len(class_codes.codes)
            )

        return steps()

    class_curves = blocking(class_curves_steps)
