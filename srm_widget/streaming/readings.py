"""What integer counts say: resonance of planes, and surveys of all of them."""

import numpy as np
import torch
from jaxtyping import Int64

from srm_widget.results.curves import MIRRORED_PROBES, Resonance
from srm_widget.results.survey import Measure, Survey
from srm_widget.streaming.plan import CountPlan
from srm_widget.streaming.totals import Totals
from srm_widget.survey.scores import Scores
from srm_widget.survey.sparse_counts import Cells
from srm_widget.survey.surveyor import Wanted, as_survey


def resonance(totals: Totals, plan: CountPlan, level: int) -> Resonance:
    """Resonance of all planes counted that exist, at one level of ε."""
    rows = plan.existing
    counts = totals.counts(level)[rows]
    probes = totals.probes[level].cpu().numpy()[rows]
    return _resonance(totals, plan, level, planes=plan.planes[rows], counts=counts, probes=probes)


def curve(totals: Totals, plan: CountPlan, level: int, row: int, mirrored: bool) -> Resonance:
    """Resonance of the plane in one row, or of its mirror image.

    Raises
    ------
    ValueError
        If the angles of the mirror image were not counted.
    """
    one = slice(row, row + 1)
    planes = plan.planes[one]
    counts = totals.counts(level, one)
    probes = totals.probes[level, one].cpu().numpy()
    if mirrored:
        alpha = float(plan.pairs.alphas(planes)[0])
        places = plan.grid.positions(alpha - plan.grid.angles)
        planes, probes = planes[:, ::-1], probes[:, MIRRORED_PROBES]
        if places is None:
            i, j = planes[0].tolist()
            raise ValueError(
                f"expected a plane in the order it was counted in, ({j}, {i}), got ({i}, {j}), its "
                "mirror image at other angles; variant='permutation' counts both"
            )
        counts = counts[:, places]
    return _resonance(totals, plan, level, planes=planes, counts=counts, probes=probes)


def survey(totals: Totals, plan: CountPlan, level: int, by: Measure, top: int) -> Survey:
    """Survey of all planes at one level of ε."""
    counts = torch.from_numpy(totals.counts(level)[:, :: _step(plan)])
    through = totals.through[level].cpu()[:, None]
    ends = torch.cat([through, counts, through], dim=1)
    changes = ends.diff(dim=1)
    lit = totals.lit[level].cpu().nonzero().squeeze(1)
    probes = totals.probes[level].cpu()[lit].view(-1, 2, 4).sum(dim=2)
    cell = changes.flatten().nonzero().squeeze(1)
    scores = Scores(plan.resolution)
    if len(lit):
        change = changes.flatten()[cell]
        scores.add(Cells(cell, change, lit, through[lit, 0], *probes.unbind(1)))
    wanted = Wanted(plan.epsilons[level], plan.resolution, plan.variant)
    return as_survey(scores.ensemble(), wanted, plan.pairs, int(totals.samples[0]), by=by, top=top)


def _step(plan: CountPlan) -> int:
    """Angles of the grid counted at for one of the result."""
    return len(plan.grid) // plan.resolution


def _resonance(
    totals: Totals,
    plan: CountPlan,
    level: int,
    *,
    planes: Int64[np.ndarray, "planes 2"],
    counts: Int64[np.ndarray, "planes cells"],
    probes: Int64[np.ndarray, "planes 8"],
) -> Resonance:
    n_samples, n_zero, n_dropped = totals.samples.tolist()
    opposite = np.roll(counts, -(counts.shape[1] // 2), axis=1)
    step = _step(plan)
    return Resonance(
        planes=planes,
        angles=plan.angles.angles,
        counts=np.ascontiguousarray(counts[:, ::step]),
        opposite=np.ascontiguousarray(opposite[:, ::step]),
        probes=probes,
        n_samples=n_samples,
        n_dims=plan.pairs.basis.n_dims,
        n_zero=n_zero,
        n_dropped=n_dropped,
        epsilon=plan.epsilons[level],
        basis_angles=plan.pairs.alphas(planes),
    )
