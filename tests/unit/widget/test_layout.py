"""`layout=`, which every ipywidget takes."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import Any

import ipywidgets
import numpy as np
import pytest
from ipywidgets.widgets.widget import _instances

import srm_widget as srm


@pytest.fixture(autouse=True)
def no_widget_left() -> Iterator[None]:
    yield
    ipywidgets.Widget.close_all()


@pytest.fixture
def activations() -> np.ndarray:
    return np.random.default_rng(0).standard_normal((40, 4)).astype(np.float32)


@pytest.mark.parametrize("kind", [srm.SRMScope, srm.SRMExplorer])
@pytest.mark.filterwarnings("ignore:metadata .* was set from the constructor:DeprecationWarning")
def test_fields_of_a_layout(activations: np.ndarray, kind: type[Any]) -> None:
    fields = {"width": "400px", "min_height": "50%", "border": "1px solid red", "margin": None}
    for given in (fields, MappingProxyType(fields), ipywidgets.Layout(**fields)):
        layout = kind(activations, layout=given).layout
        assert (layout.width, layout.min_height) == ("400px", "50%")
        assert layout.border_left == "1px solid red"
        assert layout.margin is None
        assert layout.get_state()["width"] == "400px"


def test_an_explorer_leaves_a_layout_as_it_is(activations: np.ndarray) -> None:
    """What it leaves open a stylesheet says, also of an explorer that shares it with others."""
    mine = ipywidgets.Layout(width="50%")
    before = mine.get_state()
    explorer = srm.SRMExplorer(activations, layout=mine)
    assert explorer.layout is mine
    assert mine.get_state() == before
    (kind,) = explorer._dom_classes
    assert f".{kind} {{" in explorer.children[-1].value


@pytest.mark.parametrize("kind", [srm.SRMScope, srm.SRMExplorer])
def test_a_layout_of_ones_own_may_be_shared(activations: np.ndarray, kind: type[Any]) -> None:
    mine = ipywidgets.Layout(width="300px")
    one, other = (kind(activations, layout=mine) for _ in range(2))
    one.close()
    assert other.layout is mine
    assert mine.model_id in _instances


@pytest.mark.parametrize("given", [None, {"width": "400px"}])
def test_a_layout_made_for_a_scope_goes_with_it(activations: np.ndarray, given: Any) -> None:
    before = set(_instances)
    srm.SRMScope(activations, layout=given).close()
    with pytest.raises(ValueError, match="epsilon"):
        srm.SRMScope(activations, layout=given, epsilon=7.0)
    assert set(_instances) == before


@pytest.mark.parametrize("kind", [srm.SRMScope, srm.SRMExplorer])
@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("wide", "expected layout as an ipywidgets.Layout or a dict .*, got 'wide'"),
        (600, "expected layout .*, got 600"),
        ({"width": 600}, 'expected width of layout as CSS says it, such as "600px", got 600'),
        ({"widht": "6px"}, "Layout has no keyword 'widht'; did you mean 'width'"),
        ({"_view_name": "x"}, "Layout has no keyword '_view_name'"),
    ],
)
def test_no_layout(activations: np.ndarray, kind: type[Any], given: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        kind(activations, layout=given)
