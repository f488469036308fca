"""Timeline of engines: the resonance over training steps, checkpoints, layers or models."""

from collections.abc import Generator, Iterator, Sequence
from typing import Any, SupportsIndex, cast

import numpy as np
from jaxtyping import Float64

from srm_widget import basis as bases
from srm_widget.concurrency.generators import Progress, as_part, blocking, reported, run
from srm_widget.engine.as_source import as_source, as_step_source, check_none_beside
from srm_widget.engine.engine import ResonanceEngine
from srm_widget.engine.source import ResonanceSource
from srm_widget.engine.timeline_step import TestKey, TimelineStep
from srm_widget.geometry.plane_index import checked_pair
from srm_widget.geometry.turning import as_rotation, turned_bases
from srm_widget.results.null_band import NullBand, middle_of
from srm_widget.survey.rotation_test import RotationTest
from srm_widget.utils.callbacks import WeakCallbacks
from srm_widget.utils.calls import explain_calls
from srm_widget.utils.text import brief, well_formed
from srm_widget.utils.validation import integer, number

StepEpsilons = float | str | Sequence[float] | np.ndarray
"""ε of all steps, or one a step."""


@explain_calls
class Timeline:
    """Engines of equally many directions, one a step: epochs, checkpoints, layers or models.

    A scope on a timeline shows one step after another, and follows as more are recorded.

    Notes
    -----
    Engines are held as they are: samples may be appended to them. Activations are copied, as an
    engine does; the caches of an engine made here are no more than one more copy of them, or 1 MiB.

    Examples
    --------
    >>> import srm_widget as srm
    >>> timeline = srm.Timeline()
    >>> timeline.record([[1, 1, 0], [0, 1, 1]], "start")
    >>> timeline.record([[2, 0, 0], [0, 1, 0]], "end")
    >>> timeline
    Timeline(2 steps: 'start' … 'end', 3 directions)
    >>> timeline.ensemble().round(3).tolist()  # A₄ of each step
    [-0.333, 1.0]
    >>> timeline.alignment(0, 1, epsilon=0.8).tolist()  # of one plane
    [-1.0, 1.0]
    """

    def __init__(self) -> None:
        self._steps: list[TimelineStep] = []
        self._listeners = WeakCallbacks()

    def record(
        self, activations_or_engine: Any, label: str | None = None, basis: Any = None
    ) -> None:
        """Record a step; on an error the timeline is as it was.

        Parameters
        ----------
        activations_or_engine
            (N, D) activations, or a `ResonanceEngine`; N and D may differ from step to step. Or
            `ResonanceCounts`, if all steps are, at the same planes, levels of ε and angles. Samples
            that hang together come in an engine: ``record(ResonanceEngine(X, groups=…))``.
        label
            Name of the step; None is its number, counted from 0.
        basis
            `srm_widget.basis` or (M, D) directions of activations; None is the standard basis.

        Raises
        ------
        ValueError
            If the number M of directions differs from that of the steps before.
        TypeError
            If the label is no string, or a basis came beside an engine.

        Examples
        --------
        >>> import srm_widget as srm
        >>> timeline = srm.Timeline()
        >>> timeline.record([[3, 1, 0], [1, 3, 0]])
        >>> timeline.record(srm.ResonanceEngine([[0, 0, -2]]), "after training")
        >>> timeline.labels
        ['0', 'after training']
        """
        at = len(self)
        if label is None:
            label = str(at)
        if not isinstance(label, str):
            raise TypeError(f"expected the label of step {at} as a string, got {label!r}")
        engine = as_step_source(activations_or_engine, basis)
        if self._steps and engine.n_directions != self.n_directions:
            raise ValueError(
                f"expected {self.n_directions} directions, as many as in the steps before, "
                f"got {engine.n_directions} in step {at} ({label!r})"
            )
        self._check_same_kind(engine, f"step {at} ({label!r})")
        self._steps.append(TimelineStep(well_formed(label), engine))
        self._listeners.call()

    @classmethod
    def turning(
        cls,
        activations: Any,
        rotation: Any,
        steps: SupportsIndex = 41,
        *,
        basis: Any = None,
        **options: Any,
    ) -> "Timeline":
        """Return a timeline of the same activations, whose basis is turned from B to B Q.

        Step k has the basis B Qᵗ, t = k / (steps - 1): each plane in which Q turns is turned by t
        times its angle, the shorter way round. Of the standard basis the last step has the rows of
        Q, so that ``srm.basis.rotated(D, seed)`` is turned in, and so is the basis of the function
        Qᵀ σ(Q x). The first step has B itself and the last B Q itself, with the same counts as
        engines of these two. The samples are held once.

        Parameters
        ----------
        activations
            (N, D) activations; or a `ResonanceEngine`, whose samples are shared and not copied:
            what is appended to it is in all steps.
        rotation
            Q, (D, D) orthogonal with determinant +1; or such a `srm_widget.basis`.
        steps
            At least 2; both ends are among them.
        basis
            B, `srm_widget.basis` or (M, D) directions; None is the standard basis, or an engine's
            own.
        **options
            ``center``, ``min_norm``, ``groups``, ``nan_policy``, ``device`` and ``dtype`` as for
            `ResonanceEngine`, beside activations.

        Raises
        ------
        ValueError
            If Q is of another shape, not finite or not orthogonal, or a reflection, to which no
            turn leads; for activations as `ResonanceEngine`.
        TypeError
            For counts, which keep no samples, or for options beside an engine.

        Notes
        -----
        The caches of all steps together are an eighth of the samples at most. Directions between
        the two ends are computed when a step is looked at, and not held.

        Examples
        --------
        >>> import torch
        >>> import srm_widget as srm
        >>> rotation = [[0, 1, 0], [0, 0, 1], [1, 0, 0]]
        >>> turning = srm.Timeline.turning(torch.eye(3), rotation, steps=3)
        >>> turning.labels
        ['t = 0', 't = 0.5', 't = 1']
        >>> turning.ensemble().round(2).tolist()
        [1.0, -0.68, 1.0]
        """
        n_steps = integer("steps", steps, least=2)
        is_engine = isinstance(activations, ResonanceEngine)
        if is_engine and options:
            raise TypeError(
                f"expected no {', '.join(options)} beside an engine, which has its own; of "
                "activations turning makes an engine with them"
            )
        source = as_source(activations, None if is_engine else basis, **options)
        if not isinstance(source, ResonanceEngine):
            raise TypeError(
                "expected activations or a ResonanceEngine, got counts, which keep no samples that "
                "another basis could be counted in"
            )
        start = source.basis if basis is None else bases.of(basis)
        matrix = as_rotation(rotation, source.n_dims)
        if start.is_standard:
            last = bases.of(rotation)
        else:
            last = bases.of(start.directions.numpy() @ matrix)
        path = turned_bases(start, last, matrix, n_steps)
        made = cls()
        for k, engine in enumerate(source.in_bases(path)):
            made.record(engine, f"t = {round(k / (n_steps - 1), 3):g}")
        return made

    def __len__(self) -> int:
        return len(self._steps)

    def __copy__(self) -> "Timeline":
        """Return a timeline of the same engines, to which other steps can be recorded."""
        other = type(self)()
        other._steps = list(self._steps)  # noqa: SLF001
        return other

    def __getitem__(self, position: SupportsIndex) -> Any:
        return self.step(position).engine.original

    def __iter__(self) -> Iterator[Any]:
        return (step.engine.original for step in self._steps)

    def __repr__(self) -> str:
        if not self._steps:
            return "Timeline(no steps yet)"
        first, last = self._steps[0].label, self._steps[-1].label
        named = repr(first) if len(self) == 1 else f"{first!r} … {last!r}"
        steps = "1 step" if len(self) == 1 else f"{len(self):,} steps"
        return f"Timeline({steps}: {named}, {self.n_directions} directions)"

    @property
    def labels(self) -> list[str]:
        """Labels of the S steps."""
        return [step.label for step in self._steps]

    @property
    def n_directions(self) -> int:
        """M, directions of the basis of every step."""
        return self.step(0).engine.n_directions

    @property
    def listeners(self) -> WeakCallbacks:
        """Bound methods to call after a step was recorded."""
        return self._listeners

    def step(self, position: SupportsIndex) -> TimelineStep:
        """Return the step at a position, from the end if it is negative.

        Parameters
        ----------
        position
            0 … S - 1, or from the end, -1 … -S.

        Returns
        -------
        step
            With its ``label`` and its ``engine``.

        Raises
        ------
        IndexError
            If there is no such step.

        Examples
        --------
        >>> import srm_widget as srm
        >>> timeline = srm.Timeline()
        >>> timeline.record([[1, 1, 0], [0, 1, 1]], "start")
        >>> timeline.record([[2, 0, 0], [0, 1, 0]], "end")
        >>> timeline.step(-1).label, timeline[-1].n_samples
        ('end', 2)
        """
        at, n_steps = integer("step", position), len(self._steps)
        if not n_steps:
            raise IndexError("expected a timeline with at least one step, got none; record one")
        if not -n_steps <= at < n_steps:
            raise IndexError(f"expected a step in 0 … {n_steps - 1}, got {brief(at)}")
        return self._steps[at]

    def _check_same_kind(self, engine: ResonanceSource, what: str) -> None:
        """Check that `what` is of the kind of the steps before.

        Raises
        ------
        TypeError
            If one of them is an engine and the other counts.
        ValueError
            If they are counts of other planes, levels of ε or angles.
        """
        if not self._steps:
            return
        first = self._steps[0].engine
        if first.has_samples != engine.has_samples:
            before = "engines" if first.has_samples else "counts"
            raise TypeError(f"expected {before} alone, as in the steps before, got {what}")
        if first.questions != engine.questions:
            raise ValueError(
                f"expected counts of the same planes, epsilon and angles as in the steps before, "
                f"{first.original!r}, got {engine.original!r} in {what}"
            )

    def check_samples(self, what: str) -> None:
        """Raise ``ValueError`` if the steps are counts, without the samples that `what` needs."""
        if not self._steps[0].engine.has_samples:
            raise ValueError(f"expected no {what} beside counts, which keep no samples")

    def check_equal_rows(self, what: str) -> None:
        """Raise ``ValueError`` if the steps are not of equally many rows, as `what` needs."""
        self.check_samples(what)
        for k, step in enumerate(self._steps):
            rows, expected = step.engine.n_rows, self._steps[0].engine.n_rows
            if rows != expected:
                raise ValueError(
                    f"expected steps of equally many rows beside {what}, got {expected} in step 0 "
                    f"({self._steps[0].label!r}) and {rows} in step {k} ({step.label!r})"
                )

    def alignment_steps(
        self, i: SupportsIndex, j: SupportsIndex, *, epsilon: StepEpsilons
    ) -> Generator[float, None, Float64[np.ndarray, " steps"]]:
        """Compute the alignment A(ε) of the plane (i, j) in every step, (S,).

        NaN where nothing is lit, or where the two directions of a step are parallel. See
        `Resonance.alignment`.

        Parameters
        ----------
        i, j
            Directions.
        epsilon
            ε in [-1, 1], the same for all steps, or "auto" for that of the last step; or (S,), one
            a step: `auto_epsilons` has each step's own. At another ε other samples are lit, so that
            steps at one are easier to compare.

        Yields
        ------
        share
            Share done, rising to 1.

        Returns
        -------
        alignments
            (S,) float64 in [-1, 1].

        Raises
        ------
        IndexError
            If i equals j or either is out of range.
        ValueError
            If there is neither one ε nor one a step, or one is out of range.

        Examples
        --------
        >>> import srm_widget as srm
        >>> timeline = srm.Timeline()
        >>> timeline.record([[1, 1, 0], [0, 1, 1]], "start")
        >>> timeline.record([[2, 0, 0], [0, 1, 0]], "end")
        >>> timeline.alignment(0, 1, epsilon=0.8).tolist()
        [-1.0, 1.0]
        """
        pair = checked_pair(i, j, self.n_directions)
        fixed = self._resolved_epsilons(epsilon)
        found = np.empty(len(fixed))
        for k, step in enumerate(self._steps[: len(found)]):
            found[k] = step.alignment(*pair, fixed[k]).alignment
            yield (k + 1) / len(found)
        return found

    alignment = blocking(alignment_steps)

    def ensemble(
        self, *, epsilon: StepEpsilons | None = None, progress: Progress = None
    ) -> Float64[np.ndarray, " steps"]:
        """Compute the alignment of all samples with the basis in every step, (S,): A₄, or A(ε).

        See `ResonanceEngine.alignment`. NaN where no sample has a direction, or none is lit, and
        for A(ε) in counts of some planes alone.

        Parameters
        ----------
        epsilon
            None for A₄, which depends on no ε and takes orthonormal bases; else as for `alignment`.
        progress
            True for a progress bar; or a function, called with the share done from 0 to 1.

        Returns
        -------
        alignments
            (S,) float64.

        Raises
        ------
        ValueError
            For A₄ if the basis of a step is not orthonormal.

        Examples
        --------
        >>> import srm_widget as srm
        >>> timeline = srm.Timeline()
        >>> timeline.record([[1, 1, 0], [0, 1, 1]], "start")
        >>> timeline.record([[2, 0, 0], [0, 1, 0]], "end")
        >>> timeline.ensemble().round(3).tolist()
        [-0.333, 1.0]
        """
        return run(reported(self._ensemble_steps(epsilon), progress, "steps"))

    def _ensemble_steps(
        self, epsilon: StepEpsilons | None
    ) -> Generator[float, None, Float64[np.ndarray, " steps"]]:
        fixed: list[float | None] = [None] * len(self)
        if epsilon is not None:
            fixed[:] = self._resolved_epsilons(epsilon)
        found = np.empty(len(fixed))
        for k, step in enumerate(self._steps[: len(found)]):
            found[k] = yield from as_part(step.layer_steps(fixed[k]), k, len(found))
        return found

    def null_band_steps(
        self,
        *,
        rotations: SupportsIndex = 100,
        null: str = "mean",
        share: float = 0.95,
        seed: SupportsIndex = 0,
        progress: Progress = None,
    ) -> Generator[float, None, NullBand]:
        """Compute where A₄ lies in bases turned at random, in every step.

        A₄ of a step that is outside of this band is not what any basis has of such samples. The
        band is of each step by itself: with a basis that turns, or samples that move, it moves.
        See `ResonanceEngine.rotation_test`, whose draws these are.

        Parameters
        ----------
        rotations
            R ≥ 1, turned bases of each step.
        null
            What the rotations keep: "mean", the mean direction of the step's samples; "rotations",
            nothing.
        share
            Share of the turned bases in the band, between 0 and 1, the middle ones.
        seed
            Seed ≥ 0 of the rotations.
        progress
            True for a progress bar; or a function, called with the share done from 0 to 1.

        Returns
        -------
        NullBand
            ``low`` and ``high``, (S,) each.

        Raises
        ------
        ValueError
            If the basis of a step is not orthonormal, or steps are counts.

        Examples
        --------
        >>> import torch
        >>> import srm_widget as srm
        >>> timeline = srm.Timeline()
        >>> timeline.record(torch.eye(8))
        >>> band = timeline.null_band(rotations=40)
        >>> bool(band.high[0] < timeline.ensemble()[0]), band.rotations, band.n_samples
        (True, 40, 8)
        """
        middle = number(share, "share")
        if not 0 < middle < 1:
            raise ValueError(f"expected a share between 0 and 1, got {share!r}")
        self.step(0)
        key = integer("rotations", rotations, least=1), null, integer("seed", seed, least=0)
        self.check_samples("rotation test")
        for k, step in enumerate(self._steps):
            if not step.engine.basis.is_orthonormal:
                raise ValueError(
                    f"expected orthonormal bases for a band of A₄, got {step.engine.basis!r} in "
                    f"step {k} ({step.label!r}); engine.rotation_test(epsilon=…) takes any basis"
                )
        return reported(self._null_band_steps(key, middle), progress, "steps")

    def _null_band_steps(self, key: TestKey, share: float) -> Generator[float, None, NullBand]:
        steps, found = list(self._steps), []
        for k, step in enumerate(steps):
            found.append((yield from as_part(step.test_steps(key), k, len(steps))))
        return null_band(found, key, share)

    null_band = blocking(null_band_steps)

    def known_null_band(self, key: TestKey, share: float) -> NullBand:
        """Return the band as far as it is known; NaN where it is not."""
        return null_band([step.known_test(key) for step in self._steps], key, share)

    def auto_epsilons_steps(self) -> Generator[float, None, Float64[np.ndarray, " steps"]]:
        """Choose an ε for each step from its own samples, (S,): see `ResonanceEngine.auto_epsilon`.

        Where activations change much over the steps, one ε may leave some of them dark. `alignment`
        and `ensemble` take these.

        Yields
        ------
        share
            Share done, rising to 1.

        Returns
        -------
        epsilons
            (S,) float64.

        Examples
        --------
        >>> import srm_widget as srm
        >>> timeline = srm.Timeline()
        >>> timeline.record([[1, 1, 0], [0, 1, 1]], "start")
        >>> timeline.record([[2, 0, 0], [0, 1, 0]], "end")
        >>> timeline.auto_epsilons().tolist()
        [0.95, 0.95]
        """
        found = np.empty(len(self))
        for k, step in enumerate(self._steps[: len(found)]):
            found[k] = step.engine.auto_epsilon()
            yield (k + 1) / len(found)
        return found

    auto_epsilons = blocking(auto_epsilons_steps)

    def _resolved_epsilons(self, epsilon: StepEpsilons) -> list[float]:
        """Return the ε of each step, checked."""
        last = self.step(-1).engine
        try:
            shape = np.shape(epsilon)
        except ValueError:
            raise ValueError(
                f"expected one epsilon, or {len(self)}, one a step as from auto_epsilons(), got "
                f"{brief(epsilon)}, of rows of different lengths"
            ) from None
        if shape == ():
            return [last.resolved_epsilon(cast("float | str", epsilon))] * len(self)
        if shape != (len(self),):
            raise ValueError(
                f"expected one epsilon, or {len(self)}, one a step as from auto_epsilons(), got "
                f"shape {shape}"
            )
        each = zip(self._steps, cast("Sequence[float]", epsilon), strict=True)
        return [step.engine.resolved_epsilon(own) for step, own in each]

    @property
    def is_orthonormal(self) -> bool:
        """Whether the bases of all steps are orthonormal, as A₄ needs."""
        return all(step.engine.basis.is_orthonormal for step in self._steps)


