"""Resonance curves over angles, of planes and of classes, with their Wilson intervals."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float64, Int64

from srm_widget.geometry.fourfold import fourfold_error, mean_fourfold
from srm_widget.results.group_errors import GroupErrors
from srm_widget.results.isotropy import isotropic_fraction
from srm_widget.results.wilson_interval import CONFIDENCE, normal_quantile, wilson_interval
from srm_widget.utils.text import span_text

if TYPE_CHECKING:
    import pandas as pd

CURVE_COLUMNS = "i", "j", "angle", "count", "value"
"""Columns of a table of curves."""

MIRRORED_PROBES = [1, 0, 3, 2, 4, 7, 6, 5]
"""Where the probes of the plane (j, i) stand among those of (i, j); see `Resonance.probes`."""


@dataclass(frozen=True, eq=False, repr=False)
class Resonance:
    """Spotlight resonance of P planes at K angles, as NumPy arrays.

    Attributes
    ----------
    planes
        (P, 2) int64, the planes (i, j) in the order of the rows below.
    angles
        (K,) float64 θ in radians; θ = 0 is b_i and θ grows towards b_j.
    counts
        (P, K) int64, samples with x̂ · u(θ) ≥ ε.
    opposite
        (P, K) int64, the same at θ + π.
    probes
        (P, 8) int64, the same at the basis directions 0, α, π, π + α and at the four bisectors
        between them.
    n_lit
        (P,) int64, samples lit at some angle: those with an in-plane radius of at least ε.
    n_between
        (P,) int64, those of them that stand between two directions: cos 4φ < 0.
    fourfold
        (P,) int64, Σ cos 4φ over the lit samples, in units of 2⁻²⁴; see `alignment`.
    n_samples, n_dims
        N (rows of zeros counted in) and D.
    n_zero, n_dropped
        Rows that count as zeros; rows left out because they held NaN or infinity.
    epsilon
        ε, the cosine of the cone's half-angle.
    basis_angles
        (P,) float64 α in radians, where b_j stands in its plane; π/2 if it is orthogonal to b_i.
    n_short
        Those of `n_zero` that are not zero, only shorter than the least norm asked for.
    preparation
        What was done to the activations before they were brought to unit length, in words; "" for
        nothing.
    groups
        Cluster-robust errors, if the samples came in groups that hang together; None if each
        stands for itself.

    Examples
    --------
    >>> import srm_widget as srm
    >>> activations = [[3, 1, 0], [1, 3, 0], [0, 0, -2]]
    >>> resonance = srm.spotlight_resonance(activations, epsilon=0.8, resolution=8)
    >>> resonance
    Resonance(3 planes, 8 angles, epsilon=0.8, 3 samples in 3 dimensions)
    >>> resonance.values[0].round(2).tolist()  # of the plane (0, 1)
    [0.33, 0.67, 0.33, 0.0, 0.0, 0.0, 0.0, 0.0]
    >>> resonance.alignment.round(2).tolist(), resonance.n_lit.tolist()
    ([0.28, 1.0, 1.0], [2, 2, 2])
    """

    planes: Int64[np.ndarray, "planes 2"]
    angles: Float64[np.ndarray, " angles"]
    counts: Int64[np.ndarray, "planes angles"]
    opposite: Int64[np.ndarray, "planes angles"]
    probes: Int64[np.ndarray, "planes 8"]
    n_lit: Int64[np.ndarray, " planes"]
    n_between: Int64[np.ndarray, " planes"]
    fourfold: Int64[np.ndarray, " planes"]
    n_samples: int
    n_dims: int
    n_zero: int
    n_dropped: int
    epsilon: float
    basis_angles: Float64[np.ndarray, " planes"]
    n_short: int = 0
    preparation: str = ""
    groups: GroupErrors | None = None

    def __post_init__(self) -> None:
        # The arrays are frozen too: a result may be shown while a user computes with it.
        for name, value in vars(self).items():
            if isinstance(value, np.ndarray):
                object.__setattr__(self, name, _read_only(value))

    def __repr__(self) -> str:
        n_planes, n_angles = self.counts.shape
        return (
            f"Resonance({n_planes} planes, {n_angles} angles, epsilon={self.epsilon:g}, "
            f"{self.n_samples} samples in {self.n_dims} dimensions{self._grouped}"
            f"{self.preparation and ', ' + self.preparation})"
        )

    @property
    def _grouped(self) -> str:
        return "" if self.groups is None else f", {self.groups.n_groups} groups"

    @cached_property
    def values(self) -> Float64[np.ndarray, "planes angles"]:
        """Resonance f(θ) = counts / N, (P, K)."""
        return _read_only(self.counts / self.n_samples)

    @cached_property
    def signed_counts(self) -> Int64[np.ndarray, "planes angles"]:
        """Counts of the signed resonance, counts(θ) - counts(θ + π), (P, K)."""
        return _read_only(self.counts - self.opposite)

    @cached_property
    def signed(self) -> Float64[np.ndarray, "planes angles"]:
        """Signed resonance s(θ) = f(θ) - f(θ + π), (P, K)."""
        return _read_only(self.signed_counts / self.n_samples)

    @cached_property
    def mean(self) -> Float64[np.ndarray, " angles"]:
        """Mean of f over the planes at each θ, (K,): the holistic view."""
        return _read_only(self.values.mean(axis=0))

    @cached_property
    def std(self) -> Float64[np.ndarray, " angles"]:
        """Standard deviation of f over the planes at each θ (population), (K,)."""
        return _read_only(self.values.std(axis=0))

    @cached_property
    def isotropic(self) -> float:
        """Fraction f0 that isotropic data of D dimensions would give at every θ."""
        return isotropic_fraction(self.epsilon, self.n_dims)

    @cached_property
    def gain(self) -> Float64[np.ndarray, "planes angles"]:
        """Gain f / f0, (P, K); infinite or NaN where f0 is 0."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return _read_only(self.values / np.float64(self.isotropic))

    @cached_property
    def excess(self) -> Float64[np.ndarray, "planes angles"]:
        """Excess f - f0, (P, K)."""
        return _read_only(self.values - self.isotropic)

    @cached_property
    def alignment(self) -> Float64[np.ndarray, " planes"]:
        """Alignment A(ε) of each plane with its two directions, (P,).

        The mean of cos 4φ over the `n_lit` samples that are lit at some angle: 1 if each of them
        stands on a basis direction, -1 if each stands halfway between two, 0 if neither, NaN where
        none is lit. φ is a sample's angle with the four directions 0, α, π and π + α moved to 0°,
        90°, 180° and 270°, linear between them; for α = 90°, cos 4φ = 1 - 8 a² c² / r⁴. A sample at
        the centre, which only ε ≤ 0 lights, stands at no angle and adds 0.

        It rests on `n_lit` samples: see `alignment_error`.
        """
        return _read_only(mean_fourfold(self.fourfold, self.n_lit))

    @cached_property
    def alignment_error(self) -> Float64[np.ndarray, " planes"]:
        """Standard error of `alignment`, (P,).

        1 / sqrt(2 n_lit), that of independent samples spread evenly over the angles; infinite
        where none is lit. Of samples in groups it is cluster-robust, see
        `srm_widget.results.group_errors.MeanErrors`.
        """
        if self.groups is not None:
            return _read_only(self.groups.alignment.error)
        return _read_only(fourfold_error(self.n_lit))

    @cached_property
    def arcs(self) -> Float64[np.ndarray, " planes"]:
        """Mean half-width of the lit samples' arcs in each plane, (P,) radians.

        What a cone resolves: a sample at the in-plane radius r is lit within arccos(ε / r) to
        either side, which in wide layers is far less than arccos ε. Read off the counts at the K
        angles, which are to be equally spaced; NaN where none is lit.
        """
        with np.errstate(invalid="ignore"):
            return _read_only(np.pi * self.counts.mean(axis=1) / self.n_lit)

    @cached_property
    def contrast(self) -> Float64[np.ndarray, " planes"]:
        """Contrast of f at the basis directions against f between them, (P,).

        The mean of f over {0, α, π, π + α}, minus its mean over the four bisectors between them,
        over their sum; NaN where both are 0. Its sign depends on how wide the cone is: a sample on
        a direction lights both bisectors beside it as soon as arccos(ε / r) > 45°, so that samples
        on the directions can have a negative contrast. `alignment` is what tells how they stand.
        """
        axes = self.probes[:, :4].sum(axis=1)
        between = self.probes[:, 4:].sum(axis=1)
        with np.errstate(invalid="ignore"):
            return _read_only((axes - between) / (axes + between))

    def interval(
        self, confidence: float = CONFIDENCE
    ) -> tuple[Float64[np.ndarray, "planes angles"], Float64[np.ndarray, "planes angles"]]:
        """Return the pointwise Wilson interval of f, as (low, high), each (P, K).

        Of samples in groups it is cluster-robust: Wilson's for as many samples as would tell as
        much if each stood for itself, see `srm_widget.results.group_errors.GroupErrors.samples`.

        Parameters
        ----------
        confidence
            In (0, 1).

        Returns
        -------
        low, high
            (P, K) float64 each, in [0, 1].

        Raises
        ------
        ValueError
            If `confidence` is not in (0, 1).

        Examples
        --------
        >>> import srm_widget as srm
        >>> activations = [[3, 1, 0], [1, 3, 0], [0, 0, -2]]
        >>> resonance = srm.spotlight_resonance(activations, epsilon=0.8, resolution=8)
        >>> low, high = resonance.interval()
        >>> low[0, 0].round(2).tolist(), high[0, 0].round(2).tolist()  # about 1 of 3
        (0.06, 0.79)
        """
        n: Any = self.n_samples
        if self.groups is not None:
            n = self.groups.samples(self.n_samples, confidence)
        return wilson_interval(self.values, n, confidence)

    def alignment_interval(
        self, confidence: float = CONFIDENCE
    ) -> tuple[Float64[np.ndarray, " planes"], Float64[np.ndarray, " planes"]]:
        """Return the interval of the `alignment` of each plane, as (low, high), each (P,).

        Of samples in groups it is cluster-robust: Wilson's of (1 + A) / 2, see
        `srm_widget.results.group_errors.MeanErrors`. Without groups `alignment_error` times the
        normal quantile to either side, within [-1, 1]: for samples that may stand anywhere.

        Parameters
        ----------
        confidence
            In (0, 1).

        Returns
        -------
        low, high
            (P,) float64 each, in [-1, 1]; NaN where nothing is lit.

        Raises
        ------
        ValueError
            If `confidence` is not in (0, 1).

        Examples
        --------
        >>> import srm_widget as srm
        >>> resonance = srm.spotlight_resonance([[9, 1], [1, 9]] * 8, epsilon=0.8)
        >>> low, high = resonance.alignment_interval()
        >>> low.round(2).tolist(), resonance.alignment.round(2).tolist(), high.round(2).tolist()
        ([0.56], [0.9], [1.0])
        """
        if self.groups is not None:
            return self.groups.alignment.interval(self.alignment, confidence)
        margin = normal_quantile(confidence) * self.alignment_error
        return (self.alignment - margin).clip(-1, 1), (self.alignment + margin).clip(-1, 1)

    def to_dataframe(self) -> "pd.DataFrame":
        """Return a tidy table, one row a plane and angle: i, j, angle, count, value.

        ``attrs["preparation"]`` has `preparation` where there is any.

        Examples
        --------
        >>> import srm_widget as srm
        >>> activations = [[3, 1, 0], [1, 3, 0], [0, 0, -2]]
        >>> resonance = srm.spotlight_resonance(activations, epsilon=0.8, resolution=8)
        >>> table = resonance.to_dataframe()
        >>> list(table.columns), len(table)
        (['i', 'j', 'angle', 'count', 'value'], 24)
        >>> table.loc[1, ["i", "j", "count"]].astype(int).tolist()
        [0, 1, 2]
        """
        import pandas as pd  # noqa: PLC0415

        n_planes, n_angles = self.counts.shape
        columns: tuple[Any, ...] = (
            np.repeat(self.planes[:, 0], n_angles),
            np.repeat(self.planes[:, 1], n_angles),
            np.tile(self.angles, n_planes),
            self.counts.ravel(),
            self.values.ravel(),
        )
        table = pd.DataFrame(dict(zip(CURVE_COLUMNS, columns, strict=True)))
        if self.preparation:
            table.attrs["preparation"] = self.preparation
        return table

    @staticmethod
    def stack(results: "list[Resonance]") -> "Resonance":
        """Join the planes of several results over the same samples and angles.

        Parameters
        ----------
        results
            At the same ε and angles, of the same samples.

        Returns
        -------
        Resonance
            Their planes, in this order.

        Raises
        ------
        ValueError
            If there is none.

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> curves = [engine.curve(0, j, epsilon=0.8, resolution=8) for j in (1, 2)]
        >>> srm.Resonance.stack(curves)
        Resonance(2 planes, 8 angles, epsilon=0.8, 3 samples in 3 dimensions)
        """
        if not results:
            raise ValueError("expected at least one result to stack")
        first, groups = results[0], [r.groups for r in results if r.groups is not None]
        return Resonance(
            planes=np.concatenate([r.planes for r in results]),
            angles=first.angles,
            counts=np.concatenate([r.counts for r in results]),
            opposite=np.concatenate([r.opposite for r in results]),
            probes=np.concatenate([r.probes for r in results]),
            n_lit=np.concatenate([r.n_lit for r in results]),
            n_between=np.concatenate([r.n_between for r in results]),
            fourfold=np.concatenate([r.fourfold for r in results]),
            n_samples=first.n_samples,
            n_dims=first.n_dims,
            n_zero=first.n_zero,
            n_dropped=first.n_dropped,
            epsilon=first.epsilon,
            basis_angles=np.concatenate([r.basis_angles for r in results]),
            n_short=first.n_short,
            preparation=first.preparation,
            groups=GroupErrors.stack(groups) if groups else None,
        )


