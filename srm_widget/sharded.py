"""Surveys and densities of activations in shards, larger than one machine, over Dask."""

import math
import operator
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple, SupportsIndex

import numpy as np
import torch

from srm_widget import basis as bases
from srm_widget.concurrency.generators import run
from srm_widget.distributed.partial_survey import PartialSurvey
from srm_widget.engine.engine import ResonanceEngine
from srm_widget.geometry import plane_index
from srm_widget.geometry.angular_grid import DEFAULT_RESOLUTION, AngularGrid
from srm_widget.geometry.pair_geometry import PairGeometry
from srm_widget.results.density import Density
from srm_widget.results.isotropy import checked_epsilon
from srm_widget.results.survey import (
    Listed,
    Survey,
    checked_measure,
    checked_per_direction,
    checked_top,
)
from srm_widget.samples.activations import as_activations, checked_width, computing_dtype
from srm_widget.samples.auto_epsilon import AUTO_EPSILON_SAMPLES
from srm_widget.samples.moment_sums import MomentSums
from srm_widget.samples.preparation import Preparation, as_fixed_preparation
from srm_widget.samples.store import NanPolicy, SampleStore, as_sample_store, checked_nan_policy
from srm_widget.survey.column_counter import ColumnCounter, ColumnCounts
from srm_widget.survey.density_counter import DensitySpec, checked_density_spec
from srm_widget.survey.ensemble_density import ensemble_density_steps, extents
from srm_widget.survey.scores import EnsembleSums
from srm_widget.survey.surveyor import SurveySpec, as_survey
from srm_widget.utils.arrays import evenly_spaced
from srm_widget.utils.calls import explained
from srm_widget.utils.validation import integer

try:
    from dask.base import compute
    from dask.delayed import delayed

    from srm_widget.distributed.shards import ShardSource, sources_of
except ImportError as error:  # pragma: no cover - the tests have it
    raise ImportError(
        "srm_widget.sharded needs Dask: pip install 'dask[array]' distributed zarr"
    ) from error

_NO_SAMPLE = "expected at least one sample, got none that is finite"

_SPLIT_EVERY = 8
"""Parts that a task adds up."""

_BLOCK_BYTES = 2 << 30
"""Most bytes of the counts of a range of planes."""

_CELL_BYTES = 16


