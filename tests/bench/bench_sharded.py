"""Surveys over Dask: two workers against one, and the rates that `docs/scale.md` works with."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

import dask
import numpy as np
import torch
from distributed import Client, LocalCluster

import srm_widget as srm
from srm_widget.concurrency.torch_threads import limit_threads
from srm_widget.distributed.partial_survey import PartialSurvey
from srm_widget.geometry.pair_geometry import PairGeometry
from srm_widget.results.survey import Survey
from srm_widget.samples.store import as_sample_store
from srm_widget.survey.surveyor import SurveySpec
from tests.bench.bench_engine import K, Row, heading, show
from tests.bench.bench_survey import peaked

ROWS, D, SHARDS, EPSILON = 200_000, 64, 16, 0.62
WIDE, N_WIDE, N_PARTS = 4096, 20_000, 4
ROUNDS = 3


def written(folder: Path) -> None:
    some = peaked(ROWS, D, 2).numpy()
    for k in range(SHARDS):
        np.save(folder / f"shard-{k:02}.npy", np.roll(some, k, axis=1))


# Dask has workers give freed memory back at once, which costs a page fault for every 4 KiB of what
# is needed next: 40 % of the time here.
MEMORY = {"distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": 1 << 28}


def surveyed(folder: Path, workers: int) -> tuple[float, Survey]:
    """Seconds on a cluster of `workers` processes with one thread each, and the survey."""
    with (
        dask.config.set(MEMORY),
        LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster),
    ):
        srm.sharded.survey(folder / "shard-00.npy", rows=1000, epsilon=0.9)  # all is imported
        began = time.perf_counter()
        survey = srm.sharded.survey(folder, rows=ROWS // 2, epsilon=EPSILON, resolution=K)
        return time.perf_counter() - began, survey


def two_against_one() -> Row:
    times: dict[int, list[float]] = {1: [], 2: []}
    with tempfile.TemporaryDirectory() as name:
        written(Path(name))
        for _ in range(ROUNDS):
            found = {}
            for workers, kept in times.items():
                seconds, found[workers] = surveyed(Path(name), workers)
                kept.append(seconds)
            same(found[1], found[2])
    one, two = (statistics.median(kept) for kept in times.values())
    ratios = sorted(a / b for a, b in zip(*times.values(), strict=True))
    what = f"{ROWS * SHARDS:,} samples of {D} in {SHARDS} files, ε = {EPSILON}"
    return (
        f"{what}: one worker over two, integers equal ({ratios[0]:.2f} … {ratios[-1]:.2f} ×)",
        f"{one:.1f} s / {two:.1f} s",
        f"{one / two:.2f} ×",
    )


def same(one: Survey, other: Survey) -> None:
    pairs = [(one.total, other.total), (one.squares, other.squares)]
    for mine, theirs in pairs + list(zip(one.lit, other.lit, strict=True)):
        if not np.array_equal(mine, theirs):
            raise AssertionError("two workers counted otherwise than one")


def rates(power: float) -> list[Row]:
    """Counting and adding at 4,096 directions, on one thread."""
    pairs, wanted = (
        PairGeometry.from_basis(srm.basis.standard(WIDE)),
        SurveySpec(0.9, K, "combination"),
    )
    shares = peaked(N_PARTS * N_WIDE, WIDE, power).split(N_WIDE)
    with limit_threads(1):
        parts, counting = [], []
        for rows in shares:
            began = time.perf_counter()
            store = as_sample_store(rows, pairs.basis, torch.device("cpu"), None, "raise")
            parts += PartialSurvey.count(store, pairs, wanted, 1)
            counting.append(time.perf_counter() - began)
        began = time.perf_counter()
        whole = PartialSurvey.total(parts)
        adding = time.perf_counter() - began
    cells = [len(part.counts.cell) for part in (*parts, whole)]
    mib = sum(part.nbytes for part in whole.counts) / (1 << 20)
    what = f"{N_WIDE:,} samples of {WIDE:,}, ε = 0.9, power {power:g}, one thread"
    return [
        (
            f"{what}: counted, {cells[0] / N_WIDE:.1f} cells a sample",
            f"{statistics.mean(counting):.2f} s",
            f"{N_WIDE / statistics.mean(counting):,.0f} samples/s",
        ),
        (
            f"{N_PARTS} such parts added: {cells[-1]:,} cells, {mib:,.0f} MiB",
            f"{adding:.2f} s",
            f"{sum(cells[:-1]) / adding / 1e6:.1f} million cells/s",
        ),
    ]


def main() -> None:
    print(heading("surveys over Dask"))
    for power in (6, 8):
        show(rates(power))
    show([two_against_one()])


if __name__ == "__main__":
    main()
