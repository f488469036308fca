"""Data of an engine: its samples and its basis, and the caches of what was computed of them."""

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

_MIN_CACHE_BYTES = 16 << 20


class SampleSet:
    """Samples appended in batches, checked, normalised and copied, and their basis.

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
        if cache_bytes is not None and cache_bytes < 0:
            raise ValueError(f"expected cache_bytes ≥ 0, got {cache_bytes}")
        self._requested_device = None if device is None else torch.device(device)
        self._requested_dtype = None if dtype is None else computing_dtype(np.empty(0), dtype)
        self._nan_policy = checked_nan_policy(nan_policy)
        self._cache_bytes = cache_bytes
        self._basis = None if basis is None else bases.of(basis)
        self._queries_or_none: PlaneQueries | None = None
        self._surveyor_or_none: Surveyor | None = None
        self._class_codes: ClassCodes | None = None
        self._lock = WatchedLock()
        self._listeners = WeakCallbacks()
        if activations is not None:
            self.append(activations)

    @property
    def n_samples(self) -> int:
        """N, samples held; rows of zeros among them."""
        return 0 if self._queries_or_none is None else len(self._queries_or_none.store)

    @property
    def n_dims(self) -> int:
        """D, dimensions of the activations."""
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
        return 0 if self._queries_or_none is None else self._queries_or_none.store.n_zero

    @property
    def n_dropped(self) -> int:
        """Rows left out because they held NaN or infinity."""
        return 0 if self._queries_or_none is None else self._queries_or_none.store.n_dropped

    @property
    def basis(self) -> Basis:
        """The privileged basis."""
        if self._basis is None:
            raise ValueError("the engine has neither a basis nor samples yet; append some first")
        return self._basis

    @property
    def device(self) -> torch.device:
        """Device the samples are held and computed on."""
        return self._store.device

    @property
    def dtype(self) -> torch.dtype:
        """Dtype the samples are held in."""
        return self._store.dtype

    @property
    def nbytes(self) -> int:
        """Bytes held: samples and caches."""
        if self._queries_or_none is None:
            return 0
        surveys = 0 if self._surveyor_or_none is None else self._surveyor_or_none.nbytes
        classes = 0 if self._class_codes is None else self._class_codes.nbytes
        return self._queries_or_none.store.nbytes + self._queries_or_none.nbytes + surveys + classes

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
        self._append(as_activations(batch))
        # Without the lock: a listener may wait for another one, whose owner may wait for this.
        self._listeners.call()

    @locked
    def _append(self, values: Tensor | np.ndarray) -> None:
        n_dims = values.shape[1]
        if self._basis is not None:
            checked_width(values, self._basis.n_dims, self._basis.n_directions)
        queries = self._queries_or_none or self._new_plane_queries(values)
        store = queries.store
        narrowed = computing_dtype(values) == torch.float64 and store.dtype == torch.float32
        if narrowed and self._requested_dtype is None:
            raise TypeError(
                "expected a batch of float32 like the samples before, got float64; convert it, or "
                "say dtype='float32' or dtype='float64' when the engine is made"
            )
        store.append(values, self._nan_policy)
        self._queries_or_none, self._basis = queries, queries.basis
        copy = len(store) * n_dims * store.dtype.itemsize
        default = max(copy, _MIN_CACHE_BYTES)
        max_bytes = default if self._cache_bytes is None else self._cache_bytes
        queries.bound(max_bytes * 3 // 4)
        self._surveyor_or_none = self._surveyor_or_none or Surveyor(store, queries.basis)
        self._surveyor_or_none.bound(max_bytes // 4)

    @locked
    def auto_epsilon(self) -> float:
        """Return the ε at which about nine in ten of at most 10,000 samples are lit in some plane.

        See `srm_widget.samples.auto_epsilon.automatic_epsilon`.
        """
        return automatic_epsilon(self._store.sample(AUTO_EPSILON_SAMPLES), self.basis)

    def resolved_epsilon(self, epsilon: float | str) -> float:
        """Return ε in [-1, 1] as a number: `auto_epsilon` for "auto", else `epsilon`, checked."""
        if isinstance(epsilon, str) and epsilon == "auto":
            return self.auto_epsilon()
        return checked_epsilon(epsilon)

    def evenly_spaced(self, most: int) -> Int64[np.ndarray, " some"]:
        """Return at most `most` rows of the activations as given, evenly spaced, rising."""
        return self._store.rows(evenly_spaced(self.n_samples, most))

    def checked_rows(self, rows: Any) -> Int64[np.ndarray, " some"]:
        """Return `rows` of the activations as they were given as int64.

        Raises
        ------
        IndexError
            If a row is out of range or was dropped.
        """
        checked = as_rows(rows)
        self._store.sample_indices(checked)
        return checked

    @locked
    def unit_rows(self, rows: Any) -> Float[Tensor, "some dims"]:
        """Return the unit rows x̂ of some rows of the activations, (n, D), as they are held.

        Parameters
        ----------
        rows
            Rising rows of the activations as they were given; those dropped have none.

        Raises
        ------
        IndexError
            If a row is out of range or was dropped.
        """
        return self._store.take(self._store.sample_indices(as_rows(rows)))

    @property
    def rows(self) -> Int64[np.ndarray, " samples"]:
        """Rows of the activations that the samples are, (N,), rising: all that were not dropped."""
        return self._store.rows(np.arange(self.n_samples))

    @property
    def listeners(self) -> WeakCallbacks:
        """Bound methods to call after samples were appended."""
        return self._listeners

    @property
    def n_rows(self) -> int:
        """Rows of activations that were given, those dropped counted in."""
        return self.n_samples + self.n_dropped

    def _encode_labels(self, labels: Any) -> ClassCodes:
        """Return the classes of the samples, kept for the next call with the same `Labels`."""
        checked = as_labels(labels, self.n_rows)
        kept = self._class_codes
        if kept is None or kept.labels is not checked:
            rows = self._store.rows(np.arange(self.n_samples)) if self.n_dropped else None
            self._class_codes = kept = ClassCodes(checked, rows, self.device)
        return kept

    def _new_plane_queries(self, values: Tensor | np.ndarray) -> PlaneQueries:
        n_dims = values.shape[1]
        device = self._requested_device
        if device is None:
            device = values.device if isinstance(values, Tensor) else torch.device("cpu")
        store = SampleStore(n_dims, self._requested_dtype or computing_dtype(values), device)
        return PlaneQueries(store, self._basis or bases.standard(n_dims))

    @property
    def _store(self) -> SampleStore:
        return self._plane_queries.store

    @property
    def _plane_queries(self) -> PlaneQueries:
        if self._queries_or_none is None or len(self._queries_or_none.store) == 0:
            raise ValueError("expected an engine with at least one sample, got none; append some")
        return self._queries_or_none

    @property
    def _surveyor(self) -> Surveyor:
        if self._surveyor_or_none is None:
            raise ValueError("expected an engine with at least one sample, got none; append some")
        return self._surveyor_or_none
