"""`ResonanceSource`: what a scope, a timeline or a page asks, of samples or of counts."""

from abc import ABC, abstractmethod
from collections.abc import Generator, Iterable
from typing import Any, SupportsIndex

import numpy as np
from jaxtyping import Float, Float64, Int64
from torch import Tensor

from srm_widget.concurrency.generators import Progress, blocking
from srm_widget.geometry import plane_index
from srm_widget.geometry.angular_grid import DEFAULT_RESOLUTION
from srm_widget.geometry.basis import Basis
from srm_widget.plane.beam import Beam
from srm_widget.results.coactive_planes import CoactivePlanes
from srm_widget.results.curves import ClassCurves, Resonance
from srm_widget.results.density import Density
from srm_widget.results.survey import Survey
from srm_widget.samples.groups import SampleGroups
from srm_widget.survey.directions import Directions
from srm_widget.survey.rotation_test import RotationTest
from srm_widget.survey.significance import Significance
from srm_widget.utils.callbacks import WeakCallbacks


class ResonanceSource(ABC):
    """What the resonance that is shown comes from: samples in an engine, or counts without them.

    Methods whose names end in ``_steps`` are described where `ResonanceEngine` has them; counts
    answer what they can, and raise ``ValueError`` where samples are needed.
    """

    @property
    @abstractmethod
    def basis(self) -> Basis:
        """The privileged basis."""

    @property
    def n_dims(self) -> int:
        """D, dimensions of the activations."""
        return self.basis.n_dims

    @property
    def n_directions(self) -> int:
        """M, directions of the basis."""
        return self.basis.n_directions

    @property
    def n_planes(self) -> int:
        """Unordered pairs of directions, M (M - 1) / 2."""
        return plane_index.n_planes(self.n_directions)

    @property
    @abstractmethod
    def n_samples(self) -> int:
        """N, samples; rows of zeros among them."""

    @property
    @abstractmethod
    def n_zero(self) -> int:
        """Rows of zeros among the samples: they have no direction and are lit only if ε ≤ 0.

        Rows that only count as such are among them: see `n_short`.
        """

    @property
    @abstractmethod
    def n_short(self) -> int:
        """Those of `n_zero` that are not zero, only shorter than the least norm."""

    @property
    @abstractmethod
    def preparation(self) -> str:
        """What is done to rows before they are brought to unit length, in words; "" for nothing."""

    @property
    @abstractmethod
    def groups(self) -> SampleGroups | None:
        """Groups of samples that hang together; None if each stands for itself."""

    @property
    @abstractmethod
    def n_dropped(self) -> int:
        """Rows left out because they held NaN or infinity."""

    @property
    def n_rows(self) -> int:
        """Rows of activations that were given, those dropped counted in."""
        return self.n_samples + self.n_dropped

    @property
    @abstractmethod
    def listeners(self) -> WeakCallbacks:
        """Bound methods to call after samples were appended."""

    @abstractmethod
    def append(self, batch: Any) -> None:
        """Add samples, (n, D), and call the listeners."""

    @property
    @abstractmethod
    def original(self) -> Any:
        """What a user knows this source as: the engine itself, or the counts."""

    @property
    @abstractmethod
    def has_samples(self) -> bool:
        """Whether samples are kept: they can be listed, drawn, sorted by class and saved."""

    def shares_samples(self, other: "ResonanceSource") -> bool:
        """Return whether the samples of `other` are the very same, and not a copy of them."""
        return self is other

    @property
    @abstractmethod
    def has_survey(self) -> bool:
        """Whether all planes i < j can be surveyed."""

    @property
    @abstractmethod
    def levels(self) -> list[float]:
        """Values that ε can take, rising; none where it can take any in [-1, 1]."""

    @property
    @abstractmethod
    def fixed_resolution(self) -> int | None:
        """K, where all counts are at K equally spaced angles; None where any can be asked for."""

    @property
    @abstractmethod
    def questions(self) -> object:
        """Planes, levels of ε and angles that can be asked for, to be compared; None for any."""

    @abstractmethod
    def first_plane(self, *, epsilon: float | str | None = None) -> tuple[int, int]:
        """Return the first plane that there is, or, at an ε, one that is known to be lit there.

        Raises
        ------
        ValueError
            If no two directions span a plane.
        """

    @abstractmethod
    def counted_angle(self, theta: float) -> float | None:
        """Return the counted angle nearest to θ, radians; None where every angle can be counted."""

    @abstractmethod
    def auto_epsilon(self) -> float:
        """Return the ε to begin with."""

    @abstractmethod
    def resolved_epsilon(self, epsilon: float | str) -> float:
        """Return ε as a number: `auto_epsilon` for "auto", else `epsilon`, checked."""

    @abstractmethod
    def n_to_read(self, i: SupportsIndex, j: SupportsIndex, *, epsilon: float | str) -> int:
        """Return the cost of a curve, in samples to read."""

    @abstractmethod
    def survey_cost(self, epsilon: float) -> float:
        """Return the cost of a survey: projections to make, or where ε is small arcs to count."""

    @abstractmethod
    def survey_bytes(self, epsilon: float) -> int:
        """Return about how many bytes a survey takes at its peak, beyond what is held."""

    @property
    @abstractmethod
    def rows(self) -> Int64[np.ndarray, " kept"]:
        """Rows of the activations that the samples kept are, rising."""

    @abstractmethod
    def evenly_spaced(self, most: int) -> Int64[np.ndarray, " some"]:
        """Return at most `most` of `rows`, evenly spaced, rising."""

    @abstractmethod
    def checked_rows(self, rows: Any) -> Int64[np.ndarray, " some"]:
        """Return `rows` as int64, or raise ``IndexError`` if one is none of the samples kept."""

    @abstractmethod
    def preparation_of(self, rows: Any) -> str:
        """Return `preparation` of some rows alone."""

    @abstractmethod
    def unit_rows(self, rows: Any) -> Float[Tensor, "some dims"]:
        """Return the unit rows x̂ of some rows, (n, D)."""

    @abstractmethod
    def coordinates(
        self, i: SupportsIndex, j: SupportsIndex, indices: Any
    ) -> Float64[np.ndarray, "some 2"]:
        """Return the in-plane coordinates of some rows in the plane (i, j), (n, 2)."""

    @abstractmethod
    def radii(self, i: SupportsIndex, j: SupportsIndex) -> Float64[np.ndarray, " kept"]:
        """Return the in-plane radii of the samples kept in the plane (i, j)."""

    @abstractmethod
    def curve_steps(
        self,
        i: SupportsIndex,
        j: SupportsIndex,
        *,
        epsilon: float | str,
        resolution: SupportsIndex = DEFAULT_RESOLUTION,
        angles: Any = None,
    ) -> Generator[Resonance | None, None, Resonance]:
        """Compute the resonance of the plane (i, j)."""

    curve = blocking(curve_steps)

    @abstractmethod
    def class_curves_steps(
        self,
        i: SupportsIndex,
        j: SupportsIndex,
        labels: Any,
        *,
        epsilon: float | str,
        resolution: SupportsIndex = DEFAULT_RESOLUTION,
        angles: Any = None,
    ) -> Generator[float, None, ClassCurves]:
        """Compute the resonance of the plane (i, j) class by class."""

    class_curves = blocking(class_curves_steps)

    @abstractmethod
    def beam_steps(
        self,
        i: SupportsIndex,
        j: SupportsIndex,
        theta: float,
        *,
        epsilon: float | str,
        labels: Any = None,
        only: Iterable[int] | None = None,
        most: SupportsIndex | None = None,
    ) -> Generator[float, None, Beam]:
        """Return the samples inside the spotlight, or their number alone."""

    beam = blocking(beam_steps)

    @abstractmethod
    def inside(
        self, i: SupportsIndex, j: SupportsIndex, theta: float, *, epsilon: float | str
    ) -> Int64[np.ndarray, " inside"]:
        """Return the rows of the samples inside the spotlight, by falling cosine."""

    @abstractmethod
    def reach_steps(self, i: SupportsIndex, j: SupportsIndex) -> Generator[float, None, float]:
        """Return the largest ε at which the plane is lit."""

    reach = blocking(reach_steps)

    @abstractmethod
    def density_steps(
        self, i: SupportsIndex, j: SupportsIndex, *, bins: SupportsIndex = 128
    ) -> Generator[float, None, Density]:
        """Count the samples kept in square bins of the plane (i, j)."""

    density = blocking(density_steps)

    @abstractmethod
    def ensemble_density_steps(
        self,
        *,
        epsilon: float | str = "auto",
        raw: bool = True,
        bins: SupportsIndex = 128,
        extent: float | None = None,
        isotropic: bool = False,
        progress: Progress = None,
    ) -> Generator[float, None, Density]:
        """Count the samples kept in square bins of all planes laid over one another."""

    ensemble_density = blocking(ensemble_density_steps)

    @abstractmethod
    def directions_steps(
        self, *, epsilon: float | str, labels: Any = None
    ) -> Generator[float, None, Directions]:
        """Count the samples along each basis direction ±b_i."""

    directions = blocking(directions_steps)

    @abstractmethod
    def alignment_steps(
        self, *, epsilon: float | str | None = None
    ) -> Generator[float, None, float]:
        """Compute the alignment of all samples with the basis."""

    alignment = blocking(alignment_steps)

    @property
    @abstractmethod
    def participation(self) -> float:
        """Participation number n_eff: on how many directions a sample stands."""

    @abstractmethod
    def rotation_test_steps(
        self, *, null: str = "mean", rotations: SupportsIndex = 200, seed: SupportsIndex = 0
    ) -> Generator[float, None, RotationTest]:
        """Compare the alignment of all samples with that of random rotations of the basis."""

    @abstractmethod
    def significance_steps(
        self, *, epsilon: float | str, top: SupportsIndex = 100
    ) -> Generator[float, None, Significance]:
        """Compare the planes with the furthest out of all planes of turned bases."""

    @abstractmethod
    def significance_cost(self, epsilon: float | str) -> float:
        """Return what that takes with as few samples as it ever tests; 1 is a minute."""

    @abstractmethod
    def survey_steps(
        self,
        *,
        epsilon: float | str,
        resolution: SupportsIndex = DEFAULT_RESOLUTION,
        top: SupportsIndex = 100,
        by: str = "alignment",
        per_direction: SupportsIndex | None = None,
        progress: Progress = None,
    ) -> Generator[float, None, Survey]:
        """Survey all planes at once."""

    survey = blocking(survey_steps)

    @abstractmethod
    def coactive_steps(
        self,
        *,
        epsilon: float | str,
        top: SupportsIndex = 100,
        per_direction: SupportsIndex | None = None,
        partners_of: SupportsIndex | None = None,
        progress: Progress = None,
    ) -> Generator[float, None, CoactivePlanes]:
        """Find the pairs of directions that fire together."""

    coactive = blocking(coactive_steps)
