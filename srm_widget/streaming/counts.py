"""Counts of a stream of activations: what is kept of them are integers, and these add up."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, SupportsIndex

import numpy as np
import torch
from jaxtyping import Int64

from srm_widget import basis as bases
from srm_widget.geometry import plane_index
from srm_widget.geometry.angular_grid import DEFAULT_RESOLUTION, AngularGrid
from srm_widget.geometry.basis import Basis
from srm_widget.results.curves import Resonance
from srm_widget.results.survey import Survey, checked_measure, checked_top
from srm_widget.samples.activations import as_activations, computing_dtype
from srm_widget.samples.store import NanPolicy, SampleStore, as_sample_store, checked_nan_policy
from srm_widget.streaming.plan import CountPlan, checked_levels, directions_of, plan_of
from srm_widget.streaming.totals import Totals, curve_of, resonance_of, survey_of


class ResonanceCounts:
    """Spotlight resonance of a stream: fixed planes, ε and angles, samples counted and let go.

    Memory does not grow with the samples, and counts made in other processes or on other machines
    are merged exactly. What is lost with the samples: other ε, other angles, and which they were.

    Parameters
    ----------
    basis
        `srm_widget.basis` or (M, D) directions; the width D alone for the standard basis; None is
        that too, as wide as the first batch.
    epsilon
        One ε in [-1, 1] or several.
    resolution
        K ≥ 4 angles in the full turn.
    planes
        "all", or pairs (i, j). With all of them a level of ε takes 4 M (M - 1) (K + 11) bytes.
    variant
        With planes="all": "combination" is i < j, "permutation" both orders of every pair.
    device
        Where to count; None is where the first batch is.
    dtype
        float32 or float64 to compute in; None is float64 for float64 data and float32 for others.
    nan_policy
        "raise", or "drop" to leave out rows with NaN or infinity.
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
    ) -> None:
        self._epsilons = checked_levels(epsilon)
        self._resolution = len(AngularGrid.uniform(resolution))
        self._variant = plane_index.checked_variant(variant)
        self._asked_planes = planes
        self._device = None if device is None else torch.device(device)
        self._dtype = None if dtype is None else computing_dtype(np.empty(0), dtype)
        self._nan_policy = checked_nan_policy(nan_policy)
        self._plan = None if basis is None else self._planned(directions_of(basis))
        self._totals: Totals | None = None
        self._broken = False

    @staticmethod
    def of_state(plan: CountPlan, totals: Totals) -> "ResonanceCounts":
        """Counts that go on from `totals`, which are not copied."""
        counts = ResonanceCounts(
            plan.pairs.basis,
            epsilon=plan.epsilons,
            resolution=plan.resolution,
            planes="all" if plan.chosen is None else plan.chosen,
            variant=plan.variant,
        )
        counts._totals = totals
        return counts

    def __repr__(self) -> str:
        levels = ", ".join(f"{epsilon:g}" for epsilon in self._epsilons)
        planes = "" if self._plan is None else f"{self._plan.n_planes:,} planes, "
        return f"ResonanceCounts({planes}epsilon={levels}, {self.n_samples:,} samples)"

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        # torch hands tensors to processes as memory that is shared, and counts are added in place.
        if self._totals is not None:
            self._totals = Totals(*(part.clone() for part in self._totals))

    @property
    def epsilons(self) -> tuple[float, ...]:
        """Levels of ε, E of them."""
        return self._epsilons

    @property
    def resolution(self) -> int:
        """K."""
        return self._resolution

    @property
    def variant(self) -> plane_index.Variant:
        """With all planes: "combination" for i < j alone, "permutation" for both orders."""
        return self._variant

    @property
    def basis(self) -> Basis:
        """The privileged basis."""
        return self._known.pairs.basis

    @property
    def n_dims(self) -> int:
        """D."""
        return self.basis.n_dims

    @property
    def n_directions(self) -> int:
        """M, directions of the basis."""
        return self.basis.n_directions

    @property
    def planes(self) -> Int64[np.ndarray, "planes 2"]:
        """Planes counted, (P, 2); pairs of parallel directions are left out."""
        return self._known.planes[self._known.existing]

    @property
    def all_planes(self) -> bool:
        """Whether all planes are counted, as `survey` needs."""
        return self._known.chosen is None

    @property
    def n_samples(self) -> int:
        """N, samples counted; rows of zeros among them."""
        return self._fact(0)

    @property
    def n_zero(self) -> int:
        """Rows of zeros: they have no direction and are lit only if ε ≤ 0."""
        return self._fact(1)

    @property
    def n_dropped(self) -> int:
        """Rows left out because they held NaN or infinity."""
        return self._fact(2)

    @property
    def nbytes(self) -> int:
        """Bytes of the counts."""
        return 0 if self._totals is None else sum(part.nbytes for part in self._totals)

    @property
    def state(self) -> tuple[CountPlan, Totals] | None:
        """What is counted, and the integers themselves; None as long as there are none."""
        self._check()
        return None if self._plan is None or self._totals is None else (self._plan, self._totals)

    def append(self, batch: Any) -> None:
        """Count samples, (n, D).

        Raises
        ------
        ValueError, TypeError
            If the batch is of another width, not finite (see `nan_policy`) or no real numbers;
            nothing of it is counted then.
        RuntimeError
            If an earlier call was interrupted, so that part of a batch is counted.
        """
        values = as_activations(batch)
        plan = self._plan or self._planned(bases.standard(values.shape[1]))
        device = self._device
        if device is None:
            device = values.device if isinstance(values, torch.Tensor) else torch.device("cpu")
        self._count(
            as_sample_store(values, plan.pairs.basis, device, self._dtype, self._nan_policy), plan
        )

    def count_store(self, store: SampleStore) -> None:
        """Count samples that are checked and normalised already."""
        self._count(store, self._plan or self._planned(bases.standard(store.n_dims)))

    def merge(self, other: "ResonanceCounts") -> None:
        """Add what `other` counted; it is left as it is.

        Raises
        ------
        ValueError
            If it counted other planes, another basis, other ε or other angles.
        """
        if not isinstance(other, ResonanceCounts):
            raise TypeError(f"expected ResonanceCounts to merge, got {type(other).__name__}")
        if other.state is None:
            return
        plan, totals = other.state
        mine = self._plan or self._planned(plan.pairs.basis)
        if not mine.agrees(plan):
            raise ValueError(
                f"expected counts of the same planes, epsilon and angles as {self!r}, got {other!r}"
            )
        self._check()
        self._plan = mine
        total = self._totals or Totals.nothing(mine, totals.changes.device)
        with self._whole(total):
            total.add(totals)

    def curve(
        self, i: SupportsIndex, j: SupportsIndex, *, epsilon: float | None = None
    ) -> Resonance:
        """Resonance of the plane (i, j), as `ResonanceEngine.curve` at the angles counted.

        Parameters
        ----------
        i, j
            A plane counted, or the mirror image of one if α - θ is among the angles.
        epsilon
            A level counted; None where there is but one.

        Raises
        ------
        ValueError
            If this plane or level was not counted.
        """
        plan, totals = self._counted
        level = plan.level(epsilon)
        row, turned = plan.row(i, j)
        return curve_of(totals, plan, level, row, turned)

    def resonance(self, *, epsilon: float | None = None) -> Resonance:
        """Resonance of all planes counted, a row each, in the order of `planes`."""
        plan, totals = self._counted
        return resonance_of(totals, plan, plan.level(epsilon))

    def survey(
        self, *, epsilon: float | None = None, top: SupportsIndex = 100, by: str = "alignment"
    ) -> Survey:
        """All planes at once, as `ResonanceEngine.survey` at the angles counted.

        Raises
        ------
        ValueError
            If but some planes were counted.
        """
        plan, totals = self._counted
        level = plan.level(epsilon)
        if plan.chosen is not None:
            raise ValueError(
                f"expected counts of all planes for a survey, got those of {plan.n_planes}"
            )
        return survey_of(totals, plan, level, checked_measure(by), checked_top(top))

    def _count(self, store: SampleStore, plan: CountPlan) -> None:
        self._check()
        self._plan = plan
        totals = self._totals or Totals.nothing(plan, store.device)
        with self._whole(totals):
            totals.add_samples(store, plan)

    @contextmanager
    def _whole(self, totals: Totals) -> Iterator[None]:
        """Take note of what was begun and not ended: it would be wrong for good."""
        self._totals, self._broken = totals, True
        yield
        self._broken = False

    def _check(self) -> None:
        if self._broken:
            raise RuntimeError("part of a batch is counted: `append` was interrupted; start anew")

    def _planned(self, basis: Basis) -> CountPlan:
        return plan_of(basis, self._epsilons, self._resolution, self._asked_planes, self._variant)

    def _fact(self, at: int) -> int:
        return 0 if self._totals is None else int(self._totals.samples[at])

    @property
    def _known(self) -> CountPlan:
        if self._plan is None:
            raise ValueError("the counts have neither a basis nor samples yet; append some first")
        return self._plan

    @property
    def _counted(self) -> tuple[CountPlan, Totals]:
        if self.state is None or self.n_samples == 0:
            raise ValueError("expected counts of at least one sample, got none; append some")
        return self.state
