"""Files dropped on the page without samples: what Python takes it takes, and holds the same."""

from __future__ import annotations

import base64
import re
import warnings
import zipfile
from typing import Any

import numpy as np
import pytest
from numpy.polynomial.chebyshev import Chebyshev

import srm_widget as srm
from srm_widget.export.payload import PayloadContent, pack_payload
from srm_widget.results.isotropic_density import isotropic_share
from srm_widget.results.isotropy import isotropic_series
from srm_widget.samples.labels import as_labels
from srm_widget.utils.text import decoded
from srm_widget.view.direction_names import DirectionNames
from srm_widget.view.legend import Legend
from srm_widget.view.samples_in_plane import BINS
from tests.unit.support.dropped_files import (
    archive,
    as_python,
    header,
    hostile,
    loaded,
    npy,
    npz,
    outcomes,
)

N_HOSTILE = 300
LONGEST = 2_000
"""Milliseconds after which a page would seem to hang."""

BYTES = [b"a", b"\xff'", "é😀".encode(), b"\xe2\x82 ", b"\xed\xa0\x80"]
"""Texts in UTF-8, and what is none."""

STRICTER = {
    "bytes after the last number": r"the file was cut or its header is wrong",
    "a key twice in a header": r"expected the header of a \.npy file",
    "an archive that says two things": r"expected a whole \.npz archive",
    "a size that is not true": r"expected at most 128 MB unpacked",
    "activations twice": r"expected one array of activations, got two",
    "names that are numbers": r"expected a list of \d+ names of directions",
    "labels without an order": r"expected integers, strings or categories as labels: got complex",
}
"""What the page refuses although NumPy and the engine take it."""


def held(outcome: dict[str, Any], place: list[int] | None, dtype: str) -> np.ndarray | None:
    """An array in what the page holds."""
    if place is None:
        return None
    data = base64.b64decode(outcome["traits"]["_held"])
    return np.frombuffer(data[place[0] : place[0] + place[1]], dtype)


def verdict(data: bytes) -> srm.ResonanceEngine | str:
    """The engine of a file as NumPy reads it, or why there is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return as_python(**loaded(data))
        except Exception as error:  # noqa: BLE001 - whatever NumPy raises
            return str(error)


def test_no_hostile_file_is_taken_and_each_is_refused_in_words() -> None:
    files = list(hostile(seed=20, n=N_HOSTILE))
    made = outcomes([[(file.name, file.data)] for file in files])
    taken = 0
    for file, outcome in zip(files, made, strict=True):
        refusal = outcome["refusal"]
        if file.name.endswith(".csv"):  # made so that none is a table of numbers
            assert refusal, file
            assert re.match("expected .*, got ", refusal), refusal
            continue
        engine = verdict(file.data)
        if refusal is None:
            assert isinstance(engine, srm.ResonanceEngine), (file, engine)
            assert outcome["facts"]["nSamples"] == engine.n_samples
            assert outcome["facts"]["nDims"] == engine.n_dims
            assert outcome["traits"]["epsilon"] == engine.auto_epsilon()
            taken += 1
            continue
        assert outcome["kind"] == "Error", refusal
        assert re.match("expected .*got ", refusal, re.DOTALL), refusal
        assert outcome["elapsed"] < LONGEST
        if isinstance(engine, srm.ResonanceEngine):
            assert any(re.search(reason, refusal) for reason in STRICTER.values()), (file, refusal)
    assert N_HOSTILE // 20 < taken < N_HOSTILE // 4


ROWS = np.random.default_rng(3).standard_normal((40, 5))
NAN_ROWS = np.where(np.arange(40)[:, None] % 3 == 0, np.nan, ROWS)
BAD_BASIS = np.where(np.arange(6)[:, None] == 2, np.inf, ROWS[:6])
REFUSED: list[dict[str, Any]] = [
    {"activations": ROWS[0]},
    {"activations": ROWS[:, :1]},
    {"activations": ROWS[:0]},
    {"activations": ROWS[None]},
    {"activations": ROWS.astype(complex)},
    {"activations": ROWS.astype("longdouble")},
    {"activations": np.array([["a", "b"]])},
    {"activations": ROWS.astype("M8[s]")},
    {"activations": NAN_ROWS},
    {"activations": NAN_ROWS.astype(">f2")},
    {"activations": ROWS, "basis": BAD_BASIS},
    {"activations": ROWS, "basis": np.zeros((3, 5))},
    {"activations": ROWS, "basis": ROWS[:1]},
    {"activations": ROWS, "basis": ROWS[0]},
    {"activations": ROWS, "basis": ROWS[:, :4]},
    {"activations": ROWS, "basis": ROWS.astype(complex)},
    {"activations": ROWS, "basis": np.ones((3, 5))},
    {"activations": ROWS, "basis": np.diag([1.0, 0, 0, 0, 0])},
    {"activations": ROWS, "labels": np.arange(39)},
    {"activations": ROWS, "labels": np.zeros((40, 1), int)},
    {"activations": ROWS, "names": np.array(["a", "b"])},
]


def before_way_out(refusal: Any) -> str:
    """What a refusal says of what came; the calls that help are Python's own."""
    assert isinstance(refusal, str)
    return refusal.split("; ")[0].replace("ndarray of ", "")


