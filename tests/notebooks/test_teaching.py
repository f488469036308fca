"""The plan for a class and its hand-out: what they say of pictures and notebooks is so."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import numpy as np
import pytest

import srm_widget as srm

DOCS = Path(__file__).parents[2] / "docs"
HANDOUT = (DOCS / "handout.html").read_text(encoding="utf-8")
DOT = r'<circle class="dot" data-sample="([^"]+)" cx="([^"]+)" cy="([^"]+)"'
MIDDLE, RIM = 130, 108  # of the discs, as they are drawn


def test_dots_stand_where_their_samples_do() -> None:
    dots = re.findall(DOT, HANDOUT)
    assert len(dots) == 6
    for sample, *place in dots:
        vector = np.array(sample.split(), dtype=float)
        a, c = vector[:2] / np.linalg.norm(vector)
        drawn = np.array(place, dtype=float)
        np.testing.assert_allclose(drawn, [MIDDLE + RIM * a, MIDDLE - RIM * c], atol=0.01)
        assert f"({sample.replace(' ', ', ').replace('-', '−')})" in HANDOUT


@pytest.mark.parametrize(("names", "epsilon"), [("ABC", 0.7), ("PQR", 0.5)])
def test_curves_are_those_of_the_samples(names: str, epsilon: float) -> None:
    samples = [sample.split() for sample, *_ in re.findall(DOT, HANDOUT)]
    rows = np.array(samples[:3] if names == "ABC" else samples[3:], dtype=float)
    curve = srm.ResonanceEngine(rows).curve(0, 1, epsilon=epsilon).counts[0]
    drawn = re.findall(r'<path class="curve" d="([^"]+)"', HANDOUT)[["ABC", "PQR"].index(names)]
    steps = [float(each) for each in re.findall(r"[\d.]+", drawn)]
    # Pieces of three numbers: from x, the height, to x; 352 wide from -30° on, 28.9 high a sample.
    for left, height, right in zip(steps[::3], steps[1::3], steps[2::3], strict=True):
        middle = ((left + right) / 2 - 34) * 360 / 352 - 30
        assert curve[round(middle) % 360] == round((222 - height) / 28.9)


def test_answers_are_counts() -> None:
    table = HANDOUT.partition('<table id="counts">')[2].partition("</table>")[0]
    cells = [int(number) for number in re.findall(r"<td>(\d+)°?</td>", table)]
    angles, counts = cells[: len(cells) // 2], cells[len(cells) // 2 :]
    asked = re.search(r"How many are lit at ([^?]+)\?", HANDOUT)
    assert asked is not None
    assert angles == [int(number) for number in re.findall(r"\d+", asked[1])]
    engine = srm.ResonanceEngine(np.array([[3.0, 0, 4], [-4, -3, 0], [1, 2, 2]]))
    counted = engine.curve(0, 1, epsilon=0.5, angles=np.radians(angles)).counts[0]
    assert counts == counted.tolist()
    narrow = engine.curve(0, 1, epsilon=0.8)
    assert narrow.n_lit[0] == 1


def test_minutes_of_the_plan_add_up() -> None:
    plan = (DOCS / "teaching.md").read_text(encoding="utf-8")
    parts = [(int(a), int(b)) for a, b in re.findall(r"^\| (\d+)–(\d+) \|", plan, re.MULTILINE)]
    assert [start for start, _ in parts] == [0, *(stop for _, stop in parts[:-1])]
    assert parts[-1][1] == 90
    short = re.search(r"With 45 minutes: (.*), and the network's scope for five minutes", plan)
    assert short is not None
    spans = [(int(a), int(b)) for a, b in re.findall(r"(\d+)–(\d+)", short[1])]
    assert sum(stop - start for start, stop in spans) + 5 == 45
    assert {edge for span in spans for edge in span} <= {edge for part in parts for edge in part}


def test_exercises_of_the_plan_are_there() -> None:
    last = nbformat.read(DOCS.parent / "notebooks/01_quickstart.ipynb", as_version=4).cells[-1]
    assert len(re.findall(r"^\*\*Exercise", last.source, re.MULTILINE)) == 6


def test_handout_asks_for_nothing_from_elsewhere() -> None:
    assert "default-src 'none'" in HANDOUT
    assert not re.search(r"(?:src|href)=\"(?!data:)|@import|url\(", HANDOUT)
