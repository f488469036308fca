"""Random problems with a class for every sample."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from hypothesis import strategies as st

import srm_widget as srm
from tests.unit.support import oracle
from tests.unit.support.cases import Case, cases, split

_CLASSES = st.sampled_from(["a", "b", "long\nname", None])


@dataclass(frozen=True)
class Labelled:
    """A case, the class of every row, and rows of NaN among them for an engine to drop."""

    case: Case
    labels: list[str | None]
    holes: frozenset[int]
    cuts: list[int]
    cache_bytes: int | None

    @property
    def pair(self) -> tuple[int, int]:
        return self.case.pair

    @cached_property
    def given(self) -> np.ndarray:
        """Rows as the engine gets them."""
        rows = self.case.samples.copy()
        rows[sorted(self.holes), 0] = np.nan
        return rows

    @cached_property
    def kept(self) -> np.ndarray:
        """Rows that are not dropped."""
        return np.array(sorted(set(range(len(self.labels))) - self.holes))

    @cached_property
    def names(self) -> list[str]:
        named = sorted({label for label in self.labels if label is not None})
        return named + ["no label"] * (None in self.labels)

    @cached_property
    def codes(self) -> np.ndarray:
        """Class of every row."""
        return np.array([self.names.index(label or "no label") for label in self.labels])

    @property
    def sizes(self) -> np.ndarray:
        return np.bincount(self.codes[self.kept], minlength=len(self.names))

    def engine(self, **keywords: Any) -> srm.ResonanceEngine:
        """Filled in steps, with a question between them."""
        keywords = {"cache_bytes": self.cache_bytes, "nan_policy": "drop"} | keywords
        engine = srm.ResonanceEngine(basis=self.case.basis, **keywords)
        for part in split(self.given, self.cuts):
            engine.append(part)
            if engine.n_samples:
                engine.curve(*self.pair, epsilon=self.case.epsilon, resolution=4)
        return engine

    def cosines(self, angles: Any) -> np.ndarray:
        """x̂ · u(θ) of every row by the oracle, (N, K)."""
        found = oracle.cosines(self.case.samples, self.case.directions, *self.pair, angles)
        return np.asarray(found.numpy())

    @property
    def tolerance(self) -> float:
        return oracle.tolerance(self.case.samples.dtype)


@st.composite
def labelled(draw: st.DrawFn, max_samples: int = 14) -> Labelled:
    case = draw(cases(max_samples))
    many = len(case.samples)
    labels = draw(st.lists(_CLASSES, min_size=many, max_size=many))
    holes = draw(st.sets(st.integers(0, many - 1), max_size=min(3, many - 1)))
    cuts = draw(st.lists(st.integers(0, 50), max_size=3))
    budget = draw(st.sampled_from([None, None, 0, 700]))
    return Labelled(case, labels, frozenset(holes), cuts, budget)
