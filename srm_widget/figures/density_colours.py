"""Colours of densities and of their ratios to isotropy, on light and on dark ground."""

from typing import NamedTuple

import numpy as np
from jaxtyping import UInt8
from matplotlib.colors import LinearSegmentedColormap, to_rgb

from srm_widget.figures import palette
from srm_widget.results.projective_grid import LEVELS


class Theme(NamedTuple):
    """Colours of nothing, of samples without a ratio, and of the scales from low to high."""

    ground: str
    unknown: str
    shares: tuple[str, ...]
    ratios: tuple[str, ...]

    def ramp(self, *, by_ratio: bool) -> LinearSegmentedColormap:
        """Return the colours of a scale."""
        colours = self.ratios if by_ratio else self.shares
        return LinearSegmentedColormap.from_list("density", colours, LEVELS)

    def table(self, *, by_ratio: bool) -> UInt8[np.ndarray, "codes 3"]:
        """Return the colours of the codes of `ProjectiveGrid.picture`, (66, 3) uint8."""
        ramp = self.ramp(by_ratio=by_ratio)
        scale = (ramp(k)[:3] for k in range(LEVELS))
        rows = [to_rgb(self.ground), to_rgb(self.unknown), *scale]
        return np.rint(255 * np.array(rows)).astype(np.uint8)


LIGHT = Theme(
    palette.GROUND,
    palette.AXIS,
    ("#d3e5f1", "#6fb1d8", palette.CURVE, "#003a5c"),
    ("#6f1d52", palette.NEGATIVE, "#e0b6cf", "#e9eaeb", "#9fc9e3", palette.CURVE, "#003a5c"),
)
DARK = Theme(
    "#15171a",
    "#7c8187",
    ("#12344a", "#1f6f9f", "#56b4e9", "#e3f3fc"),
    ("#d983b9", "#9c4c7e", "#5c3049", "#303438", "#1f5374", "#56b4e9", "#e3f3fc"),
)
