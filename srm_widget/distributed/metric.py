"""Spotlight resonance as a torchmetrics metric: integer counts that processes add up."""

from typing import Any, SupportsIndex

import torch
from jaxtyping import Float64
from torch import Tensor

from srm_widget.geometry.angular_grid import DEFAULT_RESOLUTION
from srm_widget.geometry.basis import Basis
from srm_widget.results.curves import Resonance
from srm_widget.samples.activations import as_activations
from srm_widget.samples.preparation import as_fixed_preparation
from srm_widget.samples.store import NanPolicy, as_sample_store, checked_nan_policy
from srm_widget.streaming.counts import ResonanceCounts
from srm_widget.streaming.plan import as_basis, make_plan
from srm_widget.streaming.totals import Totals

try:
    from torchmetrics import Metric
except ImportError as error:  # pragma: no cover - the tests have it
    raise ImportError(
        "SpotlightResonanceMetric needs torchmetrics: pip install torchmetrics"
    ) from error


class SpotlightResonanceMetric(Metric):
    """Spotlight resonance over the batches of an epoch, on all processes together.

    A ``torchmetrics.Metric`` whose state are integers, planes × levels of ε × angles, that add up:
    with DistributedDataParallel or Lightning the counts are those of one process that saw all
    batches, integer for integer.

    Parameters
    ----------
    basis
        The width D of the layer, for its standard basis; or `srm_widget.basis`, or (M, D)
        directions.
    epsilon
        One ε in [-1, 1] or several; the same in all processes.
    resolution, planes, variant, nan_policy, center, min_norm
        As for `ResonanceCounts`.
    **settings
        For ``torchmetrics.Metric``.

    Raises
    ------
    TypeError, ValueError, IndexError
        As for `ResonanceCounts`.

    Notes
    -----
    `compute` returns a number to be logged: the alignment A₄ of all samples with the basis, which
    depends on no ε; in a basis that is not orthonormal, A(ε) of the planes counted, a number a
    level of ε. `counts` returns everything, added up over processes.

    Examples
    --------
    >>> import srm_widget as srm
    >>> metric = srm.SpotlightResonanceMetric(3, epsilon=0.8, resolution=8)
    >>> metric.update([[3, 1, 0], [1, 3, 0]])
    >>> metric.update([[0, 0, -2]])
    >>> round(metric.compute().item(), 3), metric.counts().n_samples
    (0.745, 3)
    >>> metric.resonance().counts[0].tolist()
    [1, 2, 1, 0, 0, 0, 0, 0]
    """

    full_state_update = False
    is_differentiable = False
    higher_is_better = None
    plot_lower_bound = -1.0
    plot_upper_bound = 1.0

    changes: Tensor
    through: Tensor
    lit: Tensor
    between: Tensor
    fourfold: Tensor
    probes: Tensor
    columns: Tensor
    parts: Tensor
    moments: Tensor
    samples: Tensor

    def __init__(
        self,
        basis: Any,
        *,
        epsilon: Any,
        resolution: SupportsIndex = DEFAULT_RESOLUTION,
        planes: Any = "all",
        variant: str = "combination",
        nan_policy: NanPolicy = "raise",
        center: Any = None,
        min_norm: float = 0.0,
        **settings: Any,
    ) -> None:
        super().__init__(**settings)
        self._plan = make_plan(
            as_basis(basis),
            epsilon,
            resolution,
            planes,
            variant,
            preparation=as_fixed_preparation(center, min_norm),
        )
        self._nan_policy = checked_nan_policy(nan_policy)
        totals = Totals.zeros(self._plan, torch.device("cpu"))
        for name, zeros in totals._asdict().items():
            self.add_state(name, zeros, dist_reduce_fx="sum")

    @property
    def basis(self) -> Basis:
        """The privileged basis."""
        return self._plan.pairs.basis

    def update(self, activations: Any) -> None:
        """Count a batch of activations, (n, D).

        Parameters
        ----------
        activations
            (n, D), as for `ResonanceEngine`.

        Raises
        ------
        ValueError, TypeError
            As `ResonanceCounts.append`; nothing of the batch is counted then.

        Examples
        --------
        >>> import srm_widget as srm
        >>> metric = srm.SpotlightResonanceMetric(3, epsilon=0.8)
        >>> metric.update([[3, 1, 0], [1, 3, 0]])
        >>> metric.counts().n_samples
        2
        """
        values = as_activations(activations)
        store = as_sample_store(
            values,
            self.basis,
            self.changes.device,
            None,
            self._nan_policy,
            preparation=self._plan.preparation,
        )
        self._totals.add_samples(store, self._plan)

    def compute(self) -> Float64[Tensor, "*levels"]:
        """Return the alignment with the basis: A₄, or if that is not orthonormal A(ε).

        1 if samples stand on basis directions, negative if they stand between them, 0 in the mean
        over isotropic ones; NaN if no sample has a direction, or none is lit. A₄ is that of
        `srm.alignment`; A(ε) is the mean of cos 4φ over the planes counted and the samples lit in
        them, a number, or (E,) of E levels: see `ResonanceCounts.alignment`.

        Returns
        -------
        torch.Tensor
            0-d float64, or (E,) of A(ε) at E levels.

        Examples
        --------
        >>> import srm_widget as srm
        >>> metric = srm.SpotlightResonanceMetric(2, epsilon=0.8)
        >>> metric.update([[1.0, 0.0], [0.0, -3.0]])
        >>> metric.compute().item()
        1.0
        """
        if self.basis.is_orthonormal:
            moments = self._totals.moment_sums.moments(self.basis.n_directions)
            return moments.alignment.to(self.moments.device)
        found = self._totals.alignments()
        return found if len(found) > 1 else found[0]

    def counts(self) -> ResonanceCounts:
        """Return a copy of the counts, added up over all processes.

        Where there are several processes all of them have to call it, as `compute`.

        Examples
        --------
        >>> import srm_widget as srm
        >>> metric = srm.SpotlightResonanceMetric(3, epsilon=0.8)
        >>> metric.update([[3, 1, 0], [1, 3, 0]])
        >>> metric.counts()
        ResonanceCounts(3 planes, epsilon=0.8, 2 samples)
        """
        if self._is_synced:
            return self._copy_counts()
        with self.sync_context(dist_sync_fn=self.dist_sync_fn, should_sync=self._to_sync):
            return self._copy_counts()

    def resonance(self, *, epsilon: float | None = None) -> Resonance:
        """Return the resonance of all planes counted, over all processes; see `counts`.

        Parameters
        ----------
        epsilon
            A level counted; None where there is but one.

        Raises
        ------
        ValueError
            As for `ResonanceCounts.resonance`.

        Examples
        --------
        >>> import srm_widget as srm
        >>> metric = srm.SpotlightResonanceMetric(3, epsilon=0.8, resolution=8)
        >>> metric.update([[3, 1, 0], [1, 3, 0]])
        >>> metric.resonance().counts[0].tolist()
        [1, 2, 1, 0, 0, 0, 0, 0]
        """
        return self.counts().resonance(epsilon=epsilon)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        # torch hands tensors to processes as memory that is shared, and counts are added in place.
        for name in Totals._fields:
            setattr(self, name, getattr(self, name).clone())

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *more: Any) -> None:
        """Load the counts of a metric of the same plan; a state without counts changes nothing."""
        own = {prefix + name: getattr(self, name).shape for name in Totals._fields}
        found = {name: state_dict[name].shape for name in own if name in state_dict}
        if found and found != own:
            errors: list[str] = more[-1]
            errors.append(
                f"expected counts of the same planes, epsilon and angles, {_shapes(own)}, got "
                f"{_shapes(found)}; counts of an older version do not load"
            )
            return
        super()._load_from_state_dict(state_dict, prefix, *more)

    def _copy_counts(self) -> ResonanceCounts:
        totals = Totals(*(part.detach().clone() for part in self._totals))
        return ResonanceCounts.of_state(self._plan, totals)

    @property
    def _totals(self) -> Totals:
        return Totals(*(getattr(self, name) for name in Totals._fields))


def _shapes(found: dict[str, torch.Size]) -> str:
    return ", ".join(f"{name} {tuple(shape)}" for name, shape in found.items())
