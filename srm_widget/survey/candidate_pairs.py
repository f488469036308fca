"""Pairs of a plane and a sample that may be lit in it."""

from collections.abc import Iterator
from typing import NamedTuple

from jaxtyping import Float, Float64, Int64
from torch import Tensor


class CandidatePairs(NamedTuple):
    """Pairs of a plane and a sample that may be lit in it, and the coordinates that decide it.

    Attributes
    ----------
    planes
        Positions of the planes i < j.
    a, c
        In-plane coordinates x̂ · e1, x̂ · e2 of the sample.
    alpha
        α of the plane in radians; None where all directions are orthogonal.
    samples
        The samples; None where nobody asks which they are.
    """

    planes: Int64[Tensor, " candidates"]
    a: Float[Tensor, " candidates"]
    c: Float[Tensor, " candidates"]
    alpha: Float64[Tensor, " candidates"] | None
    samples: Int64[Tensor, " candidates"] | None = None

    @staticmethod
    def from_projections(
        planes: Tensor, a: Tensor, b: Tensor, g: Tensor | None, samples: Tensor | None = None
    ) -> "CandidatePairs":
        """Return the candidates of samples with the projections a = p_i and b = p_j.

        `g` is the cosine between the two directions; None where all are orthogonal.
        """
        if g is None:
            return CandidatePairs(planes, a, b, None, samples)
        return CandidatePairs(planes, a, (b - g * a) / (1 - g * g).sqrt(), g.acos(), samples)

    def split(self, most: int) -> "Iterator[CandidatePairs]":
        """Yield the candidates in parts of at most `most`."""
        for low in range(0, len(self.planes), most):
            part = slice(low, low + most)
            alpha = None if self.alpha is None else self.alpha[part]
            samples = None if self.samples is None else self.samples[part]
            yield CandidatePairs(self.planes[part], self.a[part], self.c[part], alpha, samples)
