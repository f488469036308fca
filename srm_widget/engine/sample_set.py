"""Samples of an engine: checked, normalised and copied, with their basis and their classes."""

import copy
import threading
from dataclasses import replace
from typing import Any
from weakref import WeakSet, ref

import numpy as np
import torch
from jaxtyping import Int64
from torch import Tensor

from srm_widget import basis as bases
from srm_widget.geometry.basis import Basis
from srm_widget.results.isotropy import checked_epsilon
from srm_widget.samples.activations import checked_width, computing_dtype
from srm_widget.samples.auto_epsilon import AUTO_EPSILON_SAMPLES, automatic_epsilon, lit_plane
from srm_widget.samples.groups import GroupEncoder, SampleGroups, as_groups
from srm_widget.samples.labels import ClassCodes, Labels, LatestClassCodes, as_labels
from srm_widget.samples.preparation import Preparation, as_preparation
from srm_widget.samples.store import NanPolicy, SampleStore, checked_nan_policy
from srm_widget.utils.text import brief

_MIN_CACHE_BYTES = 16 << 20


_stores_lock = threading.Lock()
_stores: WeakSet[SampleStore] = WeakSet()
"""Stores of all engines: those made of the same activations share one copy of them."""


class _LatestSnapshot:
    """Snapshot taken last of samples and their groups, as long as somebody holds it.

    All sets of the same samples have one of these. A pickle of several then has them once.
    """

    def __init__(self) -> None:
        self._source: ref[SampleStore] | None = None
        self._store: ref[SampleStore] | None = None
        self._encoder: ref[GroupEncoder] | None = None

    def __reduce__(self) -> tuple[type["_LatestSnapshot"], tuple[()]]:
        return _LatestSnapshot, ()

    def of(
        self, store: SampleStore, encoder: GroupEncoder | None
    ) -> tuple[SampleStore, GroupEncoder | None]:
        """Return snapshots of both, the same as last time if they are alive and up to date."""
        kept = None if self._store is None else self._store()
        groups = None if self._encoder is None else self._encoder()
        is_of_store = self._source is not None and self._source() is store
        if (
            kept is None
            or not is_of_store
            or (len(kept), kept.n_dropped) != (len(store), store.n_dropped)
            or (groups is None) != (encoder is None)
        ):
            kept = store.snapshot()
            groups = None if encoder is None else encoder.snapshot()
            self._source, self._store = ref(store), ref(kept)
            self._encoder = None if groups is None else ref(groups)
        return kept, groups


