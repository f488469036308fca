"""Resonance of one plane, class by class."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float64, Int64

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class ClassCurves:
    """Lit samples of each class at each angle; the classes sum to the curve.

    Attributes
    ----------
    classes
        C names.
    sizes
        (C,) int64, samples of each class.
    angles
        (K,) float64 radians.
    counts
        (C, K) int64.
    n_samples
        N, of all classes.
    """

    classes: tuple[str, ...]
    sizes: Int64[np.ndarray, " classes"]
    angles: Float64[np.ndarray, " angles"]
    counts: Int64[np.ndarray, "classes angles"]
    n_samples: int

    @property
    def values(self) -> Float64[np.ndarray, "classes angles"]:
        """Counts / N: summed over the classes, the resonance f(θ)."""
        return self.counts / self.n_samples

    def to_dataframe(self) -> "pd.DataFrame":
        """Tidy table, one row a class and angle: label, angle, count, value."""
        import pandas as pd  # noqa: PLC0415

        columns = {
            "label": np.repeat(np.array(self.classes, dtype=object), len(self.angles)),
            "angle": np.tile(self.angles, len(self.classes)),
            "count": self.counts.ravel(),
            "value": self.values.ravel(),
        }
        return pd.DataFrame(columns)
