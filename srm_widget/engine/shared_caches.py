"""Caches of engines of the same samples: within one bound, only the one asked last has any."""

from dataclasses import dataclass

from srm_widget.geometry.basis import Basis
from srm_widget.plane.plane_queries import PlaneQueries
from srm_widget.survey.surveyor import Surveyor


@dataclass(frozen=True, eq=False)
class EngineCaches:
    """What an engine answers questions with, and keeps answers in."""

    basis: Basis
    queries: PlaneQueries
    surveyor: Surveyor

    @property
    def nbytes(self) -> int:
        """Bytes of the caches."""
        return self.queries.nbytes + self.surveyor.nbytes

    def bound(self, max_bytes: int) -> None:
        """Keep at most `max_bytes` of what is computed of the samples."""
        self.queries.bound(max_bytes * 3 // 4)
        self.surveyor.bound(max_bytes // 4)

    def clear(self) -> None:
        """Keep nothing that can be computed anew."""
        self.bound(0)
        self.surveyor.forget_pairs()
        self.basis.forget_planes()


class SharedCaches:
    """Bound of the caches of several engines together: the engine asked last has all of it.

    Whoever looks at one engine for a while gets quick answers, and those that were looked at before
    take no memory.

    Parameters
    ----------
    max_bytes
        Most bytes that they keep together.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._owner: EngineCaches | None = None

    def __reduce__(self) -> tuple[type["SharedCaches"], tuple[int]]:
        return SharedCaches, (self._max_bytes,)  # what is kept can be computed anew

    def alone(self) -> "SharedCaches":
        """Return the same bound, for engines that share nothing with these."""
        return SharedCaches(self._max_bytes)

    def claim(self, caches: EngineCaches) -> None:
        """Let `caches` keep what the bound allows, and all others nothing."""
        if self._owner is caches:
            return
        if self._owner is not None:
            self._owner.clear()
        self._owner = caches
        caches.bound(self._max_bytes)
