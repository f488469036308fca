r"""Lit arcs: the angles at which the spotlight lights each sample of a plane, in closed form.

A sample at in-plane coordinates (a, c) = r (cos ψ, sin ψ) has x̂ · u(θ) = r cos(θ - ψ). It is lit
where that reaches ε: nowhere if r < ε, everywhere if ε ≤ -r, and else on the closed arc
\|θ - ψ\| ≤ arccos(ε / r). So a curve is a count of overlapping arcs.
"""

import math
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Float64, Int32, Int64
from torch import Tensor

from srm_widget.geometry.angular_grid import TURN
from srm_widget.geometry.fourfold import CENTRE, fourfold_of_angles, fourfold_of_squares

NEARLY_FULL = 1e-7
"""Radians: an arc that misses less than this of the circle counts as the full circle.

At the missing angles r cos differs from ε by less than 1e-14, and rounding could swap the arc's
ends.
"""

CLOSING_MARGIN = 1e-13
"""Radians by which both ends of an arc are moved out, so that it is closed.

A sample exactly at ε is lit, so this is more than rounding moves an angle, however it was computed,
and less than the 1e-12 within which a cosine is a tie.
"""


_ROUNDING = 1e-6
"""Share by which a squared radius may be off in float32, and more."""


class Arcs(NamedTuple):
    """Samples that are lit somewhere, and the closed arc of angles that light each.

    Attributes
    ----------
    start, stop
        (n,) float64 radians in [0, 2π]; from start counter-clockwise to stop, through 0 where
        start > stop. The whole circle is from 0 to 2π.
    samples
        (n,) int64, the lit samples, rising.
    fourfold
        (n,) int32, cos 4φ of each in units of 1 / `FOURFOLD_UNIT`: whether it stands on a direction
        or between two; 0 for a sample at the centre, which stands at no angle.
    """

    start: Float64[Tensor, " lit"]
    stop: Float64[Tensor, " lit"]
    samples: Int64[Tensor, " lit"]
    fourfold: Int32[Tensor, " lit"]

    @property
    def nbytes(self) -> int:
        """Bytes of the arcs and the samples' indices."""
        return sum(t.nbytes for t in self)

    def at(self, theta: float) -> Int64[Tensor, " inside"]:
        """Return the samples lit at the angle `theta` in [0, 2π)."""
        after, before = self.start <= theta, self.stop >= theta
        inside = torch.where(self.start <= self.stop, after & before, after | before)
        return self.samples[inside]


class ArcBlock(NamedTuple):
    """Lit arcs of a run of `n_samples` samples that begins with sample `first`."""

    first: int
    n_samples: int
    arcs: Arcs


def least_lit_radius(epsilon: float) -> float:
    """Return the in-plane radius from which on a sample is lit at some angle, at ε.

    It is compared in float64, whatever the data: a comparison in float32 would round ε. A sample
    exactly at ε is lit, however its radius was rounded.
    """
    return epsilon * (1 - CLOSING_MARGIN)


def may_reach(
    a: Float[Tensor, " samples"], c: Float[Tensor, " samples"], radius: float
) -> Bool[Tensor, " samples"]:
    """Return which samples may be as far out as `radius`: all that are, and few others."""
    return (a * a).addcmul_(c, c) >= radius * radius * (1 - _ROUNDING)


def reaches(
    a: Float[Tensor, " samples"], c: Float[Tensor, " samples"], epsilon: float
) -> Bool[Tensor, " samples"]:
    """Return which samples are lit at some angle, at ε > 0: those of r = hypot(a, c) ≥ ε.

    Squares tell of all but those at ε.
    """
    least = least_lit_radius(epsilon)
    x, y = a.double(), c.double()
    beyond = torch.addcmul(x * x, y, y).sub_(least * least)
    found = beyond >= 0
    doubtful = (beyond.abs_() <= CLOSING_MARGIN).nonzero().squeeze(1)
    found[doubtful] = torch.hypot(x[doubtful], y[doubtful]) >= least
    return found