@explained
def survey(
    data: Any,
    basis: Any = None,
    *,
    epsilon: float | str,
    resolution: SupportsIndex = DEFAULT_RESOLUTION,
    variant: str = "combination",
    top: SupportsIndex = 100,
    by: str = "alignment",
    per_direction: SupportsIndex | None = None,
    rows: SupportsIndex | None = None,
    blocks: SupportsIndex | None = None,
    dtype: Any = None,
    nan_policy: NanPolicy = "raise",
    center: Any = None,
    min_norm: float = 0.0,
) -> Survey:
    """Survey all planes of activations in shards: the same as `ResonanceEngine.survey` of all.

    Runs where Dask runs: on the cluster of the current ``distributed.Client``, else on threads of
    this process. Each task counts a shard with the engine; whole numbers are added up in a tree, so
    that the result does not depend on which worker did what, how often or when. What a lost worker
    had is counted again.

    Parameters
    ----------
    data
        (N, D): a dask array or Zarr; a path of ``.npy`` files (one, a folder, a pattern) or of a
        Zarr, as the workers see it; or a sequence of such. Anything else with shape and slices is
        cut here and sent.
    basis
        `srm_widget.basis` or (M, D) directions; None is the standard basis.
    epsilon
        ε in [-1, 1]; "auto" reads 10,000 rows first, those that the engine would.
    resolution, variant, top, by, per_direction
        As for `ResonanceEngine.survey`.
    rows
        Most rows in a task; None is what takes 64 MiB, and for dask arrays their own chunks.
    blocks
        Into how many ranges of planes to cut the counts, each added up in a tree of its own; None
        is as many as keep one below 2 GiB where every plane is lit at every angle.
    dtype
        float32 or float64 to compute in; None is float64 for float64 data.
    nan_policy
        "raise", or "drop" to leave out rows with NaN or infinity.
    center
        (D,) to subtract from every row before it is brought to unit length; None is nothing.
    min_norm
        Rows shorter than this, once centred, count as rows of zeros; 0 is none.

    Returns
    -------
    Survey
        With the same integers as `ResonanceEngine.survey` of all rows.

    Raises
    ------
    ValueError, TypeError, IndexError, FileNotFoundError
        For input of another kind; the message says which shard.

    Examples
    --------
    >>> import numpy as np
    >>> import srm_widget as srm
    >>> shards = [np.array([[3.0, 1.0, 0.0], [1.0, 3.0, 0.0]]), np.array([[0.0, 0.0, -2.0]])]
    >>> survey = srm.sharded.survey(shards, epsilon=0.8)
    >>> survey
    Survey(3 planes, 3 of them lit, epsilon=0.8, 3 samples in 3 dimensions)
    >>> survey.planes.tolist(), survey.score.round(2).tolist()
    ([[0, 2], [1, 2], [0, 1]], [1.0, 1.0, 0.28])
    """
    listed = Listed(checked_measure(by), checked_top(top), checked_per_direction(per_direction))
    k, planes = len(AngularGrid.uniform(resolution)), plane_index.checked_variant(variant)
    reading = _reading(dtype, nan_policy, center, min_norm)
    sources, pairs = _sources_and_pairs(data, basis, rows, reading)
    fixed = _resolved_epsilon(epsilon, sources, pairs.basis, reading)
    spec = SurveySpec(fixed, k, planes)
    n_blocks = _n_blocks(pairs, spec) if blocks is None else integer("blocks", blocks, least=1)
    task = _TaskSpec(spec, n_blocks, reading)
    parts = compute(*_ensembles(sources, pairs, task))
    n_samples, n_short, moments, columns, _ = parts[0]
    if n_samples == 0:
        raise ValueError(_NO_SAMPLE)
    found = as_survey(
        EnsembleSums.join([part[-1] for part in parts]),
        spec,
        pairs,
        ColumnCounter(pairs.basis, fixed, torch.device("cpu"), columns).histograms(n_samples),
        moments=moments,
        listed=listed,
        preparation=reading.preparation.text(n_short),
    )
    own = partial(
        ResonanceEngine,
        basis=pairs.basis,
        dtype=reading.dtype,
        nan_policy=reading.nan_policy,
        center=center,
        min_norm=min_norm,
    )
    return replace(found, engine_of=own)