class SampleSet:
    """Samples appended in batches, their basis and the classes last asked for.

    The parameters are those of `ResonanceEngine`.

    Attributes
    ----------
    encoder
        Groups of the samples; None if they have none.
    """

    def __init__(
        self,
        basis: Any = None,
        *,
        device: torch.device | str | None = None,
        dtype: Any = None,
        nan_policy: NanPolicy = "raise",
        center: Any = None,
        min_norm: float = 0.0,
        cache_bytes: int | None = None,
    ) -> None:
        if cache_bytes is not None and cache_bytes < 0:
            raise ValueError(f"expected cache_bytes ≥ 0, got {cache_bytes}")
        self._requested_device = None if device is None else torch.device(device)
        self._requested_dtype = None if dtype is None else computing_dtype(np.empty(0), dtype)
        self.nan_policy = checked_nan_policy(nan_policy)
        self._declared = as_preparation(center, min_norm)
        self._cache_bytes = cache_bytes
        self._basis = None if basis is None else bases.of(basis)
        if self._basis is not None:
            self._declared.check_width(self._basis.n_dims)
        self._store: SampleStore | None = None
        self._class_codes = LatestClassCodes()
        self._snapshot = _LatestSnapshot()
        self.encoder: GroupEncoder | None = None

    @property
    def n_samples(self) -> int:
        """N, samples held; rows of zeros among them."""
        return 0 if self._store is None else len(self._store)

    @property
    def n_zero(self) -> int:
        """Rows of zeros among the samples, short ones included."""
        return 0 if self._store is None else self._store.n_zero

    @property
    def n_short(self) -> int:
        """Those of the rows of zeros that are only shorter than the least norm."""
        return 0 if self._store is None else self._store.n_short

    @property
    def preparation(self) -> Preparation:
        """What is done to rows before they are brought to unit length."""
        return self._declared if self._store is None else self._store.preparation

    @property
    def is_centred_on_own_mean(self) -> bool:
        """Whether the samples held are centred on their mean, which more of them would move."""
        return self._declared.of_mean and self.n_samples > 0

    @property
    def n_dropped(self) -> int:
        """Rows left out because they held NaN or infinity."""
        return 0 if self._store is None else self._store.n_dropped

    @property
    def known_basis(self) -> Basis | None:
        """The privileged basis; None where there are neither one nor samples yet."""
        return self._basis

    @property
    def basis(self) -> Basis:
        """The privileged basis."""
        if self._basis is None:
            raise ValueError("the engine has neither a basis nor samples yet; append some first")
        return self._basis

    @property
    def store(self) -> SampleStore:
        """The samples; there is at least one."""
        if self._store is None or len(self._store) == 0:
            raise ValueError("expected an engine with at least one sample, got none; append some")
        return self._store

    @property
    def groups(self) -> SampleGroups | None:
        """Groups of samples that hang together; None if each stands for itself."""
        return None if self.encoder is None else self.encoder.groups

    @property
    def nbytes(self) -> int:
        """Bytes of the samples, their classes and groups."""
        parts = self._store, self._class_codes, self.encoder
        return sum(part.nbytes for part in parts if part is not None)

    @property
    def max_cache_bytes(self) -> int:
        """Most bytes to keep of what is computed of the samples."""
        if self._cache_bytes is not None:
            return self._cache_bytes
        store = self._store
        copy = 0 if store is None else len(store) * store.n_dims * store.dtype.itemsize
        return max(copy, _MIN_CACHE_BYTES)

    def snapshot(self) -> "SampleSet":
        """Return the samples there are now, in the same memory, to which no others will come."""
        other = copy.copy(self)
        other._class_codes = LatestClassCodes()  # noqa: SLF001
        if self._store is not None:
            copies = self._snapshot.of(self._store, self.encoder)
            other._store, other.encoder = copies  # noqa: SLF001
        return other

    def alone(self) -> "SampleSet":
        """Return the samples there are now, in the same memory, to which others may come.

        What is appended to one of the two, the other does not see.
        """
        other = copy.copy(self)
        other._class_codes, other._snapshot = LatestClassCodes(), _LatestSnapshot()  # noqa: SLF001
        if self._store is not None:
            other._store = self._store.snapshot()  # noqa: SLF001
        if self.encoder is not None:
            other.encoder = self.encoder.snapshot()
        return other

    def in_basis(self, basis: Basis) -> "SampleSet":
        """Return the same samples, not a copy of them, in another basis."""
        if not isinstance(basis, Basis):
            raise TypeError(
                f"expected a basis, got {brief(basis)}; srm.basis.of(matrix) makes one of rows"
            )
        if basis.n_dims != self.store.n_dims:
            raise ValueError(
                f"expected a basis of {self.store.n_dims} dimensions, as many as the samples have, "
                f"got {basis!r}"
            )
        other = copy.copy(self)
        other._basis = basis  # noqa: SLF001
        return other

    def append(
        self,
        values: Tensor | np.ndarray,
        groups: Any = None,
        names: tuple[str, ...] | None = None,
    ) -> SampleStore:
        """Add samples, (n, D), and return the store they are in; on an error nothing changes.

        Parameters
        ----------
        values
            As `as_activations` returns them.
        groups
            Group of each, as for `as_groups`; None if samples before have none either.
        names
            Names of the columns, if a table has them.
        """
        if self.is_centred_on_own_mean:
            raise ValueError(
                f"expected no more activations, got {len(values):,} rows: the {self.n_samples:,} "
                "samples held are centred on their own mean, which more would move; "
                "center=activations.mean(0, dtype=float), a vector, stays as it is"
            )
        named = self._checked_groups(groups, *values.shape)
        if self._basis is not None:
            checked_width(values, self._basis.n_dims, self._basis.n_directions)
        basis = self._basis
        if basis is None:
            basis = replace(bases.standard(values.shape[1]), names=names)
        store = self._new_store(values) if self._store is None else self._store
        narrowed = computing_dtype(values) == torch.float64 and store.dtype == torch.float32
        if narrowed and self._requested_dtype is None:
            raise TypeError(
                "expected a batch of float32 like the samples before, got float64; convert it, or "
                "say dtype='float32' or dtype='float64' when the engine is made"
            )
        store.preparation = store.preparation.resolved(values)
        before, first = len(store), len(store) + store.n_dropped
        known = store.alike(values, _known_stores()) if self._store is None else None
        if known is None:
            store.append(values, self.nan_policy)
        else:
            store = known
        with _stores_lock:
            _stores.add(store)
        self._store, self._basis = store, basis
        if named is not None:
            self.encoder = self.encoder or GroupEncoder()
            self.encoder.append(named, store.rows(np.arange(before, len(store))) - first)
        return store

    def _checked_groups(self, groups: Any, n_rows: int, n_dims: int) -> Labels | None:
        """Return the groups of a batch; they are given for all batches or for none."""
        if groups is not None:
            if self.n_samples and self.encoder is None:
                raise ValueError(
                    f"expected no groups, as the {self.n_samples} samples before have none; give "
                    "them from the first batch on"
                )
            return as_groups(groups, n_rows, n_dims)
        if self.encoder is not None:
            raise ValueError(
                f"expected the groups of {n_rows} rows beside them, as the batches before came "
                "with groups: append(batch, groups=…)"
            )
        return None

    def auto_epsilon(self) -> float:
        """Return the automatic ε, chosen from at most 10,000 samples."""
        return automatic_epsilon(self.store.sample(AUTO_EPSILON_SAMPLES), self.basis)

    def lit_plane(self, epsilon: float, first: tuple[int, int]) -> tuple[int, int]:
        """Return the plane `first`, or one that is lit at ε, told from at most 10,000 samples."""
        return lit_plane(self.store.sample(AUTO_EPSILON_SAMPLES), self.basis, epsilon, first)

    def resolved_epsilon(self, epsilon: float | str, within: str = "[-1, 1]") -> float:
        """Return ε in [-1, 1] as a number: `auto_epsilon` for "auto", else `epsilon`, checked.

        `within` is the range that makes sense where it is asked for, for the message.
        """
        if isinstance(epsilon, str) and epsilon == "auto":
            return self.auto_epsilon()
        return checked_epsilon(epsilon, within=within, or_auto=True)

    @property
    def rows(self) -> Int64[np.ndarray, " samples"]:
        """Rows of the activations that the samples are, rising: all that were not dropped."""
        return self.store.rows(np.arange(self.n_samples))

    def encode_labels(self, labels: Any) -> ClassCodes:
        """Return the classes of the samples, kept for the next call with the same `Labels`."""
        checked = as_labels(labels, self.n_samples + self.n_dropped, self.basis.n_dims)
        rows = self.rows if self.n_dropped else None
        return self._class_codes.of(checked, rows, self.store.device)

    def _new_store(self, values: Tensor | np.ndarray) -> SampleStore:
        device = self._requested_device
        if device is None:
            device = values.device if isinstance(values, Tensor) else torch.device("cpu")
        dtype = self._requested_dtype or computing_dtype(values)
        self._declared.check_width(values.shape[1])
        return SampleStore(values.shape[1], dtype, device, self._declared)


def _known_stores() -> list[SampleStore]:
    with _stores_lock:
        return list(_stores)
