"""All planes one by one, from the engine's curves: what a survey has to equal."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

import srm_widget as srm
from srm_widget.geometry import plane_index
from srm_widget.geometry.arcs import lit_arcs
from srm_widget.geometry.fourfold import FOURFOLD_UNIT
from srm_widget.results.survey import Survey

MEASURES = "alignment", "peak"
VARIANTS = "combination", "permutation"


@dataclass(frozen=True)
class Plain:
    """Curves of all planes that exist, those i < j first, and which of them light a sample."""

    curves: srm.Resonance
    lit: np.ndarray
    n_directions: int
    n_skipped: int
    slack: np.ndarray
    """Of every plane, by how much Σ cos 4φ may be off: by the rounding of projections."""

    @cached_property
    def position(self) -> np.ndarray:
        """As in `LitPlanes`."""
        m = self.n_directions
        found = [
            plane_index.rank(i, j, m) + (i > j) * plane_index.n_planes(m)
            for i, j in self.curves.planes.tolist()
        ]
        return np.array(found, dtype=np.int64)

    def scores(self, by: str) -> np.ndarray:
        """Of every plane, lit or not."""
        if by == "alignment":
            return self.curves.alignment
        highest: np.ndarray = self.curves.values.max(axis=1)
        return highest

    def ranked(self, by: str) -> np.ndarray:
        """Rows of the lit planes, best first."""
        scores, peaks = self.scores(by), self.curves.counts.max(axis=1)
        if by == "alignment":
            scores = scores / (1 / np.sqrt(2 * np.maximum(self.curves.n_lit, 1)))

        def key(row: int) -> tuple[float, int, int]:
            return -float(scores[row]), -int(peaks[row]), int(self.position[row])

        return np.array(sorted(np.flatnonzero(self.lit).tolist(), key=key), dtype=np.int64)

    def matrix(self, by: str) -> np.ndarray:
        full = np.full((self.n_directions,) * 2, np.nan)
        both = len(self.curves.planes) == plane_index.n_planes(self.n_directions) - self.n_skipped
        dark = np.nan if by == "alignment" else 0.0
        for (i, j), score, lit in zip(
            self.curves.planes.tolist(), self.scores(by), self.lit, strict=True
        ):
            full[i, j] = score if lit else dark
            if both:
                full[j, i] = full[i, j]
        return full


def plain(
    engine: srm.ResonanceEngine, *, epsilon: float, resolution: int, variant: str = "combination"
) -> Plain:
    """The loop."""
    m, basis = engine.n_directions, engine.basis
    listed = [(i, j) for i, j in plane_index.all_pairs(m).tolist() if basis.spans(i, j)]
    lit = np.array([lights(engine, i, j, epsilon) for i, j in listed])
    n_skipped = plane_index.n_planes(m) - len(listed)
    if variant == "permutation":
        listed += [(j, i) for i, j in listed]
        lit = np.tile(lit, 2)
    curves = [engine.curve(i, j, epsilon=epsilon, resolution=resolution) for i, j in listed]
    slack = np.array([fourfold_slack(engine, i, j) for i, j in listed])
    return Plain(srm.Resonance.stack(curves), lit, m, n_skipped, slack)


def fourfold_slack(engine: srm.ResonanceEngine, i: int, j: int) -> float:
    """By how much Σ cos 4φ of a plane may be off, in its units: by the rounding of projections.

    By nothing in the standard basis, where they are the samples' own coordinates.
    """
    if engine.basis.is_standard:
        return 0.0
    alpha = engine.basis.plane(i, j).alpha
    angle = 1e-6 / np.maximum(engine.radii(i, j), 1e-9) / min(alpha, np.pi - alpha)
    return float(np.minimum(4 * angle, 2).sum() * FOURFOLD_UNIT)


def lights(engine: srm.ResonanceEngine, i: int, j: int, epsilon: float) -> bool:
    """Whether a sample is lit anywhere on the circle, at the angles asked for or not."""
    pieces = engine._plane_queries._coordinates.pieces(engine.basis.plane(i, j))
    return any(len(lit_arcs(a, c, epsilon, 1.0).samples) for _, a, c in pieces)


def assert_equal(found: Survey, expected: Plain, tops: tuple[int, ...] = (0, 1, 3)) -> None:
    """All that a survey tells, integer for integer."""
    counts = expected.curves.counts
    assert found.total.tolist() == counts.sum(axis=0).tolist()
    assert found.squares.tolist() == (counts * counts).sum(axis=0).tolist()
    np.testing.assert_allclose(found.mean, expected.curves.mean, atol=1e-15)
    np.testing.assert_allclose(found.std, expected.curves.std, atol=1e-9)
    assert found.angles.tolist() == expected.curves.angles.tolist()
    assert (found.n_planes, found.n_skipped) == (len(counts), expected.n_skipped)
    assert found.n_lit == expected.lit.sum()
    assert found.n_empty == (~expected.lit).sum()
    expected = _checked_sums(found, expected)
    for by in MEASURES:
        np.testing.assert_array_equal(found.matrix(by), expected.matrix(by))
        order = expected.ranked(by)
        for top in (*tops, len(order), len(order) + 1):
            best = found.best(by, top)
            rows = order[:top]
            assert best.planes.tolist() == expected.curves.planes[rows].tolist()
            np.testing.assert_array_equal(best.score, expected.scores(by)[rows])
            np.testing.assert_array_equal(best.n_lit, expected.curves.n_lit[rows])
            np.testing.assert_array_equal(best.n_between, expected.curves.n_between[rows])
            np.testing.assert_array_equal(best.error, expected.curves.alignment_error[rows])
            np.testing.assert_array_equal(best.peak, expected.curves.values.max(axis=1)[rows])
            at = counts[rows].argmax(axis=1)
            np.testing.assert_array_equal(best.peak_angle, found.angles[at])


def _checked_sums(found: Survey, expected: Plain) -> Plain:
    """Check the columns of `lit`; return the same with its Σ cos 4φ, as near as they can be."""
    rows = np.flatnonzero(expected.lit)
    rows = rows[np.argsort(expected.position[rows])]
    off = np.abs(found.lit.fourfold - expected.curves.fourfold[rows])
    assert (off <= expected.slack[rows]).all()
    fourfold = expected.curves.fourfold.copy()
    fourfold[rows] = found.lit.fourfold
    expected = replace(expected, curves=replace(expected.curves, fourfold=fourfold))
    assert_lit(found, expected, rows)
    return expected


def assert_lit(found: Survey, expected: Plain, rows: np.ndarray) -> None:
    counts = expected.curves.counts[rows]
    wanted = (
        expected.position[rows],
        expected.curves.n_lit[rows],
        expected.curves.n_between[rows],
        expected.curves.fourfold[rows],
        counts.max(axis=1),
        counts.argmax(axis=1),
    )
    for column, values in zip(found.lit, wanted, strict=True):
        assert column.dtype == np.int64
        assert column.tolist() == values.tolist()


def assert_same(found: Survey, expected: Survey) -> None:
    """Two surveys of the same planes and samples."""
    for name in ("n_samples", "n_planes", "n_lit", "n_skipped", "epsilon", "resolution", "variant"):
        assert getattr(found, name) == getattr(expected, name), name
    assert found.total.tolist() == expected.total.tolist()
    assert found.squares.tolist() == expected.squares.tolist()
    for own, other in zip(found.lit, expected.lit, strict=True):
        assert own.tolist() == other.tolist()
    assert found.planes.tolist() == expected.planes.tolist()
