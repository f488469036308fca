"""How much memory a survey of all planes takes, estimated before it is begun."""

import math
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Float64, Int64
from torch import Tensor

from srm_widget.geometry import plane_index
from srm_widget.geometry.basis import MIN_SQUARED_SINE, Basis
from srm_widget.geometry.plane_index import Variant
from srm_widget.samples.store import SampleStore
from srm_widget.utils.memory import available_bytes, bytes_text

_DIRECTIONS, _SAMPLES = 128, 1024
"""Directions and samples, drawn at random and evenly spaced, by which it is estimated how much is
lit."""

_BYTES_PER_LIT_PLANE = 96
"""Six columns of what is known of a lit plane, in parts and joined."""

_BYTES_PER_ANCHOR = 80
_BYTES_PER_KEPT_ARC, _BYTES_PER_KEPT_PLANE = 32, 40

_BYTES_PER_DIFFERENCE = 64
_USUAL_COUNTS, _TIMES_MEAN = 64, 8
"""How many counts differ at an angle: so many, and so many times as many as samples are lit in a
plane in the mean."""

_TESTS = 1 << 21
_BYTES_PER_TEST, _BYTES_PER_OBLIQUE_TEST, _BYTES_PER_CANDIDATE = 16, 48, 130
_CLOSE_PROJECTIONS = 1 << 22
_CLOSE_SHARE = 1 / 5
"""Share of the directions of an oblique basis that are taken to be close to others."""

_BYTES_PER_BIN = 40
"""Counts of a piece, of all, and what isotropy would give."""

_MOST_AT_ONCE = 1 << 30
"""Bytes of all that is counted and kept at once, and more than they ever are in narrow layers."""

_USUAL_COSINE = 0.2
_CROWDED = 1 / 6
_COPIED = 1 << 27


class LitShares(NamedTuple):
    r"""How much is lit, as shares.

    Attributes
    ----------
    pairs
        Of all planes and samples.
    planes
        Of all planes, by any sample.
    anchors
        Of all projections that are large enough for an anchor.
    """

    pairs: float
    planes: float
    anchors: float


def most_survey_bytes(basis: Basis, variant: Variant) -> int:
    """Return how many bytes a survey takes at most, however much is lit; at small cost."""
    lit = _BYTES_PER_LIT_PLANE * plane_index.n_planes(basis.n_directions, variant)
    return 8 * basis.n_directions * (basis.n_directions + basis.n_dims) + lit + _MOST_AT_ONCE


def survey_bytes(
    store: SampleStore, basis: Basis, epsilon: float, n_angles: int, *, variant: Variant, kept: int
) -> int:
    """Return about how many bytes a survey of all planes takes at its peak, beyond the samples.

    The cosines between all directions; the planes that are lit, of which a few directions and
    samples tell how many; what is counted at once; and the counts that are kept.

    Parameters
    ----------
    store, basis
        Samples and directions.
    epsilon
        ε.
    n_angles, variant
        K, and whether both orders of every pair are planes.
    kept
        Bytes of counts that are kept at most.
    """
    n, m = len(store), basis.n_directions
    n_planes = plane_index.n_planes(m)
    shares = lit_shares(store, basis, epsilon)
    rows = min(m, max(1.0, _TESTS / max(1.0, _n_anchors(store, basis, shares))))
    at_once = min(n_planes, 8 * m if _is_crowded(shares) else max(m, min(_TESTS, rows * m)))
    cells, arcs = at_once * (n_angles + 1.0), at_once * n * shares.pairs
    counting = 32 * cells if 4 * arcs > cells else 48 * arcs
    n_lit = n_planes * shares.planes
    counts = _BYTES_PER_KEPT_ARC * n_planes * n * shares.pairs + _BYTES_PER_KEPT_PLANE * n_lit
    orders = 2 if variant == "permutation" else 1
    of_lit = orders * _BYTES_PER_LIT_PLANE * n_lit + min(float(kept), counts)
    n_counts = min(2.0 * n_planes, _USUAL_COUNTS + _TIMES_MEAN * n * shares.pairs)
    histogram = _BYTES_PER_DIFFERENCE * (n_angles + 1) * n_counts
    return math.ceil(_search_bytes(store, basis, shares) + counting + histogram + of_lit)


def density_bytes(store: SampleStore, basis: Basis, epsilon: float, n_bins: int) -> int:
    """Return about how many bytes the density of all planes takes at its peak.

    Beyond the samples: the cosines between all directions, what is searched at once, and the bins.
    """
    search = _search_bytes(store, basis, lit_shares(store, basis, epsilon))
    return math.ceil(search) + _BYTES_PER_BIN * n_bins * n_bins


def check_bins_memory(n_bins: int) -> None:
    """Raise ``MemoryError`` if square bins, so many of a coordinate, take more than there is."""
    needed, room = _BYTES_PER_BIN * n_bins * n_bins, available_bytes()
    if room is not None and needed > room:
        raise MemoryError(
            f"expected bins that fit into the {bytes_text(room)} of memory that are left, got "
            f"{n_bins:,} × {n_bins:,} bins, which take some {bytes_text(needed)}; bins=128 take "
            f"{bytes_text(_BYTES_PER_BIN * 128 * 128)}"
        )


