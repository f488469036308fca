"""What the same code costs on a GPU, against the bytes its memory moves: ``make bench``."""

from __future__ import annotations

import statistics
from collections.abc import Callable

import torch

import srm_widget as srm
from tests.bench.bench_engine import NARROW, WIDE, D, K, Row, isotropic, show
from tests.bench.bench_survey import peaked

N = 20_000_000
N_WIDE, M = 200_000, 1024
ROUNDS = 10


def seconds(task: Callable[[int], object]) -> float:
    """Median of a task, measured by the device's own clock; the first round is left out."""
    times = []
    for turn in range(ROUNDS + 1):
        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        start.record()
        task(turn)
        end.record()
        torch.cuda.synchronize()
        times.append(1e-3 * start.elapsed_time(end))
    return statistics.median(times[1:])


def bandwidth() -> float:
    """Bytes a second of a copy within the device's memory, read and written."""
    source = torch.empty(1 << 28, dtype=torch.float32, device="cuda")
    target = torch.empty_like(source)
    return 2 * source.nbytes / seconds(lambda _turn: target.copy_(source))


def planes(moved: float) -> list[Row]:
    engine = srm.ResonanceEngine(isotropic(N, D), device="cuda")
    pairs = [(i, j) for i in range(D) for j in range(i + 1, D)]

    def row(epsilon: float) -> Row:
        spent = seconds(lambda turn: engine.curve(*pairs[turn], epsilon=epsilon, resolution=K))
        least = 2 * 4 * N / moved
        return (
            f"one plane of {N:,} samples, ε = {epsilon}, over reading its two columns",
            f"{1e3 * spent:.2f} / {1e3 * least:.2f} ms",
            f"{spent / least:.1f} ×",
        )

    return [row(epsilon) for epsilon in (NARROW, WIDE)]


def all_planes(moved: float) -> Row:
    activations = peaked(N_WIDE, M, 4).cuda()
    levels = [0.8 + 1e-3 * turn for turn in range(ROUNDS + 1)]
    engine = srm.ResonanceEngine(activations)
    spent = seconds(lambda turn: engine.survey(epsilon=levels[turn], resolution=K))
    least = activations.nbytes / moved
    return (
        f"survey of {engine.n_planes:,} planes, N = {N_WIDE:,}, power 4, over reading all once",
        f"{1e3 * spent:.1f} / {1e3 * least:.2f} ms",
        f"{spent / least:.1f} ×",
    )


def streamed(moved: float) -> Row:
    batch = peaked(1_000_000, 64, 6).cuda()
    counts = srm.ResonanceCounts(64, epsilon=0.9, resolution=K, device="cuda")
    spent = seconds(lambda _turn: counts.append(batch))
    least = batch.nbytes / moved
    return (
        "a batch of 1,000,000 × 64 counted in all 2,016 planes, over reading it once",
        f"{1e3 * spent:.1f} / {1e3 * least:.2f} ms",
        f"{spent / least:.1f} ×",
    )


def main() -> None:
    if not torch.cuda.is_available():
        print("no CUDA device: nothing measured")
        return
    moved = bandwidth()
    print(f"{torch.cuda.get_device_name()}, torch {torch.__version__}\n")
    print("| what | measured | ratio |\n|---|---|---|")
    show([("memory, copied within the device", f"{moved / 1e9:,.0f} GB/s", "")])
    show(planes(moved))
    show([all_planes(moved)])
    show([streamed(moved)])


if __name__ == "__main__":
    main()
