"""`ResonanceCounts`: spotlight resonance of a stream of activations, kept as integer counts."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, SupportsIndex

import numpy as np
import torch
from jaxtyping import Int64

from srm_widget import basis as bases
from srm_widget.geometry import plane_index
from srm_widget.geometry.angular_grid import DEFAULT_RESOLUTION, AngularGrid
from srm_widget.geometry.basis import Basis
from srm_widget.results.curves import Resonance
from srm_widget.results.fresh_source import Prepared
from srm_widget.results.survey import (
    Listed,
    Survey,
    checked_measure,
    checked_per_direction,
    checked_top,
)
from srm_widget.samples.activations import as_activations, computing_dtype
from srm_widget.samples.fourth_moments import check_orthonormal
from srm_widget.samples.preparation import as_fixed_preparation
from srm_widget.samples.store import NanPolicy, SampleStore, as_sample_store, checked_nan_policy
from srm_widget.streaming.plan import CountPlan, as_basis, checked_levels, make_plan
from srm_widget.streaming.totals import Totals, curve_of, resonance_of, survey_of
from srm_widget.utils.calls import explain_calls


@explain_calls
class ResonanceCounts:
    """Spotlight resonance of a stream at fixed planes, ε and angles; samples are not kept.

    Memory does not grow with the samples, and counts of other processes or machines are merged
    exactly. Without the samples there are no other ε or angles, and no knowing which were lit.

    Parameters
    ----------
    basis
        `srm_widget.basis` or (M, D) directions; the number D for the standard basis; None for the
        standard basis of as many dimensions as the first batch has.
    epsilon
        One ε in [-1, 1] or several.
    resolution
        K ≥ 4 angles in the full turn.
    planes
        "all", or pairs (i, j). With all of them a level of ε takes 4 M (M - 1) (K + 13) bytes.
    variant
        With planes="all": "combination" is i < j, "permutation" both orders of every pair.
    device
        Where to count; None is the device of the first batch.
    dtype
        float32 or float64 to compute in; None is float64 for float64 data and float32 for others.
    nan_policy
        "raise", or "drop" to leave out rows with NaN or infinity.
    center
        (D,) to subtract from every row before it is brought to unit length; None is nothing. Counts
        of samples that are centred otherwise are not merged, nor of a centre in another dtype, in
        which other differences are rounding.
    min_norm
        Rows shorter than this, once centred, count as rows of zeros; 0 is none.

    Raises
    ------
    TypeError, ValueError, IndexError
        For a basis, ε, angles or planes of another kind; the message says what came.

    Examples
    --------
    >>> import srm_widget as srm
    >>> counts = srm.ResonanceCounts(epsilon=[0.6, 0.8], resolution=8)
    >>> for batch in ([[3, 1, 0], [1, 3, 0]], [[0, 0, -2]]):
    ...     counts.append(batch)
    >>> counts
    ResonanceCounts(3 planes, epsilon=0.6, 0.8, 3 samples)
    >>> counts.curve(0, 1, epsilon=0.8).counts.tolist(), counts.n_samples
    ([[1, 2, 1, 0, 0, 0, 0, 0]], 3)
    """

    def __init__(
        self,
        basis: Any = None,
        *,
        epsilon: Any,
        resolution: SupportsIndex = DEFAULT_RESOLUTION,
        planes: Any = "all",
        variant: str = "combination",
        device: torch.device | str | None = None,
        dtype: Any = None,
        nan_policy: NanPolicy = "raise",
        center: Any = None,
        min_norm: float = 0.0,
    ) -> None:
        self._epsilons = checked_levels(epsilon)
        self._resolution = len(AngularGrid.uniform(resolution))
        self._variant = plane_index.checked_variant(variant)
        self._asked_planes = planes
        self._device = None if device is None else torch.device(device)
        self._dtype = None if dtype is None else computing_dtype(np.empty(0), dtype)
        self._nan_policy = checked_nan_policy(nan_policy)
        self._preparation = as_fixed_preparation(center, min_norm)
        self._plan = None if basis is None else self._make_plan(as_basis(basis))
        self._totals: Totals | None = None
        self._broken = False

    @staticmethod
    def of_state(plan: CountPlan, totals: Totals) -> "ResonanceCounts":
        """Return counts that go on from `totals`, which are not copied."""
        counts = ResonanceCounts(
            plan.pairs.basis,
            epsilon=plan.epsilons,
            resolution=plan.resolution,
            planes="all" if plan.chosen is None else plan.chosen,
            variant=plan.variant,
            center=plan.preparation.center,
            min_norm=plan.preparation.min_norm,
        )
        counts._totals = totals
        return counts

    def __repr__(self) -> str:
        levels = ", ".join(f"{epsilon:g}" for epsilon in self._epsilons)
        planes = "" if self._plan is None else f"{self._plan.n_planes:,} planes, "
        prepared = self.preparation and f", {self.preparation}"
        return f"ResonanceCounts({planes}epsilon={levels}, {self.n_samples:,} samples{prepared})"

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        # torch passes tensors to other processes in shared memory, and counts are added in place.
        if self._totals is not None:
            self._totals = Totals(*(part.clone() for part in self._totals))

    @property
    def epsilons(self) -> tuple[float, ...]:
        """Levels of ε, E of them."""
        return self._epsilons

    @property
    def resolution(self) -> int:
        """K, angles in the full turn."""
        return self._resolution

    @property
    def variant(self) -> plane_index.Variant:
        """Which planes are all: "combination" is i < j, "permutation" both orders of every pair."""
        return self._variant

    @property
    def basis(self) -> Basis:
        """The privileged basis."""
        return self._known_plan.pairs.basis

    @property
    def n_dims(self) -> int:
        """D, dimensions of the activations."""
        return self.basis.n_dims

    @property
    def n_directions(self) -> int:
        """M, directions of the basis."""
        return self.basis.n_directions

    @property
    def planes(self) -> Int64[np.ndarray, "planes 2"]:
        """Planes counted, (P, 2) int64; pairs of directions that span none are left out."""
        return self._known_plan.planes[self._known_plan.existing]

    @property
    def all_planes(self) -> bool:
        """Whether all planes are counted, which `survey` needs."""
        return self._known_plan.chosen is None

    @property
    def n_samples(self) -> int:
        """N, samples counted, rows of zeros included."""
        return self._n_rows(0)

    @property
    def n_zero(self) -> int:
        """Number of rows of zeros, short ones included: they are lit only if ε ≤ 0."""
        return self._n_rows(1)

    @property
    def n_dropped(self) -> int:
        """Number of rows left out because they held NaN or infinity."""
        return self._n_rows(2)

    @property
    def n_short(self) -> int:
        """Number of those of `n_zero` that are not zero, only shorter than the least norm."""
        return self._n_rows(3)

    @property
    def preparation(self) -> str:
        """What is done to rows before they are brought to unit length, in words; "" for nothing."""
        return self._preparation.text(self.n_short)

    @property
    def nbytes(self) -> int:
        """Bytes of the counts, 0 before the first batch."""
        return 0 if self._totals is None else sum(part.nbytes for part in self._totals)

    @property
    def state(self) -> tuple[CountPlan, Totals] | None:
        """What is counted and the integers themselves; None before the first batch."""
        self._check()
        return None if self._plan is None or self._totals is None else (self._plan, self._totals)

    def append(self, batch: Any) -> None:
        """Count a batch of samples, (n, D).

        Parameters
        ----------
        batch
            (n, D) activations, as for `ResonanceEngine`.

        Raises
        ------
        ValueError, TypeError
            If the batch is of another width, not finite (see `nan_policy`) or no real numbers;
            nothing of it is counted then.
        RuntimeError
            If an earlier call was interrupted, so that only part of a batch is counted.

        Examples
        --------
        >>> import srm_widget as srm
        >>> counts = srm.ResonanceCounts(epsilon=0.8)
        >>> counts.append([[3, 1, 0], [0, 0, 0]])
        >>> counts.n_samples, counts.n_zero
        (2, 1)
        """
        values = as_activations(batch)
        plan = self._plan or self._make_plan(bases.standard(values.shape[1]))
        device = self._device
        if device is None:
            device = values.device if isinstance(values, torch.Tensor) else torch.device("cpu")
        store = as_sample_store(
            values,
            plan.pairs.basis,
            device,
            self._dtype,
            self._nan_policy,
            preparation=plan.preparation,
        )
        self._count(store, plan)

    def count_store(self, store: SampleStore) -> None:
        """Count the samples of a store, which are checked and normalised already.

        They have to be prepared as these counts are.
        """
        self._count(store, self._plan or self._make_plan(bases.standard(store.n_dims)))

    def merge(self, other: "ResonanceCounts") -> None:
        """Add what `other` counted; it is left as it is.

        Parameters
        ----------
        other
            Counts of other samples at the same planes, ε and angles.

        Raises
        ------
        TypeError
            If it is no `ResonanceCounts`.
        ValueError
            If it counted other planes, another basis, other ε or other angles, or samples that were
            centred otherwise or had another least norm.
        RuntimeError
            If an earlier call of either was interrupted.

        Examples
        --------
        >>> import srm_widget as srm
        >>> counts, others = (srm.ResonanceCounts(3, epsilon=0.8) for _ in range(2))
        >>> counts.append([[3, 1, 0], [1, 3, 0]])
        >>> others.append([[0, 0, -2]])
        >>> counts.merge(others)
        >>> counts.n_samples
        3
        """
        if not isinstance(other, ResonanceCounts):
            raise TypeError(f"expected ResonanceCounts to merge, got {type(other).__name__}")
        if other.state is None:
            return
        plan, totals = other.state
        mine = self._plan or self._make_plan(plan.pairs.basis)
        if not mine.agrees(plan):
            raise ValueError(
                "expected counts of the same planes, epsilon and angles, with the same center and "
                f"min_norm, as {self!r}, got {other!r}"
            )
        self._check()
        self._plan = mine
        own = self._totals or Totals.zeros(mine, totals.changes.device)
        with self._marked_broken(own):
            own.add(totals)

    def curve(
        self, i: SupportsIndex, j: SupportsIndex, *, epsilon: float | None = None
    ) -> Resonance:
        """Return the resonance of the plane (i, j), as `ResonanceEngine.curve` does.

        Parameters
        ----------
        i, j
            A plane that was counted, or the mirror image of one if α - θ is among the angles.
        epsilon
            An ε that was counted; None if there is only one.

        Returns
        -------
        Resonance
            P = 1.

        Raises
        ------
        IndexError
            If i equals j or either is out of range.
        ValueError
            If this plane or this ε was not counted, or there are no samples yet.

        Examples
        --------
        >>> import srm_widget as srm
        >>> counts = srm.ResonanceCounts(3, epsilon=0.8, resolution=8)
        >>> counts.append([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> counts.curve(0, 1).counts.tolist()
        [[1, 2, 1, 0, 0, 0, 0, 0]]
        """
        plan, totals = self._nonempty_state
        level = plan.level(epsilon)
        row, turned = plan.row(i, j)
        return curve_of(totals, plan, level, row, turned)

    def resonance(self, *, epsilon: float | None = None) -> Resonance:
        """Return the resonance of all planes counted, one row each, in the order of `planes`.

        Parameters
        ----------
        epsilon
            An ε that was counted; None if there is only one.

        Raises
        ------
        ValueError
            If this ε was not counted, or there are no samples yet.

        Examples
        --------
        >>> import srm_widget as srm
        >>> counts = srm.ResonanceCounts(3, epsilon=0.8, resolution=8)
        >>> counts.append([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> resonance = counts.resonance()
        >>> resonance.planes.tolist(), resonance.n_lit.tolist()
        ([[0, 1], [0, 2], [1, 2]], [2, 2, 2])
        """
        plan, totals = self._nonempty_state
        return resonance_of(totals, plan, plan.level(epsilon))

    def survey(
        self,
        *,
        epsilon: float | None = None,
        top: SupportsIndex = 100,
        by: str = "alignment",
        per_direction: SupportsIndex | None = None,
    ) -> Survey:
        """Return the survey of all planes, as `ResonanceEngine.survey` does.

        Parameters
        ----------
        epsilon
            An ε that was counted; None if there is only one.
        top, by, per_direction
            As for `ResonanceEngine.survey`.

        Raises
        ------
        ValueError
            If not all planes were counted, this ε was not, or there are no samples yet.

        Examples
        --------
        >>> import srm_widget as srm
        >>> counts = srm.ResonanceCounts(3, epsilon=0.8)
        >>> counts.append([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> counts.survey(by="peak").planes.tolist()
        [[0, 1], [0, 2], [1, 2]]
        """
        plan, totals = self._nonempty_state
        level = plan.level(epsilon)
        if plan.chosen is not None:
            raise ValueError(
                f"expected counts of all planes for a survey, got those of {plan.n_planes}"
            )
        listed = Listed(checked_measure(by), checked_top(top), checked_per_direction(per_direction))
        center = self._preparation.center
        prepared = Prepared(
            None if center is None else center.double().numpy(), self._preparation.min_norm
        )
        return replace(survey_of(totals, plan, level, listed), prepared=prepared)

    def alignment(self, *, epsilon: float | None = None) -> float:
        """Return the alignment of all samples with the basis: A₄, or A(ε) of the planes counted.

        Parameters
        ----------
        epsilon
            None for A₄, which takes an orthonormal basis: see `srm.alignment`; else a level that
            was counted, for the mean of cos 4φ over the planes and their lit samples.

        Returns
        -------
        float
            1 if samples stand on directions, negative if between them; NaN if nothing is lit.

        Raises
        ------
        ValueError
            If this ε was not counted, or there are no samples yet; for A₄ if the basis is not
            orthonormal.

        Examples
        --------
        >>> import srm_widget as srm
        >>> counts = srm.ResonanceCounts(3, epsilon=0.8)
        >>> counts.append([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> round(counts.alignment(), 3), round(counts.alignment(epsilon=0.8), 3), counts.n_samples
        (0.745, 0.76, 3)
        """
        plan, totals = self._nonempty_state
        if epsilon is None:
            check_orthonormal(plan.pairs.basis, "with an epsilon it is taken at that level")
            return float(totals.moment_sums.moments(plan.pairs.n_directions).alignment)
        return float(totals.alignments()[plan.level(epsilon)])

    @property
    def participation(self) -> float:
        """Participation number n_eff, on how many directions a sample stands.

        As `ResonanceEngine.participation`.
        """
        plan, totals = self._nonempty_state
        check_orthonormal(plan.pairs.basis, "srm.kurtosis(activations, basis) takes any")
        return float(totals.moment_sums.moments(plan.pairs.n_directions).participation)

    def _count(self, store: SampleStore, plan: CountPlan) -> None:
        self._check()
        self._plan = plan
        totals = self._totals or Totals.zeros(plan, store.device)
        with self._marked_broken(totals):
            totals.add_samples(store, plan)

    @contextmanager
    def _marked_broken(self, totals: Totals) -> Iterator[None]:
        """Mark the counts as broken while `totals` are added to; after an error they stay so."""
        self._totals, self._broken = totals, True
        yield
        self._broken = False

    def _check(self) -> None:
        """Raise ``RuntimeError`` if the counts are broken."""
        if self._broken:
            raise RuntimeError("part of a batch is counted: `append` was interrupted; start anew")

    def _make_plan(self, basis: Basis) -> CountPlan:
        return make_plan(
            basis,
            self._epsilons,
            self._resolution,
            self._asked_planes,
            self._variant,
            preparation=self._preparation,
        )

    def _n_rows(self, kind: int) -> int:
        """Return an entry of `Totals.samples`."""
        return 0 if self._totals is None else int(self._totals.samples[kind])

    @property
    def _known_plan(self) -> CountPlan:
        if self._plan is None:
            raise ValueError("the counts have neither a basis nor samples yet; append some first")
        return self._plan

    @property
    def _nonempty_state(self) -> tuple[CountPlan, Totals]:
        if self.state is None or self.n_samples == 0:
            raise ValueError("expected counts of at least one sample, got none; append some")
        return self.state
