"""Spotlight resonance of activations in one call."""

from collections.abc import Generator, Iterable
from typing import Any, SupportsIndex

import torch

from srm_widget.concurrency.generators import Progress, reported, run
from srm_widget.engine.engine import ResonanceEngine
from srm_widget.geometry import plane_index
from srm_widget.geometry.angular_grid import DEFAULT_RESOLUTION
from srm_widget.results.curves import Resonance
from srm_widget.samples.store import NanPolicy


def spotlight_resonance(
    activations: Any,
    basis: Any = None,
    *,
    planes: str | Iterable[Any] = "all",
    epsilon: float | str = "auto",
    resolution: SupportsIndex = DEFAULT_RESOLUTION,
    angles: Any = None,
    variant: str = "combination",
    nan_policy: NanPolicy = "raise",
    device: torch.device | str | None = None,
    dtype: Any = None,
    progress: Progress = False,
) -> Resonance:
    """Compute the spotlight resonance of activations in planes of a privileged basis.

    f_ij(θ) is the fraction of samples whose direction lies within the cone of half-angle arccos ε
    about u(θ), the unit vector at the angle θ in the plane of b_i and b_j (G. Bird, "The Spotlight
    Resonance Method", arXiv 2505.13471).

    Parameters
    ----------
    activations
        (N, D), one sample a row; anything ``torch.as_tensor`` takes.
    basis
        `srm_widget.basis` or (M, D), one direction a row; None is the standard basis.
    planes
        "all", or pairs (i, j). All are searched at once (see `srm_widget.survey.search`); pairs of
        parallel directions span no plane and are left out: `Survey.parallel` names them.
    epsilon
        ε in [-1, 1], or "auto": nine samples in ten are lit in some plane.
    resolution
        K ≥ 4 angles in the full turn.
    angles
        Any angles in radians instead.
    variant
        With planes="all": "combination" is i < j, "permutation" every ordered pair.
    nan_policy
        "raise", or "drop" to leave out rows with NaN or infinity.
    device, dtype
        Device and dtype to compute in, see `ResonanceEngine`.
    progress
        True for a progress bar; or a function, called with the share done, rising to 1.

    Returns
    -------
    Resonance
        One row a plane, in the order of `planes`.

    Raises
    ------
    ValueError, TypeError, IndexError
        For input of another kind; the message says what came and what was expected.
    """
    checked = plane_index.checked_variant(variant)
    engine = ResonanceEngine(activations, basis, device=device, dtype=dtype, nan_policy=nan_policy)
    if isinstance(planes, str) and planes == "all":
        steps = engine.curves_steps(
            epsilon=epsilon, resolution=resolution, angles=angles, variant=checked
        )
    else:
        steps = _plane_by_plane(
            engine,
            plane_index.checked_pairs(planes, engine.n_directions),
            epsilon,
            resolution,
            angles,
        )
    return run(reported(steps, progress, "planes"))


def _plane_by_plane(
    engine: ResonanceEngine,
    pairs: list[tuple[int, int]],
    epsilon: float | str,
    resolution: SupportsIndex,
    angles: Any,
) -> Generator[float, None, Resonance]:
    fixed = engine.resolved_epsilon(epsilon)
    # A plane right after its mirror image, whose counts are still kept.
    order = sorted(set(pairs), key=lambda pair: (min(pair), max(pair), pair))
    curves = {}
    for k, (i, j) in enumerate(order, 1):
        curves[i, j] = engine.curve(i, j, epsilon=fixed, resolution=resolution, angles=angles)
        yield k / len(order)
    return Resonance.stack([curves[pair] for pair in pairs])
