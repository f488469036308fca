"""Whether two results are the same, integer for integer."""

from __future__ import annotations

import numpy as np

import srm_widget as srm
from srm_widget.results.survey import Survey


def assert_same_survey(found: Survey, expected: Survey) -> None:
    for name in ("n_samples", "n_dims", "n_directions", "n_planes", "epsilon", "resolution"):
        assert getattr(found, name) == getattr(expected, name), name
    assert found.total.tolist() == expected.total.tolist()
    assert found.squares.tolist() == expected.squares.tolist()
    for one, other in zip(found.lit, expected.lit, strict=True):
        assert one.tolist() == other.tolist()
    assert found.parallel == expected.parallel


def assert_same_curves(found: srm.Resonance, expected: srm.Resonance) -> None:
    """The same planes, in whatever order, with the same counts."""
    places = {pair: row for row, pair in enumerate(map(tuple, found.planes.tolist()))}
    rows = [places.pop(pair) for pair in map(tuple, expected.planes.tolist())]
    assert not places
    for name in ("counts", "opposite", "probes"):
        assert np.array_equal(getattr(found, name)[rows], getattr(expected, name)), name
    assert np.array_equal(found.angles, expected.angles)
    np.testing.assert_allclose(found.basis_angles[rows], expected.basis_angles)
    for name in ("n_samples", "n_dims", "n_zero", "n_dropped", "epsilon"):
        assert getattr(found, name) == getattr(expected, name), name
