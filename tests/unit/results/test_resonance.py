"""The result, and the whole computation in one call."""

import dataclasses
import itertools
import math
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

import srm_widget as srm
from tests.unit.support import oracle


@pytest.fixture
def result(gaussian: np.ndarray) -> srm.Resonance:
    return srm.spotlight_resonance(gaussian, epsilon=0.6, resolution=10)


ARRAYS = ["planes", "angles", "counts", "basis_angles", "n_lit", "n_between", "fourfold"]
DERIVED = ["values", "signed", "mean", "std", "gain", "excess", "alignment", "contrast", "arcs"]


def test_is_frozen(result: srm.Resonance) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.epsilon = 0.1  # type: ignore[misc]


@pytest.mark.parametrize("name", [*ARRAYS, *DERIVED])
def test_arrays_can_not_be_changed_under_the_result(result: srm.Resonance, name: str) -> None:
    """Read-only, or a new copy every time."""
    array = getattr(result, name)
    kept = array.copy()
    if array.flags.writeable:
        array[...] = 7
    else:
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 7
    assert np.array_equal(getattr(result, name), kept, equal_nan=True)


def test_does_not_alias_the_angles_that_came(engine: srm.ResonanceEngine) -> None:
    angles = np.array([0.0, 1.0, 2.0])
    curve = engine.curve(0, 1, epsilon=0.5, angles=angles)
    counts = curve.counts.tolist()
    angles[:] = 3.0
    assert curve.angles.tolist() == [0.0, 1.0, 2.0]
    assert engine.curve(0, 1, epsilon=0.5, angles=[0.0, 1.0, 2.0]).counts.tolist() == counts
    assert angles.flags.writeable


def test_shapes_and_dtypes(result: srm.Resonance) -> None:
    assert result.planes.tolist() == [list(p) for p in itertools.combinations(range(5), 2)]
    assert result.planes.dtype == result.counts.dtype == np.int64
    assert result.angles == pytest.approx(np.arange(10) * math.tau / 10)
    assert result.counts.shape == result.values.shape == result.signed.shape == (10, 10)
    assert result.mean.shape == result.std.shape == (10,)
    assert result.basis_angles == pytest.approx(np.full(10, math.pi / 2))
    assert (result.n_samples, result.n_dims, result.n_zero) == (60, 5, 0)
    assert result.epsilon == 0.6


def test_values(result: srm.Resonance) -> None:
    assert result.counts.sum() > 0
    assert result.values == pytest.approx(result.counts / 60)
    assert result.mean == pytest.approx(result.counts.mean(axis=0) / 60)
    assert result.std == pytest.approx((result.counts / 60).std(axis=0))
    # An even number of angles has the opposite one of each among them.
    assert result.signed == pytest.approx((result.counts - np.roll(result.counts, 5, 1)) / 60)
    assert result.isotropic == pytest.approx(srm.results.isotropy.isotropic_fraction(0.6, 5))
    assert result.gain == pytest.approx(result.values / result.isotropic)
    assert result.excess == pytest.approx(result.values - result.isotropic)


def test_interval(result: srm.Resonance) -> None:
    low, high = result.interval()
    wide = result.interval(confidence=0.999)
    assert low.shape == high.shape == result.counts.shape
    assert (wide[0] <= low).all()
    assert (low <= result.values).all()
    assert (result.values <= high).all()
    assert (high <= wide[1]).all()
    assert (high > low).all()


def on(*axes: tuple[float, ...]) -> np.ndarray:
    return np.array(axes)


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        (on((1, 0, 0), (0, -1, 0)), 1.0),
        (on((1, 1, 0), (-1, 1, 0)), -1.0),
        (on((1, 0, 0), (1, 1, 0)), 0.0),
        (on((1, 0, 0), (0, 1, 0), (-1, 0, 0), (1, 1, 0)), 0.5),
        (on((0, 0, 1)), math.nan),
    ],
    ids=["axes", "corners", "both", "mostly axes", "dark"],
)
@pytest.mark.parametrize("pair", [(0, 1), (1, 0)])
def test_contrast(samples: np.ndarray, expected: float, pair: tuple[int, int]) -> None:
    curve = srm.ResonanceEngine(samples).curve(*pair, epsilon=0.95, resolution=7)
    assert curve.contrast == pytest.approx([expected], nan_ok=True)


