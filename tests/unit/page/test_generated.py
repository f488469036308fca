"""Files of the page that are written from Python's definitions, and how old ones show."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import traitlets
from jaxtyping import Float32

from js import generate, wire_types
from srm_widget.view import wire


def test_the_files_are_up_to_date() -> None:
    assert generate.stale(generate.ROOT) == []


@pytest.mark.parametrize("name", generate.FILES)
def test_an_old_file_is_told_and_written_anew(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for each, text in generate.FILES.items():
        (tmp_path / each).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / each).write_text(text(), encoding="utf-8")
    old = tmp_path / name
    old.write_text(f"{old.read_text(encoding='utf-8')}\n", encoding="utf-8")
    monkeypatch.setattr(generate, "ROOT", tmp_path)
    monkeypatch.setattr(sys, "argv", ["generate.py", "--check"])
    with pytest.raises(SystemExit, match=f"not what .* writes: js/{name}; run 'make build'"):
        generate.main()
    monkeypatch.setattr(sys, "argv", ["generate.py"])
    generate.main()
    assert generate.stale(tmp_path) == []
    old.unlink()
    assert generate.stale(tmp_path) == [name]


class Labelled(traitlets.HasTraits):
    """Traits whose kinds say what they hold, or do not."""

    subtitle = traitlets.Unicode("so far").tag(sync=True)
    """what stands below the title"""

    _heights = traitlets.Bytes().tag(sync=True, wire=Float32[np.ndarray, "rows 2"])
    """of each row"""

    _about = traitlets.Dict().tag(sync=True, wire=wire.ComparedFrame | wire.EmptyFrame)
    _names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    kind = traitlets.Any("points").tag(sync=True, wire=wire.CloudKind)


@pytest.fixture
def labelled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire_types, "SRMScope", Labelled)


def test_a_trait_is_written_from_its_declaration_alone(labelled: None) -> None:
    written = wire_types.traits()
    assert (
        """\
export type ScopeTraits = {
  kind: CloudKind;
  /** what stands below the title */
  subtitle: string;
  _about: ComparedFrame | EmptyFrame;
  /** of each row; float32 (rows, 2) */
  _heights: BinaryValue;
  _names: string[];
};
"""
        in written
    )
    assert (
        """\
import type {
  CloudKind,
  ComparedFrame,
  EmptyFrame,
} from "./frames.ts";
"""
        in written
    )
    assert """\
export const PAGE_DEFAULTS = {
  kind: "points",
  subtitle: "so far",
""" in wire_types.defaults()


def test_a_trait_that_does_not_say_what_it_holds_is_refused() -> None:
    unknown: Any = traitlets.Dict().tag(sync=True)
    with pytest.raises(TypeError, match="expected a type for the synced trait _facts"):
        wire_types.trait_type("_facts", unknown)
