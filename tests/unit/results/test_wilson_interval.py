"""The Wilson interval of a fraction."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri
from scipy.stats import binomtest

import srm_widget as srm
from srm_widget.results.wilson_interval import CONFIDENCE, QUANTILE, wilson_interval


@given(n=st.integers(1, 10_000), share=st.floats(0, 1), confidence=st.floats(0.01, 0.999))
def test_interval_is_wilsons(n: int, share: float, confidence: float) -> None:
    count = round(share * n)
    low, high = wilson_interval(np.array([count / n]), n, confidence)
    expected = binomtest(count, n).proportion_ci(confidence, method="wilson")
    assert low[0] == pytest.approx(expected.low, abs=1e-12)
    assert high[0] == pytest.approx(expected.high, abs=1e-12)
    assert 0 <= low[0] <= count / n <= high[0] <= 1


def test_the_usual_quantile_is_that_of_the_usual_confidence() -> None:
    assert pytest.approx(ndtri(0.5 + CONFIDENCE / 2), rel=4e-16) == QUANTILE


@pytest.mark.parametrize("confidence", [0.0, 1.0, -0.5, 95.0, math.nan])
def test_confidence_is_between_0_and_1(confidence: float) -> None:
    with pytest.raises(ValueError, match=rf"confidence in \(0, 1\), got {confidence}"):
        wilson_interval(np.array([0.5]), 2, confidence)


@pytest.mark.usefixtures("as_users")
@pytest.mark.parametrize("confidence", ["x", None, True, [0.9, 0.8]], ids=str)
def test_confidence_is_a_number(confidence: Any) -> None:
    engine = srm.ResonanceEngine(np.eye(4))
    curve = engine.curve(0, 1, epsilon=0.5)
    for ask in (engine.alignment_interval, curve.interval, curve.alignment_interval):
        with pytest.raises(TypeError, match=r"expected confidence as a number in \(0, 1\), got"):
            ask(confidence)
