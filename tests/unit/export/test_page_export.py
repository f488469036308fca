"""A scope is saved, embedded and frozen as asked, or not at all."""

from __future__ import annotations

import html
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import srm_widget as srm
from srm_widget.export import html_page
from srm_widget.export.page import EmbeddedPage
from tests.unit.export.test_html_page import Parsed, saved

ROWS = np.random.default_rng(0).standard_normal((60, 4)).astype(np.float32)


@pytest.fixture
def scope() -> Iterator[srm.SRMScope]:
    made = srm.SRMScope(ROWS, title="Rows", navigator=False, epsilon=0.4)
    yield made
    made.close()


@pytest.fixture
def counted() -> Iterator[srm.SRMScope]:
    counts = srm.ResonanceCounts(4, epsilon=[0.4], resolution=36)
    counts.append(ROWS)
    made = srm.SRMScope(counts)
    yield made
    made.close()


def test_returns_the_path_and_replaces_a_file(scope: srm.SRMScope, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text("older")
    for path in (file, str(file)):
        assert scope.save_html(path) == file
    assert saved(file.read_text(encoding="utf-8"))["traits"]["title"] == "Rows"
    assert list(tmp_path.iterdir()) == [file]


def test_begins_where_the_scope_stands(scope: srm.SRMScope, tmp_path: Path) -> None:
    moves: dict[str, Any] = {
        "pair": (1, 3), "epsilon": 0.7, "theta": 2.0, "resolution": 90, "signed": True,
        "scale": "gain", "cloud": "density", "highlight": [3, 59], "table": True,
        "table_by": "count", "table_descending": True,
    }  # fmt: skip
    for name, value in moves.items():
        setattr(scope, name, value)
    traits = saved(scope.save_html(tmp_path / "page.html").read_text(encoding="utf-8"))["traits"]
    assert {**traits, "pair": tuple(traits["pair"])}.items() >= moves.items()
    assert traits["position"] == scope.position


def test_a_link_to_a_file_stays_one(scope: srm.SRMScope, tmp_path: Path) -> None:
    (tmp_path / "real.html").write_text("older")
    link = tmp_path / "link.html"
    link.symlink_to("real.html")
    scope.save_html(link)
    assert link.is_symlink()
    assert (tmp_path / "real.html").read_text(encoding="utf-8").startswith("<!doctype")


def test_a_save_that_fails_leaves_the_file_as_it_was(
    scope: srm.SRMScope, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "page.html"
    file.write_text("older")
    with pytest.raises(ValueError, match="max_bytes"):
        scope.save_html(file, max_bytes=1)

    def full(path: Path, _data: bytes) -> int:
        path.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        scope.save_html(file)
    assert file.read_text() == "older"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.usefixtures("as_users")
def test_a_folder_that_is_not_there_is_not_made(scope: srm.SRMScope, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"a folder that is there, got .*page.html"):
        scope.save_html(tmp_path / "none" / "page.html")
    (tmp_path / "folder").mkdir()
    for save in (scope.save_html, scope.save_myst, srm.save_blank_page):
        with pytest.raises(IsADirectoryError, match=r"got a folder's, .*folder"):
            save(tmp_path / "folder")
        with pytest.raises(TypeError, match="path of a file to write, got 5"):
            save(5)  # type: ignore[arg-type]
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


@pytest.mark.parametrize(
    ("asked", "kind", "said"),
    [
        ({"max_bytes": 0}, ValueError, "expected max_bytes ≥ 1, got 0"),
        ({"max_bytes": -5}, ValueError, "expected max_bytes ≥ 1, got -5"),
        ({"max_bytes": 1}, ValueError, "expected max_bytes of .*, got 1"),
        ({"max_bytes": True}, TypeError, "integer max_bytes ≥ 1, got True"),
        ({"max_bytes": 1e6}, TypeError, "max_bytes"),
        ({"max_bytes": "5MB"}, TypeError, "max_bytes"),
        ({"max_bytes": None}, TypeError, "max_bytes"),
        ({"seed": -1}, ValueError, "expected seed ≥ 0, got -1"),
        ({"seed": 1.5}, TypeError, "seed"),
        ({"seed": None}, TypeError, "seed"),
    ],
)
def test_refuses_what_is_no_number_of_bytes_and_no_seed(
    scope: srm.SRMScope, tmp_path: Path, asked: dict[str, Any], kind: type, said: str
) -> None:
    with pytest.raises(kind, match=said):
        scope.save_html(tmp_path / "page.html", **asked)
    with pytest.raises(kind, match=said):
        scope.save_myst(tmp_path / "page.txt", **asked)
    with pytest.raises(kind, match=said):
        scope.embed(**asked)
    with pytest.raises(kind, match=said):
        scope.freeze(**asked)
    assert scope._held_frame == {}


def test_a_seed_of_numpy_is_one(tmp_path: Path) -> None:
    rows = np.random.default_rng(0).standard_normal((20_000, 8))
    scope = srm.SRMScope(rows, navigator=False, epsilon=0.4)
    file = tmp_path / "page.html"
    whole = scope.save_html(file).stat().st_size
    with pytest.warns(UserWarning, match=r"keeps [\d,]+ of 20,000 samples") as caught:
        scope.save_html(file, max_bytes=np.int64(whole // 2), seed=np.int64(3))
    assert "save_html(max_bytes=…) of some " in str(caught[0].message)
    assert 0.97 * whole // 2 <= file.stat().st_size <= whole // 2
    frame = saved(file.read_text(encoding="utf-8"))["traits"]["_held_frame"]
    assert frame["seed"] == 3
    scope.close()


def test_counts_keep_no_samples(counted: srm.SRMScope, tmp_path: Path) -> None:
    said = "expected a scope on activations, got counts, which keep no samples"
    files = lambda: counted.save_html(tmp_path / "a"), lambda: counted.save_myst(tmp_path / "b")
    for save in (*files, counted.embed, counted.freeze):
        with pytest.raises(ValueError, match=said):
            save()
    assert list(tmp_path.iterdir()) == []


def test_an_embedded_page_is_that_of_the_file(scope: srm.SRMScope, tmp_path: Path) -> None:
    made = scope.embed(height=400)
    parsed = Parsed(made._repr_html_())
    assert parsed.tags() == ["style", "iframe", "div", "img"]
    attributes = parsed.elements[1][1]
    assert attributes["title"] == "Rows"
    assert "height: 400px" in (attributes["style"] or "")
    file = scope.save_html(tmp_path / "page.html")
    assert attributes["srcdoc"] == file.read_text(encoding="utf-8")
    assert made._repr_html_().isascii()
    assert not file.read_text(encoding="utf-8").isascii()
    assert repr(made) == f"EmbeddedPage({len(made._repr_html_()):,} bytes)"
    assert isinstance(made, EmbeddedPage)


@pytest.mark.parametrize(
    ("height", "kind", "said"),
    [
        (99, ValueError, "expected height ≥ 100, got 99"),
        (300.5, TypeError, "height"),
        ("50%", TypeError, "height"),
    ],
)
def test_refuses_what_is_no_height(scope: srm.SRMScope, height: Any, kind: type, said: str) -> None:
    with pytest.raises(kind, match=said):
        scope.embed(height=height)


def test_frozen_again_it_holds_what_came_since() -> None:
    engine = srm.ResonanceEngine(ROWS)
    scope = srm.SRMScope(engine, navigator=False, epsilon=0.4)
    scope.freeze()
    frame, held = scope._held_frame, scope._held
    scope.freeze()
    assert (scope._held_frame, scope._held) == (frame, held)
    engine.append(ROWS[:7])
    assert scope._held_frame == frame
    scope.freeze()
    assert scope._held_frame["n_rows"] == 67
    assert len(scope._held) > len(held)
    scope.close()


def test_a_freeze_that_fails_leaves_what_was_frozen(scope: srm.SRMScope) -> None:
    scope.freeze()
    frame, held = scope._held_frame, scope._held
    with pytest.raises(ValueError, match="at least"):
        scope.freeze(max_bytes=10)
    assert (scope._held_frame, scope._held) == (frame, held)


def shown(widget: Any) -> dict[str, Any]:
    data, _ = widget._repr_mimebundle_()
    return dict(data)


def test_by_default_a_scope_shows_itself(
    scope: srm.SRMScope, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SRM_WIDGET_DISPLAY", raising=False)
    assert "application/vnd.jupyter.widget-view+json" in shown(scope)
    assert "text/html" not in shown(scope)


def test_where_pages_are_asked_for_it_shows_its_page(
    scope: srm.SRMScope, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SRM_WIDGET_DISPLAY", "embed")
    data = shown(scope)
    assert "application/vnd.jupyter.widget-view+json" not in data
    assert set(data) == {"text/plain", "image/png", "text/html"}
    assert html.unescape(data["text/html"]).count("<!doctype html>") == 1


def test_any_other_display_is_said_and_is_the_live_one(
    scope: srm.SRMScope, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SRM_WIDGET_DISPLAY", "page")
    monkeypatch.setattr(scope.log, "propagate", True)
    with caplog.at_level(logging.WARNING):
        assert "application/vnd.jupyter.widget-view+json" in shown(scope)
    assert "SRM_WIDGET_DISPLAY as one of live or embed, got 'page'" in caplog.text


def test_counts_stay_live_where_pages_are_asked_for(
    counted: srm.SRMScope, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SRM_WIDGET_DISPLAY", "embed")
    assert "application/vnd.jupyter.widget-view+json" in shown(counted)


def test_a_directive_holds_what_a_page_does(scope: srm.SRMScope, tmp_path: Path) -> None:
    page = saved(scope.save_html(tmp_path / "page.html").read_text(encoding="utf-8"))
    file = tmp_path / "book" / "rows.txt"
    file.parent.mkdir()
    for path in (file, str(file)):
        assert scope.save_myst(path) == file
    lines = file.read_text(encoding="utf-8").splitlines()
    heads = ["% Rows", "", "```{anywidget} srm_scope.mjs", ":css: srm_scope.css"]
    assert [*lines[:4], lines[5]] == [*heads, "```"]
    assert len(lines) == 6
    assert json.loads(lines[4]) == page
    names = sorted(each.name for each in file.parent.iterdir())
    assert names == ["rows.txt", "srm_scope.css", "srm_scope.mjs"]
    assert file.with_name("srm_scope.mjs").read_text(encoding="utf-8") == html_page.SCRIPT


def test_no_text_ends_a_directive(tmp_path: Path) -> None:
    nasty = "a\n```\n\u2028:css: b"
    scope = srm.SRMScope(
        np.eye(2), title=nasty, directions=[nasty, "b"], labels=[nasty, "x"], epsilon=0.5
    )
    text = scope.save_myst(tmp_path / "rows.txt").read_text(encoding="utf-8")
    assert [line for line in text.split("\n") if line.startswith(("`", ":"))] == [
        "```{anywidget} srm_scope.mjs", ":css: srm_scope.css", "```"
    ]  # fmt: skip
    scope.close()


def test_a_directive_is_as_long_as_asked_and_not_a_file_beside_it(tmp_path: Path) -> None:
    scope = srm.SRMScope(np.random.default_rng(0).standard_normal((20_000, 8)), epsilon=0.4)
    with pytest.warns(UserWarning, match=r"keeps .*; save_myst\(max_bytes=…\) of some"):
        file = scope.save_myst(tmp_path / "rows.txt", max_bytes=200_000)
    assert 190_000 < file.stat().st_size <= 200_000
    with pytest.raises(ValueError, match=r"another file than srm_scope\.css, .*got .*srm_scope"):
        scope.save_myst(tmp_path / "srm_scope.css")
    scope.close()
