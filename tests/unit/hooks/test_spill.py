"""Samples kept in files."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from srm_widget.hooks import npy_files
from srm_widget.hooks.capture import capture
from srm_widget.hooks.npy_files import file_name
from tests.unit.hooks.conftest import Convolutional, Returns


@pytest.mark.parametrize("most", [None, 70, 1000])
def test_files_hold_what_memory_would(
    convolutional: Convolutional,
    noise: Callable[..., Tensor],
    tmp_path: Path,
    most: int | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(npy_files, "_COPIED_AT_ONCE", 100)
    folder = tmp_path / "some" / "folder"
    names = ["stem", "stage.1"]
    with (
        capture(convolutional, names, max_samples=most) as memory,
        capture(convolutional, names, max_samples=most, spill=folder) as files,
    ):
        for seed in range(4):
            convolutional(noise(3, 3, 4, 4, seed=seed))
        assert torch.equal(files["stem"], memory["stem"])
    assert sorted(path.name for path in folder.iterdir()) == ["stage.1.npy", "stem.npy"]
    for name in names:
        mapped = np.load(folder / f"{name}.npy", mmap_mode="r")
        assert np.array_equal(mapped, memory[name])
        assert torch.equal(files[name], memory[name])
        assert np.array_equal(files.origins(name), memory.origins(name))
    assert files.engine("stem").n_samples == len(memory["stem"])


def test_what_is_done_to_the_tensor_stays_out_of_the_file(
    noise: Callable[..., Tensor], tmp_path: Path
) -> None:
    with capture(model := Returns(noise(4, 3)), "layer", spill=tmp_path) as acts:
        model()
    acts["layer"].zero_()
    assert np.array_equal(np.load(tmp_path / "layer.npy"), noise(4, 3).numpy())


def _twice_and_fail(model: nn.Module) -> None:
    model()
    model()
    raise RuntimeError


@pytest.mark.parametrize("most", [None, 9])
def test_after_an_error(noise: Callable[..., Tensor], tmp_path: Path, most: int | None) -> None:
    model = Returns(noise(4, 3))
    acts = capture(model, "layer", spill=str(tmp_path), max_samples=most)
    with pytest.raises(RuntimeError), acts:
        _twice_and_fail(model)
    assert np.load(tmp_path / "layer.npy").shape == (8, 3)


def test_a_file_is_whole_after_each_batch(noise: Callable[..., Tensor], tmp_path: Path) -> None:
    with capture(model := Returns(noise(4, 3)), "layer", spill=tmp_path):
        for n in (4, 8, 12):
            model()
            assert len(np.load(tmp_path / "layer.npy")) == n


@pytest.mark.parametrize("most", [None, 5])
@pytest.mark.parametrize(
    ("came", "asked", "stored"),
    [
        (torch.bfloat16, None, np.float32),
        (torch.float16, None, np.float16),
        (torch.float64, None, np.float64),
        (torch.float32, "float16", np.float16),
        (torch.float32, torch.bfloat16, np.float32),
    ],
)
def test_dtypes(  # noqa: PLR0917
    noise: Callable[..., Tensor],
    tmp_path: Path,
    came: torch.dtype,
    asked: Any,
    stored: Any,
    most: int | None,
) -> None:
    output = noise(5, 3).to(came)
    with capture(
        model := Returns(output), "layer", spill=tmp_path, dtype=asked, max_samples=most
    ) as acts:
        model()
    mapped = np.load(tmp_path / "layer.npy")
    assert mapped.dtype == stored
    assert np.array_equal(mapped, output.to(acts["layer"].dtype).numpy())


@pytest.mark.parametrize("most", [None, 9])
def test_files_of_an_earlier_capture_are_replaced(
    noise: Callable[..., Tensor], tmp_path: Path, most: int | None
) -> None:
    def run(seed: int) -> Tensor:
        model = Returns(noise(9, 3, seed=seed))
        with capture(model, "layer", spill=tmp_path, max_samples=most) as acts:
            model()
        return acts["layer"]

    first, second = run(1), run(2)
    assert torch.equal(first, noise(9, 3, seed=1))
    assert torch.equal(second, noise(9, 3, seed=2))


def test_nothing_seen(noise: Callable[..., Tensor], tmp_path: Path) -> None:
    for most in (None, 9):
        with capture(
            model := Returns(noise(2, 3)), "layer", spill=tmp_path, mask=[0, 0], max_samples=most
        ) as acts:
            model()
        assert acts["layer"].shape == (0, 3)
        assert np.load(tmp_path / "layer.npy").shape == (0, 3)


def test_a_layer_that_never_ran_has_no_file(tmp_path: Path) -> None:
    with capture(Returns(), "layer", spill=tmp_path):
        pass
    assert not list(tmp_path.iterdir())


def test_names_of_all_kinds(tmp_path: Path) -> None:
    model = nn.ModuleDict({"A": nn.Identity(), "a": nn.Identity(), "a/b": nn.Identity()})
    model["aux"] = nn.Identity()
    model["ä" * 200] = nn.Identity()
    with capture(model, "*", spill=tmp_path) as acts:
        for number, name in enumerate(acts):
            if name:
                model.get_submodule(name)(torch.full((1, 2), float(number)))
    assert len(list(tmp_path.iterdir())) == len(acts) == 5
    assert [acts[name][0, 0].item() for name in acts if name] == [1, 2, 3, 4, 5]


@given(st.lists(st.text(max_size=150), unique=True, min_size=2, max_size=2))
def test_no_two_layers_share_a_file(names: list[str]) -> None:
    one, other = (file_name(name) for name in names)
    assert one.lower() != other.lower()
    assert len(one.encode()) <= 120
    assert re.fullmatch(r"[a-z0-9_][a-z0-9_.~-]*", one)


@pytest.mark.parametrize("name", ["encoder.2", "layer3.0.conv1", "_blocks.12._bn0", "0"])
def test_plain_names_stay(name: str) -> None:
    assert file_name(name) == f"{name}.npy"


@pytest.mark.parametrize("name", ["aux.0", "con", "Layer", "", ".hidden", "a b", "x" * 101, "com1"])
def test_other_names_get_a_digest(name: str) -> None:
    assert "~" in file_name(name)


def test_a_device_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no device beside spill, got meta"):
        capture(Returns(), "layer", spill=tmp_path, device="meta")


@pytest.mark.parametrize("most", [None, 5])
def test_rows_stay_those_of_their_capture(
    noise: Callable[..., Tensor], tmp_path: Path, most: int | None
) -> None:
    """Though another one replaces its files."""
    model = nn.Identity()
    with capture(model, "", spill=tmp_path, max_samples=most) as first:
        model(noise(3, 4))
    with capture(model, "", spill=tmp_path, max_samples=most) as second:
        model(noise(2, 4, seed=1))
    assert torch.equal(first[""], noise(3, 4))
    assert torch.equal(second[""], noise(2, 4, seed=1))
