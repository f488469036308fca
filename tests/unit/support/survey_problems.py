"""Random problems for surveys, and sizes of what is worked on at once."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Any

import jaxtyping
import numpy as np
import pytest
from hypothesis import strategies as st

import srm_widget as srm
from srm_widget.samples import coordinates, projections, store
from srm_widget.survey import arc_counts, close_candidates, search, sparse_counts
from tests.unit.support import oracle
from tests.unit.support.cases import DTYPES, EPSILONS, matrices
from tests.unit.support.plain_survey import VARIANTS

CLEAR = 1e-9
"""Farther than this from ε no rounding decides."""

_PLACES: dict[str, tuple[tuple[Any, str], ...]] = {
    "tests": ((search, "_TESTS"),),
    "projected": ((projections, "_PROJECTIONS_AT_ONCE"),),
    "block": ((store, "BLOCK"), (coordinates, "BLOCK")),
    "cells": ((sparse_counts, "_AT_ONCE"),),
    "candidates": ((search, "_CANDIDATES_AT_ONCE"),),
    "sparse": ((arc_counts, "_SPARSE"),),
    "planes": ((arc_counts, "_PLANES_AT_ONCE"),),
    "crowded": ((search, "_CROWDED"),),
    "apart": ((search, "_CLOSE_TEST"), (search, "_PROJECTION")),
    "kept": ((close_candidates, "_PROJECTIONS_KEPT"),),
    "close": ((close_candidates, "_TESTS"),),
}


@dataclass(frozen=True)
class Sizes:
    """What is worked on at once; from which share of anchors on every plane is tested, and what it
    is taken to cost to test close pairs apart.
    """

    tests: int = 1 << 20
    projected: int = 1 << 20
    block: int = 1 << 18
    cells: int = 1 << 18
    candidates: int = 1 << 17
    sparse: int = 4
    planes: int = 4096
    crowded: float = 1 / 6
    apart: float = 1.0
    kept: int = 1 << 24
    close: int = 1 << 20

    @contextmanager
    def used(self) -> Iterator[None]:
        """With these; without annotations enforced, which small parts would make slow."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(jaxtyping.config, "jaxtyping_disable", True)
            for field in fields(self):
                for module, name in _PLACES[field.name]:
                    patch.setattr(module, name, getattr(self, field.name))
            yield


ANCHORED, CROWDED = 2.0, -1.0
_SMALL = st.sampled_from([3, 17, 100, 1 << 18])
SIZES = st.builds(
    Sizes,
    tests=st.sampled_from([1, 7, 40, 1 << 20]),
    projected=_SMALL,
    block=_SMALL,
    cells=st.sampled_from([1, 7, 1 << 18]),
    candidates=_SMALL,
    sparse=st.sampled_from([1, 4, 1 << 40]),
    planes=st.sampled_from([1, 3, 4096]),
    crowded=st.sampled_from([ANCHORED, ANCHORED, CROWDED, 1 / 6]),
    apart=st.sampled_from([0.0, 1.0, 1e9]),
    kept=st.sampled_from([1, 1 << 24]),
    close=st.sampled_from([1, 60, 1 << 20]),
)


@dataclass(frozen=True)
class Problem:
    """Samples, directions and what of all planes is asked."""

    samples: np.ndarray
    basis: np.ndarray | None
    epsilon: float
    resolution: int
    variant: str

    @property
    def asked(self) -> dict[str, Any]:
        return {
            "epsilon": self.epsilon,
            "resolution": self.resolution,
            "variant": self.variant,
        }

    @property
    def directions(self) -> np.ndarray:
        return np.eye(self.samples.shape[1]) if self.basis is None else self.basis

    def engine(self, **keywords: Any) -> srm.ResonanceEngine:
        return srm.ResonanceEngine(self.samples, self.basis, **keywords)

    def is_clear(self) -> bool:
        """Whether rounding decides nothing: always so on the axes, where there is none."""
        if self.basis is None:
            return True
        basis = srm.basis.of(self.basis)
        unit = oracle.unit(self.samples).numpy()
        unit = unit[unit.any(axis=1)]
        grid = np.arange(self.resolution) * (math.tau / self.resolution)
        m = basis.n_directions
        return all(
            self._is_clear_in(unit, basis.plane(i, j), grid)
            for i in range(m)
            for j in range(m)
            if i != j and basis.spans(i, j)
        )

    def _is_clear_in(self, unit: np.ndarray, plane: Any, grid: np.ndarray) -> bool:
        a, c = unit @ plane.e1.numpy(), unit @ plane.e2.numpy()
        halves = np.arange(4) * (math.pi / 2)
        probes = np.concatenate([[0, math.pi], plane.alpha / 2 + halves, plane.alpha + halves])
        theta = np.concatenate([grid, grid + math.pi, probes])[:, None]
        reach = np.cos(theta) * a + np.sin(theta) * c
        distance = np.abs(reach - self.epsilon).min(initial=1.0)
        radius = np.abs(np.hypot(a, c) - abs(self.epsilon)).min(initial=1.0)
        return bool(min(distance, radius) > CLEAR)


@st.composite
def oblique(draw: st.DrawFn, dims: int) -> np.ndarray:
    """Bases other than the axes, with parallel, nearly parallel and dead directions among them."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    kind = draw(st.sampled_from(["rotated", "simplex", "thomson", "skew", "near", "parallel"]))
    if kind == "rotated":
        return np.asarray(srm.basis.rotated(dims, int(rng.integers(1000))))
    if kind == "simplex":
        return np.asarray(srm.basis.simplex(dims))
    many = draw(st.integers(2, 6))
    if kind == "thomson":
        # Two of them would be opposite: no plane at all.
        return np.asarray(srm.basis.thomson(many + 1, dims, int(rng.integers(5))))
    rows = rng.standard_normal((many, dims))
    if kind in ("near", "parallel"):
        copies = draw(st.integers(1, 5))
        apart = 0.0 if kind == "parallel" else 10.0 ** draw(st.integers(-6, -1))
        copied = rows[rng.integers(many, size=copies)] * rng.choice([-1.0, 2.0], (copies, 1))
        rows = np.vstack([rows, copied + apart * rng.standard_normal((copies, dims))])
    return with_dead(rows, rng) if draw(st.booleans()) else rows


def with_dead(rows: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Directions with one to three rows of zeros among them."""
    places = rng.integers(len(rows) + 1, size=rng.integers(1, 4))
    return np.insert(rows, places, 0.0, axis=0)


TINY = st.sampled_from([1e-3, 1e-6, 1e-30, 5e-324, -1e-30, 1 - 1e-9])
RESOLUTIONS = st.one_of(st.integers(4, 16), st.sampled_from([24, 25, 97, 360]))


@st.composite
def problems(draw: st.DrawFn, max_samples: int = 25) -> Problem:
    dims, many = draw(st.integers(2, 6)), draw(st.integers(1, max_samples))
    epsilon = draw(st.one_of(EPSILONS, st.floats(0.05, 0.95), TINY))
    asked = epsilon, draw(RESOLUTIONS), draw(st.sampled_from(VARIANTS))
    if draw(st.booleans()):
        rows = draw(matrices(many, dims)).astype(draw(DTYPES))
        return Problem(rows, None, *asked)
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows = rng.standard_normal((many, dims))
    rows[rng.random(many) < draw(st.sampled_from([0.0, 0.3]))] = 0.0
    return Problem(rows, draw(oblique(dims)), *asked)