def lit_arcs(
    a: Float[Tensor, " samples"],
    c: Float[Tensor, " samples"],
    epsilon: float,
    alpha: float | Float64[Tensor, " samples"],
    offset: int = 0,
) -> Arcs:
    """Return the lit arcs of samples at in-plane coordinates (a, c); those never lit have none.

    Parameters
    ----------
    a, c
        (n,) x̂ · e1 and x̂ · e2.
    epsilon
        ε in [-1, 1], the cosine of the cone's half-angle.
    alpha
        α in radians, one for all samples or one a sample.
    offset
        Index of the first sample.
    """
    lit = _lit_samples(a, c, epsilon)
    middle = torch.atan2(lit.y, lit.x)
    fourfold = _fourfold(lit, epsilon, alpha, middle)
    radius = lit.radius
    half = (epsilon / radius).clamp_(-1, 1).acos_().add_(CLOSING_MARGIN)
    start = _wrapped(middle - half)
    stop = _wrapped(middle.add_(half))
    if epsilon <= 0:
        everywhere = (radius <= -epsilon) | (half >= math.pi - NEARLY_FULL)
        start.masked_fill_(everywhere, 0.0)
        stop.masked_fill_(everywhere, TURN)
    return Arcs(start, stop, lit.samples.add_(offset), fourfold)


def lit_fourfold(
    a: Float[Tensor, " samples"],
    c: Float[Tensor, " samples"],
    epsilon: float,
    alpha: float | Float64[Tensor, " samples"],
) -> tuple[Int64[Tensor, " lit"], Int32[Tensor, " lit"]]:
    """Return the samples that `lit_arcs` lights and cos 4φ of each, without their arcs.

    The parameters are those of `lit_arcs`.
    """
    lit = _lit_samples(a, c, epsilon)
    return lit.samples, _fourfold(lit, epsilon, alpha)


class _LitSamples(NamedTuple):
    """Samples that are lit somewhere: coordinates, their squares and the radius in float64."""

    samples: Int64[Tensor, " lit"]
    x: Float64[Tensor, " lit"]
    y: Float64[Tensor, " lit"]
    squares: tuple[Float64[Tensor, " lit"], Float64[Tensor, " lit"]]
    radius: Float64[Tensor, " lit"]


def _lit_samples(
    a: Float[Tensor, " samples"], c: Float[Tensor, " samples"], epsilon: float
) -> _LitSamples:
    if epsilon > 0:
        index = may_reach(a, c, epsilon).nonzero().squeeze(1)
        a, c = a.index_select(0, index), c.index_select(0, index)
    else:
        index = torch.arange(len(a), device=a.device)
    # In float64 from here on, so that only the rounding of a and c is left.
    x, y = a.double(), c.double()
    squares = x * x, y * y
    radius = (squares[0] + squares[1]).sqrt_()
    lit = radius >= least_lit_radius(epsilon)
    if not lit.all():
        index, x, y, radius = index[lit], x[lit], y[lit], radius[lit]
        squares = squares[0][lit], squares[1][lit]
    return _LitSamples(index, x, y, squares, radius)


def _fourfold(
    lit: _LitSamples,
    epsilon: float,
    alpha: float | Float64[Tensor, " samples"],
    psi: Float64[Tensor, " lit"] | None = None,
) -> Int32[Tensor, " lit"]:
    """Return cos 4φ of lit samples; `psi` is their angle, if it is known."""
    if isinstance(alpha, float) and alpha == math.pi / 2:
        fourfold = fourfold_of_squares(*lit.squares)
    else:
        angle = torch.atan2(lit.y, lit.x) if psi is None else psi
        own = alpha[lit.samples] if isinstance(alpha, Tensor) else alpha
        fourfold = fourfold_of_angles(angle, own)
    if epsilon < CENTRE:
        fourfold.masked_fill_(lit.radius < CENTRE, 0)
    return fourfold


def _wrapped(angles: Float64[Tensor, " lit"]) -> Float64[Tensor, " lit"]:
    """Wrap angles of [-2π, 2π] into [0, 2π], in place; a remainder would cost as much as atan2."""
    return angles.add_(angles < 0, alpha=TURN)
