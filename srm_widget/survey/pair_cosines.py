"""Cosines between some pairs of directions, where a matrix of all would not fit."""

import torch
from jaxtyping import Bool, Float64, Int64
from torch import Tensor

from srm_widget.geometry.basis import MIN_SQUARED_SINE, Basis

_NUMBERS_AT_ONCE = 1 << 22
"""Numbers of directions that are read at once for the cosines of some pairs."""


def spanned_cosines(basis: Basis, codes: Int64[Tensor, " pairs"]) -> Float64[Tensor, " pairs"]:
    """Return g of some pairs i M + j, in float64; NaN where they span no plane."""
    g, spans = cosines_and_spans(basis, codes)
    return g.where(spans, torch.nan)


def cosines_and_spans(
    basis: Basis, codes: Int64[Tensor, " pairs"]
) -> tuple[Float64[Tensor, " pairs"], Bool[Tensor, " pairs"]]:
    """Return g of some pairs i M + j, in float64, and whether they span a plane."""
    m = basis.n_directions
    if basis.is_standard:
        return torch.zeros(len(codes), dtype=torch.float64), torch.ones_like(
            codes, dtype=torch.bool
        )
    rows, cosines = basis.directions, torch.empty(len(codes), dtype=torch.float64)
    lives = torch.ones(m, dtype=torch.bool)
    lives[basis.dead] = False
    spans = lives[codes // m] & lives[codes % m]
    at_once = max(1, _NUMBERS_AT_ONCE // basis.n_dims)
    for low in range(0, len(codes), at_once):
        part = codes[low : low + at_once]
        first, second = rows[part // m], rows[part % m]
        g = torch.linalg.vecdot(first, second)
        doubtful = (1 - g * g < 10 * MIN_SQUARED_SINE).nonzero().squeeze(1)
        # What is left of b_j beside b_i tells it, where 1 - g² is rounding.
        rest = second[doubtful] - g[doubtful, None] * first[doubtful]
        squared_sine = torch.linalg.vecdot(rest, rest)
        spans[low + doubtful[squared_sine < MIN_SQUARED_SINE]] = False
        cosines[low : low + len(part)] = g
    return cosines, spans
