"""Grids of densities as a page: pictures, words and numbers, and that names stay names."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import srm_widget as srm
from srm_widget.figures.density_colours import DARK, LIGHT
from tests.unit.export.test_html_page import Parsed
from tests.unit.support.models import models, timeline

NASTY = "</title><img src=x onerror=alert(1)> \x00 \" ' & é"


def saved(folder: Path, **asked: object) -> str:
    path = srm.save_projective_grid(folder / "grid.html", models(), bins=16, **asked)  # type: ignore[arg-type]
    return path.read_text(encoding="utf-8")


def pixels(source: str) -> np.ndarray:
    data = base64.b64decode(source.removeprefix("data:image/png;base64,"))
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def test_pictures_are_the_densities_light_and_dark(tmp_path: Path) -> None:
    page = Parsed(saved(tmp_path, epsilon=0.6, extent=5.0))
    light = [attrs["src"] or "" for tag, attrs, _ in page.elements if tag == "img"][1:]
    dark = [attrs["srcset"] or "" for tag, attrs, _ in page.elements if tag == "source"][1:]
    given = models()
    engines = [*given["one"], *given["other"]]
    for engine, *sources in zip(engines, light, dark, strict=True):
        counts = engine.ensemble_density(epsilon=0.6, bins=16, extent=5.0).counts
        for source, theme in zip(sources, (LIGHT, DARK), strict=True):
            ground = (pixels(source) == theme.table(by_ratio=False)[0]).all(axis=2)
            assert np.array_equal(~ground[::-1].T, counts > 0)


def test_every_picture_is_described_and_given_in_numbers(tmp_path: Path) -> None:
    page = Parsed(saved(tmp_path, epsilon=0.6, extent=2.0))
    engine = models()["other"][1]
    density = engine.ensemble_density(epsilon=0.6, bins=16, extent=2.0)
    texts = [attrs["alt"] or "" for tag, attrs, _ in page.elements if tag == "img"]
    assert len(set(texts)) == 7
    assert texts[5].startswith(
        f"other, epoch 1: {density.n_hits} hits, {density.n_outside} outside"
    )
    assert re.search(r"fullest bin is at \(-?[\d.]+, -?[\d.]+\) and holds [\d.]+ %", texts[5])
    cells = ["".join(text).strip() for tag, _, text in page.elements if tag == "td"]
    first = cells.index("epoch 1", cells.index("other")) - 1
    assert cells[first + 2 : first + 6] == ["6", "80", str(density.n_hits), str(density.n_outside)]


def test_its_policy_allows_its_own_style_and_nothing_else(tmp_path: Path) -> None:
    page = Parsed(saved(tmp_path, ratio=True))
    (policy,) = [
        a["content"] or "" for t, a, _ in page.elements if t == "meta" and "http-equiv" in a
    ]
    (style,) = ["".join(text) for tag, _, text in page.elements if tag == "style"]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:;")
    assert "script" not in page.tags()
    for _, attrs, _ in page.elements:
        assert not {name for name in attrs if name == "style" or name.startswith("on")}
        for name in ("src", "srcset", "href"):
            assert (attrs.get(name) or "data:").startswith("data:")


def test_names_stay_names(tmp_path: Path) -> None:
    given = {NASTY: timeline(1, prefix=NASTY), "other": timeline(2)}
    path = srm.save_projective_grid(str(tmp_path / "x.html"), given, title=NASTY)
    page = Parsed(path.read_text(encoding="utf-8"))
    assert page.tags().count("img") == 3
    (title,) = ["".join(text) for tag, _, text in page.elements if tag == "title"]
    assert title == NASTY.replace("\x00", "␀")


@pytest.mark.usefixtures("as_users")
def test_what_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "grid.html"
    path.write_text("before")
    with pytest.raises(TypeError, match="title as a string, got 3"):
        srm.save_projective_grid(path, models(), title=3)  # type: ignore[arg-type]
    with pytest.raises(IndexError):
        srm.save_projective_grid(path, models(), steps=[9])
    assert path.read_text() == "before"
