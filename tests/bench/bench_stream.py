"""What it costs to count a stream, against the same samples in memory: ``make bench``."""

from __future__ import annotations

import argparse
import statistics
import time

import numpy as np
import psutil
import torch

import srm_widget as srm
from tests.bench.bench_engine import K, Row, heading, show
from tests.bench.bench_survey import peaked

N, D, EPSILON, BATCH = 10_000_000, 64, 0.9, 100_000
POWER = 6


def batches(n: int) -> list[torch.Tensor]:
    """A tenth of all samples, made once: to draw normals takes longer than to count."""
    made = peaked(min(n, 1_000_000), D, POWER)
    return list(made.split(BATCH))


def streamed(n: int, kept: list[torch.Tensor]) -> tuple[float, list[int], srm.ResonanceCounts]:
    """Seconds, resident bytes after each batch, and the counts."""
    counts = srm.ResonanceCounts(epsilon=EPSILON, resolution=K)
    process, resident, spent = psutil.Process(), [], 0.0
    for k in range(n // BATCH):
        batch = kept[k % len(kept)]
        began = time.perf_counter()
        counts.append(batch)
        spent += time.perf_counter() - began
        resident.append(process.memory_info().rss)
    return spent, resident, counts


def held(n: int, kept: list[torch.Tensor]) -> tuple[float, np.ndarray]:
    """Seconds to append all to an engine and survey all planes, and the sums of the counts."""
    whole = torch.cat([kept[k % len(kept)] for k in range(n // BATCH)])
    began = time.perf_counter()
    survey = srm.ResonanceEngine(whole).survey(epsilon=EPSILON, resolution=K)
    return time.perf_counter() - began, survey.total


def rows(n: int) -> list[Row]:
    kept = batches(n)
    spent, resident, counts = streamed(n, kept)
    # What the allocator holds back comes and goes by some tens of MiB: compare halves.
    later = resident[len(resident) // 10 :]
    halves = later[: len(later) // 2], later[len(later) // 2 :]
    first, second = (statistics.median(half) / (1 << 20) for half in halves)
    least, most = (size / (1 << 20) for size in (min(later), max(later)))
    whole, total = held(n, kept)
    survey = counts.survey(epsilon=EPSILON)
    if not (survey.total == total).all():
        raise AssertionError("the streamed counts differ from those of the engine")
    what = f"{n:,} samples of {D} in batches of {BATCH:,}, ε = {EPSILON}, all planes"
    return [
        (
            f"{what}: samples a second, over the same in memory",
            f"{n / spent:,.0f} / {n / whole:,.0f}",
            f"{whole / spent:.2f} ×",
        ),
        (
            "resident memory after a tenth: median of either half; least and most",
            f"{first:,.0f} and {second:,.0f} MiB; {least:,.0f} … {most:,.0f}",
            f"{100 * (second / first - 1):+.1f} %",
        ),
    ]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--samples", type=int, default=N)
    n = parser.parse_args().samples
    print(heading("a stream counted as it comes"))
    show(rows(n))


if __name__ == "__main__":
    main()
