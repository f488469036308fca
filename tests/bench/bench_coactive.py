"""Planes that are coactive among very many directions: time and memory of `engine.coactive`.

``make bench-statistics``, or with the number of directions ``python -m tests.bench.bench_coactive
16384``, and ``--growth`` as M doubles. Each size in a process of its own; Linux only.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import torch

import srm_widget as srm
from srm_widget.concurrency.generators import run
from srm_widget.survey.between_search import BetweenSearch
from srm_widget.survey.close_pairs import close_pairs_steps

D, N, ACTIVE = 768, 20_000, 16
NEAR = 10
"""One direction in so many is nearly the same as another."""
TOGETHER = 50
"""Planted pairs, both active in one sample of two hundred."""
BARS = {16_384: (60, 3.0), 65_536: (300, 6.0)}
"""Seconds, and GB beyond what is held before."""
GROWTH, GROWTH_EPSILON = (2_048, 4_096, 8_192, 16_384), 0.6


def dictionary(m: int, generator: torch.Generator) -> torch.Tensor:
    """M unit rows, a tenth of them near-duplicates of others."""
    rows = torch.nn.functional.normalize(torch.randn(m, D, generator=generator), dim=1)
    n = m // NEAR
    noise = torch.randn(n, D, generator=generator) * (0.2 / D**0.5)
    rows[-n:] = torch.nn.functional.normalize(rows[:n] + noise, dim=1)
    return rows


def planted(m: int, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor, set[tuple[int, int]]]:
    """Samples of `ACTIVE` directions each, the M directions, and pairs that fire together."""
    generator = torch.Generator().manual_seed(seed)
    basis = dictionary(m, generator)
    fires = torch.randint(m, (N, ACTIVE), generator=generator)
    pairs = torch.randperm(m - m // NEAR, generator=generator)[: 2 * TOGETHER].view(-1, 2)
    for pair in pairs:
        both = torch.randperm(N, generator=generator)[: N // 200]
        fires[both, :2] = pair
    strengths = 0.5 + torch.rand(N, ACTIVE, generator=generator)
    activations = torch.zeros(N, D)
    for k in range(ACTIVE):
        activations += strengths[:, k, None] * basis[fires[:, k]]
    activations += 0.02 * torch.randn(N, D, generator=generator)
    return activations, basis, {(min(pair), max(pair)) for pair in pairs.tolist()}


def memory(name: str) -> int:
    """Bytes of the process now ("VmRSS") or at most ("VmHWM")."""
    (found,) = re.findall(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return 1024 * int(found)


def measure(m: int) -> str:
    """Row of the table for M directions."""
    activations, basis, pairs = planted(m)
    engine = srm.ResonanceEngine(activations, basis)
    del basis
    epsilon = engine.auto_epsilon()
    Path("/proc/self/clear_refs").write_text("5")  # forget the largest so far
    before = memory("VmRSS")
    began, busy = time.perf_counter(), time.process_time()
    found = engine.coactive(epsilon=epsilon)
    spent, busy = time.perf_counter() - began, time.process_time() - busy
    grown = (memory("VmHWM") - before) / 1e9
    hits = sum((i, j) in pairs for i, j in found.planes[: len(pairs)].tolist())
    began = time.perf_counter()
    partners = engine.coactive(epsilon=epsilon, partners_of=int(found.planes[0, 0]), top=5)
    alone = time.perf_counter() - began
    assert np.array_equal(partners.planes[0], found.planes[0])
    seconds, most = BARS.get(m, (0, 0.0))
    return (
        f"| {m:,} | {epsilon:g} | {found.n_found:,} | {hits} of {len(pairs)} "
        f"| {spent:.1f} s (bar {seconds}), {busy:.1f} s of a core "
        f"| {grown:.2f} GB (bar {most:g}) | {alone:.1f} s |"
    )


def growth(m: int) -> tuple[float, float]:
    """Seconds of a core for M directions at one ε for all M, and tests a sample.

    Samples are near to as many directions however many there are: what is tested for each must not
    grow, and the time no faster than N M.
    """
    activations, basis, _ = planted(m)
    engine = srm.ResonanceEngine(activations, basis)
    began = time.process_time()
    engine.coactive(epsilon=GROWTH_EPSILON)
    spent = time.process_time() - began
    close = run(close_pairs_steps(engine.basis))
    search = BetweenSearch(engine._store, engine.basis, GROWTH_EPSILON, close)
    return spent, run(search.n_tests_steps()) / N


def print_growth() -> None:
    """How the cost grows as M doubles, in processes of their own."""
    print(
        f"ε = {GROWTH_EPSILON:g} for all M, N = {N:,}\n\n"
        "| M | seconds of a core | times that of M / 2 | tests a sample |\n|---|---|---|---|"
    )
    before = None
    for m in GROWTH:
        asked = [sys.executable, "-c", f"from {__spec__.name} import *; print(*growth({m}))"]
        done = subprocess.run(asked, check=True, capture_output=True, text=True)
        spent, tests = map(float, done.stdout.split())
        ratio = "" if before is None else f"{spent / before:.2f}"
        print(f"| {m:,} | {spent:.1f} | {ratio} | {tests:,.0f} |", flush=True)
        before = spent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directions", type=int, nargs="*", default=[*BARS])
    parser.add_argument("--growth", action="store_true", help="how the cost grows as M doubles")
    asked = parser.parse_args()
    sizes: list[int] = asked.directions
    if asked.growth:
        print_growth()
        return
    if len(sizes) == 1:
        print(measure(sizes[0]))
        return
    print(
        f"N = {N:,} samples of {ACTIVE} directions in {D} dimensions, a tenth of these "
        f"near-duplicates; {os.cpu_count()} cores\n\n"
        "| M | ε | planes found | planted found | time | memory | partners of one |\n"
        "|---|---|---|---|---|---|---|"
    )
    for m in sizes:
        subprocess.run([sys.executable, "-m", "tests.bench.bench_coactive", str(m)], check=True)


if __name__ == "__main__":
    main()
