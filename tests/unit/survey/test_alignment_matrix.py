"""A₄ of every plane, against the sum over samples by the definition."""

import itertools
from typing import Any

import numpy as np
import pytest

import srm_widget as srm
from srm_widget.survey import alignment_matrix as module

RNG = np.random.default_rng(3)
N, D = 300, 7
LAPLACE = RNG.laplace(size=(N, D)) ** 3
LAPLACE[5] = 0.0
CORNERS = np.tanh(4 * RNG.standard_normal((N, D)))
ROWS = {"laplace": LAPLACE, "corners": CORNERS, "normal": RNG.standard_normal((N, D))}
BASES: dict[str, Any] = {
    "axes": None,
    "turned": srm.basis.rotated(D, 2),
    "few": np.asarray(srm.basis.rotated(D, 3))[:4],
}
each_basis = pytest.mark.parametrize("basis", BASES)


def by_definition(rows: np.ndarray, basis: Any) -> tuple[np.ndarray, np.ndarray]:
    """A₄ and (Σ r⁴)² / Σ r⁸ of every plane, from angles and radii: (M, M) each."""
    directions = np.eye(rows.shape[1]) if basis is None else np.asarray(basis)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    p = (rows / np.where(lengths > 0, lengths, 1)) @ directions.T
    alignment, n_effective = np.full((2, len(directions), len(directions)), np.nan)
    for i, j in itertools.permutations(range(len(directions)), 2):
        r, psi = np.hypot(p[:, i], p[:, j]), np.arctan2(p[:, j], p[:, i])
        if r.any():
            alignment[i, j] = (r**4 * np.cos(4 * psi)).sum() / (r**4).sum()
            n_effective[i, j] = (r**4).sum() ** 2 / (r**8).sum()
    return alignment, n_effective


