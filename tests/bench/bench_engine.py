"""What the engine costs, as ratios measured in turns within one run: ``make bench``."""

from __future__ import annotations

import argparse
import math
import os
import platform
import statistics
import time
from collections.abc import Callable

import numpy as np
import torch

import srm_widget as srm
from srm_widget.geometry.angular_grid import TURN, AngularGrid
from srm_widget.geometry.arcs import lit_arcs

N, D, K = 1_000_000, 16, 360
NARROW, WIDE = 0.70, 0.35
"""ε that light 1 % and 40 % of isotropic samples in 16 dimensions somewhere in a plane."""

Row = tuple[str, str, str]


def medians(rounds: int, *tasks: Callable[[int], object]) -> list[float]:
    """Median seconds of each task, all of them in turns, the first round left out."""
    times: list[list[float]] = [[] for _ in tasks]
    for turn in range(rounds + 1):
        for task, kept in zip(tasks, times, strict=True):
            began = time.perf_counter()
            task(turn)
            kept.append(time.perf_counter() - began)
    return [statistics.median(kept[1:]) for kept in times]


def isotropic(n: int, d: int) -> torch.Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(0))


def ms(seconds: float) -> str:
    return f"{1e3 * seconds:.2f} ms"


def heading(what: str) -> str:
    """What is measured, where, and the table's head."""
    return (
        f"{what}; {os.cpu_count()} cores, torch {torch.__version__} on "
        f"{torch.get_num_threads()} threads, {platform.machine()}\n\n"
        "| what | measured | ratio |\n|---|---|---|"
    )


def show(rows: list[Row]) -> None:
    """Rows of the table, at once."""
    for row in rows:
        print("| {} | {} | {} |".format(*row), flush=True)


class Data:
    """A million samples under an engine, and two of their columns."""

    def __init__(self) -> None:
        self.activations = isotropic(N, D)
        self.engine = srm.ResonanceEngine(self.activations)
        unit = torch.nn.functional.normalize(self.activations, dim=1)
        self.a, self.c = unit[:, 0].contiguous(), unit[:, 1].contiguous()
        self.planes = [(i, j) for i in range(D) for j in range(i + 1, D)]

    def one_pass(self, _turn: int) -> object:
        return (self.a * self.a + self.c * self.c).sum()

    def another_plane(self, epsilon: float) -> Callable[[int], object]:
        """A plane that was not asked for lately, so that nothing is kept of it."""
        return lambda turn: self.engine.curve(
            *self.planes[turn % len(self.planes)], epsilon=epsilon, resolution=K
        )

    def lit(self, epsilon: float) -> torch.Tensor:
        return self.a * self.a + self.c * self.c >= epsilon * epsilon


def literal(data: Data, epsilon: float, block: int = 8192) -> Callable[[int], torch.Tensor]:
    """The vectorised definition, in blocks of samples."""
    theta = torch.arange(K) * (TURN / K)
    cos, sin = theta.cos(), theta.sin()

    def count(_turn: int) -> torch.Tensor:
        total = torch.zeros(K, dtype=torch.int64)
        for low in range(0, N, block):
            a, c = data.a[low : low + block, None], data.c[low : low + block, None]
            total += (a * cos + c * sin >= epsilon).sum(0)
        return total

    return count


def narrow_plane(data: Data) -> Row:
    spent, base = medians(40, data.another_plane(NARROW), data.one_pass)
    lit = data.lit(NARROW).float().mean()
    return (
        f"one plane, {lit:.1%} lit, over one pass of `(a*a + c*c).sum()`",
        f"{ms(spent)} / {ms(base)}",
        f"{spent / base:.1f} ×",
    )


def wide_plane(data: Data) -> Row:
    count = literal(data, WIDE)
    spent, base = medians(4, data.another_plane(WIDE), count)
    here = data.engine.curve(0, 1, epsilon=WIDE, resolution=K).counts[0]
    # Both count in float32: a few samples of a million are ties.
    assert np.abs(here - count(0).numpy()).max() <= 10
    lit = data.lit(WIDE).float().mean()
    return (
        f"one plane, {lit:.0%} lit, under the vectorised definition",
        f"{ms(spent)} / {ms(base)}",
        f"{base / spent:.0f} × faster",
    )


def moved_epsilon(data: Data) -> Row:
    """Projections on a turned basis, kept; ε alone moves."""
    engine = srm.ResonanceEngine(data.activations, srm.basis.rotated(D, 0))
    steps = [NARROW + 1e-4 * k for k in range(60)]
    grid = AngularGrid.uniform(K)
    engine.curve(0, 1, epsilon=steps[-1], resolution=K)
    points = torch.from_numpy(engine.coordinates(0, 1, engine.projection(0, 1, epsilon=NARROW)[1]))
    a, c = points.float().T.contiguous()

    def lit_alone(turn: int) -> object:
        arcs = lit_arcs(a, c, steps[turn], math.pi / 2)
        return grid.count(arcs.start, arcs.stop)

    spent, own, base = medians(
        40,
        lambda turn: engine.curve(0, 1, epsilon=steps[turn], resolution=K),
        lit_alone,
        data.one_pass,
    )
    return (
        f"ε moved, projections kept, {len(a) / N:.1%} lit, beyond the lit samples' own {ms(own)}",
        f"{ms(spent)} (one pass: {ms(base)})",
        f"{ms(spent - own)}",
    )


def appended(data: Data) -> Row:
    """Another hundredth of the samples, with the curve before and after."""
    batches = [isotropic(N // 100, D) for _ in range(8)]
    engine = srm.ResonanceEngine(data.activations)

    def more(turn: int) -> None:
        engine.append(batches[turn])
        engine.curve(0, 1, epsilon=NARROW, resolution=K)

    def anew(_turn: int) -> None:
        srm.ResonanceEngine(data.activations).curve(0, 1, epsilon=NARROW, resolution=K)

    engine.curve(0, 1, epsilon=NARROW, resolution=K)
    spent, base = medians(6, more, anew)
    return ("1 % appended, over starting anew", f"{ms(spent)} / {ms(base)}", f"{spent / base:.1%}")


def memory(_data: Data) -> Row:
    """All planes of a turned basis, and several ε, so that every cache is as full as it gets."""
    activations = isotropic(200_000, 64)
    engine = srm.ResonanceEngine(activations, srm.basis.rotated(64, 0))
    held = engine.nbytes
    most = 0
    for turn in range(300):
        engine.curve(turn % 63, 63, epsilon=0.1 + 0.001 * turn, resolution=K)
        most = max(most, engine.nbytes)
    copy = activations.nbytes
    return (
        "engine: the activations it holds, and all it keeps beside them",
        f"{held / 2**20:.0f} MiB and {(most - held) / 2**20:.0f} MiB",
        f"{held / copy:.2f} and {(most - held) / copy:.2f} copies",
    )


BENCHMARKS = [narrow_plane, wide_plane, moved_epsilon, appended, memory]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, help="of torch; default: its own choice")
    threads = parser.parse_args().threads
    if threads:
        torch.set_num_threads(threads)
    print(heading(f"N = {N:,}, D = {D}, K = {K}, float32"))
    data = Data()
    for benchmark in BENCHMARKS:
        show([benchmark(data)])


if __name__ == "__main__":
    main()
