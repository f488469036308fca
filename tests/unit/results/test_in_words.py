"""Results in words: one line each, every number with what it rests on."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

import srm_widget as srm
from srm_widget.results.multiple_tests import p_text

RNG = np.random.default_rng(0)
ROWS = np.eye(6)[np.arange(240) % 6] + 0.1 * RNG.standard_normal((240, 6))
ENGINE = srm.ResonanceEngine(ROWS.astype(np.float32))
GROUPED = srm.ResonanceEngine(ROWS, groups=np.arange(240) // 3, center="mean")
PLAIN = srm.ResonanceEngine(ROWS, groups=np.arange(240) // 3)
SURVEY = ENGINE.survey(epsilon=0.8, top=3)
FIRST = tuple(SURVEY.planes[0].tolist())
TIMELINE = srm.Timeline()
TIMELINE.record(ROWS)


def test_a_rotation_test() -> None:
    test = ENGINE.rotation_test(rotations=99)
    ranked = np.sort(test.null)  # of 99: 2.5 and 97.5 % are between two of them
    ends = ranked[2] + 0.45 * (ranked[3] - ranked[2]), ranked[95] + 0.55 * (ranked[96] - ranked[95])
    low, high = (f"{each:+.2g}".replace("-", "−") for each in ends)
    assert repr(test) == (
        f"RotationTest(A₄ of the layer +{test.statistic:.2g}, p 0.01, 95% of 99 turned bases "
        f"within {low} … {high}, mean kept, 240 samples)"
    )
    null = np.array([-0.5, np.nan, 1.0])
    at = srm.RotationTest(-0.854, null, 1 / 201, 1.0, 0.9, "rotations", 3000)
    assert repr(at) == (
        "RotationTest(A(ε = 0.9) of the layer −0.85, p 0.005, 95% of 3 turned bases within "
        "undefined, nothing kept, 3,000 samples)"
    )
    dark = at._replace(statistic=np.nan, null=null[1:2], p=1.0)
    assert "(A(ε = 0.9) of the layer undefined, p 1, 95% of 1 turned bases within" in repr(dark)


@pytest.mark.parametrize(
    ("p", "said"),
    [
        (1 / 201, "p 0.005"),
        (0.876, "p 0.88"),
        (0.0035741, "p 0.0036"),
        (3.14159e-31, "p 3.1e-31"),
        (1.0, "p 1"),
        (0.0, "p < 2e-308"),
        (np.nan, "p unknown"),
    ],
)
def test_p_has_two_digits(p: float, said: str) -> None:
    assert p_text(p) == said


@pytest.mark.parametrize("null", ["mean", "rotations", "columns"])
def test_what_a_null_keeps_is_told_alike(null: str) -> None:
    kept = {"mean": "mean kept", "rotations": "nothing kept", "columns": "columns kept"}[null]
    assert f", {kept}, " in repr(ENGINE.significance(epsilon=0.8, rotations=3, null=null))
    if null != "columns":
        assert f", {kept}, " in repr(ENGINE.rotation_test(rotations=3, null=null))


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: ENGINE, "6 dimensions, 6 directions of the standard basis, float32 on cpu)"),
        (lambda: GROUPED, "float64 on cpu, in groups, centred on the mean)"),
        (
            lambda: srm.ResonanceEngine(np.eye(4, 3), srm.basis.simplex(3)),
            "(4 samples in 3 dimensions, 4 directions of the simplex basis, float64 on cpu, 1 rows",
        ),
        (srm.ResonanceEngine, "ResonanceEngine(no samples yet)"),
        (
            lambda: srm.ResonanceEngine(basis=srm.basis.simplex(2)),
            "(no samples yet, Basis(3 directions in 2 dimensions, simplex basis))",
        ),
        (lambda: SURVEY.best(top=0), "BestPlanes(0)"),
        (lambda: SURVEY.best(top=1), f"BestPlanes(1: {FIRST} {SURVEY.score[0]:.3g} of "),
        (lambda: SURVEY.best(top=3), " lit … ("),
        (lambda: SURVEY.best("coactivation", top=1), " expected)"),
        (
            lambda: ENGINE.significance(epsilon=0.8, rotations=3, top=1),
            f"240 samples; {FIRST} +{SURVEY.score[0]:.2g}, p 0.25 over all planes)",
        ),
        (
            lambda: ENGINE.significance(epsilon=0.8, rotations=3, top=1, by="peak"),
            ") 0.167, p 0.5 over all planes)",
        ),
        (lambda: ENGINE.coactive(epsilon=0.2, top=1), "240 samples; ("),
        (lambda: PLAIN.coactive(epsilon=0.2, top=1), ", p unknown; "),
        (lambda: ENGINE.coactive(epsilon=0.5, top=0), "240 samples; at this ε in 6 dimensions"),
        (
            lambda: SURVEY.confirm(ROWS[:60]),
            f"Confirmation(3 planes, 3 with p < 0.05 (Holm over 3), 60 fresh samples; {FIRST} ",
        ),
        (lambda: SURVEY.lit, "LitPlanes(15 planes, "),
        (SURVEY.hubs, " in 5 lit planes, 0.33 of all)"),
        (lambda: ENGINE.coactive(epsilon=0.2).confirm(ROWS), "240 fresh samples; ("),
        (lambda: ENGINE.coactive(epsilon=0.2).confirm(PLAIN), ", no p of samples in groups, "),
        (
            lambda: ENGINE.beam(0, 1, 0.0, epsilon=0.8, most=5),
            "Beam(40 samples lit, 5 of 40 listed, cosines 0.9",
        ),
        (
            lambda: ENGINE.class_curves(0, 1, np.arange(240) % 7, epsilon=0.8),
            "ClassCurves(7 classes of 34 … 35 samples, 360 angles, 240 samples)",
        ),
        (lambda: ENGINE.density(0, 1, bins=8), "240 hits in 1 plane, epsilon="),
        (lambda: ENGINE.alignment_matrix().best(top=2), "AlignedPlanes(2: (0, 1) A₄ +0.94 of"),
        (lambda: ENGINE.alignment_matrix().best(top=0), "AlignedPlanes(0)"),
        (lambda: PLAIN.groups, "SampleGroups(80 groups of 3 samples, 240 samples)"),
        (
            lambda: PLAIN.curve(0, 1, epsilon=0.5).groups,
            "GroupErrors(1 planes, 360 angles, 80 groups)",
        ),
        (
            lambda: attrgetter("groups.alignment")(PLAIN.curve(0, 1, epsilon=0.5)),
            " independent samples)",
        ),
        (lambda: TIMELINE.null_band(rotations=20), "95% of 20 turned bases within −"),
        (
            lambda: srm.basis.of([[1, 0], [1, 1]]).plane(0, 1),
            "Plane((0, 1), α = 45°, in 2 dimensions)",
        ),
        (srm.datasets.digits, "Digits(1,797 images of 8 × 8, labels 0 … 9)"),
        (
            lambda: srm.datasets.digits_autoencoder(torch.relu, width=3, epochs=2),
            "TrainedAutoencoder(activations of 1,797 digits in 3 dimensions, 2 epochs, loss 0.",
        ),
    ],
)
def test_in_one_line(made: Callable[[], Any], said: str) -> None:
    shown = repr(made())
    assert said in shown
    assert len(shown) < 170
    assert "\n" not in shown
    assert "array(" not in shown


def test_nothing_is_computed_to_name_an_engine() -> None:
    engine = srm.ResonanceEngine(ROWS, srm.basis.rotated(6, seed=0))
    before = engine.nbytes
    assert "rotated basis" in repr(engine)
    assert engine.nbytes == before


def test_significance_as_a_table() -> None:
    found = ENGINE.significance(epsilon=0.8, rotations=9, top=4)
    table = found.to_dataframe()
    assert list(table) == ["i", "j", "score", "n_lit", "strength", "p"]
    assert table[["i", "j"]].to_numpy().tolist() == found.planes.tolist()
    assert table["p"].tolist() == found.p.tolist()
    named = found.to_dataframe(list("abcdef"))
    assert list(named)[:4] == ["i", "j", "name_i", "name_j"]
    assert named["name_j"].tolist() == ["abcdef"[j] for j in found.planes[:, 1]]
    with pytest.raises(ValueError, match="6 names, one a direction, got 2"):
        found.to_dataframe(["a", "b"])


def of_planes(result: Any) -> dict[str, np.ndarray]:
    """What a result has of each of its planes, and no table can have in another way."""
    held = {name: getattr(result, name) for name in dir(result) if name[0] != "_"}
    n = len(result.planes)
    return {name: x for name, x in held.items() if isinstance(x, np.ndarray) and x.shape == (n,)}


def test_a_table_has_all_that_is_known_of_each_plane() -> None:
    coactive = ENGINE.coactive(epsilon=0.2, top=5, shuffles=7)
    for result in (
        coactive,
        coactive.confirm(ROWS[:60]),
        SURVEY.best(top=4),
        ENGINE.significance(epsilon=0.8, rotations=9, top=4),
        ENGINE.alignment_matrix().best(top=4),
    ):
        table = result.to_dataframe()
        assert table[["i", "j"]].to_numpy().tolist() == result.planes.tolist()
        known = of_planes(result)
        assert list(table)[2:] == [name for name in table if name in known]
        assert {*known} == {*table} - {"i", "j"}
        for name, column in known.items():
            assert table[name].tolist() == column.tolist()
    assert SURVEY.to_dataframe().equals(SURVEY.best().to_dataframe())
    confirmed = SURVEY.confirm(ROWS[:60])
    table = confirmed.to_dataframe()
    for side in ("found", "fresh"):
        for name, column in of_planes(getattr(confirmed, side)).items():
            assert table[f"{side}_{name}"].equals(pd.Series(column))
    assert table["p"].tolist() == confirmed.p.tolist()


def test_tables_name_the_directions_of_a_table() -> None:
    engine = srm.ResonanceEngine(pd.DataFrame(ROWS, columns=list("uvwxyz")))
    found = engine.coactive(epsilon=0.2, top=3)
    survey = engine.survey(epsilon=0.5, top=3)
    for table in (
        found.to_dataframe(),
        found.confirm(ROWS[:60]).to_dataframe(),
        survey.to_dataframe(),
        survey.confirm(ROWS[:60]).to_dataframe(),
        engine.alignment_matrix().best(top=3).to_dataframe(),
        engine.significance(epsilon=0.5, rotations=3, top=3).to_dataframe(),
    ):
        i, j = table["i"], table["j"]
        assert table["name_i"].tolist() == ["uvwxyz"[k] for k in i]
        assert table["name_j"].tolist() == ["uvwxyz"[k] for k in j]
    assert found.to_dataframe(list("abcdef"))["name_i"][0] == "abcdef"[found.planes[0, 0]]
    directions = engine.directions(epsilon=0.5).to_dataframe()
    assert directions["name"].tolist() == list("uuvvwwxxyyzz")
    assert "name" not in ENGINE.directions(epsilon=0.5).to_dataframe()
