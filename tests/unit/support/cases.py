"""Random problems small enough for the oracle, with the awkward ones among them."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import srm_widget as srm


@dataclass(frozen=True)
class Case:
    """Samples, directions and one question about them."""

    samples: np.ndarray
    basis: np.ndarray | None
    pair: tuple[int, int]
    epsilon: float
    resolution: int
    angles: np.ndarray | None

    @property
    def directions(self) -> np.ndarray:
        return np.eye(self.samples.shape[1]) if self.basis is None else self.basis

    @property
    def grid(self) -> np.ndarray:
        uniform = np.linspace(0.0, math.tau, self.resolution, endpoint=False)
        return uniform if self.angles is None else self.angles

    @property
    def asked(self) -> dict[str, Any]:
        """Keywords of a curve."""
        at = {"resolution": self.resolution} if self.angles is None else {"angles": self.angles}
        return {"epsilon": self.epsilon, **at}

    def engine(self) -> srm.ResonanceEngine:
        return srm.ResonanceEngine(self.samples, self.basis)


def _whole(rows: int, columns: int) -> st.SearchStrategy[np.ndarray]:
    """Small whole numbers: zero rows, repeated rows, samples on axes, on ties."""
    return arrays(np.float64, (rows, columns), elements=st.integers(-2, 2).map(float))


@st.composite
def _generic(draw: st.DrawFn, rows: int, columns: int) -> np.ndarray:
    """Gaussian rows of very different lengths."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    scale = 10.0 ** rng.integers(-6, 7, (rows, 1))
    return np.asarray(rng.standard_normal((rows, columns)) * scale)


def matrices(rows: int, columns: int) -> st.SearchStrategy[np.ndarray]:
    return st.one_of(_whole(rows, columns), _generic(rows, columns))


def spans(basis: np.ndarray, i: int, j: int) -> bool:
    """Whether two directions are far enough from parallel for the tolerance to hold."""
    lengths = np.linalg.norm(basis[[i, j]], axis=1)
    if lengths.min() == 0:
        return False
    cosine = basis[i] @ basis[j] / lengths.prod()
    return bool(1 - cosine * cosine > 1e-5)


@st.composite
def bases(draw: st.DrawFn, dims: int) -> np.ndarray | None:
    """None, or rows: orthogonal, turned, skew, fewer or more than there are dimensions."""
    kind = draw(st.sampled_from(["standard", "rotated", "simplex", "skew", "whole"]))
    if kind == "standard":
        return None
    if kind == "rotated":
        return np.asarray(srm.basis.rotated(dims, draw(st.integers(0, 999))))
    if kind == "simplex":
        return np.asarray(srm.basis.simplex(dims))
    many = draw(st.integers(2, 7))
    rows = draw(_whole(many, dims) if kind == "whole" else _generic(many, dims))
    rows[0, 0] += not rows.any()  # directions of zeros alone are refused
    return rows


EPSILONS = st.one_of(
    st.sampled_from([-1.0, 0.0, 1.0, -0.0, 0.5, -0.5, math.sqrt(0.5), 0.6, 0.8]),
    st.floats(-1.0, 1.0),
)
ANGLES = arrays(
    np.float64,
    st.integers(1, 9),
    elements=st.one_of(
        st.floats(-25.0, 25.0), st.integers(-30, 30).map(lambda k: k * math.pi / 12)
    ),
)
DTYPES = st.sampled_from([np.float32, np.float64])


@st.composite
def cases(draw: st.DrawFn, max_samples: int = 12) -> Case:
    dims = draw(st.integers(2, 6))
    samples = draw(matrices(draw(st.integers(1, max_samples)), dims)).astype(draw(DTYPES))
    basis = draw(bases(dims))
    directions = np.eye(dims) if basis is None else basis
    planes = existing_planes(directions)
    assume(planes)
    pair = draw(st.sampled_from(planes))
    resolution = draw(st.one_of(st.integers(4, 16), st.sampled_from([24, 36])))
    angles = draw(st.one_of(st.none(), ANGLES))
    return Case(samples, basis, pair, draw(EPSILONS), resolution, angles)


def existing_planes(directions: np.ndarray) -> list[tuple[int, int]]:
    """Ordered planes of a basis, those of parallel directions left out."""
    many = len(directions)
    return [(i, j) for i in range(many) for j in range(many) if i != j and spans(directions, i, j)]


def split(rows: np.ndarray, cuts: list[int]) -> list[np.ndarray]:
    """`rows` in consecutive parts, none of them empty."""
    inner = sorted({cut % len(rows) for cut in cuts} - {0})
    return np.split(rows, inner)


def triples(most: int) -> list[tuple[int, int, int]]:
    """Pythagorean triples (p, q, h) with h ≤ `most`, each in both orders of p and q.

    p / h is rounded up to float32 in some, down in others, and so is its square.
    """
    found = []
    for m in range(2, math.isqrt(most) + 1):
        for n in range(1 + m % 2, m, 2):
            p, q, h = m * m - n * n, 2 * m * n, m * m + n * n
            if math.gcd(m, n) == 1 and h <= most:
                found += [(p, q, h), (q, p, h)]
    return found