def most_density_bytes(store: SampleStore, basis: Basis, n_bins: int) -> int:
    """Return how many bytes that takes at most, however much is lit; at small cost."""
    m = basis.n_directions
    anchors = math.ceil(_BYTES_PER_ANCHOR * _CROWDED * len(store) * m)
    copied = store.dtype.itemsize * min(_COPIED, len(store) * store.n_dims)
    bins = _BYTES_PER_BIN * n_bins * n_bins
    return 8 * m * (m + basis.n_dims) + anchors + copied + bins + _MOST_AT_ONCE


def _search_bytes(store: SampleStore, basis: Basis, shares: LitShares) -> float:
    """Return about how many bytes a search of all planes takes, before anything is counted."""
    n, m, itemsize = len(store), basis.n_directions, store.dtype.itemsize
    n_planes = plane_index.n_planes(m)
    geometry = directions = 0.0
    copied = itemsize * n * store.n_dims if n * store.n_dims <= _COPIED else 0
    if not basis.is_standard:
        close = min(_CLOSE_PROJECTIONS, _CLOSE_SHARE * m * n)
        geometry = 8.0 * m * m
        directions, copied = 8.0 * (m * store.n_dims + close), 0
    n_anchors = _n_anchors(store, basis, shares)
    n_tests = n * n_planes if _is_crowded(shares) else n_anchors * m
    density = min(1.0, n * n_planes * shares.pairs / max(1.0, n_tests))
    per_test = _BYTES_PER_TEST if basis.is_standard else _BYTES_PER_OBLIQUE_TEST
    tests = min(_TESTS, n_tests) * (per_test + _BYTES_PER_CANDIDATE * density)
    return geometry + directions + copied + _BYTES_PER_ANCHOR * n_anchors + tests


def _is_crowded(shares: LitShares) -> bool:
    """Return whether samples have so many anchors that every plane is tested instead."""
    return shares.anchors > _CROWDED


def _n_anchors(store: SampleStore, basis: Basis, shares: LitShares) -> float:
    """Return about how many anchors are listed."""
    return 0.0 if _is_crowded(shares) else shares.anchors * len(store) * basis.n_directions


def lit_shares(store: SampleStore, basis: Basis, epsilon: float) -> LitShares:
    """Return how much is lit at ε, estimated from some planes and samples.

    How often planes are lit differs from plane to plane: that is taken to be distributed as a gamma
    distribution, so that of n samples none lights a share (1 + n μ / k)^-k of the planes.
    """
    if epsilon <= 0:
        return LitShares(1.0, 1.0, 1.0)
    unit = store.sample(_SAMPLES)
    projected, cosines = _some_projections(unit, basis)
    counts = _lit_counts(projected, cosines, epsilon)
    cosine = 0.0 if basis.is_standard else min(_USUAL_COSINE, float(cosines.abs().max()))
    least = epsilon * math.sqrt((1 - cosine) / 2)
    anchors = float((projected.abs() >= least).float().mean()) if projected.numel() else 0.0
    if not counts.any():
        return LitShares(0.0, 0.0, anchors)
    n, many = len(store), len(unit)
    mean, spread = float(counts.mean()), float(counts.var())
    share = mean / many
    if n == many:
        return LitShares(share, float((counts > 0).mean()), anchors)
    if spread <= mean:
        return LitShares(share, -math.expm1(-n * share), anchors)
    k = mean * mean / (spread - mean)
    return LitShares(share, -math.expm1(-k * math.log1p(n * share / k)), anchors)


def _some_projections(
    unit: Float[Tensor, "samples dims"], basis: Basis
) -> tuple[Float[Tensor, "some samples"], Float64[Tensor, "some some"]]:
    """Return projections on some directions, and the cosines between these, 0 with themselves."""
    live = np.setdiff1d(np.arange(basis.n_directions), basis.dead)
    chosen = np.sort(np.random.default_rng(0).permutation(live)[:_DIRECTIONS])
    if basis.is_standard:
        return unit[:, chosen].T, torch.zeros(len(chosen), len(chosen), dtype=torch.float64)
    rows = basis.directions[chosen]
    return rows.to(unit) @ unit.T, (rows @ rows.T).fill_diagonal_(0.0)


def _lit_counts(
    projected: Float[Tensor, "some samples"], cosines: Float64[Tensor, "some some"], epsilon: float
) -> Int64[np.ndarray, " planes"]:
    """Return how many samples light each plane of these directions."""
    counts = [np.empty(0, dtype=np.int64)]
    squares = projected.square()
    for i in range(len(projected) - 1):
        g = cosines[i, i + 1 :, None].to(projected)
        rest = 1 - g * g
        radius = squares[i] + squares[i + 1 :] - 2 * g * projected[i] * projected[i + 1 :]
        lit = (radius >= epsilon * epsilon * rest) & (rest >= MIN_SQUARED_SINE)
        counts.append(lit.sum(dim=1).cpu().numpy())
    return np.concatenate(counts)
