"""A uniform sample of a stream of unknown length."""

import operator
from typing import SupportsIndex

import numpy as np
from jaxtyping import Float64, Int64


class Reservoir:
    """Says which samples of a stream to keep, so that each is as likely as any other.

    Every sample draws a random key, and those with the smallest keys are kept. The keys depend on
    the seed and on how many samples came before, not on the batches they came in. What is kept
    lies in slots, 0 to `size` - 1; a sample that enters takes the slot of one that leaves.

    Parameters
    ----------
    size
        How many samples to keep, at least 1.
    seed
        Of the keys.
    """

    def __init__(self, size: SupportsIndex, seed: int) -> None:
        self.size = operator.index(size)
        if self.size < 1:
            raise ValueError(f"expected max_samples ≥ 1, got {self.size}")
        self.n_seen = 0
        self._random = np.random.default_rng(seed)
        self._keys: Float64[np.ndarray, " kept"] = np.empty(0)  # rising
        self._slots: Int64[np.ndarray, " kept"] = np.empty(0, dtype=np.int64)  # of the keys
        self._seen: Int64[np.ndarray, " kept"] = np.empty(0, dtype=np.int64)  # of the keys

    def __len__(self) -> int:
        return len(self._keys)

    def offer(
        self, many: int
    ) -> tuple[Int64[np.ndarray, " entering"], Int64[np.ndarray, " entering"]]:
        """Go on by `many` samples.

        Returns
        -------
        index
            Which of them enter, rising.
        slots
            Where each of those goes.
        """
        keys = self._random.random(many)
        index = self._lowest(keys)
        entering, kept = keys[index], len(self._keys)
        places = np.searchsorted(self._keys, entering, side="right") + np.arange(len(index))
        index = index[places < self.size]
        stay = min(kept, self.size - len(index))
        freed = self._slots[stay:]
        slots = np.concatenate([np.sort(freed), np.arange(kept, kept + len(index) - len(freed))])
        order = np.argsort(index)
        own = np.empty_like(slots)
        own[order] = slots
        at = np.searchsorted(self._keys[:stay], keys[index], side="right")
        self._keys = np.insert(self._keys[:stay], at, keys[index])
        self._slots = np.insert(self._slots[:stay], at, own)
        self._seen = np.insert(self._seen[:stay], at, self.n_seen + index)
        self.n_seen += many
        return index[order], slots

    def order(self) -> Int64[np.ndarray, " kept"]:
        """Slots in the order in which what lies in them was seen."""
        return self._slots[np.argsort(self._seen)]

    def _lowest(self, keys: Float64[np.ndarray, " many"]) -> Int64[np.ndarray, " few"]:
        """Samples that may enter, by rising key; of equal keys the first comes first."""
        index = np.arange(len(keys))
        if len(self._keys) == self.size:
            index = np.flatnonzero(keys < self._keys[-1])
        elif len(keys) > self.size:
            index = np.flatnonzero(keys <= np.partition(keys, self.size - 1)[self.size - 1])
        return index[np.argsort(keys[index], kind="stable")][: self.size]
