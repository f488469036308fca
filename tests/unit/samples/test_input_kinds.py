"""What loops, tables, loaders and files leave behind: taken as the plain array is, or a way out."""

from __future__ import annotations

import array
import collections
import decimal
import io
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import ml_dtypes
import numpy as np
import pandas as pd
import pytest
import scipy.sparse
import torch
import zarr
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

import srm_widget as srm
from srm_widget.samples.activations import as_activations
from srm_widget.utils import room, ways_out

X = np.random.default_rng(0).integers(-4, 5, (12, 4)).astype(np.float32)
T = torch.from_numpy(X)
Point = collections.namedtuple("Point", "x y")
BUFFER: Any = X
SPARSE: Any = pd.DataFrame.sparse
Made = Callable[[], Any]


class Speaks:
    """An array of some other library, which speaks the protocols that are named."""

    def __init__(self, values: Any, *protocols: str) -> None:
        for name in protocols:
            setattr(type(self), name, getattr(values, name))


def speaking(values: Any, *protocols: str) -> Any:
    return type("Other", (Speaks,), {})(values, *protocols)


def captured(*layers: str) -> Any:
    model = nn.Sequential(nn.Identity(), nn.Identity())
    with srm.capture(model, list(layers)) as acts:
        model(T)
    return acts


def zarr_group() -> Any:
    group = zarr.open_group({}, mode="w")
    group["acts"] = X
    return group


def rows_of(values: Any) -> list[Any]:
    return list(values)


TAKEN: dict[str, Made] = {
    "rows": lambda: list(T),
    "a tuple of rows": lambda: tuple(T),
    "rows of NumPy": lambda: list(X),
    "rows of every sort": lambda: [T[0], X[1], X[2].tolist(), *T[3:]],
    "rows with gradients": lambda: [row.clone().requires_grad_() for row in T],
    "rows that cannot be written to": lambda: [frozen(X[0]), *T[1:]],
    "rows backwards": lambda: [X[0][::-1].copy()[::-1], *T[1:]],
    "rows of big-endian numbers": lambda: [X[0].astype(">f4"), *T[1:]],
    "rows in a deque": lambda: collections.deque(T),
    "rows in a dictionary's values": lambda: dict(enumerate(T)).values(),
    "rows of numbers without axes": lambda: [list(row) for row in T],
    "numbers of NumPy without axes": lambda: [[np.array(x) for x in row] for row in X],
    "lists of rows": lambda: [list(T[:5]), list(T[5:])],
    "batches": lambda: [T[:5], T[5:9], T[9:]],
    "batches of NumPy": lambda: (X[:7], X[7:]),
    "batches of both": lambda: [T[:5], X[5:]],
    "batches of two widths of numbers": lambda: [T[:5].bfloat16(), T[5:]],
    "batches of float8": lambda: [T[:5].to(torch.float8_e4m3fn), T[5:]],
    "batches, one a list": lambda: [[T[:6]], [T[6:]]],
    "batches in dictionaries": lambda: [{"acts": T[:6]}, {"acts": T[6:]}],
    "batches that are tables": lambda: [pd.DataFrame(X[:6]), pd.DataFrame(X[6:])],
    "the only entry of a dictionary": lambda: {"acts": T},
    "the only layer captured": lambda: captured("1"),
    "a Zarr array": lambda: zarr_group()["acts"],
    "the only array of a Zarr group": zarr_group,
    "a data frame of some numbers": lambda: pd.DataFrame(X).astype({0: "float64", 1: "int16"}),
    "a data frame of bools beside numbers": lambda: (
        pd.DataFrame(X).assign(b=True).drop(columns="b")
    ),
    "nullable numbers": lambda: pd.DataFrame(X, dtype="Float32"),
    "nullable integers": lambda: pd.DataFrame(X).astype("Int64"),
    "a sparse data frame": lambda: SPARSE.from_spmatrix(scipy.sparse.csr_array(X)),
    "columns of the same name": lambda: pd.DataFrame(X, columns=list("aabb")),
    "an index of two levels": lambda: pd.DataFrame(
        X, index=pd.MultiIndex.from_product([range(3), range(4)])
    ),
    "a column of arrays": lambda: pd.Series(list(X), index=range(12, 24)),
    "a column of lists": lambda: pd.Series(X.tolist()),
    "a column of tensors": lambda: pd.Series(list(T)),
    "a table of one column of arrays": lambda: pd.DataFrame({"e": list(X)}),
    "an array of arrays": lambda: pd.Series(list(X)).to_numpy(),
    "masked nowhere": lambda: np.ma.masked_array(X),
    "numbers through a buffer": lambda: memoryview(BUFFER),
    "__array__ alone": lambda: speaking(X, "__array__"),
    "__array_interface__ alone": lambda: speaking(X, "__array_interface__"),
    "__dlpack__ alone": lambda: speaking(T, "__dlpack__", "__dlpack_device__"),
    "rows that speak DLPack": lambda: [
        speaking(row, "__dlpack__", "__dlpack_device__") for row in T
    ],
    "a parameter": lambda: nn.Parameter(T),
    **{
        f"{name} of ml_dtypes": partial(X.astype, getattr(ml_dtypes, name))
        for name in ("bfloat16", "float8_e4m3fn", "float8_e5m2", "float8_e3m4")
    },
    "rows of bfloat16 of ml_dtypes": lambda: list(X.astype(ml_dtypes.bfloat16)),
    "batches of it and of tensors": lambda: [X[:6].astype(ml_dtypes.bfloat16), T[6:]],
    "batches of it and of arrays": lambda: [X[:6].astype(ml_dtypes.bfloat16), X[6:]],
}


