"""Angles: wrapped into one turn, the ends of which are one angle."""

from __future__ import annotations

import math

import numpy as np
import pytest

from srm_widget.geometry.angular_grid import TURN, AngularGrid, wrap, wrap_angle


@pytest.mark.parametrize("angle", [-1e-20, -5e-324, -0.0, 0.0, TURN, -TURN, 2 * TURN, -4e-16])
def test_an_angle_just_below_zero_is_wrapped_into_the_turn(angle: float) -> None:
    """A remainder of it would be a whole turn, which is no angle of [0, 2π)."""
    for found in (wrap_angle(angle), float(wrap(np.array([angle]))[0])):
        assert 0 <= found < TURN
        assert min(found, TURN - found) < 1e-15
    assert wrap(np.array([[angle, 1.0]])).shape == (1, 2)


def test_wrapped_angles_point_the_same_way() -> None:
    angles = np.concatenate([np.linspace(-30, 30, 601), np.arange(-9, 9) * math.pi / 4])
    found = wrap(angles)
    assert (found >= 0).all()
    assert (found < TURN).all()
    assert np.cos(found) == pytest.approx(np.cos(angles), abs=1e-14)
    assert np.sin(found) == pytest.approx(np.sin(angles), abs=1e-14)


def test_an_angle_just_below_zero_is_counted_as_zero() -> None:
    import torch

    end = torch.tensor([0.0]), torch.tensor([0.5])
    ends = tuple(each.double() for each in end)
    assert AngularGrid.at([-1e-20, 0.0, 0.6]).count(*ends).tolist() == [1, 1, 0]
