"""Layers by name and by pattern."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import nn

from srm_widget.hooks.capture import capture
from tests.unit.hooks.conftest import Convolutional


@pytest.mark.parametrize(
    ("layers", "names"),
    [
        ("stem", ("stem",)),
        (["read", "stem"], ("read", "stem")),
        ("st*", ("stem", "stage", "stage.0", "stage.1", "stage.2")),
        ("stage.?", ("stage.0", "stage.1", "stage.2")),
        ("stage.[!0]", ("stage.1", "stage.2")),
        (["stage.1", "stage.*", "stage.1"], ("stage.1", "stage.0", "stage.2")),
        ("", ("",)),
        (iter(["stem"]), ("stem",)),
    ],
)
def test_names_and_patterns(
    convolutional: Convolutional, layers: object, names: tuple[str, ...]
) -> None:
    acts = capture(convolutional, layers)  # type: ignore[arg-type]
    assert acts.names == tuple(acts) == names
    assert len(acts) == len(names)
    assert all(name in acts for name in names)
    assert "norm" not in acts


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("stagr.1", r"'stagr\.1'; did you mean 'stage\.1'"),
        ("Stem", "did you mean 'stem'"),
        ("*.orm", "did you mean 'norm'"),
        ("encoder.layer.0", "there are 'stem', 'norm', 'stage', 'stage.0', 'stage.1' and 2 more"),
    ],
)
def test_a_pattern_that_matches_nothing(
    convolutional: Convolutional, pattern: str, said: str
) -> None:
    with pytest.raises(KeyError, match=said):
        capture(convolutional, ["stem", pattern])


def test_no_pattern(convolutional: Convolutional) -> None:
    with pytest.raises(ValueError, match="at least one name"):
        capture(convolutional, [])


@pytest.mark.usefixtures("as_users")
@pytest.mark.parametrize(
    ("layers", "said"),
    [
        ([3], "as strings, got 3; layers are named by strings, '3' is one"),
        (3, "as strings, got 3; layers are named by strings, '3' is one"),
        (0.5, "as strings, got 0.5$"),
        ([None], "as strings, got None$"),
        ([b"stem"], "as strings, got b'stem'$"),
        (b"stem", "as strings, got b'stem'$"),
    ],
)
def test_layers_that_are_no_strings(
    convolutional: Convolutional, layers: object, said: str
) -> None:
    with pytest.raises(TypeError, match=said):
        capture(convolutional, layers)  # type: ignore[arg-type]


@pytest.mark.usefixtures("as_users")
@pytest.mark.parametrize(
    ("model", "said"),
    [
        (torch.relu, "got <built-in method relu.*>, whose layers are not known"),
        (nn.Linear, r"got the class Linear; Linear\(…\) makes one"),
        (SimpleNamespace(model=nn.Linear(2, 2)), r"; its \.model is one"),
        ("gpt2", "got 'gpt2'$"),
    ],
)
def test_models_that_are_none(model: Any, said: str) -> None:
    with pytest.raises(TypeError, match=f"expected a model as a torch.nn.Module, {said}|{said}"):
        capture(model, "1")


@pytest.mark.usefixtures("as_users")
def test_layers_asked_for_by_what_is_no_name(convolutional: Convolutional) -> None:
    acts = capture(convolutional, "stage.0")
    with pytest.raises(KeyError, match=r"no layer 0 was captured; .* by strings, '0' is one"):
        acts[0]  # type: ignore[index]
    with pytest.raises(KeyError, match=r"no layer ReLU.*\.names lists them"):
        acts[convolutional.stage[0]]  # type: ignore[index]
    assert acts.get(0) is None  # type: ignore[call-overload]


def test_a_name_with_the_characters_of_patterns() -> None:
    model = nn.ModuleDict({"a[0]": nn.Identity(), "a0": nn.Identity()})
    assert capture(model, "a[0]").names == ("a[0]",)
    assert capture(model, "a[0-9]").names == ("a0",)


def test_a_module_of_two_names() -> None:
    """Each name works; a pattern that matches both takes the module once."""
    shared = nn.Linear(3, 3)
    model = nn.Sequential(shared, nn.ReLU(), shared)
    assert capture(model, "2").names == ("2",)
    assert capture(model, "*").names == ("", "0", "1")
    x = torch.randn(4, 3)
    with capture(model, ["0", "2"]) as acts:
        model(x)
    assert torch.equal(acts["0"], acts["2"])
    assert acts.n_seen("2") == 8


def test_asking_for_another_layer(convolutional: Convolutional) -> None:
    acts = capture(convolutional, ["stem", "read"])
    for ask in (acts.__getitem__, acts.n_seen, acts.origins, acts.engine):
        with pytest.raises(KeyError, match="no layer 'sten' was captured; did you mean 'stem'"):
            ask("sten")


def test_a_layer_that_never_ran(convolutional: Convolutional) -> None:
    with capture(convolutional, ["stem", "read"]) as acts:
        convolutional.stem(torch.zeros(1, 3, 4, 4))
    assert acts["stem"].shape == (16, 6)
    assert acts.n_seen("read") == 0
    for ask in (acts.__getitem__, acts.origins, acts.get):
        with pytest.raises(RuntimeError, match="'read' did not run"):
            ask("read")


def test_before_the_block(convolutional: Convolutional) -> None:
    acts = capture(convolutional, "stem")
    convolutional(torch.zeros(1, 3, 4, 4))
    with pytest.raises(RuntimeError, match=r"`with srm\.capture\(…\) as acts:`, got layer 'stem'"):
        acts["stem"]


def test_says_what_it_holds(convolutional: Convolutional) -> None:
    with capture(convolutional, ["stem", "read"]) as acts:
        convolutional(torch.zeros(50, 3, 4, 8))
    assert repr(acts) == "<Captured 'stem': 1,600 seen, 'read': 50 seen>"
    with capture(convolutional, ["stem", "read"], max_samples=60) as chosen:
        assert repr(chosen) == "<Captured 'stem': 0 seen, 'read': 0 seen>"
        convolutional(torch.zeros(50, 3, 4, 8))
    assert repr(chosen) == "<Captured 'stem': 60 kept of 1,600 seen, 'read': 50 seen>"
    assert acts == acts  # noqa: PLR0124
    assert acts != {"stem": acts["stem"]}
    assert len({acts, acts}) == 1


@pytest.mark.parametrize(
    ("exclude", "names"),
    [
        ("stage.1", ("stage.0", "stage.2")),
        ("*.[01]", ("stage.2",)),
        (["stage.0", "stage.2"], ("stage.1",)),
        (None, ("stage.0", "stage.1", "stage.2")),
        ([], ("stage.0", "stage.1", "stage.2")),
    ],
)
def test_what_is_excluded(
    convolutional: Convolutional, exclude: object, names: tuple[str, ...]
) -> None:
    assert capture(convolutional, "stage.*", exclude=exclude).names == names  # type: ignore[arg-type]


def test_modules(convolutional: Convolutional) -> None:
    model = convolutional
    assert capture(model, model.stage).names == ("stage",)
    assert capture(model, [model.stage[1], "stem"]).names == ("stage.1", "stem")
    assert capture(model, model).names == ("",)
    assert capture(model, "st*", exclude=[model.stage, "stage.0"]).names == (
        *("stem", "stage.1", "stage.2"),
    )
    blocks = nn.Sequential(nn.Identity(), nn.ModuleList([nn.ReLU(), nn.Tanh()]))
    assert capture(blocks, blocks[1]).names == ("1.0", "1.1")
    with pytest.raises(ValueError, match="a module of the model, got another Linear"):
        capture(model, nn.Linear(3, 3))


def test_an_excluded_module_of_two_names() -> None:
    shared = nn.Linear(3, 3)
    assert capture(nn.Sequential(shared, nn.ReLU(), shared), "?", exclude="0").names == ("1",)


def test_excluding_what_is_not_there_or_all(convolutional: Convolutional) -> None:
    with pytest.raises(KeyError, match="no layer matches 'stagr'; did you mean 'stage'"):
        capture(convolutional, "*", exclude="stagr")
    with pytest.raises(ValueError, match=r"exclude= to leave a layer of 'st\*', got '\*'"):
        capture(convolutional, "st*", exclude="*")


def test_inputs_by_name_and_by_pattern(convolutional: Convolutional) -> None:
    model = convolutional
    assert capture(model, "stem:in").names == ("stem:in",)
    assert capture(model, ["stage.?:in", "stage.0"]).names == (
        *("stage.0:in", "stage.1:in", "stage.2:in", "stage.0"),
    )
    both = ["stem", "stem:in"]
    assert capture(model, [*both, "norm"], exclude="stem:in").names == ("stem", "norm")
    assert capture(model, [*both, "norm"], exclude="stem").names == ("norm",)
    with pytest.raises(KeyError, match="no layer matches 'stam:in'; did you mean 'stem:in'"):
        capture(model, "stam:in")
    with_colon = nn.ModuleDict({"a:in": nn.Identity(), "a": nn.Identity()})
    assert capture(with_colon, ["a:in", "a:in:in"]).names == ("a:in", "a:in:in")