@pytest.fixture(params=[1 << 12, 7], ids=["whole", "pieces"])
def pieces(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Products cut or not."""
    monkeypatch.setattr(module, "_SAMPLES_AT_ONCE", request.param)
    monkeypatch.setattr(module, "_DIRECTIONS_AT_ONCE", 3 if request.param == 7 else 512)
    monkeypatch.setattr(module, "_RANKED_AT_ONCE", 2 if request.param == 7 else 4096)


@pytest.mark.usefixtures("pieces", "sample_layout")
@pytest.mark.parametrize(("dtype", "off"), [("float64", 1e-12), ("float32", 3e-6)])
@pytest.mark.parametrize("kind", ROWS)
@each_basis
def test_every_plane_is_the_sum_over_its_samples(
    basis: str, kind: str, dtype: str, off: float
) -> None:
    rows = ROWS[kind]
    engine = srm.ResonanceEngine(rows, BASES[basis], dtype=dtype)
    found = engine.alignment_matrix()
    alignment, n_effective = by_definition(rows, BASES[basis])
    np.testing.assert_allclose(found.values, alignment, rtol=0, atol=off)
    apart = ~np.eye(len(alignment), dtype=bool)
    assert (found.n_effective[apart] <= n_effective[apart] * (1 + 1e-5)).all()
    assert (found.n_effective[apart] >= 0.75 * n_effective[apart] * (1 - 1e-5)).all()
    assert np.array_equal(found.values, found.values.T, equal_nan=True)
    assert found.n_samples == N


@each_basis
def test_their_weighed_mean_is_the_layers(basis: str) -> None:
    engine = srm.ResonanceEngine(LAPLACE, BASES[basis], dtype="float64")
    lengths = np.linalg.norm(LAPLACE, axis=1, keepdims=True)
    directions = np.eye(D) if BASES[basis] is None else np.asarray(BASES[basis])
    squares = (LAPLACE / np.where(lengths > 0, lengths, 1) @ directions.T) ** 2
    i, j = np.triu_indices(len(directions), 1)
    weights = ((squares[:, i] + squares[:, j]) ** 2).sum(axis=0)
    mean = np.average(engine.alignment_matrix().values[i, j], weights=weights)
    assert engine.alignment() == pytest.approx(mean, abs=1e-8)


@pytest.mark.parametrize(
    ("rows", "alignment", "n_effective"),
    [
        ([[1.0, 0, 0], [0, 3, 0], [-1, 0, 0]], 1, 3),
        ([[1.0, 1, 0], [-2, 2, 0]], -1, 2),
        ([[1.0, 0, 0], [1, 1, 0], [0, 0, 0]], 0, 4 / (1.25**0.5 + 0.5) ** 2),
    ],
)
def test_by_hand(rows: list[list[float]], alignment: float, n_effective: float) -> None:
    found = srm.ResonanceEngine(rows).alignment_matrix()
    assert found.values[0, 1] == pytest.approx(alignment, abs=1e-6)
    assert found.n_effective[0, 1] == pytest.approx(n_effective, rel=1e-6)


@pytest.mark.parametrize(
    ("small", "dtype", "told"),
    [
        *((small, "float32", True) for small in (1e-2, 1e-4, 3e-6)),
        *((small, "float32", False) for small in (3e-7, 1e-15, 1e-25)),
        *((small, "float64", True) for small in (1e-4, 1e-8, 1e-13)),
        *((small, "float64", False) for small in (1e-15, 1e-60)),
    ],
)
def test_weak_directions_have_the_sign_of_their_samples_or_none(
    small: float, dtype: str, told: bool
) -> None:
    """What rounding may have made is no part in a plane."""
    strong, weak, weaker = RNG.choice([-1.0, 1.0], (3, 200))
    rows = np.stack([strong, small * weak, small * weaker, small * (strong > 0)], axis=1)
    found = srm.ResonanceEngine(rows, dtype=dtype).alignment_matrix()
    assert found.values[0, 1:] == pytest.approx(1, abs=9 * small**2 + 1e-6)
    assert found.n_effective[0, 1:] == pytest.approx(200, rel=1e-3)
    if told:
        assert found.values[1, 2] == pytest.approx(-1, abs=1e-5)
        assert found.n_effective[1, 2] == pytest.approx(200, rel=1e-5)
    else:
        assert np.isnan(found.values[1:, 1:]).all()
        assert np.isnan(found.n_effective[1:, 1:]).all()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_samples_off_the_span_have_no_alignment(dtype: str) -> None:
    turned = np.asarray(srm.basis.rotated(60, 3))
    rows = RNG.standard_normal((500, 50)) @ turned[10:]
    found = srm.ResonanceEngine(rows, turned[:10], dtype=dtype).alignment_matrix()
    assert np.isnan(found.values).all()
    assert len(found.best().planes) == 0


def test_directions_without_a_sample_have_no_alignment() -> None:
    found = srm.ResonanceEngine([[1.0, 2, 0, 0], [0, 0, 0, 0]]).alignment_matrix()
    assert np.isnan(found.values[2, 3])
    assert found.values[0, 2] == 1
    assert [tuple(pair) for pair in found.best().planes] == [
        (0, 2),
        (0, 3),
        (1, 2),
        (1, 3),
        (0, 1),
    ]
    nothing = srm.ResonanceEngine(np.zeros((3, 4))).alignment_matrix()
    assert np.isnan(nothing.values).all()
    assert len(nothing.best().planes) == 0


@pytest.mark.usefixtures("pieces")
@pytest.mark.parametrize("per_direction", [None, 1, 2])
@pytest.mark.parametrize("top", [0, 1, 5, 100])
def test_the_best_planes(top: int, per_direction: int | None) -> None:
    found = srm.ResonanceEngine(LAPLACE).alignment_matrix()
    best = found.best(top, per_direction)
    ranked = sorted(
        itertools.combinations(range(D), 2),
        key=lambda pair: -found.values[pair] * np.sqrt(2 * found.n_effective[pair]),
    )
    expected: list[tuple[int, int]] = []
    for pair in ranked:
        most = max(sum(k in one for one in expected) for k in pair)
        if len(expected) < top and (per_direction is None or most < per_direction):
            expected.append(pair)
    assert [tuple(pair) for pair in best.planes.tolist()] == expected
    assert best.score.tolist() == [found.values[pair] for pair in expected]
    assert best.error == pytest.approx(1 / np.sqrt(2 * best.n_effective))


def test_a_reduced_matrix_has_the_plane_that_stands_out_furthest() -> None:
    found = srm.ResonanceEngine(CORNERS).alignment_matrix()
    assert found.reduced(D) is found.values
    reduced = found.reduced(3)
    assert reduced.shape == (3, 3)
    block, weights = found.values[:3, 3:6], np.abs(found.weights[:3, 3:6])
    assert reduced[0, 1] == block.flat[weights.argmax()]


@pytest.mark.parametrize("sizes", [[300], [1, 299], [100, 150, 50]])
@each_basis
def test_appended_samples_give_what_all_give(basis: str, sizes: list[int]) -> None:
    whole = srm.ResonanceEngine(LAPLACE, BASES[basis])
    engine = srm.ResonanceEngine(basis=whole.basis)
    for part in np.split(LAPLACE, np.cumsum(sizes)[:-1]):
        engine.append(part)
        engine.alignment_matrix()
    found, expected = engine.alignment_matrix(), whole.alignment_matrix()
    np.testing.assert_allclose(found.values, expected.values, rtol=0, atol=1e-13)
    np.testing.assert_allclose(found.n_effective, expected.n_effective, rtol=1e-12)


@pytest.mark.usefixtures("pieces")
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@each_basis
def test_samples_are_left_as_they_are_and_shares_rise_to_one(basis: str, dtype: str) -> None:
    engine = srm.ResonanceEngine(LAPLACE, BASES[basis], dtype=dtype)
    before = engine.unit_rows(np.arange(N)).clone()
    shares = list(engine.alignment_matrix_steps())
    assert (np.diff(shares) > 0).all()
    assert shares[-1] == 1
    assert bool((engine.unit_rows(np.arange(N)) == before).all())


def test_progress_is_reported_and_may_end_it() -> None:
    engine = srm.ResonanceEngine(LAPLACE)
    heard: list[float] = []
    engine.alignment_matrix(progress=heard.append)
    assert heard == [1.0]
    steps = engine.alignment_matrix_steps()
    next(steps)
    engine.append(LAPLACE[:3])
    with pytest.raises(RuntimeError, match="samples were appended"):
        next(steps)


def test_another_basis_is_refused_with_a_way_out() -> None:
    engine = srm.ResonanceEngine(LAPLACE, srm.basis.simplex(D))
    with pytest.raises(ValueError, match=r"expected an orthonormal basis.*survey"):
        engine.alignment_matrix()
    with pytest.raises(ValueError, match="at least one sample"):
        srm.ResonanceEngine(basis=srm.basis.standard(3)).alignment_matrix()