def frozen(values: np.ndarray) -> np.ndarray:
    values = values.copy()
    values.setflags(write=False)
    return values


def plain(values: Any) -> np.ndarray:
    if isinstance(values, torch.Tensor):
        values = values.float().numpy()
    return np.asarray(values, dtype=np.float32)


@pytest.mark.parametrize("made", list(TAKEN.values()), ids=list(TAKEN))
def test_taken_as_the_plain_array(made: Made) -> None:
    assert plain(as_activations(made())).tolist() == X.tolist()


@pytest.mark.parametrize("made", list(TAKEN.values()), ids=list(TAKEN))
def test_a_basis_is_taken_as_activations_are(made: Made) -> None:
    assert np.array_equal(np.asarray(srm.basis.of(made())), np.asarray(srm.basis.of(X)))


def through_counts(rows: Any) -> int:
    counts = srm.ResonanceCounts(4, epsilon=0.5)
    counts.append(rows)
    return counts.n_samples


def through_metric(rows: Any) -> int:
    metric = srm.SpotlightResonanceMetric(4, epsilon=0.5)
    metric.update(rows)
    return metric.counts().n_samples


def through_timeline(rows: Any) -> int:
    timeline = srm.Timeline()
    timeline.record(rows)
    return int(timeline[0].n_samples)


ENTRIES: dict[str, Callable[[Any], int]] = {
    "SRMScope": lambda rows: srm.SRMScope(rows).engine.n_samples,
    "ResonanceEngine": lambda rows: srm.ResonanceEngine(rows).n_samples,
    "spotlight_resonance": lambda rows: srm.spotlight_resonance(rows, epsilon=0.5).n_samples,
    "alignment": lambda rows: len(X) if srm.alignment(rows).isfinite() else 0,
    "kurtosis": lambda rows: len(X) if srm.kurtosis(rows).isfinite().all() else 0,
    "Timeline.record": through_timeline,
    "Timeline.turning": lambda rows: srm.Timeline.turning(rows, np.eye(4), 2)[0].n_samples,
    "ResonanceCounts": through_counts,
    "SpotlightResonanceMetric": through_metric,
    "sharded.survey": lambda rows: srm.sharded.survey(rows, epsilon=0.5).n_samples,
    "Survey.confirm": lambda rows: (
        srm.ResonanceEngine(X[1:]).survey(epsilon=0.5).confirm(rows).n_samples
    ),
}


