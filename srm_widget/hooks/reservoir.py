"""Reservoir sampling: a uniform random choice from a stream of unknown length."""

from typing import SupportsIndex

import numpy as np
from jaxtyping import Float64, Int64

from srm_widget.utils.validation import integer


class Reservoir:
    """Uniform random choice of the samples of a stream to keep (reservoir sampling).

    Every sample draws a random key, and those with the smallest keys are kept. The keys depend on
    the seed and on how many samples came before, not on the batches they came in. The kept samples
    lie in slots, 0 to `size` - 1; a sample that enters takes the slot of one that leaves.

    Parameters
    ----------
    size
        How many samples to keep, at least 1.
    seed
        Seed of the keys.

    Attributes
    ----------
    n_seen
        Samples offered so far.
    """

    def __init__(self, size: SupportsIndex, seed: int) -> None:
        self.size = integer("max_samples", size, least=1)
        self.n_seen = 0
        self._random = np.random.default_rng(seed)
        self._keys: Float64[np.ndarray, " kept"] = np.empty(0)  # by slot
        self._seen: Int64[np.ndarray, " kept"] = np.empty(0, dtype=np.int64)  # by slot

    def __len__(self) -> int:
        return len(self._keys)

    def offer(
        self, n_samples: int
    ) -> tuple[Int64[np.ndarray, " entering"], Int64[np.ndarray, " entering"]]:
        """Choose which of the next `n_samples` samples to keep.

        Returns
        -------
        index
            Which of them enter, rising.
        slots
            Slot of each of those, rising.
        """
        keys, kept = self._random.random(n_samples), len(self)
        full = kept == self.size
        index = np.flatnonzero(keys < self._keys.max()) if full else np.arange(n_samples)
        stays = np.ones(kept + len(index), dtype=bool)
        if len(stays) > self.size:
            pool = np.append(self._keys, keys[index])
            stays[np.argpartition(pool, self.size)[self.size :]] = False
        index, freed = index[stays[kept:]], np.flatnonzero(~stays[:kept])
        slots = np.append(freed, np.arange(kept, kept + len(index) - len(freed)))
        added = np.zeros(len(index) - len(freed), dtype=np.int64)
        self._keys, self._seen = np.append(self._keys, added), np.append(self._seen, added)
        self._keys[slots] = keys[index]
        self._seen[slots] = self.n_seen + index
        self.n_seen += n_samples
        return index, slots

    def order(self) -> Int64[np.ndarray, " kept"]:
        """Return the slots in the order in which their samples were seen."""
        return np.argsort(self._seen)
