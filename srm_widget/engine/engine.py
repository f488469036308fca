"""The incremental engine: spotlight resonance of activations, computing only what changed."""

from collections.abc import Generator
from typing import Any, SupportsIndex

from srm_widget.concurrency.generators import Progress, run
from srm_widget.concurrency.threads import locked, locked_steps
from srm_widget.engine.curve_queries import CurveQueries
from srm_widget.geometry import plane_index
from srm_widget.geometry.angular_grid import DEFAULT_RESOLUTION, AngularGrid
from srm_widget.geometry.pair_geometry import PairGeometry
from srm_widget.results.curves import Resonance
from srm_widget.results.survey import Survey, checked_measure, checked_top
from srm_widget.streaming.counts import ResonanceCounts
from srm_widget.survey.all_curves import all_curves
from srm_widget.survey.rotation_test import RotationTest, rotation_test
from srm_widget.survey.surveyor import SurveySpec


class ResonanceEngine(CurveQueries):
    """Spotlight resonance of activations, plane by plane, computing only what changed.

    The activations are checked, normalised and copied, so that the caller may change or free
    theirs. A change of ε goes again through the in-plane coordinates of that plane; a change of
    the angles counts the lit arcs again; another plane needs two columns of projections; appended
    samples add their own part. Results equal those of a fresh computation, integer for integer.

    Parameters
    ----------
    activations
        (N, D), anything ``torch.as_tensor`` takes. None: samples come by `append`.
    basis
        `Basis` or (M, D) directions; None is the standard basis.
    device
        Device to compute on; None is that of the first activations. The data are moved block by
        block.
    dtype
        float32 or float64 to compute in; None is float64 for float64 data and float32 for all
        others.
    nan_policy
        "raise", or "drop" to leave out rows with NaN or infinity.
    cache_bytes
        Bound of the caches: projections on directions that are not coordinate
        axes, and lit arcs. None is as much as the activations, at least 16 MiB.

    Raises
    ------
    ValueError, TypeError
        For activations or a basis of another shape or kind; the message says what came.

    Notes
    -----
    Memory: the activations, once, in the computing dtype, and 8 bytes a sample for their norms;
    beyond these `cache_bytes`, by default no more than one more copy; and while a curve is
    computed, temporaries of one block of 262,144 samples (about 60 bytes for each lit one).
    """

    def survey(
        self,
        *,
        epsilon: float | str,
        resolution: SupportsIndex = DEFAULT_RESOLUTION,
        variant: str = "combination",
        top: SupportsIndex = 100,
        by: str = "alignment",
        progress: Progress = None,
    ) -> Survey:
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
            Measure to rank planes by: "alignment", "peak" or "gain".
        progress
            True for a progress bar; or a function, called with the share done from 0 to 1. What it
            raises ends the survey, and the engine is as it was.
        """
        steps = self.survey_steps(
            epsilon=epsilon, resolution=resolution, variant=variant, top=top, by=by
        )
        return run(steps, progress, "planes")

    @locked_steps
    def survey_steps(
        self,
        *,
        epsilon: float | str,
        resolution: SupportsIndex = DEFAULT_RESOLUTION,
        variant: str = "combination",
        top: SupportsIndex = 100,
        by: str = "alignment",
    ) -> Generator[float, None, Survey]:
        """Survey all planes in short steps, so that other work can be done in between.

        Yields the share done, rising to 1; returns the survey. Close it to cancel.
        """
        spec = SurveySpec(
            self.resolved_epsilon(epsilon),
            len(AngularGrid.uniform(resolution)),
            plane_index.checked_variant(variant),
        )
        n_best = checked_top(top)
        self._checked_pairs()
        return self._surveyor.survey(spec, checked_measure(by), n_best)

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
        """
        grid = AngularGrid.uniform(resolution) if angles is None else AngularGrid.at(angles)
        which = plane_index.checked_variant(variant)
        fixed = self.resolved_epsilon(epsilon)
        return all_curves(self._store, self._checked_pairs(), fixed, grid, which)

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
        """
        auto = isinstance(epsilon, str) and epsilon == "auto"
        counts = ResonanceCounts(
            self.basis,
            epsilon=self.auto_epsilon() if auto else epsilon,
            resolution=resolution,
            planes=planes,
            variant=variant,
            device=self.device,
            dtype=self.dtype,
            nan_policy=self._nan_policy,
        )
        counts.count_store(self._store)
        return counts

    def rotation_test(
        self,
        *,
        epsilon: float | str,
        rotations: SupportsIndex = 200,
        seed: int = 0,
        progress: Progress = None,
    ) -> RotationTest:
        """Rotation test: compare the alignment with the basis to that with random rotations of it.

        Unlike the isotropic expectation it holds for activations that are anisotropic in their own
        right.

        Parameters
        ----------
        epsilon
            ε in [-1, 1], or "auto".
        rotations
            R, number of random rotations of the whole basis.
        seed
            Seed of the rotations.
        progress
            As for `survey`.

        Returns
        -------
        statistic, null, p
            See `srm_widget.survey.rotation_test.RotationTest`.
        """
        fixed = self.resolved_epsilon(epsilon)
        steps = rotation_test(self._store, self._checked_pairs(), fixed, rotations, seed)
        return run(steps, progress, "rotations")

    def _checked_pairs(self) -> PairGeometry:
        """Return the pairs of directions, or raise ``ValueError`` if none spans a plane."""
        pairs = self._surveyor.pairs
        if pairs.n_planes == 0:
            raise ValueError("expected at least one plane, got parallel directions alone")
        return pairs
