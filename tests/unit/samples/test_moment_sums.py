"""Fourth moments as whole numbers: those of all samples, however they came."""

from typing import Any

import numpy as np
import pytest
import torch

import srm_widget as srm
from srm_widget.samples import moment_sums

ROWS = np.random.default_rng(0).standard_normal((500, 6)) ** 3
ROWS[7] = 0.0
BASES: dict[str, Any] = {
    "axes": None,
    "turned": srm.basis.rotated(6, 2),
    "few": np.asarray(srm.basis.rotated(6, 3))[:4],
}


def of_all_planes(rows: np.ndarray, basis: Any) -> tuple[float, float]:
    """A₄ and n_eff by going through the planes, and the samples."""
    directions = np.eye(rows.shape[1]) if basis is None else np.asarray(basis)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    p = (rows / np.where(lengths > 0, lengths, 1)) @ directions.T
    weights = angles = 0.0
    for i in range(len(directions)):
        for j in range(i):
            r = np.hypot(p[:, i], p[:, j])
            weights += (r**4).sum()
            angles += (r**4 * np.cos(4 * np.arctan2(p[:, j], p[:, i]))).sum()
    return angles / weights, ((p**2).sum(axis=1) ** 2).sum() / (p**4).sum()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("basis", BASES)
def test_the_layers_alignment_is_that_of_all_planes(basis: str, dtype: str) -> None:
    engine = srm.ResonanceEngine(ROWS, BASES[basis], dtype=dtype)
    alignment, participation = of_all_planes(ROWS, BASES[basis])
    assert engine.alignment() == pytest.approx(alignment, abs=1e-6)
    assert engine.participation == pytest.approx(participation, rel=1e-6)
    survey = engine.survey(epsilon=0.7)
    assert survey.fourth_moment_alignment == engine.alignment()
    assert survey.participation == engine.participation