@explained
def ensemble_density(
    data: Any,
    basis: Any = None,
    *,
    epsilon: float | str,
    raw: bool = True,
    bins: SupportsIndex = 128,
    extent: float | None = None,
    isotropic: bool = False,
    rows: SupportsIndex | None = None,
    dtype: Any = None,
    nan_policy: NanPolicy = "raise",
    center: Any = None,
    min_norm: float = 0.0,
) -> Density:
    """Count in-plane coordinates of all planes laid over one another, of activations in shards.

    The same as `ResonanceEngine.ensemble_density` of all; runs as `survey` does. Where the extent
    of raw coordinates is to be found, the data are read once more, before.

    Parameters
    ----------
    data, basis
        As for `survey`.
    epsilon, raw, bins, extent, isotropic
        As for `ResonanceEngine.ensemble_density`; ε "auto" as for `survey`.
    rows, dtype, nan_policy, center, min_norm
        As for `survey`.

    Returns
    -------
    Density
        Of all planes, the same as `ResonanceEngine.ensemble_density` of all rows.

    Raises
    ------
    ValueError, TypeError, IndexError, FileNotFoundError
        For input of another kind; the message says which shard.

    Examples
    --------
    >>> import numpy as np
    >>> import srm_widget as srm
    >>> shards = [np.array([[3.0, 1.0, 0.0], [1.0, 3.0, 0.0]]), np.array([[0.0, 0.0, -2.0]])]
    >>> density = srm.sharded.ensemble_density(shards, epsilon=0.8, bins=4, extent=4.0)
    >>> density.counts.tolist()
    [[0, 0, 0, 0], [0, 0, 0, 0], [0, 2, 0, 1], [0, 0, 3, 0]]
    >>> density.n_samples, density.n_planes, density.n_hits
    (3, 3, 6)
    """
    reading = _reading(dtype, nan_policy, center, min_norm)
    sources, pairs = _sources_and_pairs(data, basis, rows, reading)
    fixed = _resolved_epsilon(epsilon, sources, pairs.basis, reading)
    spec = checked_density_spec(fixed, bins, raw, extent, isotropic)
    shared = {"pairs": delayed(pairs, pure=True), "reading": reading}
    if spec.finds_extent:
        found = compute(*_of_shards(sources, _extent_of_shard, **shared))
        spec = spec.within(max(found))
    parts = _of_shards(sources, _density_of_shard, spec=spec, **shared)
    (density,) = compute(_added_up(parts, delayed(Density.total, pure=False)))
    if density.n_samples == 0:
        raise ValueError(_NO_SAMPLE)
    return density


class _Reading(NamedTuple):
    """How the rows of a shard become samples."""

    dtype: torch.dtype | None
    nan_policy: NanPolicy
    preparation: Preparation

    def store(self, rows: Any, name: str, basis: bases.Basis) -> SampleStore:
        """Return the samples of the rows of a shard, which may be none."""
        cpu = torch.device("cpu")
        if not len(rows):
            return SampleStore(basis.n_dims, torch.float32, cpu)
        try:
            return as_sample_store(
                as_activations(rows),
                basis,
                cpu,
                self.dtype,
                self.nan_policy,
                preparation=self.preparation,
            )
        except (TypeError, ValueError) as error:
            raise type(error)(f"{error} (in {name})") from error


class _TaskSpec(NamedTuple):
    """What a task counts of a shard, and how."""

    spec: SurveySpec
    n_blocks: int
    reading: _Reading


def _reading(dtype: Any, nan_policy: NanPolicy, center: Any, min_norm: float) -> _Reading:
    computing_in = None if dtype is None else computing_dtype(np.empty(0), dtype)
    policy = checked_nan_policy(nan_policy)
    return _Reading(computing_in, policy, as_fixed_preparation(center, min_norm))


def _sources_and_pairs(
    data: Any, basis: Any, rows: SupportsIndex | None, reading: _Reading
) -> tuple[list[ShardSource], PairGeometry]:
    """Return what to read, and the pairs of directions, of which one at least spans a plane."""
    sources = sources_of(data, None if rows is None else integer("rows", rows, least=1))
    n_dims = sources[0].shards[0].n_dims
    directions = bases.standard(n_dims) if basis is None else bases.of(basis)
    checked_width(np.empty((0, n_dims)), directions.n_dims, directions.n_directions)
    reading.preparation.check_width(n_dims)
    pairs = PairGeometry.from_basis(directions)
    if pairs.n_planes == 0:
        raise ValueError(f"expected at least one plane, got {directions.no_plane_text}")
    return sources, pairs


def _resolved_epsilon(
    epsilon: float | str, sources: list[ShardSource], basis: bases.Basis, reading: _Reading
) -> float:
    if isinstance(epsilon, str) and epsilon == "auto":
        return _auto_epsilon(sources, basis, reading)
    return checked_epsilon(epsilon)


def _of_shards(
    sources: list[ShardSource], function: Callable[..., Any], **shared: Any
) -> list[Any]:
    """Return what a function makes of each shard, called with its rows and name, delayed."""
    return [
        part
        for source in sources
        for part in source.apply(function, [shard.name for shard in source.shards], **shared)
    ]


