"""The experiments of notebook 07 on more seeds, whose tables it prints: ``make bench-paper``."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from notebooks.paper import colour, experiments
from notebooks.paper.experiments import InBasis
from notebooks.paper.functions import FUNCTIONS

FIRST_SEED = 30
"""Settings were chosen on seeds below."""

RESULTS = Path(experiments.__file__).with_name("results")
ROTATIONS = 59
WIDTHS = 4, 8, 16, 32
LEVEL = 0.05
TOLD = "sd from turned bases", "p ≤ 0.05"

Lines = Iterator[str]


def heading(*columns: str) -> Lines:
    yield f"| {' | '.join(columns)} |"
    yield "|---" * len(columns) + "|"


def told(networks: list[InBasis]) -> str:
    """Cells of a table: the statistic, its distance from turned bases, and how often p is low."""
    statistic = np.array([network.statistic for network in networks])
    effect = np.array([network.effect for network in networks])
    below = sum(network.p <= LEVEL for network in networks)
    return (
        f"{statistic.mean():+.2f} | {effect.mean():+.1f} ({effect.min():+.1f} … "
        f"{effect.max():+.1f}) | {below} of {len(networks)}"
    )


def thomson(seeds: range) -> Lines:
    """Tanh along M Thomson directions in a bottleneck of 16."""
    yield from heading("directions", "opposite pairs", "A(ε) in them", *TOLD, "A(ε) in others")
    for m in (17, 32, 64):
        found = [experiments.over_complete(m, seed, ROTATIONS) for seed in tqdm(seeds, f"M = {m}")]
        opposite = sorted({each.opposite for each in found})
        other = np.mean([each.other for each in found])
        yield (
            f"| {m} | {' or '.join(map(str, opposite))} | {told([each.own for each in found])} | "
            f"{other:+.2f} |"
        )


def autoencoders(name: str, width: int, seeds: range) -> list[InBasis]:
    """The networks of all seeds, several at once."""
    with ProcessPoolExecutor(
        os.cpu_count(), initializer=torch.set_num_threads, initargs=(1,)
    ) as pool:
        one = partial(experiments.autoencoder, name, width, rotations=ROTATIONS)
        return list(tqdm(pool.map(one, seeds), f"{name}, {width}", len(seeds)))


def isotropy(seeds: range) -> Lines:
    """Networks whose function has directions, and such whose function has none."""
    yield from heading("function", "A₄", *TOLD, "error")
    for name in FUNCTIONS:
        found = autoencoders(name, experiments.WIDTH, seeds)
        yield f"| {name} | {told(found)} | {np.mean([each.error for each in found]):.4f} |"


def widths(seeds: range) -> Lines:
    """Error and alignment of bottlenecks from narrow to wide."""
    yield from heading("function", "width", "error", "A₄", *TOLD)
    summed = []
    for name in ("tanh", "isotropic tanh"):
        errors, effects = defaultdict(list), defaultdict(list)
        for width in WIDTHS:
            found = autoencoders(name, width, seeds)
            errors[width] = [each.error for each in found]
            effects[width] = [each.effect for each in found]
            yield f"| {name} | {width} | {np.mean(errors[width]):.4f} | {told(found)} |"
        both = experiments.together(errors, effects)
        summed.append(f"| {name} | {both.correlation:+.2f} | {both.p:.2f} |")
    yield ""
    yield "Within each width, error against the distance from turned bases:"
    yield ""
    yield from heading("function", "rank correlation", "p")
    yield from summed


def grandmothers(seeds: range) -> Lines:
    """Directions of a network that tells photographs apart by their patches."""
    cut = colour.patches()
    columns = "candidates", "of them held", "turned bases, mean", "p ≤ 0.05", "photographs"
    yield from heading("network", "right", *columns)
    for name, (function, price) in colour.NETWORKS.items():
        trained = [colour.classifier(cut, function, seed, price) for seed in tqdm(seeds, name)]
        found = [colour.candidates(cut, each.activations, ROTATIONS) for each in trained]
        counts = [int(each.found.sum()) for each in found]
        held = [int(each.held.sum()) for each in found]
        labels = np.concatenate([each.labels[each.held] for each in found]).astype(int)
        often = np.bincount(labels, minlength=len(cut.names))
        named = ", ".join(f"{cut.names[k]} {often[k]}" for k in np.argsort(-often) if often[k])
        yield (
            f"| {name} | {np.mean([each.right for each in trained]):.0%} | {np.mean(counts):.1f} "
            f"({min(counts)} … {max(counts)}) | {sum(held)} of {sum(counts)} | "
            f"{np.mean([each.turned.mean() for each in found]):.2f} | "
            f"{sum(each.p <= LEVEL for each in found)} of {len(found)} | {named or 'none'} |"
        )


SECTIONS = {each.__name__: each for each in (thomson, isotropy, widths, grandmothers)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sections", nargs="*", default=list(SECTIONS), choices=SECTIONS)
    parser.add_argument("--seeds", type=int, default=4)
    asked = parser.parse_args()
    seeds = range(FIRST_SEED, FIRST_SEED + asked.seeds)
    torch.set_num_threads(1)
    for name in asked.sections:
        began = time.perf_counter()
        lines = list(SECTIONS[name](seeds))
        told_of = (
            f"`make bench-paper`: seeds {seeds.start} to {seeds.stop - 1}, {ROTATIONS} turned "
            f"bases each, torch {torch.__version__}, {time.perf_counter() - began:.0f} s"
        )
        text = "\n".join([told_of, "", *lines, ""])
        (RESULTS / f"{name}.md").write_text(text, encoding="utf-8")
        print(text)
        sys.stdout.flush()


if __name__ == "__main__":
    main()
