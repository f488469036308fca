"""Scopes in containers of ipywidgets, in JupyterLab: how wide they are there."""

from __future__ import annotations

from tests.browser.lab import Lab

CELLS = [
    """
import ipywidgets as w, numpy as np, srm_widget as srm
from ipywidgets import Layout
engine = srm.ResonanceEngine(np.random.default_rng(0).normal(size=(40, 3)))
def scope(**more):
    return srm.SRMScope(engine, epsilon=0.6, navigator=False, **more)
""",
    """
display(w.HBox([scope(), scope()]))
display(w.VBox([scope()], layout=Layout(align_items='center')))
display(w.TwoByTwoLayout(top_left=scope(), bottom_right=scope()))
display(w.Accordion([w.HBox([scope()])], selected_index=0))
display(scope(layout={'width': '420px', 'height': '500px'}))
display(w.AppLayout(left_sidebar=w.IntSlider(), center=scope()))
""",
]

SIZES = """() => [...document.querySelectorAll(".srm-scope")].map((scope) => {
    const { width, height } = scope.getBoundingClientRect();
    return [width, height].map(Math.round);
})"""


N_SCOPES = 8


def test_in_containers_of_ipywidgets(lab: Lab) -> None:
    lab.open(CELLS)
    lab.run_all()
    lab.page.wait_for_function(f"document.querySelectorAll('.srm-scope').length === {N_SCOPES}")
    room: int = lab.page.evaluate("document.querySelector('.widget-hbox').clientWidth")
    assert room > 1000
    (left, _), (right, _), (centred, _), *corners, (folded, _), own, (beside, _) = seen(lab)
    assert left == right == corners[0][0] == corners[1][0] == room // 2
    assert centred == folded == 640
    assert own == [420, 500]
    assert 640 < beside < room
    # A phone's width of it: two in a row scroll, all others fit.
    lab.viewport(480)
    lab.page.wait_for_function("document.querySelector('.widget-hbox').clientWidth < 400")
    assert all(width >= 240 for width, _ in seen(lab))
    assert [width for width, _ in seen(lab)][:2] == [300, 300]


def seen(lab: Lab) -> list[list[int]]:
    """Width and height of each scope, px."""
    sizes: list[list[int]] = lab.page.evaluate(SIZES)
    return sizes
