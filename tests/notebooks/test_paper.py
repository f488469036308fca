"""The experiments of notebook 07: what their claims rest on, on small data."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch

import srm_widget as srm
from notebooks.paper import colour, experiments, functions
from tests.bench import bench_paper

POINTS = 0.6 * torch.randn(400, 16, generator=torch.Generator().manual_seed(0))


def quarter(k: int) -> torch.Tensor:
    """A rotation of 16 dimensions."""
    return srm.basis.rotated(16, k).directions.float()


def commutes(function: functions.Function) -> bool:
    turned = quarter(0)
    return torch.allclose(function(POINTS @ turned.T), function(POINTS) @ turned.T, atol=1e-5)


def test_isotropic_functions_have_no_directions_and_others_have() -> None:
    found = {name: commutes(function) for name, function in functions.FUNCTIONS.items()}
    assert found == {
        "tanh": False,
        "ReLU": False,
        "isotropic tanh": True,
        "isotropic ReLU": True,
    }


def test_isotropic_relu_shortens_and_cuts_off() -> None:
    lengths = torch.tensor([0.0, 0.2, 1.0, 3.0])
    found = functions.isotropic_relu(lengths[:, None] * quarter(1)[:1], threshold=0.5).norm(dim=1)
    torch.testing.assert_close(found, torch.tensor([0.0, 0.0, 0.5, 2.5]))


def test_tanh_along_the_axes_is_tanh() -> None:
    torch.testing.assert_close(functions.along(torch.eye(16))(POINTS), POINTS.tanh())


@pytest.mark.parametrize("m", [17, 32])
def test_points_stand_between_thomson_directions_that_tanh_works_along(m: int) -> None:
    basis = functions.thomson(m, 16, 0)
    rows = functions.along(basis.directions)(4 * POINTS)
    own, other = (
        srm.ResonanceEngine(rows, each).alignment(epsilon="auto")
        for each in (basis, functions.thomson(m, 16, 1))
    )
    assert own < -0.1
    assert abs(other) < -own / 3


def test_a_network_is_looked_at_in_both_bases(monkeypatch: pytest.MonkeyPatch) -> None:
    trained = srm.datasets.digits_autoencoder("tanh", epochs=5, seed=0)
    asked = []

    def train(function: functions.Function, **given: int) -> srm.datasets.TrainedAutoencoder:
        asked.append((function(POINTS), given))
        return trained

    monkeypatch.setattr(srm.datasets, "digits_autoencoder", train)
    found = experiments.over_complete(32, 3, rotations=5)
    ((bottleneck, given),) = asked
    assert given == {"width": 16, "seed": 3}
    rows = functions.thomson(32, 16, 3).directions
    torch.testing.assert_close(bottleneck, functions.along(rows)(POINTS))
    assert found.opposite == 16  # the cross-polytope
    assert found.own.low <= found.own.high
    assert found.own.error == pytest.approx(float(trained.losses[-1]))


def test_error_and_alignment_are_compared_within_widths() -> None:
    across = {4: [3.0, 3.1, 3.2, 3.3, 3.4], 8: [1.0, 1.1, 1.2, 1.3, 1.4]}
    against = {4: [9.0, 8.0, 7.0, 6.0, 5.0], 8: [4.0, 3.0, 2.0, 1.0, 0.0]}
    found = experiments.together(across, against, shuffles=499)
    assert found.correlation == pytest.approx(-1)  # though the means of the widths rise together
    assert found.p < 0.01
    alike = experiments.together(across, {4: [1, 5, 2, 4, 3], 8: [3, 4, 2, 5, 1]}, shuffles=499)
    assert alike.p > 0.2


@pytest.fixture(scope="module")
def cut() -> colour.Patches:
    return colour.patches()


def test_patches_are_of_ten_photographs_and_two_halves(cut: colour.Patches) -> None:
    assert cut.images.shape == (5000, colour.SIDE, colour.SIDE, 3)
    assert 0 <= cut.images.min() < cut.images.max() <= 1
    assert np.bincount(cut.labels).tolist() == [500] * len(cut.names) == [500] * 10
    assert np.bincount(cut.labels[cut.held_out]).tolist() == [250] * 10
    spread = cut.images.std(axis=3).mean()
    assert spread > 0.02, "colour images"


def test_candidates_are_found_where_they_are_planted(cut: colour.Patches) -> None:
    activations = 0.3 * torch.randn(5000, 12, generator=torch.Generator().manual_seed(0))
    of_one = torch.from_numpy(cut.labels == 3)
    activations[of_one] += torch.eye(12)[5] * 6  # what is held out too
    of_other = torch.from_numpy((cut.labels == 4) & ~cut.held_out)
    activations[of_other] -= torch.eye(12)[7] * 6  # alone those trained on
    found = colour.candidates(cut, activations, rotations=9)
    assert found.labels[found.held].tolist() == [3]
    assert sorted(found.labels[found.found].tolist()) == [3, 4]
    assert found.p == pytest.approx((1 + (found.turned >= 2).sum()) / 10)


@pytest.mark.parametrize("name", list(bench_paper.SECTIONS))
def test_stored_tables_are_those_of_the_command(name: str) -> None:
    text = (bench_paper.RESULTS / f"{name}.md").read_text(encoding="utf-8")
    seeds = re.match(r"`make bench-paper`: seeds (\d+) to (\d+), (\d+) turned", text)
    assert seeds
    assert int(seeds[1]) == bench_paper.FIRST_SEED
    assert int(seeds[3]) == bench_paper.ROTATIONS
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len(rows) >= 2 + 3
    assert "nan" not in text