@pytest.mark.parametrize("pair", [(0, 1), (1, 0), (3, 1)])
@pytest.mark.parametrize("resolution", [4, 7, 360])
def test_contrast_of_a_skew_plane(pair: tuple[int, int], resolution: int) -> None:
    rng = np.random.default_rng(9)
    samples, basis = rng.standard_normal((400, 4)), rng.standard_normal((5, 4))
    curve = srm.ResonanceEngine(samples, basis).curve(*pair, epsilon=0.6, resolution=resolution)
    directions = oracle.unit(basis).numpy()
    alpha = math.acos(directions[pair[0]] @ directions[pair[1]])
    axes = [0.0, alpha, math.pi, math.pi + alpha]
    between = [(one + two) / 2 for one, two in itertools.pairwise([*axes, math.tau])]
    means = [
        oracle.counts(samples, basis, *pair, angles, epsilon=0.6, tolerance=0.0).low.mean()
        for angles in (axes, between)
    ]
    assert curve.basis_angles == pytest.approx([alpha])
    assert curve.contrast == pytest.approx([(means[0] - means[1]) / sum(means)])


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        (on((1, 0, 0), (0, -1, 0)), 1.0),
        (on((1, 1, 0), (-1, 1, 0)), -1.0),
        (on((1, 0, 0), (1, 1, 0)), 0.0),
        (on((1, 0, 0), (0, 1, 0), (-1, 0, 0), (1, 1, 0)), 0.5),
        (on((0, 0, 1)), math.nan),
    ],
    ids=["axes", "corners", "both", "mostly axes", "dark"],
)
@pytest.mark.parametrize("pair", [(0, 1), (1, 0)])
@pytest.mark.parametrize("epsilon", [0.2, 0.7, 0.95])
def test_alignment_does_not_depend_on_the_cone(
    samples: np.ndarray, expected: float, pair: tuple[int, int], epsilon: float
) -> None:
    curve = srm.ResonanceEngine(samples).curve(*pair, epsilon=epsilon, resolution=7)
    assert curve.alignment == pytest.approx([expected], nan_ok=True)
    n_lit = 0 if math.isnan(expected) else len(samples)
    assert curve.n_lit.tolist() == [n_lit]
    assert curve.alignment_error == [1 / math.sqrt(2 * n_lit) if n_lit else math.inf]


@pytest.mark.parametrize("pair", [(0, 1), (1, 0), (3, 1), (2, 4)])
@pytest.mark.parametrize("epsilon", [-1.0, -0.2, 0.0, 0.3, 0.6, 0.9])
@pytest.mark.parametrize("skew", [False, True], ids=["axes", "skew"])
def test_alignment_by_the_definition(pair: tuple[int, int], epsilon: float, skew: bool) -> None:
    rng = np.random.default_rng(9)
    samples = rng.standard_normal((400, 5))
    basis = rng.standard_normal((5, 5)) if skew else np.eye(5)
    curve = srm.ResonanceEngine(samples, basis).curve(*pair, epsilon=epsilon, resolution=7)
    cosines = oracle.fourfold(samples, basis, *pair, epsilon=epsilon)
    assert curve.n_lit.tolist() == [len(cosines)]
    assert curve.n_between.tolist() == [(cosines < 0).sum()]
    assert curve.alignment == pytest.approx(
        [cosines.mean()] if len(cosines) else [math.nan], abs=1e-7, nan_ok=True
    )


@pytest.mark.parametrize("epsilon", [0.1, 0.5, 0.9])
def test_arcs_are_as_wide_as_the_cone_at_the_rim_and_narrower_inside(epsilon: float) -> None:
    rng = np.random.default_rng(2)
    angles, radii = rng.uniform(0, math.tau, 50), rng.uniform(0, 1, 50)
    height = np.sqrt(1 - radii**2)
    samples = np.stack([radii * np.cos(angles), radii * np.sin(angles), height], axis=1)
    curve = srm.ResonanceEngine(samples).curve(0, 1, epsilon=epsilon, resolution=2880)
    expected = np.arccos(epsilon / radii[radii >= epsilon]).mean()
    assert curve.arcs == pytest.approx([expected], abs=math.tau / 2880)
    flat = srm.ResonanceEngine(samples[:, :2]).curve(0, 1, epsilon=epsilon, resolution=2880)
    assert flat.arcs == pytest.approx([math.acos(epsilon)], abs=math.tau / 2880)
    assert np.isnan(srm.ResonanceEngine(np.eye(3)[2:]).curve(0, 1, epsilon=epsilon).arcs).all()


