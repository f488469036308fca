"""Spotlight resonance, alignment and kurtosis of activations in one call each."""

from collections.abc import Generator, Iterable
from typing import Any, SupportsIndex

import numpy as np
import torch
from torch import Tensor

from srm_widget import basis as bases
from srm_widget.concurrency.generators import Progress, reported, run
from srm_widget.engine.engine import ResonanceEngine
from srm_widget.geometry import plane_index
from srm_widget.geometry.angular_grid import DEFAULT_RESOLUTION
from srm_widget.geometry.basis import Basis
from srm_widget.results.curves import Resonance
from srm_widget.samples.activations import as_differentiable, checked_width
from srm_widget.samples.fourth_moments import check_orthonormal, fourth_moments, kurtoses
from srm_widget.samples.store import NanPolicy
from srm_widget.utils.calls import explained


@explained
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
    center: Any = None,
    min_norm: float = 0.0,
    groups: Any = None,
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
        (N, D), one sample a row; a tensor, an array, a table or a list.
    basis
        `srm_widget.basis` or (M, D), one direction a row; None is the standard basis.
    planes
        "all", or pairs (i, j). All are searched at once (see `srm_widget.survey.search`); pairs of
        parallel directions span no plane and are left out: `Survey.parallel` names them.
    epsilon
        ε in [-1, 1], or "auto", as `ResonanceEngine.auto_epsilon` chooses it.
    resolution
        K ≥ 4 angles in the full turn.
    angles
        Any angles in radians instead.
    variant
        With planes="all": "combination" is i < j, "permutation" every ordered pair.
    nan_policy
        "raise", or "drop" to leave out rows with NaN or infinity.
    center, min_norm
        What to subtract from every row, and the norm below which a row then counts as one of zeros;
        see `ResonanceEngine`.
    groups
        One id a row, of samples that hang together: see `ResonanceEngine`. All planes are then
        counted one by one.
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

    Examples
    --------
    >>> import srm_widget as srm
    >>> activations = [[3, 1, 0], [1, 3, 0], [0, 0, -2]]
    >>> resonance = srm.spotlight_resonance(activations, epsilon=0.8, resolution=8)
    >>> resonance.planes.tolist()
    [[0, 1], [0, 2], [1, 2]]
    >>> resonance.counts[0].tolist()  # of 3 samples, at θ = 0°, 45°, 90°, … from b_0 towards b_1
    [1, 2, 1, 0, 0, 0, 0, 0]
    >>> resonance.n_lit.tolist(), resonance.alignment.round(2).tolist()
    ([2, 2, 2], [0.28, 1.0, 1.0])
    """
    checked = plane_index.checked_variant(variant)
    engine = ResonanceEngine(
        activations,
        basis,
        device=device,
        dtype=dtype,
        nan_policy=nan_policy,
        center=center,
        min_norm=min_norm,
        groups=groups,
    )
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


@explained
def alignment(activations: Any, basis: Any = None) -> Tensor:
    """Compute the alignment A₄ of activations with a privileged basis, differentiable, without ε.

    The mean of cos 4ψ over all planes of two directions and all samples, each weighed by r⁴, where
    a sample has the polar coordinates (r, ψ) in a plane: 1 if every sample stands on a direction,
    negative if samples stand between them, 0 in the mean over isotropic ones. In one pass, without
    going through the planes: with S = ⟨Σ_i p_i⁴⟩ and s = ⟨(Σ_i p_i²)²⟩ over unit samples,
    p_i = x̂ · b̂_i,

        A₄ = ((M + 2) S - 3 s) / ((M - 2) S + s).

    A sample exactly between two of M directions is on one of them in most planes: A₄ near 1 does
    not say that samples stand on single directions. s / S, on how many directions a sample stands
    (its participation number), belongs beside it.

    Parameters
    ----------
    activations
        (N, D), one sample a row, of any length; gradients reach a tensor. Rows of zeros, which have
        no direction, are left out; a sample that is not finite makes the result NaN.
    basis
        `srm_widget.basis` or (M, D), one direction a row, orthonormal; None is the standard basis.

    Returns
    -------
    torch.Tensor
        0-d, on the activations' device; float64 for float64, else float32. NaN if no sample has
        a direction.

    Raises
    ------
    ValueError, TypeError
        For input of another kind, or a basis that is not orthonormal: `kurtosis` takes any.

    Examples
    --------
    >>> import torch
    >>> import srm_widget as srm
    >>> srm.alignment(torch.eye(4)).item()  # every sample stands on a direction
    1.0
    >>> srm.alignment([[1.0, 1.0], [2.0, -2.0]]).item()  # every sample stands halfway between two
    -1.0
    >>> activations = torch.tensor([[3.0, 1.0], [1.0, 2.0]], requires_grad=True)
    >>> srm.alignment(activations).backward()
    >>> tuple(activations.grad.shape)
    (2, 2)
    """
    values, directions = _one_pass(activations, basis)
    check_orthonormal(directions, "srm.kurtosis(activations, basis) takes any")
    return fourth_moments(values, directions).alignment


@explained
def kurtosis(activations: Any, basis: Any = None) -> Tensor:
    """Compute the kurtosis of activations along every basis direction, differentiable.

    κ_i = ⟨p_i⁴⟩ D (D + 2) / 3 over unit samples, p_i = x̂ · b̂_i: 1 if samples are isotropic,
    more if few samples have much of the direction, D (D + 2) / 3 at most. It is measured so on
    residual streams by Elhage, Lasenby and Olah ("Privileged Bases in the Transformer Residual
    Stream", 2023), and is what A₄ is made of: see `alignment`.

    Parameters
    ----------
    activations
        (N, D), one sample a row, of any length; gradients reach a tensor. Rows of zeros, which have
        no direction, are left out; a sample that is not finite makes the result NaN.
    basis
        `srm_widget.basis` or (M, D), one direction a row; None is the standard basis.

    Returns
    -------
    torch.Tensor
        (M,), on the activations' device; float64 for float64, else float32. NaN if no sample has
        a direction.

    Raises
    ------
    ValueError, TypeError
        For input of another kind.

    Examples
    --------
    >>> import srm_widget as srm
    >>> kappa = srm.kurtosis([[3, 0, 0], [2, 0, 0], [0, 1, 1]])  # D (D + 2) / 3 = 5 at most
    >>> [round(each, 2) for each in kappa.tolist()]
    [3.33, 0.42, 0.42]
    """
    return kurtoses(*_one_pass(activations, basis))


def _one_pass(activations: Any, basis: Any) -> tuple[Tensor | np.ndarray, Basis]:
    """Return activations, checked but with their gradients, and the basis."""
    checked = as_differentiable(activations)
    directions = bases.standard(checked.shape[1]) if basis is None else bases.of(basis)
    checked_width(checked, directions.n_dims, directions.n_directions)
    return checked, directions
