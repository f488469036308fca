"""The method's table of edge cases, line by line; every refusal says what came and what was due."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import srm_widget as srm

pytestmark = pytest.mark.usefixtures("as_users")

X = np.random.default_rng(11).standard_normal((9, 4))
ASK: dict[str, Any] = {"epsilon": 0.4, "resolution": 24}


def counts(activations: Any, **keywords: Any) -> list[int]:
    engine = srm.ResonanceEngine(activations, **keywords)
    found: list[int] = engine.curve(0, 2, **ASK).counts[0].tolist()
    return found


@pytest.fixture(params=["append", "construct", "call"])
def give(request: pytest.FixtureRequest) -> Callable[[Any], object]:
    """The three ways by which activations come in."""
    ways: dict[str, Callable[[Any], object]] = {
        "append": lambda rows: srm.ResonanceEngine().append(rows),
        "construct": srm.ResonanceEngine,
        "call": lambda rows: srm.spotlight_resonance(rows, epsilon=0.5),
    }
    return ways[request.param]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("epsilon", "lit"),
    [(-1.0, 2), (-1e-9, 2), (-0.0, 2), (0.0, 2), (5e-324, 0), (1e-30, 0), (0.5, 0), (1.0, 0)],
)
def test_zero_rows_are_counted_and_lit_only_by_no_threshold(
    dtype: type, epsilon: float, lit: int
) -> None:
    rows: np.ndarray = np.zeros((2, 3), dtype=dtype)
    curve = srm.ResonanceEngine(rows, [[1, 1, 0], [0, 1, 1]]).curve(0, 1, epsilon=epsilon)
    assert set(curve.counts[0].tolist()) == {lit}
    assert (curve.n_samples, curve.n_zero) == (2, 2)
    assert curve.values.max() == lit / 2


def test_zero_rows_are_reported_over_batches() -> None:
    engine = srm.ResonanceEngine(np.vstack([X, np.zeros(4)]))
    engine.append(np.zeros((2, 4)))
    assert (engine.n_samples, engine.n_zero) == (12, 3)
    assert engine.curve(0, 1, epsilon=0.5).n_zero == 3


def holed(bad: list[int], many: int = 9, value: float = math.nan) -> np.ndarray:
    rows: np.ndarray = np.resize(X, (many, 4))
    rows[bad, 1] = value
    return rows


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64, torch.from_numpy])
def test_rows_that_are_not_finite_are_named(
    give: Callable[[Any], object], kind: Any, value: float
) -> None:
    rows = holed([2, 5], value=value)
    with pytest.raises(ValueError, match=r"NaN or infinity in 2 of 9 rows \(2, 5\).*'drop'"):
        give(kind(rows) if kind is torch.from_numpy else rows.astype(kind))


def test_only_the_first_of_many_bad_rows_are_named() -> None:
    with pytest.raises(ValueError, match=r"in 8 of 9 rows \(0, 1, 2, 3, 4, …\)"):
        srm.ResonanceEngine(holed(list(range(8))))


def test_dropped_rows_are_left_out_and_counted() -> None:
    bad = [0, 3, 4]
    engine = srm.ResonanceEngine(holed(bad), nan_policy="drop")
    engine.append(holed([1]))
    kept = np.vstack([np.delete(X, bad, axis=0), np.delete(X, [1], axis=0)])
    assert (engine.n_samples, engine.n_dropped) == (14, 4)
    curve = engine.curve(0, 2, **ASK)
    assert curve.counts[0].tolist() == counts(kept)
    assert (curve.n_samples, curve.n_dropped) == (14, 4)


def test_indices_count_the_dropped_rows_in() -> None:
    rows = holed([0, 3, 4])
    engine = srm.ResonanceEngine(rows, nan_policy="drop")
    engine.append(holed([1]))
    both = np.vstack([rows, holed([1])])
    _, kept = engine.projection(0, 2)
    assert kept.tolist() == np.flatnonzero(np.isfinite(both).all(axis=1)).tolist()
    for index in engine.inside(0, 2, 0.3, epsilon=0.2):
        x = both[index] / np.linalg.norm(both[index])
        assert x[0] * math.cos(0.3) + x[2] * math.sin(0.3) >= 0.2


@pytest.mark.parametrize(
    "ask",
    [
        lambda engine: engine.curve(0, 1, epsilon=0.5),
        lambda engine: engine.curve(0, 1, epsilon="auto"),
        lambda engine: engine.inside(0, 1, 0.0, epsilon=0.5),
        lambda engine: engine.projection(0, 1),
        lambda engine: engine.auto_epsilon(),
    ],
    ids=["curve", "curve auto", "inside", "projection", "auto_epsilon"],
)
@pytest.mark.parametrize("state", ["new", "new with basis", "all dropped"])
def test_an_engine_without_samples_says_so(
    ask: Callable[[srm.ResonanceEngine], object], state: str
) -> None:
    rows, basis = {
        "new": (None, None),
        "new with basis": (None, np.eye(4)),
        "all dropped": (holed(list(range(9))), None),
    }[state]
    engine = srm.ResonanceEngine(rows, basis, nan_policy="drop")
    assert engine.n_samples == 0
    with pytest.raises(ValueError, match=r"sample.*append"):
        ask(engine)
    engine.append(X)
    ask(engine)


@pytest.mark.parametrize(("sign", "kind"), [(1.0, "parallel"), (-1.0, "antiparallel")])
def test_parallel_directions(sign: float, kind: str) -> None:
    engine = srm.ResonanceEngine(X, np.vstack([np.eye(4), sign * np.eye(4)[1]]))
    for pair in [(1, 4), (4, 1)]:
        with pytest.raises(ValueError, match=rf"{pair[0]} and {pair[1]} are {kind}"):
            engine.curve(*pair, epsilon=0.5)
        with pytest.raises(ValueError, match=kind):
            engine.inside(*pair, 0.0, epsilon=0.5)
        with pytest.raises(ValueError, match=kind):
            engine.projection(*pair)


@pytest.mark.parametrize("pair", [(0, 0), (-1, 0), (0, 4), (7, 9)])
def test_planes_out_of_range(pair: tuple[int, int]) -> None:
    engine = srm.ResonanceEngine(X)
    for ask in (
        lambda: engine.curve(*pair, epsilon=0.5),
        lambda: engine.inside(*pair, 0.0, epsilon=0.5),
        lambda: engine.projection(*pair),
        lambda: srm.spotlight_resonance(X, planes=[(0, 1), pair], epsilon=0.5),
    ):
        with pytest.raises(IndexError, match=rf"0 … 3, got \({pair[0]}, {pair[1]}\)"):
            ask()


@pytest.mark.parametrize(
    ("epsilon", "error", "message"),
    [
        (1.0000001, ValueError, r"\[-1, 1\], got 1.0000001"),
        (-1.5, ValueError, r"\[-1, 1\], got -1.5"),
        (math.nan, ValueError, "got nan"),
        (math.inf, ValueError, "got inf"),
        ("automatic", TypeError, "number.*'automatic'"),
        (None, TypeError, "number.*None"),
        (0.5j, TypeError, "number.*0.5j"),
        ([0.5], TypeError, r"number.*\[0.5\]"),
        (np.array([0.1, 0.2]), TypeError, "number"),
    ],
)
def test_epsilons_refused(epsilon: Any, error: type[Exception], message: str) -> None:
    engine = srm.ResonanceEngine(X)
    with pytest.raises(error, match=message):
        engine.curve(0, 1, epsilon=epsilon)
    with pytest.raises(error, match=message):
        srm.spotlight_resonance(X, epsilon=epsilon)
    with pytest.raises(error, match=message):
        engine.inside(0, 1, 0.0, epsilon=epsilon)


@pytest.mark.parametrize(
    ("resolution", "error", "message"),
    [
        (3, ValueError, "resolution ≥ 4, got 3"),
        (0, ValueError, "got 0"),
        (-360, ValueError, "got -360"),
        (36.0, TypeError, "integer resolution ≥ 4, got 36.0"),
        ("360", TypeError, "'360'"),
        (None, TypeError, "None"),
    ],
)
def test_resolutions_refused(resolution: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        srm.ResonanceEngine(X).curve(0, 1, epsilon=0.5, resolution=resolution)


@pytest.mark.parametrize(
    ("angles", "message"),
    [
        ([], r"not empty, got shape \(0,\)"),
        (1.0, r"got shape \(\)"),
        ([[0.0, 1.0]], r"got shape \(1, 2\)"),
        ([0.0, math.nan], "finite angles, got nan"),
        ([-math.inf], "finite angles, got -inf"),
        (["a"], "got shape"),
        ([None], "got shape"),
        ([1j], "complex"),
    ],
)
def test_angles_refused(angles: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        srm.ResonanceEngine(X).curve(0, 1, epsilon=0.5, angles=angles)


@pytest.mark.parametrize("theta", [math.nan, math.inf])
def test_a_spotlight_angle_is_finite(theta: float) -> None:
    with pytest.raises(ValueError, match=f"finite.*got {theta}"):
        srm.ResonanceEngine(X).inside(0, 1, theta, epsilon=0.5)


@pytest.mark.parametrize(
    ("activations", "error", "message"),
    [
        (np.zeros((3, 1)), ValueError, r"D ≥ 2.*\(3, 1\)"),
        (np.zeros((0, 4)), ValueError, r"N ≥ 1.*\(0, 4\)"),
        (torch.zeros(0, 4), ValueError, r"N ≥ 1.*\(0, 4\)"),
        (np.zeros(4), ValueError, r"\(N, D\), got \(4,\)"),
        (torch.zeros(3, 4, 5), ValueError, r"\(N, D\), got \(3, 4, 5\)"),
        (3.0, ValueError, r"\(N, D\), got \(\)"),
        (X + 0j, TypeError, "complex128"),
        (torch.zeros(3, 4, dtype=torch.complex64), TypeError, "complex64"),
        (X.astype(object), TypeError, "object"),
        (X.astype(str), TypeError, "real numbers, got <U"),
        ("activations", TypeError, "activations"),
        ([[None, 1.0]], TypeError, "real numbers"),
        ([["a", "b"]], TypeError, "real numbers"),
        ({"a": 1}, TypeError, "real numbers|dict"),
        (torch.zeros(3, 4).to_sparse(), TypeError, "dense"),
    ],
)
def test_activations_refused(
    give: Callable[[Any], object], activations: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        give(activations)


@pytest.mark.parametrize("policy", ["omit", None, True])
def test_an_unknown_policy_is_refused(policy: Any) -> None:
    with pytest.raises(ValueError, match=f"'raise', 'drop', got {policy!r}"):
        srm.ResonanceEngine(X, nan_policy=policy)


@pytest.mark.parametrize("dtype", ["float16", torch.bfloat16, "int64", "no such", object])
def test_dtypes_to_compute_in(dtype: Any) -> None:
    with pytest.raises(TypeError, match="float32 or float64"):
        srm.ResonanceEngine(X, dtype=dtype)


def test_a_basis_of_other_dimensions_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\(N, 5\).*got \(9, 4\)"):
        srm.ResonanceEngine(X, np.eye(5))
