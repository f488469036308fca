"""What becomes a sample, and where it comes from."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

import srm_widget as srm
from srm_widget.hooks.capture import capture
from tests.unit.hooks.conftest import Convolutional, Returns


def captured(returned: Any, **keywords: Any) -> Tensor:
    with capture(model := Returns(returned), "layer", **keywords) as acts:
        model()
    return acts["layer"]


def test_one_sample_a_row(noise: Callable[..., Tensor]) -> None:
    assert torch.equal(captured(noise(4, 3)), noise(4, 3))


def test_one_sample_a_token(noise: Callable[..., Tensor]) -> None:
    assert torch.equal(captured(noise(4, 5, 3)), noise(4, 5, 3).reshape(20, 3))


def test_one_sample_a_pixel(noise: Callable[..., Tensor]) -> None:
    maps = noise(2, 7, 4, 3)
    rows = captured(maps)
    assert rows.shape == (24, 7)
    for item, y, x in ((0, 0, 0), (0, 2, 1), (1, 3, 2)):
        assert torch.equal(rows[item * 12 + y * 3 + x], maps[item, :, y, x])


def test_one_sample_a_voxel(noise: Callable[..., Tensor]) -> None:
    clips = noise(2, 5, 3, 2, 4)
    assert torch.equal(captured(clips)[24 + 1 * 8 + 1 * 4 + 3], clips[1, :, 1, 1, 3])


@pytest.mark.parametrize("shape", [(4, 3), (2, 5, 3), (2, 7, 4, 3), (2, 1, 2, 3, 2, 2)])
def test_flat(noise: Callable[..., Tensor], shape: tuple[int, ...]) -> None:
    assert torch.equal(captured(noise(*shape), per="sample"), noise(*shape).flatten(1))


@pytest.mark.parametrize(
    ("shape", "axis"), [((4, 3, 6), 1), ((2, 4, 3, 6), -1), ((2, 3, 2, 2, 2, 2), 1), ((4, 3), 1)]
)
def test_features_on_another_axis(
    noise: Callable[..., Tensor], shape: tuple[int, ...], axis: int
) -> None:
    output = noise(*shape)
    expected = output.movedim(axis, -1).reshape(-1, shape[axis])
    assert torch.equal(captured(output, feature_dim=axis), expected)


@pytest.mark.parametrize("shape", [(4, 3), (2, 5, 3), (2, 3, 1, 1), (2, 3, 4, 5)])
@pytest.mark.parametrize(
    "keywords", [{}, {"per": "sample"}, {"max_samples": 99}, {"mask": [1] * 2}]
)
def test_rows_are_copies(
    noise: Callable[..., Tensor], shape: tuple[int, ...], keywords: dict[str, Any]
) -> None:
    output = noise(2, *shape[1:])
    with capture(model := Returns(output), "layer", **keywords) as acts:
        model()
        before = acts["layer"].clone()
        output.zero_()
    assert torch.equal(acts["layer"], before)
    assert before.all()


def test_channels_last_in_memory(noise: Callable[..., Tensor]) -> None:
    maps = noise(2, 7, 4, 3)
    assert torch.equal(captured(maps.to(memory_format=torch.channels_last)), captured(maps))


@given(shape=st.lists(st.integers(1, 4), min_size=2, max_size=5), data=st.data())
def test_every_row_is_where_its_origin_says(shape: list[int], data: st.DataObject) -> None:
    axis = data.draw(st.integers(1, len(shape) - 1))
    output = torch.arange(float(np.prod(shape))).reshape(shape)
    most = data.draw(st.none() | st.integers(1, 30))
    with capture(
        model := Returns(output), "layer", feature_dim=axis, max_samples=most, seed=3
    ) as acts:
        model()
        model()
    rows, origins = acts["layer"], acts.origins("layer")
    assert origins.shape == (len(rows), 2)
    assert origins.dtype == np.int64
    items = output.movedim(axis, -1).reshape(shape[0], -1, shape[axis])
    for row, (item, position) in zip(rows, origins, strict=True):
        assert torch.equal(row, items[item % shape[0], position])
    numbers = origins[:, 0] * items.shape[1] + origins[:, 1]
    assert (np.diff(numbers) > 0).all()
    total = 2 * shape[0] * items.shape[1]
    assert acts.n_seen("layer") == total
    assert len(rows) == (total if most is None else min(most, total))


@pytest.mark.parametrize(
    ("output", "said"),
    [
        (torch.zeros(5), r"layer 'layer'.*shape \(N, D\).*got \(5,\)"),
        (torch.zeros(()), r"layer 'layer'.*got \(\)"),
        (torch.zeros(2, 1, 2, 3, 2, 2), r"2 to 5 axes, got \(2, 1, 2, 3, 2, 2\).*feature_dim="),
    ],
)
def test_shapes_refused(output: Tensor, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        captured(output)


@pytest.mark.parametrize(
    ("output", "said"),
    [
        (torch.zeros(2, 3, dtype=torch.int64), "torch.int64"),
        (torch.zeros(2, 3, dtype=torch.bool), "torch.bool"),
        (torch.zeros(2, 3, dtype=torch.complex64), "torch.complex64"),
        (torch.eye(3).to_sparse(), "torch.sparse_coo"),
        ("text", "str with no tensor in it"),
        ((None, [3]), "tuple with no tensor in it"),
    ],
)
def test_kinds_refused(output: Any, said: str) -> None:
    with pytest.raises(TypeError, match=f"layer 'layer'.*{said}"):
        captured(output)


@pytest.mark.parametrize(
    ("keywords", "error", "said"),
    [
        ({"per": "pixel"}, ValueError, "expected per as one of 'position', 'sample', got 'pixel'"),
        ({"feature_dim": 0}, ValueError, "after the first, got 0"),
        ({"feature_dim": 1, "per": "sample"}, ValueError, "no feature_dim with per='sample'"),
        ({"max_samples": 0}, ValueError, "max_samples ≥ 1, got 0"),
        ({"dtype": "int64"}, TypeError, "floating-point dtype of torch, got 'int64'"),
        ({"dtype": "float"}, None, ""),
        ({"dtype": torch.int8}, TypeError, "got torch.int8"),
        ({"dtype": "no such"}, TypeError, "got 'no such'"),
    ],
)
def test_keywords_refused(
    keywords: dict[str, Any], error: type[Exception] | None, said: str
) -> None:
    if error is None:
        assert captured(torch.zeros(2, 3), **keywords).dtype == torch.float32
        return
    with pytest.raises(error, match=said):
        capture(Returns(torch.zeros(2, 3)), "layer", **keywords)


@pytest.mark.parametrize("axis", [3, -3, -4])
def test_a_feature_axis_that_is_not_there(axis: int) -> None:
    with pytest.raises(ValueError, match=rf"an axis of \(2, 3, 4\) after the first, got {axis}"):
        captured(torch.zeros(2, 3, 4), feature_dim=axis)


@dataclass
class Outputs:
    loss: Tensor | None
    hidden: tuple[Tensor, ...]


Pair = namedtuple("Pair", ["state", "cell"])
ONE, TWO, THREE = (torch.full((2, 3), float(k)) for k in (1, 2, 3))


@pytest.mark.parametrize(
    ("output", "which", "expected"),
    [
        ((ONE, TWO), None, ONE),
        ((None, [TWO]), None, TWO),
        ({"a": None, "b": {"c": ONE}}, None, ONE),
        (Outputs(None, (ONE, TWO)), None, ONE),
        ((ONE, TWO), 1, TWO),
        ((ONE, TWO), -1, TWO),
        ((ONE, (TWO, THREE)), (1, 1), THREE),
        ({"a": ONE, "b": TWO}, "b", TWO),
        ({"a": ONE, "b": TWO}, 1, TWO),
        ({3: ONE, 1: TWO}, 1, TWO),
        (Outputs(None, (ONE, TWO)), ("hidden", 1), TWO),
        (Pair(ONE, TWO), "cell", TWO),
        ((ONE, TWO), lambda output: output[0] + output[1], THREE),
    ],
)
def test_parts_of_outputs(output: Any, which: Any, expected: Tensor) -> None:
    assert torch.equal(captured(output, output=which), expected)


@pytest.mark.parametrize(
    ("output", "which", "said"),
    [
        ((ONE, TWO), 2, "no 2 in its output, tuple; there are 2 parts"),
        ({"a": ONE}, "b", "no 'b' in its output, dict; there are 'a'"),
        (Outputs(ONE, ()), "logits", "no 'logits' in its output, Outputs; there are 'loss', 'hid"),
        (Outputs(ONE, ()), ("hidden", 0), "no 0 in its output, tuple; there are 0 parts"),
        (Pair(ONE, TWO), "gate", "no 'gate' in its output, Pair; there are 'state', 'cell'"),
        (ONE, "x", "no 'x' in its output, Tensor; there are no names"),
    ],
)
def test_parts_that_are_not_there(output: Any, which: Any, said: str) -> None:
    with pytest.raises(KeyError, match=f"layer 'layer': {said}"):
        captured(output, output=which)


def test_a_part_that_is_no_tensor() -> None:
    with pytest.raises(TypeError, match="NoneType at 'loss'"):
        captured(Outputs(None, (ONE,)), output="loss")


@pytest.mark.usefixtures("as_users")
@pytest.mark.parametrize("which", [1.5, True, (), ("a", None), [0]])
def test_parts_that_make_no_sense(which: Any) -> None:
    with pytest.raises(TypeError, match="expected output as a position"):
        capture(Returns(ONE), "layer", output=which)


def test_a_recurrent_layer(noise: Callable[..., Tensor]) -> None:
    model = nn.LSTM(3, 5, batch_first=True)
    with capture(model, "") as acts, capture(model, "", output=(1, 1)) as cells:
        output, (_, cell) = model(noise(4, 6, 3))
    assert torch.equal(acts[""], output.detach().reshape(24, 5))
    assert torch.equal(cells[""], cell.detach().reshape(4, 5))


def test_batches_one_after_another(convolutional: Convolutional) -> None:
    images = torch.randn(10, 3, 4, 6, generator=torch.Generator().manual_seed(1))
    with torch.no_grad(), capture(convolutional, ["stem", "read", "stage"]) as acts:
        expected = convolutional(images)
    with torch.no_grad(), capture(convolutional, ["stem", "read", "stage"]) as loop:
        for batch in torch.utils.data.DataLoader(images, batch_size=4):  # type: ignore[arg-type]
            convolutional(batch)
    assert torch.equal(acts["read"], expected)
    for name in acts:
        assert torch.allclose(loop[name], acts[name], atol=1e-6)
        assert np.array_equal(loop.origins(name), acts.origins(name))
    assert loop.origins("stem")[24 * 7 + 9].tolist() == [7, 9]
    assert loop.origins("stage")[6 * 7 + 4].tolist() == [7, 4]
    assert loop.origins("read")[7].tolist() == [7, 0]


def test_reading_inside_the_block(noise: Callable[..., Tensor]) -> None:
    model = Returns(noise(4, 3), noise(5, 3, seed=1))
    for most in (None, 6):
        with capture(model, "layer", max_samples=most) as acts:
            model()
            assert torch.equal(acts["layer"], noise(4, 3))
            model()
            assert len(acts["layer"]) == (most or 9)


def test_samples_of_another_width(noise: Callable[..., Tensor]) -> None:
    with (  # noqa: PT012 the end of the block speaks
        pytest.raises(ValueError, match=r"'layer': expected samples of 3 features.*got 2"),
        capture(model := Returns(noise(4, 3), noise(4, 2)), "layer"),
    ):
        model()
        model()


@pytest.mark.parametrize("dtype", [torch.float64, "float16", torch.bfloat16])
def test_kept_in_another_dtype(noise: Callable[..., Tensor], dtype: Any) -> None:
    kind = getattr(torch, dtype) if isinstance(dtype, str) else dtype
    for most in (None, 12):
        rows = captured(noise(3, 2, 2, 2), dtype=dtype, max_samples=most)
        assert rows.dtype == kind
        assert torch.equal(rows, captured(noise(3, 2, 2, 2)).to(kind))


def test_a_dtype_that_changes(noise: Callable[..., Tensor]) -> None:
    outputs = noise(4, 3).bfloat16(), noise(4, 3)
    with capture(model := Returns(*outputs), "layer", dtype=torch.float32) as acts:
        model()
        model()
    assert torch.equal(acts["layer"], torch.cat([outputs[0].float(), outputs[1]]))
    with (  # noqa: PT012 the end of the block speaks
        pytest.raises(TypeError, match=r"expected samples of torch\.bfloat16.*torch\.float32"),
        capture(model := Returns(*outputs), "layer"),
    ):
        model()
        model()


def test_no_items(noise: Callable[..., Tensor]) -> None:
    for most in (None, 5):
        model = Returns(noise(0, 3, 2, 2), noise(1, 3, 2, 2))
        with capture(model, "layer", max_samples=most) as acts:
            model()
            assert acts["layer"].shape == (0, 3)
            model()
        assert acts["layer"].shape == (4, 3)
        assert acts.origins("layer").tolist() == [[0, 0], [0, 1], [0, 2], [0, 3]]


def test_an_engine_of_a_layer(noise: Callable[..., Tensor]) -> None:
    with capture(model := Returns(noise(20, 4)), "layer") as acts:
        model()
    basis = srm.basis.rotated(4, 0)
    engine = acts.engine("layer", basis, dtype="float64")
    expected = srm.ResonanceEngine(noise(20, 4), basis, dtype="float64")
    assert engine.dtype == torch.float64
    one, other = (each.curve(0, 1, epsilon=0.5).counts for each in (engine, expected))
    assert np.array_equal(one, other)
