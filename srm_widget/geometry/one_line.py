"""Pairs of directions on one line, the same or opposite, found without a matrix of all cosines."""

from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float64
from torch import Tensor

_PAIRS_AT_ONCE = 1 << 22
"""Numbers of directions that are read at once for some pairs."""


class OneLine(NamedTuple):
    """How many pairs of directions are on one line.

    Attributes
    ----------
    n_parallel, n_antipodal
        Pairs i < j of the same direction, and of opposite ones.
    """

    n_parallel: int
    n_antipodal: int


def pairs_on_one_line(rows: Float64[Tensor, "directions dims"], min_squared_sine: float) -> OneLine:
    r"""Count the pairs of unit rows that span no plane, 1 - g² below `min_squared_sine`.

    Their projections on any one direction are as near to one another in magnitude as they are: of
    rows sorted by that only neighbours are compared. Rows of zeros are left out.
    """
    lives = rows.any(dim=1)
    live = rows if bool(lives.all()) else rows[lives]
    n_dims = rows.shape[1]
    probe = torch.randn(n_dims, 2, dtype=rows.dtype, generator=torch.Generator().manual_seed(0))
    magnitudes = (live @ (probe / torch.linalg.vector_norm(probe, dim=0))).abs()
    order = magnitudes[:, 0].argsort()
    first, second = magnitudes[order].T.numpy()
    # Of unit rows at the angle w the distance to the nearer of ± the other is 2 sin(w / 2).
    apart = 1.1 * float(np.sqrt(min_squared_sine)) + 1e-12
    counts = np.zeros(2, dtype=np.int64)
    step = 1
    while step < len(live):
        near = np.flatnonzero(first[step:] - first[:-step] <= apart)
        if not len(near):
            break
        near = near[np.abs(second[near + step] - second[near]) <= apart]
        for part in np.array_split(near, 1 + len(near) * n_dims // _PAIRS_AT_ONCE):
            one, other = live[order[part]], live[order[part + step]]
            g = torch.linalg.vecdot(one, other)
            rest = other - g[:, None] * one
            same = torch.linalg.vecdot(rest, rest) < min_squared_sine
            counts += [int((same & (g > 0)).sum()), int((same & (g < 0)).sum())]
        step += 1
    return OneLine(*counts.tolist())
