"""Steps whose samples move towards the axes, as those of a layer in training may."""

from __future__ import annotations

import numpy as np

import srm_widget as srm
from srm_widget.engine.timeline import Timeline


def rows(step: int, n_samples: int = 300, n_dims: int = 5) -> np.ndarray:
    """Normal samples, raised to a power that grows with the step."""
    normal = np.random.default_rng(step).standard_normal((n_samples, n_dims))
    return (np.sign(normal) * np.abs(normal) ** (1 + step)).astype(np.float32)


def timeline(n_steps: int = 3, **more: int) -> Timeline:
    made = Timeline()
    for step in range(n_steps):
        made.record(srm.ResonanceEngine(rows(step, **more)), label=f"epoch {step}")
    return made