def _added_up(parts: list[Any], add: Any) -> Any:
    """Return all parts added up in a tree, delayed."""
    while len(parts) > 1:
        groups = (parts[k : k + _SPLIT_EVERY] for k in range(0, len(parts), _SPLIT_EVERY))
        parts = [add(group) for group in groups]
    return parts[0]


def _ensembles(sources: list[ShardSource], pairs: PairGeometry, task: _TaskSpec) -> list[Any]:
    """Return the number of samples and the ensemble of each block of planes, delayed."""
    # By name, so that a worker is sent them once and not with every task.
    shared = {"pairs": delayed(pairs, pure=True), "task": task}
    counted = _of_shards(sources, _count_shard, **shared)
    block_of, add = delayed(operator.getitem, pure=False), delayed(PartialSurvey.total, pure=False)
    finish = delayed(_finish, pure=False)
    roots = []
    for block in range(task.n_blocks):
        parts = [block_of(part, block) for part in counted]
        roots.append(finish(_added_up(parts, add), task.spec))
    return roots


def _count_shard(
    rows: Any, name: str, *, pairs: PairGeometry, task: _TaskSpec
) -> tuple[PartialSurvey, ...]:
    """Count the rows of a shard, as a part for each block of planes."""
    own = pairs.for_thread()
    store = task.reading.store(rows, name, own.basis)
    return tuple(PartialSurvey.count(store, own, task.spec, task.n_blocks))


def _extent_of_shard(rows: Any, name: str, *, pairs: PairGeometry, reading: _Reading) -> float:
    own = pairs.for_thread()
    store = reading.store(rows, name, own.basis)
    found = extents(store, own.basis) if len(store) else ()
    return max((extent for _, extent in found), default=0.0)


def _density_of_shard(
    rows: Any, name: str, *, pairs: PairGeometry, reading: _Reading, spec: DensitySpec
) -> Density:
    own = pairs.for_thread()
    return run(ensemble_density_steps(reading.store(rows, name, own.basis), own, spec))


def _finish(
    part: PartialSurvey, spec: SurveySpec
) -> tuple[int, int, MomentSums, ColumnCounts | None, EnsembleSums]:
    return part.n_samples, part.n_short, part.moments, part.columns, part.ensemble(spec)


def _auto_epsilon(
    sources: list[ShardSource],
    basis: bases.Basis,
    reading: _Reading,
) -> float:
    """Return the ε that `ResonanceEngine.auto_epsilon` chooses, from the same rows."""
    n_samples = sum(shard.n_rows for source in sources for shard in source.shards)
    picked = evenly_spaced(n_samples, AUTO_EPSILON_SAMPLES)
    parts, low = [], 0
    for source in sources:
        rows_of_shards = []
        for shard in source.shards:
            here = (picked >= low) & (picked < low + shard.n_rows)
            rows_of_shards.append(picked[here] - low)
            low += shard.n_rows
        parts += source.apply(_take_rows, rows_of_shards)
    some = np.concatenate(compute(*parts))
    engine = ResonanceEngine(
        some,
        basis,
        dtype=reading.dtype,
        nan_policy=reading.nan_policy,
        center=reading.preparation.center,
        min_norm=reading.preparation.min_norm,
    )
    return engine.auto_epsilon()


def _take_rows(rows: Any, picked: np.ndarray) -> np.ndarray:
    return np.asarray(rows[picked])


def _n_blocks(pairs: PairGeometry, spec: SurveySpec) -> int:
    """Return the number of plane ranges whose counts stay below `_BLOCK_BYTES`."""
    n_cells = plane_index.n_planes(pairs.n_directions, spec.variant) * (spec.resolution + 1)
    return math.ceil(n_cells * _CELL_BYTES / _BLOCK_BYTES)
