"""Questions about the whole basis: all planes at once, and all directions."""

from collections.abc import Generator
from dataclasses import replace
from typing import Any, SupportsIndex

import numpy as np
from jaxtyping import Int64

from srm_widget.concurrency.generators import Progress, blocking, reported, run
from srm_widget.concurrency.locks import locked, locked_steps
from srm_widget.engine.parts import EngineParts
from srm_widget.geometry import plane_index
from srm_widget.geometry.angular_grid import DEFAULT_RESOLUTION, AngularGrid
from srm_widget.results.coactive_planes import CoactivePlanes
from srm_widget.results.column_histograms import ColumnHistograms
from srm_widget.results.curves import Resonance
from srm_widget.results.fresh_source import Searched
from srm_widget.results.group_errors import MeanErrors
from srm_widget.results.plane_ensemble import PlaneEnsemble
from srm_widget.results.survey import (
    Hubs,
    Listed,
    Survey,
    checked_measure,
    checked_per_direction,
    checked_top,
)
from srm_widget.results.wilson_interval import CONFIDENCE, check_confidence
from srm_widget.samples.fourth_moments import check_orthonormal
from srm_widget.samples.moment_sums import group_moment_steps
from srm_widget.streaming.counts import ResonanceCounts
from srm_widget.survey.alignment_matrix import AlignmentMatrix, alignment_matrix
from srm_widget.survey.all_curves import all_curves, spanned_planes
from srm_widget.survey.coactive import CoactiveSpec, coactive_steps
from srm_widget.survey.directions import Directions, directions_steps
from srm_widget.survey.layer_alignment import layer_alignment
from srm_widget.survey.rotation_test import RotationTest, rotation_test
from srm_widget.survey.sampled_ensemble import EnsembleSpec, ensemble_steps
from srm_widget.survey.significance import Significance, least_share_of_work, significance
from srm_widget.survey.surveyor import SurveySpec
from srm_widget.utils.calls import explain_calls
from srm_widget.utils.validation import integer

_BYTES_OF_A_MEAN = 16
"""What `significance` keeps of every plane where each is compared with its mean over shuffles."""


