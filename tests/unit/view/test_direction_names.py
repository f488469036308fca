"""Names of directions, in whatever they come."""

import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest

import srm_widget as srm
from srm_widget.view.direction_names import DirectionNames

NAMES = ["up", "down", "left"]
STRINGS: Any = getattr(np.dtypes, "StringDType", lambda: object)()  # of NumPy from 2 on
ROWS = np.random.default_rng(0).standard_normal((9, 3))


@pytest.mark.parametrize(
    "given",
    [
        NAMES,
        tuple(NAMES),
        np.array(NAMES),
        np.array(NAMES, dtype=object),
        np.array(NAMES, dtype=STRINGS),
        [name.encode() for name in NAMES],
        np.array(NAMES, dtype=bytes),
        pd.Index(NAMES),
        pd.Series(NAMES, index=[7, 8, 9]),
        pd.Categorical(NAMES),
        dict.fromkeys(NAMES).keys(),
        (name for name in NAMES),
    ],
    ids=lambda given: f"{type(given).__name__} of {getattr(given, 'dtype', 'names')}",
)
def test_taken(given: Any) -> None:
    assert DirectionNames(given, 3).all == tuple(NAMES)


def test_bytes_name_a_direction_too() -> None:
    assert DirectionNames(NAMES, 3).index(b"down") == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([1, 2, 3], r"got 1; list\(map\(str, names\)\) makes text of numbers"),
        (["up", None, "left"], "as a string, got None"),
        (set(NAMES), "which has no order"),
        ("abc", "a list of 3 names of directions, got 'abc'"),
        ({"up": 1}, r"a list of 3 names .*list\(directions\) has its keys, list\(directions.v"),
        (
            pd.DataFrame({"name": NAMES, "n": [1, 2, 3]}),
            r"got a DataFrame; directions\['name'\] is a column of it, list\(directions.columns\)",
        ),
    ],
)
def test_refused(given: Any, said: str) -> None:
    with pytest.raises(TypeError, match=said):
        DirectionNames(given, 3)


def test_names_of_two_dimensions_are_refused() -> None:
    with pytest.raises(ValueError, match=r"got shape \(3, 1\); directions.reshape\(-1\)"):
        DirectionNames(np.array(NAMES)[:, None], 3)


def test_columns_of_a_table_name_the_directions_of_the_standard_basis() -> None:
    table = pd.DataFrame(ROWS, columns=NAMES)
    engine = srm.ResonanceEngine(table)
    assert engine.basis.names == tuple(NAMES)
    basis = pd.DataFrame(np.eye(3)[:2], index=["one", "other"])
    named = srm.ResonanceEngine(table, basis)
    assert named.basis.names == ("one", "other")
    assert srm.basis.of(pd.DataFrame(np.eye(3), index=NAMES)).names == tuple(NAMES)
    assert pickle.loads(pickle.dumps(named)).basis.names == ("one", "other")
    for unnamed in (
        srm.ResonanceEngine(table, np.eye(3)),
        srm.ResonanceEngine(pd.DataFrame(ROWS)),
        srm.ResonanceEngine(pd.DataFrame({"rows": list(ROWS)})),
        engine.in_bases([srm.basis.rotated(3, seed=0)])[0],
    ):
        assert unnamed.basis.names is None
    for scope in (srm.SRMScope(engine), srm.SRMScope(srm.ResonanceEngine(ROWS, named.basis))):
        assert scope._names == list(scope.engine.basis.names or ())
    with pytest.raises(ValueError, match="no direction is named 'zzz'; there are 'up', 'down'"):
        srm.SRMScope(engine).pair = ("zzz", 0)
    scope = srm.SRMScope(table, pair=("left", "up"))
    assert (scope.pair, scope._names) == ((2, 0), NAMES)
    assert srm.SRMScope(table, directions=["x", "y", "z"])._names == ["x", "y", "z"]
