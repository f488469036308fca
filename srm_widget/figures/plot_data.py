"""Data of a figure of one plane, in numbers and words."""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int64

from srm_widget.results.count_histogram import BAND_QUANTILES
from srm_widget.results.curves import Resonance
from srm_widget.results.survey import Survey
from srm_widget.samples.preparation import PART_SEPARATOR

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

EMPTY_NAME = "(empty)"
"""What stands for a class whose name shows nothing."""

MIN_VISIBLE_RADIUS = 0.01
"""In-plane radius below which a sample can not be told from the centre."""


@dataclass(frozen=True, eq=False)
class ClassAreas:
    """Areas of the classes that a curve is made up of.

    Attributes
    ----------
    names
        Names of the C classes.
    colours
        (C,) positions in `srm_widget.figures.palette.CLASSES`.
    counts
        (C, K) int64, samples of each class that are lit at each angle.
    """

    names: tuple[str, ...]
    colours: tuple[int, ...]
    counts: Int64[np.ndarray, "classes angles"]


@dataclass(frozen=True, eq=False)
class ComparisonLine:
    """Curve of another step, drawn over the one on show.

    Attributes
    ----------
    label
        Name of the step, with "before" or "after".
    values
        (K,) float64, f or s.
    """

    label: str
    values: Float64[np.ndarray, " angles"]


@dataclass(frozen=True, eq=False)
class EnsembleBands:
    """Quantiles of the curves of all lit planes, drawn behind that of one.

    Attributes
    ----------
    quantiles
        (5, K) float64, `BAND_QUANTILES` of f over the lit planes at K equal angles.
    n_lit, n_planes
        Lit planes, and all there are.
    """

    quantiles: Float64[np.ndarray, "shares angles"]
    n_lit: int
    n_planes: int

    @staticmethod
    def of(survey: Survey) -> "EnsembleBands":
        """Return those of a survey, of which a plane is lit."""
        quantiles = survey.quantiles(BAND_QUANTILES, lit=True)
        return EnsembleBands(quantiles, survey.n_lit, survey.n_planes)

    @property
    def text(self) -> str:
        """What the bands are, and of how many planes; as on the page."""
        lowest, low, _, high, highest = (round(100 * share) for share in BAND_QUANTILES)
        which = f"all {self.n_planes:,} planes"
        if self.n_lit < self.n_planes:
            which = f"{self.n_lit:,} lit planes of {self.n_planes:,}"
        if not self.quantiles.any():
            return f"{which}: {highest} % of them light nothing at any one angle"
        return f"{which}: median, {low}–{high}, {lowest}–{highest} %"


@dataclass(frozen=True, eq=False)
class PlanePlot:
    """Data of a figure of one plane with its spotlight.

    Attributes
    ----------
    resonance
        Resonance of the plane, P = 1.
    names
        Names of its two directions.
    theta
        θ of the spotlight, radians.
    n_lit
        Samples with x̂ · u(θ) ≥ ε.
    lit_angle
        Angle at which they were counted, radians, if that is not θ.
    title, step
        Title of the scope, and name of the step of its timeline; "" for none.
    signed
        Whether s(θ) is drawn in place of f(θ).
    gain
        Whether the radial scale is in multiples of f0.
    reach
        Largest in-plane radius of a sample, where nothing is lit; else None.
    classes
        Classes that f(θ) is made up of, if they are drawn.
    compared
        Curve of another step, if one is compared.
    ensemble
        Bands of all planes, if they were surveyed at this ε.
    """

    resonance: Resonance
    names: tuple[str, str]
    theta: float
    n_lit: int
    lit_angle: float | None = None
    title: str = ""
    step: str = ""
    signed: bool = False
    gain: bool = False
    reach: float | None = None
    classes: ClassAreas | None = None
    compared: ComparisonLine | None = None
    ensemble: EnsembleBands | None = None

    @property
    def alpha(self) -> float:
        """Angle α of the second direction, radians."""
        return float(self.resonance.basis_angles[0])

    @property
    def values(self) -> Float64[np.ndarray, " angles"]:
        """Values of the curve, f(θ) or s(θ), (K,)."""
        return self.resonance.signed[0] if self.signed else self.resonance.values[0]

    @property
    def plane(self) -> str:
        """Name of the plane, by its directions."""
        return " ∧ ".join(self.names)

    @property
    def facts(self) -> tuple[str, ...]:
        """Facts written below the figure: ε, θ, samples lit, isotropic expectation, preparation."""
        curve = self.resonance
        at = "" if self.lit_angle is None else f" at {degrees(self.lit_angle)}"
        share = percent(self.n_lit / curve.n_samples)
        return (
            f"ε = {curve.epsilon:.4g} ({half_angle(curve.epsilon)})",
            f"θ = {degrees(self.theta)}",
            f"lit {self.n_lit:,} of {curve.n_samples:,}, {share}{at}",
            f"isotropic {percent(curve.isotropic)}",
            *filter(None, curve.preparation.split(PART_SEPARATOR)),
        )

    @property
    def note(self) -> str:
        """Reason why there is no curve, "" if there is one."""
        epsilon = self.resonance.epsilon
        if self.resonance.counts.any():
            return ""
        if self.reach is None or self.reach < MIN_VISIBLE_RADIUS:
            return "No sample has a component in this plane."
        least = math.floor(100 * self.reach) / 100
        return f"Nothing is lit at ε = {epsilon:.4g}: lower ε to {least:g} or less."

    @property
    def summary(self) -> str:
        """Description of the figure in one sentence or two, as its alternative text."""
        curve = self.resonance
        before = "".join(f"{part}. " for part in (self.title, self.step) if part)
        return (
            f"{before}Plane {self.plane}: spotlight at {degrees(self.theta)} "
            f"{half_angle(curve.epsilon)}, {self.n_lit:,} of {curve.n_samples:,} samples lit; "
            f"isotropic data would light {percent(curve.isotropic)}."
        )


def percent(fraction: float) -> str:
    """Format a fraction in per cent, two significant digits or more; tiny ones as powers of ten."""
    value = 100 * fraction
    if 0 < value < 1e-3:
        return power_of_ten(fraction)
    digits = 1 if value >= 1 or value == 0 else 1 - math.floor(math.log10(value))
    return f"{value:.{digits}f}".removesuffix(".0") + " %"


def power_of_ten(value: float) -> str:
    """Format a value to one digit, as a multiple of a power of ten."""
    mantissa, exponent = f"{value:.0e}".split("e")
    return f"{mantissa} × 10{str(int(exponent)).translate(_SUPERSCRIPTS)}"


def degrees(theta: float) -> str:
    """Format an angle in degrees, to a tenth."""
    return f"{round(math.degrees(theta), 1) % 360:g}°"


def half_angle(epsilon: float) -> str:
    """Format the half-angle of the cone of ε, in degrees."""
    return f"±{math.degrees(math.acos(epsilon)):.0f}°"