@pytest.mark.parametrize("entry", ENTRIES)
@pytest.mark.parametrize(
    "made",
    [
        lambda: list(T),
        lambda: [T[:5], T[5:]],
        lambda: pd.Series(list(X)),
        lambda: pd.DataFrame(X).astype("Int64"),
        lambda: X.astype(ml_dtypes.bfloat16),
        lambda: speaking(T, "__dlpack__", "__dlpack_device__"),
    ],
    ids=["rows", "batches", "column", "nullable", "bfloat16", "DLPack"],
)
def test_taken_everywhere(entry: str, made: Made) -> None:
    assert ENTRIES[entry](made()) == len(X)


@pytest.mark.parametrize(
    "made",
    [
        lambda: pd.DataFrame(X).astype("Int64").mask(X > 3),
        lambda: pd.DataFrame(X, dtype="Float32").mask(X > 3),
        lambda: np.ma.masked_array(X, X > 3),
        lambda: np.ma.masked_array(X.astype(int), X > 3),
    ],
    ids=["integers", "floats", "masked", "masked integers"],
)
def test_what_is_missing_is_no_number(made: Made) -> None:
    gaps = np.flatnonzero((X > 3).any(axis=1))
    assert 0 < len(gaps) < len(X)
    with pytest.raises(
        ValueError, match=rf"in {len(gaps)} of 12 rows \({gaps[0]}, .*'drop' leaves"
    ):
        srm.ResonanceEngine(made())
    left = srm.ResonanceEngine(made(), nan_policy="drop")
    assert (left.n_dropped, left.dtype) == (len(gaps), torch.float32)
    expected = srm.ResonanceEngine(np.delete(X, gaps, axis=0))
    ask: Any = {"epsilon": 0.4, "resolution": 24}
    assert left.curve(0, 1, **ask).counts.tolist() == expected.curve(0, 1, **ask).counts.tolist()


