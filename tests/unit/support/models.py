"""Timelines of a few small models."""

import numpy as np

import srm_widget as srm


def timeline(*seeds: int, prefix: str = "epoch", dims: int = 4) -> srm.Timeline:
    """A step a seed, of normals of growing length: `prefix` and its number are the label."""
    made = srm.Timeline()
    for k, seed in enumerate(seeds):
        rows = np.random.default_rng(seed).standard_normal((80, dims)) * (1 + k)
        made.record(rows.astype(np.float32), f"{prefix} {k}")
    return made


def models() -> dict[str, srm.Timeline]:
    """Two models of three steps."""
    return {"one": timeline(1, 2, 3), "other": timeline(4, 5, 6)}
