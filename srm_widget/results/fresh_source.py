"""Samples that had no part in finding planes, to look these up on."""

from collections.abc import Callable, Generator, Iterator, Sized
from typing import Any, NamedTuple, Protocol, SupportsIndex, TypeGuard, runtime_checkable

import numpy as np
from jaxtyping import Float64

from srm_widget.geometry.basis import Basis
from srm_widget.results.column_histograms import ColumnHistograms
from srm_widget.results.curves import Resonance
from srm_widget.utils.inputs import is_array
from srm_widget.utils.text import brief


class Prepared(NamedTuple):
    """What was done to the rows that a survey is of, as it can be asked for again.

    Attributes
    ----------
    center
        (D,) float64, subtracted from every row; None where nothing was.
    min_norm
        Norm below which a row, once centred, counts as one of zeros.
    """

    center: Float64[np.ndarray, " dims"] | None = None
    min_norm: float = 0.0

    def __str__(self) -> str:
        center = None if self.center is None else brief(self.center.tolist())
        return f"center={center}, min_norm={self.min_norm:g}"

    def agrees(self, other: "Prepared") -> bool:
        """Return whether the same was done to other rows."""
        mine, theirs = self.center, other.center
        if mine is None or theirs is None:
            return mine is theirs and self.min_norm == other.min_norm
        return np.array_equal(mine, theirs) and self.min_norm == other.min_norm


class Searched(NamedTuple):
    """Samples that planes were found on, as they are told from fresh ones.

    Attributes
    ----------
    n_samples
        How many.
    fingerprint
        As of `srm_widget.samples.store.SampleStore.fingerprint`.
    """

    n_samples: int
    fingerprint: bytes


@runtime_checkable
class CurveSource(Protocol):
    """Samples whose curves can be asked for, as of an engine."""

    @property
    def basis(self) -> Basis:
        """The privileged basis."""

    @property
    def n_samples(self) -> int:
        """N."""

    @property
    def center(self) -> Float64[np.ndarray, " dims"] | None:
        """What is subtracted from every row."""

    @property
    def min_norm(self) -> float:
        """Norm below which a row counts as one of zeros."""

    def fingerprint(self, n_samples: int) -> bytes:
        """Return what tells the first samples from others."""

    def curve_steps(
        self, i: SupportsIndex, j: SupportsIndex, *, epsilon: float, resolution: SupportsIndex
    ) -> Generator[Any, None, Resonance]:
        """Compute the resonance of the plane (i, j)."""

    def column_histograms_steps(
        self, *, epsilon: float, directions: Any = None
    ) -> Generator[float, None, ColumnHistograms]:
        """Count the projections on every direction or on some, for ε or more."""


def fresh_source(
    activations: Any,
    basis: Basis,
    engine_of: Callable[[Any], CurveSource] | None,
    prepared: Prepared,
    searched: Searched | None,
    *,
    found: str,
) -> CurveSource:
    """Return the engine of fresh samples that came, or make one of activations.

    Parameters
    ----------
    activations
        What came.
    basis
        The directions that planes were found among.
    engine_of
        Makes an engine as the one they were found by; None where counts were surveyed.
    prepared
        What was done to the rows of these counts.
    searched
        The samples that planes were found on; None where that is not known, as of counts.
    found
        What the result is called in messages.

    Raises
    ------
    TypeError
        For anything else, and for activations without `engine_of`.
    ValueError
        If the engine has another basis, or prepares rows otherwise; if these samples begin with
        those that were searched.
    """
    source = _source_of(activations, basis, engine_of, prepared, found)
    if searched is not None:
        _check_fresh(source, searched)
    return source


def _check_fresh(source: CurveSource, searched: Searched) -> None:
    n = searched.n_samples
    if source.n_samples >= n and source.fingerprint(n) == searched.fingerprint:
        these = f"the {n:,} searched" + (" and more" if source.n_samples > n else "")
        raise ValueError(
            f"expected samples that had no part in finding the planes, got {these}; search one "
            "half, activations[::2], and confirm on the other, activations[1::2]"
        )


def _source_of(
    activations: Any,
    basis: Basis,
    engine_of: Callable[[Any], CurveSource] | None,
    prepared: Prepared,
    found: str,
) -> CurveSource:
    if _is_source(activations):
        if not basis.is_same(activations.basis):
            raise ValueError(
                f"expected fresh samples in the basis that was surveyed, {basis!r}, got "
                f"{activations.basis!r}; ResonanceEngine(activations, {found}.basis) has it"
            )
        _check_prepared(activations, engine_of, prepared, found)
        return activations
    if engine_of is None:
        raise TypeError(
            f"expected a ResonanceEngine, as the {found} is one of counts, got "
            f"{brief(activations)}; ResonanceEngine(activations, {found}.basis) makes one"
        )
    if not (isinstance(activations, Sized | Iterator) or is_array(activations)):
        raise TypeError(f"expected activations (N, D) or an engine, got {brief(activations)}")
    return engine_of(activations)


def _check_prepared(
    source: CurveSource,
    engine_of: Callable[[Any], CurveSource] | None,
    prepared: Prepared,
    found: str,
) -> None:
    """Raise ``ValueError`` if a source prepares rows otherwise than those surveyed were."""
    mine = prepared
    if engine_of is not None:
        own = engine_of(None)
        mine = Prepared(own.center, own.min_norm)
    theirs = Prepared(source.center, source.min_norm)
    if not mine.agrees(theirs):
        way_out = f"{found}.confirm(activations) takes those of the {found}"
        if engine_of is None:
            way_out = "ResonanceEngine(activations, …) takes both"
        raise ValueError(
            "expected fresh samples with the center and min_norm of those surveyed, "
            f"{mine}, got {theirs}; {way_out}"
        )


def _is_source(given: Any) -> TypeGuard[CurveSource]:
    """Return whether curves and columns can be asked for, whatever its properties say as yet."""
    return all(hasattr(type(given), f"{each}_steps") for each in ("curve", "column_histograms"))