def null_band(tests: Sequence[RotationTest | None], key: TestKey, share: float) -> NullBand:
    """Return the band of the tests of some steps, None where there is none yet."""
    rotations, kept, _ = key
    ends = np.full((2, len(tests)), np.nan)
    for k, test in enumerate(tests):
        if test is not None:
            ends[:, k] = middle_of(test.null, share)
    n_samples = min((test.n_samples for test in tests if test is not None), default=0)
    return NullBand(ends[0], ends[1], kept, rotations, share, n_samples)


def timeline_of(
    source: Any,
    basis: Any = None,
    *,
    center: Any = None,
    min_norm: float = 0.0,
    groups: Any = None,
    **options: Any,
) -> Timeline:
    """Return `source` if it is a timeline, else a timeline of one step made of it.

    Parameters
    ----------
    source
        (N, D) activations, `ResonanceEngine`, `ResonanceCounts` or `Timeline`.
    basis, center, min_norm, groups, **options
        As for `ResonanceEngine`, for activations.

    Raises
    ------
    TypeError
        If a basis, a centre, a least norm or groups came beside a timeline, an engine or counts.
    ValueError
        If there are no steps or no samples.
    """
    if not isinstance(source, Timeline):
        timeline = Timeline()
        own = as_source(source, basis, center=center, min_norm=min_norm, groups=groups, **options)
        timeline.record(own)
        return timeline
    owner = "a timeline, whose steps have their own"
    check_none_beside(owner, basis=basis, center=center, min_norm=min_norm, groups=groups)
    if not len(source):
        raise ValueError("expected a timeline with at least one step, got none; record one")
    return source
