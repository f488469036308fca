r"""Where each sample is lit: the closed form of the spotlight.

A sample at in-plane coordinates (a, c) = r (cos ψ, sin ψ) has x̂ · u(θ) = r cos(θ - ψ). It is lit
where that reaches ε: nowhere if r < ε, everywhere if ε ≤ -r, and else on the closed arc
\|θ - ψ\| ≤ arccos(ε / r). So a curve is a count of overlapping arcs.
"""

import math
from typing import NamedTuple

import torch
from jaxtyping import Float, Float64, Int64
from torch import Tensor

from srm_widget.geometry.angular_grid import TURN

# An arc that misses less than this of the circle is taken as the whole of it: at the missing
# angle r cos differs from ε by less than 1e-14, and rounding could else turn the arc inside out.
_NEARLY_ALL = 1e-7

# Equality counts: an end is moved out by more than rounding moves an angle, so that it is lit by
# whatever road the angle came, and by less than the 1e-12 within which a cosine is a tie.
_CLOSED = 1e-13


class Arcs(NamedTuple):
    """Lit samples and the closed arcs of angles that light them.

    Attributes
    ----------
    start, stop
        (n,) float64 radians in [0, 2π]; from start counter-clockwise to stop, through 0 where
        start > stop. The whole circle is from 0 to 2π.
    samples
        (n,) int64, the lit samples, rising.
    """

    start: Float64[Tensor, " lit"]
    stop: Float64[Tensor, " lit"]
    samples: Int64[Tensor, " lit"]

    @property
    def nbytes(self) -> int:
        """Bytes of the three."""
        return sum(t.nbytes for t in self)

    def at(self, theta: float) -> Int64[Tensor, " inside"]:
        """Samples lit at the angle `theta` in [0, 2π)."""
        after, before = self.start <= theta, self.stop >= theta
        inside = torch.where(self.start <= self.stop, after & before, after | before)
        return self.samples[inside]


class ArcBlock(NamedTuple):
    """All arcs of the samples from `first` on, `n_samples` of them."""

    first: int
    n_samples: int
    arcs: Arcs


def lit_arcs(
    a: Float[Tensor, " samples"], c: Float[Tensor, " samples"], epsilon: float, offset: int = 0
) -> Arcs:
    """Arcs of the samples at in-plane coordinates (a, c) that are lit somewhere.

    Parameters
    ----------
    a, c
        x̂ · e1 and x̂ · e2.
    epsilon
        ε in [-1, 1], the cosine of the cone's half-angle.
    offset
        Added to the samples' indices.
    """
    if epsilon > 0:
        # Rows of zeros stay dark however small ε is, also where its square underflows.
        threshold = max(epsilon * epsilon, torch.finfo(a.dtype).tiny)
        index = ((a * a).addcmul_(c, c) >= threshold).nonzero().squeeze(1)
        a, c = a.index_select(0, index), c.index_select(0, index)
    else:
        index = torch.arange(len(a), device=a.device)
    # In float64 from here on, so that only the rounding of a and c is left.
    x, y = a.double(), c.double()
    middle = torch.atan2(y, x)
    radius = (x * x).addcmul_(y, y).sqrt_()
    half = (epsilon / radius).clamp_(-1, 1).acos_().add_(_CLOSED)
    start = _turned_up(middle - half)
    stop = _turned_up(middle.add_(half))
    if epsilon <= 0:
        everywhere = (radius <= -epsilon) | (half >= math.pi - _NEARLY_ALL)
        start.masked_fill_(everywhere, 0.0)
        stop.masked_fill_(everywhere, TURN)
    return Arcs(start, stop, index.add_(offset))


def _turned_up(angles: Float64[Tensor, " lit"]) -> Float64[Tensor, " lit"]:
    """Angles of [-2π, 2π] in [0, 2π], in place; a remainder would cost as much as atan2."""
    return angles.add_(angles < 0, alpha=TURN)
