"""The incremental engine: spotlight resonance of activations, computing only what changed."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, final

import numpy as np
import torch
from jaxtyping import Float, Float64, Int64
from torch import Tensor

from srm_widget.concurrency.locks import WatchedLock, locked
from srm_widget.engine.basis_queries import BasisQueries
from srm_widget.engine.coordinate_queries import CoordinateQueries
from srm_widget.engine.curve_queries import CurveQueries
from srm_widget.engine.sample_set import SampleSet
from srm_widget.engine.shared_caches import EngineCaches, SharedCaches
from srm_widget.engine.source import ResonanceSource
from srm_widget.geometry.angular_grid import DEFAULT_RESOLUTION
from srm_widget.geometry.basis import Basis
from srm_widget.plane.plane_queries import PlaneQueries
from srm_widget.samples.activations import as_activations
from srm_widget.samples.groups import SampleGroups
from srm_widget.samples.store import NanPolicy, SampleStore, as_rows
from srm_widget.survey.surveyor import Surveyor, SurveySpec
from srm_widget.utils.arrays import evenly_spaced
from srm_widget.utils.callbacks import WeakCallbacks
from srm_widget.utils.calls import explain_calls
from srm_widget.utils.tables import names_of_columns
from srm_widget.utils.text import brief, left_out_text
from srm_widget.utils.validation import integer


@explain_calls
@final
class ResonanceEngine(CurveQueries, CoordinateQueries, BasisQueries, ResonanceSource):
    """Spotlight resonance of activations, plane by plane, computing only what changed.

    The activations are checked, normalised and copied, so that the caller may change or free
    theirs. A change of ε goes again through the in-plane coordinates of that plane; a change of
    the angles counts the lit arcs again; another plane needs two columns of projections; appended
    samples add their own part. Results equal those of a fresh computation, integer for integer.

    Parameters
    ----------
    activations
        (N, D), one sample a row: a tensor, an array or a table; rows or batches in a list; what
        else is taken is in the documentation, under inputs. None: samples come by `append`.
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
    center
        None; or what to subtract from every row before it is brought to unit length: (D,) real
        numbers, or "mean" for the mean of the activations' finite rows, taken once, of the first
        ones. No more can be appended then: they would move it. What a row differs from a vector by
        no more than rounding in the vector's own dtype is 0; a mean in float64 is the best.
    min_norm
        Rows shorter than this, once centred, count as rows of zeros: in N, lit only if ε ≤ 0.
        0 is none.
    groups
        One id a row, of samples that hang together and are not independent: tokens of a sentence,
        positions of an image. Integers, strings or a pandas categorical; they go by their text, so
        that 1 and "1" are one group. Intervals and standard errors are then cluster-robust, see
        `srm_widget.results.group_errors.GroupErrors`.
    cache_bytes
        Bound of the caches: projections on directions that are not coordinate
        axes, and lit arcs. None is as much as the activations, at least 16 MiB.

    Raises
    ------
    ValueError, TypeError
        For activations or a basis of another shape or kind; the message says what came.

    Notes
    -----
    What may take long has a twin whose name ends in ``_steps``, as `curve` has ``curve_steps``.
    With the same parameters it returns a generator, which computes in short steps, so that other
    work can be done in between, and returns the result. Close it to cancel.

    Memory: the activations, once, in the computing dtype, and 8 bytes a sample for their norms;
    beyond these `cache_bytes`, by default no more than one more copy; and while a curve is
    computed, temporaries of one block of 262,144 samples (about 60 bytes for each lit one). Groups
    take 4 bytes a sample, and while a curve is computed 32 for each lit one of all.

    Examples
    --------
    >>> import srm_widget as srm
    >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
    >>> engine.n_samples, engine.n_dims, engine.n_planes
    (3, 3, 3)
    >>> engine.curve(0, 1, epsilon=0.8, resolution=8).counts.tolist()  # at θ = 0°, 45°, 90°, …
    [[1, 2, 1, 0, 0, 0, 0, 0]]
    >>> engine.append([[0, 5, 0]])
    >>> engine.curve(0, 1, epsilon=0.8, resolution=8).counts.tolist(), engine.n_samples
    ([[1, 2, 2, 0, 0, 0, 0, 0]], 4)
    """

    def __init__(
        self,
        activations: Any = None,
        basis: Any = None,
        *,
        device: torch.device | str | None = None,
        dtype: Any = None,
        nan_policy: NanPolicy = "raise",
        center: Any = None,
        min_norm: float = 0.0,
        groups: Any = None,
        cache_bytes: int | None = None,
    ) -> None:
        self._samples = SampleSet(
            basis,
            device=device,
            dtype=dtype,
            nan_policy=nan_policy,
            center=center,
            min_norm=min_norm,
            cache_bytes=cache_bytes,
        )
        self._caches: EngineCaches | None = None
        self._shared_caches: SharedCaches | None = None
        self._lock = WatchedLock()
        self._listeners = WeakCallbacks()
        if activations is not None:
            self.append(activations, groups=groups)
        elif groups is not None:
            raise TypeError("expected activations beside groups; append(batch, groups=…) adds both")

    @locked
    def __getstate__(self) -> dict[str, Any]:
        # Not what can be computed anew: it may be large, or under way in another thread.
        return {**self.__dict__, "_samples": self._samples.snapshot(), "_caches": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        if self._samples.n_samples:
            self._caches = _caches_of(self._samples.store, self._samples)
            self._bound_caches()

    @locked
    def __copy__(self) -> "ResonanceEngine":
        """Return an engine that goes on by itself; the samples there are now stay one copy."""
        parts = {
            "_lock": WatchedLock(),
            "_listeners": WeakCallbacks(),
            "_samples": self._samples.alone(),
            "_caches": None,
            "_shared_caches": self._shared_caches and self._shared_caches.alone(),
        }
        engine = object.__new__(ResonanceEngine)
        engine.__setstate__({**self.__dict__, **parts})
        return engine

    def __repr__(self) -> str:
        basis = self._samples.known_basis
        if basis is None or not self.n_samples:
            return f"ResonanceEngine(no samples yet{'' if basis is None else f', {basis!r}'})"
        left_out = {
            "rows of zeros": self.n_zero - self.n_short,
            "rows dropped": self.n_dropped,
            "directions of zeros": basis.n_dead,
        }
        grouped = "" if self._samples.encoder is None else ", in groups"
        return (
            f"ResonanceEngine({self.n_samples:,} samples in {self.n_dims} dimensions, "
            f"{basis.n_directions:,} directions of the {basis.name}, {str(self.dtype)[6:]} on "
            f"{self.device}{left_out_text(left_out)}{grouped}"
            f"{self.preparation and ', ' + self.preparation})"
        )

    @property
    def basis(self) -> Basis:
        """The privileged basis."""
        return self._samples.basis

    @property
    def n_samples(self) -> int:
        """N, samples held; rows of zeros among them."""
        return self._samples.n_samples

    @property
    def n_zero(self) -> int:
        """Rows of zeros among the samples: they have no direction and are lit only if ε ≤ 0.

        Rows that are zero once centred, and those shorter than `min_norm`, are among them.
        """
        return self._samples.n_zero

    @property
    def n_short(self) -> int:
        """Those of `n_zero` that are not zero, only shorter than `min_norm`."""
        return self._samples.n_short

    @property
    def center(self) -> Float64[np.ndarray, " dims"] | None:
        """Vector that is subtracted from every row, (D,); None where nothing is.

        None also before there are activations whose mean it is to be.
        """
        preparation = self._samples.preparation
        if preparation.center is None or (preparation.of_mean and self.n_samples == 0):
            return None
        return preparation.center.double().numpy().copy()

    @property
    def min_norm(self) -> float:
        """Norm below which a row, once centred, counts as one of zeros; 0 is none."""
        return self._samples.preparation.min_norm

    @property
    def preparation(self) -> str:
        """What is done to rows before they are brought to unit length, in words; "" for nothing."""
        return self._samples.preparation.text(self.n_short)

    @property
    def n_dropped(self) -> int:
        """Rows left out because they held NaN or infinity."""
        return self._samples.n_dropped

    @property
    def groups(self) -> SampleGroups | None:
        """Groups of the samples: ``codes`` (N,), ``sizes`` (G,) and ``n_groups``; None without."""
        return self._samples.groups

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
        """Bytes held: caches and samples, those too that are shared with other engines."""
        return self._samples.nbytes + (0 if self._caches is None else self._caches.nbytes)

    @property
    def listeners(self) -> WeakCallbacks:
        """Bound methods to call after samples were appended."""
        return self._listeners

    @property
    def original(self) -> "ResonanceEngine":
        """The engine itself."""
        return self

    @property
    def has_samples(self) -> bool:
        """True: an engine keeps its samples."""
        return True

    @property
    def has_survey(self) -> bool:
        """True: all planes can be surveyed."""
        return True

    @property
    def levels(self) -> list[float]:
        """Nothing: ε can take any value in [-1, 1]."""
        return []

    @property
    def fixed_resolution(self) -> None:
        """None: samples are counted at whatever angles are asked for."""

    @property
    def questions(self) -> None:
        """None: all planes can be asked for, at any ε and any angles."""

    def append(self, batch: Any, *, groups: Any = None) -> None:
        """Add samples, (n, D).

        Only these are computed when a curve is next asked for. On an error the engine is as it
        was.

        Parameters
        ----------
        batch
            (n, D) activations.
        groups
            One id a row of the batch, if the samples before have groups; those of the same name
            are one group over all batches.

        Raises
        ------
        ValueError
            If the number of dimensions differs, rows are not finite (see `nan_policy`), or only
            some batches come with groups; if the samples held are centred on their own mean.
        TypeError
            If the batch would silently be narrowed from float64 to the float32 the engine holds.

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0]])
        >>> engine.append([[1, 3, 0], [0, 0, 0]])
        >>> engine.n_samples, engine.n_zero
        (3, 1)
        """
        self._append(as_activations(batch), groups, names_of_columns(batch))
        # Without the lock: a listener may wait for another one, whose owner may wait for this.
        self._listeners.call()

    @locked
    def _append(
        self, values: Tensor | np.ndarray, groups: Any, names: tuple[str, ...] | None
    ) -> None:
        store = self._samples.append(values, groups, names)
        self._caches = self._caches or _caches_of(store, self._samples)
        self._bound_caches()

    def _bound_caches(self) -> None:
        if self._caches is not None and self._shared_caches is None:
            self._caches.bound(self._samples.max_cache_bytes)

    @locked
    def in_bases(
        self, bases: Iterable[Basis], *, cache_bytes: int | None = None
    ) -> "list[ResonanceEngine]":
        """Return engines of the same samples, one in each of some bases; the samples stay one copy.

        Samples that are appended to one of them, or to this engine, are appended to all.

        Parameters
        ----------
        bases
            Of as many dimensions as the samples have.
        cache_bytes
            Bound of the caches of all of them together, which the one that was asked last has; None
            is an eighth of the samples.

        Returns
        -------
        engines
            One a basis, in the same order.

        Raises
        ------
        TypeError, ValueError
            If there are no samples yet, or one of `bases` is no basis of their dimensions.

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> turned, simplex = engine.in_bases([srm.basis.rotated(3, seed=0), srm.basis.simplex(3)])
        >>> turned.n_planes, simplex.n_planes, turned.shares_samples(engine)
        (3, 6, True)
        """
        most = self._samples.store.nbytes // 8
        if cache_bytes is not None:
            most = integer("cache_bytes", cache_bytes, least=0)
        if isinstance(bases, Basis) or not isinstance(bases, Iterable):
            raise TypeError(f"expected a list of bases, got {brief(bases)}")
        shared = SharedCaches(most)
        return [self._in_basis(basis, shared) for basis in bases]

    def _in_basis(self, basis: Basis, shared: SharedCaches) -> "ResonanceEngine":
        engine = object.__new__(ResonanceEngine)
        engine.__dict__.update(self.__dict__)  # lock and listeners go with the samples
        samples = self._samples.in_basis(basis)
        engine._samples, engine._shared_caches = samples, shared
        engine._caches = _caches_of(samples.store, samples)
        return engine

    def shares_samples(self, other: ResonanceSource) -> bool:
        """Return whether the samples of `other` are the very same, and not a copy of them."""
        return isinstance(other, ResonanceEngine) and other._store is self._store  # noqa: SLF001

    @locked
    def auto_epsilon(self) -> float:
        """Return an ε at which most samples are lit in some plane, on arcs that resolve angles.

        With R the in-plane radius of each of at most 10,000 samples in the plane of the two
        directions that it is nearest to: the larger of the 10th percentile of R, and cos 45° times
        the 95th. See `srm_widget.samples.auto_epsilon.automatic_epsilon`.

        Returns
        -------
        float
            ε in 0 … 0.95, rounded down to two decimals.

        Raises
        ------
        ValueError
            If there are no samples yet.

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> epsilon = engine.auto_epsilon()
        >>> epsilon, engine.curve(0, 1, epsilon=epsilon).n_lit.tolist()
        (0.95, [2])
        """
        return self._samples.auto_epsilon()

    @locked
    def resolved_epsilon(self, epsilon: float | str) -> float:
        """Return ε in [-1, 1] as a number: `auto_epsilon` for "auto", else `epsilon`, checked.

        Parameters
        ----------
        epsilon
            A number, or "auto".

        Raises
        ------
        TypeError, ValueError
            If it is neither a number in [-1, 1] nor "auto".

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> engine.resolved_epsilon(0.8), engine.resolved_epsilon("auto")
        (0.8, 0.95)
        """
        return self._samples.resolved_epsilon(epsilon)

    @locked
    def first_plane(self, *, epsilon: float | str | None = None) -> tuple[int, int]:
        """Return the first plane that two directions span, or, at an ε, one that is lit there.

        Parameters
        ----------
        epsilon
            ε in [-1, 1], or "auto". If none of at most 10,000 samples is lit in the first plane, it
            is the plane of the two directions that most of those lit are nearest to. No survey is
            made for it. None is the first plane whatever is lit.

        Returns
        -------
        i, j
            With i < j.

        Raises
        ------
        TypeError, ValueError
            If all directions are parallel, or rows of zeros; if ε is not as above.

        Examples
        --------
        >>> import srm_widget as srm
        >>> srm.ResonanceEngine([[3, 1], [1, 3]], [[1, 0], [2, 0], [1, 1]]).first_plane()
        (0, 2)
        >>> engine = srm.ResonanceEngine([[0, 1, 3, 0], [0, 0, 2, -3], [0, 0, -1, 1]])
        >>> engine.first_plane(), engine.first_plane(epsilon="auto")
        ((0, 1), (2, 3))
        """
        first = self._first_plane()
        if epsilon is None:
            return first
        return self._samples.lit_plane(self.resolved_epsilon(epsilon), first)

    def _first_plane(self) -> tuple[int, int]:
        # Directions that are all parallel to the first are parallel to each other.
        first, *others = np.setdiff1d(np.arange(self.n_directions), self.basis.dead).tolist()
        for j in others:
            if self.basis.spans(first, j):
                return first, j
        dead = f" and {self.basis.n_dead:,} rows of zeros" if self.basis.n_dead else ""
        raise ValueError(
            "expected a basis whose directions span a plane, got "
            f"{1 + len(others):,} parallel ones{dead}"
        )

    def counted_angle(self, _theta: float) -> None:
        """Return None: samples are counted at every angle."""

    def survey_cost(self, epsilon: float) -> float:
        """Return the cost of a survey: projections to make, or where ε is small arcs to count."""
        return self._surveyor.cost(epsilon)

    @locked
    def survey_bytes(self, epsilon: float) -> int:
        """Return about how many bytes a survey takes at its peak, beyond the samples.

        The cosines between all directions, the planes that are lit and what is counted at once.
        From 100 MB on it was within a factor of two of what was measured; below it is too much.

        Parameters
        ----------
        epsilon
            ε in [-1, 1].

        Returns
        -------
        int
            Bytes.

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> engine.survey_bytes(0.8) < 1_000_000
        True
        """
        return self._surveyor.bytes(SurveySpec(epsilon, DEFAULT_RESOLUTION, "combination"))

    @property
    def rows(self) -> Int64[np.ndarray, " samples"]:
        """Rows of the activations that the samples are, (N,), rising: all that were not dropped."""
        return self._samples.rows

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
    def fingerprint(self, n_samples: int) -> bytes:
        """Return what tells the first samples from others: see `SampleStore.fingerprint`."""
        return self._store.fingerprint(n_samples)

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

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> engine.unit_rows([2]).tolist()
        [[0.0, 0.0, -1.0]]
        """
        return self._store.take(self._store.sample_indices(as_rows(rows)))

    @locked
    def preparation_of(self, rows: Any) -> str:
        """Return `preparation` of some rows of the activations alone, as given, rising."""
        if self.min_norm == 0:
            return self.preparation
        index = self._store.sample_indices(as_rows(rows))
        short = self._store.preparation.short(torch.from_numpy(self._store.norms(index)))
        return self._store.preparation.text(int(short.sum()))

    @property
    def _plane_queries(self) -> PlaneQueries:
        return self._claimed_caches.queries

    @property
    def _surveyor(self) -> Surveyor:
        return self._claimed_caches.surveyor

    @property
    def _claimed_caches(self) -> EngineCaches:
        if self._caches is None or self.n_samples == 0:
            raise ValueError("expected an engine with at least one sample, got none; append some")
        if self._shared_caches is not None:
            self._shared_caches.claim(self._caches)
        return self._caches

    @property
    def _engine_of(self) -> "Callable[[Any], ResonanceEngine]":
        # A survey keeps it, without the samples, and is pickled with it.
        return partial(
            ResonanceEngine,
            basis=self.basis,
            device=self.device,
            dtype=self.dtype,
            nan_policy=self._samples.nan_policy,
            center=self._samples.preparation.center,
            min_norm=self.min_norm,
        )


def _caches_of(store: SampleStore, samples: SampleSet) -> EngineCaches:
    """Return empty caches of what is asked of `samples`, which `store` holds, or is going to."""
    basis = samples.basis
    queries = PlaneQueries(store, basis, samples.encoder)
    return EngineCaches(basis, queries, Surveyor(store, basis))
