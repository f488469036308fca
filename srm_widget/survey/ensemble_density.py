"""In-plane coordinates of all planes laid over one another, counted in square bins."""

from collections.abc import Generator, Iterator

import torch
from jaxtyping import Float, Float64
from torch import Tensor

from srm_widget.geometry import plane_index
from srm_widget.geometry.arcs import reaches
from srm_widget.geometry.basis import Basis
from srm_widget.geometry.pair_geometry import PairGeometry
from srm_widget.results.density import Density
from srm_widget.samples.projections import Projections
from srm_widget.samples.store import SampleStore
from srm_widget.survey.candidate_pairs import CandidatePairs
from srm_widget.survey.density_counter import DensityCounter, DensitySpec
from srm_widget.survey.search import PlaneSearch
from srm_widget.survey.survey_memory import density_bytes, most_density_bytes
from srm_widget.utils.memory import available_bytes, bytes_text

_ROUNDING = 8
"""Times the spacing of floats at 1 by which a coordinate of a unit row may be off, and more."""

_EXTENT_SHARE = 0.1
"""Share of the work that finding the extent is taken for."""


def ensemble_density_steps(
    store: SampleStore, pairs: PairGeometry, spec: DensitySpec
) -> Generator[float, None, Density]:
    """Count the samples near to every plane, all planes laid over one another, in short steps.

    Yields the share done.
    """
    n_samples, done, largest = len(store), 0.0, 0.0
    if spec.finds_extent:
        done = _EXTENT_SHARE
        for share, found in extents(store, pairs.basis):
            largest = max(largest, found)
            yield done * share
        spec = spec.within(largest)
    counter = DensityCounter(spec, store.device)
    lengths = store.lengths if spec.raw else None
    search = PlaneSearch(store, pairs, spec.epsilon, with_samples=spec.raw)
    for step in search.steps() if n_samples else ():
        for candidates in step.split_candidates():
            counter.add(*_coordinates(candidates, spec.epsilon, lengths))
        yield done + (1 - done) * step.done
        store.check_size(n_samples)
    return counter.density(store, n_samples, n_planes=pairs.n_planes)


def extents(store: SampleStore, basis: Basis) -> Iterator[tuple[float, float]]:
    """Find an extent that holds the raw coordinates of all samples in all planes, in one pass.

    For an orthonormal basis that is the largest projection of a sample on a direction; in another
    basis coordinates can be larger than these, and the length of the longest sample bounds them.
    In any but the standard basis another order of sums rounds coordinates otherwise: the extent is
    larger by that, so that it holds them where it is stated too.

    Yields the share done and the extent of some samples; the largest is that of all.
    """
    lengths = store.lengths
    rounding = 0.0 if basis.is_standard else _ROUNDING * torch.finfo(store.dtype).eps
    if not basis.is_orthonormal:
        yield 1.0, float(lengths.max()) * (1 + rounding)
        return
    for share, _, offset, projected in Projections(store, basis, store.dtype).rows(0):
        own = lengths[offset : offset + projected.shape[1]]
        yield share, float(((projected.abs().amax(dim=0) + rounding) * own).max())


def check_density_memory(store: SampleStore, basis: Basis, spec: DensitySpec) -> None:
    """Raise ``MemoryError`` if the density of all planes takes more than there is left."""
    room = available_bytes()
    if room is None or most_density_bytes(store, basis, spec.bins) < room:
        return
    needed = density_bytes(store, basis, spec.epsilon, spec.bins)
    if needed > room:
        n_planes = plane_index.n_planes(basis.n_directions)
        raise MemoryError(
            f"expected a density that fits into the {bytes_text(room)} of memory that are left, "
            f"got one of {spec.bins:,} × {spec.bins:,} bins over {n_planes:,} planes at epsilon="
            f"{spec.epsilon:g}, which takes some {bytes_text(needed)}; density(i, j, …) of single "
            "planes, a larger epsilon, fewer bins or directions take less"
        )


def _coordinates(
    candidates: CandidatePairs, epsilon: float, lengths: Float64[Tensor, " samples"] | None
) -> tuple[Float[Tensor, " some"], Float[Tensor, " some"]]:
    """Return the coordinates of those candidates whose in-plane share reaches ε."""
    a, c, samples = candidates.a, candidates.c, candidates.samples
    if epsilon > 0:
        near = reaches(a, c, epsilon)
        if not near.all():
            a, c = a[near], c[near]
            samples = None if samples is None else samples[near]
    if lengths is None or samples is None:
        return a, c
    own = lengths.index_select(0, samples)
    return a * own, c * own