@pytest.mark.parametrize("sizes", [[500], [1, 499], [250, 250], [3, 10, 400, 87]])
def test_appended_samples_add_up_to_all(sizes: list[int]) -> None:
    engine = srm.ResonanceEngine(basis=srm.basis.standard(6))
    counts = srm.ResonanceCounts(6, epsilon=0.7, planes=[(0, 1)])
    for part in np.split(ROWS, np.cumsum(sizes)[:-1]):
        engine.append(part)
        counts.append(part)
        engine.alignment()
    expected = srm.ResonanceEngine(ROWS)
    assert engine.alignment() == expected.alignment() == counts.alignment()
    assert engine.participation == expected.participation == counts.participation
    assert engine._surveyor._moments.sums == expected._surveyor._moments.sums


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Shapes of the projections that moments were summed of."""
    shapes: list[tuple[int, int]] = []
    original = moment_sums.MomentRun.add

    def recorded(run: moment_sums.MomentRun, first: int, key: int, read: torch.Tensor) -> None:
        shapes.append((read.shape[0], read.shape[1]))
        original(run, first, key, read)

    monkeypatch.setattr(moment_sums.MomentRun, "add", recorded)
    return shapes


def test_only_new_samples_are_read(read: list[tuple[int, int]]) -> None:
    engine = srm.ResonanceEngine(ROWS)
    engine.alignment()
    read.clear()
    engine.alignment()
    assert read == []
    engine.append(ROWS[:30])
    engine.alignment()
    assert read == [(6, 30)]


@pytest.mark.parametrize("epsilon", [-0.5, 0.3, 0.9])
@pytest.mark.parametrize("basis", BASES)
def test_a_survey_sums_them_beside_its_search(
    basis: str, epsilon: float, read: list[tuple[int, int]]
) -> None:
    engine = srm.ResonanceEngine(ROWS, BASES[basis], dtype="float32")
    survey = engine.survey(epsilon=epsilon)
    assert sum(rows * n for rows, n in read) == 500 * engine.n_directions
    read.clear()
    assert engine.survey(epsilon=0.5).participation == survey.participation
    assert engine.alignment() == survey.fourth_moment_alignment
    assert read == []
    alone = srm.ResonanceEngine(ROWS, BASES[basis], dtype="float32")
    assert alone.alignment() == pytest.approx(engine.alignment(), abs=1e-7)
    engine.append(ROWS[:100])
    engine.survey(epsilon=epsilon)
    twice = srm.ResonanceEngine(np.vstack([ROWS, ROWS[:100]]), BASES[basis], dtype="float32")
    assert engine.alignment() == pytest.approx(twice.alignment(), abs=1e-7)


def test_a_survey_that_is_broken_off_leaves_no_half_sums() -> None:
    def stop(_share: float) -> None:
        raise KeyboardInterrupt

    engine = srm.ResonanceEngine(ROWS)
    with pytest.raises(KeyboardInterrupt):
        engine.survey(epsilon=0.9, progress=stop)
    assert engine.alignment() == srm.ResonanceEngine(ROWS).alignment()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("basis", BASES)
def test_samples_are_left_as_they_are(basis: str, dtype: str) -> None:
    engine = srm.ResonanceEngine(ROWS, BASES[basis], dtype=dtype)
    before = engine.unit_rows(np.arange(500)).clone()
    engine.alignment()
    engine.alignment(epsilon=0.5)
    engine.survey(epsilon=0.5)
    engine.rotation_test(rotations=2)
    engine.significance(epsilon=0.5, rotations=1)
    assert torch.equal(engine.unit_rows(np.arange(500)), before)


@pytest.mark.parametrize("ask", ["alignment", "participation"])
def test_another_basis_is_refused_with_a_way_out(ask: str) -> None:
    engine = srm.ResonanceEngine(ROWS, srm.basis.simplex(6))
    with pytest.raises(ValueError, match="expected an orthonormal basis for the alignment, got"):
        _ = engine.alignment() if ask == "alignment" else engine.participation
    assert np.isfinite(engine.alignment(epsilon="auto"))
    assert engine.survey(epsilon=0.6).fourth_moment_alignment is None


def test_rows_of_zeros_alone_have_no_alignment() -> None:
    engine = srm.ResonanceEngine(np.zeros((4, 5)))
    assert np.isnan(engine.alignment())
    assert np.isnan(engine.participation)


@pytest.mark.parametrize("epsilon", [-0.3, 0.4, 0.8])
@pytest.mark.parametrize("basis", [None, srm.basis.simplex(6)], ids=["axes", "simplex"])
def test_the_alignment_at_an_epsilon_is_that_of_the_survey(epsilon: float, basis: Any) -> None:
    engine = srm.ResonanceEngine(ROWS, basis)
    found = engine.alignment(epsilon=epsilon)
    assert found == pytest.approx(engine.survey(epsilon=epsilon).alignment, abs=1e-7)
    planes = srm.spotlight_resonance(ROWS, basis, epsilon=epsilon)
    assert found == pytest.approx(np.average(planes.alignment, weights=planes.n_lit), abs=1e-7)


PLANTED: dict[str, tuple[Any, int]] = {
    "on the axes": (lambda rng, d: rng.laplace(size=(2_000, d)) ** 3, 1),
    "near the axes": (
        lambda rng, d: (
            np.eye(d)[rng.integers(d, size=2_000)] + 0.02 * rng.standard_normal((2_000, d))
        ),
        1,
    ),
    "corners": (lambda rng, d: rng.choice([-1.0, 1.0], (2_000, d)), -1),
    "near corners": (lambda rng, d: np.tanh(4 * rng.standard_normal((2_000, d))), -1),
}


@pytest.mark.parametrize("epsilon", [None, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])
@pytest.mark.parametrize("d", [8, 16, 64])
@pytest.mark.parametrize("kind", PLANTED)
def test_the_sign_is_right_wherever_anything_is_lit(
    kind: str, d: int, epsilon: float | None
) -> None:
    """The contrast read -0.33 for data on the axes as soon as ε was below cos 45°."""
    planted, sign = PLANTED[kind]
    rows = planted(np.random.default_rng(d), d)
    found = srm.ResonanceEngine(rows).alignment(epsilon=epsilon)
    assert np.isnan(found) or found * sign > 0.1
    if sign > 0 or epsilon is None:
        assert not np.isnan(found)