@pytest.mark.parametrize("given", [X, T, X[::2, 1:], X.astype(ml_dtypes.bfloat16)])
def test_arrays_are_not_copied(given: Any) -> None:
    found = as_activations(given)
    held = given if isinstance(given, torch.Tensor) else np.asarray(given)
    assert np.shares_memory(np.asarray(found), np.asarray(held))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (T[1].to(torch.complex64), r"complex64; abs\(activations\[1\]\)"),
        (T[1].to("meta"), "meta device"),
        (torch.zeros(4, dtype=torch.uint8).view(torch.bits8), "torch reads no numbers"),
        (T[1].to_sparse(), r"activations\[1\].to_dense\(\)"),
        (nn.LazyLinear(4).weight, "before the model is called"),
        (X[1].astype(complex), r"complex128; abs\(activations\[1\]\)"),
        (None, "None in entry 1"),
    ],
)
def test_rows_unlike_the_first_are_looked_at_too(row: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        as_activations([T[0], row, *T[2:]])


def test_masked_rows_are_no_plain_arrays() -> None:
    rows = [np.ma.masked_array(X[0]), np.ma.masked_array(X[1], [True, False, False, False])]
    assert np.isnan(plain(as_activations(rows))).tolist() == [[False] * 4, [True, *[False] * 3]]


def test_gradients_reach_what_was_joined() -> None:
    rows = [row.clone().requires_grad_() for row in T]
    srm.alignment(rows).backward()
    whole = T.clone().requires_grad_()
    srm.alignment(whole).backward()
    assert whole.grad is not None
    gradients = torch.stack([row.grad for row in rows if row.grad is not None])
    assert torch.equal(gradients, whole.grad)


def test_numbers_of_python_keep_their_digits_in_a_basis_and_a_centre() -> None:
    rows = [[0.1, 0.7], [-0.3, 0.2]]
    assert np.array_equal(np.asarray(srm.basis.of(rows)), np.asarray(srm.basis.of(np.array(rows))))
    engine = srm.ResonanceEngine(rows, center=[0.1, 0.2])
    assert engine.center is not None
    assert engine.center.tolist() == [0.1, 0.2]


def generated() -> Iterator[torch.Tensor]:
    yield T


def with_itself() -> list[Any]:
    values: list[Any] = []
    values.append(values)
    return values


def quantised() -> torch.Tensor:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.quantize_per_tensor(T, 0.1, 0, torch.qint8)


REFUSED: dict[str, tuple[Made, type[Exception], str]] = {
    "unequal rows": (
        lambda: [T[0], T[1], T[2, :3]],
        ValueError,
        "4 numbers in row 0 and 3 in row 2",
    ),
    "unequal lists": (lambda: [[1.0, 2.0], [1.0]], ValueError, "2 numbers in row 0 and 1 in row 1"),
    "an unequal column": (
        lambda: pd.Series([[1.0, 2.0], [1.0]]),
        ValueError,
        "in row 1 of a column of 2",
    ),
    "unequal batches": (lambda: [T, T[:, :3]], ValueError, "numbers in batch 0 and 3 in batch 1"),
    "batches of tokens": (lambda: [torch.ones(2, 3, 4)], ValueError, r"flatten\(0, -2\) for each"),
    "data and labels": (lambda: (T, torch.arange(12)), ValueError, r"give activations\[0\] if"),
    "a layer's states": (lambda: nn.LSTM(4, 4)(T), TypeError, r"activations\[0\] is the first"),
    "what a loader gave": (
        lambda: [(T[:6], torch.arange(6)), (T[6:], torch.arange(6))],
        TypeError,
        r"entry 0 of 2 parts.*\[each\[0\] for each in activations\] takes one",
    ),
    "dictionaries that a loader gave": (
        lambda: [{"acts": T, "y": 1}],
        TypeError,
        r"\[each\['acts'\] for each in activations\] takes one",
    ),
    "rows beside their labels": (
        lambda: list(enumerate(T)),
        TypeError,
        r"\[each\[1\] for each in activations\] takes one",
    ),
    "records of a table": (
        lambda: pd.DataFrame(X).to_dict("records"),
        TypeError,
        r"pd.DataFrame\(activations\) makes columns",
    ),
    "a gap in a list": (lambda: [T[0], None], TypeError, "None in entry 1; .*is not None"),
    "sparse batches": (
        lambda: [scipy.sparse.csr_array(X)] * 2,
        TypeError,
        r"scipy.sparse.vstack\(activations\).toarray\(\)",
    ),
    "sparse batches of torch": (
        lambda: [T, T.to_sparse()],
        TypeError,
        r"activations\[1\].to_dense\(\)",
    ),
    "entries of entries": (
        lambda: {"a": {"b": T, "c": T}},
        TypeError,
        r"give one of them, activations\['a'\]\['b'\]",
    ),
    "paths in a list": (lambda: ["a.npy"], TypeError, r"\[np.load\(path\) for path in"),
    "an open file": (io.BytesIO, TypeError, r"open file, BytesIO; np.load\(activations\)"),
    "a lazy layer's weight": (
        lambda: nn.LazyLinear(4).weight,
        TypeError,
        "no numbers before the model is called",
    ),
    "objects with gaps": (
        lambda: pd.DataFrame({"a": [1, None], "b": [1, 2]}, dtype="Int64").to_numpy(),
        TypeError,
        r"to_numpy\(dtype=float, na_value=np.nan\)",
    ),
    "a loader": (lambda: DataLoader(TensorDataset(T)), TypeError, r"batch\[0\] for batch in"),
    "a dataset": (lambda: TensorDataset(T), TypeError, r"activations.tensors\[0\]"),
    "a generator": (generated, TypeError, r"torch.cat\(list\(activations\)\).*engine.append"),
    "a map": (lambda: map(torch.relu, T), TypeError, "map, which can be read once"),
    "several entries": (
        lambda: {"a": T, "b": T},
        TypeError,
        r"2 entries: 'a' \(12, 4\), 'b' \(12, 4\); give one of them, activations\['a'\]",
    ),
    "columns in a dictionary": (
        lambda: {"x": [1.0, 2.0], "y": [2.0, 3.0]},
        TypeError,
        r"pd.DataFrame\(activations\) makes columns",
    ),
    "several layers": (
        lambda: captured("0", "1"),
        TypeError,
        r"layers '0', '1', captured; acts\['0'\] .* acts.engine\('0'\)",
    ),
    "parameters of a model": (lambda: nn.Linear(4, 4).state_dict(), TypeError, r"\['weight'\]"),
    "a path": (lambda: "acts.npy", TypeError, r"np.load\('acts.npy'\) reads it"),
    "another path": (lambda: Path("acts.pt"), TypeError, r"torch.load\('acts.pt'\) reads it"),
    "text": (lambda: "acts", TypeError, "the str 'acts'; np.load reads"),
    "bytes": (X.tobytes, TypeError, r"np.frombuffer\(activations"),
    "a layer": (lambda: nn.Linear(4, 6), TypeError, r"activations.weight is its matrix, \(6, 4\)"),
    "a model": (nn.Sequential, TypeError, r"srm.capture\(model, layer\)"),
    "an engine": (
        lambda: srm.alignment(srm.ResonanceEngine(X)),
        TypeError,
        r"engine.alignment\(\)",
    ),
    "a sparse matrix": (
        lambda: scipy.sparse.csr_array(X),
        TypeError,
        r"csr_array of shape \(12, 4\); activations.toarray\(\) makes an array of 192 bytes",
    ),
    "a sparse dictionary": (lambda: scipy.sparse.dok_matrix(X), TypeError, r"\.toarray\(\)"),
    "a sparse tensor": (T.to_sparse, TypeError, r"sparse_coo; activations.to_dense\(\) makes"),
    "quantised": (quantised, TypeError, r"activations.dequantize\(\)"),
    "complex": (lambda: X + 0j, TypeError, r"abs\(activations\)"),
    "objects": (lambda: X.astype(object), TypeError, r"got object; activations.astype\(float\)"),
    "long doubles": (lambda: X.astype(np.longdouble), TypeError, r"astype\(np.float64\) rounds"),
    "numbers that are text": (lambda: X.astype(str), TypeError, r"astype\(float\) makes"),
    "lists of them": (
        lambda: X.astype(str).tolist(),
        TypeError,
        r"np.asarray\(activations, dtype=",
    ),
    "decimal numbers": (lambda: [[decimal.Decimal(1)] * 4], TypeError, "dtype=float"),
    "gaps in a list": (lambda: [[1.0, None]], TypeError, r"float\('nan'\) stands for"),
    "lists that are text": (lambda: pd.Series(["[1, 2]"]), TypeError, r"\.map\(json.loads\)"),
    "records": (
        lambda: pd.DataFrame(X, columns=list("abcd")).to_records(index=False),
        TypeError,
        r"structured_to_unstructured\(activations\[\['a', 'b', 'c', 'd'\]\]\)",
    ),
    "bfloat16 that NumPy stored": (
        lambda: X.astype("V2"),
        TypeError,
        r"view\(ml_dtypes.bfloat16\)",
    ),
    "a column of text": (
        lambda: pd.DataFrame(X).assign(name="a"),
        TypeError,
        r"1 of 5 columns hold other objects: 'name' \(.*drop\(columns=\['name'\]\) leaves them out",
    ),
    "arrays beside numbers": (
        lambda: pd.DataFrame({"id": range(12), "e": list(X)}),
        TypeError,
        r"activations\['e'\] is a column of arrays",
    ),
    "a gap in a column of arrays": (
        lambda: pd.Series([[1.0, 2.0], None]),
        TypeError,
        r"None in row 1; activations.dropna\(\)",
    ),
    "tables of other columns": (
        lambda: [pd.DataFrame(X, columns=list("abcd")), pd.DataFrame(X, columns=list("abdc"))],
        ValueError,
        "got .*'c', 'd'.* in entry 0 and .*'d', 'c'.* in entry 1; pd.concat",
    ),
    "what torch names": (
        lambda: torch.max(T, dim=1),
        TypeError,
        "max of values, indices; give one",
    ),
    "a named tuple": (lambda: Point(T, T), TypeError, "Point of x, y; give one of them"),
    "one axis": (
        lambda: X[0],
        ValueError,
        r"got \(4,\); activations.reshape\(1, -1\) makes one row",
    ),
    "a buffer of one axis": (lambda: array.array("d", [1, 2]), ValueError, r"got \(2,\)"),
    "three axes": (
        lambda: torch.ones(2, 3, 4),
        ValueError,
        r"reshape\(6, 4\) makes a row of every position, activations.reshape\(2, -1\) one of every",
    ),
    "pictures": (lambda: torch.ones(2, 3, 4, 5), ValueError, r"moveaxis\(activations, 1, -1\)"),
    "no rows": (list, ValueError, r"\(N, D\), got \(0,\)$"),
    "a set": (lambda: {1.0}, TypeError, "set, which has no order"),
    "a list of itself": (
        with_itself,
        TypeError,
        "expected activations that are dense real numbers",
    ),
    "a class": (lambda: np.ndarray, TypeError, "the class ndarray itself"),
    "anything": (lambda: SimpleNamespace(a=T), TypeError, "got SimpleNamespace$"),
    "what is yet to be computed": (
        type("Lazy", (), {"collect": lambda _: T}),
        TypeError,
        r"got Lazy; activations.collect\(\)",
    ),
}


@pytest.mark.parametrize(("made", "kind", "said"), list(REFUSED.values()), ids=list(REFUSED))
def test_refused_with_a_way_out(made: Made, kind: type[Exception], said: str) -> None:
    with pytest.raises(kind, match=said) as caught:
        as_activations(made())
    assert len(str(caught.value)) < 500
    assert str(caught.value).startswith("expected ")


def test_ways_out_name_what_was_given() -> None:
    with pytest.raises(TypeError, match=r"a basis of dense real numbers.*basis.weight"):
        srm.ResonanceEngine(X, nn.Linear(4, 6))
    with pytest.raises(TypeError, match=r"center as D real numbers, .*center.to_dense\(\)"):
        srm.ResonanceEngine(X, center=T[0].to_sparse())


def test_a_basis_that_lies_on_its_side() -> None:
    with pytest.raises(ValueError, match=r"got \(12, 4\); basis.T has the directions in its rows"):
        srm.ResonanceEngine(X, np.eye(6)[:4] + 0.1)
    with pytest.raises(ValueError, match=r"got \(4, 12\); activations.T has the samples in its"):
        srm.ResonanceEngine(X.T, np.eye(4)[:3])


def test_memory_is_looked_at_before_it_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (room, ways_out):
        monkeypatch.setattr(module, "available_bytes", lambda: 100)
    monkeypatch.setattr(room, "_LOOKED_AT", 0)
    for given in ([T[:6], T[6:]], speaking(X, "__array__", "shape", "dtype")):
        with pytest.raises(
            MemoryError, match=r"of 192 bytes, and 100 bytes are left; for batch in"
        ):
            as_activations(given)
    for sparse in (scipy.sparse.csr_array(X), T.to_sparse()):
        with pytest.raises(
            TypeError, match=r"would take 192 bytes, and 100 bytes .* counts.append"
        ):
            as_activations(sparse)
    assert as_activations(X) is not None


@pytest.mark.parametrize("library", ["polars", "pyarrow"])
def test_tables_of_other_libraries(library: str) -> None:
    module = pytest.importorskip(library)
    columns = {f"c{k}": X[:, k] for k in range(4)}
    make = module.DataFrame if library == "polars" else module.table
    arrays = make({"e": X.tolist()})
    gaps = make({"a": [1, None, 3], "b": [1, 2, 3]})
    for given in (make(columns), arrays, arrays["e"]):
        assert plain(as_activations(given)).tolist() == X.tolist()
    assert np.isnan(plain(as_activations(gaps))).sum() == 1
    with pytest.raises(
        TypeError, match=r"1 of 2 columns .*'t' \(.*drop\(\['t'\]\) leaves them out"
    ):
        as_activations(make({"a": [1, 2], "t": ["x", "y"]}))


def test_numbers_of_arrow_in_pandas() -> None:
    pytest.importorskip("pyarrow")
    assert plain(as_activations(pd.DataFrame(X).astype("float[pyarrow]"))).tolist() == X.tolist()
    gaps = pd.DataFrame({"a": [1, None, 3], "b": [1, 2, 3]}, dtype="int64[pyarrow]")
    assert np.isnan(np.asarray(as_activations(gaps))).sum() == 1


def test_arrays_of_jax_and_files_of_hdf5(tmp_path: Path) -> None:
    jax = pytest.importorskip("jax")
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "acts.h5", "w") as file:
        file["acts"] = X
        for given in (jax.numpy.asarray(X), jax.numpy.asarray(X, "bfloat16"), file, file["acts"]):
            assert plain(as_activations(given)).tolist() == X.tolist()