def test_refusals_are_those_of_python_word_for_word() -> None:
    made = outcomes([[("a.npz", npz(**arrays))] for arrays in REFUSED])
    assert [before_way_out(outcome["refusal"]) for outcome in made] == [
        before_way_out(verdict(npz(**arrays))) for arrays in REFUSED
    ]


def _taken() -> dict[str, dict[str, Any]]:
    random = np.random.default_rng(7)
    rows = random.laplace(size=(300, 6))
    rows[[4, 90]] = 0
    turned = np.asarray(srm.basis.rotated(6, seed=1))
    oblique = random.standard_normal((9, 6))
    oblique[3] = 0
    many = np.array(["no", "𝔸", "z", "é", ""] + [f"class {k}" for k in range(12)])
    near = np.array([[1, 0, 0, 0, 0, 0], [1, 1e-3, 0, 0, 0, 0], [0, 0, 0, 1, 0, 0]], float)
    aside = 3 * rows**3 * [0.01, 0.01, 1, 1, 1, 1]
    zeros_first = np.concatenate([np.zeros((1, 6)), np.eye(6)])
    return {
        "dark first": {"activations": aside},
        "dark first of turned": {"activations": aside @ turned.T, "basis": turned.T},
        "dark first of oblique": {"activations": aside, "basis": zeros_first},
        "float64": {"activations": rows},
        "float32": {"activations": rows.astype("f4")},
        "half, big-endian": {"activations": rows.astype(">f2")},
        "Fortran order": {"activations": np.asfortranarray(rows.astype("f4"))},
        "int8": {"activations": (9 * rows).astype("i1")},
        "uint64": {"activations": (2.0**60 * np.abs(rows)).astype("u8")},
        "bool": {"activations": rows > 0.5},
        "huge and tiny": {"activations": rows * 10.0 ** random.integers(-290, 290, (300, 1))},
        "many rows": {"activations": random.standard_normal((25_001, 3)).astype("f4")},
        "two dimensions": {"activations": rows[:, :2]},
        "zeros alone": {"activations": np.zeros((4, 3))},
        "the axes": {"activations": rows, "basis": np.eye(6)},
        "turned": {"activations": rows.astype("f4"), "basis": turned},
        "part of turned": {"activations": rows, "basis": turned[:4]},
        "nearly orthonormal": {"activations": rows, "basis": turned.astype("f4")},
        "oblique": {"activations": rows.astype("f4"), "basis": oblique},
        "few, near": {"activations": rows, "basis": near},
        "int labels": {"activations": rows, "labels": random.integers(-3, 4, 300)},
        "float labels": {
            "activations": rows,
            "labels": random.choice([0.1, 1e-7, 2.0, np.nan, 1e22, -0.0, 0.0], 300),
        },
        "text labels": {"activations": rows, "labels": random.choice(many, 300)},
        "byte labels": {"activations": rows, "labels": random.choice(BYTES, 300)},
        "byte names": {"activations": rows, "names": np.array([*BYTES, b"d"])},
        "bool labels": {"activations": rows, "labels": random.random(300) < 0.5},
        "large labels": {"activations": rows, "labels": np.arange(2**62, 2**62 + 300)},
        "names": {"activations": rows, "names": np.array([f"neuron {k}" for k in range(6)])},
    }


