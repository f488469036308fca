"""Candidates in the planes of directions close to one another, each tested for every sample."""

from collections.abc import Iterator

import torch
from cachetools import LRUCache
from jaxtyping import Float64, Int64
from torch import Tensor

from srm_widget.geometry import plane_index
from srm_widget.geometry.pair_geometry import PairGeometry
from srm_widget.samples.projections import Projections
from srm_widget.samples.store import SampleStore
from srm_widget.survey.candidate_pairs import CandidatePairs

_PROJECTIONS_KEPT = 1 << 22
"""Projections that are kept for other planes of the same direction."""

_TESTS = 1 << 20
"""Planes times samples tested at once."""

_STEEP = 0.99
r"""\|g\| from which 1 - g² is rounded too much, and read off the directions."""

_SLACK = 1e-5
"""Candidates are taken from a little below ε: their projections are rounded."""


class CloseCandidates:
    r"""Candidates in the planes of pairs with \|g\| above a bound.

    No projection bounds in which of these planes a sample is lit: every sample is tested in each of
    them, in float64, on directions that are projected on once as long as there is room.

    Parameters
    ----------
    store, pairs
        Samples, and the pairs of directions of a basis.
    epsilon
        ε.
    since
        First sample to test.
    bound
        Pairs with a larger \|g\| are tested.
    with_samples
        Whether candidates tell which samples they are.
    """

    def __init__(
        self,
        store: SampleStore,
        pairs: PairGeometry,
        epsilon: float,
        since: int,
        bound: float,
        *,
        with_samples: bool = False,
    ) -> None:
        self._with_samples = with_samples
        self._store, self._basis, self._since = store, pairs.basis, since
        self._first, self._second, g = pairs.closer_than(bound)
        starts = plane_index.first_positions(self._first.numpy(), pairs.n_directions)
        self._positions = torch.from_numpy(starts) + self._second - self._first - 1
        self._g, self._sine = g, self._sines(g)
        self._min_squared_radius = (epsilon * (1 - _SLACK)) ** 2 if epsilon > 0 else -1.0
        self._projections = Projections(store, pairs.basis, torch.float64)
        self._n = len(store) - since
        most = max(2, _PROJECTIONS_KEPT // max(1, self._n))
        self._columns: LRUCache[int, Float64[Tensor, " samples"]] = LRUCache(most)

    def __len__(self) -> int:
        return len(self._g)

    def within(self, planes: range) -> Iterator[CandidatePairs]:
        """Yield the candidates in those of some planes that are of close directions."""
        ends = torch.tensor([planes.start, planes.stop])
        low, high = torch.searchsorted(self._positions, ends).tolist()
        at_once = max(1, min(self._columns.maxsize // 2, _TESTS // max(1, self._n)))
        for start in range(low, high, int(at_once)):
            yield self._candidates(slice(start, min(start + int(at_once), high)))

    def _candidates(self, some: slice) -> CandidatePairs:
        a, b = self._projected(self._first[some]), self._projected(self._second[some])
        g, sine = (each[some, None].to(a.device) for each in (self._g, self._sine))
        c = torch.addcmul(b, a, g, value=-1).div_(sine)
        pair, sample = (a * a + c * c >= self._min_squared_radius).nonzero().unbind(1)
        positions, alpha = (
            each.to(a.device)[pair]
            for each in (self._positions[some], torch.atan2(self._sine[some], self._g[some]))
        )
        samples = sample + self._since if self._with_samples else None
        return CandidatePairs(positions, a[pair, sample], c[pair, sample], alpha, samples)

    def _projected(self, directions: Int64[Tensor, " pairs"]) -> Float64[Tensor, "pairs samples"]:
        """Return the projections on some directions, of all samples that are tested."""
        wanted = directions.tolist()
        missing = sorted({i for i in wanted if i not in self._columns})
        if missing:
            rows = torch.tensor(missing)
            parts = [
                self._projections.project_on(rows, columns)
                for _, columns in self._store.blocks(self._since)
            ]
            self._columns.update(zip(missing, torch.cat(parts, dim=1), strict=True))
        return torch.stack([self._columns[i] for i in wanted])

    def _sines(self, g: Float64[Tensor, " pairs"]) -> Float64[Tensor, " pairs"]:
        """Return the sine of the angle between the two directions of each pair."""
        sines = (1 - g * g).sqrt()
        steep = (g.abs() > _STEEP).nonzero().squeeze(1)
        if not len(steep):  # as of the axes, whose matrix need not be made for nothing
            return sines
        for some in torch.split(steep, max(1, _TESTS // self._basis.n_dims)):
            first, second = (self._basis.directions[k[some]] for k in (self._first, self._second))
            sines[some] = torch.linalg.vector_norm(second - g[some, None] * first, dim=1)
        return sines
