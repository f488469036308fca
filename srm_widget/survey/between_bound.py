r"""How near to both directions of a plane a sample is that is lit and stands between them.

Between two directions at the angle w a sample at the in-plane radius r, the share t of the way from
one to the other, has the projections r cos(w t) and r cos(w (1 - t)); w is α or 180° - α, one of
which is obtuse, and t is in [¼, ¾]. Let \|g\| ≤ G, and W = 180° - arccos G, the widest that w can
be; a is the larger of \|p_i\| and \|p_j\|, b the smaller.

- *Between*: b / a is least at t = ¼, where it is cos(¾ w) / cos(¼ w) = 2 cos(½ w) - 1, and falls as
  w grows: b ≥ a (2 cos(½ W) - 1) = a (sqrt(2 (1 - G)) - 1), or 0 if that is less.
- *Lit*: r² = (p_i - p_j)² / (2 (1 - g)) + (p_i + p_j)² / (2 (1 + g)) is convex in g, so that it is
  largest at one of ± G: ε² ≤ r² ≤ (a² + b² + 2 G a b) / (1 - G²), and b ≥ -G a + sqrt((1 - G²)
  (ε² - a²)) where a < ε.

The first bound rises with a, the second falls; they meet where the sample is exactly at ε and at
t = ¼.
"""

import math

import torch
from jaxtyping import Float64
from torch import Tensor

_SLACK = 1e-5
"""Share by which ε is taken lower, and bounds after it, so that rounding leaves nothing out."""


class BetweenBound:
    r"""Bound on the smaller of \|p_i\| and \|p_j\| of samples that are lit and between.

    Parameters
    ----------
    epsilon
        ε > 0.
    cosine
        G, the largest \|g\|; at 1 there is no bound left.
    """

    def __init__(self, epsilon: float, cosine: float) -> None:
        widest = math.pi - math.acos(cosine)
        self._lit = epsilon * (1 - _SLACK)
        self._cosine, self._squared_sine = cosine, 1 - cosine * cosine
        self._share = max(0.0, math.sqrt(2 * (1 - cosine)) - 1) * (1 - _SLACK)
        turn = math.cos(widest / 4) if self._share > 0 else math.sqrt(self._squared_sine)
        self._turn = self._lit * turn

    def smaller(self, larger: Float64[Tensor, " some"]) -> Float64[Tensor, " some"]:
        """Return what b is at least, of samples with these a."""
        beyond = (self._lit**2 - larger * larger).clamp_(min=0).mul_(self._squared_sine).sqrt_()
        lit = beyond.sub_(larger, alpha=self._cosine)
        return torch.maximum(lit, larger * self._share).clamp_(min=0).mul_(1 - _SLACK)

    def least(self, largest: Float64[Tensor, " samples"]) -> Float64[Tensor, " samples"]:
        r"""Return what b is at least, of samples whose largest \|p\| on any direction is given."""
        return self.smaller(largest.clamp(max=self._turn))