TAKEN = _taken()


@pytest.fixture(scope="module")
def made() -> dict[str, dict[str, Any]]:
    files = [[("x.npz", npz(compressed=True, **arrays))] for arrays in TAKEN.values()]
    return dict(zip(TAKEN, outcomes(files), strict=True))


@pytest.mark.parametrize("case", TAKEN)
def test_holds_what_python_packs(made: dict[str, dict[str, Any]], case: str) -> None:
    arrays, outcome = TAKEN[case], made[case]
    assert outcome["refusal"] is None, outcome["refusal"]
    engine = as_python(**arrays)
    labels, names = arrays.get("labels"), arrays.get("names")
    legend = None if labels is None else Legend(as_labels(labels, engine.n_samples))
    given = None if names is None else [str(decoded(name)) for name in names]
    content = PayloadContent([engine], [""], DirectionNames(given, engine.n_directions).all, legend)
    expected = pack_payload(content, 1 << 30, 0)
    traits, frame = outcome["traits"], outcome["traits"]["_held_frame"]
    assert traits["epsilon"] == engine.auto_epsilon()
    assert tuple(traits["pair"]) == engine.first_plane(epsilon="auto")
    if case.startswith("dark first"):
        assert tuple(traits["pair"]) != engine.first_plane()
    assert traits["_names"] == (given or [])
    places = {"isotropic_cells", "isotropic_series", "steps", "labels", "saved", "version"}
    for key in set(expected.frame) - places:
        assert frame[key] == expected.frame[key], key
    (step,), (packed) = frame["steps"], expected.frame["steps"][0]
    own = {"columns", "basis", "width"}
    for key in set(packed) - own:
        assert step[key] == packed[key], key
    n = engine.n_samples
    found = held(outcome, step["columns"], "<f4")
    assert found is not None
    columns = found.reshape(-1, n)
    basis = held(outcome, step["basis"], "<f8")
    projected = (
        columns if basis is None else basis.reshape(engine.n_directions, -1) @ columns.astype(float)
    )
    units = engine.unit_rows(engine.rows).double().numpy()
    np.testing.assert_allclose(projected, np.asarray(engine.basis) @ units.T, atol=3e-7)
    if legend is not None:
        codes = held(outcome, frame["labels"]["codes"], "<i4")
        np.testing.assert_array_equal(codes, legend.labels.codes)
        said = expected.frame["labels"]
        assert {k: v for k, v in frame["labels"].items() if k != "codes"} == {
            k: v for k, v in said.items() if k != "codes"
        }


DIMS = [2, 3, 4, 8, 9, 64, 700, 4096]


def test_isotropic_numbers_are_those_of_python() -> None:
    rows = [np.eye(2, d, dtype="f4") for d in DIMS]
    for d, outcome in zip(DIMS, outcomes([[("x.npy", npy(each))] for each in rows]), strict=True):
        frame = outcome["traits"]["_held_frame"]
        at = np.linspace(-1, 1, 101)
        series = Chebyshev(frame["isotropic_series"])(at)
        np.testing.assert_allclose(series, Chebyshev(isotropic_series(d))(at), atol=1e-8)
        cells = held(outcome, frame["isotropic_cells"], "<f4")
        assert cells is not None
        half = BINS // 2
        quarter = isotropic_share(d, BINS)[half:, half:].ravel()
        np.testing.assert_allclose(cells, quarter, rtol=1e-6, atol=1e-37)


