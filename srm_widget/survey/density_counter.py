"""Counter of in-plane coordinates in square bins, of one plane or of many."""

from typing import NamedTuple, SupportsIndex

import torch
from jaxtyping import Float
from torch import Tensor

from srm_widget.geometry.square_bins import SquareBins
from srm_widget.results.density import Density
from srm_widget.results.isotropic_density import isotropic_counts_of_lengths
from srm_widget.samples.store import SampleStore
from srm_widget.survey.survey_memory import check_bins_memory
from srm_widget.utils.text import brief
from srm_widget.utils.validation import boolean, integer, number


class DensitySpec(NamedTuple):
    """What is counted.

    Attributes
    ----------
    epsilon
        Least in-plane share of the samples.
    bins
        Equal bins of each coordinate.
    raw
        Whether the coordinates are those of the raw activations.
    extent
        End of the last bin; None is 1 for directions, and what is found for raw ones.
    isotropic
        Whether to compute what isotropic directions of the samples' lengths would give.
    found
        Largest raw coordinate, once it is found; 0 if all are.
    """

    epsilon: float
    bins: int
    raw: bool
    extent: float | None
    isotropic: bool
    found: float | None = None

    @property
    def finds_extent(self) -> bool:
        """Whether the extent is to be found."""
        return self.raw and self.extent is None and self.found is None

    @property
    def holds_all(self) -> bool:
        """Whether no coordinate is beyond the last edge, but by rounding."""
        return self.extent is None or (not self.raw and self.extent >= 1)

    @property
    def end(self) -> float:
        """End of the last bin, once it is known."""
        known = self.found if self.extent is None else self.extent
        return known or 1.0

    def within(self, largest: float) -> "DensitySpec":
        """Return the same with the extent found: no coordinate is larger, but by rounding."""
        return self._replace(found=largest)


def checked_density_spec(
    epsilon: float,
    bins: SupportsIndex,
    raw: bool,
    extent: float | None,
    isotropic: bool,
) -> DensitySpec:
    """Return what is asked for; ε is checked already.

    Raises
    ------
    ValueError
        If there is no bin, or the extent is not positive and finite.
    TypeError
        If bins is no integer, the extent no number, or one of the others neither True nor False.
    MemoryError
        If there is no room for the bins.
    """
    n_bins = integer("bins", bins, least=1)
    check_bins_memory(n_bins)
    is_raw, is_compared = boolean("raw", raw), boolean("isotropic", isotropic)
    if extent is None:
        return DensitySpec(epsilon, n_bins, is_raw, None, is_compared)
    end = number(extent, "extent")
    if not 0 < end < float("inf"):
        raise ValueError(f"expected extent as a positive number, got {brief(extent)}")
    return DensitySpec(epsilon, n_bins, is_raw, end, is_compared)


class DensityCounter:
    """Counts coordinates in square bins, piece by piece.

    Parameters
    ----------
    spec
        What is counted, its extent found.
    device
        Of the coordinates.
    """

    def __init__(self, spec: DensitySpec, device: torch.device) -> None:
        self._spec = spec
        self._bins = SquareBins(spec.bins, spec.end, device, closed=spec.holds_all)
        self._counts = torch.zeros((spec.bins, spec.bins), dtype=torch.int64, device=device)

    def add(self, first: Float[Tensor, " some"], second: Float[Tensor, " some"]) -> None:
        """Count more samples by their two coordinates."""
        self._counts += self._bins.count(first, second)

    def density(self, store: SampleStore, n_samples: int, *, n_planes: int) -> Density:
        """Return the density of the first samples of a store, of so many planes."""
        spec, expected = self._spec, None
        if spec.raw and spec.isotropic:
            lengths = store.lengths[:n_samples].cpu().numpy()
            expected = n_planes * isotropic_counts_of_lengths(
                lengths, store.n_dims, spec.bins, spec.epsilon, spec.end
            )
        return Density(
            self._counts.cpu().numpy(),
            self._bins.edges,
            n_samples,
            store.n_dims,
            spec.raw,
            epsilon=spec.epsilon,
            n_planes=n_planes,
            n_outside=self._bins.n_outside,
            of_lengths=expected,
        )