@dataclass(frozen=True)
class ClassCurves:
    """Resonance curve of each class in one plane; summed over the classes, that of all samples.

    Attributes
    ----------
    classes
        Names of the C classes.
    sizes
        (C,) int64, samples of each class.
    angles
        (K,) float64 radians.
    counts
        (C, K) int64, lit samples of each class.
    n_samples
        N, samples of all classes.

    Examples
    --------
    >>> import srm_widget as srm
    >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
    >>> curves = engine.class_curves(0, 1, ["cat", "dog", "dog"], epsilon=0.8, resolution=4)
    >>> curves.classes, curves.counts.tolist(), curves.n_samples
    (('cat', 'dog'), [[1, 0, 0, 0], [0, 1, 0, 0]], 3)
    """

    classes: tuple[str, ...]
    sizes: Int64[np.ndarray, " classes"]
    angles: Float64[np.ndarray, " angles"]
    counts: Int64[np.ndarray, "classes angles"]
    n_samples: int

    def __repr__(self) -> str:
        return (
            f"ClassCurves({len(self.classes):,} classes of {span_text(self.sizes)} samples, "
            f"{len(self.angles)} angles, {self.n_samples:,} samples)"
        )

    @property
    def values(self) -> Float64[np.ndarray, "classes angles"]:
        """Counts / N, (C, K): summed over the classes, the resonance f(θ)."""
        return self.counts / self.n_samples

    def to_dataframe(self) -> "pd.DataFrame":
        """Return a tidy table, one row a class and angle: label, angle, count, value.

        Examples
        --------
        >>> import srm_widget as srm
        >>> engine = srm.ResonanceEngine([[3, 1, 0], [1, 3, 0], [0, 0, -2]])
        >>> curves = engine.class_curves(0, 1, ["cat", "dog", "dog"], epsilon=0.8, resolution=4)
        >>> table = curves.to_dataframe()
        >>> list(table.columns), table["count"].tolist()
        (['label', 'angle', 'count', 'value'], [1, 0, 0, 0, 0, 1, 0, 0])
        """
        import pandas as pd  # noqa: PLC0415

        columns = {
            "label": np.repeat(np.array(self.classes, dtype=object), len(self.angles)),
            "angle": np.tile(self.angles, len(self.classes)),
            "count": self.counts.ravel(),
            "value": self.values.ravel(),
        }
        return pd.DataFrame(columns)


def _read_only(array: np.ndarray) -> np.ndarray:
    """Return a view of an array that can not be written to."""
    view = array.view()
    view.flags.writeable = False
    return view