def test_a_sample_at_the_centre_stands_nowhere() -> None:
    """Only ε ≤ 0 lights it; that its coordinates round to something is no angle."""
    samples = np.array([[0.0, 0, 1], [1e-9, 1e-9, 1], [1, 0, 0], [0, 0, 0]])
    curve = srm.ResonanceEngine(samples).curve(0, 1, epsilon=0.0)
    assert (curve.n_lit.tolist(), curve.n_between.tolist()) == ([4], [0])
    assert curve.alignment == [0.25]


def test_to_dataframe(result: srm.Resonance) -> None:
    table = result.to_dataframe()
    assert isinstance(table, pd.DataFrame)
    assert table.columns.tolist() == ["i", "j", "angle", "count", "value"]
    assert len(table) == result.counts.size
    for row in (0, 13, 99):
        plane, angle = divmod(row, 10)
        i, j = result.planes[plane]
        counted = result.counts[plane, angle]
        expected = [i, j, result.angles[angle], counted, counted / 60]
        assert table.iloc[row].tolist() == pytest.approx(expected)


@pytest.mark.parametrize("kind", ["list", "tuples", "array", "tensor", "iterator"])
def test_planes_asked_for(gaussian: np.ndarray, kind: str) -> None:
    wanted = [[3, 1], [0, 4], [0, 4], [1, 3]]
    planes: Any = {
        "list": wanted,
        "tuples": tuple(map(tuple, wanted)),
        "array": np.array(wanted),
        "tensor": torch.tensor(wanted),
        "iterator": (tuple(pair) for pair in wanted),
    }[kind]
    found = srm.spotlight_resonance(gaussian, planes=planes, epsilon=0.5, resolution=12)
    assert found.planes.tolist() == wanted
    for row, (i, j) in enumerate(wanted):
        alone = srm.ResonanceEngine(gaussian).curve(i, j, epsilon=0.5, resolution=12)
        assert found.counts[row].tolist() == alone.counts[0].tolist()


def test_permutation_holds_every_ordered_pair(gaussian: np.ndarray) -> None:
    found = srm.spotlight_resonance(gaussian, variant="permutation", epsilon=0.5, resolution=12)
    assert found.planes.tolist() == [list(p) for p in itertools.permutations(range(5), 2)]
    rows = {tuple(plane): row for row, plane in enumerate(found.planes.tolist())}
    mirror = (3 - np.arange(12)) % 12
    for (i, j), row in rows.items():
        assert found.counts[rows[j, i]].tolist() == found.counts[row][mirror].tolist()


def test_parallel_directions_are_left_out_of_all(gaussian: np.ndarray) -> None:
    basis = np.vstack([np.eye(5)[:2], -3 * np.eye(5)[:1]])
    found = srm.spotlight_resonance(gaussian, basis, epsilon=0.5)
    assert found.planes.tolist() == [[0, 1], [1, 2]]
    with pytest.raises(ValueError, match="0 and 2 are antiparallel"):
        srm.spotlight_resonance(gaussian, basis, planes=[(0, 1), (0, 2)], epsilon=0.5)


def test_angles_override_the_resolution(gaussian: np.ndarray) -> None:
    angles = [-0.5, 7.0, 0.0]
    found = srm.spotlight_resonance(gaussian, epsilon=0.5, resolution=9, angles=angles)
    assert found.angles.tolist() == angles
    assert found.counts.shape == (10, 3)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("grad", [False, True])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.int64])
def test_angles_as_a_tensor(engine: srm.ResonanceEngine, dtype: torch.dtype, grad: bool) -> None:
    angles = torch.tensor([0, 1, 2], dtype=dtype)
    if grad and dtype.is_floating_point:
        angles.requires_grad_()
    found = engine.curve(0, 1, epsilon=0.5, angles=angles)
    expected = engine.curve(0, 1, epsilon=0.5, angles=[0.0, 1.0, 2.0])
    assert found.counts.tolist() == expected.counts.tolist()


def test_progress_is_shown_when_asked_for(
    gaussian: np.ndarray, capfd: pytest.CaptureFixture[str]
) -> None:
    srm.spotlight_resonance(gaussian, epsilon=0.5)
    assert capfd.readouterr() == ("", "")
    srm.spotlight_resonance(gaussian, epsilon=0.5, progress=True)
    shown = capfd.readouterr()
    assert re.search(r"100%.*100/100", shown.err)
    assert not shown.out
