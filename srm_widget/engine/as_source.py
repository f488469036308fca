"""Sources of resonance made of what a user gives: activations, an engine or counts."""

from typing import Any

from srm_widget.engine.counts_source import CountsSource
from srm_widget.engine.engine import ResonanceEngine
from srm_widget.engine.source import ResonanceSource
from srm_widget.samples.activations import as_activations, computing_dtype
from srm_widget.samples.preparation import as_preparation
from srm_widget.streaming.counts import ResonanceCounts

_MIN_CACHE_BYTES = 1 << 20


def as_source(
    activations_or_engine: Any,
    basis: Any = None,
    *,
    center: Any = None,
    min_norm: float = 0.0,
    groups: Any = None,
    **options: Any,
) -> ResonanceSource:
    """Return the source of resonance that came, or make an engine of activations.

    Parameters
    ----------
    activations_or_engine
        (N, D) activations, `ResonanceEngine` or `ResonanceCounts`.
    basis, center, min_norm, groups, **options
        As for `ResonanceEngine`, for activations.

    Raises
    ------
    TypeError
        If a basis, a centre, a least norm or groups came beside an engine or counts, or nothing
        came.
    ValueError
        If there are no samples.
    """
    if activations_or_engine is None:
        raise TypeError("expected activations of shape (N, D) or a ResonanceEngine, got None")
    source = _known_source(activations_or_engine)
    if source is None:
        return ResonanceEngine(
            activations_or_engine,
            basis,
            center=center,
            min_norm=min_norm,
            groups=groups,
            **options,
        )
    owner = "an engine, which has its" if source.has_samples else "counts, which have their"
    check_none_beside(f"{owner} own", basis=basis, center=center, min_norm=min_norm, groups=groups)
    if source.n_samples == 0:
        raise ValueError("expected an engine with at least one sample, got none; append some")
    return source


def as_step_source(activations_or_engine: Any, basis: Any) -> ResonanceSource:
    """Return `as_source` for a step of a timeline: an engine made here has a small cache."""
    if activations_or_engine is None or _known_source(activations_or_engine) is not None:
        return as_source(activations_or_engine, basis)
    values = as_activations(activations_or_engine)
    copy = values.shape[0] * values.shape[1] * computing_dtype(values).itemsize
    return as_source(values, basis, cache_bytes=max(copy, _MIN_CACHE_BYTES))


def check_none_beside(owner: str, *, basis: Any, center: Any, min_norm: float, groups: Any) -> None:
    """Raise ``TypeError`` for a basis, a centre, a least norm or groups beside what has its own."""
    found = {
        "basis": basis is not None,
        "center": center is not None,
        "groups": groups is not None,
        "min_norm": as_preparation(None, min_norm).min_norm > 0,
    }
    for name, is_there in found.items():
        if is_there:
            raise TypeError(f"expected no {name} beside {owner}")


def _known_source(given: Any) -> ResonanceSource | None:
    """Return the source that `given` is, or that of counts; None for activations."""
    if isinstance(given, ResonanceCounts):
        return CountsSource(given)
    return given if isinstance(given, ResonanceSource) else None
