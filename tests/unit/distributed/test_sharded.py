"""Surveys over Dask equal those of one engine, on whatever the activations lie in."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dask
import dask.array as da
import numpy as np
import pytest
import torch
import zarr

import srm_widget as srm
from tests.unit.support.alike import assert_same_survey

pytestmark = pytest.mark.usefixtures("in_threads")
ROWS = np.random.default_rng(3).standard_normal((400, 6)).astype(np.float32)
ROWS[7] = 0
BASES = {"axes": None, "thomson": srm.basis.thomson(9, 6, 0)}
ASK: dict[str, Any] = {"epsilon": 0.7, "resolution": 25}


@pytest.fixture
def in_threads() -> Any:
    with dask.config.set(scheduler="threads", num_workers=2):
        yield


def files(folder: Path) -> list[Path]:
    paths = [folder / f"part-{k}.npy" for k in range(3)]
    for path, part in zip(paths, np.array_split(ROWS, 3), strict=True):
        np.save(path, part)
    return paths


def zipped(folder: Path) -> Path:
    zarr.save_array(str(folder / "all.zarr"), ROWS)  # type: ignore[arg-type]  # its own protocol
    return folder / "all.zarr"


SOURCES: dict[str, Callable[[Path], Any]] = {
    "array": lambda _folder: ROWS,
    "tensor": lambda _folder: torch.from_numpy(ROWS),
    "arrays": lambda _folder: [ROWS[:90], ROWS[90:200], ROWS[200:]],
    "dask": lambda _folder: da.from_array(ROWS, chunks=(150, 4)),
    "dask, sizes unknown": lambda _folder: da.from_array(ROWS, chunks=(150, 6))[
        da.from_array(np.ones(400, dtype=bool), chunks=150)
    ],
    "file": lambda folder: [*files(folder)[:1], ROWS[134:]],
    "folder": lambda folder: files(folder)[0].parent,
    "pattern": lambda folder: str(files(folder)[0].parent / "part-*.npy"),
    "zarr": zipped,
    "zarr array": lambda folder: zarr.open_array(str(zipped(folder)), mode="r"),
}


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES.keys())
@pytest.mark.parametrize("epsilon", [0.7, "auto"])
def test_every_source_equals_the_engine(
    tmp_path: Path, source: Callable[[Path], Any], epsilon: Any
) -> None:
    found = srm.sharded.survey(source(tmp_path), epsilon=epsilon, resolution=25, rows=90)
    expected = srm.ResonanceEngine(ROWS).survey(epsilon=epsilon, resolution=25)
    assert_same_survey(found, expected)


@pytest.mark.parametrize("basis", BASES.values(), ids=BASES.keys())
@pytest.mark.parametrize("epsilon", [0.85, 0.2, -0.3])
@pytest.mark.parametrize("variant", ["combination", "permutation"])
@pytest.mark.parametrize("blocks", [None, 4])
def test_every_survey_equals_the_engine(
    basis: Any, epsilon: float, variant: str, blocks: int | None
) -> None:
    ask: dict[str, Any] = {"epsilon": epsilon, "resolution": 24, "variant": variant, "by": "peak"}
    found = srm.sharded.survey(ROWS, basis, rows=37, blocks=blocks, **ask)
    expected = srm.ResonanceEngine(ROWS, basis).survey(**ask)
    # How many samples there are decides which planes are counted in float64.
    assert_same_survey(found, expected, exact=basis is None)
    assert found.planes.tolist() == expected.planes.tolist()
    assert found.score.tolist() == expected.score.tolist()


@pytest.mark.parametrize("epsilon", [0.7, "auto"])
def test_prepared_shards_equal_the_engine(epsilon: Any) -> None:
    more = {"center": ROWS.mean(0), "min_norm": 1.5}
    ask: dict[str, Any] = {"epsilon": epsilon, "resolution": 25}
    found = srm.sharded.survey(ROWS, rows=37, blocks=3, **ask, **more)
    expected = srm.ResonanceEngine(ROWS, **more).survey(**ask)
    assert_same_survey(found, expected)
    assert re.fullmatch(r"centred on a given vector · \d\d samples .* as zeros", found.preparation)


@pytest.mark.usefixtures("as_users")
def test_no_mean_of_shards() -> None:
    with pytest.raises(ValueError, match="a vector of D numbers, got 'mean'"):
        srm.sharded.survey(ROWS, center="mean", **ASK)
    with pytest.raises(ValueError, match="6 numbers, as wide as the activations, got 2"):
        srm.sharded.survey(ROWS, center=[1, 2], **ASK)


def test_more_shards_than_are_added_at_once() -> None:
    found = srm.sharded.survey(ROWS, rows=3, **ASK)
    assert_same_survey(found, srm.ResonanceEngine(ROWS).survey(**ASK))


def test_dtypes_are_those_of_the_engine() -> None:
    halves = ROWS.astype(np.float16)
    found = srm.sharded.survey(halves, rows=100, **ASK)
    assert_same_survey(found, srm.ResonanceEngine(halves).survey(**ASK))
    wide = ROWS.astype(np.float64)
    found = srm.sharded.survey(wide, rows=100, dtype="float32", **ASK)
    assert_same_survey(found, srm.ResonanceEngine(wide, dtype="float32").survey(**ASK))


def test_rows_that_are_not_finite() -> None:
    spoilt = ROWS.copy()
    spoilt[200, 1] = np.nan
    with pytest.raises(
        ValueError, match=r"NaN or infinity in 1 of 100 rows \(0\).*\(in rows 200 … 299\)"
    ):
        srm.sharded.survey(spoilt, rows=100, **ASK)
    found = srm.sharded.survey(spoilt, rows=100, nan_policy="drop", **ASK)
    assert_same_survey(found, srm.ResonanceEngine(np.delete(ROWS, 200, axis=0)).survey(**ASK))
    with pytest.raises(ValueError, match="at least one sample, got none that is finite"):
        srm.sharded.survey(np.full((4, 6), np.nan), nan_policy="drop", **ASK)


def test_nothing_is_lit() -> None:
    found = srm.sharded.survey(np.ones((30, 40)), epsilon=0.9, rows=7)
    assert (found.n_lit, found.n_samples) == (0, 30)


@pytest.mark.parametrize(
    ("data", "ask", "kind", "message"),
    [
        ("nowhere.npy", {}, FileNotFoundError, "expected a .npy file.* got nowhere.npy"),
        ("none-*.npy", {}, FileNotFoundError, r"expected .npy files, got none at none-\*.npy"),
        (3, {}, TypeError, "got int"),
        ([], {}, ValueError, r"at least one sample, got \[\]"),
        (np.ones((0, 6)), {}, ValueError, "of at least one sample, got array"),
        (np.ones(6), {}, ValueError, r"shape \(N, D\), got \(6,\)"),
        (np.ones((2, 6), dtype=complex), {}, TypeError, "real numbers, got complex128"),
        ([np.ones((2, 6)), np.ones((2, 5))], {}, ValueError, "6 in rows 0 … 1, 5 in rows 0 … 1"),
        (np.ones((2, 6)), {"basis": np.eye(5)}, ValueError, r"shape \(N, 5\).*got \(0, 6\)"),
        (np.ones((2, 2)), {"basis": [[1, 0], [2, 0]]}, ValueError, "parallel directions alone"),
        (ROWS, {"rows": 0}, ValueError, "expected rows ≥ 1, got 0"),
        (ROWS, {"blocks": 0}, ValueError, "expected blocks ≥ 1, got 0"),
        (ROWS, {"epsilon": 2}, ValueError, r"epsilon in \[-1, 1\], got 2"),
        (ROWS, {"by": "beauty"}, ValueError, "got 'beauty'"),
        (ROWS, {"top": -1}, ValueError, "top ≥ 0, got -1"),
    ],
)
@pytest.mark.usefixtures("as_users")
def test_refusals(data: Any, ask: dict[str, Any], kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        srm.sharded.survey(data, **{**ASK, **ask})


def test_a_folder_without_activations_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no activations", encoding="utf-8")
    with pytest.raises(FileNotFoundError, match=f"got the folder {re.escape(str(tmp_path))}"):
        srm.sharded.survey(tmp_path, **ASK)


def test_of_a_zarr_group_the_array_is_named(tmp_path: Path) -> None:
    zarr.open_group(str(tmp_path), mode="w")
    zarr.save_array(str(tmp_path / "name"), ROWS)  # type: ignore[arg-type]  # its own protocol
    with pytest.raises(FileNotFoundError, match=re.escape(str(tmp_path / "name"))):
        srm.sharded.survey(tmp_path, **ASK)
    survey = srm.sharded.survey(tmp_path / "name", **ASK)
    assert survey.n_samples == len(ROWS)


@pytest.mark.parametrize("basis", BASES)
def test_its_planes_are_confirmed_as_those_of_an_engine(basis: str) -> None:
    fresh = ROWS[::-1] ** 3
    found = srm.sharded.survey(ROWS, BASES[basis], rows=150, **ASK).confirm(fresh)
    own = srm.ResonanceEngine(ROWS, BASES[basis]).survey(**ASK).confirm(fresh)
    assert found.fresh.n_lit.tolist() == own.fresh.n_lit.tolist()
    assert found.p.tolist() == own.p.tolist()


@pytest.mark.parametrize("basis", BASES.values(), ids=BASES)
@pytest.mark.parametrize(
    "asked", [{"raw": False}, {}, {"extent": 1.5}, {"isotropic": True}], ids=str
)
def test_densities_are_those_of_one_engine(asked: dict[str, Any], basis: Any) -> None:
    asked = dict[str, Any](epsilon="auto", bins=32) | asked
    shards = [ROWS[:90], ROWS[90:90], ROWS[90:200], ROWS[200:]]
    found = srm.sharded.ensemble_density(shards, basis, rows=64, **asked)
    expected = srm.ResonanceEngine(ROWS, basis).ensemble_density(**asked)
    assert np.array_equal(found.counts, expected.counts)
    assert np.array_equal(found.edges, expected.edges)
    for name in ("n_samples", "n_planes", "n_outside", "epsilon", "raw", "n_dims"):
        assert getattr(found, name) == getattr(expected, name)
    if "isotropic" in asked:
        assert found.isotropic == pytest.approx(expected.isotropic, rel=1e-3, abs=1e-6)


def test_densities_of_nothing_are_refused() -> None:
    rows = np.full((4, 3), np.nan)
    with pytest.raises(ValueError, match="none that is finite"):
        srm.sharded.ensemble_density([rows], epsilon=0.5, nan_policy="drop")
    with pytest.raises(ValueError, match="2 of 4 rows"):
        srm.sharded.ensemble_density([np.eye(4), np.diag([np.nan, np.nan, 1, 1])], epsilon=0.5)
