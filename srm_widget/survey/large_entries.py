"""Finding the few large entries of a matrix."""

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor


def large_entries(
    matrix: Float[Tensor, "rows columns"], least: float | Float[Tensor, " columns"]
) -> tuple[Int64[Tensor, " large"], Int64[Tensor, " large"]]:
    r"""Return rows and columns of the entries with \|x\| ≥ `least`, row by row.

    Parameters
    ----------
    matrix
        x.
    least
        One number for all entries, or one a column.
    """
    if matrix.device.type != "cpu":
        row, column = (matrix.abs() >= least).nonzero().unbind(1)
        return row, column
    # NumPy finds few among many several times as fast as torch.
    bound = least.numpy() if isinstance(least, Tensor) else least
    flat = np.flatnonzero(np.abs(matrix.numpy()) >= bound)
    rows, columns = np.divmod(flat, matrix.shape[1])
    return torch.from_numpy(rows), torch.from_numpy(columns)