@explain_calls
class BasisQueries(EngineParts):
    """The engine's questions about all planes of the basis, and about all its directions."""

    @locked_steps
    def directions_steps(
        self, *, epsilon: float | str, labels: Any = None
    ) -> Generator[float, None, Directions]:
        """Count the samples along each basis direction ±b_i, with κ, and with labels purity.

        A direction whose samples are nearly all of one class is a candidate for a grandmother
        neuron (arXiv 2505.13471). The kurtosis κ_i = ⟨p_i⁴⟩ D (D + 2) / 3 is 1 for isotropic
        samples, for directions of any basis: see `srm.kurtosis`.

        Parameters
        ----------
        epsilon
            ε in [-1, 1], or "auto".
        labels
            Classes, as for `class_curves`.

        Yields
        ------
        share
            Share done, rising to 1.

        Returns
        -------
        Directions
            A row a direction ±b_i: ``direction``, ``sign``, ``count``, ``kurtosis`` and so on, each
            (2M,).

        Raises
        ------
        TypeError, ValueError
            If ε is out of range, or labels are none or not as many as rows.

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> table = engine.directions(epsilon=0.8, labels=["cat", "dog", "dog"])
        >>> table.direction.tolist(), table.sign.tolist()
        ([0, 0, 1, 1, 2, 2], [1, -1, 1, -1, 1, -1])
        >>> table.count.tolist(), table.label
        ([1, 0, 1, 0, 0, 1], ['cat', None, 'dog', None, None, 'dog'])
        """
        fixed = self._samples.resolved_epsilon(epsilon)
        class_codes = None if labels is None else self._samples.encode_labels(labels)
        return directions_steps(self._store, self._samples.basis, fixed, class_codes)

    directions = blocking(directions_steps)

    def survey_steps(
        self,
        *,
        epsilon: float | str,
        resolution: SupportsIndex = DEFAULT_RESOLUTION,
        variant: str = "combination",
        top: SupportsIndex = 100,
        by: str = "alignment",
        per_direction: SupportsIndex | None = None,
        progress: Progress = None,
    ) -> Generator[float, None, Survey]:
        """Survey all planes at once: their ensemble, and the best of them.

        Exact, in O(N M + lit samples) where ε is not small: see `srm_widget.survey.search`. After
        `append` only the new samples are surveyed, as long as there was room to keep the counts.

        Parameters
        ----------
        epsilon, resolution
            As for `curve`.
        variant
            "combination" for the planes i < j, "permutation" for both orders of every pair.
        top
            Number of the best planes to list.
        by
            Measure to rank planes by: "alignment", "coactivation" or "peak"; see `Survey.best`.
        per_direction
            Most of the listed planes that one direction is in; None is any number.
        progress
            True for a progress bar; or a function, called with the share done from 0 to 1. What it
            raises ends the survey, and the engine is as it was.

        Yields
        ------
        share
            Share done, rising to 1.

        Returns
        -------
        Survey
            ``planes`` (n, 2) and ``score`` (n,) of the best, ``mean`` and ``std`` (K,) over all
            planes.

        Raises
        ------
        TypeError, ValueError
            For input of another kind, or if no two directions span a plane.
        MemoryError
            If it would take more memory than there is left: see `survey_bytes`.

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> survey = engine.survey(epsilon=0.8, by="peak")
        >>> survey
        Survey(3 planes, 3 of them lit, epsilon=0.8, 3 samples in 3 dimensions)
        >>> survey.planes.tolist(), survey.peak.round(2).tolist()
        ([[0, 1], [0, 2], [1, 2]], [0.67, 0.33, 0.33])
        """
        n_angles = len(AngularGrid.uniform(resolution))
        which = plane_index.checked_variant(variant)
        listed = Listed(checked_measure(by), checked_top(top), checked_per_direction(per_direction))
        return reported(self._survey_steps(epsilon, n_angles, which, listed), progress, "planes")

    survey = blocking(survey_steps)

    @locked_steps
    def _survey_steps(
        self,
        epsilon: float | str,
        resolution: int,
        variant: plane_index.Variant,
        listed: Listed,
    ) -> Generator[float, None, Survey]:
        spec = SurveySpec(self._samples.resolved_epsilon(epsilon), resolution, variant)
        self._surveyor.check_memory(spec)
        self._surveyor.checked_pairs()
        return self._survey_with_engine(spec, listed)

    def _survey_with_engine(
        self, spec: SurveySpec, listed: Listed
    ) -> Generator[float, None, Survey]:
        survey = yield from self._surveyor.survey(spec, listed)
        return replace(survey, engine_of=self._engine_of, searched=self._searched(survey.n_samples))

    @locked_steps
    def column_histograms_steps(
        self, *, epsilon: float | str, directions: Any = None
    ) -> Generator[float, None, ColumnHistograms]:
        """Count the projections on every direction: what E of coactivations is read off.

        Parameters
        ----------
        epsilon
            Lowest ε that E is asked for at, in [-1, 1], or "auto".
        directions
            (n,) numbers of directions, rising: only these are counted, as the basis that they make.
            None is all.

        Yields
        ------
        share
            Share done, rising to 1.

        Returns
        -------
        columns
            ``columns.expected(pairs, epsilon)`` is E of planes.

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> columns = engine.column_histograms(epsilon=0.8)
        >>> columns.expected([[0, 1]], 0.8).round(2).tolist()
        [0.33]
        """
        fixed = self._samples.resolved_epsilon(epsilon)
        basis = self._samples.basis
        chosen = basis if directions is None else basis.part(np.asarray(directions))
        return self._surveyor.column_histograms_steps(fixed, chosen)

    column_histograms = blocking(column_histograms_steps)

    def coactive_steps(
        self,
        *,
        epsilon: float | str,
        top: SupportsIndex = 100,
        per_direction: SupportsIndex | None = None,
        partners_of: SupportsIndex | None = None,
        shuffles: SupportsIndex = 0,
        seed: SupportsIndex = 0,
        progress: Progress = None,
    ) -> Generator[float, None, CoactivePlanes]:
        """Find the pairs of directions that fire together, of tens of thousands of directions.

        Together is whatever the signs: ``n_same_sign`` of the result says of how many samples both
        are positive or both negative, and not one against the other.

        The planes with the highest coactivation, the same as by `survey(by="coactivation")`,
        without counting at any angle and without anything of the size M × M: the features of a
        sparse autoencoder, the neurons of a wide layer. Exact: every plane that a sample is lit and
        between in is ranked. What is not kept is worked out anew for each call.

        In narrow layers an obvious pair can be missed, and the result says so: where D ε² is below
        7. Projections of unit rows are some 1 / √D where they are nothing special, which is then as
        much as a sample needs to be lit and between; E takes each large projection of the pair's
        own samples for one between, and grows to what the pair has. A larger ε helps.

        Parameters
        ----------
        epsilon
            ε in (0, 1], or "auto".
        top
            Number of planes to list.
        per_direction
            Most of the listed planes that one direction is in; None is any number. They are looked
            for among the 4,194,304 best planes.
        partners_of
            A direction: list the planes of it and another alone, at less cost. None is all planes.
        shuffles
            R, how often to shuffle the projections on every direction over the samples, to tell
            how high scores come by chance: see `CoactivePlanes.p_shuffled`. Each costs about as
            much as the search again.
        seed
            Seed ≥ 0 of the shuffles.
        progress
            As for `survey`.

        Yields
        ------
        share
            Share done, rising to 1.

        Returns
        -------
        planes, score, n_between, n_same_sign, expected, p, p_shuffled, n_planes, n_found, …
            See `srm_widget.results.coactive_planes.CoactivePlanes`, which can be looked up on fresh
            samples (`confirm`) and told as a table (`to_dataframe`).

        Raises
        ------
        ValueError
            If ε is not positive, or so low that more than 10¹¹ pairs times samples would have to be
            tested; for both `per_direction` and `partners_of`; if no two directions span a plane.
        IndexError
            If there is no direction `partners_of`.

        Notes
        -----
        O(N M D + M² D + tests) in time. Memory beyond the samples: directions in two dtypes,
        histograms of every direction's projections, and 2²⁵ pairs that are counted at once, 40
        bytes each; if there are more, the samples are gone through several times.

        Examples
        --------
        >>> import srm_widget as srm
        >>> together = [[1, 1, 0, 0]] * 6 + [[0, 0, 1, 0]] * 6 + [[0, 0, 0, 1]] * 6
        >>> best = srm.ResonanceEngine(together).coactive(epsilon=0.8)
        >>> best.planes.tolist(), best.n_between.tolist(), best.expected.tolist()
        ([[0, 1]], [6], [2.0])
        >>> best.score.round(2).tolist(), best.n_samples
        ([2.28], 18)
        """
        listed = Listed("coactivation", checked_top(top), checked_per_direction(per_direction))
        drawn = integer("shuffles", shuffles, least=0), integer("seed", seed, least=0)
        return reported(
            self._coactive_steps(epsilon, listed, partners_of, drawn), progress, "coactive planes"
        )

    coactive = blocking(coactive_steps)

    @locked_steps
    def _coactive_steps(
        self,
        epsilon: float | str,
        listed: Listed,
        partners_of: SupportsIndex | None,
        drawn: tuple[int, int],
    ) -> Generator[float, None, CoactivePlanes]:
        partner, m = None, self._samples.basis.n_directions
        if partners_of is not None:
            partner = integer("partners_of", partners_of)
            if not 0 <= partner < m:
                raise IndexError(f"expected partners_of in 0 … {m - 1}, got {partner}")
            if listed.per_direction is not None:
                raise ValueError(
                    "expected either per_direction or partners_of: all planes that are asked for "
                    f"are of direction {partner}"
                )
        fixed = self._samples.resolved_epsilon(epsilon, within="(0, 1]")
        spec = CoactiveSpec(fixed, listed.top, listed.per_direction, partner, *drawn)
        return self._coactive_with_engine(spec)

    def _coactive_with_engine(self, spec: CoactiveSpec) -> Generator[float, None, CoactivePlanes]:
        found = yield from coactive_steps(self._store, self._samples.basis, spec)
        return replace(
            found,
            has_groups=self._samples.groups is not None,
            engine_of=self._engine_of,
            searched=self._searched(found.n_samples),
        )

    def _searched(self, n_samples: int) -> Searched:
        return Searched(n_samples, self._store.fingerprint(n_samples))

    def ensemble_steps(
        self,
        *,
        epsilon: float | str,
        resolution: SupportsIndex = DEFAULT_RESOLUTION,
        n_planes: SupportsIndex = 20_000,
        seed: SupportsIndex = 0,
        progress: Progress = None,
    ) -> Generator[float, None, PlaneEnsemble]:
        """Estimate mean and spread of the curves of all planes, of very many directions.

        What `Survey.mean` and `Survey.std` are, from planes drawn uniformly without replacement
        among those that there are, each counted exactly on all samples; with the standard errors
        that this leaves, and of all planes if there are no more. Nothing of the size M × M is made.

        Parameters
        ----------
        epsilon, resolution
            As for `curve`.
        n_planes
            Planes to draw.
        seed
            Seed ≥ 0 of the draw.
        progress
            As for `survey`.

        Yields
        ------
        share
            Share done, rising to 1.

        Returns
        -------
        mean, std, mean_error, std_error, n_planes, n_all, n_lit, planes, …
            See `srm_widget.results.plane_ensemble.PlaneEnsemble`.

        Raises
        ------
        ValueError
            For input of another kind, or if no two directions span a plane.

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> ensemble = engine.ensemble(epsilon=0.8, resolution=8)
        >>> ensemble
        PlaneEnsemble(all 3 planes, 3 of them lit, epsilon=0.8, 3 samples)
        >>> ensemble.mean.round(3).tolist()
        [0.333, 0.222, 0.111, 0.0, 0.0, 0.0, 0.222, 0.0]
        """
        n_angles = len(AngularGrid.uniform(resolution))
        asked = integer("n_planes", n_planes, least=1), integer("seed", seed, least=0)
        return reported(self._ensemble_steps(epsilon, n_angles, *asked), progress, "planes")

    ensemble = blocking(ensemble_steps)

    @locked_steps
    def _ensemble_steps(
        self, epsilon: float | str, resolution: int, n_planes: int, seed: int
    ) -> Generator[float, None, PlaneEnsemble]:
        spec = EnsembleSpec(self._samples.resolved_epsilon(epsilon), resolution, n_planes, seed)
        return ensemble_steps(self._store, self._samples.basis, spec)

    def hubs(self, *, epsilon: float | str, top: SupportsIndex = 10) -> Hubs:
        """Return the directions that are in the most lit planes, which would lead every ranking.

        Parameters
        ----------
        epsilon
            ε in [-1, 1], or "auto".
        top
            How many directions at most.

        Returns
        -------
        direction, n_planes, share
            See `srm_widget.results.survey.Hubs`.

        Raises
        ------
        TypeError, ValueError, MemoryError
            As for `survey`.

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[9, 1, 0, 0], [9, 0, 1, 0], [9, 0, 0, 1]])
        >>> hubs = engine.hubs(epsilon=0.9)
        >>> hubs.direction.tolist(), hubs.n_planes.tolist()  # the first is in all lit planes
        ([0, 1, 2, 3], [3, 1, 1, 1])
        """
        return self.survey(epsilon=epsilon, top=0).hubs(top)

    @locked_steps
    def curves_steps(
        self,
        *,
        epsilon: float | str,
        resolution: SupportsIndex = DEFAULT_RESOLUTION,
        angles: Any = None,
        variant: str = "combination",
    ) -> Generator[float, None, Resonance]:
        """Compute the resonance of all planes in short steps, as `survey_steps`.

        The parameters are those of `spotlight_resonance`, which is the same in one call. The result
        has a row of K angles for every plane: in wide layers a survey tells more in less memory.
        Samples in groups are counted plane by plane, for their errors.

        Parameters
        ----------
        epsilon, resolution, angles, variant
            As for `spotlight_resonance`.

        Returns
        -------
        Resonance
            One row a plane that two directions span.

        Raises
        ------
        TypeError, ValueError
            As for `spotlight_resonance`; if no two directions span a plane.

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> shares = list(engine.curves_steps(epsilon=0.8, resolution=8))  # other work between them
        >>> shares[-1]
        1.0
        """
        grid = AngularGrid.uniform(resolution) if angles is None else AngularGrid.at(angles)
        which = plane_index.checked_variant(variant)
        fixed = self._samples.resolved_epsilon(epsilon)
        pairs = self._surveyor.checked_pairs()
        if self._samples.groups is not None:
            return self._plane_by_plane(spanned_planes(pairs, which), fixed, grid)
        return all_curves(self._store, pairs, fixed, grid, which)

    def _plane_by_plane(
        self, planes: Int64[np.ndarray, "planes 2"], epsilon: float, grid: AngularGrid
    ) -> Generator[float, None, Resonance]:
        """Compute the resonance of the `planes` one by one; yields the share done."""
        n_samples = len(self._store)
        # A plane right after its mirror image, whose arcs are still kept.
        order = np.lexsort((planes[:, 0], planes.max(axis=1), planes.min(axis=1)))
        curves = {}
        for k, place in enumerate(order.tolist(), 1):
            i, j = planes[place].tolist()
            curves[place] = run(self._plane_queries.curve_steps(i, j, epsilon, grid))
            yield k / len(order)
            self._store.check_size(n_samples)
        return Resonance.stack([curves[place] for place in range(len(planes))])

    @locked
    def counts(
        self,
        *,
        epsilon: Any,
        resolution: SupportsIndex = DEFAULT_RESOLUTION,
        planes: Any = "all",
        variant: str = "combination",
    ) -> ResonanceCounts:
        """Return counts of the samples at fixed ε and angles, to be kept or merged without them.

        Parameters
        ----------
        epsilon
            One ε in [-1, 1], several, or "auto".
        resolution, planes, variant
            As for `ResonanceCounts`.

        Returns
        -------
        ResonanceCounts
            With the engine's centre and least norm; what was the mean of the engine's activations
            is a given vector for the counts, which more samples do not move.

        Raises
        ------
        ValueError
            If the samples have groups, which counts would lose: their intervals were too narrow.

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> counts = engine.counts(epsilon=[0.6, 0.8])
        >>> counts
        ResonanceCounts(3 planes, epsilon=0.6, 0.8, 3 samples)
        >>> counts.append([[0, 5, 0]])
        >>> counts.n_samples, engine.n_samples
        (4, 3)
        """
        if self._samples.groups is not None:
            raise ValueError(
                "expected an engine without groups, as counts hold none and their intervals would "
                f"be too narrow, got {self._samples.groups.n_groups:,} groups; "
                "`curve` has intervals of samples in groups, and counts of "
                "ResonanceEngine(activations), without groups, take each sample for independent"
            )
        auto = isinstance(epsilon, str) and epsilon == "auto"
        counts = ResonanceCounts(
            self._samples.basis,
            epsilon=self._samples.auto_epsilon() if auto else epsilon,
            resolution=resolution,
            planes=planes,
            variant=variant,
            device=self._store.device,
            dtype=self._store.dtype,
            nan_policy=self._samples.nan_policy,
            center=self._samples.preparation.center,
            min_norm=self._samples.preparation.min_norm,
        )
        counts.count_store(self._store)
        return counts

    @locked_steps
    def alignment_steps(
        self, *, epsilon: float | str | None = None
    ) -> Generator[float, None, float]:
        """Compute the alignment of all samples with the basis: A₄, or A(ε) at one ε.

        1 if samples stand on the basis directions, negative if they stand between them, 0 in the
        mean over isotropic ones. A₄ needs no ε and one pass: see `srm.alignment`; `participation`
        belongs beside it. A(ε) is the mean of cos 4φ over all planes and the samples lit in them.
        The alignment of one plane is `curve(i, j, epsilon=…).alignment`; without an ε it is in
        `alignment_matrix`.

        Parameters
        ----------
        epsilon
            None for A₄, which takes an orthonormal basis; else ε in [-1, 1], or "auto".

        Yields
        ------
        share
            Share done, rising to 1.

        Returns
        -------
        float
            NaN if no sample has a direction, or none is lit.

        Raises
        ------
        ValueError
            For A₄ if the basis is not orthonormal.
        MemoryError
            For A(ε) if there is no room for all pairs of directions.

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> round(engine.alignment(), 3), round(engine.alignment(epsilon=0.8), 3), engine.n_samples
        (0.745, 0.76, 3)
        """
        if epsilon is not None:
            fixed = self._samples.resolved_epsilon(epsilon)
            return layer_alignment(self._store, self._surveyor.checked_pairs(), fixed)
        check_orthonormal(self._samples.basis, "epsilon='auto' takes the alignment at an ε")
        return self._fourth_moment_steps()

    alignment = blocking(alignment_steps)

    @locked_steps
    def alignment_interval_steps(
        self, confidence: float = CONFIDENCE
    ) -> Generator[float, None, tuple[float, float]]:
        """Compute the confidence interval of A₄, the alignment of all samples without an ε.

        Cluster-robust where the samples came in groups, else each is a group of its own: Wilson's
        interval of (1 + A₄) / 2 with the linearised variance of a ratio of sums over groups, see
        `srm_widget.results.group_errors.MeanErrors`.

        Parameters
        ----------
        confidence
            In (0, 1).

        Yields
        ------
        share
            Share done, rising to 1.

        Returns
        -------
        low, high
            In [-1, 1]; NaN if no sample has a direction.

        Raises
        ------
        ValueError
            If the basis is not orthonormal, or `confidence` not in (0, 1).

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> low, high = engine.alignment_interval()  # three samples say little
        >>> round(low, 2), round(engine.alignment(), 2), round(high, 2)
        (-0.13, 0.74, 0.97)
        """
        check_confidence(confidence)
        groups, basis = self._samples.groups, self._samples.basis
        check_orthonormal(basis, "`Resonance.alignment_interval` is that of a plane")
        n_samples = len(self._store)
        codes = np.arange(n_samples, dtype=np.int32) if groups is None else groups.codes
        n_groups = n_samples if groups is None else groups.n_groups

        def steps() -> Generator[float, None, tuple[float, float]]:
            moments = yield from group_moment_steps(self._store, basis, codes, n_groups)
            above, below = moments.alignment_terms(basis.n_directions)
            with np.errstate(invalid="ignore"):
                alignment = np.array([above.sum() / below.sum()])
            ends = MeanErrors.of_groups(above, below).interval(alignment, confidence)
            low, high = (float(end[0]) for end in ends)
            return low, high

        return steps()

    alignment_interval = blocking(alignment_interval_steps)

    def _fourth_moment_steps(self) -> Generator[float, None, float]:
        sums = yield from self._surveyor.moment_steps()
        return float(sums.moments(self._samples.basis.n_directions).alignment)

    @property
    def participation(self) -> float:
        """Participation number n_eff: on how many directions a sample stands.

        n_eff = s / S, with S = ⟨Σ_i p_i⁴⟩ and s = ⟨(Σ_i p_i²)²⟩ over unit samples: 1 for one-hot
        samples, 2 for samples halfway between two directions, (D + 2) / 3 for isotropic ones, D
        for the corners of the cube. NaN if no sample has a direction; ``ValueError`` if the basis
        is not orthonormal.
        """
        check_orthonormal(self._samples.basis, "srm.kurtosis(activations, basis) takes any")
        with self._lock:
            sums = run(self._surveyor.moment_steps())
        return float(sums.moments(self._samples.basis.n_directions).participation)

    def alignment_matrix_steps(
        self, *, progress: Progress = None
    ) -> Generator[float, None, AlignmentMatrix]:
        """Compute the alignment A₄ of every plane without an ε, and the best aligned planes.

        A₄(i, j) = (q_i + q_j - 6 C_ij) / (q_i + q_j + 2 C_ij), with q_i = ⟨p_i⁴⟩ and C_ij =
        ⟨p_i² p_j²⟩: two products of (M, N) with (N, M) matrices for all planes together.
        `alignment` is their mean, weighed by the samples' parts in them.

        Parameters
        ----------
        progress
            As for `survey`.

        Yields
        ------
        share
            Share done, rising to 1.

        Returns
        -------
        values, n_effective, n_samples
            See `srm_widget.survey.alignment_matrix.AlignmentMatrix`; 16 bytes a pair (i, j).

        Raises
        ------
        ValueError
            If the basis is not orthonormal.

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> matrix = engine.alignment_matrix()
        >>> matrix.values.round(2).tolist()
        [[nan, 0.28, 1.0], [0.28, nan, 1.0], [1.0, 1.0, nan]]
        >>> matrix.n_effective[0, 1].round(1).tolist(), matrix.n_samples
        (2.0, 3)
        """
        return reported(self._alignment_matrix_steps(), progress, "planes")

    alignment_matrix = blocking(alignment_matrix_steps)

    @locked_steps
    def _alignment_matrix_steps(self) -> Generator[float, None, AlignmentMatrix]:
        check_orthonormal(
            self._samples.basis, "survey(epsilon='auto').matrix() has that of each plane at an ε"
        )
        return alignment_matrix(self._store, self._samples.basis)

    def rotation_test_steps(
        self,
        *,
        epsilon: float | str | None = None,
        null: str = "mean",
        rotations: SupportsIndex = 200,
        seed: SupportsIndex = 0,
        progress: Progress = None,
    ) -> Generator[float, None, RotationTest]:
        """Rotation test: whether the alignment with this basis is more than chance.

        Compares the alignment of all samples with the basis to that with random rotations of it.
        Unlike the isotropic expectation it holds for activations that are anisotropic in their own
        right. It is of the layer; of single planes `significance` tells.

        Parameters
        ----------
        epsilon
            None to test A₄, or where the basis is not orthonormal A(ε) at the automatic ε; else ε
            in [-1, 1], or "auto", to test A(ε).
        null
            What the rotations keep. "mean": the samples' mean direction, which tells whether it is
            *this* basis beyond where the cloud lies; "rotations": nothing. The mean of activations
            that are all positive makes alignments with freely turned bases differ so much that
            little stands out from them.
        rotations
            R, number of random rotations of the whole basis.
        seed
            Seed ≥ 0 of the rotations, and of the samples drawn where not all are tested.
        progress
            As for `survey`.

        Yields
        ------
        share
            Share done, rising to 1.

        Returns
        -------
        statistic, null, p, effect, epsilon, kept, n_samples
            See `srm_widget.survey.rotation_test.RotationTest`.

        Raises
        ------
        ValueError
            For input of another kind, or if no two directions span a plane.
        MemoryError
            If there is no room for all pairs of directions.

        Examples
        --------
        >>> import torch
        >>> import srm_widget as srm
        >>> test = srm.ResonanceEngine(torch.eye(8)).rotation_test(rotations=50)
        >>> test.statistic, round(test.p, 3), test.kept, test.n_samples
        (1.0, 0.02, 'mean', 8)
        """
        with self._lock:
            pairs = self._surveyor.checked_pairs()
            if epsilon is None and not self._samples.basis.is_orthonormal:
                epsilon = "auto"
            fixed = None if epsilon is None else self._samples.resolved_epsilon(epsilon)
        steps = rotation_test(self._store, pairs, fixed, null=null, rotations=rotations, seed=seed)
        return reported(steps, progress, "rotations")

    rotation_test = blocking(rotation_test_steps)

    def significance_steps(
        self,
        *,
        epsilon: float | str,
        by: str = "alignment",
        null: str = "mean",
        rotations: SupportsIndex = 200,
        seed: SupportsIndex = 0,
        top: SupportsIndex = 100,
        progress: Progress = None,
    ) -> Generator[float, None, Significance]:
        r"""Find the planes that stand out furthest, with p over all planes together.

        Every plane is compared with the furthest out of *all* planes of each turned basis, or of
        each shuffle, so that it is taken into account that the best of many was looked for.

        Parameters
        ----------
        epsilon
            ε in [-1, 1], or "auto".
        by
            "alignment" for \|A\| sqrt(2 n), on a direction or between two; "coactivation" for more
            samples between two than their columns give, which null="columns" is made for; "peak".
        null
            "mean" or "rotations", as for `rotation_test`: whether it is *this* basis. Or "columns":
            whether two directions do more together than each alone. The projections p_i = x̂ · b̂_i
            on every direction of an orthonormal basis are shuffled over the samples, direction by
            direction; in-plane radius and angle are those of the shuffled (p_i, p_j) as they are,
            though no unit rows have them; and a plane is compared with its own mean over shuffles.
            It is for wide layers: unit rows depend on each other, as what one projection has the
            others lack, and in 16 dimensions planes of isotropic samples stand out for that alone.
        rotations
            R, number of draws: turned bases, or shuffles.
        seed
            As for `rotation_test`.
        top
            Number of planes to list.
        progress
            As for `survey`.

        Yields
        ------
        share
            Share done, rising to 1.

        Returns
        -------
        planes, score, n_lit, strength, p, null
            See `srm_widget.survey.significance.Significance`.

        Raises
        ------
        ValueError
            For input of another kind, or if no two directions span a plane.
        MemoryError
            If there is no room for all pairs of directions.

        Examples
        --------
        >>> import torch
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine(torch.eye(8).repeat(20, 1))
        >>> found = engine.significance(epsilon=0.8, rotations=50, top=3)
        >>> found.planes.tolist(), found.p.round(3).tolist()
        ([[0, 1], [0, 2], [0, 3]], [0.02, 0.02, 0.02])
        >>> found.score.tolist(), found.n_lit.tolist()
        ([1.0, 1.0, 1.0], [40, 40, 40])
        """
        measure, n_best = checked_measure(by), checked_top(top)
        of_each = _BYTES_OF_A_MEAN if null == "columns" and measure != "coactivation" else 0
        with self._lock:
            pairs = self._surveyor.checked_pairs(of_each=of_each)
            fixed = self._samples.resolved_epsilon(epsilon)
        steps = significance(
            self._store,
            pairs,
            SurveySpec(fixed, DEFAULT_RESOLUTION, "combination"),
            measure,
            null=null,
            rotations=rotations,
            seed=seed,
            top=n_best,
        )
        return reported(steps, progress, "rotations")

    significance = blocking(significance_steps)

    @locked
    def significance_cost(self, epsilon: float | str, *, rotations: SupportsIndex = 200) -> float:
        """Return what `significance` takes with as few samples as it ever tests.

        1 is about a minute of one core, and as much as it takes where it may choose their number.

        Parameters
        ----------
        epsilon, rotations
            As for `significance`.
        """
        n = integer("rotations", rotations, least=1)
        fixed = self._samples.resolved_epsilon(epsilon)
        return least_share_of_work(self._store, self._surveyor.checked_pairs(), fixed, n)
