"""Grids of densities: what is counted in each panel, and on which scale all are."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import srm_widget as srm
from srm_widget.concurrency.generators import run
from srm_widget.engine.projective_grid import GridSpec, grid_steps
from srm_widget.results.projective_grid import LEVELS, ProjectiveGrid
from tests.unit.support.models import models, timeline


def grid(given: Any = None, **asked: Any) -> ProjectiveGrid:
    spec = GridSpec("auto", None, raw=True, ratio=False, bins=16, extent=None, least=5.0)
    return run(grid_steps(models() if given is None else given, spec._replace(**asked)))


@pytest.mark.parametrize("raw", [False, True])
@pytest.mark.parametrize("ratio", [False, True])
def test_panels_are_densities_in_the_same_bins(*, raw: bool, ratio: bool) -> None:
    found, given = grid(raw=raw, ratio=ratio), models()
    assert found.models == ["one", "other"]
    assert found.column_labels == ["epoch 0", "epoch 1", "epoch 2"]
    epsilon = min(given[name][-1].auto_epsilon() for name in given)
    extent = max(step.coordinate_extent() for model in given.values() for step in model)
    for row, model in zip(found.densities, given.values(), strict=True):
        for density, engine in zip(row, model, strict=True):
            expected = engine.ensemble_density(
                epsilon=epsilon, raw=raw, bins=16, extent=extent if raw else 1.0, isotropic=True
            )
            assert np.array_equal(density.counts, expected.counts)
            assert (density.n_outside, density.extent) == (0, extent if raw else 1.0)
            if ratio:
                assert density.isotropic == pytest.approx(expected.isotropic)


def test_shares_are_on_one_scale() -> None:
    found = grid()
    low, high = found.scale
    shown = np.concatenate([values[values > 0] for row in found.values for values in row])
    assert (shown.min(), shown.max()) == (low, high)
    for k, row in enumerate(found.densities):
        for m, density in enumerate(row):
            codes = found.picture(k, m)[::-1].T  # the second coordinate falls from row to row
            assert ((codes == 0) == (density.counts == 0)).all()
            assert not (codes == 1).any()
            known = density.counts > 0
            place = np.log(density.counts[known] / density.n_hits / low) / np.log(high / low)
            assert codes[known] == pytest.approx(2 + (LEVELS - 1) * place, abs=0.51)


def test_ratios_are_on_a_scale_around_1() -> None:
    found = grid(ratio=True, least=2.0)
    low, high = found.scale
    assert low * high == pytest.approx(1)
    assert 2 <= high <= 32
    for k, row in enumerate(found.densities):
        for m, density in enumerate(row):
            codes, ratio = found.picture(k, m)[::-1].T, density.ratio(2.0)
            unknown = np.isnan(ratio)
            assert ((codes >= 2) == ~unknown).all()
            assert ((codes == 1) == (unknown & (density.counts > 0))).all()
            assert (codes[~unknown & (density.counts == 0)] == 2).all()


def test_nothing_lit_is_drawn_as_nothing() -> None:
    found = grid(epsilon=1.0)
    assert not found.picture(0, 0).any()
    assert found.weight(0, 0) == "0 hits"
    assert found.scale[0] < found.scale[1]
    grid(epsilon=1.0, ratio=True).picture(0, 0)


@pytest.mark.parametrize(
    ("steps", "labels"),
    [
        ([0, -1], ["epoch 0", "epoch 2"]),
        (["epoch 1"], ["epoch 1"]),
        (np.array([2]), ["epoch 2"]),
        ((1, "epoch 0"), ["epoch 1", "epoch 0"]),
    ],
)
def test_steps_by_position_or_label(steps: Any, labels: list[str]) -> None:
    assert grid(steps=steps).column_labels == labels


def test_some_steps_are_chosen_evenly_and_single_engines_are_one() -> None:
    assert grid({"long": timeline(*range(16))}).steps == [
        [f"epoch {k}" for k in (0, 3, 6, 9, 12, 15)]
    ]
    short = grid({"long": timeline(1, 2, 3), "rows": np.eye(4), "engine": models()["one"][1]})
    assert short.steps == [["epoch 2"], ["0"], ["0"]]
    assert short.column_labels is None


def test_the_facts_say_what_it_rests_on() -> None:
    found = grid({"one": timeline(1), "other": timeline(2, dims=5)}, epsilon=0.5, extent=1.5)
    facts = found.facts()
    for part in ("ε = 0.5", "6 … 10 planes", "80 samples", "16 × 16 bins", "±1.5", "share of"):
        assert part in facts
    assert re.fullmatch(r"\d+ hits, \d+ outside", found.weight(0, 0))
    by_ratio = grid(ratio=True, least=3.0).facts()
    assert "same lengths" in by_ratio
    assert "fewer than 3" in by_ratio


@pytest.mark.parametrize(
    ("given", "asked", "error", "message"),
    [
        ({}, {}, TypeError, "at least one"),
        (timeline(1), {}, TypeError, r'\{"name": timeline, …\}'),
        ({3: timeline(1)}, {}, TypeError, "names of models as strings, got 3"),
        ({"none": srm.Timeline()}, {}, ValueError, "at least one step"),
        (None, {"steps": [3]}, IndexError, "0 … 2, got 3"),
        (None, {"steps": ["last"]}, ValueError, "labels of 'one'.*got 'last'"),
        (None, {"steps": "epoch 1"}, TypeError, "list of positions or labels.*got 'epoch 1'"),
        (None, {"steps": []}, TypeError, "at least one"),
        (None, {"steps": [1.5]}, TypeError, "integer step, got 1.5"),
        (None, {"epsilon": 2.0}, ValueError, "2.0"),
        (None, {"raw": 1}, TypeError, "raw"),
        (None, {"ratio": None}, TypeError, "ratio"),
        (None, {"bins": 0}, ValueError, "bins"),
        (None, {"extent": -1.0}, ValueError, "extent"),
    ],
)
@pytest.mark.usefixtures("as_users")
def test_refused(given: Any, asked: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        grid(given, **asked)


def test_counts_have_no_coordinates() -> None:
    counts = srm.ResonanceCounts(epsilon=0.5)
    counts.append(np.eye(4))
    with pytest.raises(ValueError, match="keep no samples"):
        grid({"counts": counts})
