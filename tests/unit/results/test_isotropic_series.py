"""The series by which a page knows what isotropy gives."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from scipy.special import betainc

from srm_widget.results.isotropy import isotropic_fraction, isotropic_series
from tests.unit.support import page_answers

SMALLEST = 1e-280


def fraction(epsilon: float, d: int) -> float:
    """As the docstring of the series has it."""
    if epsilon < 0:
        return 1 - fraction(-epsilon, d)
    root = math.sqrt(d)
    x = 2 * math.asinh(epsilon * root) / math.asinh(root) - 1
    exponent = np.polynomial.chebyshev.chebval(x, isotropic_series(d))
    return float((1 - epsilon**2) ** ((d - 1) / 2) * np.exp(exponent))


@pytest.mark.parametrize("d", [2, 3, 4, 8, 17, 64, 100, 512, 784, 2048, 4096, 12_288, 20_000])
def test_is_the_incomplete_beta_function(d: int) -> None:
    checked = 0
    for epsilon in np.concatenate([np.linspace(0, 0.999, 400), np.geomspace(1e-6, 0.3, 100)]):
        exact = betainc((d - 1) / 2, 0.5, 1 - epsilon**2) / 2
        if exact < SMALLEST:
            continue
        checked += 1
        assert fraction(float(epsilon), d) == pytest.approx(exact, rel=1e-7)
        assert fraction(float(epsilon), d) == pytest.approx(
            isotropic_fraction(float(epsilon), d), rel=1e-7
        )
        assert fraction(-float(epsilon), d) == pytest.approx(1 - exact, rel=1e-7)
    assert checked >= 80


@pytest.mark.parametrize("d", [1000, 20_000, 300_000, 1_000_000])
def test_stays_a_number_where_the_fraction_is_too_small_for_one(d: int) -> None:
    series = isotropic_series(d)
    assert np.isfinite(series).all()
    json.dumps(series, allow_nan=False)
    x = np.linspace(-1, 1, 50)
    assert (np.diff(np.polynomial.chebyshev.chebval(x, series)) < 0).all()


def test_between_two_dimensions_and_many_it_is_short() -> None:
    for d in (2, 5, 50, 500, 5000, 50_000):
        assert len(isotropic_series(d)) <= 64


@pytest.mark.parametrize("d", [1, 0, -3])
def test_refuses_too_few_dimensions(d: int) -> None:
    with pytest.raises(ValueError, match=f"expected n_dims ≥ 2, got {d}"):
        isotropic_series(d)


def test_the_page_sums_it_as_python_does() -> None:
    import srm_widget as srm

    for d in (2, 7, 300):
        scope = srm.SRMScope(np.eye(d)[:2] + 0.1, epsilon=0.5, navigator=False)
        moves = [{"epsilon": float(e)} for e in (-1, -0.6, 0, 1e-9, 0.01, 0.3, 0.77, 0.99, 1)]
        [pages] = page_answers.answered([page_answers.question(scope, moves, ["_frame"])])
        for move, page in zip(moves, pages, strict=True):
            exact = isotropic_fraction(move["epsilon"], d)
            assert page["_frame"]["isotropic"] == pytest.approx(exact, rel=1e-7, abs=1e-290)
        scope.close()
