"""Samples handed on, with nothing stored."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

import srm_widget as srm
from srm_widget.hooks.capture import capture
from tests.unit.hooks.conftest import Convolutional, Returns


def test_into_an_engine(convolutional: Convolutional, noise: Callable[..., Tensor]) -> None:
    engine = srm.ResonanceEngine()
    with (
        capture(convolutional, "stem", into=engine) as acts,
        capture(convolutional, "stem") as kept,
    ):
        for seed in range(3):
            convolutional(noise(4, 3, 5, 5, seed=seed))
    assert engine.n_samples == acts.n_seen("stem") == 300
    expected = kept.engine("stem").curve(0, 3, epsilon=0.6)
    assert np.array_equal(engine.curve(0, 3, epsilon=0.6).counts, expected.counts)
    assert np.array_equal(acts.origins("stem"), kept.origins("stem"))
    with pytest.raises(RuntimeError, match="'stem' went into ResonanceEngine and are not stored"):
        acts["stem"]


@pytest.mark.parametrize("kind", ["mapping", "function"])
def test_into_an_engine_each(
    convolutional: Convolutional, noise: Callable[..., Tensor], kind: str
) -> None:
    engines = {"stem": srm.ResonanceEngine(), "read": srm.ResonanceEngine()}
    into: Any = engines if kind == "mapping" else engines.__getitem__
    with capture(convolutional, ["stem", "read"], into=into):
        convolutional(noise(4, 3, 5, 5))
    assert {name: engine.n_samples for name, engine in engines.items()} == {"stem": 100, "read": 4}


def test_batches_are_copies(noise: Callable[..., Tensor]) -> None:
    batches: list[Tensor] = []
    output = noise(4, 3)
    with capture(model := Returns(output), "layer", into=batches, dtype="float64"):
        model()
        output.zero_()
        model()
    assert [batch.dtype for batch in batches] == [torch.float64] * 2
    assert torch.equal(batches[0], noise(4, 3).double())
    assert not batches[1].any()


def test_batches_of_nothing_are_left_out(noise: Callable[..., Tensor]) -> None:
    engine = srm.ResonanceEngine()
    masks = iter([[False, False], [True, False]])
    with capture(
        model := Returns(noise(2, 3)), "layer", into=engine, mask=lambda: next(masks)
    ) as acts:
        model()
        model()
    assert engine.n_samples == 1
    assert acts.origins("layer").tolist() == [[2, 0]]


def test_what_the_object_raises_reaches_the_user() -> None:
    engine = srm.ResonanceEngine()
    with (
        pytest.raises(ValueError, match=r"layer 'layer': its samples could not be taken.*NaN"),
        capture(model := Returns(torch.full((2, 3), torch.nan)), "layer", into=engine),
    ):
        model()


@pytest.mark.parametrize(
    ("layers", "into", "error", "said"),
    [
        (["stem", "read"], [], ValueError, "one layer to go into one object, got 'stem', 'read'"),
        (["stem", "read"], {"stem": []}, KeyError, "expected into= to have 'read'"),
        ("stem", {"stem": 3}, TypeError, "something with append for layer 'stem', got int"),
        ("stem", str, TypeError, "layer 'stem', got str"),
        ("stem", 3, TypeError, "layer 'stem', got int"),
    ],
)
def test_refusals(
    convolutional: Convolutional, layers: Any, into: Any, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        capture(convolutional, layers, into=into)


def test_no_storing_beside(convolutional: Convolutional, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"without max_samples or spill.*max_samples=9"):
        capture(convolutional, "stem", into=[], max_samples=9)
    with pytest.raises(ValueError, match="without max_samples or spill"):
        capture(convolutional, "stem", into=[], spill=tmp_path)
