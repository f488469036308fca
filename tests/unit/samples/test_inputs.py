"""Activations of every kind come through, and the caller's are left alone."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import srm_widget as srm

WHOLE = np.random.default_rng(3).integers(-5, 6, (20, 4))
REAL = np.random.default_rng(4).standard_normal((20, 4))
NAMES = ["bool", "int8", "uint8", "int16", "int32", "int64", "float16", "float32"]


def counts(activations: Any, **keywords: Any) -> list[int]:
    engine = srm.ResonanceEngine(activations, **keywords)
    found: list[int] = engine.curve(0, 2, epsilon=0.43, resolution=24).counts[0].tolist()
    return found


@pytest.mark.parametrize("library", ["numpy", "torch"])
@pytest.mark.parametrize("name", [*NAMES, "bfloat16"])
def test_narrow_numbers_are_computed_in_float32(library: str, name: str) -> None:
    tensor = torch.from_numpy(np.abs(WHOLE)).to(getattr(torch, name))
    if library == "numpy" and name == "bfloat16":
        tensor = tensor.to(torch.float16)
    given: Any = tensor.numpy() if library == "numpy" else tensor
    engine = srm.ResonanceEngine(given)
    assert engine.dtype == torch.float32
    assert counts(given) == counts(tensor.to(torch.float32))


@pytest.mark.parametrize(
    "rows", [REAL, torch.from_numpy(REAL), REAL.astype(">f8")], ids=["numpy", "torch", "swapped"]
)
def test_float64_stays(rows: Any) -> None:
    assert srm.ResonanceEngine(rows).dtype == torch.float64
    assert srm.ResonanceEngine(rows, dtype="float64").dtype == torch.float64
    assert srm.ResonanceEngine(rows, dtype=torch.float32).dtype == torch.float32
    assert counts(rows) == counts(REAL)


@pytest.mark.parametrize("asked", ["float64", np.float64, torch.float64, float])
def test_float64_when_asked(asked: Any) -> None:
    engine = srm.ResonanceEngine(REAL.astype(np.float32), dtype=asked)
    assert engine.dtype == torch.float64
    engine.append(REAL)
    assert engine.n_samples == 40


def test_float64_is_not_narrowed_unasked() -> None:
    engine = srm.ResonanceEngine(REAL.astype(np.float32))
    with pytest.raises(TypeError, match=r"float32.*got float64"):
        engine.append(REAL)
    assert engine.n_samples == 20
    narrow = srm.ResonanceEngine(REAL.astype(np.float32), dtype="float32")
    narrow.append(REAL)
    assert narrow.n_samples == 40


@pytest.mark.parametrize("scale", [1e-310, 1e-160, 1e160, 1e307])
def test_lengths_do_not_matter(scale: float) -> None:
    assert counts(REAL * scale) == counts(REAL)


@pytest.mark.parametrize("scale", [1e-44, 1e-30, 1e30])
def test_lengths_do_not_matter_in_float32(scale: float) -> None:
    corners = np.sign(REAL).astype(np.float32)
    assert counts(corners * np.float32(scale)) == counts(corners)


def memory_mapped(folder: Path, mode: Any) -> np.memmap:
    path = folder / "activations.npy"
    np.save(path, REAL)
    return np.asanyarray(np.load(path, mmap_mode=mode))


def read_only() -> np.ndarray:
    rows = REAL.copy()
    rows.setflags(write=False)
    return rows


LAYOUTS = {
    "list": REAL.tolist,
    "read-only": read_only,
    "Fortran": lambda: np.asfortranarray(REAL),
    "reversed": lambda: REAL[::-1, ::-1].copy()[::-1, ::-1],
    "strided": lambda: np.repeat(np.repeat(REAL, 2, axis=0), 3, axis=1)[::2, ::3],
    "swapped": lambda: REAL.astype(">f8"),
    "subclass": lambda: REAL.view(np.recarray),
    "grad": lambda: torch.tensor(REAL, requires_grad=True),
    "graph": lambda: torch.tensor(REAL, requires_grad=True) * 2,
    "transposed": lambda: torch.tensor(REAL.T.copy()).T,
    "torch strided": lambda: torch.tensor(np.repeat(REAL, 2, axis=0))[::2],
    "parameter": lambda: torch.nn.Parameter(torch.tensor(REAL)),
}


def copied(given: Any) -> np.ndarray:
    return np.array(given.detach().numpy() if isinstance(given, torch.Tensor) else given)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(layout: str) -> None:
    given: Any = LAYOUTS[layout]()
    kept = copied(given)
    version = given._version if isinstance(given, torch.Tensor) else None
    asked = {"dtype": "float64"}
    basis = srm.basis.rotated(4, 0)
    assert counts(given, basis=basis, **asked) == counts(kept, basis=basis, **asked)
    assert copied(given).tolist() == kept.tolist()
    if isinstance(given, torch.Tensor):
        assert given._version == version
        assert given.grad_fn is None or layout == "graph"
        assert given.requires_grad == (layout in {"grad", "graph", "parameter"})


@pytest.mark.parametrize("mode", ["r", "r+", "c"])
def test_memory_mapped(tmp_path: Path, mode: str) -> None:
    given = memory_mapped(tmp_path, mode)
    before = (tmp_path / "activations.npy").read_bytes()
    assert isinstance(given, np.memmap)
    assert counts(given) == counts(REAL)
    assert (tmp_path / "activations.npy").read_bytes() == before


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("kind", ["numpy", "torch"])
def test_the_engine_keeps_a_copy(kind: str, dtype: torch.dtype) -> None:
    tensor = torch.tensor(REAL, dtype=dtype)
    rows: Any = tensor.numpy() if kind == "numpy" else tensor
    basis = np.array(srm.basis.rotated(4, 1))
    engine = srm.ResonanceEngine(rows, basis)
    expected = counts(rows.copy() if kind == "numpy" else rows.clone(), basis=basis.copy())
    rows[:], basis[:] = 1.0, 2.0
    found = engine.curve(0, 2, epsilon=0.43, resolution=24).counts[0].tolist()
    assert found == expected


def test_made_in_inference_mode_and_used_after() -> None:
    rows = torch.tensor(REAL)
    basis = srm.basis.rotated(4, 1)
    with torch.inference_mode():
        engine = srm.ResonanceEngine(rows, basis)
        engine.append(rows[:3])
        engine.curve(0, 2, epsilon=0.43)
    engine.append(rows[3:])
    found = engine.curve(0, 2, epsilon=0.43, resolution=24).counts[0]
    assert found.tolist() == [2 * count for count in counts(rows, basis=basis)]


@pytest.mark.parametrize("default", [torch.float16, torch.float64])
def test_torchs_default_dtype_is_no_matter(default: torch.dtype) -> None:
    expected = counts(REAL, basis=srm.basis.rotated(4, 1))
    torch.set_default_dtype(default)
    try:
        assert counts(REAL, basis=srm.basis.rotated(4, 1)) == expected
    finally:
        torch.set_default_dtype(torch.float32)


@pytest.mark.cuda
@pytest.mark.parametrize("basis", [None, srm.basis.rotated(4, 1), srm.basis.thomson(7, 4, 0)])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("pair", [(0, 2), (3, 1)])
def test_cuda_counts_as_the_cpu_does(basis: Any, dtype: str, pair: tuple[int, int]) -> None:
    rows = np.random.default_rng(1).standard_normal((5000, 4))
    engines = [srm.ResonanceEngine(rows, basis, dtype=dtype, device=at) for at in ("cpu", "cuda")]
    ask: dict[str, Any] = {"epsilon": 0.6, "resolution": 7}
    here, there = (engine.curve(*pair, **ask) for engine in engines)
    slack = 0 if dtype == "float64" else 2
    assert np.abs(here.counts - there.counts).max() <= slack
    points = [engine.projection(*pair, epsilon=0.9)[0] for engine in engines]
    assert points[0] == pytest.approx(points[1], rel=1e-5, abs=1e-5)
    inside = [engine.inside(*pair, 1.0, epsilon=0.6).tolist() for engine in engines]
    assert len(set(inside[0]) ^ set(inside[1])) <= slack


@pytest.mark.cuda
def test_the_device_is_where_the_samples_are() -> None:
    rows = torch.tensor(REAL, device="cuda")
    engine = srm.ResonanceEngine(rows)
    assert engine.device.type == "cuda"
    engine.append(torch.tensor(REAL))
    found = engine.curve(0, 2, epsilon=0.43, resolution=24).counts[0]
    assert found.tolist() == [2 * count for count in counts(REAL)]
    assert rows.device.type == "cuda"
