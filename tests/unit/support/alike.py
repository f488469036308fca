"""Whether two results are the same, integer for integer.

In a basis other than the standard one projections are rounded as the matrices happen to be cut, and
each cos 4φ by some 1e-7 with them: `exact` is false then.
"""

from __future__ import annotations

import numpy as np

import srm_widget as srm
from srm_widget.geometry.fourfold import FOURFOLD_UNIT
from srm_widget.results.survey import LitPlanes, Survey


def assert_same_survey(found: Survey, expected: Survey, *, exact: bool = True) -> None:
    for name in ("n_samples", "n_dims", "n_directions", "n_planes", "epsilon", "resolution"):
        assert getattr(found, name) == getattr(expected, name), name
    assert found.preparation == expected.preparation
    assert found.total.tolist() == expected.total.tolist()
    assert found.squares.tolist() == expected.squares.tolist()
    for name, column in expected.lit._asdict().items():
        if name != "fourfold":
            assert getattr(found.lit, name).tolist() == column.tolist(), name
    _assert_same_sums(found.lit.fourfold, expected.lit, exact=exact)
    assert found.parallel == expected.parallel


def assert_same_curves(
    found: srm.Resonance, expected: srm.Resonance, *, exact: bool = True
) -> None:
    """The same planes, in whatever order, with the same counts."""
    places = {pair: row for row, pair in enumerate(map(tuple, found.planes.tolist()))}
    rows = [places.pop(pair) for pair in map(tuple, expected.planes.tolist())]
    assert not places
    for name in ("counts", "opposite", "probes", "n_lit", "n_between"):
        assert np.array_equal(getattr(found, name)[rows], getattr(expected, name)), name
    _assert_same_sums(found.fourfold[rows], expected, exact=exact)
    assert np.array_equal(found.angles, expected.angles)
    np.testing.assert_allclose(found.basis_angles[rows], expected.basis_angles)
    for name in ("n_samples", "n_dims", "n_zero", "n_short", "n_dropped", "epsilon", "preparation"):
        assert getattr(found, name) == getattr(expected, name), name


def _assert_same_sums(
    found: np.ndarray, expected: srm.Resonance | LitPlanes, *, exact: bool
) -> None:
    slack = 0.0 if exact else 1e-5 * FOURFOLD_UNIT
    assert (np.abs(found - expected.fourfold) <= slack * expected.n_lit).all()
