"""Samples exactly at ε: whoever is asked, they are lit or they are not."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import srm_widget as srm
from srm_widget.plane import candidates
from tests.unit.support.cases import triples

DTYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def lit(engine: srm.ResonanceEngine, pair: tuple[int, int], epsilon: float) -> dict[str, int]:
    """How many samples are lit at b_i, the first direction of `pair`, or anywhere in the plane."""
    i, j = pair
    survey = engine.survey(epsilon=epsilon, resolution=4)
    table = engine.directions(epsilon=epsilon)
    return {
        "directions": int(table.count[2 * i]),
        "curve": int(engine.curve(i, j, epsilon=epsilon, angles=[0.0]).counts[0, 0]),
        "mirrored": int(engine.curve(j, i, epsilon=epsilon, angles=[math.pi / 2]).counts[0, 0]),
        "inside": len(engine.inside(i, j, 0.0, epsilon=epsilon)),
        "projection": len(engine.projection(i, j, epsilon=epsilon)[1]),
        "density": int(engine.density(i, j, epsilon=epsilon).counts.sum()),
        "raw density": int(engine.density(j, i, epsilon=epsilon, raw=True).counts.sum()),
        "survey": int(survey.matrix("peak")[i, j] * engine.n_samples),
    }


@DTYPES
@pytest.mark.parametrize("triple", triples(60), ids=str)
def test_a_sample_on_an_axis_of_the_plane(triple: tuple[int, int, int], dtype: type) -> None:
    """What is kept of p / h in float32 reaches ε = p / h or falls short of it: so say all."""
    p, q, h = triple
    rows: np.ndarray = np.array([[p, q, 0]], dtype=dtype)
    for epsilon in (p / h, math.nextafter(p / h, 2)):
        engine = srm.ResonanceEngine(rows)
        # The first curve of a plane makes arcs, the next one reads those of few samples again.
        engine.curve(0, 2, epsilon=0.9 * epsilon)
        reaches = int(float(engine.unit_rows([0])[0, 0]) >= epsilon - 1e-13)
        found = lit(engine, (0, 2), epsilon)
        assert set(found.values()) == {reaches}, found
        # In the plane (0, 1) it is not the radius that decides, but the angle.
        assert engine.curve(0, 1, epsilon=epsilon, angles=[0.0]).counts[0, 0] == reaches


@DTYPES
@pytest.mark.parametrize("angle", [0.3, 0.9, 2.2])
def test_a_sample_between_the_axes_at_its_own_radius(angle: float, dtype: type) -> None:
    """It is lit at one angle, and by the next greater ε that float32 knows at none."""
    for k in range(1, 20, 2):
        radius = k / 20
        row = [radius * math.cos(angle), radius * math.sin(angle), math.sqrt(1 - radius**2)]
        engine = srm.ResonanceEngine(np.array([row], dtype=dtype))
        own = float(engine.radii(0, 1)[0])
        beyond = own * (1 + 3e-8) if dtype is np.float32 else own * (1 + 1e-12)
        for epsilon, expected in ((own, 1), (beyond, 0)):
            asked: Any = {"epsilon": epsilon, "angles": [math.atan2(*_in_plane(engine)[::-1])]}
            assert engine.curve(0, 1, **asked).counts[0, 0] == expected
            assert len(engine.projection(0, 1, epsilon=epsilon)[1]) == expected
            assert engine.density(0, 1, epsilon=epsilon).counts.sum() == expected
            lit_planes = engine.survey(epsilon=epsilon, resolution=4).planes.tolist()
            assert ([0, 1] in lit_planes) == expected


def _in_plane(engine: srm.ResonanceEngine) -> tuple[float, float]:
    x, y = engine.coordinates(0, 1, [0])[0].tolist()
    return x, y


@DTYPES
@pytest.mark.parametrize("epsilon", [5e-324, 1e-200, 1e-30])
def test_rows_of_zeros_are_dark_however_small_epsilon_is(epsilon: float, dtype: type) -> None:
    """Its square underflows; and samples that lie beyond it are lit."""
    engine = srm.ResonanceEngine(np.array([[0, 0, 0], [1e-25, 0, 1], [0, 0, 1]], dtype=dtype))
    assert engine.curve(0, 1, epsilon=epsilon, angles=[0.0]).counts[0].tolist() == [1]
    assert engine.projection(0, 1, epsilon=epsilon)[1].tolist() == [1]
    assert engine.density(0, 1, epsilon=epsilon).counts.sum() == 1


@DTYPES
def test_samples_at_the_least_epsilon_that_a_plane_kept_its_candidates_for(dtype: type) -> None:
    """Near the last ε only candidates are read again: those exactly at the end of them as well."""
    rng = np.random.default_rng(1)
    turn, radius = rng.uniform(0, math.tau, 60), rng.uniform(0.3, 0.8, 60)
    flat = np.stack([radius * np.cos(turn), radius * np.sin(turn), np.sqrt(1 - radius**2)])
    rows: np.ndarray = np.vstack([flat.T, np.tile([0.0, 0.0, 1.0], (900, 1))]).astype(dtype)
    fresh = srm.ResonanceEngine(rows)
    own_angles = np.arctan2(*fresh.coordinates(0, 1, range(60)).T[::-1])
    for own, angle in zip(fresh.radii(0, 1).tolist(), own_angles.tolist(), strict=False):
        before = own / candidates._MIN_RADIUS_SHARE
        while candidates._MIN_RADIUS_SHARE * before > own:
            before = math.nextafter(before, 0)
        engine = srm.ResonanceEngine(rows)
        for epsilon in (0.99, before):
            engine.curve(0, 1, epsilon=epsilon, angles=[angle])
        one, other = (
            each.curve(0, 1, epsilon=own, angles=[angle]).counts[0, 0] for each in (engine, fresh)
        )
        assert one == other >= 1
