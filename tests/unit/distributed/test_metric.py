"""The metric: one process, and two, of which this is one, that exchange their counts with gloo."""

from __future__ import annotations

import pickle
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import multiprocessing

import srm_widget as srm
from srm_widget.concurrency.torch_threads import limit_threads
from tests.unit.support.alike import assert_same_curves

LEVELS = [0.6, 0.8]
BASES = {"axes": 6, "thomson": srm.basis.thomson(9, 6, 0)}


def samples(n: int = 200) -> torch.Tensor:
    rows = torch.randn(n, 6, generator=torch.Generator().manual_seed(1))
    rows[5] = 0
    return rows


def engine(rows: torch.Tensor, basis: Any) -> srm.ResonanceEngine:
    return srm.ResonanceEngine(rows, None if basis == 6 else basis)


@pytest.mark.parametrize("basis", BASES.values(), ids=BASES.keys())
def test_batches_add_up_to_all(basis: Any) -> None:
    metric = srm.SpotlightResonanceMetric(basis, epsilon=LEVELS, resolution=24)
    for batch in samples().split(33):
        metric.update(batch)
    held = engine(samples(), basis)
    if basis == 6:
        assert metric.compute() == held.alignment() == held.counts(epsilon=0.5).alignment()
        assert float(metric.compute()) == pytest.approx(float(srm.alignment(samples())), abs=1e-6)
    for epsilon in LEVELS:
        expected = held.counts(epsilon=epsilon, resolution=24).resonance()
        assert_same_curves(metric.resonance(epsilon=epsilon), expected, exact=basis == 6)
        alignment = metric.counts().alignment(epsilon=epsilon)
        if basis != 6:
            assert metric.compute().tolist()[LEVELS.index(epsilon)] == alignment
        mean = np.average(expected.alignment, weights=expected.n_lit)
        assert alignment == pytest.approx(mean, abs=1e-6)


def test_prepared_batches_add_up_to_all() -> None:
    more: dict[str, Any] = {"center": [0.5, 0, -1, 0, 0, 2], "min_norm": 2.0}
    metric = srm.SpotlightResonanceMetric(6, epsilon=0.6, resolution=24, **more)
    for batch in samples().split(33):
        metric.update(batch)
    held = srm.ResonanceEngine(samples(), **more)
    expected = held.counts(epsilon=0.6, resolution=24)
    assert held.n_short > 5
    assert metric.compute() == held.alignment()
    assert_same_curves(metric.resonance(), expected.resonance())
    counts = metric.counts()
    counts.merge(expected)
    assert (counts.n_samples, counts.n_short) == (400, 2 * held.n_short)
    with pytest.raises(ValueError, match="got 'mean'"):
        srm.SpotlightResonanceMetric(6, epsilon=0.6, center="mean")


def test_forward_gives_the_batch_and_keeps_the_whole() -> None:
    metric = srm.SpotlightResonanceMetric(6, epsilon=0.6, planes=[(0, 1), (2, 5)])
    first, second = samples().split(100)
    metric(first)
    value = metric(second)
    alone = srm.SpotlightResonanceMetric(6, epsilon=0.6, planes=[(0, 1), (2, 5)])
    alone.update(second)
    assert value == alone.compute()
    assert value.ndim == 0
    expected = srm.spotlight_resonance(samples(), planes=[(0, 1), (2, 5)], epsilon=0.6)
    assert_same_curves(metric.resonance(), expected)


def test_it_behaves_as_metrics_do() -> None:
    metric = srm.SpotlightResonanceMetric(6, epsilon=0.6)
    metric.update(samples())
    again = pickle.loads(pickle.dumps(metric))
    assert again.compute() == metric.compute()
    other = metric.clone()
    assert isinstance(other, srm.SpotlightResonanceMetric)
    other.reset()
    assert other.counts().n_samples == 0
    other.update(samples(50))
    metric.merge_state(other)
    assert metric.counts().n_samples == 250
    metric.persistent(True)
    fresh = srm.SpotlightResonanceMetric(6, epsilon=0.6)
    fresh.load_state_dict(metric.state_dict())
    assert_same_curves(fresh.resonance(), metric.resonance())