def test_csv_is_read_as_pandas_reads_it() -> None:
    import io

    import pandas as pd

    random = np.random.default_rng(0)
    table = pd.DataFrame(random.standard_normal((60, 3)), columns=["a", 'b "q", c', "ü"])
    table["Label"] = np.array(["x, y", "z", None])[random.integers(0, 3, 60)]
    texts = {
        "commas": table.to_csv(index=False),
        "CRLF": table.to_csv(index=False, lineterminator="\r\n"),
        "byte order mark": "\ufeff" + table.to_csv(index=False),
        "semicolons": table.to_csv(index=False, sep=";"),
        "tabs, blank lines": table.to_csv(index=False, sep="\t").replace("\n", "\n\n"),
        "no line feed at the end": table.to_csv(index=False).rstrip(),
    }
    drops = [[("x.csv", text.encode())] for text in texts.values()]
    for case, outcome in zip(texts, outcomes(drops), strict=True):
        assert outcome["refusal"] is None, (case, outcome["refusal"])
        frame = outcome["traits"]["_held_frame"]
        assert frame["names"] == ["a", 'b "q", c', "ü"], case
        again = pd.read_csv(io.StringIO(table.to_csv(index=False)))
        labels = as_labels(again["Label"], 60)
        assert frame["labels"]["names"] == list(labels.names)
        np.testing.assert_array_equal(held(outcome, frame["labels"]["codes"], "<i4"), labels.codes)
        engine = srm.ResonanceEngine(again[["a", 'b "q", c', "ü"]].to_numpy())
        columns = held(outcome, frame["steps"][0]["columns"], "<f4")
        units = engine.unit_rows(engine.rows).numpy().astype("f4")
        np.testing.assert_array_equal(columns, units.T.ravel())
        assert outcome["traits"]["epsilon"] == engine.auto_epsilon()


def test_csv_of_numbers_alone_has_no_header() -> None:
    (outcome,) = outcomes([[("x.csv", b"1,2,3\n4,5e-1,-.5\n")]])
    assert outcome["traits"]["_held_frame"]["n_rows"] == 2
    assert outcome["traits"]["_names"] == []


def test_files_that_belong_together_are_dropped_together() -> None:
    rows = ROWS.astype("f4")
    beside = {"labels.npy": np.arange(40) % 2, "basis.npy": rows[:7]}
    files = [("layer 3.npy", npy(rows)), *((name, npy(part)) for name, part in beside.items())]
    twice = [("a.npy", npy(rows)), ("b.npy", npy(rows))]
    taken, refused = outcomes([files, twice])
    assert taken["facts"]["nClasses"] == 2
    assert taken["traits"]["_held_frame"]["n_directions"] == 7
    assert refused["refusal"].startswith("“b.npy”: expected one array of activations, got two")


def test_what_lies_of_its_size_makes_nothing_of_that_size() -> None:
    bomb = bytes(12_000_000)
    lying = header("'<f8'", "False", "(1000000000000, 64)")
    drops = [
        [("x.npy", lying)],
        [("x.npz", archive(("X.npy", lying + bomb), method=zipfile.ZIP_DEFLATED))],
        [("x.npy", npy(np.zeros((1, 5000), "f4")))],
        [("x.npy", npy(np.zeros((1_000_001, 2), "?")))],
    ]
    said = [outcome["refusal"] for outcome in outcomes(drops)]
    assert said[0].startswith("expected 512,000,000,000,000 bytes, of float64 in the shape")
    assert said[1].startswith("expected 512,000,000,000,000 bytes")
    assert said[2].startswith("expected activations of at most 4,096 dimensions, got 5,000")
    assert said[3].startswith("expected at most 1,000,000 samples, got 1,000,001")
