"""Fourfold order is that of the definition, to its own unit."""

import math

import numpy as np
import pytest
import torch

from srm_widget.geometry.fourfold import FOURFOLD_UNIT, fourfold_of_angles


@pytest.mark.parametrize("alpha", [0.3, 1.2436815324964028, math.pi / 2, 3.0])
def test_of_angles_it_is_rounded_once(alpha: float) -> None:
    """Also where one α is given for all: a plane has the counts that a survey finds in it."""
    psi = np.linspace(-3.1, 3.1, 4001)
    angle = np.where(psi < 0, psi + np.pi, psi)
    angles = np.interp(angle, [0, alpha, np.pi], [0, np.pi / 2, np.pi])
    expected = np.cos(4 * angles) * FOURFOLD_UNIT
    for given in (alpha, torch.full((len(psi),), alpha, dtype=torch.float64)):
        found = fourfold_of_angles(torch.from_numpy(psi), given).numpy()
        assert np.abs(found - expected).max() < 0.5 + 1e-6