@pytest.mark.parametrize("wrong", ["lacks a count", "another shape"])
def test_a_state_of_another_plan_or_version_is_refused(wrong: str) -> None:
    metric = srm.SpotlightResonanceMetric(6, epsilon=0.6)
    metric.update(samples())
    metric.persistent(True)
    state = metric.state_dict()
    if wrong == "lacks a count":
        del state["columns"]
    else:
        state["samples"] = state["samples"][:3]
    fresh = srm.SpotlightResonanceMetric(6, epsilon=0.6)
    fresh.update(samples(50))
    with pytest.raises(RuntimeError, match=r"expected counts of the same planes.*samples \(4,\)"):
        fresh.load_state_dict(state)
    assert fresh.counts().n_samples == 50
    with pytest.raises(RuntimeError, match="expected counts of the same planes"):
        srm.SpotlightResonanceMetric(7, epsilon=0.6).load_state_dict(metric.state_dict())
    fresh.load_state_dict({})
    assert fresh.counts().n_samples == 50


def test_counts_are_a_copy() -> None:
    metric = srm.SpotlightResonanceMetric(6, epsilon=0.6)
    metric.update(samples())
    taken = metric.counts()
    taken.append(samples())
    assert (taken.n_samples, metric.counts().n_samples) == (400, 200)


def test_nothing_of_a_refused_batch_is_counted() -> None:
    metric = srm.SpotlightResonanceMetric(6, epsilon=0.6)
    with pytest.raises(ValueError, match=r"expected activations of shape \(N, 6\).*got \(2, 5\)"):
        metric.update(torch.ones(2, 5))
    with pytest.raises(ValueError, match="NaN or infinity in 1 of 2 rows"):
        metric.update(torch.tensor([[1.0] * 6, [torch.nan] * 6]))
    assert metric.counts().n_samples == 0


@pytest.mark.usefixtures("as_users")
def test_refusals_when_it_is_made() -> None:
    with pytest.raises(ValueError, match=r"epsilon in \[-1, 1\], got 2"):
        srm.SpotlightResonanceMetric(6, epsilon=2)
    with pytest.raises(ValueError, match="n_dims ≥ 2, got 1"):
        srm.SpotlightResonanceMetric(1, epsilon=0.5)


def _one_of_two(rank: int, folder: str, metrics: dict[str, srm.SpotlightResonanceMetric]) -> None:
    """What either process does; uneven shares of the batches, as a sampler would give them."""
    torch.set_num_threads(1)
    torch.distributed.init_process_group(
        "gloo",
        init_method=f"file://{folder}/rendezvous",
        timeout=timedelta(minutes=2),
        rank=rank,
        world_size=2,
    )
    found: dict[str, Any] = {}
    for name, metric in metrics.items():
        batches = samples().split(16)
        for batch in batches[:3] if rank == 0 else batches[3:]:
            metric.update(batch)
        local = metric.samples[0].item()
        found[name] = {
            "alignment": metric.compute().tolist(),
            "curves": [metric.resonance(epsilon=epsilon) for epsilon in LEVELS],
            "local": (local, metric.samples[0].item()),
        }
    Path(folder, f"{rank}.pickle").write_bytes(pickle.dumps(found))
    torch.distributed.destroy_process_group()


def test_two_processes_equal_one(tmp_path: Path) -> None:
    # Made here, used here and handed over: torch sends tensors as memory that is shared.
    metrics = {
        name: srm.SpotlightResonanceMetric(basis, epsilon=LEVELS, resolution=25)
        for name, basis in BASES.items()
    }
    with limit_threads(1):
        other = multiprocessing.spawn(  # type: ignore[attr-defined]
            _one_of_two, (str(tmp_path), metrics), nprocs=1, join=False
        )
        _one_of_two(1, str(tmp_path), metrics)
        while not other.join():
            pass
    for rank, own in enumerate((48, 152)):
        found = pickle.loads(Path(tmp_path, f"{rank}.pickle").read_bytes())
        for name, basis in BASES.items():
            alone = srm.SpotlightResonanceMetric(basis, epsilon=LEVELS, resolution=25)
            alone.update(samples())
            assert found[name]["alignment"] == pytest.approx(alone.compute().tolist(), abs=1e-6)
            assert found[name]["local"] == (own, own)
            for epsilon, curves in zip(LEVELS, found[name]["curves"], strict=True):
                assert curves.n_samples == 200
                expected = alone.resonance(epsilon=epsilon)
                assert_same_curves(curves, expected, exact=name == "axes")


@pytest.mark.cuda
def test_cuda_counts_as_the_cpu_does() -> None:
    here = srm.SpotlightResonanceMetric(6, epsilon=LEVELS)
    there = srm.SpotlightResonanceMetric(6, epsilon=LEVELS).to("cuda")
    for batch in samples().split(33):
        here.update(batch)
        there.update(batch.cuda())
    assert there.compute().cpu().tolist() == here.compute().tolist()
    for epsilon in LEVELS:
        assert np.array_equal(
            there.resonance(epsilon=epsilon).counts, here.resonance(epsilon=epsilon).counts
        )
