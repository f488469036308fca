"""Finding the few large entries of a matrix."""

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor


def large_entries(
    matrix: Float[Tensor, "rows columns"], least: float
) -> tuple[Int64[Tensor, " large"], Int64[Tensor, " large"]]:
    r"""Return rows and columns of the entries with \|x\| ≥ `least`, row by row."""
    if matrix.device.type != "cpu":
        row, column = (matrix.abs() >= least).nonzero().unbind(1)
        return row, column
    # NumPy finds few among many several times as fast as torch.
    flat = np.flatnonzero(np.abs(matrix.numpy()) >= least)
    rows, columns = np.divmod(flat, matrix.shape[1])
    return torch.from_numpy(rows), torch.from_numpy(columns)
