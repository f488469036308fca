"""The incremental engine: activations in, resonance of one plane after another out."""

import math
from typing import Any, SupportsIndex

import numpy as np
import torch
from jaxtyping import Float64, Int64
from torch import Tensor

from srm_widget import basis as bases
from srm_widget import planes
from srm_widget.activations import as_activations, computing_dtype
from srm_widget.angles import AngularGrid
from srm_widget.basis import Basis
from srm_widget.listeners import Listeners
from srm_widget.null import automatic_epsilon, checked_epsilon
from srm_widget.planewise import Planewise
from srm_widget.resonance import Resonance
from srm_widget.samples import NanPolicy, SampleStore, as_rows, evenly_spaced

_LEAST_CACHE = 16 << 20
_AUTO_EPSILON_SAMPLES = 10_000


class ResonanceEngine:
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
        Where to compute; None is where the first activations are. The data are moved block by
        block.
    dtype
        float32 or float64 to compute in; None is float64 for float64 data and float32 for all
        others.
    nan_policy
        "raise", or "drop" to leave out rows with NaN or infinity.
    cache_bytes
        Bound of what is kept to save work: projections on directions that are not coordinate
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
        if nan_policy not in ("raise", "drop"):
            raise ValueError(f"expected nan_policy 'raise' or 'drop', got {nan_policy!r}")
        if cache_bytes is not None and cache_bytes < 0:
            raise ValueError(f"expected cache_bytes ≥ 0, got {cache_bytes}")
        self._asked_device = None if device is None else torch.device(device)
        self._asked_dtype = None if dtype is None else computing_dtype(np.empty(0), dtype)
        self._nan_policy: NanPolicy = nan_policy
        self._cache_bytes = cache_bytes
        self._basis = None if basis is None else bases.of(basis)
        self._planewise: Planewise | None = None
        self._listeners = Listeners()
        if activations is not None:
            self.append(activations)

    @property
    def n_samples(self) -> int:
        """N, samples held; rows of zeros are counted."""
        return 0 if self._planewise is None else len(self._planewise.store)

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
        return planes.count(self.n_directions)

    @property
    def n_zero(self) -> int:
        """Rows of zeros among the samples: they have no direction and are lit only if ε ≤ 0."""
        return 0 if self._planewise is None else self._planewise.store.n_zero

    @property
    def n_dropped(self) -> int:
        """Rows left out because they held NaN or infinity."""
        return 0 if self._planewise is None else self._planewise.store.n_dropped

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
        if self._planewise is None:
            return 0
        return self._planewise.store.nbytes + self._planewise.nbytes

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
        values = as_activations(batch)
        n_dims = values.shape[1]
        if self._basis is not None and n_dims != self._basis.n_dims:
            raise ValueError(
                f"expected activations of shape (N, {self._basis.n_dims}), as wide as the "
                f"{self._basis.n_directions} directions of the basis, one a row, got "
                f"{tuple(values.shape)}"
            )
        computing = self._planewise or self._new_planewise(values)
        store = computing.store
        narrowed = computing_dtype(values) == torch.float64 and store.dtype == torch.float32
        if narrowed and self._asked_dtype is None:
            raise TypeError(
                "expected a batch of float32 like the samples before, got float64; convert it, or "
                "say dtype='float32' or dtype='float64' when the engine is made"
            )
        store.append(values, self._nan_policy)
        self._planewise, self._basis = computing, computing.basis
        copy = len(store) * n_dims * store.dtype.itemsize
        default = max(copy, _LEAST_CACHE)
        computing.bound(default if self._cache_bytes is None else self._cache_bytes)
        self._listeners.call()

    def curve(
        self,
        i: SupportsIndex,
        j: SupportsIndex,
        *,
        epsilon: float | str,
        resolution: SupportsIndex = 360,
        angles: Any = None,
    ) -> Resonance:
        """Resonance of the plane (i, j).

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

        Raises
        ------
        IndexError
            If i equals j or either is out of range.
        ValueError
            If ε, resolution or angles are not as above, or the two directions are parallel.
        """
        grid = AngularGrid.uniform(resolution) if angles is None else AngularGrid.at(angles)
        return self._computing.curve(i, j, self.resolved_epsilon(epsilon), grid)

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
        if not math.isfinite(theta):
            raise ValueError(f"expected a finite angle theta, got {theta}")
        found = self._computing.inside(i, j, theta, self.resolved_epsilon(epsilon))
        return self._samples.rows(found)

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

    def auto_epsilon(self) -> float:
        """ε at which about nine samples in ten are lit in some plane, on at most 10,000 of them.

        See `srm_widget.null.automatic_epsilon`.
        """
        return automatic_epsilon(self._samples.sample(_AUTO_EPSILON_SAMPLES), self.basis)

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
        self._samples.places(wanted)
        return wanted

    @property
    def listeners(self) -> Listeners:
        """Bound methods to call after samples were appended."""
        return self._listeners

    def _new_planewise(self, values: Tensor | np.ndarray) -> Planewise:
        n_dims = values.shape[1]
        device = self._asked_device
        if device is None:
            device = values.device if isinstance(values, Tensor) else torch.device("cpu")
        store = SampleStore(n_dims, self._asked_dtype or computing_dtype(values), device)
        return Planewise(store, self._basis or bases.standard(n_dims))

    @property
    def _samples(self) -> SampleStore:
        return self._computing.store

    @property
    def _computing(self) -> Planewise:
        if self._planewise is None or len(self._planewise.store) == 0:
            raise ValueError("expected an engine with at least one sample, got none; append some")
        return self._planewise
