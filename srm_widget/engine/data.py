"""What an engine holds: samples, a basis, and what computes with them."""

from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor

from srm_widget import basis as bases
from srm_widget.concurrency.threads import WatchedLock, locked
from srm_widget.geometry import plane_index
from srm_widget.geometry.basis import Basis
from srm_widget.plane.plane_queries import PlaneQueries
from srm_widget.results.isotropy import checked_epsilon
from srm_widget.samples.activations import as_activations, checked_width, computing_dtype
from srm_widget.samples.auto_epsilon import AUTO_EPSILON_SAMPLES, automatic_epsilon
from srm_widget.samples.labels import ClassCodes, as_labels
from srm_widget.samples.store import NanPolicy, SampleStore, as_rows, checked_nan_policy
from srm_widget.survey.surveyor import Surveyor
from srm_widget.utils.arrays import evenly_spaced
from srm_widget.utils.callbacks import WeakCallbacks
from srm_widget.utils.validation import integer

_LEAST_CACHE = 16 << 20


class SampleSet:
    """Samples that come in batches, checked, normalised and copied.

    The parameters are those of `ResonanceEngine`.
    """

    def __init__(
        self,
        activations: Any = None,
        basis: Any = None,
        *,
        device: torch.device | str | None = None,
        dtype: Any = None,
        nan_policy: NanPolicy = "raise",
        cache_bytes: int | None = None,
    ) -> None:
        self._asked_device = None if device is None else torch.device(device)
        self._asked_dtype = None if dtype is None else computing_dtype(np.empty(0), dtype)
        self._nan_policy = checked_nan_policy(nan_policy)
        most = None if cache_bytes is None else integer("cache_bytes", cache_bytes, least=0)
        self._cache_bytes = most
        self._basis = None if basis is None else bases.of(basis)
        self._plane_queries: PlaneQueries | None = None
        self._surveys: Surveyor | None = None
        self._classes: ClassCodes | None = None
        self._lock = WatchedLock()
        self._listeners = WeakCallbacks()
        if activations is not None:
            self.append(activations)

    @property
    def n_samples(self) -> int:
        """N, samples held; rows of zeros are counted."""
        return 0 if self._plane_queries is None else len(self._plane_queries.store)

    @property
    def n_dims(self) -> int:
        """D."""
        return self.basis.n_dims

    @property
    def n_directions(self) -> int:
        """M, directions of the basis."""
        return self.basis.n_directions

    @property
    def n_planes(self) -> int:
        """Unordered pairs of directions, M (M - 1) / 2."""
        return plane_index.n_planes(self.n_directions)

    @property
    def n_zero(self) -> int:
        """Rows of zeros among the samples: they have no direction and are lit only if ε ≤ 0."""
        return 0 if self._plane_queries is None else self._plane_queries.store.n_zero

    @property
    def n_dropped(self) -> int:
        """Rows left out because they held NaN or infinity."""
        return 0 if self._plane_queries is None else self._plane_queries.store.n_dropped

    @property
    def basis(self) -> Basis:
        """The privileged basis."""
        if self._basis is None:
            raise ValueError("the engine has neither a basis nor samples yet; append some first")
        return self._basis

    @property
    def device(self) -> torch.device:
        """Where the samples are held and computed on."""
        return self._samples.device

    @property
    def dtype(self) -> torch.dtype:
        """Dtype the samples are held in."""
        return self._samples.dtype

    @property
    def nbytes(self) -> int:
        """Bytes held: samples and what is kept to save work."""
        if self._plane_queries is None:
            return 0
        surveys = 0 if self._surveys is None else self._surveys.nbytes
        classes = 0 if self._classes is None else self._classes.nbytes
        return self._plane_queries.store.nbytes + self._plane_queries.nbytes + surveys + classes

    def append(self, batch: Any) -> None:
        """Add samples, (n, D).

        Only these are computed when a curve is next asked for. On an error the engine is as it
        was.

        Raises
        ------
        ValueError
            If the number of dimensions differs, or rows are not finite (see `nan_policy`).
        TypeError
            If the batch would silently be narrowed from float64 to the float32 the engine holds.
        """
        self._add(as_activations(batch))
        # Those who hear of it may wait for another turn, whose thread may wait for this one.
        self._listeners.call()

    @locked
    def _add(self, values: Tensor | np.ndarray) -> None:
        n_dims = values.shape[1]
        if self._basis is not None:
            checked_width(values, self._basis.n_dims, self._basis.n_directions)
        computing = self._plane_queries or self._new_plane_queries(values)
        store = computing.store
        narrowed = computing_dtype(values) == torch.float64 and store.dtype == torch.float32
        if narrowed and self._asked_dtype is None:
            raise TypeError(
                "expected a batch of float32 like the samples before, got float64; convert it, or "
                "say dtype='float32' or dtype='float64' when the engine is made"
            )
        store.append(values, self._nan_policy)
        self._plane_queries, self._basis = computing, computing.basis
        copy = len(store) * n_dims * store.dtype.itemsize
        default = max(copy, _LEAST_CACHE)
        most = default if self._cache_bytes is None else self._cache_bytes
        computing.bound(most * 3 // 4)
        self._surveys = self._surveys or Surveyor(store, computing.basis)
        self._surveys.bound(most // 4)

    @locked
    def auto_epsilon(self) -> float:
        """ε at which about nine samples in ten are lit in some plane, on at most 10,000 of them.

        See `srm_widget.samples.auto_epsilon.automatic_epsilon`.
        """
        return automatic_epsilon(self._samples.sample(AUTO_EPSILON_SAMPLES), self.basis)

    def resolved_epsilon(self, epsilon: float | str) -> float:
        """ε as a number: `auto_epsilon` for "auto", else what came, checked to be in [-1, 1]."""
        if isinstance(epsilon, str) and epsilon == "auto":
            return self.auto_epsilon()
        return checked_epsilon(epsilon)

    def evenly_spaced(self, most: int) -> Int64[np.ndarray, " some"]:
        """At most `most` rows of the activations as they were given, evenly spaced, rising."""
        return self._samples.rows(evenly_spaced(self.n_samples, most))

    def checked_rows(self, rows: Any) -> Int64[np.ndarray, " some"]:
        """`rows` of the activations as int64, or ``IndexError`` if there is no such sample."""
        wanted = as_rows(rows)
        self._samples.sample_indices(wanted)
        return wanted

    @locked
    def unit_rows(self, rows: Any) -> Float[Tensor, "some dims"]:
        """Directions x̂ of some rows of the activations, (n, D), as they are held.

        Parameters
        ----------
        rows
            Rising rows of the activations as they were given; those dropped have none.

        Raises
        ------
        IndexError
            If a row is out of range or was dropped.
        """
        return self._samples.take(self._samples.sample_indices(as_rows(rows)))

    @property
    def rows(self) -> Int64[np.ndarray, " samples"]:
        """Rows of the activations that the samples are, (N,), rising: all that were not dropped."""
        return self._samples.rows(np.arange(self.n_samples))

    @property
    def listeners(self) -> WeakCallbacks:
        """Bound methods to call after samples were appended."""
        return self._listeners

    @property
    def n_rows(self) -> int:
        """Rows of activations that were given, those dropped counted in."""
        return self.n_samples + self.n_dropped

    def _coded(self, labels: Any) -> ClassCodes:
        """Classes of the samples; of the same `Labels` and samples the same ones."""
        checked = as_labels(labels, self.n_rows)
        kept = self._classes
        if kept is None or kept.labels is not checked:
            rows = self._samples.rows(np.arange(self.n_samples)) if self.n_dropped else None
            self._classes = kept = ClassCodes(checked, rows, self.device)
        return kept

    def _new_plane_queries(self, values: Tensor | np.ndarray) -> PlaneQueries:
        n_dims = values.shape[1]
        device = self._asked_device
        if device is None:
            device = values.device if isinstance(values, Tensor) else torch.device("cpu")
        store = SampleStore(n_dims, self._asked_dtype or computing_dtype(values), device)
        return PlaneQueries(store, self._basis or bases.standard(n_dims))

    @property
    def _samples(self) -> SampleStore:
        return self._computing.store

    @property
    def _computing(self) -> PlaneQueries:
        if self._plane_queries is None or len(self._plane_queries.store) == 0:
            raise ValueError("expected an engine with at least one sample, got none; append some")
        return self._plane_queries

    @property
    def _surveyor(self) -> Surveyor:
        if self._surveys is None:
            raise ValueError("expected an engine with at least one sample, got none; append some")
        return self._surveys
