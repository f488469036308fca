"""Surveys of activations in shards, larger than one machine, computed over Dask."""

import math
import operator
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple, SupportsIndex

import numpy as np
import torch

from srm_widget import basis as bases
from srm_widget.distributed.partial_survey import PartialSurvey
from srm_widget.engine.engine import ResonanceEngine
from srm_widget.geometry import plane_index
from srm_widget.geometry.angular_grid import DEFAULT_RESOLUTION, AngularGrid
from srm_widget.geometry.pair_geometry import PairGeometry
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
from srm_widget.survey.scores import EnsembleSums
from srm_widget.survey.surveyor import SurveySpec, as_survey
from srm_widget.utils.arrays import evenly_spaced
from srm_widget.utils.validation import integer

try:
    from dask.base import compute
    from dask.delayed import delayed

    from srm_widget.distributed.shards import ShardSource, sources_of
except ImportError as error:  # pragma: no cover - the tests have it
    raise ImportError("srm_widget.sharded needs Dask: pip install 'srm_widget[dask]'") from error

_SPLIT_EVERY = 8
"""Parts that a task adds up."""

_BLOCK_BYTES = 2 << 30
"""Most bytes of the counts of a range of planes."""

_CELL_BYTES = 16


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

    Raises
    ------
    ValueError, TypeError, IndexError, FileNotFoundError
        For input of another kind; the message says which shard.
    """
    listed = Listed(checked_measure(by), checked_top(top), checked_per_direction(per_direction))
    k, planes = len(AngularGrid.uniform(resolution)), plane_index.checked_variant(variant)
    policy = checked_nan_policy(nan_policy)
    computing_in = None if dtype is None else computing_dtype(np.empty(0), dtype)
    sources = sources_of(data, None if rows is None else integer("rows", rows, least=1))
    n_dims = sources[0].shards[0].n_dims
    directions = bases.standard(n_dims) if basis is None else bases.of(basis)
    checked_width(np.empty((0, n_dims)), directions.n_dims, directions.n_directions)
    preparation = as_fixed_preparation(center, min_norm)
    preparation.check_width(n_dims)
    pairs = PairGeometry.from_basis(directions)
    if pairs.n_planes == 0:
        raise ValueError(f"expected at least one plane, got {directions.no_plane_text}")
    if isinstance(epsilon, str) and epsilon == "auto":
        fixed = _auto_epsilon(sources, directions, computing_in, policy, preparation)
    else:
        fixed = checked_epsilon(epsilon)
    spec = SurveySpec(fixed, k, planes)
    n_blocks = _n_blocks(pairs, spec) if blocks is None else integer("blocks", blocks, least=1)
    task = _TaskSpec(spec, n_blocks, computing_in, policy, preparation)
    parts = compute(*_ensembles(sources, pairs, task))
    n_samples, n_short, moments, columns, _ = parts[0]
    if n_samples == 0:
        raise ValueError("expected at least one sample, got none that is finite")
    found = as_survey(
        EnsembleSums.join([part[-1] for part in parts]),
        spec,
        pairs,
        ColumnCounter(pairs.basis, fixed, torch.device("cpu"), columns).histograms(n_samples),
        moments=moments,
        listed=listed,
        preparation=preparation.text(n_short),
    )
    own = partial(
        ResonanceEngine,
        basis=directions,
        dtype=computing_in,
        nan_policy=policy,
        center=center,
        min_norm=min_norm,
    )
    return replace(found, engine_of=own)


class _TaskSpec(NamedTuple):
    """What a task counts of a shard, and how."""

    spec: SurveySpec
    n_blocks: int
    dtype: torch.dtype | None
    nan_policy: NanPolicy
    preparation: Preparation


def _ensembles(sources: list[ShardSource], pairs: PairGeometry, task: _TaskSpec) -> list[Any]:
    """Return the number of samples and the ensemble of each block of planes, delayed."""
    # By name, so that a worker is sent them once and not with every task.
    shared = {"pairs": delayed(pairs, pure=True), "task": task}
    counted = [
        part
        for source in sources
        for part in source.apply(_count_shard, [shard.name for shard in source.shards], **shared)
    ]
    block_of, add = delayed(operator.getitem, pure=False), delayed(PartialSurvey.total, pure=False)
    finish = delayed(_finish, pure=False)
    roots = []
    for block in range(task.n_blocks):
        parts = [block_of(part, block) for part in counted]
        while len(parts) > 1:
            groups = (parts[k : k + _SPLIT_EVERY] for k in range(0, len(parts), _SPLIT_EVERY))
            parts = [add(group) for group in groups]
        roots.append(finish(parts[0], task.spec))
    return roots


def _count_shard(
    rows: Any, name: str, *, pairs: PairGeometry, task: _TaskSpec
) -> tuple[PartialSurvey, ...]:
    """Count the rows of a shard, as a part for each block of planes."""
    own, cpu = pairs.for_thread(), torch.device("cpu")
    store = SampleStore(own.basis.n_dims, torch.float32, cpu)
    if len(rows):
        try:
            store = as_sample_store(
                as_activations(rows),
                own.basis,
                cpu,
                task.dtype,
                task.nan_policy,
                preparation=task.preparation,
            )
        except (TypeError, ValueError) as error:
            raise type(error)(f"{error} (in {name})") from error
    return tuple(PartialSurvey.count(store, own, task.spec, task.n_blocks))


def _finish(
    part: PartialSurvey, spec: SurveySpec
) -> tuple[int, int, MomentSums, ColumnCounts | None, EnsembleSums]:
    return part.n_samples, part.n_short, part.moments, part.columns, part.ensemble(spec)


def _auto_epsilon(
    sources: list[ShardSource],
    basis: bases.Basis,
    dtype: torch.dtype | None,
    nan_policy: NanPolicy,
    preparation: Preparation,
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
        dtype=dtype,
        nan_policy=nan_policy,
        center=preparation.center,
        min_norm=preparation.min_norm,
    )
    return engine.auto_epsilon()


def _take_rows(rows: Any, picked: np.ndarray) -> np.ndarray:
    return np.asarray(rows[picked])


def _n_blocks(pairs: PairGeometry, spec: SurveySpec) -> int:
    """Return the number of plane ranges whose counts stay below `_BLOCK_BYTES`."""
    n_cells = plane_index.n_planes(pairs.n_directions, spec.variant) * (spec.resolution + 1)
    return math.ceil(n_cells * _CELL_BYTES / _BLOCK_BYTES)
