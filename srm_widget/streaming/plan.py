"""Count plans: the planes, levels of ε and angles at which a stream is counted, checked."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, SupportsIndex

import numpy as np
from jaxtyping import Int64

from srm_widget import basis as bases
from srm_widget.geometry import plane_index
from srm_widget.geometry.angular_grid import AngularGrid
from srm_widget.geometry.basis import Basis
from srm_widget.geometry.pair_geometry import PairGeometry
from srm_widget.geometry.plane_index import Variant
from srm_widget.results.isotropy import checked_epsilon
from srm_widget.samples.preparation import UNPREPARED, Preparation


@dataclass(frozen=True, eq=False)
class CountPlan:
    """Planes, levels of ε and angles at which to count, and what is done to rows before.

    Attributes
    ----------
    pairs
        Basis, and the geometry of its pairs of directions.
    epsilons
        Levels of ε, in the caller's order.
    resolution
        K, angles in the full turn.
    variant
        If all planes are counted: i < j alone, or both orders.
    chosen
        (P, 2) int64, the planes to count; None for all.
    preparation
        What is done to rows before they are brought to unit length.
    """

    pairs: PairGeometry
    epsilons: tuple[float, ...]
    resolution: int
    variant: Variant
    chosen: Int64[np.ndarray, "planes 2"] | None
    preparation: Preparation = UNPREPARED

    @cached_property
    def planes(self) -> Int64[np.ndarray, "planes 2"]:
        """Plane of each row of the counts, (P, 2) int64; of all planes those of any pair."""
        if self.chosen is not None:
            return self.chosen
        return ordered_planes(self.pairs.n_directions, self.variant)

    @property
    def n_planes(self) -> int:
        """P, rows of the counts."""
        if self.chosen is not None:
            return len(self.chosen)
        return plane_index.n_planes(self.pairs.n_directions, self.variant)

    @cached_property
    def existing(self) -> Int64[np.ndarray, " existing"]:
        """Rows of the counts whose two directions span a plane."""
        if self.chosen is not None or not self.pairs.n_skipped:
            return np.arange(self.n_planes)
        return np.flatnonzero(self.pairs.spans(self.planes))

    @cached_property
    def angles(self) -> AngularGrid:
        """The K angles of results."""
        return AngularGrid.uniform(self.resolution)

    @cached_property
    def grid(self) -> AngularGrid:
        """Angles to count at: those of results, and the opposite of each."""
        return AngularGrid.uniform(self.resolution * (1 + self.resolution % 2))

    def level(self, epsilon: float | None) -> int:
        """Return the index of `epsilon` among the levels; None is the only level.

        Raises
        ------
        ValueError
            If it was not counted; the message names the levels.
        """
        known = ", ".join(f"{level:g}" for level in self.epsilons)
        if epsilon is None:
            if len(self.epsilons) > 1:
                raise ValueError(f"expected epsilon as one of those counted, {known}, got None")
            return 0
        value = checked_epsilon(epsilon)
        if value not in self.epsilons:
            raise ValueError(f"expected epsilon as one of those counted, {known}, got {value:g}")
        return self.epsilons.index(value)

    def row(self, i: SupportsIndex, j: SupportsIndex) -> tuple[int, bool]:
        """Return the row of the plane (i, j), and whether it holds the mirror image (j, i).

        Raises
        ------
        TypeError, IndexError
            If i and j are not two different directions of the basis.
        ValueError
            If neither plane was counted, or the directions span none.
        """
        pair = self.pairs.basis.plane(i, j).pair
        for mirrored, (first, second) in enumerate((pair, pair[::-1])):
            if self.chosen is not None:
                found = np.flatnonzero((self.chosen == (first, second)).all(axis=1))
                if len(found):
                    return int(found[0]), bool(mirrored)
            elif first < second:
                return plane_index.rank(first, second, self.pairs.n_directions), bool(mirrored)
            elif self.variant == "permutation":
                m = self.pairs.n_directions
                return plane_index.n_planes(m) + plane_index.rank(first, second, m), False
        raise ValueError(f"expected one of the {self.n_planes} planes counted, got {pair}")

    def agrees(self, other: "CountPlan") -> bool:
        """Return whether counts of both plans may be added."""
        mine, theirs = self.pairs.basis, other.pairs.basis
        same_basis = mine is theirs or (
            mine.n_dims == theirs.n_dims
            and mine.n_directions == theirs.n_directions
            and mine.is_standard == theirs.is_standard
            and (mine.is_standard or bool((mine.directions == theirs.directions).all()))
        )
        return (
            same_basis
            and self.preparation.agrees(other.preparation)
            and self.epsilons == other.epsilons
            and self.resolution == other.resolution
            and (self.chosen is None) == (other.chosen is None)
            and np.array_equal(self.planes, other.planes)
        )


def as_basis(basis: Any) -> Basis:
    """Return a basis: of a number the standard one in as many dimensions, else that of its rows."""
    return bases.standard(basis) if isinstance(basis, int | np.integer) else bases.of(basis)


def make_plan(
    basis: Basis,
    epsilon: Any,
    resolution: Any,
    planes: Any,
    variant: str,
    *,
    preparation: Preparation = UNPREPARED,
) -> CountPlan:
    """Return the plan for `basis`; the other parameters are those of `ResonanceCounts`, checked."""
    preparation.check_width(basis.n_dims)
    pairs = PairGeometry.from_basis(basis)
    return CountPlan(
        pairs,
        checked_levels(epsilon),
        len(AngularGrid.uniform(resolution)),
        plane_index.checked_variant(variant),
        checked_planes(planes, pairs),
        preparation=preparation,
    )


def ordered_planes(n_directions: int, variant: Variant) -> Int64[np.ndarray, "planes 2"]:
    """Return all planes i < j by position; with "permutation" their mirror images follow."""
    pairs = plane_index.all_pairs(n_directions)
    return pairs if variant == "combination" else np.concatenate([pairs, pairs[:, ::-1]])


def checked_levels(epsilon: Any) -> tuple[float, ...]:
    """Return one ε or several as a tuple of different numbers in [-1, 1], or raise an error.

    Raises
    ------
    TypeError, ValueError
        If one is anything else, or comes twice.
    """
    if isinstance(epsilon, str):
        raise TypeError(
            f"expected epsilon as numbers in [-1, 1], got {epsilon!r}; what is counted as it comes "
            "needs ε beforehand: ResonanceEngine(some_of_it).auto_epsilon() suggests one"
        )
    several = isinstance(epsilon, Iterable) and np.ndim(np.asarray(epsilon, dtype=object)) > 0
    levels = tuple(checked_epsilon(value) for value in (epsilon if several else [epsilon]))
    if not levels:
        raise ValueError("expected at least one epsilon, got none")
    if len(set(levels)) < len(levels):
        raise ValueError(f"expected different levels of epsilon, got {list(levels)}")
    return levels


def checked_planes(planes: Any, pairs: PairGeometry) -> Int64[np.ndarray, "planes 2"] | None:
    """Return `planes` as (P, 2) int64, None for "all", or raise an error.

    Raises
    ------
    TypeError, ValueError, IndexError
        If they are not pairs of different directions that span a plane, or one comes twice.
    """
    if isinstance(planes, str) and planes == "all":
        return None
    found = plane_index.checked_pairs(planes, pairs.n_directions)
    for i, j in found:
        pairs.basis.plane(i, j)
    if len(set(found)) < len(found):
        twice = next(pair for pair in found if found.count(pair) > 1)
        raise ValueError(f"expected different planes, got {twice} twice")
    return np.array(found, dtype=np.int64)
