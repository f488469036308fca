"""Activations as nobody would wish them: what holds, and what is refused in plain words."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
import torch

import srm_widget as srm
from srm_widget.samples import activations

pytestmark = pytest.mark.usefixtures("wires", "as_users")

X = np.random.default_rng(0).standard_normal((9, 4)).astype(np.float32)


def counts(rows: Any, **keywords: Any) -> list[int]:
    engine = srm.ResonanceEngine(rows, **keywords)
    found: list[int] = engine.curve(0, 2, epsilon=0.4, resolution=24).counts[0].tolist()
    return found


def frozen() -> np.ndarray:
    rows = X.copy()
    rows.setflags(write=False)
    return rows


SAME: dict[str, Callable[[], Any]] = {
    "denormals of float32": lambda: (X * np.float32(1e-38)).astype(np.float32) * np.float32(1e-3),
    "denormals of float64": lambda: X.astype(np.float64) * 1e-315,
    "norms beyond float32": lambda: X * np.float32(1e38),
    "norms beyond float64": lambda: X / np.abs(X).max() * np.float64(1.7e308),
    "norms beyond float16": lambda: torch.from_numpy(X / np.abs(X).max() * 60_000).half(),
    "big-endian": lambda: X.astype(">f4"),
    "every other row": lambda: np.repeat(X, 2, axis=0)[::2],
    "backwards": lambda: X[::-1][::-1],
    "columns first": lambda: np.asfortranarray(X),
    "read-only": frozen,
    "a data frame": lambda: pd.DataFrame(X),
    "with gradients": lambda: torch.from_numpy(X.copy()).requires_grad_() * 1,
    "a transposed tensor": lambda: torch.from_numpy(X).t().contiguous().t(),
    "double kept as float32": lambda: torch.from_numpy(X).double() * 1e300,
}


@pytest.mark.parametrize("made", list(SAME.values()), ids=list(SAME))
def test_only_directions_count(made: Callable[[], Any]) -> None:
    rows = made()
    dtype = {"dtype": "float32"} if isinstance(rows, torch.Tensor) else {}
    assert counts(rows, **dtype) == counts(X)


def sparse(how: str) -> torch.Tensor:
    rows = torch.from_numpy(X[:8])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ways: dict[str, Callable[[], torch.Tensor]] = {
            "coo": rows.to_sparse,
            "csr": rows.to_sparse_csr,
            "csc": rows.to_sparse_csc,
            "bsr": lambda: rows.to_sparse_bsr((2, 2)),
        }
        return ways[how]()


def nested() -> torch.Tensor:
    parts = [torch.ones(2, 4), torch.ones(3, 4)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made: torch.Tensor = torch.nested.nested_tensor(parts)
    return made


REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    **{how: (partial(sparse, how), f"sparse_{how}") for how in ("coo", "csr", "csc", "bsr")},
    "sparse of SciPy": (lambda: scipy.sparse.csr_matrix(X), "real numbers, got csr_matrix"),
    "on no device": (lambda: torch.empty(9, 4, device="meta"), "holds no numbers"),
    "nested": (nested, "nested"),
    "complex": (lambda: X + 0j, "complex64"),
    "objects": (lambda: X.astype(object), "object"),
    "with a column of text": (lambda: pd.DataFrame(X).assign(name="a"), "object"),
    "records": (lambda: np.zeros(3, dtype=[("a", "f4"), ("b", "f4")]), "'a', '<f4'"),
    "times": (lambda: np.zeros((3, 3), "M8[s]"), "datetime64"),
    "long doubles": (lambda: X.astype(np.longdouble), "float128|longdouble|got float64"),
}


@pytest.mark.parametrize(("made", "message"), list(REFUSED.values()), ids=list(REFUSED))
def test_what_is_no_dense_real_numbers_is_refused(made: Callable[[], Any], message: str) -> None:
    if np.dtype(np.longdouble).itemsize == 8 and "longdouble" in message:
        pytest.skip("a long double is a double here")
    with pytest.raises(TypeError, match=message):
        counts(made())


def test_casts_that_overflowed_are_refused() -> None:
    with np.errstate(over="ignore"):
        rows = (X * 1e6).astype(np.float16)
    with pytest.raises(ValueError, match="NaN or infinity in 9 of 9 rows"):
        counts(rows)


@pytest.mark.parametrize("dtype", [torch.float8_e4m3fn, torch.float8_e5m2, torch.bool, torch.uint8])
def test_narrow_numbers_are_widened(dtype: torch.dtype) -> None:
    narrow = (torch.from_numpy(X) * 4).abs().to(dtype)
    assert counts(narrow) == counts(narrow.float())


def test_one_row_over_and_over_and_nothing_but_zeros() -> None:
    assert counts(np.tile(X[:1], (50, 1))) == [50 * n for n in counts(X[:1])]
    engine = srm.ResonanceEngine(np.zeros((5, 4)))
    assert engine.n_zero == 5
    assert not engine.curve(0, 1, epsilon=1e-9).counts.any()
    survey = engine.survey(epsilon=0.5)
    assert (survey.n_lit, survey.mean.max()) == (0, 0.0)
    scope = srm.SRMScope(np.zeros((5, 4)), labels=["a"] * 5)
    assert scope.n_selected == 0


def test_very_wide_rows() -> None:
    rows = np.zeros((2, 200_000), dtype=np.float32)
    rows[0, 7], rows[1, 199_999] = 3.0, -2.0
    curve = srm.ResonanceEngine(rows).curve(7, 199_999, epsilon=0.99, resolution=4)
    assert curve.counts[0].tolist() == [1, 0, 0, 1]


def test_very_many_rows() -> None:
    rows = np.random.default_rng(1).standard_normal((3_000_000, 2), dtype=np.float32)
    engine = srm.ResonanceEngine(rows)
    curve = engine.curve(0, 1, epsilon=0.9, resolution=8)
    angles = np.arctan2(rows[:, 1], rows[:, 0])
    expected = [int((np.cos(angles - theta) >= 0.9).sum()) for theta in curve.angles]
    # Ties within 1e-6 may fall on either side.
    assert np.abs(curve.counts[0] - expected).max() < 30
    assert engine.nbytes <= 2 * rows.nbytes + 8 * len(rows)


def test_a_memory_map_whose_file_is_gone_is_read(tmp_path: Path) -> None:
    file = tmp_path / "rows.npy"
    np.save(file, X)
    mapped = np.load(file, mmap_mode="r")
    file.unlink()
    assert counts(mapped) == counts(X)


@pytest.mark.parametrize("view", [lambda m: m, lambda m: m[2:], lambda m: np.asarray(m)[:, :3]])
def test_a_memory_map_whose_file_is_cut_short_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, view: Callable[[np.ndarray], np.ndarray]
) -> None:
    monkeypatch.setattr(activations, "_ENTRIES_AT_ONCE", 4)
    file = tmp_path / "rows.npy"
    np.save(file, X)
    mapped = view(np.load(file, mmap_mode="r"))
    engine = srm.ResonanceEngine(X[:, : mapped.shape[1]])
    blocks = activations.row_blocks(mapped)
    next(blocks)
    with file.open("r+b") as opened:
        opened.truncate(150)
    with pytest.raises(ValueError, match=r"expected 272 bytes in .*, got 150: it was cut short"):
        next(blocks)
    with pytest.raises(ValueError, match="cut short"):
        engine.append(mapped)
    assert engine.n_samples == len(X)
