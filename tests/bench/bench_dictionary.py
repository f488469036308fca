"""A scope on the directions of a dictionary: time and memory of its first picture, and of moves.

``make bench-large``, or with M and D ``python -m tests.bench.bench_dictionary 65536 2304``. In a
process of its own, in an event loop, as in a notebook; Linux only.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

import srm_widget as srm
from tests.bench.bench_coactive import memory

N = 2_000
BARS = 3.0, 1.0
"""Seconds to the first picture, and GB beyond the data that anything takes unasked."""


async def main(m: int, d: int) -> None:
    """Make a scope, show it, move it, and save it."""
    generator = torch.Generator().manual_seed(0)
    srm.SRMScope(torch.randn(50, 8, generator=generator))._repr_mimebundle_()  # what is loaded once
    activations = torch.relu(torch.randn(N, d, generator=generator))
    directions = torch.randn(m, d, generator=generator)
    before = memory("VmRSS")

    async def timed(what: str, act: Callable[[], object], *, turns: int = 50) -> float:
        began = time.perf_counter()
        act()
        took = time.perf_counter() - began
        for _ in range(turns):
            await asyncio.sleep(0.005)
        print(f"{what:<22} {took:6.2f} s   {(memory('VmHWM') - before) / 1e9:5.2f} GB at most")
        return took

    scopes: list[srm.SRMScope] = []
    first = await timed("made", lambda: scopes.append(srm.SRMScope(activations, directions)))
    (scope,) = scopes
    first += await timed("shown", scope._repr_mimebundle_)
    await timed("another plane", lambda: setattr(scope, "pair", (m // 2, m - 1)))
    await timed("another position", lambda: setattr(scope, "position", scope.engine.n_planes - 1))
    await timed("another epsilon", lambda: setattr(scope, "epsilon", 0.3))
    await timed("another angle", lambda: setattr(scope, "theta", 1.0))
    unasked = (memory("VmHWM") - before) / 1e9
    await timed("table of directions", lambda: setattr(scope, "table", True), turns=1_000)
    print(f"  {scope._table_frame['state']}")
    with TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        await timed("saved", lambda: scope.save_html(page, max_bytes=20 * m * d))
    print(f"{scope._map_frame['state']}: {scope._map_frame['hint']}")
    seconds, gigabytes = BARS
    is_met = first <= seconds and unasked <= gigabytes
    print(f"first picture {first:.2f} s, {unasked:.2f} GB unasked: {'met' if is_met else 'MISSED'}")


if __name__ == "__main__":
    if sys.platform != "linux":
        sys.exit("expected Linux, where a process tells what memory it takes")
    parser = argparse.ArgumentParser()
    parser.add_argument("m", type=int, nargs="?", default=24_576)
    parser.add_argument("d", type=int, nargs="?", default=768)
    asked = parser.parse_args()
    asyncio.run(main(asked.m, asked.d))
