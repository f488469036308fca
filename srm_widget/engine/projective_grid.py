"""Densities of all planes of several models at several steps."""

from collections.abc import Generator, Mapping, Sequence
from typing import Any, NamedTuple, SupportsIndex, cast

import numpy as np

from srm_widget.concurrency.generators import as_part
from srm_widget.engine.engine import ResonanceEngine
from srm_widget.engine.timeline import Timeline, timeline_of
from srm_widget.results.density import Density, checked_least
from srm_widget.results.projective_grid import ProjectiveGrid
from srm_widget.utils.text import brief, printable
from srm_widget.utils.validation import as_list, boolean

_MOST_STEPS = 6
"""Steps that are shown of each model, unless told which."""

_MOST_LETTERS = 200
"""Letters of a name or label."""

Steps = Sequence[SupportsIndex | str] | np.ndarray | None
"""Steps to show, by position or label; None for some, evenly spaced."""


class GridSpec(NamedTuple):
    """What is shown; as for `srm.projective_grid`."""

    epsilon: float | str
    steps: Steps
    raw: bool
    ratio: bool
    bins: SupportsIndex
    extent: float | None
    least: float


def grid_steps(models: Any, spec: GridSpec) -> Generator[float, None, ProjectiveGrid]:
    """Count all panels in short steps; yields the share done.

    Raises
    ------
    TypeError, ValueError, IndexError
        If `models` is no mapping of names to timelines, or there is no such step.
    """
    is_raw, by_ratio = boolean("raw", spec.raw), boolean("ratio", spec.ratio)
    least = checked_least(spec.least)
    timelines = _timelines(models)
    chosen = _chosen(timelines, spec.steps)
    engines = [
        [cast("ResonanceEngine", timeline[k]) for k in steps]
        for timeline, steps in zip(timelines.values(), chosen, strict=True)
    ]
    epsilon = _common_epsilon(timelines, spec.epsilon)
    labels = [
        [printable(timeline.labels[k], _MOST_LETTERS) for k in steps]
        for timeline, steps in zip(timelines.values(), chosen, strict=True)
    ]
    names = [printable(name, _MOST_LETTERS) for name in timelines]

    def steps() -> Generator[float, None, ProjectiveGrid]:
        flat = [engine for row in engines for engine in row]
        extent, first = spec.extent, 0
        if extent is None and is_raw:
            extent, first = 0.0, len(flat)
            for k, engine in enumerate(flat):
                own = yield from as_part(engine.coordinate_extent_steps(), k, 2 * len(flat))
                extent = max(extent, own)
            extent = extent or 1.0
        densities: list[Density] = []
        for k, engine in enumerate(flat, first):
            counting = engine.ensemble_density_steps(
                epsilon=epsilon,
                raw=is_raw,
                bins=spec.bins,
                extent=extent,
                isotropic=is_raw and by_ratio,
            )
            densities.append((yield from as_part(counting, k, first + len(flat))))
        n = len(chosen[0])
        rows = [densities[low : low + n] for low in range(0, len(densities), n)]
        return ProjectiveGrid(names, labels, rows, by_ratio, least)

    return steps()


def _timelines(models: Any) -> dict[str, Timeline]:
    if not isinstance(models, Mapping) or len(models) == 0:
        raise TypeError(
            f'expected models as {{"name": timeline, …}}, at least one, got {brief(models)}'
        )
    timelines = {}
    for name, source in models.items():
        if not isinstance(name, str):
            raise TypeError(f"expected names of models as strings, got {brief(name)}")
        timeline = timeline_of(source)
        timeline.check_samples(f"projective grid of {name!r}")
        timelines[name] = timeline
    return timelines


def _chosen(timelines: Mapping[str, Timeline], steps: Steps) -> list[list[int]]:
    """Return the positions of the steps of each model, equally many."""
    if steps is None:
        n = min(_MOST_STEPS, *map(len, timelines.values()))
        return [
            np.linspace(0, len(timeline) - 1, n).round().astype(int).tolist()
            if n > 1
            else [len(timeline) - 1]
            for timeline in timelines.values()
        ]
    try:
        wanted = as_list(steps)
    except TypeError:
        wanted = []
    if not wanted:
        raise TypeError(
            f"expected steps as a list of positions or labels, at least one, got {brief(steps)}"
        )
    return [
        [_position(name, timeline, step) for step in wanted] for name, timeline in timelines.items()
    ]


def _position(name: str, timeline: Timeline, step: Any) -> int:
    labels = timeline.labels
    if isinstance(step, str):
        if step not in labels:
            raise ValueError(
                f"expected steps as labels of {name!r}, {brief(labels)}, got {brief(step)}"
            )
        return labels.index(step)
    timeline.step(step)
    return range(len(labels))[step]


def _common_epsilon(timelines: Mapping[str, Timeline], epsilon: float | str) -> float:
    """Return one ε for all; of the automatic ones of the models' last steps the smallest."""
    last = [timeline.step(-1).engine for timeline in timelines.values()]
    return min(engine.resolved_epsilon(epsilon) for engine in last)
